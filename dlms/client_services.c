/* GET, SET and ACTION of the client. The three share how references and blocks are written, and blocks
 * put together. Invariant: an answer is only taken when it carries the invoke-id of the request, and a
 * block when it is the next. */
#include <string.h>

#include "dlms/client_operation.h"

enum {
    TAG_GET_REQUEST = 0xC0,
    TAG_SET_REQUEST = 0xC1,
    TAG_ACTION_REQUEST = 0xC3,
    TAG_GET_RESPONSE = 0xC4,
    TAG_SET_RESPONSE = 0xC5,
    TAG_ACTION_RESPONSE = 0xC7,
    NORMAL = 1,
    NEXT_BLOCK = 2, /* GET and ACTION request: the next block, please */
    GET_LIST = 3,
    GET_RESPONSE_BLOCK = 2,
    SET_RESPONSE_BLOCK = 2,
    SET_RESPONSE_LAST_BLOCK = 3,
    ACTION_RESPONSE_BLOCK = 2,
    ACTION_RESPONSE_NEXT_BLOCK = 4,
    CHOICE_DATA = 0,
    CHOICE_RESULT = 1,
    CLASS_ASSOCIATION = 15,
    BLOCK_HEAD = 5, /* last-block, block-number */
};

/* ---- Writing ---- */

static void write_head(const struct dlms_client *client, struct dlms_writer *out, uint8_t tag,
                       uint8_t form)
{
    dlms_raw_u8(out, tag);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, client->invoke_sent);
}

static void write_descriptor(struct dlms_writer *out, const struct dlms_client_attribute *attribute)
{
    dlms_raw_u16(out, attribute->class_id);
    dlms_raw_bytes(out, attribute->logical_name, sizeof attribute->logical_name);
    dlms_raw_u8(out, (uint8_t)attribute->index);
}

static void write_selection(struct dlms_writer *out, const struct dlms_client_attribute *attribute)
{
    dlms_raw_u8(out, attribute->selector != 0);
    if (attribute->selector != 0) {
        dlms_raw_u8(out, attribute->selector);
        dlms_raw_bytes(out, attribute->parameters.data, attribute->parameters.length);
    }
}

/* Begins a service that needs all of conformance. */
static enum dlms_client_status begin(struct dlms_client *client, uint32_t conformance)
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

static uint32_t selection_conformance(const struct dlms_client_attribute *attribute)
{
    return attribute->selector != 0 ? DLMS_CONFORMANCE_SELECTIVE_ACCESS : 0;
}

/* ---- Reading ---- */

/* The form of an answer, or 0: it is not to this request. */
static uint8_t read_form(const struct dlms_client *client, struct dlms_reader *body)
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

/* body is exactly one result octet. */
static enum dlms_client_status take_result(struct dlms_client *client, struct dlms_reader *body)
{
    client->result = (enum dlms_result)dlms_read_u8(body);
    if (!dlms_reader_done(body)) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    return client->result == DLMS_RESULT_SUCCESS ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_RESULT;
}

/* A Get-Data-Result: choice, then Data or a result. */
static enum dlms_client_status take_data_result(struct dlms_client *client,
                                                struct dlms_reader *body)
{
    const uint8_t choice = dlms_read_u8(body);
    if (choice == CHOICE_DATA) {
        return take_data(client, body);
    }
    const enum dlms_client_status status = take_result(client, body);
    /* An error that says success is none. */
    return choice == CHOICE_RESULT && status != DLMS_CLIENT_DONE ? status : DLMS_CLIENT_ERR_FORMAT;
}

/* last-block and block-number of the block that must come next. */
static bool read_block_head(struct dlms_client *client, struct dlms_reader *body, bool *is_last)
{
    *is_last = dlms_read_u8(body) != 0;
    const uint32_t number = dlms_read_u32(body);
    return !body->failed && number == ++client->block_number;
}

static enum dlms_client_status keep_block(struct dlms_client *client, struct dlms_reader *body,
                                          bool is_last)
{
    const struct dlms_span raw = dlms_read_bytes(body, dlms_read_length(body));
    if (!dlms_reader_done(body) || (raw.length == 0 && !is_last)) {
        return DLMS_CLIENT_ERR_FORMAT; /* blocks of nothing could go on for ever */
    }
    return dlms_client_keep(client, raw) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SPACE;
}

