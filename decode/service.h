/* One xDLMS service while it is read. Internal.
 *
 * The parts take octets from the service's cursor and show them. One that is missing is a fault, once; what follows it is
 * absent: numbers 0, pointers NULL. */
#ifndef DECODE_SERVICE_H
#define DECODE_SERVICE_H

#include "decode/context.h"
#include "decode/cursor.h"

struct service {
    struct decode_context *context;
    struct decode_tree *tree;
    struct decode_cursor cursor;
    uint8_t choice;
    uint8_t invoke;
    struct decode_subject subject; /* that of the request */
};

/* ---- Parts: service_part.c ---- */

/* The invoke-id; the subject becomes that of the request with the same one. */
void service_take_invoke(struct service *service);
/* The number of a long-invoke-id. */
uint32_t service_take_long_invoke(struct service *service);
/* An attribute or method, which becomes the subject. */
bool service_take_descriptor(struct service *service, bool is_method);
/* The subject in the summary. */
void service_name_subject(struct service *service);
/* The subject is what an answer with this invoke-id is about. */
void service_remember(struct service *service);
/* Selector and parameters behind a flag; and without, flag NULL or the flag that was taken. */
void service_take_selection(struct service *service);
void service_take_selector(struct service *service, const uint8_t *flag);
/* One Data. */
void service_take_data(struct service *service, const char *name,
                       const struct decode_subject *subject);
/* The meaning of the field numbered before in the summary: an answer's value. */
void service_name_value(struct service *service, size_t before);
uint8_t service_take_result(struct service *service, const char *name);
/* 00 and Data, or 01 and a result. */
void service_take_get_result(struct service *service, const char *name,
                             const struct decode_subject *subject);
/* How many elements a list has, and the field of one of them, which the caller closes. */
uint32_t service_take_count(struct service *service, const char *name);
void service_open_element(struct service *service, uint32_t index);
uint32_t service_take_block_number(struct service *service);
/* An octet-string with a date-time, or empty. */
void service_take_time(struct service *service);

/* ---- A block: service_block.c ---- */

/* last, number, octets: the form of SET and ACTION; of GET the octets are a choice. */
void service_take_block(struct service *service, bool is_choice);

/* ---- Services behind their invoke-id ---- */

void service_get_request(struct service *service); /* service_attribute.c */
void service_get_response(struct service *service);
void service_set_request(struct service *service);
void service_set_response(struct service *service);
void service_action_request(struct service *service); /* service_action.c */
void service_action_response(struct service *service);
void service_access_request(struct service *service); /* service_access.c */
void service_access_response(struct service *service);
void service_exception(struct service *service); /* service_notification.c */
void service_data_notification(struct service *service);
void service_event_notification(struct service *service);

#endif
