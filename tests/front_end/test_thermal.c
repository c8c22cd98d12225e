/* Temperature: drift within the figures of the reference, self-heating, the sensor, and what a linear
 * compensation from the sensor leaves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rig.h"

enum { UNITS = 20, POINTS = 12 };

static const struct load basic = {230, 5, 0, 50, 2};
static const char *const kinds[] = {"382", "351C"};

static double celsius_at(int point)
{
    return -40 + 10 * point;
}

/* Reference, section 6: the channel of PGA, converter and reference ≤ ±25 ppm/K. On every unit:
 * voltage channel drift is within that and the divider's 12. */
static void test_channel_drift_within_data_sheet(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 2000; n++) {
        struct sim_front_end_unit unit;
        sim_front_end_draw(sim_front_end_kind_find(kinds[n % 2]), n, &unit);
        for (int k = 0; k < SIM_PHASES; k++) {
            const struct sim_front_end_phase *p = &unit.phase[k];
            const double reference =
                fabs(p->reference_ppm_per_k) + fabs(p->reference_ppm_per_k2) * 63;
            assert_true(reference + fabs(p->u_adc_ppm_per_k) <= 25);
            assert_true(reference + fabs(p->i_adc_ppm_per_k) <= 25);
            assert_true(n % 2 == 1 || (p->shunt_ppm_per_k >= 8 && p->shunt_ppm_per_k <= 32));
        }
    }
}

/* One drift at a time, from the codes: 100 ppm/K over 10 K is 0.1 %. */
static void check_drift(double *field, const struct sim_front_end_unit *unit, const char *kind,
                        double expected_pct)
{
    const struct sim_front_end_scale scale = {500, 200};
    struct sim_front_end fe;
    *field = 100;
    assert_int_equal(sim_front_end_init_unit(&fe, sim_front_end_kind_find(kind), unit, &scale),
                     WH_OK);
    *field = 0;
    sim_front_end_set_ambient(&fe, 33);
    const double error = error_pct(measure(&fe, &basic).power[0], true_power(&basic));
    assert_true(fabs(error - expected_pct) < 1e-3);
}

static void test_each_drift(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    check_drift(&unit.phase[0].u_divider_ppm_per_k, &unit, "382", 0.1);
    check_drift(&unit.phase[0].u_adc_ppm_per_k, &unit, "382", 0.1);
    check_drift(&unit.phase[0].i_adc_ppm_per_k, &unit, "382", 0.1);
    check_drift(&unit.phase[0].shunt_ppm_per_k, &unit, "382", 0.1);
    check_drift(&unit.phase[0].shunt_ppm_per_k2, &unit, "382", 1.0);
    check_drift(&unit.phase[0].reference_ppm_per_k, &unit, "382", 0.2); /* both channels */
    unit = perfect_unit("351C");
    check_drift(&unit.phase[0].ct_ratio_ppm_per_k, &unit, "351C", 0.1);
}

enum { METER = SIM_PHASES, CURVES }; /* three phases and their sum */

/* Power over temperature, relative to 23 °C, per degree the sensor says. */
struct curve {
    double kelvin[POINTS]; /* as sensed, from 23 °C */
    double change[CURVES][POINTS];
};

static void take_curve(struct sim_front_end *fe, struct curve *curve)
{
    sim_front_end_set_ambient(fe, 23);
    const int32_t start_centi_c = sim_front_end_sensor_centi_c(fe);
    const struct reading start = measure(fe, &basic);
    for (int point = 0; point < POINTS; point++) {
        sim_front_end_set_ambient(fe, celsius_at(point));
        const struct reading reading = measure(fe, &basic);
        curve->kelvin[point] = (sim_front_end_sensor_centi_c(fe) - start_centi_c) / 100.0;
        for (int k = 0; k < SIM_PHASES; k++) {
            curve->change[k][point] = creal(reading.power[k]) / creal(start.power[k]) - 1;
        }
        curve->change[METER][point] = creal(total(reading.power)) / creal(total(start.power)) - 1;
    }
}

