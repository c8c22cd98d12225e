// The whole system: the program, its page in a real browser, and the registers behind both.
// DSP-1, DSP-3, MET-3, MET-9, MEM-1, MEM-2 as a user sees them.
//
// Environment: WATTHOUR, the program; WH_NODE_MODULES, see tests/web/browser.mjs; WH_SCREENSHOTS, a folder
// for the picture of the page; WATTHOUR_SCREENSHOT, a file for a copy of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { launch, open, screenshot, somePort } from '../web/browser.mjs';

const FURNACE_W = 66000; // much, so that registers move at once; 96 A a phase
const SCENARIO = `
mains: {drift_v: 0, step_v: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: ${FURNACE_W}, on: on}
  - {name: kiln, kind: heater, phase: 2, power_w: 6000}
`;
const DEADLINE_MS = 30000;

// Starts the program; resolves when it listens, to null if the port is taken.
const tryStart = async (folder, scenario, port) => {
  const program = spawn(process.env.WATTHOUR, ['run', '--state', join(folder, 'state'), '--dlms', '127.0.0.1:0',
    '--module-port', '127.0.0.1:0', '--web', `127.0.0.1:${port}`, ...(scenario ? ['--scenario', scenario] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(program.stdout)) {
    const found = / page on (http:\S+)/.exec(line);
    if (found) return { program, url: found[1] };
  }
  return null;
};

// On any port, or on the one given.
const start = async (folder, { scenario, port } = {}) => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const started = await tryStart(folder, scenario, port ?? somePort());
    if (started) return started;
  }
  throw new Error('the program does not start');
};

const end = async ({ program }, signal) => {
  const ended = program.exitCode === null && program.signalCode === null ? once(program, 'exit') : null;
  program.kill(signal);
  await ended;
  return program.exitCode;
};

let browser;
let folder;
let scenario;
let meter;
let page;
let faults;
let context;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watthour-test-'));
  scenario = join(folder, 'strong.yaml');
  await writeFile(scenario, SCENARIO);
  meter = await start(folder, { scenario });
  browser = await launch();
  ({ page, faults, context } = await open(browser, meter.url));
  page.setDefaultTimeout(DEADLINE_MS);
});

