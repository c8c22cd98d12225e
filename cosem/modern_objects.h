/* Objects that only the modern profile has, as rows. Private to cosem/.
 */
#ifndef WH_COSEM_MODERN_OBJECTS_H
#define WH_COSEM_MODERN_OBJECTS_H

#include "cosem/modern.h"
#include "cosem/objects.h"

typedef enum dlms_result wh_modern_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out);
typedef enum dlms_result wh_modern_write(struct wh_cosem_face *face,
                                         const struct wh_cosem_write *write);
typedef enum dlms_result wh_modern_invoke(struct wh_cosem_face *face,
                                          const struct wh_cosem_invoke *invoke);

struct wh_modern_row {
    uint8_t name[6];
    uint16_t class_id;
    uint8_t attribute_count;
    uint8_t method_count;
    uint32_t readable;
    uint32_t writable;  /* by management */
    uint32_t invocable; /* by management */
    uint8_t index;      /* among rows of the same functions */
    bool is_public;
    bool needs_breaker; /* not there in a meter without */
    bool needs_image;   /* the same of a board that takes no software images */
    wh_modern_read *read;
    wh_modern_write *write;   /* NULL: nothing is writable */
    wh_modern_invoke *invoke; /* NULL: nothing is invocable */
};

/* Readable attributes 2 to last. */
#define WH_MODERN_UP_TO(last) ((UINT32_C(2) << (last)) - 4u)

/* modern_breaker.c */
wh_modern_read wh_modern_disconnect_read, wh_modern_limiter_read, wh_modern_breaker_scripts_read,
    wh_modern_tariff_scripts_read;
wh_modern_write wh_modern_limiter_write;
wh_modern_invoke wh_modern_disconnect_invoke, wh_modern_breaker_scripts_invoke,
    wh_modern_tariff_scripts_invoke;

/* modern_image.c */
wh_modern_read wh_modern_image_read, wh_modern_image_scripts_read, wh_modern_image_schedule_read,
    wh_modern_software_read;
wh_modern_write wh_modern_image_schedule_write;
wh_modern_invoke wh_modern_image_invoke, wh_modern_image_scripts_invoke;

/* modern_alarm.c */
wh_modern_read wh_modern_alarms_read, wh_modern_monitor_read, wh_modern_push_scripts_read;
wh_modern_write wh_modern_alarms_write;
wh_modern_invoke wh_modern_push_scripts_invoke;

/* modern_push_setup.c */
wh_modern_read wh_modern_push_read, wh_modern_schedule_read;
wh_modern_write wh_modern_push_write, wh_modern_schedule_write;
wh_modern_invoke wh_modern_push_invoke_method;

/* modern_tables.c */
wh_modern_read wh_modern_calendar_read, wh_modern_days_read;
wh_modern_write wh_modern_calendar_write, wh_modern_days_write;
wh_modern_invoke wh_modern_calendar_invoke;

#endif
