// The bench page in a real browser, over the scripted state of demo_server.c: what the glass shows,
// what the controls send, and that the page uses nothing but its own server. DSP-1, DSP-2, DSP-6.
//
// Environment: WH_DEMO, the program web_demo; WH_NODE_MODULES, see browser.mjs; WH_SCREENSHOTS, a
// folder for pictures (none are made without it).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch, open, screenshot, somePort } from './browser.mjs';

const shots = process.env.WH_SCREENSHOTS;

// Starts the demo; resolves when it listens, to null if the port is taken.
const tryDemo = async (port, still) => {
  const process_ = spawn(process.env.WH_DEMO, [...(still ? ['--still'] : []), String(port)],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = once(createInterface(process_.stdout), 'line').then(([url]) => url);
  const url = await Promise.race([line, once(process_, 'exit').then(() => null)]);
  return url && { process: process_, url };
};

// On any port, or on the one given.
const startDemo = async (port, still = true) => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const started = await tryDemo(port ?? somePort(), still);
    if (started) return started;
  }
  throw new Error('web_demo does not start');
};

const stopDemo = async ({ process: process_ }) => {
  if (process_.exitCode !== null || process_.signalCode !== null) return;
  process_.kill('SIGKILL');
  await once(process_, 'exit');
};

let browser;
let demo;
let page;
let faults;
let context;

before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

beforeEach(async () => {
  demo = await startDemo();
  ({ page, faults, context } = await open(browser, demo.url));
  await page.waitForSelector('[data-testid=status][data-status=live]');
});

afterEach(async () => {
  await context.close();
  await stopDemo(demo);
  assert.deepEqual(faults, []);
});

const id = name => page.getByTestId(name);

// Changes the state behind the page's back.
const patch = async change => {
  const response = await page.request.post(`${demo.url}api/command`, { data: { patch: change } });
  assert.equal(response.status(), 200, await response.text());
};

const attribute = (name, attribute_, value) => page.waitForFunction(
  ([n, a, v]) => document.querySelector(`[data-testid="${n}"]`)?.getAttribute(a) === v, [name, attribute_, value]);

// Shows lcd fields; the value tells when they have arrived.
const show = async lcd => {
  await patch({ lcd });
  for (const [name, value] of Object.entries(lcd))
    if (['string', 'number'].includes(typeof value)) await attribute('lcd', `data-${name}`, String(value));
};

// The lit segments of one character, in alphabetical order.
const litOf = name => page.evaluate(n => [...document.querySelectorAll(`[data-testid="${n}"] .on`)]
  .map(segment => segment.dataset.seg).sort().join(' '), name);

const litSymbols = () => page.evaluate(() => [...document.querySelectorAll('[data-symbol].on')]
  .map(symbol => symbol.dataset.symbol).sort());

const isLit = name => page.evaluate(n => document.querySelector(`[data-testid="${n}"]`).classList.contains('on'), name);

// What the page posts while action runs.
const sentBy = async action => {
  const [request] = await Promise.all([page.waitForRequest('**/api/command'), action()]);
  assert.equal(request.method(), 'POST');
  await request.response();
  return request.postDataJSON();
};

// The usual seven segments, written down here once more on purpose.
const SEVEN = {
  0: 'a b c d e f', 1: 'b c', 2: 'a b d e g', 3: 'a b c d g', 4: 'b c f g', 5: 'a c d f g',
  6: 'a c d e f g', 7: 'a b c', 8: 'a b c d e f g', 9: 'a b c d f g', '-': 'g', ' ': '',
};

test('every digit is right in every place of value and identification', async () => {
  const glyphs = Object.keys(SEVEN);
  for (let shift = 0; shift < glyphs.length; shift++) {
    const value = Array.from({ length: 9 }, (_, i) => glyphs[(i + shift) % glyphs.length]).join('');
    const digits = Array.from({ length: 7 }, (_, i) => String((i + shift) % 10)).join('');
    await show({ value, decimals: 0, id: digits });
    for (let i = 0; i < 9; i++) assert.equal(await litOf(`value-${i}`), SEVEN[value[i]], `value ${value} at ${i}`);
    for (let i = 0; i < 7; i++) assert.equal(await litOf(`id-${i}`), SEVEN[digits[i]], `id ${digits} at ${i}`);
  }
});

