/* What GET, SET and ACTION of the client have in common. Internal. */
#ifndef DLMS_CLIENT_SERVICE_H
#define DLMS_CLIENT_SERVICE_H

#include "dlms/client_operation.h"

enum {
    TAG_GET_REQUEST = 0xC0,
    TAG_SET_REQUEST = 0xC1,
    TAG_ACTION_REQUEST = 0xC3,
    TAG_GET_RESPONSE = 0xC4,
    TAG_SET_RESPONSE = 0xC5,
    TAG_ACTION_RESPONSE = 0xC7,
    NORMAL = 1,
    CHOICE_DATA = 0,
    CHOICE_RESULT = 1,
};

/* ---- Requests ---- */

/* Begins a service that needs all of conformance. */
enum dlms_client_status dlms_client_begin_service(struct dlms_client *client, uint32_t conformance);
/* The same for a list of count references, with a Data each in values, one behind the other; for GET none. */
enum dlms_client_status dlms_client_begin_list(struct dlms_client *client, uint32_t conformance,
                                               enum dlms_client_access_kind kind, size_t count,
                                               struct dlms_span values);
uint32_t dlms_client_selection_conformance(const struct dlms_client_attribute *attribute);

void dlms_client_write_head(const struct dlms_client *client, struct dlms_writer *out, uint8_t tag,
                            uint8_t form);
void dlms_client_write_descriptor(struct dlms_writer *out,
                                  const struct dlms_client_attribute *attribute);
void dlms_client_write_selection(struct dlms_writer *out,
                                 const struct dlms_client_attribute *attribute);

/* ---- Answers: body is what is not read yet ---- */

/* The form of an answer, or 0: it is not to this request. */
uint8_t dlms_client_read_form(const struct dlms_client *client, struct dlms_reader *body);
/* Exactly one result octet. */
enum dlms_client_status dlms_client_take_result(struct dlms_client *client,
                                                struct dlms_reader *body);
/* Exactly one Get-Data-Result: choice, then Data, which is kept, or a result. */
enum dlms_client_status dlms_client_take_data_result(struct dlms_client *client,
                                                     struct dlms_reader *body);
/* All that is left is kept. */
enum dlms_client_status dlms_client_keep_rest(struct dlms_client *client, struct dlms_reader *body);
/* last-block and block-number of the block that must come next; false: another one. */
bool dlms_client_read_block_head(struct dlms_client *client, struct dlms_reader *body,
                                 bool *is_last);
/* The octets of a block, which are kept. */
enum dlms_client_status dlms_client_keep_block(struct dlms_client *client, struct dlms_reader *body,
                                               bool is_last);
enum dlms_client_status dlms_client_ask_for_next(struct dlms_client *client, uint8_t tag,
                                                 const struct dlms_client_operation *operation);
/* An answer that comes before all was sent is none. */
enum dlms_client_status dlms_client_unless_early(const struct dlms_client *client,
                                                 enum dlms_client_status status);
/* What was kept is one Data; is as many results as were asked for (client_list.c). */
enum dlms_client_status dlms_client_judge_value(const struct dlms_client *client);
enum dlms_client_status dlms_client_judge_list(const struct dlms_client *client);

/* ---- Parameters of SET and ACTION: client_parameters.c ---- */

/* How a service sends its parameters, in one piece or in blocks. */
struct dlms_client_sending {
    uint8_t tag;
    uint8_t form_whole;
    uint8_t form_first;
    uint8_t form_next;
    bool is_list;
    uint32_t conformance; /* that blocks need */
    const struct dlms_client_operation *operation;
};

/* Sends references, as many as count, and values: a Data for each, one behind the other, or none for an
 * ACTION that is no list. */
enum dlms_client_status dlms_client_send_parameters(struct dlms_client *client,
                                                    const struct dlms_client_sending *sending,
                                                    const struct dlms_client_attribute *references,
                                                    size_t count, struct dlms_span values);

/* The server has a block, whose number body is: the next. */
enum dlms_client_status dlms_client_go_on(struct dlms_client *client,
                                          const struct dlms_client_sending *sending,
                                          struct dlms_reader *body);

#endif
