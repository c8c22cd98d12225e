// Spreads the meter's pulses over time. They come as a counter, several at a time, and last 30 ms;
// shown as they come they would be neither even nor visible.

const SHOWN_MS = 80;
const MOST_PER_SECOND = 12; // beyond that it would be a flicker
const LONGEST_INTERVAL_MS = 2000;

// Calls light(true) and light(false) for each new pulse, evenly until the next count is due.
export class PulseLight {
  constructor(light) {
    this.light = light;
    this.count = null;
    this.heard = 0;
    this.interval = 250;
    this.timers = new Set();
  }

  update(count, now = performance.now()) {
    const news = this.count === null ? 0 : count - this.count;
    if (this.heard) this.interval += 0.3 * (Math.min(now - this.heard, LONGEST_INTERVAL_MS) - this.interval);
    this.heard = now;
    this.count = count;
    if (news > 0) this.spread(news);
  }

  spread(news) {
    const shown = Math.max(1, Math.min(news, Math.floor(this.interval * MOST_PER_SECOND / 1000)));
    const spacing = this.interval / shown;
    for (let i = 0; i < shown; i++) {
      this.at(i * spacing, () => this.light(true));
      this.at(i * spacing + Math.min(SHOWN_MS, spacing * 0.6), () => this.light(false));
    }
  }

  at(delay, action) {
    const timer = setTimeout(() => { this.timers.delete(timer); action(); }, delay);
    this.timers.add(timer);
  }

  // A restarted meter counts from the beginning: nothing of the past is shown.
  forget() {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.count = null;
    this.heard = 0;
    this.light(false);
  }
}
