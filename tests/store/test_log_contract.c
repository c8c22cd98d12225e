/* What log.h promises apart from power cuts: arguments, states, sizes, reading by sequence, time and entry, epochs,
 * device failures and damage. */
#include "tests/store/eeprom_sim.h"
#include "tests/store/log_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void records_come_back_bit_for_bit(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        struct log_rig *rig = test_malloc(sizeof *rig);
        log_rig_open(rig, &log_rig_designs[d]);
        log_rig_check(rig);
        for (unsigned i = 0; i < 120; i++) {
            assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
            log_rig_check(rig);
            if (i % 11 == 5) {
                log_rig_restart(rig);
                log_rig_check(rig);
            }
        }
        log_rig_close(rig);
        test_free(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_bit_for_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
