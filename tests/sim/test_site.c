/* The site: that it lives the same life twice however it is asked, that a report agrees with
 * itself, and that its troubles and events come when they are due. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/random.h"
#include "site_life.h"

static struct sim_site_config config;

static struct sim_site *create(const struct sim_site_config *from)
{
    struct sim_site *site = NULL;
    assert_int_equal(sim_site_create(&site, from, START_MVA), WH_OK);
    return site;
}

/* At a stride, so that a year is quick. */
static uint64_t hash_days(const struct sim_site_config *from, unsigned days)
{
    struct sim_site *site = create(from);
    struct sim_site_second second;
    uint64_t hash = HASH_START;
    for (uint32_t s = 0; s < days * DAY_S; s++) {
        sim_site_next(site, &second);
        hash = s % 97 == 0 ? hash_second(hash, &second) : hash;
    }
    sim_site_free(site);
    return hash;
}

static void test_same_seed_same_year(void **state)
{
    (void)state;
    read_shipped(&config, "home-year.yaml");
    const uint64_t hash = hash_days(&config, 365);
    assert_true(hash_days(&config, 365) == hash);
    config.seed = 2;
    assert_true(hash_days(&config, 1) != hash);
}

/* The life of bad-grid.yaml, in which the supply is often lost: with skips of any length, or none.
 */
static uint64_t live_with_skips(struct sim_random *random, unsigned days, uint64_t *ticks)
{
    struct sim_site *site = create(&config);
    const uint32_t end_s = config.start_s + days * DAY_S;
    uint64_t hash = HASH_START;
    struct sim_site_second second = {.utc_s = config.start_s};
    *ticks = 0;
    for (uint32_t now_s = config.start_s; now_s < end_s;) {
        const uint32_t most_s = random != NULL ? (uint32_t)(sim_random_bits(random) % 20000) : 0;
        uint64_t skipped_ticks;
        now_s +=
            sim_site_skip(site, most_s < end_s - now_s ? most_s : end_s - now_s, &skipped_ticks);
        *ticks += skipped_ticks;
        if (now_s < end_s) {
            sim_site_next(site, &second);
            assert_int_equal(second.utc_s, now_s++);
            *ticks += second.report.sample_count;
            hash = second.supply || second.happenings != 0 ? hash_second(hash, &second) : hash;
        }
    }
    sim_site_free(site);
    return hash;
}

static void test_skipping_changes_nothing(void **state)
{
    (void)state;
    uint64_t ticks[3];
    struct sim_random random = {1};
    struct sim_random other = {2};
    read_shipped(&config, "bad-grid.yaml");
    config.event_count = 0;
    for (unsigned k = 0; k < 50; k++) { /* happenings in the dark, too */
        config.events[config.event_count++] = (struct sim_site_event){
            .at_s = config.start_s + k * 100000, .action = SIM_SITE_PULSES, .value = 1};
    }
    const uint64_t hash = live_with_skips(NULL, 60, &ticks[0]);
    assert_true(live_with_skips(&random, 60, &ticks[1]) == hash);
    assert_true(live_with_skips(&other, 60, &ticks[2]) == hash);
    assert_true(ticks[1] == ticks[0] && ticks[2] == ticks[0]);
}

static void assert_consistent(const struct wh_element_report *report, int64_t start_mva)
{
    const int64_t p = report->active_mw;
    const int64_t q = report->reactive_mvar;
    const int64_t s = report->apparent_mva;
    assert_true(report->registering == (p * p + q * q >= start_mva * start_mva));
    assert_true(report->active_uj == (report->registering ? p * 1000 : 0));
    assert_true(report->reactive_uj == (report->registering ? q * 1000 : 0));
    assert_true(s * s >= p * p + q * q);
    const double product = 1e-6 * report->u_rms_mv * report->i_rms_ua;
    if (fabs(product - (double)s) > 0.006 * (double)s + 3) {
        fail_msg("U·I is %.0f mVA, S is %.0f at U %u mV (%u to %u), P %d mW, Q %d mvar", product,
                 (double)s, report->u_rms_mv, report->u_min_mv, report->u_max_mv, report->active_mw,
                 report->reactive_mvar);
    }
    uint32_t half_cycles = 0;
    for (int k = 0; k < WH_VOLTAGE_STATES; k++) {
        half_cycles += report->half_cycles[k];
    }
    assert_in_range(half_cycles, 98, 102);
    if (report->u_min_mv > report->u_rms_mv + 1 || report->u_max_mv + 1 < report->u_rms_mv) {
        fail_msg("%u mV is not in %u … %u", report->u_rms_mv, report->u_min_mv, report->u_max_mv);
    }
    assert_true(report->locked == (report->u_rms_mv >= 20000));
    assert_true((report->frequency_uhz != 0) == report->locked);
}

