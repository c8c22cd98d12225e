/* From results to curves. Invariant: a curve's x ascends. */
#include "accuracy/chart_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES = 3, LIMIT_CURVES = 2, ROWS_MAX = 64, LIMIT_STEPS = 400 };

struct row {
    double x, mean, lowest, highest;
};

struct curve {
    struct row row[ROWS_MAX];
    size_t count;
};

/* Over all units; values as the design limit sees them: changes from reference conditions, or errors. */
static struct row row_of(const struct acc_session *session, size_t point, double x)
{
    const struct acc_results *results = session->results;
    struct row row = {x, 0, INFINITY, -INFINITY};
    for (size_t unit = 0; unit < session->unit_count; unit++) {
        const double value =
            results->result[unit * results->points->count + point].design_judged_pct;
        row.mean += value / (double)session->unit_count;
        row.lowest = fmin(row.lowest, value);
        row.highest = fmax(row.highest, value);
    }
    return row;
}

static void add(struct curve *curve, const struct row *row)
{
    if (curve->count < ROWS_MAX) {
        curve->row[curve->count++] = *row;
    }
}

static int by_x(const void *a, const void *b)
{
    const struct row *left = a;
    const struct row *right = b;
    return left->x < right->x ? -1 : left->x > right->x ? 1 : 0;
}

static void write_curve(struct curve *curve, FILE *out)
{
    qsort(curve->row, curve->count, sizeof curve->row[0], by_x);
    for (size_t k = 0; k < curve->count; k++) {
        const struct row *row = &curve->row[k];
        fprintf(out, "%.6g %.6g %.6g %.6g\n", row->x, row->mean, row->lowest, row->highest);
    }
    fprintf(out, "\n\n");
}

/* Points of one test, balanced import; at Ib only unless all currents are wanted. */
static bool is_of(const struct acc_session *session, const struct acc_point *point,
                  const char *test, enum acc_factor factor, bool all_currents)
{
    const struct acc_load *load = &point->load;
    return strcmp(point->test, test) == 0 && load->factor == factor && !load->export &&
           load->loaded == ACC_ALL_PHASES &&
           (all_currents || fabs(load->i_a / session->rating->ib_a - 1) < 1e-9);
}

typedef double coordinate(const struct acc_session *session, const struct acc_load *load);

static double load_pct(const struct acc_session *session, const struct acc_load *load)
{
    return load->i_a / session->rating->ib_a * 100;
}

static double voltage_pct(const struct acc_session *session, const struct acc_load *load)
{
    (void)session;
    return load->u_pct;
}

static double frequency_pct(const struct acc_session *session, const struct acc_load *load)
{
    return load->f_hz / session->rating->frequency_hz * 100;
}

static double celsius(const struct acc_session *session, const struct acc_load *load)
{
    (void)session;
    return load->celsius;
}

/* centre: where the change is zero by definition; NULL for errors, which have no such place. */
static void write_curves(const struct acc_session *session, const char *test, coordinate *x_of,
                         const double *centre, FILE *out)
{
    const struct acc_points *points = session->results->points;
    for (int factor = ACC_PF_1; factor < CURVES; factor++) {
        struct curve curve = {.count = 0};
        for (size_t k = 0; k < points->count; k++) {
            const struct acc_point *point = &points->point[k];
            if (is_of(session, point, test, (enum acc_factor)factor, centre == NULL)) {
                const struct row row = row_of(session, k, x_of(session, &point->load));
                add(&curve, &row);
            }
        }
        if (centre != NULL) {
            add(&curve, &(struct row){.x = *centre});
        }
        write_curve(&curve, out);
    }
}

static void write_limit(double x, double limit, FILE *out)
{
    if (limit > 0) {
        fprintf(out, "%.6g %.6g %.6g\n", x, limit, -limit);
    }
}

/* In steps, as the tables are: of an ascending x. */
static void write_load_limits(const struct acc_session *session, FILE *out)
{
    const struct acc_rating *rating = session->rating;
    for (int factor = ACC_PF_1; factor < LIMIT_CURVES; factor++) {
        const double from = log(0.005 * rating->ib_a);
        const double to = log(rating->imax_a);
        for (int k = 0; k <= LIMIT_STEPS; k++) {
            const double i_a = exp(from + (to - from) * k / LIMIT_STEPS);
            const struct acc_limit limit =
                acc_limit_load(rating, (enum acc_factor)factor, i_a, false);
            write_limit(i_a / rating->ib_a * 100, limit.pct, out);
        }
        fprintf(out, "\n\n");
    }
}