test('the decimal point stands before the decimals, the dots of the identification between digits', async () => {
  for (const decimals of [0, 1, 3, 8]) {
    await show({ value: '123456789', decimals });
    for (let i = 0; i < 8; i++)
      assert.equal(await isLit(`value-dot-${i}`), decimals > 0 && i === 8 - decimals, `${decimals} decimals, dot ${i}`);
  }
  await show({ id: '31.7.0' });
  const dots = await Promise.all([0, 1, 2, 3, 4, 5].map(i => isLit(`id-dot-${i}`)));
  assert.deepEqual(dots, [false, true, true, false, false, false]);
  assert.equal(await litOf('id-3'), SEVEN[0]);
  assert.equal(await litOf('id-4'), '');
});

test('unit and text are spelled in fourteen segments', async () => {
  await show({ unit: 'kvarh', text: 'R+/T4' });
  assert.equal(await litOf('text-0'), 'a b e f g1 g2 m');
  assert.equal(await litOf('text-1'), 'g1 g2 i l');
  assert.equal(await litOf('text-2'), 'j k');
  assert.equal(await litOf('text-3'), 'a i l');
  assert.equal(await litOf('text-4'), 'b c f g1 g2');
  assert.equal(await litOf('text-5'), '');
  for (let i = 0; i < 5; i++) assert.notEqual(await litOf(`unit-${i}`), '');
  await show({ unit: '', text: '' });
  for (let i = 0; i < 5; i++) assert.equal(await litOf(`unit-${i}`), '');
});

test('every letter of the catalog has a glyph of its own', async () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-/%';
  const seen = new Map();
  for (let i = 0; i < letters.length; i += 8) {
    const text = letters.slice(i, i + 8);
    await show({ text });
    for (let k = 0; k < text.length; k++) {
      const lit = await litOf(`text-${k}`);
      assert.notEqual(lit, '', text[k]);
      const twins = [['O', '0'], ['S', '5'], ['I', '1']].flat();
      if (!twins.includes(text[k])) assert.ok(!seen.has(lit), `${text[k]} looks like ${seen.get(lit)}`);
      seen.set(lit, text[k]);
    }
  }
});

test('DSP-6: digits are 7, 5 and 3 mm high', async () => {
  const height = name => page.evaluate(n => document.querySelector(`[data-testid="${n}"]`).getBBox().height, name);
  const [value, unit, ident] = [await height('value-0'), await height('unit-0'), await height('id-0')];
  assert.ok(Math.abs(value - 70) < 0.5 && Math.abs(unit - 70) < 0.5, `${value} ${unit}`);
  assert.ok(Math.abs(ident - 50) < 0.5, String(ident));
  const tariff = await page.evaluate(() => document.querySelector('[data-testid=tariff] > g:nth-child(4)').getBBox().height);
  assert.ok(Math.abs(tariff - 30) < 0.5, String(tariff));
});

test('DSP-1, DSP-2: indicators follow their fields', async () => {
  await patch({ lcd: { value: '        1', quadrant: 3, tariff: 2, voltage: [true, false, true],
    current: ['export', 'none', 'import'], sequence: 'reversed', symbols: ['error', 'breaker_open', 'tamper'] } });
  await attribute('lcd', 'data-value', '        1');
  assert.deepEqual(await litSymbols(), ['breaker_open', 'error', 'tamper']);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('[data-quadrant].on')].map(q => q.dataset.quadrant)), ['3']);
  const arrows = await page.evaluate(() => [1, 2, 3].map(n => [...document.querySelectorAll(`[data-testid=phase-${n}] > path`)].map(a => a.classList.contains('on'))));
  assert.deepEqual(arrows, [[true, false], [false, false], [false, true]]);
  const legends = await page.evaluate(() => [1, 2, 3].map(n => document.querySelectorAll(`[data-testid=phase-${n}] polygon.on`).length > 0));
  assert.deepEqual(legends, [true, false, true]);
  const rotation = await page.evaluate(() => [...document.querySelectorAll('[data-testid=sequence] path')].map(a => a.classList.contains('on')));
  assert.deepEqual(rotation, [false, true]);
  const tariffs = await page.evaluate(() => [...document.querySelectorAll('[data-testid=tariff] > g')].map(g => g.querySelectorAll('.on').length > 0));
  assert.deepEqual(tariffs, [false, false, true, true, false, false, false, false]);
});

test('BRK-2, BRK-6: a breaker is shown with what it is not, and commanded; a meter without has none', async () => {
  assert.equal(await id('breaker-state').count(), 0);
  await patch({ breaker: { state: 8, text: 'disconnected, released', led: 'flashing', note: 'no safety function', prepaid_wh: 12340 } });
  await page.waitForSelector('[data-testid=breaker-state]');
  assert.equal(await id('breaker-state').textContent(), 'disconnected, released; the button may close it');
  assert.equal(await id('breaker-note').textContent(), 'no safety function');
  assert.equal(await id('prepaid').textContent(), 'Prepaid: 12.3 kWh');
  assert.deepEqual(await sentBy(() => id('breaker-reconnect').click()), { breaker: 'reconnect' });
  assert.deepEqual(await sentBy(() => id('breaker-hold-button').click()), { button: 'left', hold: true });
  assert.equal((await sentBy(() => id('breaker-pay').click())).pay_wh, 10000);
});

