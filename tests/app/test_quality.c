/* Voltage disturbances out of the half cycles of the reports (LOG-7, REG-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metrology/report.h"
#include "tests/app/rig.h"
#include "tests/common/random.h"

enum {
    NOMINAL_MV = 230000,
    WINDOW_HALF_CYCLES = 25, /* a quarter of a second */
    WINDOW_SAMPLES = WH_SAMPLE_RATE_HZ / 4,
    HALF_CYCLE_MS = 10,
    LENGTH = 40000, /* of the random mains: 400 s */
    DISTURBANCES_MAX = 400,
};

/* Voltage of every half cycle of three phases, in order. */
struct mains {
    uint32_t u_mv[WH_PHASES][LENGTH];
};

struct disturbance {
    enum wh_event_code code;
    uint8_t phase;
    uint32_t first, length; /* half cycles */
    uint32_t extreme_mv;
};

static const struct wh_voltage_limits limits = {207000, 253000, 50000, 4600};

/* A quarter of a second of half cycles as an element would report them; the state goes on in *state. */
static void report_phase(struct wh_element_report *report, const uint32_t *u_mv,
                         enum wh_voltage_state *state)
{
    const struct wh_voltage_bands bands = wh_voltage_bands_of(&limits);
    *report = (struct wh_element_report){.u_rms_mv = NOMINAL_MV,
                                         .frequency_uhz = 50000000,
                                         .locked = true,
                                         .u_min_mv = u_mv[0],
                                         .u_max_mv = u_mv[0]};
    for (int h = 0; h < WINDOW_HALF_CYCLES; h++) {
        *state = wh_voltage_judge(&bands, *state, u_mv[h]);
        report->half_cycles[*state]++;
        report->u_min_mv = u_mv[h] < report->u_min_mv ? u_mv[h] : report->u_min_mv;
        report->u_max_mv = u_mv[h] > report->u_max_mv ? u_mv[h] : report->u_max_mv;
    }
    report->voltage_state = *state;
}

/* Feeds half cycles first … first + length - 1, whole windows. */
static void feed(struct rig *rig, const struct mains *mains, uint32_t first, uint32_t length)
{
    enum wh_voltage_state state[WH_PHASES] = {WH_VOLTAGE_NORMAL};
    for (uint32_t at = first; at < first + length; at += WINDOW_HALF_CYCLES) {
        struct wh_bus_report report = {.sample_count = WINDOW_SAMPLES,
                                       .duration_q14 = WINDOW_SAMPLES << 14};
        for (int p = 0; p < WH_PHASES; p++) {
            report_phase(&report.phase[p], &mains->u_mv[p][at], &state[p]);
        }
        wh_meter_report(&rig->meter, &report);
    }
}

static struct mains *steady_mains(void)
{
    static struct mains mains;
    for (int p = 0; p < WH_PHASES; p++) {
        for (uint32_t h = 0; h < LENGTH; h++) {
            mains.u_mv[p][h] = NOMINAL_MV;
        }
    }
    return &mains;
}

static void disturb(struct mains *mains, const struct disturbance *d)
{
    for (uint32_t h = d->first; h < d->first + d->length; h++) {
        mains->u_mv[d->phase - 1][h] = d->extreme_mv;
    }
    if (d->length > 2) { /* less deep at its edges */
        const bool high = d->code == WH_EVENT_OVER_VOLTAGE;
        mains->u_mv[d->phase - 1][d->first] = high ? 254000 : 206000;
        mains->u_mv[d->phase - 1][d->first + d->length - 1] = high ? 254000 : 206000;
    }
}

static uint32_t events_of(const struct rig *rig, struct wh_event *events)
{
    struct wh_log_range range;
    uint32_t count = 0;
    assert_int_equal(wh_log_range_begin_entries(&rig->meter.application.logs.log[WH_LOG_QUALITY],
                                                UINT32_MAX, 0, &range),
                     WH_OK);
    while (wh_event_next(&range, &events[count]) == WH_OK) {
        count++;
        assert_true(count < DISTURBANCES_MAX);
    }
    return count;
}

static void open_rig(struct rig *rig)
{
    rig_open_as(rig, "351C", NULL, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 11, 20, 12, 0)), WH_OK);
}

