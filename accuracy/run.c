/* The run: one function per method of measuring, then the judgement. */
#include "accuracy/run.h"

#include <math.h>

/* What a method found. */
struct finding {
    double reference_wh, registered_wh;
    double error_pct;
    double seconds;
    uint64_t pulses;
};

static void take(const struct acc_point *point, const struct acc_measurement *measurement,
                 struct finding *finding)
{
    const bool reactive = acc_factor(point->load.factor)->quantity == ACC_REACTIVE;
    const struct acc_energy *reference = &measurement->reference;
    const struct acc_energy *registered = &measurement->registered;
    finding->reference_wh = reactive ? reference->reactive_varh : reference->active_wh;
    finding->registered_wh = reactive ? registered->reactive_varh : registered->active_wh;
    finding->error_pct = acc_error_pct(finding->registered_wh, finding->reference_wh);
    finding->seconds = measurement->seconds;
    finding->pulses = measurement->pulses;
}

static enum wh_err measure(struct acc_unit *unit, const struct acc_point *point,
                           struct finding *finding)
{
    struct acc_measurement measurement;
    const enum wh_err err = acc_measure(unit, &point->load, point->seconds, &measurement);
    if (err == WH_OK) {
        take(point, &measurement, finding);
    }
    return err;
}

static enum wh_err measure_cold(struct acc_unit *unit, const struct acc_point *point,
                                struct finding *finding)
{
    struct acc_measurement measurement;
    const enum wh_err err = acc_measure_cold(unit, &point->load, point->seconds, &measurement);
    if (err == WH_OK) {
        take(point, &measurement, finding);
    }
    return err;
}

static enum wh_err measure_no_load(struct acc_unit *unit, const struct acc_point *point,
                                   struct finding *finding)
{
    const double pulse_wh = 1000.0 / unit->rating->variant->pulses_per_kwh;
    const enum wh_err err = measure(unit, point, finding);
    finding->error_pct = finding->registered_wh / pulse_wh * 100;
    return err;
}

static enum wh_err measure_constant(struct acc_unit *unit, const struct acc_point *point,
                                    struct finding *finding)
{
    const double pulse_wh = 1000.0 / unit->rating->variant->pulses_per_kwh;
    struct acc_measurement measurement;
    const enum wh_err err = acc_measure(unit, &point->load, point->seconds, &measurement);
    if (err == WH_OK) {
        take(point, &measurement, finding);
        finding->reference_wh = (double)measurement.expected_pulses * pulse_wh;
        finding->registered_wh = (double)measurement.pulses * pulse_wh;
        finding->error_pct = acc_error_pct(finding->registered_wh, finding->reference_wh);
    }
    return err;
}

static enum wh_err measure_repeat(struct acc_unit *unit, const struct acc_point *point,
                                  struct finding *finding)
{
    struct finding total = {0};
    double sum = 0;
    double squares = 0;
    for (int run = 0; run < ACC_REPEAT_RUNS; run++) {
        const enum wh_err err = measure(unit, point, finding);
        if (err != WH_OK) {
            return err;
        }
        total.reference_wh += finding->reference_wh;
        total.registered_wh += finding->registered_wh;
        total.seconds += finding->seconds;
        total.pulses += finding->pulses;
        sum += finding->error_pct;
        squares += finding->error_pct * finding->error_pct;
    }
    const double mean = sum / ACC_REPEAT_RUNS;
    total.error_pct =
        sqrt(fmax(squares - ACC_REPEAT_RUNS * mean * mean, 0) / (ACC_REPEAT_RUNS - 1));
    *finding = total;
    return WH_OK;
}

/* Up through the range and down again, with a step back to nothing in the middle. */
static enum wh_err measure_continuity(struct acc_unit *unit, const struct acc_point *point,
                                      struct finding *finding)
{
    static const double shares_of_imax[] = {0.01, 0.03, 0.1, 0.3, 1, 0, 1, 0.3, 0.1, 0.03, 0.01};
    enum { STEPS = sizeof shares_of_imax / sizeof shares_of_imax[0] };
    struct acc_load loads[STEPS];
    for (int k = 0; k < STEPS; k++) {
        loads[k] = point->load;
        loads[k].i_a = shares_of_imax[k] * unit->rating->imax_a;
    }
    struct acc_measurement measurement;
    const enum wh_err err =
        acc_measure_sequence(unit, loads, STEPS, point->seconds / STEPS, &measurement);
    if (err == WH_OK) {
        take(point, &measurement, finding);
    }
    return err;
}

static enum wh_err derive(struct acc_unit *unit, const struct acc_point *point,
                          struct finding *finding)
{
    (void)unit;
    (void)point;
    *finding = (struct finding){0};
    return WH_OK;
}

static enum wh_err (*const methods[])(struct acc_unit *, const struct acc_point *,
                                      struct finding *) = {
    [ACC_MEASURE] = measure,
    [ACC_COLD] = measure_cold,
    [ACC_START] = measure,
    [ACC_NO_LOAD] = measure_no_load,
    [ACC_CONSTANT] = measure_constant,
    [ACC_REPEAT] = measure_repeat,
    [ACC_CONTINUITY] = measure_continuity,
    [ACC_DERIVED] = derive,
};