static enum dlms_client_status ask_for_next(struct dlms_client *client, uint8_t tag,
                                            const struct dlms_client_operation *operation)
{
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, tag, NEXT_BLOCK);
    dlms_raw_u32(&out, client->block_number);
    return dlms_client_send(client, operation, &out);
}

/* ---- GET ---- */

static enum dlms_client_status take_get(struct dlms_client *client, struct dlms_reader *body);
static enum dlms_client_status take_get_list(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation getting = {TAG_GET_RESPONSE, take_get};
static const struct dlms_client_operation getting_list = {TAG_GET_RESPONSE, take_get_list};

enum dlms_client_status dlms_client_get(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute)
{
    const enum dlms_client_status status =
        begin(client, DLMS_CONFORMANCE_GET | selection_conformance(attribute));
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, TAG_GET_REQUEST, NORMAL);
    write_descriptor(&out, attribute);
    write_selection(&out, attribute);
    return dlms_client_send(client, &getting, &out);
}

enum dlms_client_status dlms_client_get_list(struct dlms_client *client,
                                             const struct dlms_client_attribute *attributes,
                                             size_t count)
{
    uint32_t conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES;
    for (size_t i = 0; i < count; i++) {
        conformance |= selection_conformance(&attributes[i]);
    }
    const enum dlms_client_status status = begin(client, conformance);
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, TAG_GET_REQUEST, GET_LIST);
    dlms_raw_length(&out, count);
    for (size_t i = 0; i < count; i++) {
        write_descriptor(&out, &attributes[i]);
        write_selection(&out, &attributes[i]);
    }
    client->list_count = count;
    return dlms_client_send(client, &getting_list, &out);
}

/* A block of a GET. DLMS_CLIENT_DONE: it was the last. */
static enum dlms_client_status take_get_block(struct dlms_client *client, struct dlms_reader *body,
                                              const struct dlms_client_operation *operation)
{
    bool is_last;
    const bool is_next = read_block_head(client, body, &is_last);
    if (dlms_read_u8(body) == CHOICE_RESULT) { /* with whatever number */
        const enum dlms_client_status status = take_result(client, body);
        return status == DLMS_CLIENT_DONE ? DLMS_CLIENT_ERR_FORMAT : status;
    }
    if (!is_next) {
        return body->failed ? DLMS_CLIENT_ERR_FORMAT : DLMS_CLIENT_ERR_BLOCK;
    }
    const enum dlms_client_status status = keep_block(client, body, is_last);
    if (status != DLMS_CLIENT_DONE || is_last) {
        return status;
    }
    return ask_for_next(client, TAG_GET_REQUEST, operation);
}

/* What was put together is one Data. */
static enum dlms_client_status judge_value(const struct dlms_client *client)
{
    struct dlms_reader reader = dlms_reader(client->value, client->value_length);
    dlms_skip_data(&reader);
    return dlms_reader_done(&reader) ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_FORMAT;
}

static enum dlms_client_status take_get(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = read_form(client, body);
    if (form == NORMAL && client->block_number == 0) {
        return take_data_result(client, body);
    }
    if (form == GET_RESPONSE_BLOCK) {
        const enum dlms_client_status status = take_get_block(client, body, &getting);
        return status == DLMS_CLIENT_DONE ? judge_value(client) : status;
    }
    return DLMS_CLIENT_ERR_UNEXPECTED;
}

/* What was put together is as many results as were asked for. */
static enum dlms_client_status judge_list(const struct dlms_client *client)
{
    struct dlms_client_items items = dlms_client_list(client);
    struct dlms_client_item item;
    const bool is_complete = items.left == client->list_count;
    while (dlms_client_list_next(&items, &item)) {
    }
    return is_complete && dlms_reader_done(&items.reader) ? DLMS_CLIENT_DONE
                                                          : DLMS_CLIENT_ERR_FORMAT;
}

