/* Pulse output. Invariant: every earned pulse is begun once, whatever steps time is given in. */
#include "legal/pulse.h"
#include "metrology/samples.h"

enum {
    LIT_SAMPLES = (WH_SAMPLE_RATE_HZ * 30 + 500) / 1000, /* 30 ms, within 10 % */
    DARK_SAMPLES = WH_SAMPLE_RATE_HZ / 100,              /* 10 ms at least between pulses */
};

void wh_pulse_earn(struct wh_pulse *pulse, uint32_t count, uint32_t window_samples)
{
    if (count == 0) {
        return;
    }
    pulse->pending += count;
    const uint32_t even = window_samples / pulse->pending;
    const uint32_t least = LIT_SAMPLES + DARK_SAMPLES;
    pulse->interval_samples = even > least ? even : least;
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void wh_pulse_run(struct wh_pulse *pulse, uint32_t sample_count)
{
    while (sample_count > 0) {
        if (pulse->until_next == 0 && pulse->pending > 0) {
            pulse->pending--;
            pulse->lit_samples = LIT_SAMPLES;
            pulse->until_next = pulse->interval_samples;
        }
        uint32_t passed = sample_count;
        if (pulse->until_next > 0) {
            passed = least_of(passed, pulse->until_next);
            pulse->until_next -= passed;
        }
        pulse->lit_samples -= least_of(passed, pulse->lit_samples);
        sample_count -= passed;
    }
}