after(async () => {
  await context?.close();
  if (meter) await end(meter, 'SIGKILL');
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const id = name => page.getByTestId(name);
const api = async () => (await fetch(`${meter.url}api/state`)).json();

// An attribute of an element that is a number.
const number = async (name, attribute = 'data-value') => Number(await id(name).getAttribute(attribute));

// Waits until condition(number, limit) holds in the page, with the condition as text.
const until = (name, relation, limit, attribute = 'data-value') => page.waitForFunction(
  ([n, r, l, a]) => {
    const text = document.querySelector(`[data-testid="${n}"]`)?.getAttribute(a);
    if (text === null || text === undefined || text === '') return false;
    return r === '>' ? Number(text) > l : Number(text) < l;
  }, [name, relation, limit, attribute]);

const lcdIs = (attribute, ...values) => page.waitForFunction(
  ([a, v]) => v.includes(document.querySelector('[data-testid=lcd]')?.getAttribute(a)), [`data-${attribute}`, values]);

// What the glass says, in Wh, with the id it says it for; and what its digits are drawn as.
const SEGMENTS = {
  'a b c d e f': '0', 'b c': '1', 'a b d e g': '2', 'a b c d g': '3', 'b c f g': '4', 'a c d f g': '5',
  'a c d e f g': '6', 'a b c': '7', 'a b c d e f g': '8', 'a b c d f g': '9', '': ' ',
};
const readGlass = async () => {
  const glass = await page.evaluate(() => {
    const lcd = document.querySelector('[data-testid=lcd]');
    const lit = i => [...document.querySelectorAll(`[data-testid="value-${i}"] .on`)].map(s => s.dataset.seg).sort().join(' ');
    return { ...lcd.dataset, drawn: [0, 1, 2, 3, 4, 5, 6, 7, 8].map(lit) };
  });
  assert.equal(glass.drawn.map(lit => SEGMENTS[lit]).join(''), glass.value, 'the segments say the same');
  return { id: glass.id, unit: glass.unit, decimals: Number(glass.decimals), count: Number(glass.value) };
};

// The glass must show, cut off, a value that the API had between two looks.
const checkGlass = async (name, decimals) => {
  const earlier = (await api()).registers[name];
  await page.waitForFunction(limit =>
    Number(document.querySelector('[data-testid=register-a_plus_wh]').getAttribute('data-value')) >= limit, earlier);
  const glass = await readGlass();
  const later = (await api()).registers[name];
  const cut = wh => Math.floor(wh / 10 ** (3 - decimals) + 1e-9);
  assert.equal(glass.decimals, decimals);
  assert.ok(cut(earlier) <= glass.count && glass.count <= cut(later), `${cut(earlier)} … ${glass.count} … ${cut(later)}`);
  return glass;
};

test('DSP-1: the glass begins with A+, cut off as the API says', async () => {
  await until('register-a_plus_wh', '>', 100);
  const glass = await checkGlass('a_plus_wh', 1);
  assert.deepEqual([glass.id, glass.unit], ['1.8.0', 'kWh']);
  assert.ok(glass.count >= 1);
  await lcdIs('current', 'import import import');
  await lcdIs('quadrant', '1', '4');
});

test('DSP-3: the button changes the reading', async () => {
  await id('left-button').click();
  await lcdIs('list', 'manual');
  for (const next of ['2.8.0', '3.8.0', '4.8.0', '5.8.0', '6.8.0', '7.8.0', '8.8.0', '1.8.0']) {
    await id('left-button').click();
    await lcdIs('id', next);
  }
  await checkGlass('a_plus_wh', 4);
});

test('MET-4: a load switched on at the bench raises the power', async () => {
  const before = await number('live-p_w');
  const others = await number('live-p_w-1');
  await id('load-switch-kiln').click();
  await until('live-p_w', '>', before + 5900);
  assert.equal(await id('load-switch-kiln').getAttribute('aria-checked'), 'true');
  assert.ok(Math.abs(await number('live-p_w-1') - others) < 300, 'only on its phase');
  await id('load-switch-kiln').click();
  await until('live-p_w', '<', before + 100);
});

test('COM-14, LOG-6: a magnet held at the bench is an alarm for as long as it is there', async () => {
  await page.waitForFunction(() => document.querySelector('[data-testid=alarms]').textContent === 'No alarms');
  await id('magnet').click();
  await page.waitForFunction(() => document.querySelector('[data-testid=alarms]').textContent === 'Alarms: fraud attempt');
  assert.equal(await id('magnet').getAttribute('aria-checked'), 'true');
  assert.deepEqual((await api()).tamper, { magnet: true, cover_open: false, alarms: ['fraud attempt'] });
  await id('magnet').click();
  await page.waitForFunction(() => document.querySelector('[data-testid=alarms]').textContent === 'No alarms');
});

test('MET-9: the LED flashes as the register counts', async () => {
  const flashes = await number('led', 'data-flashes');
  const pulses = (await api()).led.pulses;
  await until('led', '>', flashes + 10, 'data-flashes');
  const state = await api();
  assert.ok(state.led.pulses >= pulses + 10);
  assert.equal(state.led.pulses, Math.floor(state.registers.a_plus_wh));
});

test('MEM-1, MEM-2, DSP-3: the power is cut by the switch, comes back, and the registers are kept', async () => {
  const before = (await api()).registers;
  await id('power-switch').click();
  await lcdIs('list', 'off');
  assert.equal(await page.locator('[data-testid=lcd] .on').count(), 0);
  const off = (await api()).registers;
  await id('left-button').click();
  await lcdIs('list', 'backup');
  await lcdIs('id', '1.8.0');
  assert.equal((await readGlass()).count, Math.floor(off.a_plus_wh / 100));
  await id('power-switch').click();
  await lcdIs('list', 'automatic');
  await until('register-a_plus_wh', '>', off.a_plus_wh);
  const after = (await api()).registers;
  for (const name of Object.keys(before)) {
    const [earlier, between, later] = [before, off, after].map(registers => Math.floor(registers[name] * 10 + 1e-6));
    assert.ok(earlier <= between && between <= later, `${name}: ${earlier}, ${between}, ${later} in 0.1 Wh`);
  }
  await checkGlass('a_plus_wh', 1);
  assert.match(await id('messages').innerText(), /power-up: registers restored[^]*supply lost/);
});

test('MET-3, DSP-1: with all phases reversed the meter turns to export', async () => {
  await until('live-p_w', '>', FURNACE_W / 2);
  for (const phase of [1, 2, 3]) await id(`reverse-${phase}`).click();
  await until('live-p_w', '<', -FURNACE_W / 2);
  await lcdIs('current', 'export export export');
  await lcdIs('quadrant', '2', '3');
  const aPlus = await number('register-a_plus_wh');
  const aMinus = await number('register-a_minus_wh');
  await until('register-a_minus_wh', '>', aMinus + 10);
  assert.equal(await number('register-a_plus_wh'), aPlus);
  for (const phase of [1, 2, 3]) await id(`reverse-${phase}`).click();
  await until('live-p_w', '>', FURNACE_W / 2);
});

test('MEM-2: the page finds a meter again that was killed and started anew, with all it had shown', async () => {
  const shown = await number('register-a_plus_wh');
  await end(meter, 'SIGKILL');
  await page.waitForSelector('[data-testid=status][data-status=lost]');
  meter = await start(folder, { scenario, port: new URL(meter.url).port });
  await page.waitForSelector('[data-testid=status][data-status=live]');
  await until('register-a_plus_wh', '>', Math.floor(shown * 10) / 10 - 0.01);
  assert.ok((await api()).registers.a_plus_wh >= Math.floor(shown * 10) / 10);
  faults.splice(0, faults.length, ...faults.filter(fault => !/WebSocket connection|ERR_CONNECTION_REFUSED/.test(fault)));
});

test('nothing went wrong in the page, and the meter stops in order', async () => {
  assert.deepEqual(faults, []);
  assert.equal(await end(meter, 'SIGINT'), 0);
});

test('a picture of the home that is built in', { skip: !process.env.WH_SCREENSHOTS }, async () => {
  await rm(join(folder, 'state'), { recursive: true });
  meter = await start(folder);
  const view = await open(browser, meter.url, { viewport: { width: 1280, height: 900 } });
  page = view.page;
  page.setDefaultTimeout(10 * DEADLINE_MS);
  await id('load-switch-electric car').click();
  await until('register-a_plus_wh', '>', 1);
  if (process.env.WATTHOUR_SCREENSHOT) { // for the README: some minutes old, with A+ on the glass
    await until('register-a_plus_wh', '>', 300);
    await lcdIs('id', '1.8.0');
  }
  await screenshot(page, process.env.WH_SCREENSHOTS, 'page', { fullPage: false });
  if (process.env.WATTHOUR_SCREENSHOT)
    await copyFile(join(process.env.WH_SCREENSHOTS, 'page.png'), process.env.WATTHOUR_SCREENSHOT);
  assert.deepEqual(view.faults, []);
  await view.context.close();
  assert.equal(await end(meter, 'SIGTERM'), 0);
});
