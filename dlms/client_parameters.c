/* Parameters of SET and ACTION on their way to the server, in one piece or in blocks. Invariant: what
 * client->parameters still holds was not sent yet. */
#include "dlms/client_service.h"

enum { BLOCK_HEAD = 5 /* last-block, block-number */, COUNT_MAX = 5 };

/* The most bytes that fit behind a length, in room. */
static size_t block_capacity(size_t room)
{
    const size_t length_octets = room <= 0x80 ? 1 : room <= 0x101 ? 2 : 3;
    const size_t capacity = room > length_octets ? room - length_octets : 0;
    const size_t most = length_octets == 1 ? 0x7F : length_octets == 2 ? 0xFF : 0xFFFF;
    return capacity < most ? capacity : most;
}

/* A block behind what out has: in_front, and of the parameters as much as there is room for. */
static enum dlms_client_status send_block(struct dlms_client *client,
                                          const struct dlms_client_sending *sending,
                                          struct dlms_writer *out, struct dlms_span in_front)
{
    const size_t used = out->total + BLOCK_HEAD;
    const size_t capacity = used < out->size ? block_capacity(out->size - used) : 0;
    struct dlms_span *rest = &client->parameters;
    if (capacity <= in_front.length) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    const size_t room = capacity - in_front.length;
    const size_t length = rest->length < room ? rest->length : room;
    if (length == 0) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    client->block_number++;
    client->is_last_sent = length == rest->length;
    dlms_raw_u8(out, client->is_last_sent);
    dlms_raw_u32(out, client->block_number);
    dlms_raw_length(out, in_front.length + length);
    dlms_raw_bytes(out, in_front.data, in_front.length);
    dlms_raw_bytes(out, rest->data, length);
    rest->data += length;
    rest->length -= length;
    return dlms_client_send(client, sending->operation, out);
}

enum dlms_client_status dlms_client_go_on(struct dlms_client *client,
                                          const struct dlms_client_sending *sending,
                                          struct dlms_reader *body)
{
    const uint32_t number = dlms_read_u32(body);
    if (!dlms_reader_done(body)) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    if (client->is_last_sent || number != client->block_number) {
        return DLMS_CLIENT_ERR_BLOCK;
    }
    struct dlms_writer out = dlms_client_writer(client);
    dlms_client_write_head(client, &out, sending->tag, sending->form_next);
    return send_block(client, sending, &out, (struct dlms_span){NULL, 0});
}

static struct dlms_writer write_references(struct dlms_client *client,
                                           const struct dlms_client_sending *sending, uint8_t form,
                                           const struct dlms_client_attribute *references,
                                           size_t count)
{
    struct dlms_writer out = dlms_client_writer(client);
    dlms_client_write_head(client, &out, sending->tag, form);
    if (sending->is_list) {
        dlms_raw_length(&out, count);
    }
    for (size_t i = 0; i < count; i++) {
        dlms_client_write_descriptor(&out, &references[i]);
        if (sending->tag == TAG_SET_REQUEST) {
            dlms_client_write_selection(&out, &references[i]);
        }
    }
    return out;
}

static enum dlms_client_status send_first(struct dlms_client *client,
                                          const struct dlms_client_sending *sending,
                                          const struct dlms_client_attribute *references,
                                          size_t count)
{
    uint8_t number[COUNT_MAX];
    struct dlms_writer in_front = dlms_writer(number, sizeof number);
    if (sending->is_list) { /* the blocks of a list carry its count, too */
        dlms_raw_length(&in_front, count);
    }
    struct dlms_writer out =
        write_references(client, sending, sending->form_first, references, count);
    return send_block(client, sending, &out, (struct dlms_span){number, in_front.total});
}

enum dlms_client_status dlms_client_send_parameters(struct dlms_client *client,
                                                    const struct dlms_client_sending *sending,
                                                    const struct dlms_client_attribute *references,
                                                    size_t count, struct dlms_span values)
{
    client->parameters = values;
    struct dlms_writer out =
        write_references(client, sending, sending->form_whole, references, count);
    if (sending->is_list) {
        dlms_raw_length(&out, count);
    } else if (sending->tag == TAG_ACTION_REQUEST) {
        dlms_raw_u8(&out, values.length > 0);
    }
    dlms_raw_bytes(&out, values.data, values.length);
    if (!dlms_writer_overflowed(&out)) {
        return dlms_client_send(client, sending->operation, &out);
    }
    if ((client->conformance & sending->conformance) == 0) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    return send_first(client, sending, references, count);
}
