/* MEM-2: loss of supply at any instant loses no record whose append was acknowledged. Power is cut
 * at every byte of every program and at every stage of every erase, in every way the simulated part
 * knows, once and twice in a row, and at random over long lives with the clock set at random. After
 * each cut the newest record is the last one acknowledged or the one in flight, bit for bit; all
 * older ones that are promised are there, by sequence, by time and by entry; and the log goes on.
 */
#include "tests/store/eeprom_sim.h"
#include "tests/store/log_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct log_rig *open_rig(const struct wh_log_design *design)
{
    struct log_rig *rig = test_malloc(sizeof *rig);
    log_rig_open(rig, design);
    return rig;
}

static void close_rig(struct log_rig *rig)
{
    log_rig_close(rig);
    test_free(rig);
}

static unsigned slots(const struct log_rig *rig)
{
    return rig->design->sector_count * (unsigned)rig->log.slots_per_sector;
}

/* Cuts the appending of that many records at one position. False when the position is behind its
 * end. */
static bool cut_once(struct log_rig *rig, const struct log_rig *start, uint64_t position,
                     enum flash_tear tear, unsigned records)
{
    log_rig_copy(rig, start);
    flash_sim_cut(&rig->sim, position, tear, position);
    return log_rig_append_many(rig, records) != WH_OK;
}

static void check_goes_on(struct log_rig *rig, unsigned records)
{
    assert_int_equal(log_rig_append_many(rig, records), WH_OK);
    log_rig_check(rig);
    log_rig_restart(rig);
    log_rig_check(rig);
}

static unsigned cut_everywhere(const struct wh_log_design *design, enum flash_tear tear)
{
    struct log_rig *start = open_rig(design);
    struct log_rig *rig = open_rig(design);
    const unsigned records = 2 * slots(rig) + 3;
    unsigned cuts = 0;
    for (uint64_t p = 0; cut_once(rig, start, p, tear, records); p++) {
        log_rig_restart(rig);
        log_rig_check(rig);
        if (p % 5 == (unsigned)tear) {
            check_goes_on(rig, slots(rig));
        }
        cuts++;
    }
    close_rig(rig);
    close_rig(start);
    return cuts;
}

/* MEM-2: from the first record ever through more than two laps. */
static void every_byte_of_every_program_and_every_erase(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        unsigned cuts = 0;
        for (int tear = 0; tear < FLASH_TEAR_COUNT; tear++) {
            cuts += cut_everywhere(&log_rig_designs[d], (enum flash_tear)tear);
        }
        print_message("log %u: %u cuts\n", log_rig_designs[d].id, cuts);
        assert_in_range(cuts, 1000, UINT32_MAX);
    }
}

static unsigned cut_again_everywhere(struct log_rig *rig, const struct log_rig *first,
                                     enum flash_tear tear)
{
    unsigned cuts = 0;
    const unsigned step =
        1 + first->design->payload_size / 30u; /* less than every byte, to be done in time */
    for (uint64_t q = 0; cut_once(rig, first, q, tear, 2); q += step) {
        log_rig_restart(rig);
        log_rig_check(rig);
        log_rig_restart(rig);
        log_rig_check(rig);
        check_goes_on(rig, 2);
        cuts++;
    }
    return cuts;
}

static unsigned cut_twice_after(const struct wh_log_design *design, unsigned lead)
{
    unsigned cuts = 0;
    struct log_rig *start = open_rig(design);
    struct log_rig *first = open_rig(design);
    struct log_rig *second = open_rig(design);
    assert_int_equal(log_rig_append_many(start, slots(start) + lead), WH_OK);
    for (uint64_t p = 0; cut_once(first, start, p, FLASH_TEAR_BITS, 2); p += 7) {
        log_rig_restart(first);
        cuts += cut_again_everywhere(second, first, FLASH_TEAR_SUBSET);
    }
    for (uint64_t p = 0; cut_once(first, start, p, FLASH_TEAR_WEAK, 2); p += 3) {
        log_rig_restart(first);
        cuts += cut_again_everywhere(second, first, FLASH_TEAR_WEAK);
    }
    close_rig(second);
    close_rig(first);
    close_rig(start);
    return cuts;
}

/* MEM-2: a second cut while the log goes on from the first, in the middle of a sector, at its end
 * and into the next. */
static void two_cuts_in_a_row(void **state)
{
    (void)state;
    unsigned cuts = 0;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        for (unsigned lead = 0; lead < 4; lead++) {
            cuts += cut_twice_after(&log_rig_designs[d], lead);
        }
    }
    print_message("double cuts: %u\n", cuts);
}

