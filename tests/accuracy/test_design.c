/* What the software alone reaches, behind an ideal converter: the figures of issue 3. MET-5, MET-6, MET-7, MET-8,
 * MET-9, VAR-2, VAR-5. */
#include "rig.h"

#include <math.h>
#include <stdlib.h>

static void check_design(const struct rig *rig)
{
    size_t missed = 0;
    for (size_t k = 0; k < rig->results.count; k++) {
        missed += !acc_result_is_designed(&rig->results, &rig->results.result[k]);
    }
    rig_print(rig, true);
    rig_print(rig, false);
    assert_int_equal(missed, 0);
    assert_int_equal(rig_outside(rig, NULL), 0);
}

static void run_ideal(const char *model, const char *class_name, bool quick)
{
    struct rig *rig = rig_open(model, class_name, true, 1, quick);
    rig_run(rig);
    check_design(rig);
    rig_close(rig);
}

/* 5000:1 from 20 mA to 100 A, active and Q1 within 0.005 %, all influences, no load, starting. */
static void test_382m(void **state)
{
    (void)state;
    run_ideal("382M", "B", false);
}

static void test_351c(void **state)
{
    (void)state;
    run_ideal("351C", "C", false);
}

/* VAR-2, VAR-5: other wirings and 60 Hz; the sum of what the elements see is the energy. */
static void test_wirings_and_60_hz(void **state)
{
    (void)state;
    static const struct acc_request requests[] = {
        {.model = "382M", .wiring = "aron"},
        {.model = "351C", .wiring = "aron", .frequency_hz = 60},
        {.model = "382M", .wiring = "1-phase"},
        {.model = "382L", .wiring = "2-phase", .range = "3", .frequency_hz = 60},
    };
    for (size_t k = 0; k < sizeof requests / sizeof requests[0]; k++) {
        struct acc_request request = requests[k];
        struct rig *rig = calloc(1, sizeof *rig);
        char error[256];
        request.ideal = true;
        assert_int_equal(acc_rating_init(&rig->rating, &request, error, sizeof error), WH_OK);
        assert_int_equal(acc_points_make(&rig->points, &rig->rating, true), WH_OK);
        assert_int_equal(acc_results_open(&rig->results, &rig->points, 1), WH_OK);
        assert_int_equal(acc_unit_open(&rig->unit, &rig->rating, 1), WH_OK);
        rig_run(rig);
        check_design(rig);
        rig_close(rig);
    }
}

/* The references of the waveforms are those of the reference's table 2.2. */
static void test_energy_of_the_waveforms(void **state)
{
    (void)state;
    struct rig *rig = rig_open("382M", "B", true, 1, true);
    static const struct {
        enum acc_wave wave;
        unsigned on, off;
        double share; /* of the sine's power */
    } waves[] = {{ACC_FIFTH, 0, 0, 1.04},
                 {ACC_HALF_WAVE, 0, 0, 0.5},
                 {ACC_PHASE_FIRED, 0, 0, 0.5},
                 {ACC_SINE, 2, 2, 0.5}};
    for (size_t k = 0; k < 4; k++) {
        struct acc_load load = {.u_pct = 100,
                                .f_hz = 50,
                                .celsius = 23,
                                .i_a = 10,
                                .loaded = ACC_ALL_PHASES,
                                .wave = waves[k].wave,
                                .on_cycles = waves[k].on,
                                .off_cycles = waves[k].off};
        struct acc_measurement measurement;
        assert_int_equal(acc_measure(&rig->unit, &load, 4, &measurement), WH_OK);
        const double sine_wh = 3 * 230.0 * 10 * 4 / 3600;
        assert_true(fabs(measurement.reference.active_wh / sine_wh / waves[k].share - 1) < 1e-9);
    }
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_382m),
        cmocka_unit_test(test_351c),
        cmocka_unit_test(test_wirings_and_60_hz),
        cmocka_unit_test(test_energy_of_the_waveforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
