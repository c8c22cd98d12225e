// Tables of what the meter measures and has registered, and the list of its messages.

import { html } from '/vendor/preact.js';
import { energy, fixed } from './format.js';

const LIVE = [
  ['U', 'V', 'u_rms_v', 2], ['I', 'A', 'i_rms_a', 3], ['P', 'W', 'p_w', 1], ['Q', 'var', 'q_var', 1],
  ['S', 'VA', 's_va', 1], ['PF', '', 'pf', 3],
];

const sum = (phases, name) => (phases.every(phase => typeof phase[name] === 'number')
  ? phases.reduce((total, phase) => total + phase[name], 0) : null);

// What the meter gives as a total; apparent power and power factor follow from it.
const total = (state, name) => {
  if (name === 'p_w' || name === 'q_var') return state[name];
  if (name === 's_va') return sum(state.phase, 's_va');
  if (name === 'pf') {
    const apparent = sum(state.phase, 's_va');
    return apparent ? state.p_w / apparent : null;
  }
  return undefined;
};

const Cell = ({ value, decimals, testid }) => html`
  <td data-testid=${testid} data-value=${value ?? ''}>${fixed(value, decimals)}</td>`;

export const Live = ({ state }) => html`
  <section class="card" aria-labelledby="live-title">
    <header><h2 id="live-title">Measured now</h2>
      <span class="aside" data-testid="frequency" data-value=${state.f_hz ?? ''}>${fixed(state.f_hz, 3)} Hz</span>
    </header>
    <div class="scroll"><table class="figures">
      <thead><tr><th scope="col"><span class="visually-hidden">Quantity</span></th>
        <th scope="col">L1</th><th scope="col">L2</th><th scope="col">L3</th><th scope="col">Total</th></tr></thead>
      <tbody>${LIVE.map(([symbol, unit, name, decimals]) => html`
        <tr key=${name}>
          <th scope="row">${symbol} <span class="unit">${unit}</span></th>
          ${state.phase.map((phase, i) => html`
            <${Cell} value=${phase[name]} decimals=${decimals} testid="live-${name}-${i + 1}" />`)}
          ${total(state, name) === undefined ? html`<td class="empty"></td>`
    : html`<${Cell} value=${total(state, name)} decimals=${decimals} testid="live-${name}" />`}
        </tr>`)}</tbody>
    </table></div>
  </section>`;

const REGISTERS = [
  ['A+', '1.8.0', 'a_plus_wh', 'kWh'], ['A−', '2.8.0', 'a_minus_wh', 'kWh'],
  ['R+', '3.8.0', 'r_plus_varh', 'kvarh'], ['R−', '4.8.0', 'r_minus_varh', 'kvarh'],
  ['R1', '5.8.0', 'r1_varh', 'kvarh'], ['R2', '6.8.0', 'r2_varh', 'kvarh'],
  ['R3', '7.8.0', 'r3_varh', 'kvarh'], ['R4', '8.8.0', 'r4_varh', 'kvarh'],
];

const phaseRegisters = phases => phases.flatMap((phase, i) => [
  [`A+ L${i + 1}`, `${21 + 20 * i}.8.0`, phase.a_plus_wh, 'kWh', `register-a_plus_wh-${i + 1}`],
  [`A− L${i + 1}`, `${22 + 20 * i}.8.0`, phase.a_minus_wh, 'kWh', `register-a_minus_wh-${i + 1}`],
]);

const Register = ({ name, id, value, unit, testid }) => {
  const [main, below] = energy(value);
  return html`
    <tr>
      <th scope="row">${name}</th><td class="obis">${id}</td>
      <td data-testid=${testid} data-value=${value ?? ''}>${main}<span class="below">${below}</span></td>
      <td class="unit">${unit}</td>
    </tr>`;
};

export const Registers = ({ state }) => html`
  <section class="card" aria-labelledby="registers-title">
    <header><h2 id="registers-title">Registers</h2><span class="aside">all digits</span></header>
    <div class="scroll register-tables">
      <table class="figures registers"><tbody>${REGISTERS.map(([name, id, member, unit]) => html`
        <${Register} key=${id} name=${name} id=${id} value=${state.registers?.[member]} unit=${unit}
          testid="register-${member}" />`)}</tbody></table>
      <table class="figures registers"><tbody>${phaseRegisters(state.phase).map(([name, id, value, unit, testid]) => html`
        <${Register} key=${id} name=${name} id=${id} value=${value} unit=${unit} testid=${testid} />`)}</tbody></table>
    </div>
  </section>`;

const timeOf = stamp => stamp?.replace('T', ' ') ?? '';

export const Messages = ({ messages }) => html`
  <section class="card" aria-labelledby="messages-title">
    <header><h2 id="messages-title">Messages</h2></header>
    ${messages.length
    ? html`<ol class="messages" data-testid="messages" role="log">${messages.slice().reverse().map(({ time, text }) => html`
        <li><time datetime=${time}>${timeOf(time)}</time><span>${text}</span></li>`)}</ol>`
    : html`<p class="note">Nothing to report.</p>`}
  </section>`;
