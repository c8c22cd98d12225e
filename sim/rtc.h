/* The meter's real-time clock with its backup supply: what knows the time when the meter does not
 * run (CLK-2).
 *
 * It counts ticks of the meter's crystal (sim/crystal.h). With mains it runs from that and charges
 * its supercap; without mains it lives on the supercap, for 7 days when that was full, or on a
 * battery, for more than 10 years in all. When the backup is used up the clock stands, and what it
 * showed is lost: it starts anew, not valid, when mains is back.
 *
 * Model of the supercap: a constant current empties it, so charge is counted in time of backup; it
 * is charged through a resistor, each second by a 7200th of what is missing: half full after 83
 * minutes, 95 % after 6 hours, full within a day and a half.
 */
#ifndef WH_SIM_RTC_H
#define WH_SIM_RTC_H

#include <stdbool.h>
#include <stdint.h>

enum sim_rtc_backup {
    SIM_RTC_NONE,     /* the time is lost with the mains */
    SIM_RTC_SUPERCAP, /* 7 days, charged from mains */
    SIM_RTC_BATTERY,  /* 12 years without mains in all; never charged */
};

enum { SIM_RTC_TICKS_PER_S = 4096 };

/* What is left of the backup when full or new, in ms of running without mains. */
#define SIM_RTC_SUPERCAP_MS UINT64_C(604800000)
#define SIM_RTC_BATTERY_MS  (UINT64_C(12) * 31557600000)

struct sim_rtc {
    enum sim_rtc_backup backup;
    uint64_t charge_ms; /* of running without mains that are left */
    uint32_t utc_s;     /* as it was set: since 2000-01-01 00:00:00 UTC */
    uint16_t ticks;     /* past utc_s, 0 … 4095 */
    uint16_t part;      /* ticks since charge was last reckoned, 0 … 4095 */
    bool valid;         /* set, and supplied ever since */
};

struct sim_rtc_time {
    bool valid; /* false: the others say how long it has been running, not what time it is */
    uint32_t utc_s;
    uint16_t ticks;
};

/* A new clock: not valid; a supercap is empty, a battery new. */
void sim_rtc_init(struct sim_rtc *rtc, enum sim_rtc_backup backup);

/* Lets ticks pass, with mains or without. In whatever portions: the result is the same. */
void sim_rtc_run(struct sim_rtc *rtc, uint64_t ticks, bool supply);

struct sim_rtc_time sim_rtc_read(const struct sim_rtc *rtc);

/* Sets it: valid from now on. ticks 0 … 4095; more counts as 4095. */
void sim_rtc_set(struct sim_rtc *rtc, uint32_t utc_s, uint16_t ticks);

#endif