static void test_reports_agree_with_themselves(void **state)
{
    (void)state;
    static const char *const files[] = {"home-year.yaml", "industry-year.yaml", "bad-grid.yaml"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        read_shipped(&config, files[k]);
        config.grid.dips_per_year = 50000; /* one in ten minutes */
        config.grid.swells_per_year = 20000;
        config.grid.phase_losses_per_year = 300;
        config.start_s += 100 * DAY_S;
        struct sim_site *site = create(&config);
        struct sim_site_second second;
        for (uint32_t s = 0; s < 8 * DAY_S; s++) {
            sim_site_next(site, &second);
            assert_in_range(second.report.sample_count, 4095, 4097);
            assert_int_equal(second.report.duration_q14, second.report.sample_count << 14);
            for (int phase = 0; phase < WH_PHASES && second.supply; phase++) {
                assert_consistent(&second.report.phase[phase], START_MVA);
            }
        }
        sim_site_free(site);
    }
}

static void test_supply_lost_reports_nothing(void **state)
{
    (void)state;
    static const struct wh_element_report nothing;
    struct sim_site *site = site_of(
        "site: home\n"
        "grid: {outages_per_year: 0, phase_losses_per_year: 0}\n"
        "loads: [{kind: heater, phase: 1}, {kind: base, phase: 2}, {kind: heat-pump, phase: 123}]\n"
        "outages:\n"
        "  - {at: \"2025-01-01 00:10:00\", duration_s: 50}\n"
        "  - {at: \"2025-01-01 00:05:00\", duration_s: 100, phase: 13}\n");
    struct sim_site_second second;
    for (uint32_t s = 0; s < 1000; s++) {
        sim_site_next(site, &second);
        const bool dark = s >= 600 && s < 650;
        const bool partly = s >= 300 && s < 400;
        assert_int_equal(second.supply, !dark);
        assert_int_equal(second.happenings, s == 600   ? SIM_SITE_SUPPLY_LOST
                                            : s == 650 ? SIM_SITE_SUPPLY_BACK
                                                       : 0);
        for (int phase = 0; phase < WH_PHASES; phase++) {
            const struct wh_element_report *report = &second.report.phase[phase];
            if (dark) {
                assert_memory_equal(report, &nothing, sizeof nothing);
            } else if (partly && phase != 1) {
                assert_int_equal(report->u_rms_mv, 0);
                assert_int_equal(report->active_mw, 0);
                assert_int_equal(report->voltage_state, WH_VOLTAGE_LOST);
                assert_in_range(report->half_cycles[WH_VOLTAGE_LOST], 99, 101);
            } else {
                assert_in_range(report->u_rms_mv, 220000, 240000);
                assert_int_equal(report->voltage_state, WH_VOLTAGE_NORMAL);
            }
        }
        if (partly) { /* the heat pump needs all its phases; the base load goes on */
            assert_in_range(second.report.phase[1].active_mw, 100000, 140000);
        }
    }
    sim_site_free(site);
}

