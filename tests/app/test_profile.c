/* The load profile (LOG-1 to LOG-3, VAR-14): what a record holds, when, with which status, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/app/rig.h"
#include "tests/common/random.h"

enum { KW_MW = 1000000, RECORDS_MAX = 512, MINUTES_PER_DAY = 1440 };

/* What is not looked at where it is not meant. */
#define SUMMER ((uint32_t)WH_PROFILE_SUMMER)

static struct wh_config config_of(const char *model, enum wh_energy_type type, uint8_t profile_min)
{
    struct wh_config config = wh_config_default(wh_variant_find(model));
    wh_config_set_energy_type(&config, type);
    config.profile_min = profile_min;
    return config;
}

static void open_winter(struct rig *rig, const char *model, const struct wh_config *config)
{
    rig_open_as(rig, model, config, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 11, 20, 12, 0)), WH_OK);
}

static uint32_t now_s(const struct rig *rig)
{
    return rig->meter.application.clock.utc_s;
}

static uint32_t records_of(const struct rig *rig, struct wh_profile_record *records)
{
    struct wh_log_range range;
    uint32_t count = 0;
    const struct wh_log *log = &rig->meter.application.logs.log[WH_LOG_PROFILE];
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_profile_next(&range, &rig->meter.application.config, &records[count]) == WH_OK) {
        count++;
        assert_true(count < RECORDS_MAX);
    }
    return count;
}

static struct wh_profile_record newest_of(const struct rig *rig)
{
    struct wh_profile_record record;
    assert_int_equal(wh_profile_newest(&rig->meter.application.logs.log[WH_LOG_PROFILE],
                                       &rig->meter.application.config, &record),
                     WH_OK);
    return record;
}

static uint64_t count_of(const struct rig *rig, uint8_t energy, enum wh_side side)
{
    uint64_t count_dwh;
    assert_int_equal(
        wh_legal_energy_of_side(&rig->meter.legal, (enum wh_energy)energy, side, &count_dwh),
        WH_OK);
    return count_dwh;
}

/* LOG-1: for every energy type and interval a record at each boundary, and at no other time, of the registers as they are
 * then; four quadrants of load. */
static void test_records_are_the_registers(void **state)
{
    (void)state;
    static const uint8_t energies[WH_ENERGY_TYPES][5] = {
        {1, WH_A_PLUS},
        {2, WH_A_PLUS, WH_A_MINUS},
        {2, WH_A_PLUS, WH_R_PLUS},
        {4, WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS}};
    struct test_random random = {7};
    for (int n = 0; n < WH_ENERGY_TYPES * WH_INTERVALS; n++) {
        const uint8_t *expected = energies[n / WH_INTERVALS];
        const uint8_t profile_min = wh_interval_min((enum wh_interval)(n % WH_INTERVALS));
        struct rig rig;
        const struct wh_config config =
            config_of("351C", (enum wh_energy_type)(n / WH_INTERVALS), profile_min);
        open_winter(&rig, "351C", &config);
        static struct wh_profile_record records[RECORDS_MAX];
        const uint32_t before = records_of(&rig, records);
        for (uint32_t r = 1; r <= 10; r++) {
            rig_load(&rig, (int32_t)(random_u64(&random) % 6000) * 999 - 3000 * 999,
                     (int32_t)(random_u64(&random) % 6000) * 999 - 3000 * 999,
                     profile_min * 60u - 1);
            assert_int_equal(records_of(&rig, records), before + r - 1);
            rig_load(&rig, 2 * KW_MW, KW_MW, 1);
            assert_int_equal(records_of(&rig, records), before + r);
            const struct wh_profile_record newest = newest_of(&rig);
            assert_int_equal(newest.utc_s, now_s(&rig));
            assert_int_equal(newest.energy_count, expected[0]);
            for (uint8_t e = 0; e < newest.energy_count; e++) {
                assert_int_equal(newest.energy[e], expected[1 + e]);
                assert_int_equal(newest.count_dwh[e],
                                 count_of(&rig, expected[1 + e], WH_SIDE_SECONDARY));
            }
            assert_int_equal(newest.status, r == 1 ? newest.status : 0);
        }
        rig_close(&rig);
    }
}

