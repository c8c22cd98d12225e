/* Block demand and its peaks (REG-2, REG-3), by hand and in a meter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/app/rig.h"
#include "tests/common/random.h"

enum { KW_MW = 1000000, MILLI_PER_DWH_S = 360000 };

/* A noon of 2026, normal time of the default zone. */
static void open_at_noon(struct rig *rig, uint8_t integration_min)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.integration_min = integration_min;
    rig_open_as(rig, "382M", &config, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 5, 12, 12, 0)), WH_OK);
}

static const struct wh_demand *demand_of(const struct rig *rig)
{
    return &rig->meter.application.running.demand;
}

/* REG-2: for 5, 15, 30 and 60 min a mean times its period is what the register grew between two boundaries of the clock,
 * to the last 0.1 Wh, under loads that change at any second. */
static void test_mean_is_the_growth_of_the_register(void **state)
{
    (void)state;
    static const uint8_t periods_min[] = {5, 15, 30, 60};
    struct test_random random = {3};
    for (size_t n = 0; n < sizeof periods_min; n++) {
        struct rig rig;
        open_at_noon(&rig, periods_min[n]);
        const uint32_t period_s = periods_min[n] * 60u;
        uint32_t boundary_s = rig.meter.application.clock.utc_s;
        for (int period = 0; period < 12; period++) {
            const uint64_t before_dwh = (uint64_t)rig_read(&rig, WH_QUANTITY_A_PLUS);
            boundary_s += period_s;
            while (rig.meter.application.clock.utc_s < boundary_s) {
                const uint32_t left_s = boundary_s - rig.meter.application.clock.utc_s;
                const uint32_t step_s = 1 + (uint32_t)(random_u64(&random) % left_s);
                rig_load(&rig, (int32_t)(random_u64(&random) % 20000) * 999, 0, step_s);
            }
            const uint64_t grown_dwh = (uint64_t)rig_read(&rig, WH_QUANTITY_A_PLUS) - before_dwh;
            assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MEAN),
                             grown_dwh * MILLI_PER_DWH_S / period_s);
        }
        rig_close(&rig);
    }
}

/* REG-2: periods begin at multiples of their length in normal time: a load of exactly one quarter of an hour is a peak of
 * its power, stamped with its end; the same half a quarter later is two halves. */
static void test_periods_are_those_of_the_clock(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 15);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 3 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_TIME),
                     rig_utc(&rig, 2026, 5, 12, 12, 15));
    rig_load(&rig, 0, 0, 450);
    rig_load(&rig, 5 * KW_MW, 0, 900);
    rig_load(&rig, 0, 0, 450);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MEAN), 5 * KW_MW / 2);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 3 * KW_MW);
    rig_close(&rig);
}

/* REG-2: an equal peak later does not take the time of the first. */
static void test_first_of_equal_peaks_keeps_its_time(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 5);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_TIME),
                     rig_utc(&rig, 2026, 5, 12, 12, 5));
    rig_close(&rig);
}

/* What may cut a period. */
static void cut_by_orderly_outage(struct rig *rig)
{
    rig_outage(rig, RIG_ORDERLY, 7000, true);
}

static void cut_by_hard_outage(struct rig *rig)
{
    rig_outage(rig, RIG_HARD, 7000, true);
}

static void cut_by_short_outage(struct rig *rig)
{
    rig_outage(rig, RIG_HARD, 20, true);
}

static void cut_by_lost_clock(struct rig *rig)
{
    rig_outage(rig, RIG_HARD, 7000, false);
}

static void set_clock_by(struct rig *rig, int32_t by_s)
{
    const uint32_t now_s = rig->meter.application.clock.utc_s;
    assert_int_equal(wh_meter_set_clock(&rig->meter, now_s + (uint32_t)by_s), WH_OK);
}

static void cut_forward(struct rig *rig)
{
    set_clock_by(rig, 4000);
}

static void cut_little_forward(struct rig *rig)
{
    set_clock_by(rig, 3);
}

static void cut_back(struct rig *rig)
{
    set_clock_by(rig, -4000);
}

static void cut_back_within(struct rig *rig)
{
    set_clock_by(rig, -290);
}

