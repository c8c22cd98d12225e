/* What an ideal meter behind the front end can reach after calibration: the figures the project asks
 * of its meters must be reachable with the front end's own imperfections, no more and no less.
 * Corrections are made here in double precision, at 23 °C; shunts are at their steady temperature. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rig.h"

enum { UNITS = 20, CORRECTIONS = 5 };

/* Gain and phase by which a phase's complex power is multiplied. */
struct correction {
    double i_a;
    double complex factor[SIM_PHASES];
};

static struct correction calibrate(struct sim_front_end *fe, double i_a, unsigned seconds)
{
    const struct load load = {230, i_a, 60, 50, seconds};
    const struct reading reading = measure(fe, &load);
    struct correction correction = {.i_a = i_a};
    for (int k = 0; k < SIM_PHASES; k++) {
        correction.factor[k] = true_power(&load) / reading.power[k];
    }
    return correction;
}

/* Between two corrections linear in log I, beyond the ends as at the ends. */
static double complex correction_at(const struct correction *table, int count, double i_a, int k)
{
    if (i_a <= table[0].i_a || count == 1) {
        return table[0].factor[k];
    }
    int above = 1;
    while (above < count - 1 && table[above].i_a < i_a) {
        above++;
    }
    const struct correction *a = &table[above - 1];
    const struct correction *b = &table[above];
    const double along = fmin(log(i_a / a->i_a) / log(b->i_a / a->i_a), 1);
    return a->factor[k] + along * (b->factor[k] - a->factor[k]);
}

/* Error of the whole meter at a balanced load. */
static double meter_error(struct sim_front_end *fe, const struct correction *table, int count,
                          const struct load *load)
{
    struct reading reading = measure(fe, load);
    for (int k = 0; k < SIM_PHASES; k++) {
        reading.power[k] *= correction_at(table, count, load->i_rms_a, k);
    }
    return error_pct(total(reading.power) / SIM_PHASES, true_power(load));
}

struct point {
    double i_a;
    unsigned seconds;
    double limit_pct;
};

static const double lags[] = {0, 60};

static void check_point(struct sim_front_end *units, struct correction tables[][CORRECTIONS],
                        int count, const struct point *point)
{
    for (int lag = 0; lag < 2; lag++) {
        const struct load load = {230, point->i_a, lags[lag], 50, point->seconds};
        double worst = 0;
        double squares = 0;
        for (int n = 0; n < UNITS; n++) {
            const double error = meter_error(&units[n], tables[n], count, &load);
            worst = fmax(worst, fabs(error));
            squares += error * error / UNITS;
        }
        printf("%7.3f A  pf %.1f  %2u s  rms %.4f %%  worst of %d units %.4f %%\n", point->i_a,
               cos(lags[lag] * M_PI / 180), point->seconds, sqrt(squares), UNITS, worst);
        assert_true(worst <= point->limit_pct);
    }
}

static void test_382_with_one_point(void **state)
{
    (void)state;
    const struct point points[] = {{0.05, 30, 0.1}, {0.1, 30, 0.1}, {0.25, 10, 0.1}, {1, 4, 0.1},
                                   {5, 4, 0.1},     {20, 2, 0.1},   {50, 2, 0.1},    {100, 2, 0.1}};
    struct sim_front_end units[UNITS];
    struct correction tables[UNITS][CORRECTIONS];
    printf("382, one correction at 5 A\n");
    for (uint32_t n = 0; n < UNITS; n++) {
        units[n] = make_unit("382", n, 200);
        tables[n][0] = calibrate(&units[n], 5, 10);
    }
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        check_point(units, tables, 1, &points[k]);
    }
}

static void test_351c_with_a_table_over_current(void **state)
{
    (void)state;
    const struct point points[] = {
        {0.01, 30, 0.1}, {0.02, 30, 0.05}, {0.05, 20, 0.05}, {0.1, 10, 0.05}, {0.25, 4, 0.05},
        {0.5, 4, 0.05},  {1, 2, 0.05},     {2.5, 2, 0.05},   {5, 2, 0.05},    {6, 2, 0.05}};
    const double currents[CORRECTIONS] = {0.02, 0.1, 0.35, 1.2, 6};
    struct sim_front_end units[UNITS];
    struct correction tables[UNITS][CORRECTIONS];
    printf("351C, corrections at 0.02, 0.1, 0.35, 1.2 and 6 A\n");
    for (uint32_t n = 0; n < UNITS; n++) {
        units[n] = make_unit("351C", n, 20);
        for (int k = 0; k < CORRECTIONS; k++) {
            tables[n][k] = calibrate(&units[n], currents[k], currents[k] < 0.1 ? 30 : 5);
        }
    }
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        check_point(units, tables, CORRECTIONS, &points[k]);
    }
}

/* 20 mA on the 382, the starting current, read within 5 % in any second. */
static void test_382_at_the_starting_current(void **state)
{
    (void)state;
    const struct load load = {230, 0.02, 0, 50, 1};
    double worst = 0;
    for (uint32_t n = 0; n < UNITS; n++) {
        struct sim_front_end fe = make_unit("382", n, 200);
        const struct correction table = calibrate(&fe, 5, 2);
        for (int second = 0; second < 10; second++) {
            worst = fmax(worst, fabs(meter_error(&fe, &table, 1, &load)));
        }
    }
    printf("382 at 20 mA, worst second of 200: %.2f %%\n", worst);
    assert_true(worst < 5);
}

/* Why the 351C needs its table: with one correction its low currents are off by several tenths. */
static void test_351c_with_one_point_is_not_enough(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("351C", 1, 20);
    const struct correction table = calibrate(&fe, 5, 4);
    const struct load load = {230, 0.05, 60, 50, 10};
    const double error = meter_error(&fe, &table, 1, &load);
    printf("351C, one correction at 5 A, 0.05 A pf 0.5: %+.3f %%\n", error);
    assert_true(fabs(error) > 0.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_382_with_one_point),
        cmocka_unit_test(test_351c_with_a_table_over_current),
        cmocka_unit_test(test_382_at_the_starting_current),
        cmocka_unit_test(test_351c_with_one_point_is_not_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
