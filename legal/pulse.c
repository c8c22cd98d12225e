/* Pulse output. Invariant: every earned pulse is begun once, whatever steps time is given in. */
#include "legal/pulse.h"
#include "metrology/samples.h"

enum {
    LIT_SAMPLES = (WH_SAMPLE_RATE_HZ * 30 + 500) / 1000, /* 30 ms, within 10 % */
    DARK_SAMPLES = WH_SAMPLE_RATE_HZ / 100,              /* 10 ms at least between pulses */
};

void wh_pulse_earn(struct wh_pulse *pulse, uint32_t count, uint32_t first_samples,
                   uint32_t interval_samples)
{
    if (pulse->pending == 0) {
        pulse->until_next = first_samples;
    }
    pulse->pending += count;
    pulse->interval_samples = interval_samples;
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void begin_pulse(struct wh_pulse *pulse)
{
    pulse->pending--;
    pulse->lit_samples = LIT_SAMPLES;
    pulse->hold_samples = LIT_SAMPLES + DARK_SAMPLES;
    pulse->until_next = pulse->interval_samples;
}

/* Samples until something can happen: a pulse may begin, or the one that is lit ends. */
static uint32_t until_event(const struct wh_pulse *pulse, uint32_t limit)
{
    const uint32_t wait =
        pulse->until_next > pulse->hold_samples ? pulse->until_next : pulse->hold_samples;
    return pulse->pending > 0 ? least_of(limit, wait) : limit;
}

static void pass(struct wh_pulse *pulse, uint32_t samples)
{
    pulse->until_next -= least_of(samples, pulse->until_next);
    pulse->hold_samples -= least_of(samples, pulse->hold_samples);
    pulse->lit_samples -= least_of(samples, pulse->lit_samples);
}

void wh_pulse_run(struct wh_pulse *pulse, uint32_t sample_count)
{
    while (sample_count > 0) {
        if (pulse->pending > 0 && pulse->until_next == 0 && pulse->hold_samples == 0) {
            begin_pulse(pulse);
        }
        const uint32_t passed = until_event(pulse, sample_count);
        pass(pulse, passed);
        sample_count -= passed;
    }
}
