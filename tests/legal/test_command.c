/* The protective interface: each row of its table, and what is no row (REG-7; WELMEC 7.2 P3, P4, S3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "legal/persist.h"
#include "tests/legal/rig.h"

static const struct wh_command_context by_module = {.origin = WH_ORIGIN_MODULE, .utc_s = 777};

static enum wh_err command(struct legal_rig *rig, int number, uint32_t argument)
{
    return wh_legal_command(&rig->legal, (enum wh_command)number, argument, &by_module);
}

static void open_what_protects(struct legal_rig *rig, enum wh_protection protection)
{
    static const enum wh_switch switches[] = {
        [WH_PROTECTED_BY_UTILITY_SEAL] = WH_SWITCH_UTILITY_SEAL,
        [WH_PROTECTED_BY_TERMINAL_COVER] = WH_SWITCH_TERMINAL_COVER,
        [WH_PROTECTED_BY_VERIFICATION_SEAL] = WH_SWITCH_VERIFICATION_SEAL,
    };
    if (protection != WH_PROTECTED_BY_NOTHING) {
        assert_int_equal(wh_legal_set_switch(&rig->legal, switches[protection], true), WH_OK);
    }
}

/* Refused commands leave memory and legal part as they were. */
static void expect_refused(struct legal_rig *rig, int number, uint32_t argument,
                           enum wh_err expected)
{
    const uint64_t writes = rig->eeprom.write_count;
    const struct wh_legal before = rig->legal;
    assert_int_equal(command(rig, number, argument), expected);
    assert_int_equal(rig->eeprom.write_count, writes);
    assert_memory_equal(&rig->legal, &before, sizeof before);
}

/* REG-7, VAR-15: a row is obeyed from its least to its greatest argument, with what protects it open and not before. */
static void test_every_row(void **state)
{
    (void)state;
    for (int c = 0; c < WH_COMMAND_COUNT; c++) {
        struct legal_rig rig;
        const struct wh_command_row *row = wh_legal_command_row((enum wh_command)c);
        legal_rig_open(&rig);
        if (row->protection != WH_PROTECTED_BY_NOTHING) {
            expect_refused(&rig, c, row->greatest, WH_ERR_SEALED);
        }
        open_what_protects(&rig, row->protection);
        if (row->least > 0) {
            expect_refused(&rig, c, row->least - 1, WH_ERR_ARGUMENT);
        }
        if (row->greatest < UINT32_MAX) {
            expect_refused(&rig, c, row->greatest + 1, WH_ERR_ARGUMENT);
            expect_refused(&rig, c, UINT32_MAX, WH_ERR_ARGUMENT);
        }
        assert_int_equal(command(&rig, c, row->greatest), WH_OK);
        legal_rig_close(&rig);
    }
}

/* What is no row is refused: there are no hidden commands. */
static void test_nothing_else(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    for (int s = 0; s < WH_SWITCH_COUNT; s++) {
        assert_int_equal(wh_legal_set_switch(&rig.legal, (enum wh_switch)s, true), WH_OK);
    }
    for (int c = WH_COMMAND_COUNT; c < 300; c++) {
        expect_refused(&rig, c, 1, WH_ERR_UNSUPPORTED);
        assert_null(wh_legal_command_row((enum wh_command)c));
    }
    legal_rig_close(&rig);
}

/* One protection does not stand for another. */
static void test_each_protection_is_its_own(void **state)
{
    (void)state;
    for (int c = 0; c < WH_COMMAND_COUNT; c++) {
        const struct wh_command_row *row = wh_legal_command_row((enum wh_command)c);
        for (int p = WH_PROTECTED_BY_UTILITY_SEAL; p < WH_PROTECTION_COUNT; p++) {
            struct legal_rig rig;
            legal_rig_open(&rig);
            open_what_protects(&rig, (enum wh_protection)p);
            const bool allowed =
                row->protection == WH_PROTECTED_BY_NOTHING || (int)row->protection == p;
            assert_int_equal(command(&rig, c, row->greatest), allowed ? WH_OK : WH_ERR_SEALED);
            legal_rig_close(&rig);
        }
    }
}

/* WELMEC 7.2 P7: who, when, what, before and after. */
static void test_changes_are_in_the_audit_log(void **state)
{
    (void)state;
    struct legal_rig rig;
    struct wh_audit_entry entry;
    legal_rig_open(&rig);
    open_what_protects(&rig, WH_PROTECTED_BY_TERMINAL_COVER);
    assert_int_equal(command(&rig, WH_COMMAND_SET_RATIO, 40), WH_OK);
    assert_int_equal(command(&rig, WH_COMMAND_SET_RATIO, 60), WH_OK);
    legal_rig_restart(&rig);
    assert_int_equal(wh_legal_audit_count(&rig.legal), 2);
    assert_int_equal(wh_legal_audit(&rig.legal, 0, &entry), WH_OK);
    assert_int_equal(entry.event, WH_AUDIT_RATIO);
    assert_int_equal(entry.utc_s, 777);
    assert_int_equal(entry.origin, WH_ORIGIN_MODULE);
    assert_int_equal(entry.old_value, 40);
    assert_int_equal(entry.new_value, 60);
    legal_rig_close(&rig);
}

