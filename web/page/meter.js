// The front of the meter: display, name plate, LED, the two buttons, the terminal cover.

import { html } from '/vendor/preact.js';
import { GLASS, Lcd } from './lcd.js';

const WIDTH = 1000;
const HEIGHT = 1190;

// Interleaved two of five: pairs of digits, one in the bars, the other in the gaps; w is wide.
const CODE = ['nnwwn', 'wnnnw', 'nwnnw', 'wwnnn', 'nnwnw', 'wnwnn', 'nwwnn', 'nnnww', 'wnnwn', 'nwnwn'];

const barcode = number => {
  const digits = String(number).replace(/\D/g, '');
  const even = digits.length % 2 ? `0${digits}` : digits;
  let widths = 'nnnn';
  for (let i = 0; i < even.length; i += 2)
    for (let bit = 0; bit < 5; bit++) widths += CODE[even[i]][bit] + CODE[even[i + 1]][bit];
  return `${widths}wnn`;
};

const Barcode = ({ number, x, y, width, height }) => {
  const modules = [...barcode(number)].map(w => (w === 'w' ? 2.5 : 1));
  const unit = width / modules.reduce((sum, w) => sum + w, 0);
  let at = x;
  return modules.map((w, i) => {
    const bar = i % 2 === 0 && html`<rect x=${at.toFixed(2)} y=${y} width=${(w * unit).toFixed(2)} height=${height} />`;
    at += w * unit;
    return bar;
  });
};

const Housing = () => html`
  <rect class="housing" x="10" y="10" width="980" height="1170" rx="56" />
  <rect class="housing-edge" x="22" y="22" width="956" height="1146" rx="46" />`;

const Face = ({ state }) => html`
  <rect class="face" x="60" y="60" width="880" height="486" rx="26" />
  <text class="wordmark" x="102" y="124">Watthour <tspan class="model">${state.model ?? ''}</tspan></text>
  <text class="face-note" x="898" y="122" text-anchor="end">Open smart meter</text>
  <rect class="bezel" x="88" y="152" width="824" height="364" rx="18" />
  <${Lcd} lcd=${state.lcd} x=${(WIDTH - GLASS.width) / 2} y=${164} />`;

const Plate = ({ plate = {}, software = {}, model, number }) => html`
  <g class="plate">
    <rect class="label" x="60" y="572" width="880" height="218" rx="14" />
    <text class="plate-title" x="92" y="622">Static electricity meter</text>
    <text x="92" y="664">${plate.voltage}</text>
    <text x="92" y="700">${plate.current}</text>
    <text x="92" y="736">${plate.frequency}</text>
    <text class="small" x="92" y="768">DIN 43857 · 3-phase, 4-wire</text>
    <text x="420" y="664">${plate.constant}</text>
    <text x="420" y="700">${plate.accuracy}</text>
    <text class="small" x="420" y="736">Legal software ${software.legal_version}</text>
    <text class="small" x="420" y="768">Checksum ${software.legal_checksum}</text>
    <g class="bars"><${Barcode} number=${number} x=${696} y=${602} width=${212} height=${74} /></g>
    <text x="802" y="706" text-anchor="middle" class="serial">${number}</text>
    <text class="small" x="802" y="738" text-anchor="middle">Watthour ${model}</text>
    <text class="small" x="802" y="768" text-anchor="middle">Program ${software.version}</text>
  </g>`;

const pressKeys = action => event => {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (!event.repeat) action();
};

const LeftButton = ({ onPress, disabled }) => html`
  <g class="button" role="button" tabindex=${disabled ? -1 : 0} aria-disabled=${String(disabled)}
    aria-label="Left push button: next reading" data-testid="left-button"
    onClick=${disabled ? null : onPress} onKeyDown=${disabled ? null : pressKeys(onPress)}>
    <circle class="button-well" cx="160" cy="886" r="58" />
    <circle class="button-cap" cx="160" cy="886" r="46" />
    <path class="button-mark" d="M148 868 172 886 148 904Z" />
  </g>
  <text class="caption" x="160" y="990" text-anchor="middle">Display</text>`;

const SealedButton = () => html`
  <g aria-hidden="true">
    <circle class="button-well" cx="840" cy="886" r="58" />
    <circle class="seal-cap" cx="840" cy="886" r="46" />
    <rect class="slot" x="806" y="879" width="68" height="14" rx="4" />
    <path class="wire" d="M806 868C770 846 776 822 800 832S874 866 884 852" />
    <circle class="seal" cx="884" cy="846" r="20" />
    <circle class="seal-ring" cx="884" cy="846" r="13" />
  </g>
  <text class="caption" x="840" y="990" text-anchor="middle">Sealed</text>`;

