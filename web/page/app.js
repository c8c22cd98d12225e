// The page: keeps the newest state and lays out the meter and its bench.

import { html, render, useEffect, useRef, useState } from '/vendor/preact.js';
import { Breaker, Loads, Mains, Tamper } from './bench.js';
import { PowerChart, PowerHistory } from './chart.js';
import { power } from './format.js';
import { connect, send } from './link.js';
import { Meter } from './meter.js';
import { PulseLight } from './pulses.js';
import { Live, Messages, Registers } from './readings.js';

const NOTICE_MS = 5000;

// Fills in what a state may leave out, so that the components need not ask.
const complete = state => ({
  ...state,
  lcd: state.lcd ?? { list: 'off' },
  phase: state.phase ?? [{}, {}, {}],
  bench: { controllable: false, mains: state.powered, phases: [], ...state.bench, loads: state.bench?.loads ?? [] },
  messages: state.messages ?? [],
});

// The newest state, rendered at most once per frame; every state goes to the history and the LED.
const useMeter = () => {
  const [view, setView] = useState({ state: null, status: 'connecting' });
  const [led, setLed] = useState({ lit: false, flashes: 0 });
  const history = useRef(new PowerHistory());
  useEffect(() => {
    const light = new PulseLight(lit => setLed(({ flashes }) => ({ lit, flashes: flashes + (lit ? 1 : 0) })));
    let newest = null;
    let now = 'connecting'; // a frame that was asked for before the connection was lost must not call it live
    const show = () => {
      setView({ state: newest, status: now });
      newest = null;
    };
    connect(message => {
      if (!newest) requestAnimationFrame(show);
      newest = complete(message);
      history.current.add(newest.powered ? newest.p_w : null);
      light.update(newest.led?.pulses ?? 0);
    }, status => {
      now = status;
      if (status === 'lost') light.forget();
      if (status !== 'live') setView(({ state }) => ({ state, status }));
    });
  }, []);
  return { ...view, led, history: history.current };
};

// A function that sends a command, and the reason of the last refusal for a while.
const useCommands = () => {
  const [notice, setNotice] = useState(null);
  useEffect(() => {
    const timer = setTimeout(() => setNotice(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [async command => {
    const reason = await send(command);
    if (reason) setNotice(reason);
  }, notice];
};

const STATUS = { connecting: 'Connecting …', live: 'Live', lost: 'Connection lost, trying again …' };

const Header = ({ state, status }) => html`
  <header class="top">
    <div class="brand"><img src="/favicon.svg" alt="" width="36" height="36" />
      <div><h1>Watthour</h1><p>Open smart electricity meter</p></div></div>
    <dl class="facts">
      <div><dt>Source</dt><dd>${state?.source ?? '–'}</dd></div>
      <div><dt>Meter clock</dt><dd data-testid="clock">${state?.clock?.replace('T', ' ') ?? '–'}</dd></div>
      <div><dt>Power</dt><dd data-testid="total-power">${power(state?.powered ? state.p_w : null)}</dd></div>
    </dl>
    <p class="status ${status}" role="status" data-testid="status" data-status=${status}>${STATUS[status]}</p>
  </header>`;

const Bench = ({ state, status, led, history, command }) => {
  const live = status === 'live';
  return html`
    <main class=${live ? 'layout' : 'layout stale'}>
      <div class="front"><${Meter} state=${state} led=${led} live=${live} onButton=${() => command({ button: 'left' })} /></div>
      <div class="controls">
        <${Mains} bench=${state.bench} command=${command} live=${live} />
        ${state.breaker && html`<${Breaker} breaker=${state.breaker} command=${command} live=${live} />`}
        ${state.tamper && html`<${Tamper} tamper=${state.tamper} command=${command} live=${live} />`}
        ${state.bench.controllable && html`<${Loads} bench=${state.bench} command=${command} live=${live} />`}
        <${Live} state=${state} />
      </div>
      <div class="wide">
        <section class="card chart-card" aria-labelledby="chart-title">
          <header><h2 id="chart-title">Active power</h2><span class="aside">last 5 minutes</span></header>
          <${PowerChart} history=${history} watts=${state.powered ? state.p_w : null} />
        </section>
        <${Registers} state=${state} />
        <${Messages} messages=${state.messages} />
      </div>
    </main>
    <footer>Watthour ${state.model} · No. ${state.number} · legally relevant software
      ${' '}${state.software?.legal_version} (checksum ${state.software?.legal_checksum}) · program ${state.software?.version}</footer>`;
};

const App = () => {
  const meter = useMeter();
  const [command, notice] = useCommands();
  return html`
    <${Header} state=${meter.state} status=${meter.status} />
    ${meter.state ? html`<${Bench} ...${meter} command=${command} />`
    : html`<p class="waiting">Waiting for the meter …</p>`}
    <div class="notice" role="alert" data-testid="notice">${notice && html`<p>${notice}</p>`}</div>`;
};

render(html`<${App} />`, document.getElementById('app'));