void acc_chart_load(const struct acc_session *session, FILE *out)
{
    write_curves(session, "load", load_pct, NULL, out);
    write_load_limits(session, out);
}

/* Limits that hold over spans of x: from, to, influence. */
struct span {
    double from, to;
    enum acc_influence influence;
};

static void write_span_limits(const struct acc_session *session, const struct span *spans,
                              size_t count, FILE *out)
{
    for (int factor = ACC_PF_1; factor < LIMIT_CURVES; factor++) {
        for (size_t k = 0; k < count; k++) {
            const struct acc_limit limit =
                acc_limit_influence(session->rating, spans[k].influence, (enum acc_factor)factor);
            write_limit(spans[k].from, limit.pct, out);
            write_limit(spans[k].to, limit.pct, out);
        }
        fprintf(out, "\n\n");
    }
}

void acc_chart_voltage(const struct acc_session *session, FILE *out)
{
    static const struct span spans[] = {
        {80, 90, ACC_VOLTAGE_EXTENDED}, {90, 110, ACC_VOLTAGE}, {110, 115, ACC_VOLTAGE_EXTENDED}};
    const double centre = 100;
    write_curves(session, "voltage", voltage_pct, &centre, out);
    if (session->rating->approval->u_low_pct < 90) {
        write_span_limits(session, spans, 3, out);
    } else {
        write_span_limits(session, &spans[1], 1, out);
    }
}

void acc_chart_frequency(const struct acc_session *session, FILE *out)
{
    static const struct span span = {98, 102, ACC_FREQUENCY};
    const double centre = 100;
    write_curves(session, "frequency", frequency_pct, &centre, out);
    write_span_limits(session, &span, 1, out);
}

/* A mean coefficient permits the more the further the temperature is. */
void acc_chart_temperature(const struct acc_session *session, FILE *out)
{
    static const double ends_c[] = {-40, 22.9, 23.1, 70};
    const double centre = 23;
    write_curves(session, "temperature", celsius, &centre, out);
    for (int factor = ACC_PF_1; factor < LIMIT_CURVES; factor++) {
        const struct acc_limit limit =
            acc_limit_influence(session->rating, ACC_TEMPERATURE, (enum acc_factor)factor);
        for (int k = 0; k < 4; k++) {
            write_limit(ends_c[k], limit.pct * fabs(ends_c[k] - 23), out);
        }
        fprintf(out, "\n\n");
    }
}

static const struct {
    const char *name;
    double low_c, high_c;
} bands[] = {
    {"+5…+30 °C", 5, 30},
    {"−10…+40 °C", -10, 40},
    {"−25…+55 °C", -25, 55},
    {"−40…+70 °C", -40, 70},
};

static const struct acc_result *worst_in_band(const struct acc_results *results, size_t band)
{
    const struct acc_result *worst = NULL;
    for (size_t k = 0; k < results->count; k++) {
        const struct acc_result *result = &results->result[k];
        const struct acc_point *point = &results->points->point[result->point];
        const double at_c = point->load.celsius;
        if (point->judge == ACC_JUDGE_COMPOSITE && at_c >= bands[band].low_c &&
            at_c <= bands[band].high_c &&
            (worst == NULL || acc_result_use(results, result) > acc_result_use(results, worst))) {
            worst = result;
        }
    }
    return worst;
}

void acc_chart_composite(const struct acc_session *session, FILE *out)
{
    const struct acc_results *results = session->results;
    for (size_t band = 0; band < sizeof bands / sizeof bands[0]; band++) {
        const struct acc_result *worst = worst_in_band(results, band);
        if (worst == NULL) {
            continue;
        }
        fprintf(out, "\"%s\"", bands[band].name);
        for (int part = 0; part < ACC_PARTS; part++) {
            fprintf(out, " %.6g", fmax(fabs(worst->part_pct[part]), 1e-6));
        }
        fprintf(out, " %.6g %.6g\n", fmax(worst->judged_pct, 1e-6),
                results->points->point[worst->point].limit.pct);
    }
}
