/* ACCESS of the client. Invariant: an answer is only taken with the number of the request and as many
 * Data and results as it had elements. */
#include "dlms/client_operation.h"

enum {
    TAG_ACCESS_REQUEST = 0xD9,
    TAG_ACCESS_RESPONSE = 0xDA,
    SELECTED = 3, /* added to get and set */
};

#define LONG_INVOKE_HEAD UINT32_C(0xC0000000) /* confirmed, high priority */
#define BREAK_ON_ERROR   UINT32_C(0x20000000)
#define LONG_INVOKE_ID   UINT32_C(0x00FFFFFF)

static enum dlms_client_status take_access(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation accessing = {TAG_ACCESS_RESPONSE, take_access};

static void write_specification(struct dlms_writer *out, const struct dlms_client_access *element)
{
    const struct dlms_client_attribute *attribute = &element->attribute;
    const bool is_selected = attribute->selector != 0 && element->kind != DLMS_ACCESS_ACTION;
    dlms_raw_u8(out, (uint8_t)((unsigned)element->kind + (is_selected ? SELECTED : 0)));
    dlms_raw_u16(out, attribute->class_id);
    dlms_raw_bytes(out, attribute->logical_name, sizeof attribute->logical_name);
    dlms_raw_u8(out, (uint8_t)attribute->index);
    if (is_selected) {
        dlms_raw_u8(out, attribute->selector);
        dlms_raw_bytes(out, attribute->parameters.data, attribute->parameters.length);
    }
}

static void write_data(struct dlms_writer *out, const struct dlms_client_access *element)
{
    if (element->kind == DLMS_ACCESS_GET || element->data.length == 0) {
        dlms_put_null(out);
    } else {
        dlms_raw_bytes(out, element->data.data, element->data.length);
    }
}

enum dlms_client_status dlms_client_access(struct dlms_client *client,
                                           const struct dlms_client_access *list, size_t count,
                                           bool break_on_error)
{
    if (!dlms_client_begin(client)) {
        return DLMS_CLIENT_ERR_STATE;
    }
    if ((client->conformance & DLMS_CONFORMANCE_ACCESS) == 0) {
        return DLMS_CLIENT_ERR_NOT_AGREED;
    }
    client->long_invoke = (client->long_invoke + 1) & LONG_INVOKE_ID;
    client->list_count = count;
    struct dlms_writer out = dlms_client_writer(client);
    dlms_raw_u8(&out, TAG_ACCESS_REQUEST);
    dlms_raw_u32(&out,
                 LONG_INVOKE_HEAD | (break_on_error ? BREAK_ON_ERROR : 0) | client->long_invoke);
    dlms_raw_u8(&out, 0); /* no date-time */
    dlms_raw_length(&out, count);
    for (size_t i = 0; i < count; i++) {
        write_specification(&out, &list[i]);
    }
    dlms_raw_length(&out, count);
    for (size_t i = 0; i < count; i++) {
        write_data(&out, &list[i]);
    }
    return dlms_client_send(client, &accessing, &out);
}

/* The specification that the server may send back. */
static void skip_specification(struct dlms_reader *body)
{
    const size_t count = dlms_read_length(body);
    for (size_t i = 0; i < count && !body->failed; i++) {
        const uint8_t kind = dlms_read_u8(body);
        dlms_read_bytes(body, 9);
        if (kind > SELECTED) {
            dlms_read_u8(body);
            dlms_skip_data(body);
        }
    }
}

/* Stands before the first Data and the first result of what is in reader; left 0: malformed. */
static struct dlms_client_access_items split(struct dlms_reader reader)
{
    struct dlms_client_access_items items = {.left = dlms_read_length(&reader)};
    items.data = reader;
    for (size_t i = 0; i < items.left && !reader.failed; i++) {
        dlms_skip_data(&reader);
    }
    if (dlms_read_length(&reader) != items.left || reader.length / 2 != items.left ||
        reader.length % 2 != 0) {
        items.left = 0;
    }
    items.results = reader;
    return items;
}

static enum dlms_client_status take_access(struct dlms_client *client, struct dlms_reader *body)
{
    const uint32_t invoke = dlms_read_u32(body);
    dlms_read_bytes(body, dlms_read_length(body)); /* date-time */
    if (dlms_read_u8(body) != 0) {
        skip_specification(body);
    }
    if (body->failed) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    if (((invoke ^ client->long_invoke) & LONG_INVOKE_ID) != 0) {
        return DLMS_CLIENT_ERR_UNEXPECTED;
    }
    if (split(*body).left != client->list_count) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    return dlms_client_keep(client, dlms_read_bytes(body, body->length)) ? DLMS_CLIENT_DONE
                                                                         : DLMS_CLIENT_ERR_SPACE;
}

struct dlms_client_access_items dlms_client_access_list(const struct dlms_client *client)
{
    return split(dlms_reader(client->value, client->value_length));
}

bool dlms_client_access_next(struct dlms_client_access_items *items, struct dlms_client_item *item)
{
    if (items->left == 0) {
        return false;
    }
    items->left--;
    item->data = dlms_skip_data(&items->data);
    dlms_read_u8(&items->results); /* what it was: as asked */
    item->result = (enum dlms_result)dlms_read_u8(&items->results);
    return !items->data.failed && !items->results.failed;
}