/* LOG-1: an outage over boundaries closes the interval that it cut with the energy of it, at its own boundary; the next
 * record says that those between are missing. Both know of the outage. */
static void test_outage_over_boundaries(void **state)
{
    (void)state;
    for (int cut = RIG_ORDERLY; cut <= RIG_HARD; cut++) {
        struct rig rig;
        static struct wh_profile_record records[RECORDS_MAX];
        const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_FOUR_QUADRANTS, 15);
        open_winter(&rig, "382M", &config);
        rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 11, 20, 13, 5));
        const uint32_t before = records_of(&rig, records);
        const uint64_t counted = count_of(&rig, WH_A_PLUS, WH_SIDE_SECONDARY);
        rig_outage(&rig, (enum rig_cut)cut, 3 * 3600, true); /* to 16:05 */
        rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 11, 20, 16, 30));
        assert_int_equal(records_of(&rig, records), before + 3);
        const struct wh_profile_record *r = &records[before];
        assert_int_equal(r[0].utc_s, rig_utc(&rig, 2026, 11, 20, 13, 15));
        assert_int_equal(r[0].count_dwh[0], counted);
        assert_int_equal(r[0].status, WH_PROFILE_OUTAGE);
        assert_int_equal(r[1].utc_s, rig_utc(&rig, 2026, 11, 20, 16, 15));
        assert_int_equal(r[1].status, WH_PROFILE_OUTAGE | WH_PROFILE_DISCONTINUITY);
        assert_int_equal(r[1].count_dwh[0], counted + 5000); /* ten minutes of 3 kW */
        assert_int_equal(r[2].status, 0);
        rig_close(&rig);
    }
}

/* LOG-1: an outage inside an interval leaves no hole, and its mark. */
static void test_outage_inside_an_interval(void **state)
{
    (void)state;
    struct rig rig;
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_A_PLUS, 15);
    open_winter(&rig, "382M", &config);
    rig_load(&rig, 3 * KW_MW, 0, 1000);
    rig_outage(&rig, RIG_HARD, 60, true);
    rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 11, 20, 12, 30));
    assert_int_equal(newest_of(&rig).status, WH_PROFILE_OUTAGE);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    assert_int_equal(newest_of(&rig).status, 0);
    rig_close(&rig);
}

static void set_clock_by(struct rig *rig, int32_t by_s)
{
    assert_int_equal(wh_meter_set_clock(&rig->meter, now_s(rig) + (uint32_t)by_s), WH_OK);
}

/* LOG-1: a clock that is set marks its interval by size and direction, over a restart as well; below 7 s nothing is marked. */
static void test_marks_of_a_clock_set(void **state)
{
    (void)state;
    static const struct {
        int32_t by_s;
        uint32_t status;
    } rows[] = {
        {6, 0},
        {-6, 0},
        {7, WH_PROFILE_CLOCK_SET_7_S | WH_PROFILE_CLOCK_FORWARD},
        {15, WH_PROFILE_CLOCK_SET_7_S | WH_PROFILE_CLOCK_FORWARD},
        {-16, WH_PROFILE_CLOCK_SET_15_S | WH_PROFILE_CLOCK_BACKWARD},
        {30, WH_PROFILE_CLOCK_SET_15_S | WH_PROFILE_CLOCK_FORWARD},
        {-31, WH_PROFILE_CLOCK_SET_30_S | WH_PROFILE_CLOCK_BACKWARD},
        {60, WH_PROFILE_CLOCK_SET_30_S | WH_PROFILE_CLOCK_FORWARD},
        {61, WH_PROFILE_CLOCK_SET_60_S | WH_PROFILE_CLOCK_FORWARD},
    };
    struct rig rig;
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_A_PLUS, 15);
    open_winter(&rig, "382M", &config);
    rig_load(&rig, KW_MW, 0, 900);
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        uint32_t boundary_s = newest_of(&rig).utc_s + 900;
        rig_load(&rig, KW_MW, 0, 400);
        set_clock_by(&rig, rows[n].by_s);
        rig_outage(&rig, RIG_HARD, 0, true);
        rig_load_until(&rig, KW_MW, 0, boundary_s);
        assert_int_equal(newest_of(&rig).utc_s, boundary_s);
        assert_int_equal(newest_of(&rig).status & 0x3fu, rows[n].status);
        assert_int_equal(newest_of(&rig).status & WH_PROFILE_DISCONTINUITY, 0);
        rig_load(&rig, KW_MW, 0, 900);
        assert_int_equal(newest_of(&rig).status, 0);
    }
    rig_close(&rig);
}

