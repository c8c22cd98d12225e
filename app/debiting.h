/* Debiting periods (REG-4 to REG-6): at a debiting stop all billing values are stored, 36 periods deep; a second
 * register takes the energies daily, weekly or monthly.
 *
 * Stops by date are at 00:00 in normal time of the auto-reading day.
 */
#ifndef WH_APP_DEBITING_H
#define WH_APP_DEBITING_H

#include "app/capture.h"
#include "app/config.h"
#include "app/logs.h"

enum { WH_DEBITING_DEPTH = 36, WH_DEBITING_2_DEPTH = 175 };

/* Why a period ended. */
enum wh_debiting_cause {
    WH_DEBITING_BY_DATE,
    WH_DEBITING_BY_BUTTON,  /* local */
    WH_DEBITING_BY_COMMAND, /* remote */
};

/* Intervals by code (VAR-11 HH and the general table): whether a period ends on the debiting day of that month, 1 … 12. Code 00
 * never. */
bool wh_debiting_is_month(uint8_t interval_code, uint8_t month);

/* The quantities of a record, in the order of its values; *count receives how many. Static storage. The lists never change
 * within a record version: a later one only appends. */
const uint8_t *wh_debiting_quantities(size_t *count);
const uint8_t *wh_debiting_2_quantities(size_t *count);

/* One stored period. */
struct wh_debiting_record {
    uint32_t sequence;
    uint32_t utc_s;  /* of the stop */
    uint32_t number; /* of the period, counted from 1 */
    enum wh_debiting_cause cause;
    bool clock_valid, summer;
    int64_t value[80]; /* in the order of the quantities; see app/capture.h */
};

enum {
    WH_DEBITING_HEAD_SIZE = 8,
    WH_DEBITING_VALUES_MAX = 80,
    WH_DEBITING_2_VALUES_MAX = 24,
    WH_DEBITING_PAYLOAD_MAX = WH_DEBITING_HEAD_SIZE + WH_DEBITING_VALUES_MAX * WH_CAPTURE_SIZE,
    WH_DEBITING_2_PAYLOAD_MAX = WH_DEBITING_HEAD_SIZE + WH_DEBITING_2_VALUES_MAX * WH_CAPTURE_SIZE,
};

/* Writes a record of all values as they are now. Errors as wh_log_append. */
enum wh_err wh_debiting_store(struct wh_log *log, const struct wh_reading_source *source,
                              uint32_t utc_s, uint32_t number, enum wh_debiting_cause cause,
                              bool summer);
enum wh_err wh_debiting_2_store(struct wh_log *log, const struct wh_reading_source *source,
                                uint32_t utc_s, bool summer);

/* The next record of a range begun by wh_log_range_begin. Errors as wh_log_range_next. */
enum wh_err wh_debiting_next(struct wh_log_range *range, struct wh_debiting_record *record);
enum wh_err wh_debiting_2_next(struct wh_log_range *range, struct wh_debiting_record *record);

#endif
