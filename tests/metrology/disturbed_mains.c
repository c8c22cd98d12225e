/* Mains with disturbances. Invariant: the angle runs on whatever the voltage does, so that a
 * phase which comes back does so where it would have been. */
#include "tests/metrology/disturbed_mains.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static const struct wh_element_design design = {
    .u_full_scale_mv = 500000,
    .i_full_scale_ma = 200000,
    .start_mva = 2300,
    .nominal_mhz = 50000,
};

void disturbed_mains_clear_tally(struct disturbed_mains *m)
{
    memset(m->tally, 0, sizeof m->tally);
    m->reports = 0;
    m->samples = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        m->tally[p].u_min_mv = UINT32_MAX;
        m->tally[p].state = m->measuring.element[p].half_cycle.state;
        m->tally[p].locked = wh_element_is_locked(&m->measuring.element[p]);
    }
}

void disturbed_mains_init(struct disturbed_mains *m)
{
    const struct wh_calibration ideal = wh_calibration_ideal();
    const struct wh_calibration calibration[WH_PHASES] = {ideal, ideal, ideal};
    *m = (struct disturbed_mains){.f_hz = 50, .u_v = 230, .seed = 1};
    assert_int_equal(wh_measuring_init(&m->measuring, &design, calibration), WH_OK);
    disturbed_mains_clear_tally(m);
}

double disturbed_mains_rms(const struct disturbed_mains *m, double u_v)
{
    return u_v * sqrt(1 + m->fifth * m->fifth + m->third * m->third);
}

static double noise(struct disturbed_mains *m)
{
    m->seed = m->seed * 1664525u + 1013904223u;
    return m->noise_v * ((m->seed >> 8) / 8388608.0 - 1);
}

static double voltage_at(const struct disturbed_mains *m, int phase, double half)
{
    double u_v = m->u_v;
    for (size_t d = 0; d < m->disturbance_count; d++) {
        const struct disturbance *at = &m->disturbance[d];
        if (at->phase == phase && half >= at->from_half && half < at->to_half) {
            u_v = at->u_v;
        }
    }
    return u_v;
}

static void next_set(struct disturbed_mains *m, struct wh_sample_set *set)
{
    m->angle += 2 * M_PI * m->f_hz / WH_SAMPLE_RATE_HZ;
    for (int p = 0; p < WH_PHASES; p++) {
        const double half = (m->angle - p * 2 * M_PI / 3) / M_PI;
        const double x = half * M_PI + m->jump_rad;
        const double wave = sin(x) + m->fifth * sin(5 * x + 1) + m->third * sin(3 * x + 2);
        const double u_v = voltage_at(m, p, half) * M_SQRT2 * wave + noise(m);
        set->u[p] = (int32_t)lrint(u_v / 500 * (1 << WH_ADC_BITS));
        set->i[p] = 0;
    }
}

static void tally_report(struct disturbed_mains *m)
{
    m->reports++;
    m->samples += m->report.sample_count;
    for (int p = 0; p < WH_PHASES; p++) {
        const struct wh_element_report *r = &m->report.phase[p];
        struct phase_tally *t = &m->tally[p];
        for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
            t->half_cycles[s] += r->half_cycles[s];
        }
        t->u_min_mv = r->u_min_mv < t->u_min_mv ? r->u_min_mv : t->u_min_mv;
        t->u_max_mv = r->u_max_mv > t->u_max_mv ? r->u_max_mv : t->u_max_mv;
    }
}

static void count_changes(struct disturbed_mains *m)
{
    for (int p = 0; p < WH_PHASES; p++) {
        struct phase_tally *t = &m->tally[p];
        const enum wh_voltage_state state = m->measuring.element[p].half_cycle.state;
        const bool locked = wh_element_is_locked(&m->measuring.element[p]);
        t->changes += state != t->state;
        t->locks += locked && !t->locked;
        t->state = state;
        t->locked = locked;
    }
}

void disturbed_mains_play(struct disturbed_mains *m, double half_cycles)
{
    const double end = m->angle + half_cycles * M_PI;
    while (m->angle < end) {
        struct wh_sample_set set;
        bool ready;
        next_set(m, &set);
        assert_int_equal(wh_measuring_run(&m->measuring, &set, 1, &m->report, &ready), 1);
        count_changes(m);
        if (ready) {
            tally_report(m);
        }
    }
}

unsigned disturbed_mains_total(const struct phase_tally *tally)
{
    unsigned total = 0;
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        total += tally->half_cycles[s];
    }
    return total;
}
