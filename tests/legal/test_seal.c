/* The verification seal, sealed parameters and the audit log (REG-7, VAR-15). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "legal/legal.h"
#include "legal/persist.h"
#include "tests/store/eeprom_sim.h"

enum { SIZE = 512 * 1024, PAGE = 512 };

struct bench {
    struct eeprom_sim eeprom;
    struct wh_nvm nvm;
    struct wh_legal legal;
    struct wh_legal_start_report found;
};

static const struct wh_identity plate = {
    .serial_number = 42, .meter_number = 1, .pulses_per_kwh = 1000, .model = "382M"};

static void restart(struct bench *b)
{
    assert_int_equal(wh_legal_start(&b->legal, &b->nvm, &b->found), WH_OK);
}

static void open_bench(struct bench *b)
{
    eeprom_sim_open(&b->eeprom, SIZE, PAGE, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
    assert_int_equal(wh_legal_manufacture(&b->nvm, &plate), WH_OK);
    restart(b);
}

/* Three calibrations that differ in every field. */
static void fill(struct wh_calibration calibration[WH_PHASES], int32_t seed)
{
    for (int p = 0; p < WH_PHASES; p++) {
        calibration[p] = (struct wh_calibration){
            .u_gain_q30 = (1u << 30) + (uint32_t)(seed + p),
            .i_gain_q30 = (1u << 30) - (uint32_t)(2 * seed + p),
            .u_tempco_ppb_per_k = -seed - p,
            .i_tempco_ppb_per_k = 3 * seed + p,
            .i_curvature_ppb_per_k2 = -4 * seed - p,
            .delay_q15 = -seed * 5 - p,
            .active_offset_uw = -seed * 7 - p,
            .reactive_offset_uvar = seed * 11 + p,
            .i_noise_codes2 = (uint32_t)(seed * 13 + p),
            .point_count = WH_CALIBRATION_POINTS,
        };
        for (int k = 0; k < WH_CALIBRATION_POINTS; k++) {
            calibration[p].point[k] = (struct wh_calibration_point){(uint32_t)(seed + 100 * k + p),
                                                                    seed + k - p, -seed * k - p};
        }
    }
}

static bool same(const struct wh_calibration *a, const struct wh_calibration *b)
{
    return wh_persist_calibration_checksum(a) == wh_persist_calibration_checksum(b);
}

/* REG-7: with the seal closed nothing can be changed, and nothing is written. */
static void test_a_closed_seal_refuses(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration wanted[WH_PHASES];
    open_bench(&b);
    fill(wanted, 100);
    const struct wh_legal before = b.legal;
    const uint64_t writes = b.eeprom.write_count;
    assert_int_equal(wh_legal_calibrate(&b.legal, wanted, 1), WH_ERR_SEALED);
    assert_int_equal(b.eeprom.write_count, writes);
    assert_true(same(before.calibration, b.legal.calibration));
    assert_int_equal(wh_legal_audit_count(&b.legal), 0);
    eeprom_sim_close(&b.eeprom);
}

/* VAR-15: what is written with the seal open is kept, field by field, and the log tells of it. */
static void test_a_calibration_is_kept_and_logged(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration wanted[WH_PHASES];
    struct wh_audit_entry entry;
    open_bench(&b);
    fill(wanted, 100);
    const uint32_t old_value = wh_persist_calibration_checksum(b.legal.calibration);
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 111), WH_OK);
    assert_true(wh_legal_seal_is_open(&b.legal));
    assert_int_equal(wh_legal_calibrate(&b.legal, wanted, 222), WH_OK);
    assert_int_equal(wh_legal_set_seal(&b.legal, false, 333), WH_OK);
    restart(&b);
    assert_false(wh_legal_seal_is_open(&b.legal));
    for (int p = 0; p < WH_PHASES; p++) {
        assert_int_equal(b.legal.calibration[p].delay_q15, wanted[p].delay_q15);
        assert_int_equal(b.legal.calibration[p].active_offset_uw, wanted[p].active_offset_uw);
        assert_int_equal(b.legal.calibration[p].point[5].lead_urad, wanted[p].point[5].lead_urad);
    }
    assert_true(same(b.legal.calibration, wanted));
    assert_int_equal(wh_legal_audit_count(&b.legal), 3);
    assert_int_equal(wh_legal_audit(&b.legal, 1, &entry), WH_OK);
    assert_int_equal(entry.event, WH_AUDIT_CALIBRATED);
    assert_int_equal(entry.utc_s, 222);
    assert_int_equal(entry.old_value, old_value);
    assert_int_equal(entry.new_value, wh_persist_calibration_checksum(wanted));
    assert_int_equal(wh_legal_audit(&b.legal, 2, &entry), WH_OK);
    assert_int_equal(entry.event, WH_AUDIT_SEAL_OPENED);
    assert_int_equal(wh_legal_audit(&b.legal, 3, &entry), WH_ERR_NOT_FOUND);
    eeprom_sim_close(&b.eeprom);
}

