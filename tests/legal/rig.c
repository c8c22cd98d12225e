/* The rig: what it feeds is exactly what it says. */
#include "tests/legal/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SIZE = 512 * 1024, PAGE = 512, UJ_PER_WS = 1000000 };

void legal_rig_restart(struct legal_rig *rig)
{
    assert_int_equal(wh_legal_start(&rig->legal, &rig->nvm, &rig->found), WH_OK);
}

void legal_rig_open(struct legal_rig *rig)
{
    static const struct wh_identity plate = {.serial_number = 42,
                                             .meter_number = 1,
                                             .pulses_per_kwh = 10000,
                                             .s0_pulses_per_kwh = 5000,
                                             .model = "351C"};
    eeprom_sim_open(&rig->eeprom, SIZE, PAGE, 0xFF);
    rig->nvm = eeprom_sim_nvm(&rig->eeprom);
    assert_int_equal(wh_legal_manufacture(&rig->nvm, &plate), WH_OK);
    legal_rig_restart(rig);
}

void legal_rig_close(struct legal_rig *rig)
{
    eeprom_sim_close(&rig->eeprom);
}

void legal_rig_feed(struct legal_rig *rig, int32_t active_w, int32_t reactive_var)
{
    struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                   .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    report.phase[0].active_uj = (int64_t)active_w * UJ_PER_WS;
    report.phase[0].reactive_uj = (int64_t)reactive_var * UJ_PER_WS;
    report.phase[0].active_mw = active_w * 1000;
    report.phase[0].reactive_mvar = reactive_var * 1000;
    report.phase[0].registering = true;
    wh_legal_take(&rig->legal, &report);
}
