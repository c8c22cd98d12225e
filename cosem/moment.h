/* Moments as COSEM date-times: an octet-string of 12 (or the type date-time), as the meter family
 * writes them: hundredths and deviation not specified, of the status only bit 0 (time invalid) and
 * bit 7 (daylight saving). Private to cosem/. */
#ifndef WH_COSEM_MOMENT_H
#define WH_COSEM_MOMENT_H

#include "app/clock.h"
#include "dlms/server.h"

/* The clock's own time, local. */
void wh_cosem_put_now(struct dlms_writer *out, const struct wh_clock *clock);
uint8_t wh_cosem_clock_status(const struct wh_clock *clock);

/* Something past, in normal time: bit 7 is never set. utc_s 0 is never: all unspecified. */
void wh_cosem_put_past(struct dlms_writer *out, const struct wh_clock *clock, uint32_t utc_s,
                       bool is_valid);

/* When European daylight saving begins or ends in every year: the last Sunday of March or October,
 * 01:00 UTC, by the clock on the wall until then. In a zone where that is another day: never. */
void wh_cosem_put_daylight(struct dlms_writer *out, const struct wh_clock *clock, bool is_begin);

/* The date-time in a value; false if it is of another type or length. */
bool wh_cosem_is_date_time(const struct dlms_value *value, struct dlms_date_time *time);

/* The moment to set the clock to. A deviation that is given counts, else bit 7 of the status tells
 * whether the time is one of daylight saving. WH_ERR_ARGUMENT if the date does not exist, a field
 * is not given, or it is beyond the clock. */
enum wh_err wh_cosem_moment_to_set(const struct wh_clock *clock, const struct dlms_date_time *time,
                                   uint32_t *utc_s);

/* An end of a range over stamps. Without a deviation it is normal time, whatever the status says,
 * since so are the stamps. Parts of the time that are not given are the first or the last there
 * is; a date not given at all is the first or last moment. Beyond the clock it is the clock's
 * first or last second. WH_ERR_ARGUMENT as above. */
enum wh_range_end { WH_RANGE_FROM, WH_RANGE_TO };
enum wh_err wh_cosem_moment_of_range(const struct wh_clock *clock,
                                     const struct dlms_date_time *time, enum wh_range_end end,
                                     uint32_t *utc_s);

#endif
