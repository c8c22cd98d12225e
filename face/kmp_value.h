/* Readings as KMP values, and registers by ID. Private to face/. */
#ifndef WH_FACE_KMP_VALUE_H
#define WH_FACE_KMP_VALUE_H

#include "face/kmp_face.h"

/* A reading of a row. WH_ERR_UNSUPPORTED: the row has no such form. */
enum wh_err wh_kmp_value_of(const struct wh_application *app, const struct wh_quantity *row,
                            const struct wh_reading *reading, struct kmp_value *value);

/* A moment past, in normal time; all zero for utc_s 0. */
struct kmp_rtc wh_kmp_stamp(const struct wh_clock *clock, uint32_t utc_s, bool is_valid);

/* The row of a register that this meter has; NULL if there is none. */
const struct wh_quantity *wh_kmp_row(const struct wh_application *app, uint16_t id,
                                     enum wh_quantity_id *quantity);

/* As struct kmp_meter has them; context is a struct wh_kmp_face. */
enum wh_err wh_kmp_read_register(void *context, uint16_t id, struct kmp_value *value);
enum wh_err wh_kmp_log_range(void *context, uint8_t log, struct kmp_log_range *range);
enum wh_err wh_kmp_log_find(void *context, uint8_t log, const struct kmp_rtc *time,
                            bool is_towards_past, uint32_t *record_id);
enum wh_err wh_kmp_log_record(void *context, uint8_t log, uint32_t record_id,
                              const uint16_t *registers, size_t count, struct kmp_value *values);
enum wh_err wh_kmp_log_mark_read(void *context, uint8_t log, uint32_t record_id);

#endif