static void test_events_come_once_and_in_time(void **state)
{
    (void)state;
    struct sim_site *site =
        site_of("site: home\n"
                "grid: {outages_per_year: 0, phase_losses_per_year: 0}\n"
                "outages: [{at: \"2025-01-01 00:01:00\", duration_s: 60}]\n"
                "events:\n"
                "  - {at: \"2025-01-01 00:03:07\", do: tariff, value: 3}\n"
                "  - {at: \"2025-01-01 00:00:00\", do: clock-shift, value: -90}\n"
                "  - {at: \"2025-01-01 00:01:30\", do: cover, on: on}\n" /* in the dark */
                "  - {at: \"2025-01-01 00:01:30\", do: magnet, on: on}\n"
                "  - {at: \"2025-01-01 00:01:31\", do: cover, on: off}\n"
                "  - {at: \"2025-01-01 00:02:10\", do: seal, on: on}\n"
                "  - {at: \"2025-01-01 00:02:11\", do: seal, on: off}\n"
                "  - {at: \"2025-01-01 00:02:11\", do: magnet, on: off}\n"
                "  - {at: \"2025-01-01 00:02:12\", do: debiting-stop}\n"
                "  - {at: \"2025-01-01 00:02:13\", do: pulses, value: 7}\n");
    const struct {
        uint32_t at_s, happenings;
    } expected[] = {
        {0, SIM_SITE_CLOCK_SHIFTED},
        {60, SIM_SITE_SUPPLY_LOST},
        {90, SIM_SITE_COVER_OPENED | SIM_SITE_MAGNET_PUT},
        {91, SIM_SITE_COVER_CLOSED},
        {120, SIM_SITE_SUPPLY_BACK},
        {130, SIM_SITE_SEAL_OPENED},
        {131, SIM_SITE_SEAL_CLOSED | SIM_SITE_MAGNET_GONE},
        {132, SIM_SITE_DEBITING_STOPPED},
        {133, SIM_SITE_PULSED},
        {187, SIM_SITE_TARIFF_SET},
    };
    struct sim_site_second second;
    size_t next = 0;
    for (uint32_t s = 0; s < 600; s++) {
        sim_site_next(site, &second);
        const bool due = next < sizeof expected / sizeof expected[0] && expected[next].at_s == s;
        assert_int_equal(second.happenings, due ? expected[next].happenings : 0);
        assert_int_equal(second.clock_shift_s, s == 0 ? -90 : 0);
        assert_int_equal(second.tariff, s == 187 ? 3 : 0);
        assert_int_equal(second.pulses, s == 133 ? 7 : 0);
        next += due;
    }
    assert_int_equal(next, sizeof expected / sizeof expected[0]);
    sim_site_free(site);
}

static void test_phases_are_independent(void **state)
{
    (void)state;
    static const char more[] = "site: home\n"
                               "loads:\n"
                               "  - {kind: base, phase: 1}\n"
                               "  - {kind: refrigerator, phase: 2}\n"
                               "  - {kind: hob, phase: 3}\n";
    struct sim_site *with = site_of(more);
    struct sim_site *without = site_of("site: home\n"
                                       "loads:\n"
                                       "  - {kind: base, phase: 1}\n"
                                       "  - {kind: refrigerator, phase: 2}\n");
    struct sim_site_second a;
    struct sim_site_second b;
    bool differ = false;
    for (uint32_t s = 0; s < 3 * DAY_S; s++) {
        sim_site_next(with, &a);
        sim_site_next(without, &b);
        /* Where stretches end differs, so rounding of the last digit may. */
        for (int phase = 0; phase < 2; phase++) {
            const struct wh_element_report *x = &a.report.phase[phase];
            const struct wh_element_report *y = &b.report.phase[phase];
            assert_true(abs(x->active_mw - y->active_mw) <= 1 + abs(x->active_mw) / 10000);
            assert_true(abs((int)x->u_rms_mv - (int)y->u_rms_mv) <= 1);
        }
        differ |= a.report.phase[2].active_mw > 1000000;
    }
    assert_true(differ);
    sim_site_free(with);
    sim_site_free(without);
}

/* Below the start of registration power is reported, energy is not. */
static void test_start_of_registration(void **state)
{
    (void)state;
    struct sim_site *site = site_of("site: home\n"
                                    "loads:\n"
                                    "  - {kind: base, phase: 1, power_w: 1.5}\n"
                                    "  - {kind: base, phase: 2, power_w: 3}\n");
    struct sim_site_second second;
    for (uint32_t s = 0; s < 3600; s++) {
        sim_site_next(site, &second);
        const struct wh_element_report *phase = second.report.phase;
        assert_true(!phase[0].registering && phase[0].active_uj == 0 && phase[0].reactive_uj == 0);
        assert_in_range(phase[0].active_mw, 1000, 2000);
        assert_true(phase[1].registering && phase[1].active_uj > 2500000);
        assert_true(!phase[2].registering && phase[2].active_mw == 0);
    }
    sim_site_free(site);
}