static void cut_little_back(struct rig *rig)
{
    set_clock_by(rig, -3);
}

static void cut_by_stop(struct rig *rig)
{
    assert_int_equal(wh_application_stop_debiting(&rig->meter.application, &rig->meter.legal,
                                                  WH_DEBITING_BY_COMMAND),
                     WH_OK);
}

static void configure(struct rig *rig, const struct wh_config *config)
{
    struct wh_config_fault fault;
    assert_int_equal(wh_meter_configure(&rig->meter, config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
}

static void cut_by_another_period(struct rig *rig)
{
    struct wh_config config = rig->meter.application.config;
    config.integration_min = config.integration_min == 5 ? 60 : 5;
    configure(rig, &config);
}

static void cut_by_another_zone(struct rig *rig)
{
    struct wh_config config = rig->meter.application.config;
    config.zone_min = config.zone_min == 60 ? 330 : 60;
    configure(rig, &config);
}

/* REG-2: under a constant load no peak is ever above it, whatever cuts a period, at any second and how often: power cuts,
 * clock set, debiting stops, another period, another zone. */
static void test_a_cut_period_never_overstates(void **state)
{
    (void)state;
    static void (*const cuts[])(struct rig *) = {cut_by_orderly_outage,
                                                 cut_by_hard_outage,
                                                 cut_by_short_outage,
                                                 cut_by_lost_clock,
                                                 cut_forward,
                                                 cut_little_forward,
                                                 cut_back,
                                                 cut_back_within,
                                                 cut_little_back,
                                                 cut_by_stop,
                                                 cut_by_another_period,
                                                 cut_by_another_zone};
    enum { CUTS = sizeof cuts / sizeof cuts[0] };
    struct test_random random = {5};
    struct rig rig;
    open_at_noon(&rig, 15);
    for (int n = 0; n < 40 * CUTS; n++) {
        rig_load(&rig, 3 * KW_MW, 0, 1 + (uint32_t)(random_u64(&random) % 1300));
        cuts[n < CUTS ? (unsigned)n : random_u64(&random) % CUTS](&rig);
        for (int c = 0; c < WH_DEMAND_CHANNELS; c++) {
            assert_in_range(demand_of(&rig)->peak[c].milli, 0, 3 * KW_MW);
        }
    }
    cut_by_stop(&rig);
    rig_load(&rig, 3 * KW_MW, 0, 7200);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 3 * KW_MW);
    rig_close(&rig);
}

/* REG-2: set back within its period, the mean is over the seconds that the period really had. */
static void test_a_longer_period_is_divided_by_its_length(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 15);
    rig_load(&rig, 3 * KW_MW, 0, 600);
    set_clock_by(&rig, -300);
    rig_outage(&rig, RIG_HARD, 0, true); /* known over a power cut */
    rig_load(&rig, 3 * KW_MW, 0, 600);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MEAN), 3 * KW_MW);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MEAN), 3 * KW_MW);
    rig_close(&rig);
}

/* REG-2: a period with another tariff in it: each tariff's peak is of the energy counted in it, together the whole. */
static void test_peaks_of_tariffs(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 15);
    struct wh_config config = rig.meter.application.config;
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    configure(&rig, &config);
    rig_load(&rig, 6 * KW_MW, 3 * KW_MW, 300);
    assert_int_equal(wh_application_select_tariff(&rig.meter.application, &rig.meter.legal, 2),
                     WH_OK);
    rig_load(&rig, 6 * KW_MW, 3 * KW_MW, 600);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 6 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T1_MAX), 2 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T2_MAX), 4 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_Q_PLUS_MAX), 3 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_Q_PLUS_T1_MAX), KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_Q_PLUS_T2_MAX), 2 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T1_MAX_TIME),
                     rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_TIME));
    assert_int_equal(wh_application_select_tariff(&rig.meter.application, &rig.meter.legal, 3),
                     WH_OK);
    rig_load(&rig, 9 * KW_MW, 0, 900); /* T3 has no peak of its own */
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 9 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T1_MAX), 2 * KW_MW);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T2_MAX), 4 * KW_MW);
    rig_close(&rig);
}