static double fitted_slope(const struct curve *curve, int phase)
{
    double xy = 0;
    double xx = 0;
    for (int point = 0; point < POINTS; point++) {
        xy += curve->kelvin[point] * curve->change[phase][point];
        xx += curve->kelvin[point] * curve->kelvin[point];
    }
    return xy / xx;
}

struct residual {
    double from_23; /* largest mean coefficient between 23 °C and a temperature, 1/K */
    double span_20; /* largest between two temperatures 20 K apart */
};

static void take_residual(const struct curve *curve, int phase, double slope,
                          struct residual *worst)
{
    for (int point = 0; point < POINTS; point++) {
        const double rest = curve->change[phase][point] - slope * curve->kelvin[point];
        if (fabs(curve->kelvin[point]) >= 10) {
            worst->from_23 = fmax(worst->from_23, fabs(rest / curve->kelvin[point]));
        }
        if (point >= 2) {
            const double before =
                curve->change[phase][point - 2] - slope * curve->kelvin[point - 2];
            worst->span_20 = fmax(worst->span_20, fabs(rest - before) / 20);
        }
    }
}

/* Worst of all units, of their phases or of the meters, at a slope or (NAN) at each one's own. */
static struct residual worst_residual(const struct curve *curves, int from, int to, double slope)
{
    struct residual worst = {0};
    for (int n = 0; n < UNITS; n++) {
        for (int k = from; k < to; k++) {
            const double used = isnan(slope) ? fitted_slope(&curves[n], k) : slope;
            take_residual(&curves[n], k, used, &worst);
        }
    }
    return worst;
}

static void print_residuals(const char *text, struct residual phase, struct residual meter)
{
    printf("  %-18s phase %.4f (%.4f)  meter %.4f (%.4f) %%/K\n", text, phase.from_23 * 100,
           phase.span_20 * 100, meter.from_23 * 100, meter.span_20 * 100);
}

/* Uncompensated, with the type's mean slope, with each one's own. A meter's own slope is what its
 * phases' own slopes come to at balanced load. */
static void check_compensation(const char *kind)
{
    static struct curve curves[UNITS];
    double mean = 0;
    for (uint32_t n = 0; n < UNITS; n++) {
        struct sim_front_end fe = make_unit(kind, n, 200);
        take_curve(&fe, &curves[n]);
        mean += fitted_slope(&curves[n], METER) / UNITS;
    }
    const double slopes[] = {0, mean, NAN};
    const char *const names[] = {"not compensated", "type's slope", "unit's own slope"};
    struct residual phase[3];
    struct residual meter[3];
    printf("%s, worst of %d units, from 23 °C (over 20 K); type's slope %+.4f %%/K\n", kind, UNITS,
           mean * 100);
    for (int k = 0; k < 3; k++) {
        phase[k] = worst_residual(curves, 0, METER, slopes[k]);
        meter[k] = worst_residual(curves, METER, CURVES, slopes[k]);
        print_residuals(names[k], phase[k], meter[k]);
    }
    assert_true(meter[2].from_23 < 30e-6); /* the project's figure */
    assert_true(phase[2].from_23 < 40e-6);
    assert_true(phase[2].span_20 < 50e-6);
    assert_true(meter[1].from_23 < 50e-6);
    assert_true(phase[0].span_20 < 150e-6);
}

static void test_linear_compensation_leaves_little(void **state)
{
    (void)state;
    check_compensation("382");
    check_compensation("351C");
}

