/* Readings as texts of IEC 62056-21. Private to face/. */
#ifndef WH_FACE_IEC_VALUE_H
#define WH_FACE_IEC_VALUE_H

#include "face/iec_face.h"
#include "face/record.h"
#include "face/text.h"

/* The value of a reading without its unit, as the display shows it. */
void wh_iec_put_value(struct wh_text *text, const struct wh_application *app,
                      const struct wh_quantity *row, const struct wh_reading *reading);

/* A stamp, normal time; 00000101000000 for never. */
void wh_iec_put_stamp(struct wh_text *text, const struct wh_clock *clock, uint32_t utc_s,
                      bool is_valid);

/* The quantity with that display code that this meter has; WH_QUANTITY_COUNT: none. */
enum wh_quantity_id wh_iec_quantity(const struct wh_application *app, const char *address);

/* Whether a quantity is a peak, and so has its time in a second pair of brackets. */
bool wh_iec_has_time(enum wh_quantity_id id);

/* As struct iec21_meter has them; context is a struct wh_iec_face. */
enum wh_err wh_iec_log_header(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, char *text, size_t size);
enum wh_err wh_iec_log_record(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, size_t index, char *text,
                              size_t size);

#endif
