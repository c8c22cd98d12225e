/* Follows the voltage's fundamental. Invariant: the phase is continuous, it is never set, so that
 * windows counted in cycles of the oscillator have no jumps; only the step changes. */
#include "metrology/oscillator.h"
#include "common/intmath.h"
#include "metrology/samples.h"

enum { WINDOWS_TO_LOCK = 3 };

/* Advance per sample at a frequency. */
#define STEP_OF_MHZ(mhz) ((uint32_t)(((uint64_t)(mhz) << (32 - WH_SAMPLE_RATE_BITS)) / 1000u))

static const int32_t lock_step_error = (int32_t)STEP_OF_MHZ(100);
static const int32_t lock_phase_error = 1 << (32 - 6);

void wh_oscillator_init(struct wh_oscillator *oscillator, uint32_t nominal_mhz)
{
    *oscillator = (struct wh_oscillator){.step = STEP_OF_MHZ(nominal_mhz)};
}

/* The frequency error in the last window, from the angles of this window and the one before.
 * Between the middles of both lie half of each, at the error before and after the last change of
 * the step: error = (angle moved - step_change * previous / 2) / ((previous + this) / 2). */
static int32_t step_error(const struct wh_oscillator *o, uint32_t error, uint32_t length_q14)
{
    const int32_t moved = (int32_t)(error - o->error);
    const int64_t by_change = (int64_t)o->step_change * (o->length_q14 >> 1);
    const int64_t numerator = (int64_t)moved * (1 << 14) - by_change;
    return (int32_t)(numerator / ((o->length_q14 + length_q14) >> 1));
}

/* Accepted range as TI's published metrology code: 40 … 70 Hz. */
static uint32_t limit_step(int64_t step)
{
    const uint32_t lowest = STEP_OF_MHZ(40000);
    const uint32_t highest = STEP_OF_MHZ(70000);
    return step < lowest ? lowest : step > highest ? highest : (uint32_t)step;
}

static void judge_lock(struct wh_oscillator *o, int32_t step_off, int32_t phase_off)
{
    const bool good = step_off < lock_step_error && step_off > -lock_step_error &&
                      phase_off < lock_phase_error && phase_off > -lock_phase_error;
    if (!good) {
        o->good_windows = 0;
    } else if (o->good_windows < WINDOWS_TO_LOCK) {
        o->good_windows++;
    }
}

static uint32_t frequency_uhz(uint32_t step)
{
    /* step * 4096 Hz * 10^6 / 2^32 */
    return (uint32_t)(((uint64_t)step * 15625u + (1u << 13)) >> 14);
}

struct wh_oscillator_finding wh_oscillator_follow(struct wh_oscillator *o, int64_t sine,
                                                  int64_t cosine, uint32_t length_q14)
{
    struct wh_oscillator_finding finding = {0};
    const uint32_t error = wh_atan2(cosine, sine);
    const int32_t step_off = o->seen ? step_error(o, error, length_q14) : 0;
    /* Angle error at the end of the window: half a window of frequency error past its middle. */
    const int32_t half_window = (int32_t)(((int64_t)step_off * (length_q14 >> 1)) / (1 << 14));
    const int32_t end_error = (int32_t)(error + (uint32_t)half_window);
    finding.end_angle = o->phase + (uint32_t)end_error;
    if (o->seen) {
        finding.frequency_uhz = frequency_uhz(o->step + (uint32_t)step_off);
        judge_lock(o, step_off, end_error);
    }
    const int64_t pull = (int64_t)end_error * (1 << 13) / length_q14;
    const uint32_t step = limit_step((int64_t)o->step + step_off + pull);
    o->step_change = (int32_t)(step - o->step);
    o->step = step;
    o->error = error;
    o->length_q14 = length_q14;
    o->seen = true;
    return finding;
}

void wh_oscillator_lose(struct wh_oscillator *o)
{
    o->seen = false;
    o->good_windows = 0;
    o->step_change = 0;
}

bool wh_oscillator_is_locked(const struct wh_oscillator *o)
{
    return o->good_windows >= WINDOWS_TO_LOCK;
}

uint32_t wh_oscillator_samples_for(const struct wh_oscillator *o, uint32_t cycles)
{
    const uint64_t to_go = ((uint64_t)cycles << 32) - o->phase;
    return (uint32_t)((to_go + o->step - 1) / o->step);
}
