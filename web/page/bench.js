// The test bench around the meter: mains, voltage and direction of each phase, loads.

import { html, useEffect, useMemo, useState } from '/vendor/preact.js';
import { fixed, power } from './format.js';
import { newestOnly } from './link.js';

const HIGHEST_V = 300;
const SETTLE_MS = 1500; // how long a dragged value stands before the meter's own is shown again

export const Switch = ({ label, on, onChange, testid, disabled, hidden }) => html`
  <button type="button" class="switch" role="switch" aria-checked=${String(on)} disabled=${disabled}
    aria-label=${hidden ? label : null} data-testid=${testid} onClick=${() => onChange(!on)}>
    <span class="track"><span class="thumb" /></span>
    ${!hidden && html`<span>${label}</span>`}
  </button>`;

const clampVolts = text => Math.min(HIGHEST_V, Math.max(0, Math.round(Number(text)) || 0));

// While it is being moved or typed into the control shows its own value, not the one on its way back.
const Voltage = ({ phase, volts, command, disabled }) => {
  const [draft, setDraft] = useState(null);
  const [typed, setTyped] = useState(null);
  const sendNewest = useMemo(() => newestOnly(command), []);
  useEffect(() => {
    const timer = setTimeout(() => setDraft(null), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const change = event => {
    const value = clampVolts(event.target.value);
    setTyped(null);
    setDraft(value);
    sendNewest({ phase, u_v: value });
  };
  const shown = draft ?? Math.round(volts);
  return html`
    <div class="voltage">
      <label class="number">
        <span class="visually-hidden">Voltage of L${phase} in volts</span>
        <input type="number" min="0" max=${HIGHEST_V} step="1" value=${typed ?? shown} disabled=${disabled}
          data-testid="voltage-${phase}" onInput=${event => setTyped(event.target.value)}
          onChange=${change} onBlur=${() => setTyped(null)} />
        <span aria-hidden="true">V</span>
      </label>
      <input type="range" min="0" max=${HIGHEST_V} step="1" value=${shown} disabled=${disabled}
        aria-label="Voltage of L${phase}" data-testid="voltage-slider-${phase}" onInput=${change} />
    </div>`;
};

const Phase = ({ index, phase, command, disabled }) => html`
  <div class="phase">
    <h3>L${index + 1}</h3>
    <${Voltage} phase=${index + 1} volts=${phase.u_v} command=${command} disabled=${disabled} />
    <${Switch} label="Reverse current" on=${phase.reversed} disabled=${disabled}
      testid="reverse-${index + 1}"
      onChange=${reversed => command({ phase: index + 1, reversed })} />
  </div>`;

export const Mains = ({ bench, command, live }) => html`
  <section class="card" aria-labelledby="mains-title">
    <header>
      <h2 id="mains-title">Mains</h2>
      <button type="button" class=${bench.mains ? 'power on' : 'power'} aria-pressed=${String(bench.mains)}
        data-testid="power-switch" disabled=${!live}
        onClick=${() => command({ mains: !bench.mains })}>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M11 2h2v10h-2zM7.100 5.600 8.500 7a6.500 6.500 0 1 0 7 0l1.400-1.400a8.500 8.500 0 1 1-9.800 0z" /></svg>
        ${bench.mains ? 'Cut the mains' : 'Bring the mains back'}
      </button>
    </header>
    ${bench.controllable
    ? html`<div class="phases">${bench.phases.map((phase, i) => html`
        <${Phase} key=${i} index=${i} phase=${phase} command=${command} disabled=${!live} />`)}</div>`
    : html`<p class="note" data-testid="recording-note">A recording plays: voltages and loads are those of the file.</p>`}
  </section>`;

const Load = ({ load, command, disabled }) => html`
  <li class=${load.on ? 'load on' : 'load'} data-testid="load-${load.name}">
    <${Switch} label=${load.name} on=${load.on} disabled=${disabled} testid="load-switch-${load.name}"
      onChange=${on => command({ load: load.name, on })} />
    <span class="load-phases">${load.phases.map(n => `L${n}`).join(' ')}</span>
    <span class="load-power" title="rated ${fixed(load.rated_w, 0)} W">${power(load.on ? load.p_w : 0)}</span>
  </li>`;

export const Loads = ({ bench, command, live }) => html`
  <section class="card" aria-labelledby="loads-title">
    <header><h2 id="loads-title">Loads</h2></header>
    <ul class="loads">
      ${bench.loads.map(load => html`
        <${Load} key=${load.name} load=${load} command=${command} disabled=${!live} />`)}
    </ul>
  </section>`;

const KWH_WH = 1000;
const PAYMENT_WH = 10 * KWH_WH;

// A payment's number only has to be another one than those before: seconds do.
const paymentNumber = () => Math.floor(Date.now() / 1000);

const Command = ({ label, command, what, live }) => html`
  <button type="button" class="power" data-testid="breaker-${label.toLowerCase().replaceAll(' ', '-')}"
    disabled=${!live} onClick=${() => command(what)}>${label}</button>`;

// Only of a meter that has a breaker. What it is not is said where it is operated.
export const Breaker = ({ breaker, command, live }) => html`
  <section class="card" aria-labelledby="breaker-title">
    <header><h2 id="breaker-title">Breaker</h2></header>
    <p data-testid="breaker-state">${breaker.text}${breaker.led === 'flashing' ? '; the button may close it' : ''}</p>
    ${breaker.prepaid_wh !== null && html`
      <p data-testid="prepaid">Prepaid: ${fixed(breaker.prepaid_wh / KWH_WH, 1)} kWh</p>`}
    <p class="note" data-testid="breaker-note">${breaker.note}</p>
    <div class="commands">
      <${Command} label="Disconnect" command=${command} what=${{ breaker: 'disconnect' }} live=${live} />
      <${Command} label="Release" command=${command} what=${{ breaker: 'release' }} live=${live} />
      <${Command} label="Reconnect" command=${command} what=${{ breaker: 'reconnect' }} live=${live} />
      <${Command} label="Hold button" command=${command} what=${{ button: 'left', hold: true }} live=${live} />
      ${breaker.prepaid_wh !== null && html`
        <button type="button" class="power" data-testid="breaker-pay" disabled=${!live}
          onClick=${() => command({ pay_wh: PAYMENT_WH, number: paymentNumber() })}>Pay 10 kWh</button>`}
    </div>
  </section>`;

// What is held to the meter or opened at it, and the alarms that it would tell.
export const Tamper = ({ tamper, command, live }) => html`
  <section class="card" aria-labelledby="tamper-title">
    <header><h2 id="tamper-title">Tampering</h2></header>
    <div class="phases">
      <${Switch} label="Magnet at the meter" on=${tamper.magnet} disabled=${!live} testid="magnet"
        onChange=${magnet => command({ magnet })} />
      <${Switch} label="Terminal cover open" on=${tamper.cover_open} disabled=${!live} testid="cover"
        onChange=${cover_open => command({ cover_open })} />
      <p class="note" data-testid="alarms">${tamper.alarms.length > 0 ? `Alarms: ${tamper.alarms.join(', ')}` : 'No alarms'}</p>
    </div>
  </section>`;