/* LOG-1: set over boundaries both intervals are marked, the one left and the one entered; the second also as not following. */
static void test_clock_set_over_boundaries(void **state)
{
    (void)state;
    struct rig rig;
    static struct wh_profile_record records[RECORDS_MAX];
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_A_PLUS, 15);
    open_winter(&rig, "382M", &config);
    rig_load(&rig, KW_MW, 0, 1000);
    const uint32_t before = records_of(&rig, records);
    const uint64_t counted = count_of(&rig, WH_A_PLUS, WH_SIDE_SECONDARY);
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 11, 20, 15, 50)), WH_OK);
    rig_load(&rig, KW_MW, 0, 600);
    assert_int_equal(records_of(&rig, records), before + 2);
    const uint32_t set = WH_PROFILE_CLOCK_SET_60_S | WH_PROFILE_CLOCK_FORWARD;
    assert_int_equal(records[before].utc_s, rig_utc(&rig, 2026, 11, 20, 12, 30));
    assert_int_equal(records[before].count_dwh[0], counted);
    assert_int_equal(records[before].status, set);
    assert_int_equal(records[before + 1].utc_s, rig_utc(&rig, 2026, 11, 20, 16, 0));
    assert_int_equal(records[before + 1].status, set | WH_PROFILE_DISCONTINUITY);
    rig_close(&rig);
}

/* LOG-1: a boundary that comes again after a small correction has one record; its energy is in the next. */
static void test_boundary_that_comes_again(void **state)
{
    (void)state;
    struct rig rig;
    static struct wh_profile_record records[RECORDS_MAX];
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_A_PLUS, 15);
    open_winter(&rig, "382M", &config);
    rig_load(&rig, 3 * KW_MW, 0, 905);
    const uint32_t before = records_of(&rig, records);
    set_clock_by(&rig, -20);
    rig_load(&rig, 3 * KW_MW, 0, 500);
    assert_int_equal(records_of(&rig, records), before);
    rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 11, 20, 12, 30));
    assert_int_equal(records_of(&rig, records), before + 1);
    assert_int_equal(records[before].count_dwh[0], count_of(&rig, WH_A_PLUS, WH_SIDE_SECONDARY));
    assert_int_equal(records[before].status, WH_PROFILE_CLOCK_SET_15_S | WH_PROFILE_CLOCK_BACKWARD);
    rig_close(&rig);
}

/* CLK-2, LOG-1: while the time is invalid records say so, the one in which it is set included; summer is marked. */
static void test_marks_of_the_time(void **state)
{
    (void)state;
    struct rig rig;
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_A_PLUS, 15);
    rig_open_as(&rig, "382M", &config, 0);
    rig_load(&rig, KW_MW, 0, 900);
    assert_int_equal(newest_of(&rig).status, WH_PROFILE_TIME_INVALID);
    rig_load(&rig, KW_MW, 0, 400);
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 7, 1, 12, 0)), WH_OK);
    struct wh_profile_record record = newest_of(&rig);
    assert_true((record.status & WH_PROFILE_TIME_INVALID) != 0);
    rig_load(&rig, KW_MW, 0, 900);
    record = newest_of(&rig);
    assert_int_equal(record.status & WH_PROFILE_TIME_INVALID, 0);
    assert_int_equal(record.status & SUMMER, SUMMER);
    rig_load(&rig, KW_MW, 0, 900);
    assert_int_equal(newest_of(&rig).status, SUMMER);
    rig_close(&rig);
}