/* The secondary side carries what the primary side does, by the ratio. */
static void test_behind_transformers(void **state)
{
    (void)state;
    read_shipped(&config, "industry-year.yaml");
    config.grid.impedance_ohm = 0.01;
    struct sim_site *secondary = create(&config);
    config.meter.transformer_a = 800; /* instead of 400 */
    struct sim_site *half = create(&config);
    struct sim_site_second a;
    struct sim_site_second b;
    for (uint32_t s = 0; s < 2 * DAY_S; s++) {
        sim_site_next(secondary, &a);
        sim_site_next(half, &b);
        for (int phase = 0; phase < WH_PHASES; phase++) {
            const struct wh_element_report *x = &a.report.phase[phase];
            const struct wh_element_report *y = &b.report.phase[phase];
            assert_int_equal(x->u_rms_mv, y->u_rms_mv);
            assert_true(abs(x->active_mw - 2 * y->active_mw) <= 2);
            assert_true(abs((int)x->i_rms_ua - 2 * (int)y->i_rms_ua) <= 2);
        }
    }
    sim_site_free(secondary);
    sim_site_free(half);
}

/* Over a winter the meter's ticks go by its crystal, in the warm and in the cold. */
enum { WINTER_DAYS = 60 };

static double error_of_a_winter_ppm(const char *text, uint64_t seed)
{
    read_text(&config, text);
    config.seed = (double)seed;
    struct sim_site *site = create(&config);
    struct sim_site_second second;
    int64_t ahead = 0;
    for (uint32_t s = 0; s < WINTER_DAYS * DAY_S; s++) {
        sim_site_next(site, &second);
        ahead += (int64_t)second.report.sample_count - 4096;
    }
    sim_site_free(site);
    return (double)ahead / 4096 / (WINTER_DAYS * (double)DAY_S) * 1e6;
}

static void test_ticks_of_a_winter(void **state)
{
    (void)state;
    const double indoor_ppm = error_of_a_winter_ppm("site: home\nmeter: {indoor: on}\n", 4);
    const double outdoor_ppm = error_of_a_winter_ppm("site: home\n", 4);
    assert_true(fabs(indoor_ppm) < 10);
    /* About 4 °C at the meter: 0.034 · 21² ppm slower. */
    assert_true(outdoor_ppm < indoor_ppm - 10 && outdoor_ppm > indoor_ppm - 22);
}

/* Dips and swells of every size: judged by the limits, and the normal state comes back. */
static void test_dips_are_told(void **state)
{
    (void)state;
    struct sim_site *site = site_of("site: home\n"
                                    "grid: {dips_per_year: 20000, swells_per_year: 20000,\n"
                                    "       phase_losses_per_year: 0, outages_per_year: 0}\n");
    struct sim_site_second second;
    uint32_t spent[WH_VOLTAGE_STATES] = {0};
    uint32_t lowest_mv = UINT32_MAX;
    uint32_t highest_mv = 0;
    for (uint32_t s = 0; s < 30 * DAY_S; s++) {
        sim_site_next(site, &second);
        for (int phase = 0; phase < WH_PHASES; phase++) {
            const struct wh_element_report *report = &second.report.phase[phase];
            for (int k = 0; k < WH_VOLTAGE_STATES; k++) {
                spent[k] += report->half_cycles[k];
            }
            lowest_mv = report->u_min_mv < lowest_mv ? report->u_min_mv : lowest_mv;
            highest_mv = report->u_max_mv > highest_mv ? report->u_max_mv : highest_mv;
            assert_true(report->voltage_state != WH_VOLTAGE_NORMAL || report->u_max_mv < 260000 ||
                        report->half_cycles[WH_VOLTAGE_OVER] > 0);
        }
    }
    assert_true(lowest_mv < 5000 && highest_mv > 270000 && highest_mv < 300000);
    assert_true(spent[WH_VOLTAGE_UNDER] > 1000 && spent[WH_VOLTAGE_OVER] > 1000);
    assert_true(spent[WH_VOLTAGE_LOST] > 100);
    assert_true(spent[WH_VOLTAGE_NORMAL] > 1000 * spent[WH_VOLTAGE_UNDER]);
    sim_site_free(site);
}