/* Invariant 2 of docs/store.md by what is on the part: as soon as a byte of the tail is programmed
 * the payload is. */
static void the_tail_comes_after_the_payload(void **state)
{
    (void)state;
    struct log_rig *start = open_rig(&log_rig_designs[1]);
    struct log_rig *done = open_rig(&log_rig_designs[1]);
    struct log_rig *rig = open_rig(&log_rig_designs[1]);
    assert_int_equal(log_rig_append_many(start, 2), WH_OK);
    log_rig_copy(done, start);
    assert_int_equal(log_rig_append_many(done, 1), WH_OK);
    const uint32_t slot = 2 * LOG_RIG_SECTOR_SIZE + 2 * 40;
    unsigned cuts = 0;
    for (uint64_t p = 0; cut_once(rig, start, p, FLASH_TEAR_CLEAN, 1); p++) {
        const uint8_t *cells = rig->sim.cells + slot;
        if (memcmp(cells + 20, start->sim.cells + slot + 20, WH_LOG_OVERHEAD) != 0) {
            assert_memory_equal(cells, done->sim.cells + slot, 20);
        }
        cuts++;
    }
    assert_in_range(cuts, 20 + WH_LOG_OVERHEAD, 20 + WH_LOG_OVERHEAD + 4);
    close_rig(rig);
    close_rig(done);
    close_rig(start);
}

/* The clock runs, and now and then it is set back or forth. */
static uint32_t next_stamp(uint32_t time_s, uint64_t *seed)
{
    const uint64_t kind = eeprom_sim_random(seed) % 16;
    const uint32_t step_s = (uint32_t)(eeprom_sim_random(seed) % 500);
    if (kind == 0) {
        return time_s > step_s ? time_s - step_s : 0;
    }
    return kind == 1 ? time_s + 10 * step_s : time_s + (uint32_t)kind % 3;
}

static void check_random_ranges(const struct log_rig *rig, uint32_t time_s, uint64_t *seed)
{
    for (int i = 0; i < 3; i++) {
        const uint32_t span_s = (uint32_t)(eeprom_sim_random(seed) % 2000);
        const uint32_t back_s = (uint32_t)(eeprom_sim_random(seed) % 3000);
        const uint32_t from_s = time_s > back_s ? time_s - back_s : 0;
        log_rig_check_times(rig, from_s, from_s + span_s);
    }
}

/* Now and then the device fails without a cut: that record was voided, and the next one takes
 * another slot. */
static void append_until_cut(struct log_rig *rig, uint32_t *time_s, uint64_t *seed)
{
    while (!rig->sim.is_off) {
        if (eeprom_sim_random(seed) % 8 == 0) {
            flash_sim_fail_change(&rig->sim, eeprom_sim_random(seed) % 4);
        }
        if (log_rig_append(rig, *time_s) == WH_OK) {
            *time_s = next_stamp(*time_s, seed);
        } else if (!rig->sim.is_off) {
            rig->model.in_flight.number = 0;
        }
    }
}

/* One life of a log until its model is full: appends, cuts, ranges, clock jumps. */
static unsigned live(struct log_rig *rig, bool may_be_weak, uint64_t *seed)
{
    uint32_t time_s = 5000;
    unsigned cuts = 0;
    while (rig->model.count < LOG_RIG_RECORDS_MAX / 4) {
        const enum flash_tear tear =
            may_be_weak ? FLASH_TEAR_WEAK
                        : (enum flash_tear)(eeprom_sim_random(seed) % FLASH_TEAR_WEAK);
        flash_sim_cut(&rig->sim, eeprom_sim_random(seed) % 900, tear, *seed);
        append_until_cut(rig, &time_s, seed);
        log_rig_restart(rig);
        log_rig_check(rig);
        check_random_ranges(rig, time_s, seed);
        time_s = next_stamp(time_s, seed);
        cuts++;
    }
    return cuts;
}

/* MEM-2. */
static void random_cuts_and_clock_jumps_over_long_lives(void **state)
{
    (void)state;
    uint64_t seed = 20240601;
    for (unsigned life = 0; life < 4 * LOG_RIG_DESIGNS; life++) {
        struct log_rig *rig = open_rig(&log_rig_designs[life % LOG_RIG_DESIGNS]);
        const unsigned cuts = live(rig, life >= 2 * LOG_RIG_DESIGNS, &seed);
        print_message("log %u: %u cuts in %u records\n", rig->design->id, cuts, rig->model.count);
        close_rig(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_every_program_and_every_erase),
        cmocka_unit_test(two_cuts_in_a_row),
        cmocka_unit_test(the_tail_comes_after_the_payload),
        cmocka_unit_test(random_cuts_and_clock_jumps_over_long_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
