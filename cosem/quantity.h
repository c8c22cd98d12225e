/* Quantities of the catalog as COSEM objects and as columns of profiles. Private to cosem/.
 */
#ifndef WH_COSEM_QUANTITY_H
#define WH_COSEM_QUANTITY_H

#include "cosem/objects.h"

/* Where its value is: attribute of which object. The time of a peak is attribute 5 of the peak's.
 */
struct wh_cosem_place {
    uint16_t class_id;
    const uint8_t *logical_name;
    int8_t attribute;
};
struct wh_cosem_place wh_cosem_place_of(enum wh_quantity_id id);

/* How values captured of a quantity (app/capture.h) are written: what wh_capture_reading says of
 * all of them, found once. */
struct wh_cosem_capture {
    uint8_t quantity; /* enum wh_quantity_id */
    int8_t exponent;
    bool counter;
    bool is_time;
};
struct wh_cosem_capture wh_cosem_capture_of(enum wh_quantity_id id);

/* A captured value as the attribute above has it; null-data where it was not known. */
void wh_cosem_put_captured(struct dlms_writer *out, const struct wh_clock *clock,
                           const struct wh_cosem_capture *capture, int64_t value);

#endif
