/* The common window of the three elements. Invariant: all elements have consumed the same samples,
 * and every window ends for all of them at the same sample with the same share. */
#include "metrology/measuring.h"

enum {
    CYCLES_50HZ = 10, /* basic window of IEC 61000-4-30: 0.2 s */
    CYCLES_60HZ = 12,
    CYCLES_SEARCHING = 2, /* short windows see a frequency up to 12 Hz off */
    IDLE_SAMPLES = CYCLES_SEARCHING * WH_SAMPLE_RATE_HZ / 50,
    STEP_55HZ = 57671680, /* 55 / 4096 turn */
};

static void choose_reference(struct wh_measuring *m)
{
    m->reference = WH_PHASES;
    for (uint8_t p = WH_PHASES; p-- > 0;) {
        if (m->element[p].oscillator.seen) {
            m->reference = p;
        }
    }
    for (uint8_t p = WH_PHASES; p-- > 0;) { /* a locked one is better than one being caught */
        if (wh_element_is_locked(&m->element[p])) {
            m->reference = p;
        }
    }
}

static uint32_t window_cycles(const struct wh_element *reference)
{
    if (!wh_element_is_locked(reference)) {
        return CYCLES_SEARCHING;
    }
    return reference->oscillator.step > STEP_55HZ ? CYCLES_60HZ : CYCLES_50HZ;
}

static void open_window(struct wh_measuring *m)
{
    choose_reference(m);
    if (m->reference == WH_PHASES) {
        m->window_samples = IDLE_SAMPLES;
    } else {
        const struct wh_element *e = &m->element[m->reference];
        m->window_samples = wh_oscillator_samples_for(&e->oscillator, window_cycles(e));
        m->grid_step = wh_element_is_locked(e) ? e->oscillator.step : m->grid_step;
    }
    m->samples_left = m->window_samples;
}

static void open_stretch(struct wh_measuring *m)
{
    m->stretch = m->samples_left;
    for (int p = 0; p < WH_PHASES; p++) {
        m->stretch = m->half_cycle_left[p] < m->stretch ? m->half_cycle_left[p] : m->stretch;
    }
    m->stretch_end = m->samples_left - m->stretch;
}

/* How much of the last sample lies behind the end of the reference's cycle. */
static uint32_t shared_q14(const struct wh_measuring *m)
{
    if (m->reference == WH_PHASES) {
        return 0;
    }
    const struct wh_oscillator *o = &m->element[m->reference].oscillator;
    return (uint32_t)(((uint64_t)o->phase << 14) / o->step);
}

static void close_window(struct wh_measuring *m, struct wh_bus_report *report)
{
    const uint32_t share_q14 = shared_q14(m);
    report->sample_count = m->window_samples;
    report->duration_q14 = (m->window_samples << 14) + m->element[0].carried_q14 - share_q14;
    for (int p = 0; p < WH_PHASES; p++) {
        wh_element_close(&m->element[p], m->window_samples, share_q14, &report->phase[p]);
    }
    open_window(m);
}

/* Ends what ends here: half cycles before the window that they belong to. Whether the window did.
 * Not inlined: a sample that ends nothing should not pay for its registers. */
__attribute__((noinline)) static bool close_stretch(struct wh_measuring *m,
                                                    struct wh_bus_report *report)
{
    for (int p = 0; p < WH_PHASES; p++) {
        m->half_cycle_left[p] -= m->stretch;
        if (m->half_cycle_left[p] == 0) {
            m->half_cycle_left[p] = wh_element_end_half_cycle(&m->element[p], m->grid_step);
        }
    }
    const bool closed = m->samples_left == 0;
    if (closed) {
        close_window(m, report);
    }
    open_stretch(m);
    return closed;
}

enum wh_err wh_measuring_init(struct wh_measuring *m, const struct wh_element_design *design,
                              const struct wh_calibration calibration[WH_PHASES])
{
    *m = (struct wh_measuring){.reference = WH_PHASES};
    for (int p = 0; p < WH_PHASES; p++) {
        const enum wh_err err = wh_element_init(&m->element[p], design, &calibration[p]);
        if (err != WH_OK) {
            return err;
        }
        m->half_cycle_left[p] = m->element[p].half_cycle.samples;
    }
    open_window(m);
    open_stretch(m);
    return WH_OK;
}

enum wh_err wh_measuring_calibrate(struct wh_measuring *m,
                                   const struct wh_calibration calibration[WH_PHASES])
{
    for (int p = 0; p < WH_PHASES; p++) {
        if (!wh_calibration_is_valid(&calibration[p])) {
            return WH_ERR_ARGUMENT;
        }
    }
    for (int p = 0; p < WH_PHASES; p++) {
        (void)wh_element_calibrate(&m->element[p], &calibration[p]); /* valid, so it cannot fail */
    }
    return WH_OK;
}

enum wh_err wh_measuring_set_voltage_limits(struct wh_measuring *m,
                                            const struct wh_voltage_limits *limits)
{
    enum wh_err err = WH_OK; /* of one design, so all take them or none */
    for (int p = 0; p < WH_PHASES && err == WH_OK; p++) {
        err = wh_element_set_voltage_limits(&m->element[p], limits);
    }
    return err;
}

void wh_measuring_set_temperature(struct wh_measuring *m, int32_t centi_c)
{
    for (int p = 0; p < WH_PHASES; p++) {
        wh_element_set_temperature(&m->element[p], centi_c);
    }
}

/* Samples up to the end of the stretch; returns how many. */
static inline size_t take_samples(struct wh_measuring *m, const struct wh_sample_set *sets,
                                  size_t count)
{
    const size_t stride = sizeof *sets / sizeof(int32_t);
    const size_t left = m->samples_left - m->stretch_end;
    const size_t taken = count < left ? count : left;
    for (int p = 0; p < WH_PHASES; p++) {
        wh_element_sample(&m->element[p], &sets->u[p], &sets->i[p], stride, taken);
    }
    m->samples_left -= (uint32_t)taken;
    return taken;
}

size_t wh_measuring_run(struct wh_measuring *m, const struct wh_sample_set *sets, size_t count,
                        struct wh_bus_report *report, bool *ready)
{
    size_t taken = 0;
    bool closed = false;
    while (taken < count && !closed) {
        taken += take_samples(m, sets + taken, count - taken);
        closed = m->samples_left == m->stretch_end && close_stretch(m, report);
    }
    *ready = closed;
    return taken;
}