/* Disturbances of one phase, one after the other with a pause between, up to the end of the mains. */
static uint32_t make(struct test_random *random, uint8_t phase, struct disturbance *d)
{
    static const struct {
        enum wh_event_code code;
        uint32_t from_mv, to_mv;
    } kinds[] = {{WH_EVENT_UNDER_VOLTAGE, 51000, 206000},
                 {WH_EVENT_OVER_VOLTAGE, 254000, 320000},
                 {WH_EVENT_PHASE_LOST, 0, 49000}};
    uint32_t count = 0;
    uint32_t at = 60;
    for (;;) {
        const uint32_t length = 1 + (uint32_t)(random_sized(random) % 600);
        if (at + length + 60 > LENGTH) {
            return count;
        }
        const size_t kind = (size_t)(random_u64(random) % 3);
        const uint32_t span_mv = kinds[kind].to_mv - kinds[kind].from_mv;
        d[count++] =
            (struct disturbance){kinds[kind].code, phase, at, length,
                                 kinds[kind].from_mv + (uint32_t)(random_u64(random) % span_mv)};
        at += length + 2 * WINDOW_HALF_CYCLES + (uint32_t)(random_u64(random) % 400);
    }
}

/* LOG-7: random disturbances of all kinds, lengths and depths in three phases, inside windows and across many, each come
 * back once: kind, phase, duration to the half cycle, extreme, and the time to the second. REG-3: they are counted. */
static void test_random_mains(void **state)
{
    (void)state;
    struct test_random random = {21};
    struct rig rig;
    struct mains *mains = steady_mains();
    static struct disturbance d[WH_PHASES][DISTURBANCES_MAX];
    static struct wh_event events[DISTURBANCES_MAX];
    uint32_t made[WH_PHASES];
    uint32_t taken[WH_PHASES] = {0};
    uint32_t kinds[3] = {0};
    for (int p = 0; p < WH_PHASES; p++) {
        made[p] = make(&random, (uint8_t)(p + 1), d[p]);
        for (uint32_t n = 0; n < made[p]; n++) {
            disturb(mains, &d[p][n]);
        }
    }
    open_rig(&rig);
    const uint32_t start_s = rig.meter.application.clock.utc_s;
    feed(&rig, mains, 0, LENGTH);
    const uint32_t count = events_of(&rig, events);
    uint32_t interruptions = 0;
    for (uint32_t n = 0; n < count; n++) {
        if (events[n].code == WH_EVENT_INTERRUPTION) {
            interruptions++;
            continue;
        }
        const uint8_t p = (uint8_t)(events[n].detail - 1);
        const struct disturbance *expected = &d[p][taken[p]++];
        assert_int_equal(events[n].code, expected->code);
        assert_int_equal(events[n].value_a, expected->length * HALF_CYCLE_MS);
        assert_int_equal(events[n].value_b, expected->extreme_mv);
        assert_in_range(events[n].utc_s, start_s + expected->first / 100,
                        start_s + expected->first / 100 + 1);
        kinds[events[n].code - WH_EVENT_UNDER_VOLTAGE]++;
    }
    for (int p = 0; p < WH_PHASES; p++) {
        assert_int_equal(taken[p], made[p]);
    }
    assert_true(count - interruptions > 60);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_UNDER_VOLTAGES), kinds[0]);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_OVER_VOLTAGES), kinds[1]);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_PHASE_LOSSES), kinds[2]);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_INTERRUPTIONS_SHORT), interruptions);
    assert_int_equal(rig.meter.application.running.event_b & WH_QUALITY_B_MASK, 0);
    rig_close(&rig);
}

/* LOG-7: over-voltage that becomes under-voltage within a window is two disturbances, and the other way round. */
static void test_over_becomes_under(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct rig rig;
        static struct wh_event events[DISTURBANCES_MAX];
        struct mains *mains = steady_mains();
        const struct disturbance high = {WH_EVENT_OVER_VOLTAGE, 2, first ? 140 : 90, 50, 270000};
        const struct disturbance low = {WH_EVENT_UNDER_VOLTAGE, 2, first ? 90 : 140, 50, 190000};
        disturb(mains, &high);
        disturb(mains, &low);
        open_rig(&rig);
        feed(&rig, mains, 0, 400);
        assert_int_equal(events_of(&rig, events), 2);
        assert_int_equal(events[first].code, WH_EVENT_OVER_VOLTAGE);
        assert_int_equal(events[first].value_a, 500);
        assert_int_equal(events[first].value_b, 270000);
        assert_int_equal(events[1 - first].code, WH_EVENT_UNDER_VOLTAGE);
        assert_int_equal(events[1 - first].value_a, 500);
        assert_int_equal(events[1 - first].value_b, 190000);
        rig_close(&rig);
    }
}

