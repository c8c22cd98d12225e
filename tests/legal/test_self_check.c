/* The cyclic self-check (WELMEC 7.2 P5): every change of program and parameters is found, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "legal/persist.h"
#include "tests/legal/rig.h"

enum { PROGRAM_SIZE = 100001, STEPS_A_ROUND = 13 }; /* of 8 KiB */

static uint8_t program[PROGRAM_SIZE];

static void watch(struct legal_rig *rig)
{
    memset(program, 0x5a, sizeof program);
    legal_rig_open(rig);
    wh_legal_watch_program(&rig->legal, program, sizeof program);
}

static uint32_t check(struct legal_rig *rig, int rounds)
{
    for (int step = 0; step < rounds * STEPS_A_ROUND; step++) {
        wh_legal_check_self(&rig->legal);
    }
    return wh_legal_status(&rig->legal);
}

static void test_a_sound_meter_is_sound(void **state)
{
    (void)state;
    struct legal_rig rig;
    watch(&rig);
    assert_int_equal(check(&rig, 5), 0);
    legal_rig_close(&rig);
}

/* Any bit, the first and the last byte included, within a round after it changed, wherever the round stands. */
static void test_a_changed_program_is_found(void **state)
{
    (void)state;
    static const size_t places[] = {0, 1, 8191, 8192, 50000, PROGRAM_SIZE - 1};
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        for (int offset = 0; offset < STEPS_A_ROUND; offset++) {
            struct legal_rig rig;
            watch(&rig);
            assert_int_equal(check(&rig, 1), 0);
            for (int step = 0; step < offset; step++) {
                wh_legal_check_self(&rig.legal);
            }
            program[places[p]] ^= 0x10;
            assert_int_equal(check(&rig, 2), WH_STATUS_PROGRAM_CHANGED);
            legal_rig_close(&rig);
        }
    }
}

static void test_a_changed_parameter_is_found(void **state)
{
    (void)state;
    struct legal_rig rig;
    watch(&rig);
    rig.legal.calibration[2].delay_q15 ^= 4;
    wh_legal_check_self(&rig.legal);
    assert_int_equal(wh_legal_status(&rig.legal), WH_STATUS_PARAMETER_CHANGED);
    legal_rig_close(&rig);
    watch(&rig);
    rig.legal.tariffs.ratio ^= 8;
    wh_legal_check_self(&rig.legal);
    assert_int_equal(wh_legal_status(&rig.legal), WH_STATUS_PARAMETER_CHANGED);
    legal_rig_close(&rig);
    watch(&rig);
    rig.legal.tariffs.ratio_locked = true;
    wh_legal_check_self(&rig.legal);
    assert_int_equal(wh_legal_status(&rig.legal), WH_STATUS_PARAMETER_CHANGED);
    legal_rig_close(&rig);
    watch(&rig);
    rig.legal.identity.pulses_per_kwh = 1000;
    wh_legal_check_self(&rig.legal);
    assert_int_equal(wh_legal_status(&rig.legal), WH_STATUS_PARAMETER_CHANGED);
    legal_rig_close(&rig);
}

/* A calibration that was written by command is the right one. */
static void test_a_commanded_change_is_no_fault(void **state)
{
    (void)state;
    struct legal_rig rig;
    watch(&rig);
    struct wh_calibration calibration[WH_PHASES];
    memcpy(calibration, rig.legal.calibration, sizeof calibration);
    calibration[0].delay_q15 = 77;
    assert_int_equal(wh_legal_set_seal(&rig.legal, true, 1), WH_OK);
    assert_int_equal(wh_legal_calibrate(&rig.legal, calibration, 2), WH_OK);
    const struct wh_command_context context = {.origin = WH_ORIGIN_FACTORY};
    assert_int_equal(wh_legal_set_switch(&rig.legal, WH_SWITCH_TERMINAL_COVER, true), WH_OK);
    assert_int_equal(wh_legal_command(&rig.legal, WH_COMMAND_SET_RATIO, 5, &context), WH_OK);
    assert_int_equal(wh_legal_command(&rig.legal, WH_COMMAND_LOCK_RATIO, 1, &context), WH_OK);
    assert_int_equal(check(&rig, 1), 0);
    legal_rig_close(&rig);
}

/* WELMEC 7.2 D4: that another software runs than before is in the audit log, once. */
static void test_another_software_is_noted(void **state)
{
    (void)state;
    struct legal_rig rig;
    struct wh_audit_entry entry;
    legal_rig_open(&rig);
    assert_false(rig.found.software_changed);
    assert_int_equal(wh_persist_write_identity(&rig.legal.store, &rig.legal.identity, 0x00010000),
                     WH_OK);
    legal_rig_restart(&rig);
    assert_true(rig.found.software_changed);
    assert_int_equal(wh_legal_audit(&rig.legal, 0, &entry), WH_OK);
    assert_int_equal(entry.event, WH_AUDIT_SOFTWARE);
    assert_int_equal(entry.old_value, 0x00010000);
    legal_rig_restart(&rig);
    assert_false(rig.found.software_changed);
    assert_int_equal(wh_legal_audit_count(&rig.legal), 1);
    legal_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_meter_is_sound),
        cmocka_unit_test(test_a_changed_program_is_found),
        cmocka_unit_test(test_a_changed_parameter_is_found),
        cmocka_unit_test(test_a_commanded_change_is_no_fault),
        cmocka_unit_test(test_another_software_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
