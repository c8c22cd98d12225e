// The glass of the display: every field of struct wh_lcd (app/lcd.h) as segments, lit or faint.
//
// One unit of the drawing is a tenth of a millimetre of the real glass, so that the digit heights of
// 7, 5 and 3 mm can be read off: 70, 50, 30.

import { html } from '/vendor/preact.js';
import { fourteenSegments, fourteenShape, sevenSegments, sevenShape } from './segments.js';

export const GLASS = { width: 800, height: 340 };
const MARGIN = 42;

const VALUE = { shape: sevenShape(38, 70, 8.2), width: 38, height: 70, pitch: 51.5, dot: 7.6 };
const ID = { shape: sevenShape(27, 50, 5.8), width: 27, height: 50, pitch: 40, dot: 5.8 };
const UNIT = { shape: fourteenShape(38, 70, 6), pitch: 46 };
const TEXT = { shape: fourteenShape(29, 50, 4.6), pitch: 38 };
const SMALL = { shape: fourteenShape(17, 30, 3.8), pitch: 22.5 };

const lit = on => (on ? 'seg on' : 'seg');

const Glyph = ({ shape, on, x, y, testid, char }) => html`
  <g transform="translate(${x} ${y}) skewX(-5)" data-testid=${testid} data-char=${char}>
    ${Object.entries(shape).map(([name, polygon]) => html`
      <polygon key=${name} data-seg=${name} class=${lit(on.has(name))} points=${polygon} />`)}
  </g>`;

const Dot = ({ field, x, y, on, testid }) => html`
  <rect class=${lit(on)} data-testid=${testid} x=${x} y=${y} width=${field.dot} height=${field.dot}
    rx="1.4" />`;

// Seven-segment digits with a point behind each but the last; points is the set of lit ones.
const Digits = ({ field, chars, dots, x, y, name }) => chars.map((char, i) => html`
  <${Glyph} shape=${field.shape} on=${sevenSegments(char)} x=${x + i * field.pitch} y=${y}
    char=${char} testid="${name}-${i}" />
  ${i < chars.length - 1 && html`
    <${Dot} field=${field} testid="${name}-dot-${i}" on=${dots.has(i)}
      x=${x + (i + 1) * field.pitch - (field.pitch - field.width) / 2 - field.dot / 2 - field.height * 0.0875}
      y=${y + field.height - field.dot} />`}`);

const Letters = ({ field, text, count, x, y, name }) => [...text.padEnd(count)].slice(0, count)
  .map((char, i) => html`
    <${Glyph} shape=${field.shape} on=${fourteenSegments(char)} x=${x + i * field.pitch} y=${y}
      char=${char} testid="${name}-${i}" />`);

// A legend that is on or off as a whole; its letters have no other segments on the glass.
const Legend = ({ text, on, x, y }) => [...text].map((char, i) => html`
  <g transform="translate(${x + i * SMALL.pitch} ${y}) skewX(-5)">
    ${[...fourteenSegments(char)].map(name => html`
      <polygon class=${lit(on)} points=${SMALL.shape[name]} />`)}
  </g>`);

const idDigits = id => {
  const chars = [];
  const dots = new Set();
  for (const char of id)
    if (char === '.') dots.add(chars.length - 1);
    else chars.push(char);
  return { chars: [...chars.join('').padEnd(7)].slice(0, 7), dots };
};

const Phase = ({ index, voltage, current, x, y }) => html`
  <g data-testid="phase-${index + 1}" data-voltage=${String(voltage)} data-current=${current}
    transform="translate(${x} ${y})">
    <${Legend} text="L${index + 1}" on=${voltage} x=${11} y=${0} />
    <path class=${lit(current === 'export')} d="M0 58 18 45V53H30V63H18V71Z" />
    <path class=${lit(current === 'import')} d="M66 58 48 45V53H36V63H48V71Z" />
  </g>`;

