/* GET of the client, of one attribute or of a list. */
#include "dlms/client_service.h"

enum { LIST = 3, RESPONSE_BLOCK = 2 };

static enum dlms_client_status take_get(struct dlms_client *client, struct dlms_reader *body);
static enum dlms_client_status take_get_list(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation getting = {TAG_GET_RESPONSE, take_get};
static const struct dlms_client_operation getting_list = {TAG_GET_RESPONSE, take_get_list};

enum dlms_client_status dlms_client_get(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute)
{
    const enum dlms_client_status status = dlms_client_begin_service(
        client, DLMS_CONFORMANCE_GET | dlms_client_selection_conformance(attribute));
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    struct dlms_writer out = dlms_client_writer(client);
    dlms_client_write_head(client, &out, TAG_GET_REQUEST, NORMAL);
    dlms_client_write_descriptor(&out, attribute);
    dlms_client_write_selection(&out, attribute);
    return dlms_client_send(client, &getting, &out);
}

enum dlms_client_status dlms_client_get_list(struct dlms_client *client,
                                             const struct dlms_client_attribute *attributes,
                                             size_t count)
{
    uint32_t conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES;
    for (size_t i = 0; i < count; i++) {
        conformance |= dlms_client_selection_conformance(&attributes[i]);
    }
    const enum dlms_client_status status = dlms_client_begin_list(
        client, conformance, DLMS_ACCESS_GET, count, (struct dlms_span){NULL, 0});
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    struct dlms_writer out = dlms_client_writer(client);
    dlms_client_write_head(client, &out, TAG_GET_REQUEST, LIST);
    dlms_raw_length(&out, count);
    for (size_t i = 0; i < count; i++) {
        dlms_client_write_descriptor(&out, &attributes[i]);
        dlms_client_write_selection(&out, &attributes[i]);
    }
    return dlms_client_send(client, &getting_list, &out);
}

/* A block of a GET. DLMS_CLIENT_DONE: it was the last. */
static enum dlms_client_status take_get_block(struct dlms_client *client, struct dlms_reader *body,
                                              const struct dlms_client_operation *operation)
{
    bool is_last;
    const bool is_next = dlms_client_read_block_head(client, body, &is_last);
    if (dlms_read_u8(body) == CHOICE_RESULT) { /* with whatever number */
        const enum dlms_client_status status = dlms_client_take_result(client, body);
        return status == DLMS_CLIENT_DONE ? DLMS_CLIENT_ERR_FORMAT : status;
    }
    if (!is_next) {
        return body->failed ? DLMS_CLIENT_ERR_FORMAT : DLMS_CLIENT_ERR_BLOCK;
    }
    const enum dlms_client_status status = dlms_client_keep_block(client, body, is_last);
    if (status != DLMS_CLIENT_DONE || is_last) {
        return status;
    }
    return dlms_client_ask_for_next(client, TAG_GET_REQUEST, operation);
}

static enum dlms_client_status take_get(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    if (form == NORMAL && client->block_number == 0) {
        return dlms_client_take_data_result(client, body);
    }
    if (form == RESPONSE_BLOCK) {
        const enum dlms_client_status status = take_get_block(client, body, &getting);
        return status == DLMS_CLIENT_DONE ? dlms_client_judge_value(client) : status;
    }
    return DLMS_CLIENT_ERR_UNEXPECTED;
}

static enum dlms_client_status take_get_list(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    if (form == LIST && client->block_number == 0) {
        const enum dlms_client_status status = dlms_client_keep_rest(client, body);
        return status == DLMS_CLIENT_DONE ? dlms_client_judge_list(client) : status;
    }
    if (form == RESPONSE_BLOCK) {
        const enum dlms_client_status status = take_get_block(client, body, &getting_list);
        return status == DLMS_CLIENT_DONE ? dlms_client_judge_list(client) : status;
    }
    return DLMS_CLIENT_ERR_UNEXPECTED;
}