/* REG-2: S+ and S- are at right angles of the active and reactive energy of their direction, in every quadrant. */
static void test_apparent_power(void **state)
{
    (void)state;
    static const struct {
        int32_t active_kw, reactive_kvar;
    } loads[] = {{3, 4}, {-3, 4}, {-3, -4}, {3, -4}};
    for (size_t n = 0; n < sizeof loads / sizeof loads[0]; n++) {
        struct rig rig;
        open_at_noon(&rig, 15);
        rig_load(&rig, loads[n].active_kw * 3 * KW_MW, loads[n].reactive_kvar * 3 * KW_MW, 900);
        const bool import = loads[n].active_kw > 0;
        const bool up = loads[n].reactive_kvar > 0;
        assert_int_equal(rig_read(&rig, WH_QUANTITY_S_PLUS_MAX), import ? 15 * KW_MW : 0);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_S_MINUS_MAX), import ? 0 : 15 * KW_MW);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), import ? 9 * KW_MW : 0);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_MINUS_MAX), import ? 0 : 9 * KW_MW);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_Q_PLUS_MAX), up ? 12 * KW_MW : 0);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_Q_MINUS_MAX), up ? 0 : 12 * KW_MW);
        rig_close(&rig);
    }
}

/* REG-2: a debiting stop adds the peaks to their sums and begins with none; stops add up. */
static void test_stop_accumulates(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 15);
    int64_t sum = 0;
    for (int period = 1; period <= 5; period++) {
        rig_load(&rig, period * 3 * KW_MW, 0, 900);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), period * 3 * KW_MW);
        sum += period * 3 * KW_MW;
        cut_by_stop(&rig);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 0);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_TIME), 0);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_SUM), sum);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_T1_MAX_SUM), sum);
        rig_outage(&rig, RIG_HARD, 0, true);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX_SUM), sum);
    }
    rig_close(&rig);
}

/* REG-3: periods above the threshold are counted, one on it is not, one above it by less than a watt is; a stop begins anew. */
static void test_threshold_counter(void **state)
{
    (void)state;
    struct rig rig;
    open_at_noon(&rig, 5);
    struct wh_config config = rig.meter.application.config;
    config.power_threshold_w = 3000;
    configure(&rig, &config);
    rig_load(&rig, 3 * KW_MW, 0, 300);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_THRESHOLD_COUNT), 0);
    rig_load(&rig, 4 * KW_MW, 0, 300);
    rig_load(&rig, 0, 0, 300);
    rig_load(&rig, 9 * KW_MW, 0, 600);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_THRESHOLD_COUNT), 3);
    rig_outage(&rig, RIG_HARD, 10, true);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_THRESHOLD_COUNT), 3);
    cut_by_stop(&rig);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_THRESHOLD_COUNT), 0);
    rig_close(&rig);
}

/* REG-3: the threshold is looked at to the milliwatt. */
static void test_threshold_to_the_milliwatt(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_demand demand = {0};
    rig_open(&rig);
    wh_demand_begin(&demand, &rig.meter.legal);
    rig_set_energy(&rig, WH_A_PLUS, 10000); /* a kWh in an hour */
    wh_demand_end_period(&demand, &rig.meter.legal, 1, 60, 1000);
    assert_int_equal(demand.threshold_count, 0);
    rig_set_energy(&rig, WH_A_PLUS, 20001); /* 1000.1 W */
    wh_demand_end_period(&demand, &rig.meter.legal, 1, 60, 1000);
    assert_int_equal(demand.mean_milli[WH_DEMAND_P_PLUS], 1000100);
    assert_int_equal(demand.threshold_count, 1);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_is_the_growth_of_the_register),
        cmocka_unit_test(test_periods_are_those_of_the_clock),
        cmocka_unit_test(test_first_of_equal_peaks_keeps_its_time),
        cmocka_unit_test(test_a_cut_period_never_overstates),
        cmocka_unit_test(test_a_longer_period_is_divided_by_its_length),
        cmocka_unit_test(test_peaks_of_tariffs),
        cmocka_unit_test(test_apparent_power),
        cmocka_unit_test(test_stop_accumulates),
        cmocka_unit_test(test_threshold_counter),
        cmocka_unit_test(test_threshold_to_the_milliwatt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
