/* A legal part on a simulated EEPROM, for tests. */
#ifndef WH_TESTS_LEGAL_RIG_H
#define WH_TESTS_LEGAL_RIG_H

#include "legal/legal.h"
#include "tests/store/eeprom_sim.h"

struct legal_rig {
    struct eeprom_sim eeprom;
    struct wh_nvm nvm;
    struct wh_legal legal;
    struct wh_legal_start_report found;
};

/* A new transformer meter of 10 000 imp/kWh, S0 5000, started. */
void legal_rig_open(struct legal_rig *rig);
void legal_rig_close(struct legal_rig *rig);

/* Power-up from the memory; asserts that it works. */
void legal_rig_restart(struct legal_rig *rig);

/* One report of a second with that power on L1, watts and vars. Time for the pulses passes only by wh_legal_run_pulses. */
void legal_rig_feed(struct legal_rig *rig, int32_t active_w, int32_t reactive_var);

#endif
