/* What GET, SET and ACTION of the client have in common. Invariant: an answer is only taken when it
 * carries the invoke-id of the request, and a block when it is the next. */
#include "dlms/client_service.h"

enum { NEXT_BLOCK = 2 }; /* GET and ACTION request: the next block, please */

void dlms_client_write_head(const struct dlms_client *client, struct dlms_writer *out, uint8_t tag,
                            uint8_t form)
{
    dlms_raw_u8(out, tag);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, client->invoke_sent);
}

void dlms_client_write_descriptor(struct dlms_writer *out,
                                  const struct dlms_client_attribute *attribute)
{
    dlms_raw_u16(out, attribute->class_id);
    dlms_raw_bytes(out, attribute->logical_name, sizeof attribute->logical_name);
    dlms_raw_u8(out, (uint8_t)attribute->index);
}

void dlms_client_write_selection(struct dlms_writer *out,
                                 const struct dlms_client_attribute *attribute)
{
    dlms_raw_u8(out, attribute->selector != 0);
    if (attribute->selector != 0) {
        dlms_raw_u8(out, attribute->selector);
        dlms_raw_bytes(out, attribute->parameters.data, attribute->parameters.length);
    }
}

enum dlms_client_status dlms_client_begin_service(struct dlms_client *client, uint32_t conformance)
{
    if (!dlms_client_begin(client)) {
        return DLMS_CLIENT_ERR_STATE;
    }
    if ((conformance & ~client->conformance) != 0) {
        return DLMS_CLIENT_ERR_NOT_AGREED;
    }
    client->invoke_sent = client->invoke;
    client->invoke = (uint8_t)((client->invoke & 0xF0) | ((client->invoke + 1) & 0x0F));
    return DLMS_CLIENT_SEND;
}

uint32_t dlms_client_selection_conformance(const struct dlms_client_attribute *attribute)
{
    return attribute->selector != 0 ? DLMS_CONFORMANCE_SELECTIVE_ACCESS : 0;
}

uint8_t dlms_client_read_form(const struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = dlms_read_u8(body);
    const uint8_t invoke = dlms_read_u8(body);
    const bool is_ours = !body->failed && ((invoke ^ client->invoke_sent) & 0x0F) == 0;
    return is_ours ? form : 0;
}

/* body is exactly one Data. */
static enum dlms_client_status take_data(struct dlms_client *client, struct dlms_reader *body)
{
    const struct dlms_span data = dlms_skip_data(body);
    if (!dlms_reader_done(body)) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    return dlms_client_keep(client, data) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SPACE;
}

enum dlms_client_status dlms_client_take_result(struct dlms_client *client,
                                                struct dlms_reader *body)
{
    client->result = (enum dlms_result)dlms_read_u8(body);
    if (!dlms_reader_done(body)) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    return client->result == DLMS_RESULT_SUCCESS ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_RESULT;
}

enum dlms_client_status dlms_client_take_data_result(struct dlms_client *client,
                                                     struct dlms_reader *body)
{
    const uint8_t choice = dlms_read_u8(body);
    if (choice == CHOICE_DATA) {
        return take_data(client, body);
    }
    const enum dlms_client_status status = dlms_client_take_result(client, body);
    /* An error that says success is none. */
    return choice == CHOICE_RESULT && status != DLMS_CLIENT_DONE ? status : DLMS_CLIENT_ERR_FORMAT;
}

bool dlms_client_read_block_head(struct dlms_client *client, struct dlms_reader *body,
                                 bool *is_last)
{
    *is_last = dlms_read_u8(body) != 0;
    const uint32_t number = dlms_read_u32(body);
    return !body->failed && number == ++client->block_number;
}

enum dlms_client_status dlms_client_keep_block(struct dlms_client *client, struct dlms_reader *body,
                                               bool is_last)
{
    const struct dlms_span raw = dlms_read_bytes(body, dlms_read_length(body));
    if (!dlms_reader_done(body) || (raw.length == 0 && !is_last)) {
        return DLMS_CLIENT_ERR_FORMAT; /* blocks of nothing could go on for ever */
    }
    return dlms_client_keep(client, raw) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SPACE;
}

enum dlms_client_status dlms_client_ask_for_next(struct dlms_client *client, uint8_t tag,
                                                 const struct dlms_client_operation *operation)
{
    struct dlms_writer out = dlms_client_writer(client);
    dlms_client_write_head(client, &out, tag, NEXT_BLOCK);
    dlms_raw_u32(&out, client->block_number);
    return dlms_client_send(client, operation, &out);
}

enum dlms_client_status dlms_client_judge_value(const struct dlms_client *client)
{
    struct dlms_reader reader = dlms_reader(client->value, client->value_length);
    dlms_skip_data(&reader);
    return dlms_reader_done(&reader) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_FORMAT;
}

enum dlms_client_status dlms_client_keep_rest(struct dlms_client *client, struct dlms_reader *body)
{
    const struct dlms_span rest = dlms_read_bytes(body, body->length);
    return dlms_client_keep(client, rest) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SPACE;
}

enum dlms_client_status dlms_client_unless_early(const struct dlms_client *client,
                                                 enum dlms_client_status status)
{
    return status == DLMS_CLIENT_DONE && !client->is_last_sent ? DLMS_CLIENT_ERR_UNEXPECTED
                                                               : status;
}