test('the display is described in words', async () => {
  await show({ value: '       45', decimals: 3, unit: 'kWh', id: '1.8.0', text: 'A+' });
  assert.equal(await id('lcd').getAttribute('aria-label'), 'Display: 1.8.0, A+, 0.045 kWh');
});

test('the left button shows the next reading, by mouse and by keyboard', async () => {
  assert.deepEqual(await sentBy(() => id('left-button').click()), { button: 'left' });
  await attribute('lcd', 'data-id', '2.8.0');
  await attribute('lcd', 'data-list', 'manual');
  await id('left-button').focus();
  assert.deepEqual(await sentBy(() => page.keyboard.press('Enter')), { button: 'left' });
  assert.deepEqual(await sentBy(() => page.keyboard.press('Space')), { button: 'left' });
  await attribute('lcd', 'data-id', '1.7.0');
});

test('the LED flashes once for each new pulse and not for old ones', async () => {
  assert.equal(await id('led').getAttribute('data-flashes'), '0');
  await patch({ led: { pulses: 2 } });
  await attribute('led', 'data-flashes', '2');
  await attribute('led', 'data-lit', 'false');
  await patch({ led: { pulses: 2 } });
  await patch({ led: { pulses: 3 } });
  await attribute('led', 'data-flashes', '3');
  await patch({ led: { pulses: 1 } });
  await patch({ led: { pulses: 2 } });
  await attribute('led', 'data-flashes', '4');
});

test('without mains the glass is dark and comes back', async () => {
  assert.deepEqual(await sentBy(() => id('power-switch').click()), { mains: false });
  await attribute('lcd', 'data-list', 'off');
  assert.equal(await page.locator('[data-testid=lcd] .on').count(), 0);
  assert.match(await id('lcd').getAttribute('aria-label'), /off/);
  await id('left-button').click();
  await attribute('lcd', 'data-list', 'backup');
  assert.notEqual(await page.locator('[data-testid=lcd] .on').count(), 0);
  assert.deepEqual(await sentBy(() => id('power-switch').click()), { mains: true });
  await attribute('lcd', 'data-list', 'automatic');
});

test('a state without values is shown as dashes', async () => {
  await patch({ powered: false, f_hz: null, p_w: null, q_var: null, registers: null,
    phase: [{}, { u_rms_v: null }, {}], lcd: { list: 'off', value: null, symbols: null } });
  await attribute('frequency', 'data-value', '');
  assert.equal(await id('live-u_rms_v-2').innerText(), '–');
  assert.equal(await id('register-a_plus_wh').innerText(), '–');
  assert.equal(await id('total-power').innerText(), '–');
});

test('loads are switched', async () => {
  assert.deepEqual(await sentBy(() => id('load-switch-kettle').click()), { load: 'kettle', on: false });
  await attribute('load-switch-kettle', 'aria-checked', 'false');
  await attribute('live-p_w-1', 'data-value', '0');
  assert.deepEqual(await sentBy(() => id('load-switch-induction hob').click()), { load: 'induction hob', on: true });
  await attribute('load-switch-induction hob', 'aria-checked', 'true');
});

test('voltage and direction of a phase are set', async () => {
  const set = (name, value) => id(name).evaluate((input, v) => {
    input.value = v;
    input.dispatchEvent(new Event(input.type === 'range' ? 'input' : 'change', { bubbles: true }));
  }, value);
  assert.deepEqual(await sentBy(() => set('voltage-slider-1', '207')), { phase: 1, u_v: 207 });
  await attribute('live-u_rms_v-1', 'data-value', '207');
  assert.deepEqual(await sentBy(() => set('voltage-3', '999')), { phase: 3, u_v: 300 });
  await attribute('live-u_rms_v-3', 'data-value', '300');
  assert.deepEqual(await sentBy(() => set('voltage-3', '150')), { phase: 3, u_v: 150 });
  await attribute('phase-3', 'data-voltage', 'false');
  assert.deepEqual(await sentBy(() => id('reverse-2').click()), { phase: 2, reversed: true });
  await attribute('reverse-2', 'aria-checked', 'true');
});