static void test_a_bad_value_changes_nothing(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration wanted[WH_PHASES];
    open_bench(&b);
    fill(wanted, 100);
    wanted[2].u_gain_q30 = 0;
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 1), WH_OK);
    const struct wh_legal before = b.legal;
    assert_int_equal(wh_legal_calibrate(&b.legal, wanted, 1), WH_ERR_ARGUMENT);
    assert_true(same(before.calibration, b.legal.calibration));
    assert_int_equal(wh_legal_audit_count(&b.legal), 1);
    eeprom_sim_close(&b.eeprom);
}

/* A full audit log refuses the change that it could not record. */
static void test_a_full_log_refuses(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration wanted[WH_PHASES];
    open_bench(&b);
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 1), WH_OK);
    enum wh_err err = WH_OK;
    int32_t done = 0;
    while (err == WH_OK) {
        fill(wanted, ++done);
        err = wh_legal_calibrate(&b.legal, wanted, (uint32_t)done);
    }
    assert_int_equal(err, WH_ERR_SPACE);
    assert_int_equal(wh_legal_audit_count(&b.legal), WH_PERSIST_AUDIT_SLOTS - 1);
    fill(wanted, done - 1);
    assert_true(same(b.legal.calibration, wanted));
    restart(&b);
    assert_true(same(b.legal.calibration, wanted));
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 1), WH_ERR_SPACE);
    assert_false(wh_legal_seal_is_open(&b.legal));
    struct wh_audit_entry oldest;
    assert_int_equal(wh_legal_audit(&b.legal, WH_PERSIST_AUDIT_SLOTS - 2, &oldest), WH_OK);
    assert_int_equal(oldest.event, WH_AUDIT_SEAL_OPENED);
    eeprom_sim_close(&b.eeprom);
}

/* Where the newest record of a kind is: the first byte that writing it changed. */
static uint32_t first_difference(const struct eeprom_sim *a, const struct eeprom_sim *b,
                                 uint32_t from)
{
    while (a->cells[from] == b->cells[from]) {
        from++;
    }
    return from;
}

/* A calibration that is damaged, or wiped out, is not replaced by an older one or by none: the meter stops. */
static void test_a_lost_calibration_stops_the_meter(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration wanted[WH_PHASES];
    open_bench(&b);
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 1), WH_OK);
    fill(wanted, 50);
    assert_int_equal(wh_legal_calibrate(&b.legal, wanted, 1), WH_OK);
    struct eeprom_sim before;
    eeprom_sim_open(&before, SIZE, PAGE, 0xFF);
    eeprom_sim_copy(&before, &b.eeprom);
    fill(wanted, 60);
    assert_int_equal(wh_legal_calibrate(&b.legal, wanted, 2), WH_OK);
    const uint32_t newest = first_difference(&before, &b.eeprom, 0);
    eeprom_sim_flip(&b.eeprom, newest * 8);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_ERR_CORRUPT);
    assert_true(b.found.parameters_lost);
    const uint32_t slot_size = 352;
    memset(b.eeprom.cells + newest - slot_size, 0xFF, 2 * slot_size);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_ERR_CORRUPT);
    eeprom_sim_close(&before);
    eeprom_sim_close(&b.eeprom);
}

/* MEM-2: power fails at any byte of a calibration: afterwards the old one or the new one holds, and a new one
 * never without its entry in the log. */
static void test_power_cut_at_every_byte(void **state)
{
    (void)state;
    struct bench b;
    struct wh_calibration old[WH_PHASES];
    struct wh_calibration wanted[WH_PHASES];
    open_bench(&b);
    fill(old, 50);
    fill(wanted, 60);
    assert_int_equal(wh_legal_set_seal(&b.legal, true, 1), WH_OK);
    assert_int_equal(wh_legal_calibrate(&b.legal, old, 1), WH_OK);
    struct eeprom_sim image;
    eeprom_sim_open(&image, SIZE, PAGE, 0xFF);
    eeprom_sim_copy(&image, &b.eeprom);
    const struct wh_legal legal = b.legal;
    unsigned renewed = 0;
    for (uint64_t position = 0; renewed < 3; position++) {
        b.legal = legal;
        eeprom_sim_copy(&b.eeprom, &image);
        eeprom_sim_cut(&b.eeprom, position, (enum eeprom_tear)(position % EEPROM_TEAR_COUNT), 5);
        const enum wh_err err = wh_legal_calibrate(&b.legal, wanted, 2);
        eeprom_sim_power_on(&b.eeprom);
        restart(&b);
        const bool is_new = same(b.legal.calibration, wanted);
        assert_true(is_new || same(b.legal.calibration, old));
        assert_true(err != WH_OK || is_new);
        assert_true(!is_new || wh_legal_audit_count(&b.legal) == 3);
        renewed += err == WH_OK;
    }
    eeprom_sim_close(&image);
    eeprom_sim_close(&b.eeprom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_closed_seal_refuses),
        cmocka_unit_test(test_a_calibration_is_kept_and_logged),
        cmocka_unit_test(test_a_bad_value_changes_nothing),
        cmocka_unit_test(test_a_full_log_refuses),
        cmocka_unit_test(test_a_lost_calibration_stops_the_meter),
        cmocka_unit_test(test_power_cut_at_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