/* A full audit log refuses the change that it could not record. */
static void test_a_full_audit_log_refuses(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    open_what_protects(&rig, WH_PROTECTED_BY_TERMINAL_COVER);
    for (uint32_t n = 0; n < WH_PERSIST_AUDIT_SLOTS - 1; n++) {
        assert_int_equal(command(&rig, WH_COMMAND_SET_RATIO, 1 + n), WH_OK);
    }
    expect_refused(&rig, WH_COMMAND_SET_RATIO, 600, WH_ERR_SPACE);
    assert_int_equal(wh_legal_ratio(&rig.legal), WH_PERSIST_AUDIT_SLOTS - 1);
    assert_int_equal(command(&rig, WH_COMMAND_SELECT_TARIFF, 4), WH_OK); /* needs no entry */
    legal_rig_close(&rig);
}

/* VAR-13, VAR-14: a locked ratio stays, also with the cover off. */
static void test_a_locked_ratio(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    open_what_protects(&rig, WH_PROTECTED_BY_TERMINAL_COVER);
    open_what_protects(&rig, WH_PROTECTED_BY_VERIFICATION_SEAL);
    assert_int_equal(command(&rig, WH_COMMAND_SET_RATIO, 40), WH_OK);
    assert_int_equal(command(&rig, WH_COMMAND_LOCK_RATIO, 1), WH_OK);
    expect_refused(&rig, WH_COMMAND_SET_RATIO, 50, WH_ERR_SEALED);
    legal_rig_restart(&rig);
    assert_true(wh_legal_ratio_is_locked(&rig.legal));
    open_what_protects(&rig, WH_PROTECTED_BY_TERMINAL_COVER);
    expect_refused(&rig, WH_COMMAND_SET_RATIO, 50, WH_ERR_SEALED);
    legal_rig_close(&rig);
}

static void test_the_meter_number_is_kept(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    open_what_protects(&rig, WH_PROTECTED_BY_UTILITY_SEAL);
    assert_int_equal(command(&rig, WH_COMMAND_SET_METER_NUMBER, 87654321), WH_OK);
    legal_rig_restart(&rig);
    assert_int_equal(wh_legal_identity(&rig.legal).meter_number, 87654321);
    assert_int_equal(wh_legal_identity(&rig.legal).serial_number, 42);
    legal_rig_close(&rig);
}

struct edges {
    unsigned led, s0;
    bool lit, closed;
};

/* A second of the outputs, in steps that see every edge. */
static void count_edges(struct legal_rig *rig, struct edges *edges)
{
    for (int sample = 0; sample < WH_SAMPLE_RATE_HZ; sample += 16) {
        wh_legal_run_pulses(&rig->legal, 16);
        edges->led += wh_legal_led(&rig->legal) && !edges->lit;
        edges->s0 += wh_legal_s0(&rig->legal) && !edges->closed;
        edges->lit = wh_legal_led(&rig->legal);
        edges->closed = wh_legal_s0(&rig->legal);
    }
}

/* MET-9: in verification mode LED and S0 follow the energy selected; PLS-1: each with its own constant, 10 000 imp/kWh and
 * 5000 imp/kWh of a 351C. */
static void test_led_and_s0_follow_the_energy(void **state)
{
    (void)state;
    static const struct {
        uint32_t led;
        int32_t active_w, reactive_var;
    } cases[] = {{0, 3600, -100}, {1, -3600, 100}, {2, 100, 3600}, {3, 100, -3600}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct legal_rig rig;
        struct edges edges = {0};
        legal_rig_open(&rig);
        assert_int_equal(command(&rig, WH_COMMAND_SELECT_LED, cases[c].led), WH_OK);
        for (int second = 0; second < 4; second++) {
            legal_rig_feed(&rig, cases[c].active_w, cases[c].reactive_var);
            count_edges(&rig, &edges);
        }
        count_edges(&rig, &edges); /* the outputs are a window behind */
        assert_int_equal(wh_legal_pulse_count(&rig.legal), 40); /* 4 Wh at 10 000 imp/kWh */
        assert_int_equal(edges.led, 40);
        assert_int_equal(edges.s0, 20);
        legal_rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_nothing_else),
        cmocka_unit_test(test_each_protection_is_its_own),
        cmocka_unit_test(test_changes_are_in_the_audit_log),
        cmocka_unit_test(test_a_full_audit_log_refuses),
        cmocka_unit_test(test_a_locked_ratio),
        cmocka_unit_test(test_the_meter_number_is_kept),
        cmocka_unit_test(test_led_and_s0_follow_the_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
