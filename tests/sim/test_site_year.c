/* A year of a site as a utility engineer would judge it: energies, seasons, weekends, the sun. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "site_life.h"

enum { MONTHS = 12, MONTH_S = 30 * DAY_S, STRIDE_S = 7 /* a sample of the seconds is enough */ };

struct year {
    double import_kwh[MONTHS], export_kwh[MONTHS];
    double lagging_kvarh, leading_kvarh;
    double hour_kwh[2][24]; /* working days and Sundays, UTC; net, without PV where there is none */
    double phase_kwh[WH_PHASES];
    uint64_t pulses;
    double largest_a;
};

static const double kwh_uj = 3.6e12;

static void add(struct year *year, const struct sim_site_second *second, uint32_t since_s)
{
    int64_t active_uj = 0;
    int64_t reactive_uj = 0;
    for (int phase = 0; phase < WH_PHASES; phase++) {
        const struct wh_element_report *report = &second->report.phase[phase];
        active_uj += report->active_uj;
        reactive_uj += report->reactive_uj;
        year->phase_kwh[phase] += STRIDE_S * (double)report->active_uj / kwh_uj;
        year->largest_a = fmax(year->largest_a, report->i_rms_ua / 1e6);
    }
    const uint32_t month = since_s / MONTH_S;
    const double kwh = STRIDE_S * (double)active_uj / kwh_uj;
    *(kwh > 0 ? &year->import_kwh[month] : &year->export_kwh[month]) += fabs(kwh);
    *(reactive_uj > 0 ? &year->lagging_kvarh : &year->leading_kvarh) +=
        STRIDE_S * fabs((double)reactive_uj) / kwh_uj;
    const uint32_t weekday = (second->utc_s / DAY_S + 5) % 7; /* 2000-01-01 was a Saturday */
    if (weekday < 5 || weekday == 6) {
        year->hour_kwh[weekday == 6][second->utc_s % DAY_S / 3600] += kwh;
    }
}

static void live(const struct sim_site_config *config, uint32_t start_mva, int months,
                 struct year *year)
{
    struct sim_site *site = NULL;
    struct sim_site_second second;
    *year = (struct year){0};
    assert_int_equal(sim_site_create(&site, config, start_mva), WH_OK);
    for (uint32_t s = 0; s < (uint32_t)(months * MONTH_S); s++) {
        sim_site_next(site, &second);
        year->pulses += second.pulses;
        if (s % STRIDE_S == 0) {
            add(year, &second, s);
        }
    }
    sim_site_free(site);
}

static double sum(const double *values, int from, int count)
{
    double total = 0;
    for (int k = from; k < from + count; k++) {
        total += values[k];
    }
    return total;
}

static void assert_between(double value, double low, double high)
{
    if (!(value >= low && value <= high)) {
        fail_msg("%g is not in %g … %g", value, low, high);
    }
}

static struct sim_site_config config;

static void test_home(void **state)
{
    (void)state;
    struct year year;
    read_shipped(&config, "home-year.yaml");
    live(&config, START_MVA, MONTHS, &year);
    const double import_kwh = sum(year.import_kwh, 0, MONTHS);
    assert_between(import_kwh, 3000, 12000);
    assert_between(sum(year.export_kwh, 0, MONTHS), 1500, 6000);
    /* Heat pump in winter, sun in summer. */
    assert_true(sum(year.import_kwh, 0, 2) > 2 * sum(year.import_kwh, 5, 2));
    assert_true(sum(year.export_kwh, 5, 2) > 5 * (year.export_kwh[0] + year.export_kwh[11]));
    /* More in the evening than in the small hours; least in the sun of noon. */
    const double *working = year.hour_kwh[0];
    assert_true(sum(working, 16, 4) > 1.5 * sum(working, 1, 4));
    assert_true(sum(working, 10, 3) < 0.5 * sum(working, 17, 3));
    assert_true(year.leading_kvarh > 100 && year.lagging_kvarh > 10);
    assert_between(year.largest_a, 20, 70);
    assert_true(fabs(year.phase_kwh[0] - year.phase_kwh[1]) > 50);
    assert_between((double)year.pulses, 120000, 180000);
}

static void test_home_without_anything_special(void **state)
{
    (void)state;
    struct year year;
    read_shipped(&config, "home-year.yaml");
    config.pv.kwp = 0;
    config.ev.power_w = 0;
    config.loads[4].power_w = 1; /* the heat pump */
    assert_int_equal(config.loads[4].kind, SIM_SITE_LOAD_HEAT_PUMP);
    live(&config, START_MVA, MONTHS, &year);
    assert_between(sum(year.import_kwh, 0, MONTHS), 3000, 5500); /* four people */
    assert_true(sum(year.export_kwh, 0, MONTHS) == 0);
    /* The vacation is in July, 21 of the 30 days. */
    assert_true(year.import_kwh[6] < 0.75 * year.import_kwh[5]);
}

static void test_sun_at_56_degrees_north(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 2; seed++) {
        struct year year;
        sim_site_config_default(&config);
        config.seed = seed;
        config.pv.kwp = 5;
        config.pv.tilt_deg = 40;
        live(&config, START_MVA, MONTHS, &year);
        assert_between(sum(year.export_kwh, 0, MONTHS) / 5, 800, 1100); /* full-load hours */
        assert_true(year.export_kwh[5] > 4 * year.export_kwh[11]);
        assert_true(sum(year.import_kwh, 0, MONTHS) == 0);
        assert_true(sum(year.hour_kwh[0], 0, 3) == 0); /* at night */
    }
}

static void test_industry(void **state)
{
    (void)state;
    struct year year;
    read_shipped(&config, "industry-year.yaml");
    live(&config, START_CT_MVA, MONTHS, &year);
    const double ratio = 80;
    assert_between(ratio * sum(year.import_kwh, 0, MONTHS), 200000, 700000);
    assert_between(year.largest_a, 2, 6);
    /* Two shifts on working days, cold store and base on Sundays. */
    assert_true(sum(year.hour_kwh[0], 8, 8) / 5 > 2.5 * sum(year.hour_kwh[1], 8, 8));
    assert_true(sum(year.hour_kwh[0], 8, 8) > 3 * sum(year.hour_kwh[0], 22, 2) * 4);
    /* Three weeks of holidays in July. */
    assert_true(year.import_kwh[6] < 0.75 * year.import_kwh[4]);
    /* Compensated: little lags. */
    assert_true(year.lagging_kvarh < 0.12 * sum(year.import_kwh, 0, MONTHS));
    config.loads[16].power_w = 1;
    assert_int_equal(config.loads[16].kind, SIM_SITE_LOAD_COMPENSATION);
    struct year without;
    live(&config, START_CT_MVA, 2, &without);
    assert_true(without.lagging_kvarh > year.lagging_kvarh); /* in a sixth of the time */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_home_without_anything_special),
        cmocka_unit_test(test_sun_at_56_degrees_north),
        cmocka_unit_test(test_industry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
