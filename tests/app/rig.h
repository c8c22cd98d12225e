/* A meter in memory, fed behind the internal bus with seconds of steady load. */
#ifndef TESTS_APP_RIG_H
#define TESTS_APP_RIG_H

#include "meter/meter.h"
#include "ports/linux/board_memory.h"

enum {
    RIG_SERIAL_NUMBER = 15085488,
    RIG_METER_NUMBER = 12345679,
};

struct rig {
    struct board_memory memory;
    struct wh_meter meter;
    struct wh_reading_source source;
};

/* One phase during a second. */
struct rig_phase {
    uint32_t u_mv;
    uint32_t i_ma;
    int32_t active_mw;
    int32_t reactive_mvar;
    uint32_t angle_deg; /* of the voltage; the phase is locked from 10 V */
};

/* A new 382M, powered up, nothing measured yet. */
void rig_open(struct rig *rig);
void rig_close(struct rig *rig);

/* A second passes with that load: 4096 samples, 50 Hz. A phase is registered from 2.3 VA. */
void rig_second(struct rig *rig, const struct rig_phase phases[WH_PHASES]);

/* Three phases of 230 V in the right sequence, with these powers each. */
void rig_balanced(struct rig_phase phases[WH_PHASES], int32_t active_mw, int32_t reactive_mvar);

/* The register of an energy, set by hand. */
void rig_set_energy(struct rig *rig, enum wh_energy energy, uint64_t count_dwh);

#endif
