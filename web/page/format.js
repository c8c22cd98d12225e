// Numbers as people read them: a point for decimals, thin spaces between groups of three, a real
// minus. Absent values are a dash.

const NARROW = '\u202f';

const group = digits => digits.replace(/\B(?=(\d{3})+$)/g, NARROW);
const groupDecimals = digits => digits.replace(/(\d{3})(?=\d)/g, `$1${NARROW}`);

export const fixed = (value, decimals) => {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const [whole, rest] = Math.abs(value).toFixed(decimals).split('.');
  const zero = Number(`${whole}.${rest ?? 0}`) === 0;
  return `${value < 0 && !zero ? '−' : ''}${group(whole)}${rest ? `.${rest}` : ''}`;
};

// An energy in Wh as kWh with every digit there is, in two parts: up to the Wh, and below.
export const energy = wh => {
  if (wh === null || wh === undefined) return ['–', ''];
  const [whole, below] = Math.abs(wh).toFixed(6).split('.');
  const digits = whole.padStart(4, '0');
  const kilo = `${group(digits.slice(0, -3))}.${digits.slice(-3)}`;
  return [`${wh < 0 ? '−' : ''}${kilo}`, `${NARROW}${groupDecimals(below)}`];
};

// A power in W or kW, whichever is easier to read.
export const power = watts => {
  if (watts === null || watts === undefined) return '–';
  return Math.abs(watts) < 9999.5 ? `${fixed(watts, 0)} W` : `${fixed(watts / 1000, 2)} kW`;
};