/* Results of the unit so far, by point. */
struct judging {
    const struct acc_points *points;
    const struct acc_result *of_unit;
    size_t count; /* that are there */
};

static double error_of(const struct judging *judging, int point)
{
    return point >= 0 && (size_t)point < judging->count ? judging->of_unit[point].error_pct : 0;
}

static bool same_but(const struct acc_load *a, const struct acc_load *b, bool temperature_too)
{
    return a->factor == b->factor && fabs(a->i_a - b->i_a) <= 1e-9 * b->i_a &&
           a->export == b->export && a->loaded == b->loaded && a->missing == b->missing &&
           a->reversed == b->reversed && a->wave == b->wave && a->on_cycles == b->on_cycles &&
           (!temperature_too || a->celsius == b->celsius);
}

/* Largest change of the error in a test of that load, within the span that MID wants: 0.9…1.1 Un,
 * ±2 % of the frequency. */
static double worst_change(const struct judging *judging, const struct acc_point *point,
                           bool of_voltage)
{
    const double rated_hz = judging->points->point[point->reference].load.f_hz;
    double worst = 0;
    for (size_t k = 0; k < judging->count; k++) {
        const struct acc_point *other = &judging->points->point[k];
        const double u_off = fabs(other->load.u_pct - 100);
        const double f_off = fabs(other->load.f_hz / rated_hz - 1) * 100;
        struct acc_load at_23 = point->load;
        at_23.celsius = 23;
        const bool varies = of_voltage ? u_off > 0 && u_off <= 10.01 && f_off < 0.001
                                       : f_off > 0.001 && f_off <= 2.01 && u_off == 0.0;
        if (varies && other->method == ACC_MEASURE && same_but(&other->load, &at_23, true)) {
            worst = fmax(worst, fabs(judging->of_unit[k].judged_pct));
        }
    }
    return worst;
}

static void judge_composite(const struct judging *judging, const struct acc_point *point,
                            struct acc_result *result)
{
    const double intrinsic = error_of(judging, point->reference);
    const struct acc_result *at = &judging->of_unit[point->design_reference];
    double *part = result->part_pct;
    part[ACC_PART_LOAD] = intrinsic;
    part[ACC_PART_VOLTAGE] = worst_change(judging, point, true);
    part[ACC_PART_FREQUENCY] = worst_change(judging, point, false);
    part[ACC_PART_TEMPERATURE] = at->error_pct - intrinsic;
    result->reference_wh = at->reference_wh;
    result->registered_wh = at->registered_wh;
    result->seconds = at->seconds;
    result->error_pct = at->error_pct;
    result->judged_pct = hypot(hypot(part[0], part[1]), hypot(part[2], part[3]));
    result->design_judged_pct = result->judged_pct;
}

/* A derived change is that of one point's error against another's. */
static void copy_derived(const struct judging *judging, const struct acc_point *point,
                         struct acc_result *result)
{
    const struct acc_result *of = &judging->of_unit[point->design_reference];
    result->reference_wh = of->reference_wh;
    result->registered_wh = of->registered_wh;
    result->error_pct = of->error_pct;
    result->seconds = of->seconds;
}

static void judge(const struct judging *judging, const struct acc_point *point,
                  struct acc_result *result)
{
    if (point->judge == ACC_JUDGE_COMPOSITE) {
        judge_composite(judging, point, result);
        return;
    }
    if (point->method == ACC_DERIVED) {
        copy_derived(judging, point, result);
    }
    const bool change = point->judge == ACC_JUDGE_CHANGE;
    const double error = result->error_pct;
    result->judged_pct = change ? error - error_of(judging, point->reference) : error;
    result->design_judged_pct = change ? error - error_of(judging, point->design_reference) : error;
}

static enum wh_err run_point(struct acc_unit *unit, struct acc_results *results,
                             const struct judging *judging)
{
    const struct acc_point *point = &judging->points->point[judging->count];
    struct finding finding = {0};
    const enum wh_err err = methods[point->method](unit, point, &finding);
    if (err != WH_OK) {
        return err;
    }
    struct acc_result *result = &results->result[results->count++];
    *result = (struct acc_result){
        .unit = unit->number,
        .point = judging->count,
        .reference_wh = finding.reference_wh,
        .registered_wh = finding.registered_wh,
        .error_pct = finding.error_pct,
        .seconds = finding.seconds,
        .pulses = finding.pulses,
    };
    judge(judging, point, result);
    return WH_OK;
}

enum wh_err acc_run(struct acc_unit *unit, struct acc_results *results, acc_progress *progress,
                    void *context)
{
    struct judging judging = {results->points, &results->result[results->count], 0};
    if (results->capacity - results->count < results->points->count) {
        return WH_ERR_SPACE;
    }
    for (; judging.count < judging.points->count; judging.count++) {
        const enum wh_err err = run_point(unit, results, &judging);
        if (err != WH_OK) {
            return err;
        }
        if (progress != NULL) {
            progress(context, results->result[results->count - 1].seconds);
        }
    }
    return WH_OK;
}
