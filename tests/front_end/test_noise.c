/* Noise: the table of the metrology reference, section 6, from converted codes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rig.h"

enum { RUNS = 300 };

struct row {
    double below; /* current below full scale */
    double bias_pct;
    double sigma_1s_pct;
};

/* "Noise of -101 dB relative to full scale at 8 kSPS". The bias of Irms is over the converter's band
 * of 4 kHz there, over 2048 Hz here, so half as much; the sigma of P is the same. */
static const struct row table[] = {
    {1000, 0.004, 0.010}, {2000, 0.016, 0.020}, {5000, 0.10, 0.050}, {10000, 0.40, 0.100}};

struct statistics {
    double sigma_pct; /* of P over a second */
    double bias_pct;  /* of Irms */
};

static struct statistics at(const char *kind, double noise_db, double below)
{
    const struct sim_front_end_scale scale = {500, 20};
    struct sim_front_end_unit unit = perfect_unit(kind);
    for (int k = 0; k < SIM_PHASES; k++) {
        unit.phase[k].u_noise_db = -104;
        unit.phase[k].i_noise_db = noise_db;
    }
    struct sim_front_end fe;
    assert_int_equal(sim_front_end_init_unit(&fe, sim_front_end_kind_find(kind), &unit, &scale),
                     WH_OK);
    const struct load load = {230, 20 / M_SQRT2 / below, 0, 50, 1};
    double squares = 0;
    double rms = 0;
    for (int n = 0; n < RUNS; n++) {
        const struct reading reading = measure(&fe, &load);
        for (int k = 0; k < SIM_PHASES; k++) {
            const double error = error_pct(reading.power[k], true_power(&load));
            squares += error * error;
            rms += reading.i_rms_a[k] * reading.i_rms_a[k];
        }
    }
    const double count = RUNS * SIM_PHASES;
    return (struct statistics){sqrt(squares / count), (sqrt(rms / count) / load.i_rms_a - 1) * 100};
}

/* 900 values know a sigma to 2.4 %; the table's figures are rounded to 2 %. */
static void test_table_of_the_reference(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        const struct statistics seen = at("351C", -104, table[k].below);
        printf("%5.0f:1  sigma(P, 1 s) %.4f %% (%.3f)  bias of Irms %.4f %% (half of %.3f)\n",
               table[k].below, seen.sigma_pct, table[k].sigma_1s_pct, seen.bias_pct,
               table[k].bias_pct);
        assert_true(fabs(seen.sigma_pct / table[k].sigma_1s_pct - 1) < 0.12);
        assert_true(fabs(seen.bias_pct / (table[k].bias_pct / 2) - 1) < 0.2);
    }
}

/* The 382's shunt channel is 14 dB noisier: a factor of 5. */
static void test_shunt_channel(void **state)
{
    (void)state;
    const struct statistics seen = at("382", -90, 1000);
    printf(" 1000:1  sigma(P, 1 s) %.4f %% at -90 dB\n", seen.sigma_pct);
    assert_true(fabs(seen.sigma_pct / (0.010 * pow(10, 14. / 20)) - 1) < 0.12);
}

/* White enough: sums of independent numbers. Kurtosis of four uniforms is 3 - 0.3. */
static void test_noise_is_nearly_gaussian(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("382", 4, 200);
    const struct sim_instant in = {{0}, {0}};
    const int count = 1000000;
    double mean = 0;
    double m2 = 0;
    double m4 = 0;
    double lag = 0;
    double before = 0;
    for (int n = 0; n < count; n++) {
        int32_t u[3];
        int32_t i[3];
        sim_front_end_convert(&fe, &in, u, i);
        const double x = i[0] - fe.unit.phase[0].i_offset_ppm * 1e-6 * 0x1p23;
        mean += x / count;
        m2 += x * x / count;
        m4 += x * x * x * x / count;
        lag += x * before / count;
        before = x;
    }
    const double db = 20 * log10(sqrt(2 * m2) / 0x1p23);
    assert_true(fabs(db - fe.unit.phase[0].i_noise_db) < 0.02);
    assert_true(fabs(mean) < 5 * sqrt(m2 / count));
    assert_true(fabs(lag / m2) < 5e-3);
    assert_true(fabs(m4 / m2 / m2 - 2.7) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_of_the_reference),
        cmocka_unit_test(test_shunt_channel),
        cmocka_unit_test(test_noise_is_nearly_gaussian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