/* What may happen to a meter; the load goes on. */
static void happen(struct rig *rig, uint64_t what)
{
    struct wh_application *app = &rig->meter.application;
    struct wh_config config = app->config;
    struct wh_config_fault fault;
    switch (what % 8) {
    case 0:
        rig_outage(rig, RIG_HARD, (uint32_t)(what >> 8) % 5000, true);
        break;
    case 1:
        rig_outage(rig, RIG_ORDERLY, (uint32_t)(what >> 8) % 5000, what >> 60 != 0);
        break;
    case 2:
        set_clock_by(rig, (int32_t)(what >> 8 & 0xfff));
        break;
    case 3:
        set_clock_by(rig, -(int32_t)(what >> 8 & 0xfff));
        break;
    case 4:
        assert_int_equal(
            wh_application_select_tariff(app, &rig->meter.legal, (uint8_t)(1 + (what >> 8) % 4)),
            WH_OK);
        break;
    case 5:
        assert_int_equal(
            wh_application_stop_debiting(app, &rig->meter.legal, WH_DEBITING_BY_COMMAND), WH_OK);
        break;
    case 6:
        config.integration_min = config.integration_min == 15 ? 5 : 15;
        assert_int_equal(wh_meter_configure(&rig->meter, &config, WH_ORIGIN_OPTICAL, &fault),
                         WH_OK);
        break;
    default:
        break;
    }
}

/* LOG-1, LOG-3: whatever happens – outages, clocks set, tariffs, stops – the intervals add up to the registers: no record's
 * register is below the one before or above what is counted now, the first and the last are those of the meter, and no mean
 * power is above the load. */
static void test_intervals_add_up(void **state)
{
    (void)state;
    struct test_random random = {12};
    struct rig rig;
    static struct wh_profile_record records[RECORDS_MAX];
    struct wh_config config = config_of("382L", WH_ENERGY_TYPE_FOUR_QUADRANTS, 15);
    config.profile_of_power = 1;
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    open_winter(&rig, "382L", &config);
    for (int n = 0; n < 150; n++) {
        rig_load(&rig, 3 * KW_MW, -3 * KW_MW, (uint32_t)(random_u64(&random) % 1500));
        happen(&rig, random_u64(&random));
    }
    rig_load(&rig, 3 * KW_MW, -3 * KW_MW, 900);
    const uint32_t count = records_of(&rig, records);
    assert_true(count > 50);
    uint64_t last_dwh[4] = {0};
    for (uint32_t r = 0; r < count; r++) {
        for (int e = 0; e < 4; e++) {
            assert_true(records[r].count_dwh[e] >= last_dwh[e]);
            last_dwh[e] = records[r].count_dwh[e];
            assert_in_range(records[r].power_milli[e], 0, 3 * KW_MW + 400); /* a count more */
        }
    }
    for (int e = 0; e < 4; e++) {
        const uint64_t now_dwh = count_of(&rig, records[0].energy[e], WH_SIDE_SECONDARY);
        assert_true(last_dwh[e] <= now_dwh && now_dwh - last_dwh[e] <= 7500);
    }
    rig_close(&rig);
}

/* LOG-3: with powers each record has the mean of its interval beside the register, 0 in the first. */
static void test_profile_of_power(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config config = config_of("382L", WH_ENERGY_TYPE_A_PLUS_MINUS, 30);
    config.profile_of_power = 1;
    open_winter(&rig, "382L", &config);
    rig_load(&rig, 3 * KW_MW, 0, 1800);
    for (int n = 1; n < 5; n++) {
        rig_load(&rig, 3 * n * KW_MW, 0, 900);
        rig_load(&rig, -6 * n * KW_MW, 0, 900);
        const struct wh_profile_record record = newest_of(&rig);
        assert_int_equal(record.power_count, 2);
        assert_int_equal(record.power_milli[0], 3 * n * KW_MW / 2);
        assert_int_equal(record.power_milli[1], 6 * n * KW_MW / 2);
        rig_outage(&rig, RIG_HARD, 0, true);
    }
    rig_close(&rig);
}

