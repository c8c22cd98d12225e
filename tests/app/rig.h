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
    struct wh_application_start found; /* at the last start */
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

/* The same of any model, with that configuration (NULL: its default), its clock chip at utc_s; 0: never set. */
void rig_open_as(struct rig *rig, const char *model, const struct wh_config *config,
                 uint32_t utc_s);
void rig_close(struct rig *rig);

/* A second passes with that load: 4096 samples, 50 Hz. A phase is registered from 2.3 VA. */
void rig_second(struct rig *rig, const struct rig_phase phases[WH_PHASES]);

/* Three phases of 230 V in the right sequence, with these powers each. */
void rig_balanced(struct rig_phase phases[WH_PHASES], int32_t active_mw, int32_t reactive_mvar);

/* The same load on for so many seconds, in reports that end at the latest with the minute. */
void rig_pass(struct rig *rig, const struct rig_phase phases[WH_PHASES], uint32_t seconds);

/* Three equal phases with that power in all for so many seconds, or until a moment. */
void rig_load(struct rig *rig, int32_t total_mw, int32_t total_mvar, uint32_t seconds);
void rig_load_until(struct rig *rig, int32_t total_mw, int32_t total_mvar, uint32_t utc_s);

enum rig_cut {
    RIG_ORDERLY, /* the meter is told, and stores what it has in RAM */
    RIG_HARD,
};

/* The supply goes, for so many seconds by the clock chip, which the chip survives or not; then the meter starts. */
void rig_outage(struct rig *rig, enum rig_cut cut, uint32_t seconds, bool rtc_survives);

/* Seconds since 2000 of a date and time of the meter's zone in normal time. */
uint32_t rig_utc(const struct rig *rig, uint16_t year, uint8_t month, uint8_t day, uint8_t hour,
                 uint8_t minute);

/* A quantity as wh_read gives it; it must be known. */
int64_t rig_read(const struct rig *rig, enum wh_quantity_id id);

/* Number of records that can be read in a log of events, those of that code; the newest of them. */
uint32_t rig_count_events(const struct rig *rig, enum wh_event_code code, struct wh_event *newest);

/* The register of an energy, set by hand. */
void rig_set_energy(struct rig *rig, enum wh_energy energy, uint64_t count_dwh);

#endif