// Direction of rotation of the three phases: an arrow to the right or back.
const Sequence = ({ value, x, y }) => html`
  <g data-testid="sequence" data-value=${value} transform="translate(${x} ${y})">
    <path class=${lit(value === 'right')}
      d="M4 33A27 27 0 0 1 44 8.500L50 0 60 22 37 23 40.200 15.500A19 19 0 0 0 12 33Z" />
    <path class=${lit(value === 'reversed')}
      d="M58 39A27 27 0 0 1 18 63.500L12 72 2 50 25 49 21.800 56.500A19 19 0 0 0 50 39Z" />
    ${[0, 1, 2].map(i => html`
      <circle class=${lit(value !== 'none')} cx=${21 + i * 10} cy="36" r="3.200" />`)}
  </g>`;

const Tariff = ({ value, x, y }) => html`
  <g data-testid="tariff" data-value=${value}>
    ${[1, 2, 3, 4].map(n => html`
      <${Legend} text="T${n}" on=${value === n} x=${x + ((n - 1) % 2) * 58}
        y=${y + (n > 2 ? 42 : 0)} />`)}
  </g>`;

// The cross of active (to the right) and reactive (upwards) power, and the quadrant of the load.
const QUADRANTS = ['M41 33V4A29 29 0 0 1 70 33Z', 'M33 33H4A29 29 0 0 1 33 4Z',
  'M33 41V70A29 29 0 0 1 4 41Z', 'M41 41H70A29 29 0 0 1 41 70Z'];

const Quadrant = ({ value, x, y }) => html`
  <g data-testid="quadrant" data-value=${value} transform="translate(${x} ${y})">
    <path class=${lit(value > 0)} d="M35.500 0H38.500V35.500H74V38.500H38.500V74H35.500V38.500H0V35.500H35.500Z" />
    ${QUADRANTS.map((path, i) => html`
      <path class=${lit(value === i + 1)} data-quadrant=${i + 1} d=${path} />`)}
  </g>`;

// Symbols that are simply on or off, each in a box of 36 by 36, and the place of the box.
const SYMBOLS = {
  error: [0, 0, 'M18 2 35 33H1ZM16 12 16.700 23H19.300L20 12ZM16 26V30H20V26Z'],
  breaker_closed: [1, 0,
    'M0 16H9V20H0ZM27 16H36V20H27ZM11 18a3.500 3.500 0 1 1 0 .1ZM18 18a3.500 3.500 0 1 1 0 .1ZM11 11H25V13.800H11Z'],
  breaker_open: [2, 0,
    'M0 22H9V26H0ZM27 22H36V26H27ZM8 24a3.500 3.500 0 1 1 0 .1ZM21 24a3.500 3.500 0 1 1 0 .1ZM12 19 25 5 27.500 7.200 14.500 21Z'],
  module: [3, 0, 'M4 8H32V28H4ZM8 12V24H28V12ZM9 2H12V6H9ZM16.500 2H19.500V6H16.500ZM24 2H27V6H24ZM9 30H12V34H9ZM16.500 30H19.500V34H16.500ZM24 30H27V34H24ZM12 16H24V20H12Z'],
  radio: [0, 1, 'M16 18H20L24 35H20.500L19.800 31H16.200L15.500 35H12ZM14.500 14a3.500 3.500 0 1 1 7 0a3.500 3.500 0 1 1 -7 0ZM9 5 11.400 7.200A10.500 10.500 0 0 0 11.400 20.800L9 23A13.500 13.500 0 0 1 9 5ZM27 5 24.600 7.200A10.500 10.500 0 0 1 24.600 20.800L27 23A13.500 13.500 0 0 0 27 5Z'],
  prepayment: [1, 1, 'M2 7H34V29H2ZM5 15V26H31V15ZM8 19H16V22.500H8Z'],
  tamper: [2, 1, 'M6 16H30V34H6ZM15.500 21V29H20.500V21ZM10 16V11A8 8 0 0 1 25 7L21.800 9A4.300 4.300 0 0 0 13.700 11V16Z'],
};