/* LOG-3: switched off for long and on again, the first mean is no sum of what went by. */
static void test_power_after_a_time_off(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_config config = config_of("382L", WH_ENERGY_TYPE_A_PLUS, 15);
    config.profile_of_power = 1;
    open_winter(&rig, "382L", &config);
    rig_load(&rig, 3 * KW_MW, 0, 1800);
    config.profile_min = 0;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    rig_load(&rig, 3 * KW_MW, 0, 7200);
    config.profile_min = 15;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    const struct wh_profile_record first = newest_of(&rig);
    assert_int_equal(first.power_milli[0], 0); /* no interval before it */
    assert_true((first.status & WH_PROFILE_DISCONTINUITY) != 0);
    rig_load(&rig, 3 * KW_MW, 0, 900);
    assert_int_equal(newest_of(&rig).power_milli[0], 3 * KW_MW);
    rig_close(&rig);
}

/* LOG-2: every model keeps every energy type at every interval as many days as promised, a start of the meter a day included,
 * with powers beside (LOG-3) as well. */
static void test_depth(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    struct wh_logs *logs = &rig.meter.application.logs;
    unsigned combinations = 0;
    for (int n = 0; n < WH_MODELS * WH_ENERGY_TYPES * WH_INTERVALS * 2; n++) {
        const struct wh_variant *variant = wh_variant_at((size_t)(n / 32));
        const enum wh_energy_type type = (enum wh_energy_type)(n / 8 % WH_ENERGY_TYPES);
        const enum wh_interval interval = (enum wh_interval)(n / 2 % WH_INTERVALS);
        struct wh_config config = config_of(variant->model, type, wh_interval_min(interval));
        struct wh_config_fault fault;
        config.profile_of_power = (uint8_t)(n % 2);
        if (wh_config_check(&config, variant, &fault) != WH_OK) {
            continue;
        }
        const uint32_t days = variant->profile_days[type][interval];
        assert_int_equal(wh_logs_mount(logs, WH_LOG_PROFILE, wh_profile_payload_size(&config), 0),
                         WH_OK);
        assert_true(wh_profile_depth_days(logs, &config) >= days);
        const uint32_t a_day = MINUTES_PER_DAY / (uint32_t)config.profile_min + 1;
        assert_true(wh_log_capacity(&logs->design[WH_LOG_PROFILE], logs->flash) >= days * a_day);
        combinations++;
    }
    assert_int_equal(combinations, (3 + 3 * 2 + 4) * 4);
    rig_close(&rig);
}

/* LOG-2: that the figure is true: a full log holds so many whole days. */
static void test_depth_in_records(void **state)
{
    (void)state;
    struct rig rig;
    const struct wh_config config = config_of("382M", WH_ENERGY_TYPE_FOUR_QUADRANTS, 60);
    open_winter(&rig, "382M", &config);
    const struct wh_logs *logs = &rig.meter.application.logs;
    struct wh_log *log = &rig.meter.application.logs.log[WH_LOG_PROFILE];
    const uint32_t capacity = wh_log_capacity(&logs->design[WH_LOG_PROFILE], logs->flash);
    uint32_t count;
    for (uint32_t r = 0; r < capacity + 100; r++) {
        assert_int_equal(wh_profile_store(log, &rig.meter.legal, &config, r * 3600, 0, NULL, 0),
                         WH_OK);
    }
    assert_int_equal(wh_log_count(log, &count), WH_OK);
    assert_true(count / 24 >= wh_profile_depth_days(logs, &config));
    rig_close(&rig);
}

/* VAR-14: a profile of the primary side holds what was counted times the ratio in force then; of the secondary what was
 * counted. */