/* LOG-7, LOG-5: while it goes on it is in event status B, by phase and kind. */
static void test_status_while_it_lasts(void **state)
{
    (void)state;
    struct rig rig;
    struct mains *mains = steady_mains();
    const struct disturbance d[] = {{WH_EVENT_OVER_VOLTAGE, 1, 100, 100, 270000},
                                    {WH_EVENT_UNDER_VOLTAGE, 2, 100, 100, 190000},
                                    {WH_EVENT_PHASE_LOST, 3, 100, 100, 20000}};
    for (int n = 0; n < 3; n++) {
        disturb(mains, &d[n]);
    }
    open_rig(&rig);
    feed(&rig, mains, 0, 150);
    const uint32_t expected =
        WH_EVENT_B_OVER_L1 | WH_EVENT_B_UNDER_L1 << 2 | WH_EVENT_B_MISSING_L1 << 2;
    assert_int_equal(rig.meter.application.running.event_b, expected);
    assert_int_equal(
        wh_application_clear_events(&rig.meter.application, &rig.meter.legal, 0, UINT32_MAX),
        WH_OK);
    assert_int_equal(rig.meter.application.running.event_b, expected);
    assert_int_equal(rig.meter.application.running.interval_status &
                         (WH_PROFILE_OVER_VOLTAGE | WH_PROFILE_UNDER_VOLTAGE),
                     WH_PROFILE_OVER_VOLTAGE | WH_PROFILE_UNDER_VOLTAGE);
    rig_close(&rig);
}

/* LOG-7: all phases lost while the capacitors last are an interruption of that duration, beside the loss of each phase; in
 * one window and across some. One phase that has voltage makes it none. */
static void test_brief_interruption(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {3, 20, 100};
    for (size_t n = 0; n < 2 * 3; n++) {
        struct rig rig;
        struct wh_event event;
        struct mains *mains = steady_mains();
        const bool all = n % 2 == 0;
        for (int p = 1; p <= (all ? 3 : 2); p++) {
            for (uint32_t h = 0; h < lengths[n / 2]; h++) {
                mains->u_mv[p - 1][101 + h] = 10000;
            }
        }
        open_rig(&rig);
        feed(&rig, mains, 0, 400);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_PHASE_LOST, NULL), all ? 3 : 2);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_INTERRUPTION, &event), all);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_INTERRUPTIONS_SHORT), all);
        if (all) {
            assert_int_equal(event.value_a, lengths[n / 2] * HALF_CYCLE_MS);
        }
        rig_close(&rig);
    }
}

/* LOG-7: the loss of the supply is one interruption, short up to 3 minutes and long above, and not the loss of each phase;
 * a disturbance that was going on before ends with it. */
static void test_supply_loss(void **state)
{
    (void)state;
    static const uint32_t outages_s[] = {1, 180, 181, 100000};
    for (size_t n = 0; n < 4; n++) {
        struct rig rig;
        struct wh_event event;
        struct mains *mains = steady_mains();
        for (uint8_t p = 1; p <= 3; p++) {
            const struct disturbance lost = {WH_EVENT_PHASE_LOST, p, 100, 1000, 0};
            disturb(mains, &lost);
        }
        open_rig(&rig);
        feed(&rig, mains, 0, 200);
        rig_outage(&rig, RIG_ORDERLY, outages_s[n], true);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_PHASE_LOST, NULL), 0);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_INTERRUPTION, &event), 1);
        assert_int_equal(event.value_a, outages_s[n] * 1000);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_INTERRUPTIONS_SHORT), outages_s[n] <= 180);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_INTERRUPTIONS_LONG), outages_s[n] > 180);
        assert_int_equal(rig.meter.application.running.event_b & WH_QUALITY_B_MASK, 0);
        rig_close(&rig);
    }
    struct rig rig;
    struct wh_event event;
    struct mains *mains = steady_mains();
    const struct disturbance low = {WH_EVENT_UNDER_VOLTAGE, 2, 100, 1000, 180000};
    disturb(mains, &low);
    open_rig(&rig);
    feed(&rig, mains, 0, 200);
    rig_outage(&rig, RIG_ORDERLY, 60, true);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_UNDER_VOLTAGE, &event), 1);
    assert_int_equal(event.value_a, 1000);
    assert_int_equal(event.detail, 2);
    rig_close(&rig);
}

/* LOG-7: by steady reports of a second, as fleets give them; the limits are those of the configuration. */
static void test_steady_reports(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    enum wh_voltage_state before = WH_VOLTAGE_NORMAL;
    open_rig(&rig);
    for (int second = 0; second < 200; second++) {
        struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                       .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
        const uint32_t u_mv = second >= 50 && second < 120 ? 200000 : NOMINAL_MV;
        for (int p = 0; p < WH_PHASES; p++) {
            wh_report_steady_voltage(&report.phase[p], &limits, u_mv, 100, before);
        }
        before = report.phase[0].voltage_state;
        wh_meter_report(&rig.meter, &report);
    }
    assert_int_equal(rig_count_events(&rig, WH_EVENT_UNDER_VOLTAGE, &event), 3);
    assert_int_equal(event.value_a, 70000);
    assert_int_equal(event.value_b, 200000);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_mains),          cmocka_unit_test(test_over_becomes_under),
        cmocka_unit_test(test_status_while_it_lasts), cmocka_unit_test(test_brief_interruption),
        cmocka_unit_test(test_supply_loss),           cmocka_unit_test(test_steady_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