static void test_voltage_limits(void **state)
{
    (void)state;
    struct sim_site *site = site_of("site: home\ngrid: {dips_per_year: 0, outages_per_year: 0}\n");
    const struct wh_voltage_limits wrong = {100000, 90000, 50000, 1000};
    const struct wh_voltage_limits narrow = {229999, 231000, 50000, 0};
    struct sim_site_second second;
    assert_int_equal(sim_site_set_voltage_limits(site, &wrong), WH_ERR_ARGUMENT);
    assert_int_equal(sim_site_set_voltage_limits(site, &narrow), WH_OK);
    bool under = false;
    for (uint32_t s = 0; s < DAY_S / 2; s++) {
        sim_site_next(site, &second);
        under |= second.report.phase[0].voltage_state == WH_VOLTAGE_UNDER;
    }
    assert_true(under);
    sim_site_free(site);
}

/* As often as the rate says, as long as the range says. */
static void test_outages_by_rate(void **state)
{
    (void)state;
    struct sim_site *site = site_of("site: home\n"
                                    "grid: {outages_per_year: 10000, outage_shortest_s: 5,\n"
                                    "       outage_longest_s: 600, phase_losses_per_year: 0}\n");
    struct sim_site_second second;
    uint32_t count = 0;
    uint32_t length_s = 0;
    uint32_t shortest_s = UINT32_MAX;
    for (uint32_t s = 0; s < 36 * DAY_S + DAY_S / 2; s++) {
        sim_site_next(site, &second);
        count += (second.happenings & SIM_SITE_SUPPLY_LOST) != 0;
        if ((second.happenings & SIM_SITE_SUPPLY_BACK) != 0) {
            shortest_s = length_s < shortest_s ? length_s : shortest_s;
            assert_true(length_s <= 1200); /* two may follow each other closely */
        }
        length_s = second.supply ? 0 : length_s + 1;
    }
    assert_in_range(count, 900, 1100);
    assert_in_range(shortest_s, 5, 8);
    sim_site_free(site);
}

static void test_what_is_out_of_range_makes_no_site(void **state)
{
    (void)state;
    struct sim_site *site = NULL;
    static struct sim_site_config wrong;
    read_shipped(&config, "home-year.yaml");
    unsigned tried = 0;
    for (size_t k = 0; k < sim_site_key_count; k++) {
        const struct sim_site_key *key = &sim_site_keys[k];
        const bool number = key->type == SIM_SITE_KEY_NUMBER || key->type == SIM_SITE_KEY_WHOLE;
        const bool listed = strcmp(key->section, "loads") == 0 ||
                            strcmp(key->section, "outages") == 0 ||
                            strcmp(key->section, "events") == 0;
        if (!number || listed) {
            continue;
        }
        const double values[] = {key->low - 1, key->high + 1, NAN};
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            wrong = config;
            memcpy((char *)&wrong + key->offset, &values[v], sizeof values[v]);
            assert_int_equal(sim_site_create(&site, &wrong, START_MVA), WH_ERR_ARGUMENT);
        }
        tried++;
    }
    assert_true(tried > 30);
    wrong = config;
    wrong.loads[0].kind = SIM_SITE_LOAD_KINDS;
    assert_int_equal(sim_site_create(&site, &wrong, START_MVA), WH_ERR_ARGUMENT);
    wrong = config;
    wrong.loads[1].power_w = 100000; /* 435 A */
    assert_int_equal(sim_site_create(&site, &wrong, START_MVA), WH_ERR_ARGUMENT);
    wrong = config;
    wrong.event_count = SIM_SITE_EVENTS_MAX + 1;
    assert_int_equal(sim_site_create(&site, &wrong, START_MVA), WH_ERR_ARGUMENT);
    wrong = config;
    wrong.events[0].at_s = wrong.events[1].at_s + 1; /* not in order */
    assert_int_equal(sim_site_create(&site, &wrong, START_MVA), WH_ERR_ARGUMENT);
    assert_null(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_year),
        cmocka_unit_test(test_skipping_changes_nothing),
        cmocka_unit_test(test_reports_agree_with_themselves),
        cmocka_unit_test(test_supply_lost_reports_nothing),
        cmocka_unit_test(test_events_come_once_and_in_time),
        cmocka_unit_test(test_phases_are_independent),
        cmocka_unit_test(test_start_of_registration),
        cmocka_unit_test(test_behind_transformers),
        cmocka_unit_test(test_ticks_of_a_winter),
        cmocka_unit_test(test_dips_are_told),
        cmocka_unit_test(test_voltage_limits),
        cmocka_unit_test(test_outages_by_rate),
        cmocka_unit_test(test_what_is_out_of_range_makes_no_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
