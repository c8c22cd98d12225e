/* Load profile (LOG-1 to LOG-3): the energy registers at every boundary of the profile interval, in normal time.
 *
 * A record holds registers, not differences: what an interval consumed is the difference of two records, so intervals add
 * up to the register exactly, whatever happened between them – outages, a clock that was set, other tariffs. Which
 * energies: those of the energy type (VAR-7). With powers (LOG-3) a record also has the means of the interval.
 */
#ifndef WH_APP_PROFILE_H
#define WH_APP_PROFILE_H

#include "app/config.h"
#include "app/logs.h"
#include "legal/interface.h"

enum { WH_PROFILE_ENERGIES_MAX = 4 };

/* Status of a record: what happened in the interval that it ends. The lower half are the meter family's data-quality
 * bits, the upper its logger-status bits (reference: vendor interface description). */
enum wh_profile_status {
    WH_PROFILE_CLOCK_SET_7_S = 1 << 0, /* by 7 to 15 s */
    WH_PROFILE_CLOCK_SET_15_S = 1 << 1,
    WH_PROFILE_CLOCK_SET_30_S = 1 << 2,
    WH_PROFILE_CLOCK_SET_60_S = 1 << 3, /* by more than 60 s */
    WH_PROFILE_CLOCK_FORWARD = 1 << 4,
    WH_PROFILE_CLOCK_BACKWARD = 1 << 5,
    WH_PROFILE_PARAMETER_ERROR = 1 << 6,
    WH_PROFILE_OVER_VOLTAGE = 1 << 7,
    WH_PROFILE_UNDER_VOLTAGE = 1 << 8,
    WH_PROFILE_NEUTRAL_ERROR = 1 << 9,
    WH_PROFILE_OUTAGE = 1 << 10,
    WH_PROFILE_TIME_INVALID = 1 << 16,
    WH_PROFILE_SUMMER = 1 << 17,
    WH_PROFILE_DISCONTINUITY = 1 << 22, /* the record before is not one interval older */
    WH_PROFILE_REGISTERS_CHANGED = 1 << 23,
    WH_PROFILE_INTERVAL_CHANGED = 1 << 24,
};

struct wh_profile_record {
    uint32_t sequence;
    uint32_t utc_s;  /* boundary that it ends */
    uint32_t status; /* set of enum wh_profile_status */
    uint8_t energy_count;
    uint8_t energy[WH_PROFILE_ENERGIES_MAX];       /* enum wh_energy */
    uint64_t count_dwh[WH_PROFILE_ENERGIES_MAX];   /* of the configured side */
    uint8_t power_count;                           /* 0 or energy_count */
    uint32_t power_milli[WH_PROFILE_ENERGIES_MAX]; /* mean of the interval */
};

/* Energies of a type, in the order of the record; *count receives how many. Static storage. */
const uint8_t *wh_profile_energies(enum wh_energy_type type, uint8_t *count);

/* Bytes of a record's payload by configuration. */
uint16_t wh_profile_payload_size(const struct wh_config *config);

/* Whole records that the log keeps at least, expressed in days at the configured interval. 0 if the profile is off. */
uint32_t wh_profile_depth_days(const struct wh_logs *logs, const struct wh_config *config);

/* Writes the record of a boundary. before: the powers are means since that record, given NULL they are 0 (no
 * interval before). They are divided by the interval and longer_s, by how much the clock was set back since: that makes
 * no power. Errors as wh_log_append. */
enum wh_err wh_profile_store(struct wh_log *log, const struct wh_legal *legal,
                             const struct wh_config *config, uint32_t utc_s, uint32_t status,
                             const struct wh_profile_record *before, uint32_t longer_s);

/* The newest record. WH_ERR_NOT_FOUND if there is none; others as wh_log_read. */
enum wh_err wh_profile_newest(const struct wh_log *log, const struct wh_config *config,
                              struct wh_profile_record *record);

/* The next record of a range begun by wh_log_range_begin. Errors as wh_log_range_next. */
enum wh_err wh_profile_next(struct wh_log_range *range, const struct wh_config *config,
                            struct wh_profile_record *record);

#endif