static enum dlms_client_status take_get_list(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = read_form(client, body);
    if (form == GET_LIST && client->block_number == 0) {
        const struct dlms_span results = dlms_read_bytes(body, body->length);
        return dlms_client_keep(client, results) ? judge_list(client) : DLMS_CLIENT_ERR_SPACE;
    }
    if (form == GET_RESPONSE_BLOCK) {
        const enum dlms_client_status status = take_get_block(client, body, &getting_list);
        return status == DLMS_CLIENT_DONE ? judge_list(client) : status;
    }
    return DLMS_CLIENT_ERR_UNEXPECTED;
}

struct dlms_client_items dlms_client_list(const struct dlms_client *client)
{
    struct dlms_client_items items = {dlms_reader(client->value, client->value_length), 0};
    items.left = dlms_read_length(&items.reader);
    return items;
}

bool dlms_client_list_next(struct dlms_client_items *items, struct dlms_client_item *item)
{
    if (items->left == 0 || items->reader.failed) {
        return false;
    }
    items->left--;
    *item = (struct dlms_client_item){DLMS_RESULT_SUCCESS, {NULL, 0}};
    const uint8_t choice = dlms_read_u8(&items->reader);
    if (choice == CHOICE_DATA) {
        item->data = dlms_skip_data(&items->reader);
    } else {
        item->result = (enum dlms_result)dlms_read_u8(&items->reader);
        if (choice != CHOICE_RESULT || item->result == DLMS_RESULT_SUCCESS) {
            dlms_reader_fail(&items->reader);
        }
    }
    return !items->reader.failed;
}

/* ---- Parameters to the server: SET and ACTION ---- */

/* How a service sends its parameters in blocks. */
struct sending {
    uint8_t tag;
    uint8_t form_first;
    uint8_t form_next;
    uint32_t conformance;
    const struct dlms_client_operation *operation;
};

/* The most bytes that fit behind a length, in room. */
static size_t block_capacity(size_t room)
{
    const size_t length_octets = room <= 0x80 ? 1 : room <= 0x101 ? 2 : 3;
    const size_t capacity = room > length_octets ? room - length_octets : 0;
    const size_t most = length_octets == 1 ? 0x7F : length_octets == 2 ? 0xFF : 0xFFFF;
    return capacity < most ? capacity : most;
}

/* A block behind what out has: as much as there is room for. */
static enum dlms_client_status send_block(struct dlms_client *client, const struct sending *sending,
                                          struct dlms_writer *out)
{
    const size_t used = out->total + BLOCK_HEAD;
    const size_t capacity = used < out->size ? block_capacity(out->size - used) : 0;
    struct dlms_span *rest = &client->parameters;
    const size_t length = rest->length < capacity ? rest->length : capacity;
    if (length == 0) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    client->block_number++;
    client->is_last_sent = length == rest->length;
    dlms_raw_u8(out, client->is_last_sent);
    dlms_raw_u32(out, client->block_number);
    dlms_raw_length(out, length);
    dlms_raw_bytes(out, rest->data, length);
    rest->data += length;
    rest->length -= length;
    return dlms_client_send(client, sending->operation, out);
}

/* The server has block number: the next. */
static enum dlms_client_status go_on(struct dlms_client *client, const struct sending *sending,
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
    write_head(client, &out, sending->tag, sending->form_next);
    return send_block(client, sending, &out);
}

/* whole is the request in one piece; if that is too long, its parameters go out in blocks, behind what
 * first has. */
static enum dlms_client_status send_whole_or_first(struct dlms_client *client,
                                                   const struct sending *sending,
                                                   const struct dlms_client_attribute *attribute,
                                                   const struct dlms_writer *whole)
{
    if (!dlms_writer_overflowed(whole)) {
        return dlms_client_send(client, sending->operation, whole);
    }
    if ((client->conformance & sending->conformance) == 0) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, sending->tag, sending->form_first);
    write_descriptor(&out, attribute);
    if (sending->tag == TAG_SET_REQUEST) {
        write_selection(&out, attribute);
    }
    return send_block(client, sending, &out);
}

/* ---- SET ---- */