const Led = ({ lit, flashes, constant }) => html`
  <g class=${lit ? 'led lit' : 'led'} data-testid="led" data-lit=${String(lit)} data-flashes=${flashes}
    role="img" aria-label="Pulse LED, ${constant}">
    <circle class="led-halo" cx="330" cy="886" r="46" />
    <circle class="led-rim" cx="330" cy="886" r="20" />
    <circle class="led-lens" cx="330" cy="886" r="14" />
    <circle class="led-spot" cx="325" cy="880" r="4" />
  </g>
  <text class="caption" x="330" y="990" text-anchor="middle">${constant}</text>`;

const OpticalPort = () => html`
  <g aria-hidden="true">
    <circle class="port-ring" cx="520" cy="886" r="74" />
    <circle class="port" cx="520" cy="886" r="60" />
    <circle class="port-eye" cx="494" cy="886" r="12" />
    <circle class="port-eye" cx="546" cy="886" r="12" />
    <path class="port-notch" d="M508 826H532V834H508Z" />
  </g>
  <text class="caption" x="520" y="990" text-anchor="middle">Optical port</text>`;

const S0 = () => html`
  <g aria-hidden="true">
    <rect class="s0" x="654" y="856" width="92" height="60" rx="8" />
    <circle class="s0-hole" cx="680" cy="886" r="14" />
    <circle class="s0-hole" cx="720" cy="886" r="14" />
  </g>
  <text class="caption" x="700" y="990" text-anchor="middle">S0 20 · 21</text>`;

// Terminals of a meter for direct connection, DIN 43857: in and out of each line, and neutral.
const TERMINALS = [['1', 'L1'], ['3', 'L1'], ['4', 'L2'], ['6', 'L2'], ['7', 'L3'], ['9', 'L3'],
  ['10', 'N'], ['12', 'N']];

const Terminals = () => html`
  <g aria-hidden="true">
    <path class="cover" d="M60 1022H940V1112A34 34 0 0 1 906 1146H94A34 34 0 0 1 60 1112Z" />
    ${TERMINALS.map(([number, line], i) => html`
      <g transform="translate(${128 + i * 106.300} 1084)">
        <circle class="screw" r="25" />
        <path class="screw-slot" d="M-15 -3H15V3H-15Z" transform="rotate(${(i * 47) % 90 - 45})" />
        <text class="terminal" y="48" text-anchor="middle">${number}</text>
        <text class="terminal-line" y="-36" text-anchor="middle">${line}${i % 2 ? ' →' : ' ←'}</text>
      </g>`)}
  </g>`;

export const Meter = ({ state, led, live, onButton }) => html`
  <svg class="meter" viewBox="0 0 ${WIDTH} ${HEIGHT}" data-testid="meter"
    data-powered=${String(state.powered)} data-live=${String(live)}>
    <defs>
      <linearGradient id="housing-fill" x2="0" y2="1">
        <stop offset="0" class="housing-top" /><stop offset="1" class="housing-bottom" />
      </linearGradient>
      <linearGradient id="glass-fill" x2="0.25" y2="1">
        <stop offset="0" class="glass-top" /><stop offset="1" class="glass-bottom" />
      </linearGradient>
      <radialGradient id="cap-fill" cx="0.38" cy="0.3" r="0.9">
        <stop offset="0" class="cap-light" /><stop offset="1" class="cap-dark" />
      </radialGradient>
      <radialGradient id="steel-fill" cx="0.35" cy="0.3" r="0.9">
        <stop offset="0" class="steel-light" /><stop offset="1" class="steel-dark" />
      </radialGradient>
      <radialGradient id="halo-fill">
        <stop offset="0.2" class="halo-core" /><stop offset="1" class="halo-rim" />
      </radialGradient>
    </defs>
    <${Housing} />
    <${Face} state=${state} />
    <${Plate} plate=${state.plate} software=${state.software} model=${state.model} number=${state.number} />
    <${LeftButton} onPress=${onButton} disabled=${!live} />
    <${Led} ...${led} constant=${state.plate?.constant} />
    <${OpticalPort} />
    <${S0} />
    <${SealedButton} />
    <${Terminals} />
  </svg>`;