const Symbols = ({ symbols, x, y }) => Object.entries(SYMBOLS).map(([name, [column, row, path]]) => html`
  <path class=${lit(symbols.includes(name))} data-symbol=${name} fill-rule="evenodd" d=${path}
    transform="translate(${x + column * 44} ${y + row * 40})" />`);

const DARK = {
  value: '', decimals: 0, unit: '', id: '', text: '', quadrant: 0, tariff: 0,
  voltage: [false, false, false], current: ['none', 'none', 'none'], sequence: 'none', symbols: [],
};

const spoken = lcd => {
  const digits = lcd.value.trim().padStart(lcd.decimals ? lcd.decimals + 1 : 0, '0');
  const cut = digits.length - lcd.decimals;
  const number = lcd.decimals ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
  return [lcd.id, lcd.text, `${number} ${lcd.unit}`].filter(part => part.trim()).join(', ');
};

const complete = lcd => {
  const fields = { ...DARK };
  if (lcd.list !== 'off')
    for (const name of Object.keys(DARK)) fields[name] = lcd[name] ?? DARK[name];
  return fields;
};

// The display as an SVG fragment at (x, y) of the meter's drawing.
export const Lcd = ({ lcd, x, y }) => {
  const fields = complete(lcd);
  const value = [...fields.value.padStart(9).slice(-9)];
  const id = idDigits(fields.id);
  const off = lcd.list === 'off';
  return html`
    <g class="lcd" role="img" transform="translate(${x} ${y})" data-testid="lcd"
      aria-label=${off ? 'The display is off' : `Display: ${spoken(fields)}`}
      data-value=${fields.value} data-decimals=${fields.decimals} data-id=${fields.id}
      data-unit=${fields.unit} data-text=${fields.text} data-quadrant=${fields.quadrant}
      data-tariff=${fields.tariff} data-voltage=${fields.voltage.join(' ')}
      data-current=${fields.current.join(' ')} data-sequence=${fields.sequence}
      data-symbols=${fields.symbols.join(' ')} data-list=${lcd.list}>
      <rect class="glass" width=${GLASS.width} height=${GLASS.height} rx="10" />
      <g class=${off ? 'segments dark' : 'segments'}>
        <${Digits} name="id" field=${ID} chars=${id.chars} dots=${id.dots} x=${MARGIN + 4} y=${36} />
        <${Letters} name="text" field=${TEXT} text=${fields.text} count=${8}
          x=${GLASS.width - MARGIN - 8 * TEXT.pitch + 8} y=${36} />
        <${Digits} name="value" field=${VALUE} chars=${value} x=${MARGIN + 4} y=${121}
          dots=${new Set(fields.decimals ? [8 - fields.decimals] : [])} />
        <${Letters} name="unit" field=${UNIT} text=${fields.unit} count=${5}
          x=${GLASS.width - MARGIN - 5 * UNIT.pitch + 8} y=${121} />
        ${[0, 1, 2].map(i => html`
          <${Phase} index=${i} voltage=${fields.voltage[i]} current=${fields.current[i]}
            x=${MARGIN + i * 84} y=${228} />`)}
        <${Sequence} value=${fields.sequence} x=${MARGIN + 258} y=${226} />
        <${Tariff} value=${fields.tariff} x=${MARGIN + 344} y=${228} />
        <${Symbols} symbols=${fields.symbols} x=${MARGIN + 468} y=${225} />
        <${Quadrant} value=${fields.quadrant} x=${GLASS.width - MARGIN - 74} y=${225} />
      </g>
      <path class="glare" d="M0 10A10 10 0 0 1 10 0H${GLASS.width * 0.62}L${GLASS.width * 0.36} ${GLASS.height}H10A10 10 0 0 1 0 ${GLASS.height - 10}Z" />
    </g>`;
};
