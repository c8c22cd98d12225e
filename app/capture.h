/* Values in records: what debiting, load profile and logger store of a quantity.
 *
 * A value is a signed integer of 48 bits in the quantity's own resolution, that of wh_read (0.1 Wh for energies), so that
 * nothing is rounded when it is stored and sums of differences stay exact.
 */
#ifndef WH_APP_CAPTURE_H
#define WH_APP_CAPTURE_H

#include "app/reading.h"

enum { WH_CAPTURE_SIZE = 6 }; /* bytes, little endian */

/* Stored where a value was not known at the time. */
#define WH_CAPTURE_UNKNOWN (-(INT64_C(1) << 47))

/* The value of a quantity now; WH_CAPTURE_UNKNOWN if wh_read fails or gives a text. A time is captured as its UTC
 * seconds. */
int64_t wh_capture(const struct wh_reading_source *source, enum wh_quantity_id id);

void wh_capture_put(uint8_t stored[WH_CAPTURE_SIZE], int64_t value);
int64_t wh_capture_get(const uint8_t stored[WH_CAPTURE_SIZE]);

/* A captured value as a reading again, with the exponent that wh_read gives. WH_ERR_STATE if it was unknown. */
enum wh_err wh_capture_reading(enum wh_quantity_id id, int64_t value, struct wh_reading *reading);

#endif
