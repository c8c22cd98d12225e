/* SET of the client, of one attribute or of a list. */
#include "dlms/client_service.h"

enum {
    FIRST_BLOCK = 2,
    BLOCK = 3,
    LIST = 4,
    LIST_FIRST_BLOCK = 5,
    RESPONSE_BLOCK = 2,
    RESPONSE_LAST_BLOCK = 3,
    RESPONSE_LAST_BLOCK_LIST = 4,
    RESPONSE_LIST = 5,
    BLOCK_NUMBER = 4, /* octets */
};

static enum dlms_client_status take_set(struct dlms_client *client, struct dlms_reader *body);
static enum dlms_client_status take_set_list(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation setting = {TAG_SET_RESPONSE, take_set};
static const struct dlms_client_operation setting_list = {TAG_SET_RESPONSE, take_set_list};
static const struct dlms_client_sending one = {
    TAG_SET_REQUEST, NORMAL, FIRST_BLOCK, BLOCK, false, DLMS_CONFORMANCE_BLOCK_SET, &setting};
static const struct dlms_client_sending list = {TAG_SET_REQUEST, LIST, LIST_FIRST_BLOCK,
                                                BLOCK,           true, DLMS_CONFORMANCE_BLOCK_SET,
                                                &setting_list};

enum dlms_client_status dlms_client_set(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute,
                                        struct dlms_span data)
{
    const enum dlms_client_status status = dlms_client_begin_service(
        client, DLMS_CONFORMANCE_SET | dlms_client_selection_conformance(attribute));
    return status == DLMS_CLIENT_SEND
               ? dlms_client_send_parameters(client, &one, attribute, 1, data)
               : status;
}

enum dlms_client_status dlms_client_set_list(struct dlms_client *client,
                                             const struct dlms_client_attribute *attributes,
                                             size_t count, struct dlms_span values)
{
    uint32_t conformance = DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES;
    for (size_t i = 0; i < count; i++) {
        conformance |= dlms_client_selection_conformance(&attributes[i]);
    }
    const enum dlms_client_status status =
        dlms_client_begin_list(client, conformance, DLMS_ACCESS_SET, count, values);
    return status == DLMS_CLIENT_SEND
               ? dlms_client_send_parameters(client, &list, attributes, count, values)
               : status;
}

/* The block-number behind the results of the last block says nothing new. */
static bool drop_block_number(struct dlms_reader *body)
{
    if (body->length <= BLOCK_NUMBER) {
        return false;
    }
    body->length -= BLOCK_NUMBER;
    return true;
}

static enum dlms_client_status take_set(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    if (form == RESPONSE_BLOCK) {
        return dlms_client_go_on(client, &one, body);
    }
    if (form != NORMAL && (form != RESPONSE_LAST_BLOCK || !drop_block_number(body))) {
        return DLMS_CLIENT_ERR_UNEXPECTED;
    }
    return dlms_client_unless_early(client, dlms_client_take_result(client, body));
}

static enum dlms_client_status take_set_list(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_client_read_form(client, body);
    if (form == RESPONSE_BLOCK) {
        return dlms_client_go_on(client, &list, body);
    }
    if (form != RESPONSE_LIST && (form != RESPONSE_LAST_BLOCK_LIST || !drop_block_number(body))) {
        return DLMS_CLIENT_ERR_UNEXPECTED;
    }
    const enum dlms_client_status status = dlms_client_keep_rest(client, body);
    return dlms_client_unless_early(
        client, status == DLMS_CLIENT_DONE ? dlms_client_judge_list(client) : status);
}