static void test_sides(void **state)
{
    (void)state;
    for (int side = WH_SIDE_SECONDARY; side <= WH_SIDE_PRIMARY; side++) {
        struct rig rig;
        struct wh_config config = config_of("351C", WH_ENERGY_TYPE_A_PLUS, 15);
        config.profile_side = (uint8_t)side;
        open_winter(&rig, "351C", &config);
        assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
        uint64_t primary = 0;
        uint64_t secondary = 0;
        for (uint16_t ratio = 10; ratio <= 200; ratio = (uint16_t)(ratio * 2)) {
            assert_int_equal(wh_application_set_ratio(&rig.meter.application, &rig.meter.legal,
                                                      ratio, WH_ORIGIN_OPTICAL),
                             WH_OK);
            rig_load(&rig, 3 * KW_MW, 0, 900);
            secondary += 7500;
            primary += 7500u * ratio;
            assert_int_equal(newest_of(&rig).count_dwh[0],
                             side == WH_SIDE_PRIMARY ? primary : secondary);
        }
        struct wh_event event;
        assert_int_equal(rig_count_events(&rig, WH_EVENT_RATIO_CHANGED, &event), 5);
        assert_int_equal(event.value_a, 80);
        assert_int_equal(event.value_b, 160);
        rig_close(&rig);
    }
}

static void configure(struct rig *rig, const struct wh_config *config)
{
    struct wh_config_fault fault;
    assert_int_equal(wh_meter_configure(&rig->meter, config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
}

/* LOG-1: off and on again with the same interval keeps the log, with another deletes it, over a restart in between too. */
static void test_off_and_on(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    static struct wh_profile_record records[RECORDS_MAX];
    struct wh_config config = config_of("351C", WH_ENERGY_TYPE_FOUR_QUADRANTS, 15);
    open_winter(&rig, "351C", &config);
    rig_load(&rig, KW_MW, 0, 3600);
    const uint32_t kept = records_of(&rig, records);
    assert_true(kept >= 4);
    config.profile_min = 0;
    configure(&rig, &config);
    rig_load(&rig, KW_MW, 0, 3600);
    rig_outage(&rig, RIG_HARD, 10, true);
    config.profile_min = 15;
    configure(&rig, &config);
    assert_int_equal(records_of(&rig, records), kept);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_OFF, NULL), 1);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_ON, NULL), 1);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_DELETED, NULL), 0);
    config.profile_min = 0;
    configure(&rig, &config);
    rig_outage(&rig, RIG_HARD, 10, true);
    config.profile_min = 30;
    configure(&rig, &config);
    assert_int_equal(records_of(&rig, records), 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_DELETED, &event), 1);
    assert_int_equal(event.value_a, 5);
    rig_load(&rig, KW_MW, 0, 3600);
    assert_true((newest_of(&rig).status & WH_PROFILE_DISCONTINUITY) == 0);
    rig_close(&rig);
}

/* LOG-1, LOG-5: other registers in it, or a hand, delete the log and tell why; it stays deleted. */
static void test_changes_delete_the_log(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    static struct wh_profile_record records[RECORDS_MAX];
    struct wh_config config = config_of("351C", WH_ENERGY_TYPE_FOUR_QUADRANTS, 30);
    open_winter(&rig, "351C", &config);
    rig_load(&rig, KW_MW, 0, 3600);
    config.profile_side = WH_SIDE_PRIMARY;
    configure(&rig, &config);
    assert_int_equal(records_of(&rig, records), 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_DELETED, &event), 1);
    assert_int_equal(event.value_a, 2);
    rig_load(&rig, KW_MW, 0, 3600);
    assert_int_equal(records_of(&rig, records), 2);
    assert_true((records[0].status & WH_PROFILE_REGISTERS_CHANGED) != 0);
    assert_int_equal(wh_application_delete_profile(&rig.meter.application), WH_OK);
    assert_int_equal(records_of(&rig, records), 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_DELETED, &event), 2);
    assert_int_equal(event.value_a, 4);
    rig_outage(&rig, RIG_HARD, 10, true);
    assert_int_equal(records_of(&rig, records), 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_are_the_registers),
        cmocka_unit_test(test_outage_over_boundaries),
        cmocka_unit_test(test_outage_inside_an_interval),
        cmocka_unit_test(test_marks_of_a_clock_set),
        cmocka_unit_test(test_clock_set_over_boundaries),
        cmocka_unit_test(test_boundary_that_comes_again),
        cmocka_unit_test(test_marks_of_the_time),
        cmocka_unit_test(test_intervals_add_up),
        cmocka_unit_test(test_profile_of_power),
        cmocka_unit_test(test_power_after_a_time_off),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_depth_in_records),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_off_and_on),
        cmocka_unit_test(test_changes_delete_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
