// Active power of the last minutes.

import uPlot from '/vendor/uplot.js';
import { html, useEffect, useRef } from '/vendor/preact.js';

const MINUTES = 5;
const SPACING_S = 0.5;

// Samples of total power over time, as uPlot wants them; old ones drop out at the front.
export class PowerHistory {
  constructor() {
    this.times = [];
    this.watts = [];
  }

  add(watts, now = Date.now() / 1000) {
    if (now - (this.times.at(-1) ?? 0) < SPACING_S) return;
    this.times.push(now);
    this.watts.push(watts ?? null);
    while (this.times[0] < now - MINUTES * 60) {
      this.times.shift();
      this.watts.shift();
    }
  }
}

const HEIGHT = 190;
const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

const options = element => {
  const ink = colour(element, '--muted');
  const grid = { stroke: colour(element, '--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font: '11px system-ui, sans-serif' };
  const now = () => Date.now() / 1000;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { range: (plot, first) => [Math.min(first ?? now(), now() - 60), now()] },
      y: { range: (plot, low, high) => uPlot.rangeNum(Math.min(low ?? 0, 0), Math.max(high ?? 0, 100), 0.1, true) },
    },
    axes: [
      { ...axis, size: 30, space: 90, values: (plot, splits) => splits.map(s => new Date(s * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })) },
      { ...axis, size: 62, values: (plot, splits) => splits.map(w => `${+(w / 1000).toFixed(2)} kW`) },
    ],
    series: [{}, {
      stroke: colour(element, '--accent'), width: 2, fill: colour(element, '--accent-soft'),
      points: { show: false }, spanGaps: false,
    }],
  };
};

// Builds the plot anew when the width or the colour scheme changes. Returns a function that ends it.
const keepPlot = (element, history, slot) => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const build = () => {
    slot.current?.destroy();
    slot.current = new uPlot(options(element), [history.times, history.watts], element);
  };
  const resized = new ResizeObserver(() => {
    if (slot.current?.width !== element.clientWidth) build();
  });
  build();
  resized.observe(element);
  dark.addEventListener('change', build);
  return () => {
    resized.disconnect();
    dark.removeEventListener('change', build);
    slot.current.destroy();
    slot.current = null;
  };
};

export const PowerChart = ({ history, watts }) => {
  const element = useRef(null);
  const plot = useRef(null);
  useEffect(() => keepPlot(element.current, history, plot), []);
  useEffect(() => { plot.current?.setData([history.times, history.watts]); });
  return html`<div class="chart" ref=${element} role="img" data-testid="chart"
    aria-label="Active power of the last ${MINUTES} minutes, now ${watts === null ? 'unknown' : `${Math.round(watts)} watts`}" />`;
};