/* Reference, section 6: 20–40 K at Imax. The rise follows an exponential, and the reading the rise. */
static void test_self_heating(void **state)
{
    (void)state;
    const struct sim_front_end_scale scale = {500, 200};
    struct sim_front_end_unit unit = perfect_unit("382");
    for (int k = 0; k < SIM_PHASES; k++) {
        unit.phase[k].shunt_rise_k = 30;
        unit.phase[k].shunt_time_constant_s = 60;
        unit.phase[k].shunt_ppm_per_k = 40;
    }
    struct sim_front_end fe;
    assert_int_equal(sim_front_end_init_unit(&fe, sim_front_end_kind_find("382"), &unit, &scale),
                     WH_OK);
    int32_t codes[6];
    for (int n = 0; n < 60 * SIM_FRONT_END_RATE_HZ; n++) {
        const double x = 2 * M_PI * 50 * n / SIM_FRONT_END_RATE_HZ;
        const struct sim_instant in = {{0}, {100 * M_SQRT2 * sin(x), 50 * M_SQRT2 * sin(x), 0}};
        sim_front_end_convert(&fe, &in, codes, codes + 3);
    }
    const double after_60_s = 1 - exp(-1);
    assert_true(fabs(fe.shunt_rise_k[0] - 30 * after_60_s) < 0.1);
    assert_true(fabs(fe.shunt_rise_k[1] - 7.5 * after_60_s) < 0.05);
    assert_true(fe.shunt_rise_k[2] == 0);

    const struct load full = {230, 100, 0, 50, 1};
    const struct reading reading = measure(&fe, &full); /* settles first */
    assert_true(fabs(fe.shunt_rise_k[0] - 30) < 1e-3);
    assert_true(fabs(error_pct(reading.power[0], true_power(&full)) - 0.12) < 1e-3);
}

/* Falls as it rose; set_ambient leaves it alone. */
static void test_cools_down(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("382", 9, 200);
    sim_front_end_settle(&fe, (double[]){100, 100, 100});
    const double hot = fe.shunt_rise_k[1];
    assert_true(hot >= 20 && hot <= 30);
    sim_front_end_set_ambient(&fe, -40);
    assert_true(fe.shunt_rise_k[1] == hot);
    int32_t codes[6];
    const double seconds = fe.unit.phase[1].shunt_time_constant_s;
    for (int n = 0; n < seconds * SIM_FRONT_END_RATE_HZ; n++) {
        sim_front_end_convert(&fe, &(struct sim_instant){{0}, {0}}, codes, codes + 3);
    }
    assert_true(fabs(fe.shunt_rise_k[1] / hot - exp(-1)) < 0.01);
}

static void test_sensor(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 200; n++) {
        struct sim_front_end fe = make_unit("382", n, 200);
        for (int celsius = -40; celsius <= 70; celsius += 5) {
            sim_front_end_set_ambient(&fe, celsius);
            const int32_t read = sim_front_end_sensor_centi_c(&fe);
            assert_in_range(read - 100 * celsius + 56, 1, 111);
            assert_int_equal(read % 10, 0);
        }
    }
}

static void test_ambient_is_clamped(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("382", 1, 200);
    sim_front_end_set_ambient(&fe, INFINITY);
    assert_true(fe.ambient_celsius == 150);
    sim_front_end_set_ambient(&fe, NAN);
    assert_true(fe.ambient_celsius == -100);
}

/* At 23 °C and without current a front end shows its initial errors, whatever it went through. */
static void test_returns_to_23_degrees(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("351C", 2, 20);
    const struct sim_front_end before = fe;
    sim_front_end_set_ambient(&fe, 70);
    sim_front_end_set_ambient(&fe, 23);
    assert_memory_equal(&fe.filter, &before.filter, sizeof fe.filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_channel_drift_within_data_sheet),
        cmocka_unit_test(test_each_drift),
        cmocka_unit_test(test_linear_compensation_leaves_little),
        cmocka_unit_test(test_self_heating),
        cmocka_unit_test(test_cools_down),
        cmocka_unit_test(test_sensor),
        cmocka_unit_test(test_ambient_is_clamped),
        cmocka_unit_test(test_returns_to_23_degrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
