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

typedef bool wh_modern_exists(const struct wh_cosem_face *face, uint8_t index);

struct wh_modern_row {
    uint8_t name[6];
    uint16_t class_id;
    uint8_t version;
    uint8_t attribute_count;
    uint8_t method_count;
    uint32_t readable;
    uint32_t writable;  /* by management */
    uint32_t invocable; /* by management */
    uint8_t index;      /* among rows of the same functions */
    bool is_public;
    bool needs_breaker;       /* not there in a meter without */
    bool needs_image;         /* the same of a board that takes no software images */
    wh_modern_exists *exists; /* NULL: always there */
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
wh_modern_invoke wh_modern_calendar_invoke, wh_modern_days_invoke;

/* modern_payment.c: credits by number, 0 that of payments, 1 emergency credit */
wh_modern_exists wh_modern_credit_exists;
wh_modern_read wh_modern_account_read, wh_modern_credit_read, wh_modern_charge_read,
    wh_modern_gateway_read;
wh_modern_invoke wh_modern_gateway_invoke;

/* modern_registers.c: demand registers by number, P+, P-, Q+, Q-, S+, S-; monitors of power, then of
 * the voltages; event status A, B */
wh_modern_exists wh_modern_demand_exists;
wh_modern_read wh_modern_demand_read, wh_modern_activation_read, wh_modern_threshold_read,
    wh_modern_mapping_read;
wh_modern_write wh_modern_threshold_write;

/* modern_schedule.c: schedules by number, 0 of the debiting date, 1 of the breaker */
wh_modern_read wh_modern_action_read, wh_modern_stop_read;
wh_modern_write wh_modern_action_write;
wh_modern_invoke wh_modern_stop_invoke;

/* modern_monitor.c: the parameter changed last */
wh_modern_read wh_modern_parameters_read;

/* modern_ports.c: IEC 62056-21 at the optical port, and TCP */
wh_modern_exists wh_modern_tcp_exists;
wh_modern_read wh_modern_optical_read, wh_modern_tcp_read;

/* ---- What several of them need ---- */

/* "T1": a tariff's name, of masks of registers and of charges. */
void wh_modern_put_tariff(struct dlms_writer *out, uint8_t tariff);

/* One action of a script, 6-2 class 9. */
enum { WH_MODERN_WRITES = 1, WH_MODERN_INVOKES = 2 };
struct wh_modern_action {
    uint8_t service;
    uint16_t class_id;
    const uint8_t *name;
    int8_t index;
};

/* A script of that action; its parameter follows. */
void wh_modern_put_action(struct dlms_writer *out, uint16_t script,
                          const struct wh_modern_action *action);

/* The script that execute names, 1 … last; 0 for anything else, *result then says why. */
unsigned wh_modern_script_of(const struct wh_cosem_invoke *invoke, unsigned last,
                             enum dlms_result *result);

#endif