static enum dlms_client_status take_set(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation setting = {TAG_SET_RESPONSE, take_set};
static const struct sending set_sending = {TAG_SET_REQUEST, 2, 3, DLMS_CONFORMANCE_BLOCK_SET,
                                           &setting};

enum dlms_client_status dlms_client_set(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute,
                                        struct dlms_span data)
{
    const enum dlms_client_status status =
        begin(client, DLMS_CONFORMANCE_SET | selection_conformance(attribute));
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    client->parameters = data;
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, TAG_SET_REQUEST, NORMAL);
    write_descriptor(&out, attribute);
    write_selection(&out, attribute);
    dlms_raw_bytes(&out, data.data, data.length);
    return send_whole_or_first(client, &set_sending, attribute, &out);
}

static enum dlms_client_status take_set(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = read_form(client, body);
    if (form == SET_RESPONSE_BLOCK) {
        return go_on(client, &set_sending, body);
    }
    if (form == SET_RESPONSE_LAST_BLOCK && body->length == 5) {
        body->length = 1; /* the block-number behind the result says nothing new */
    } else if (form != NORMAL) {
        return DLMS_CLIENT_ERR_UNEXPECTED;
    }
    const enum dlms_client_status status = take_result(client, body);
    return status == DLMS_CLIENT_DONE && !client->is_last_sent ? DLMS_CLIENT_ERR_UNEXPECTED
                                                               : status;
}

/* ---- ACTION ---- */

static enum dlms_client_status take_action(struct dlms_client *client, struct dlms_reader *body);

static const struct dlms_client_operation acting = {TAG_ACTION_RESPONSE, take_action};
static const struct sending action_sending = {TAG_ACTION_REQUEST, 4, 6,
                                              DLMS_CONFORMANCE_BLOCK_ACTION, &acting};

enum dlms_client_status dlms_client_action(struct dlms_client *client,
                                           const struct dlms_client_attribute *method,
                                           struct dlms_span parameters)
{
    /* reply_to_HLS_authentication needs no agreement: it is how the association comes to be. */
    const bool is_reply = method->class_id == CLASS_ASSOCIATION && method->index == 1;
    const enum dlms_client_status status = begin(client, is_reply ? 0 : DLMS_CONFORMANCE_ACTION);
    if (status != DLMS_CLIENT_SEND) {
        return status;
    }
    client->parameters = parameters;
    struct dlms_writer out = dlms_client_writer(client);
    write_head(client, &out, TAG_ACTION_REQUEST, NORMAL);
    write_descriptor(&out, method);
    dlms_raw_u8(&out, parameters.length > 0);
    dlms_raw_bytes(&out, parameters.data, parameters.length);
    return send_whole_or_first(client, &action_sending, method, &out);
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
        status = take_data_result(client, body);
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

static enum dlms_client_status take_action_block(struct dlms_client *client,
                                                 struct dlms_reader *body)
{
    bool is_last;
    if (client->value_length == 0) {
        client->block_number = 0; /* until here it counted the blocks sent */
    }
    if (!read_block_head(client, body, &is_last)) {
        return body->failed ? DLMS_CLIENT_ERR_FORMAT : DLMS_CLIENT_ERR_BLOCK;
    }
    const enum dlms_client_status status = keep_block(client, body, is_last);
    if (status != DLMS_CLIENT_DONE) {
        return status;
    }
    if (!is_last) {
        return ask_for_next(client, TAG_ACTION_REQUEST, &acting);
    }
    /* As with GET it is the Data alone; some send what stands in front of it, too. */
    if (judge_value(client) == DLMS_CLIENT_DONE) {
        return DLMS_CLIENT_DONE;
    }
    struct dlms_reader whole = dlms_reader(client->value, client->value_length);
    return take_action_result(client, &whole);
}

static enum dlms_client_status take_action(struct dlms_client *client, struct dlms_reader *body)
{
    const uint8_t form = read_form(client, body);
    if (form == ACTION_RESPONSE_NEXT_BLOCK) {
        return go_on(client, &action_sending, body);
    }
    enum dlms_client_status status = DLMS_CLIENT_ERR_UNEXPECTED;
    if (form == NORMAL && client->value_length == 0) {
        status = take_action_result(client, body);
    } else if (form == ACTION_RESPONSE_BLOCK && client->is_last_sent) {
        status = take_action_block(client, body);
    }
    return status == DLMS_CLIENT_DONE && !client->is_last_sent ? DLMS_CLIENT_ERR_UNEXPECTED
                                                               : status;
}
