/* The running state: what the application must not forget when the supply goes, beside its logs. One record, written
 * when a period ends or something in it changes for good.
 */
#ifndef WH_APP_RUNNING_H
#define WH_APP_RUNNING_H

#include "app/alarm.h"
#include "app/demand.h"
#include "app/logs.h"
#include "app/quality.h"
#include "common/err.h"

struct wh_running {
    struct wh_demand demand;
    uint32_t utc_s;           /* last second worked off when it was written: the meter lived then */
    uint32_t debiting_count;  /* number of debiting periods (REG-3) */
    uint32_t debiting_stop_s; /* UTC of the last stop; 0: none */
    uint32_t debiting_2_s;    /* UTC of the newest record of the second register */
    uint32_t profile_s;       /* boundary of the newest record; 0: none */
    uint32_t profile_longer_s; /* by how much the clock was set back since that record */
    uint32_t logger_s;
    uint32_t event_a, event_b;    /* event status (app/events.h) */
    uint32_t configuration_count; /* changes of the configuration */
    uint16_t quality_count[WH_QUALITY_COUNTS];
    uint32_t interval_status; /* enum wh_profile_status gathered for the running profile interval */
    uint32_t logger_status;
    uint32_t days_s;       /* UTC up to which dates were worked off, by a valid clock; 0: never */
    uint16_t debiting_day; /* of the last stop by date, as wh_calendar_day; 0: none */
    uint8_t input_levels;  /* bit by enum wh_input */
    uint8_t remote_tariff; /* as commanded last, 1 … 4 */
    uint8_t tamper;        /* kept until released (LOG-6): bit by enum wh_tamper */
    bool clock_valid;      /* as of utc_s */
    bool supply_lost;      /* its loss is in the log: the last thing done */
    struct wh_alarms alarms;
};

/* With room to grow: a record of another size would be another log. */
enum { WH_RUNNING_STORED_SIZE = 448 };

void wh_running_encode(const struct wh_running *running, uint8_t stored[WH_RUNNING_STORED_SIZE]);
void wh_running_decode(struct wh_running *running, const uint8_t stored[WH_RUNNING_STORED_SIZE]);

#endif
