/* What lists of the client's services have in common, and their results. Invariant: a list that is done
 * has as many well-formed results as were asked for. */
#include "dlms/client_service.h"

enum dlms_client_status dlms_client_begin_list(struct dlms_client *client, uint32_t conformance,
                                               enum dlms_client_access_kind kind, size_t count,
                                               struct dlms_span values)
{
    struct dlms_reader reader = dlms_reader(values.data, values.length);
    for (size_t i = 0; i < count && kind != DLMS_ACCESS_GET && !reader.failed; i++) {
        (void)dlms_skip_data(&reader);
    }
    const enum dlms_client_status status = dlms_client_begin_service(client, conformance);
    if (status == DLMS_CLIENT_SEND && (count == 0 || !dlms_reader_done(&reader))) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    client->list_count = count;
    client->list_kind = kind;
    return status;
}

struct dlms_client_items dlms_client_list(const struct dlms_client *client)
{
    struct dlms_client_items items = {dlms_reader(client->value, client->value_length), 0,
                                      client->list_kind};
    items.left = dlms_read_length(&items.reader);
    return items;
}

/* A Get-Data-Result. */
static struct dlms_client_item read_data_result(struct dlms_reader *reader)
{
    struct dlms_client_item item = {DLMS_RESULT_SUCCESS, {NULL, 0}};
    const uint8_t choice = dlms_read_u8(reader);
    if (choice == CHOICE_DATA) {
        item.data = dlms_skip_data(reader);
        return item;
    }
    item.result = (enum dlms_result)dlms_read_u8(reader);
    if (choice != CHOICE_RESULT || item.result == DLMS_RESULT_SUCCESS) {
        dlms_reader_fail(reader);
    }
    return item;
}

/* A result, and perhaps a Get-Data-Result; one that says why there is none changes nothing of what was done. */
static struct dlms_client_item read_action_result(struct dlms_reader *reader)
{
    struct dlms_client_item item = {(enum dlms_result)dlms_read_u8(reader), {NULL, 0}};
    const uint8_t presence = dlms_read_u8(reader);
    if (presence == 1) {
        item.data = read_data_result(reader).data;
    } else if (presence != 0) {
        dlms_reader_fail(reader);
    }
    return item;
}

bool dlms_client_list_next(struct dlms_client_items *items, struct dlms_client_item *item)
{
    if (items->left == 0 || items->reader.failed) {
        return false;
    }
    items->left--;
    if (items->kind == DLMS_ACCESS_GET) {
        *item = read_data_result(&items->reader);
    } else if (items->kind == DLMS_ACCESS_ACTION) {
        *item = read_action_result(&items->reader);
    } else {
        *item =
            (struct dlms_client_item){(enum dlms_result)dlms_read_u8(&items->reader), {NULL, 0}};
    }
    return !items->reader.failed;
}

enum dlms_client_status dlms_client_judge_list(const struct dlms_client *client)
{
    struct dlms_client_items items = dlms_client_list(client);
    struct dlms_client_item item;
    const bool is_complete = items.left == client->list_count;
    while (dlms_client_list_next(&items, &item)) {
    }
    return is_complete && dlms_reader_done(&items.reader) ? DLMS_CLIENT_DONE
                                                          : DLMS_CLIENT_ERR_FORMAT;
}