test('a voltage that is being typed is not overwritten by the next state', async () => {
  await id('voltage-2').fill('15');
  await patch({ clock: '2026-11-20T06:00:00', bench: { phases: [{ u_v: 231 }, { u_v: 232 }, { u_v: 233 }] } });
  await page.waitForFunction(() => /06:00:00/.test(document.querySelector('[data-testid=clock]').textContent));
  await page.keyboard.press('End');
  await page.keyboard.type('9');
  assert.deepEqual(await sentBy(() => page.keyboard.press('Enter')), { phase: 2, u_v: 159 });
  await attribute('live-u_rms_v-2', 'data-value', '159');
});

test('a dragged slider ends on its last position', async () => {
  await id('voltage-slider-2').evaluate(input => {
    for (let volts = 230; volts >= 180; volts--) {
      input.value = volts;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await attribute('live-u_rms_v-2', 'data-value', '180');
  assert.equal(await id('voltage-2').inputValue(), '180');
});

test('registers show every digit', async () => {
  await patch({ registers: { a_plus_wh: 12345678.901234, a_minus_wh: 0.000001, r4_varh: 1100 } });
  await attribute('register-a_plus_wh', 'data-value', '12345678.901234');
  const text = async name => (await id(name).textContent()).replace(/\s/g, '');
  assert.equal(await text('register-a_plus_wh'), '12345.678901234');
  assert.equal(await text('register-a_minus_wh'), '0.000000001');
  assert.equal(await text('register-r4_varh'), '1.100000000');
  assert.equal(await text('register-a_minus_wh-3'), '4.321500000');
});

test('a recording has no loads to switch, but its mains can be cut', async () => {
  await patch({ source: 'recording kettle.cfg', bench: { controllable: false } });
  await page.waitForSelector('[data-testid=recording-note]');
  assert.equal(await page.locator('[data-testid="load-switch-kettle"]').count(), 0);
  assert.equal(await id('power-switch').isDisabled(), false);
});

test('messages come newest first', async () => {
  await patch({ messages: [{ time: '2026-11-20T05:36:02', text: 'registers restored' }, { time: '2026-11-20T05:40:00', text: 'voltage of L2 low' }] });
  await page.waitForFunction(() => /low/.test(document.querySelector('[data-testid=messages] li')?.textContent));
  assert.equal(await page.locator('[data-testid=messages] li').count(), 2);
});

test('a refused command is said', async () => {
  await page.route('**/api/command', route => route.fulfill({ json: { error: 'the fuse has blown' } , status: 400 }));
  await id('load-switch-kettle').click();
  await page.waitForFunction(() => /fuse has blown/.test(document.querySelector('[data-testid=notice]').textContent));
  faults.splice(0, faults.length, ...faults.filter(fault => !/status of 400/.test(fault)));
});

test('the page reconnects to a restarted meter by itself', async () => {
  const port = new URL(demo.url).port;
  await patch({ led: { pulses: 500 } });
  await stopDemo(demo);
  await attribute('status', 'data-status', 'lost');
  assert.equal(await id('power-switch').isDisabled(), true);
  demo = await startDemo(port);
  await attribute('status', 'data-status', 'live');
  await patch({ lcd: { value: '987654321' } });
  await attribute('lcd', 'data-value', '987654321');
  await patch({ led: { pulses: 1 } });
  await attribute('led', 'data-lit', 'false');
  faults.splice(0, faults.length, ...faults.filter(fault => !/WebSocket connection/.test(fault)));
});

test('two pages see the same meter', async () => {
  const other = await open(browser, demo.url);
  await other.page.waitForSelector('[data-testid=status][data-status=live]');
  await id('load-switch-heat pump').click();
  await other.page.waitForSelector('[data-testid="load-switch-heat pump"][aria-checked=true]');
  assert.deepEqual(other.faults, []);
  await other.context.close();
});

test('nothing sticks out on a phone', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= 400);
  await screenshot(page, shots, 'page-400');
});

test('pictures for people to look at', { skip: !shots }, async () => {
  const live = await startDemo(undefined, false);
  for (const [name, options] of [['page-1280', {}], ['page-1280-dark', { colorScheme: 'dark' }]]) {
    const { page: other, context: its, faults: its_faults } = await open(browser, live.url, options);
    await other.waitForFunction(() => Number(document.querySelector('[data-testid=led]')?.dataset.flashes) >= 3);
    await screenshot(other, shots, name);
    await screenshot(other, shots, `${name}-first-view`, { fullPage: false });
    await its.close();
    assert.deepEqual(its_faults, []);
  }
  await stopDemo(live);
  await id('power-switch').click();
  await attribute('lcd', 'data-list', 'off');
  await screenshot(page, shots, 'page-1280-off', { fullPage: false });
});
