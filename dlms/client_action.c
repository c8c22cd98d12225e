/* ACTION of the client, of one method or of a list. */
#include "dlms/client_service.h"

enum {
    LIST = 3,
    FIRST_BLOCK = 4,
    LIST_FIRST_BLOCK = 5,
    BLOCK = 6,
    RESPONSE_BLOCK = 2,
    RESPONSE_LIST = 3,
    RESPONSE_NEXT_BLOCK = 4,
    CLASS_ASSOCIATION = 15,
    REPLY_TO_HLS = 1,
};

static enum dlms_client_status take_action(struct dlms_client *client, struct dlms_reader *body);
static enum dlms_client_status take_action_list(struct dlms_client *client,
                                                struct dlms_reader *body);

static const struct dlms_client_operation acting = {TAG_ACTION_RESPONSE, take_action};
static const struct dlms_client_operation acting_list = {TAG_ACTION_RESPONSE, take_action_list};
static const struct dlms_client_sending one = {
    TAG_ACTION_REQUEST, NORMAL, FIRST_BLOCK, BLOCK, false, DLMS_CONFORMANCE_BLOCK_ACTION, &acting};
static const struct dlms_client_sending list = {
    TAG_ACTION_REQUEST, LIST, LIST_FIRST_BLOCK, BLOCK, true, DLMS_CONFORMANCE_BLOCK_ACTION,
    &acting_list};

enum dlms_client_status dlms_client_action(struct dlms_client *client,
                                           const struct dlms_client_attribute *method,
                                           struct dlms_span parameters)
{
    /* reply_to_HLS_authentication needs no agreement: it is how the association comes to be. */
    const bool is_reply = method->class_id == CLASS_ASSOCIATION && method->index == REPLY_TO_HLS;
    const enum dlms_client_status status =
        dlms_client_begin_service(client, is_reply ? 0 : DLMS_CONFORMANCE_ACTION);
    return status == DLMS_CLIENT_SEND
               ? dlms_client_send_parameters(client, &one, method, 1, parameters)
               : status;
}

enum dlms_client_status dlms_client_action_list(struct dlms_client *client,
                                                const struct dlms_client_attribute *methods,
                                                size_t count, struct dlms_span parameters)
{
    const enum dlms_client_status status = dlms_client_begin_list(
        client, DLMS_CONFORMANCE_ACTION | DLMS_CONFORMANCE_MULTIPLE_REFERENCES, DLMS_ACCESS_ACTION,
        count, parameters);
    return status == DLMS_CLIENT_SEND
               ? dlms_client_send_parameters(client, &list, methods, count, parameters)
               : status;
}

/* Action-Response-With-Optional-Data: result, and perhaps a Get-Data-Result. */
static enum dlms_client_status take_action_result(struct dlms_client *client,
                                                  struct dlms_reader *body)
{
    client->value_length = 0;
    const enum dlms_result result = (enum dlms_result)dlms_read_u8(body);
    const uint8_t presence = dlms_read_u8(body);
    enum dlms_client_status status = DLMS_CLIENT_DONE;
    if (presence == 1) {
        status = dlms_client_take_data_result(client, body);
    } else if (presence != 0 || !dlms_reader_done(body)) {
        status = DLMS_CLIENT_ERR_FORMAT;
    }
    if (result != DLMS_RESULT_SUCCESS && status != DLMS_CLIENT_ERR_FORMAT) {
        client->result = result;
        return DLMS_CLIENT_ERR_RESULT;
    }
    /* Done, but what it returns cannot be had: the method was invoked all the same. */
    return status == DLMS_CLIENT_ERR_RESULT ? DLMS_CLIENT_DONE : status;
}

/* DLMS_CLIENT_DONE: it was the last. */
static enum dlms_client_status take_action_block(struct dlms_client *client,
                                                 struct dlms_reader *body,
                                                 const struct dlms_client_operation *operation)
{
    bool is_last;
    if (client->value_length == 0) {
        client->block_number = 0; /* until here it counted the blocks sent */
    }
    if (!dlms_client_read_block_head(client, body, &is_last)) {
        return body->failed ? DLMS_CLIENT_ERR_FORMAT : DLMS_CLIENT_ERR_BLOCK;
    }
    const enum dlms_client_status status = dlms_client_keep_block(client, body, is_last);
    if (status != DLMS_CLIENT_DONE || is_last) {
        return status;
    }
    return dlms_client_ask_for_next(client, TAG_ACTION_REQUEST, operation);
}

/* As with GET it is the Data alone; some send what stands in front of it, too. */
static enum dlms_client_status judge_blocks(struct dlms_client *client)
{
    if (dlms_client_judge_value(client) == DLMS_CLIENT_DONE) {
        return DLMS_CLIENT_DONE;
    }
    struct dlms_reader whole = dlms_reader(client->value, client->value_length);
    return take_action_result(client, &whole);
}

static enum dlms_client_status take_action(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    enum dlms_client_status status = DLMS_CLIENT_ERR_UNEXPECTED;
    if (form == RESPONSE_NEXT_BLOCK) {
        return dlms_client_go_on(client, &one, body);
    }
    if (form == NORMAL && client->value_length == 0) {
        status = take_action_result(client, body);
    } else if (form == RESPONSE_BLOCK && client->is_last_sent) {
        status = take_action_block(client, body, &acting);
        status = status == DLMS_CLIENT_DONE ? judge_blocks(client) : status;
    }
    return dlms_client_unless_early(client, status);
}

static enum dlms_client_status take_action_list(struct dlms_client *client,
                                                struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    enum dlms_client_status status = DLMS_CLIENT_ERR_UNEXPECTED;
    if (form == RESPONSE_NEXT_BLOCK) {
        return dlms_client_go_on(client, &list, body);
    }
    if (form == RESPONSE_LIST && client->value_length == 0) {
        status = dlms_client_keep_rest(client, body);
    } else if (form == RESPONSE_BLOCK && client->is_last_sent) {
        status = take_action_block(client, body, &acting_list);
    }
    status = status == DLMS_CLIENT_DONE ? dlms_client_judge_list(client) : status;
    return dlms_client_unless_early(client, status);
}
