/* Waveforms other than a steady sine: metrology reference 2.1 and 2.2; the fast changes of the load of
 * IEC 62052-11:2020 (2.1, U: no figure, so a design limit). */
#include <math.h>

#include "accuracy/point_list.h"

struct pattern {
    const char *test;
    enum acc_wave wave;
    enum acc_influence influence;
    struct acc_step step; /* of the sine from which the wave is cut */
    double on_s, off_s;
    double seconds;
    bool
        aron; /* can be in a network of three wires: no DC, no current that the others do not return */
    bool quick;
};

/* Currents of 2.1: harmonics at 0.5 Imax; DC at Imax/√2 rms after the diode, so Imax before it; odd and
 * sub-harmonics at 0.5 Ib. 0.04 s: two cycles at 50 Hz. */
static const struct pattern patterns[] = {
    {"harmonics", ACC_FIFTH, ACC_HARMONICS, {0.5, 0.5, true, true}, 0, 0, 20, true, true},
    {"dc-even", ACC_HALF_WAVE, ACC_DC, {1, 1, true, true}, 0, 0, 20, false, true},
    {"phase-fired", ACC_PHASE_FIRED, ACC_ODD, {0.5, 0.5, false, true}, 0, 0, 60, false, true},
    {"bursts", ACC_SINE, ACC_SUB, {0.5, 0.5, false, true}, 0.04, 0.04, 40, true, true},
    {"fast-changes", ACC_SINE, ACC_FAST_CHANGES, {1, 1, false, true}, 0.5, 0.5, 60, true, true},
    {"fast-changes", ACC_SINE, ACC_FAST_CHANGES, {1, 1, false, true}, 5, 0.5, 66, true, false},
    {"fast-changes", ACC_SINE, ACC_FAST_CHANGES, {1, 1, false, true}, 10, 10, 80, true, false},
};

/* The sampling must not be locked to the jump of a phase-fired current: nothing in front of the
 * converter limits the band, and only the many places where the jump falls between two samples give
 * its mean (at 50 Hz exactly there would be only 25 of them). */
static double frequency_hz(const struct acc_rating *rating, const struct pattern *pattern)
{
    return rating->frequency_hz + (pattern->wave == ACC_PHASE_FIRED ? 0.013 : 0);
}

static void add(struct acc_points *points, const struct acc_rating *rating,
                const struct pattern *pattern)
{
    struct acc_load load = acc_reference_load(rating, acc_step_a(rating, &pattern->step), ACC_PF_1);
    const int reference = acc_points_reference(points, rating, load.i_a, load.factor);
    load.wave = pattern->wave;
    load.f_hz = frequency_hz(rating, pattern);
    load.on_cycles = (unsigned)lround(pattern->on_s * rating->frequency_hz);
    load.off_cycles = (unsigned)lround(pattern->off_s * rating->frequency_hz);
    const struct acc_point point = {
        .test = pattern->test,
        .load = load,
        .judge = ACC_JUDGE_CHANGE,
        .reference = reference,
        .design_reference = reference,
        .seconds = pattern->seconds,
        .limit = acc_limit_influence(rating, pattern->influence, ACC_PF_1),
        .design_pct = acc_design_influence_pct(rating, pattern->influence, ACC_PF_1),
    };
    acc_points_add(points, &point);
}

void acc_points_wave(struct acc_points *points, const struct acc_rating *rating)
{
    for (size_t k = 0; k < sizeof patterns / sizeof patterns[0]; k++) {
        const struct pattern *pattern = &patterns[k];
        const bool possible = (pattern->aron || rating->wiring != ACC_ARON) &&
                              (pattern->wave != ACC_HALF_WAVE || rating->direct);
        if (possible && (!points->quick || pattern->quick)) {
            add(points, rating, pattern);
        }
    }
}
