/* ACTION: one method, a list of them, long parameters in blocks, and long return parameters in
 * blocks. Invariants: nothing is invoked before the whole request is there and well-formed; a method
 * is invoked once, so what it returned is kept until it is sent. */
#include <string.h>

#include "dlms/objects.h"
#include "dlms/transfer.h"

enum {
    TAG_ACTION_RESPONSE = 0xC7,
    FORM_NORMAL = 1,
    FORM_NEXT_BLOCK = 2,
    FORM_LIST = 3,
    FORM_FIRST_BLOCK = 4,
    FORM_LIST_AND_FIRST_BLOCK = 5,
    FORM_BLOCK = 6,
    RESPONSE_NORMAL = 1,
    RESPONSE_BLOCK = 2,
    RESPONSE_LIST = 3,
    RESPONSE_NEXT_BLOCK = 4,
    BLOCK_HEADER = 8, /* tag, form, invoke id, last-block, block number; then a length */
    RESULT_SIZE = 2,  /* result and no return parameters */
    RETURN_HEAD = 3,  /* result, presence, choice of Get-Data-Result */
    BLOCKS = DLMS_CONFORMANCE_ACTION | DLMS_CONFORMANCE_BLOCK_ACTION,
    LISTS = DLMS_CONFORMANCE_ACTION | DLMS_CONFORMANCE_MULTIPLE_REFERENCES,
};

/* What stands in front of return parameters. */
static const uint8_t success_with_data[RETURN_HEAD] = {DLMS_RESULT_SUCCESS, 1, 0};

static void write_head(struct dlms_writer *out, uint8_t form, uint8_t invoke_id)
{
    dlms_raw_u8(out, TAG_ACTION_RESPONSE);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, invoke_id);
}

/* Action-Response-With-Optional-Data without data. */
static void write_result(struct dlms_writer *out, enum dlms_result result)
{
    dlms_raw_u8(out, (uint8_t)result);
    dlms_raw_u8(out, 0);
}

static void answer_result(struct dlms_exchange *exchange, uint8_t invoke_id,
                          enum dlms_result result)
{
    exchange->reply.total = 0;
    if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, RESPONSE_NORMAL, invoke_id);
        write_result(&exchange->reply, result);
    }
}

/* ---- Requests ---- */

/* Null-data says the same as nothing. */
static struct dlms_span given(struct dlms_span parameters)
{
    const bool is_null = parameters.length == 1 && parameters.data[0] == DLMS_TAG_NULL;
    return is_null ? (struct dlms_span){NULL, 0} : parameters;
}

/* A method descriptor and optional parameters. False: malformed. */
static bool read_normal(struct dlms_reader body, struct dlms_reference *method,
                        struct dlms_span *parameters)
{
    *method = dlms_read_descriptor(&body);
    *parameters = (struct dlms_span){NULL, 0};
    const uint8_t presence = dlms_read_u8(&body);
    if (presence == 1) {
        *parameters = given(dlms_skip_data(&body));
    }
    return presence <= 1 && dlms_reader_done(&body);
}

/* A list of descriptors and as many Data. Gives the count, 0 when malformed, and a reader that stands
 * before the first Data. */
static size_t read_list(struct dlms_reader body, struct dlms_reader *values)
{
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_descriptor(&body);
    }
    if (dlms_read_length(&body) != count) {
        return 0;
    }
    *values = body;
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_skip_data(&body);
    }
    return dlms_reader_done(&body) ? count : 0;
}

/* ---- Answers ---- */

static bool may_send_blocks(const struct dlms_exchange *exchange)
{
    return (exchange->session->conformance & DLMS_CONFORMANCE_BLOCK_ACTION) != 0;
}

static void write_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_transfer *transfer = &exchange->link->transfer;
    bool is_last;
    const size_t length =
        dlms_block_length(transfer, dlms_block_capacity(exchange, BLOCK_HEADER), &is_last);
    transfer->block_number++;
    write_head(&exchange->reply, RESPONSE_BLOCK, invoke_id);
    dlms_raw_u8(&exchange->reply, is_last);
    dlms_raw_u32(&exchange->reply, transfer->block_number);
    dlms_block_write(exchange, length);
}

/* The long buffer holds an answer of length bytes from start on: what goes out in blocks. */
static void start_blocks(struct dlms_exchange *exchange, uint8_t invoke_id, size_t start,
                         size_t length)
{
    dlms_transfer_start(exchange, DLMS_TRANSFER_ACTION_OUT, start);
    exchange->link->transfer.window_length = length;
    exchange->link->transfer.total = length;
    exchange->reply.total = 0;
    write_block(exchange, invoke_id);
}

/* Where a method writes its return parameters: behind the request in the long buffer when they may go
 * out in blocks and there is more room, else where they belong in the reply. start tells how much of
 * the buffer is the request's. A transfer of another session in that buffer comes to its end. */
static struct dlms_writer return_writer(struct dlms_exchange *exchange, size_t start,
                                        size_t head_size)
{
    struct dlms_link *link = exchange->link;
    const size_t reply_room = exchange->reply.size - head_size;
    if (may_send_blocks(exchange) && link->long_buffer_size - start > reply_room) {
        link->transfer.owner = 0;
        return dlms_writer(link->long_buffer + start, link->long_buffer_size - start);
    }
    return dlms_writer(exchange->reply.data + head_size, reply_room);
}

/* Sends what a return_writer holds behind the head that is in the reply by now. */
static void send_returned(struct dlms_exchange *exchange, uint8_t invoke_id, size_t start,
                          const struct dlms_writer *out)
{
    struct dlms_writer *reply = &exchange->reply;
    if (out->data == reply->data + reply->total) {
        reply->total += out->total;
    } else if (reply->total + out->total <= reply->size) {
        dlms_raw_bytes(reply, out->data, out->total);
    } else {
        start_blocks(exchange, invoke_id, start, out->total);
    }
}

/* Invokes one method and answers. The first start bytes of the long buffer are the request's. */
static void serve_normal(struct dlms_exchange *exchange, uint8_t invoke_id, size_t start,
                         const struct dlms_reference *method, struct dlms_span parameters)
{
    enum { HEAD = 3 + RETURN_HEAD };
    struct dlms_writer out = return_writer(exchange, start, HEAD);
    const enum dlms_result result = dlms_method_invoke(exchange, method, parameters, &out);
    if (result != DLMS_RESULT_SUCCESS || out.total == 0) {
        answer_result(exchange, invoke_id, result);
        return;
    }
    if (dlms_writer_overflowed(&out)) {
        answer_result(exchange, invoke_id, DLMS_RESULT_OTHER_REASON);
        return;
    }
    if (!dlms_is_confirmed(exchange, invoke_id)) {
        return;
    }
    write_head(&exchange->reply, RESPONSE_NORMAL, invoke_id);
    dlms_raw_bytes(&exchange->reply, success_with_data, RETURN_HEAD);
    send_returned(exchange, invoke_id, start, &out);
}

/* One element of a list of results, or its result alone where data would take the room of those
 * behind it. */
static void invoke_element(struct dlms_exchange *exchange, const struct dlms_reference *method,
                           struct dlms_span parameters, size_t room_behind, struct dlms_writer *out)
{
    const struct dlms_writer before = *out;
    dlms_raw_bytes(out, success_with_data, RETURN_HEAD);
    const size_t empty = out->total;
    out->size =
        before.size - room_behind; /* so a method sees whether what it returns can be told */
    enum dlms_result result = dlms_method_invoke(exchange, method, parameters, out);
    const bool fits = !dlms_writer_overflowed(out);
    out->size = before.size;
    const bool has_data = result == DLMS_RESULT_SUCCESS && out->total > empty;
    if (has_data && fits) {
        return;
    }
    if (has_data) {
        result = DLMS_RESULT_OTHER_REASON;
    }
    *out = before;
    write_result(out, result);
}

/* The same for a well-formed list. */
static void serve_list(struct dlms_exchange *exchange, uint8_t invoke_id, size_t start,
                       struct dlms_reader body, struct dlms_reader values)
{
    enum { HEAD = 3 };
    struct dlms_writer out = return_writer(exchange, start, HEAD);
    const size_t count = dlms_read_length(&body);
    dlms_raw_length(&out, count);
    if (out.total + RESULT_SIZE * count > out.size) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        return;
    }
    for (size_t left = count; left > 0; left--) {
        const struct dlms_reference method = dlms_read_descriptor(&body);
        const struct dlms_span parameters = given(dlms_skip_data(&values));
        invoke_element(exchange, &method, parameters, RESULT_SIZE * (left - 1), &out);
    }
    if (!dlms_is_confirmed(exchange, invoke_id)) {
        return;
    }
    write_head(&exchange->reply, RESPONSE_LIST, invoke_id);
    send_returned(exchange, invoke_id, start, &out);
}

/* ---- The forms ---- */

static void action_normal(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reference method;
    struct dlms_span parameters;
    if (read_normal(exchange->body, &method, &parameters)) {
        serve_normal(exchange, invoke_id, 0, &method, parameters);
    } else {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    }
}

static void action_list(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reader values;
    if (read_list(exchange->body, &values) > 0) {
        serve_list(exchange, invoke_id, 0, exchange->body, values);
    } else {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    }
}

static void action_next_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_link *link = exchange->link;
    const uint32_t number = dlms_read_u32(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (!dlms_transfer_active(exchange, DLMS_TRANSFER_ACTION_OUT)) {
        answer_result(exchange, invoke_id, DLMS_RESULT_NO_LONG_ACTION_IN_PROGRESS);
    } else if (number != link->transfer.block_number) {
        dlms_transfer_cancel(link, exchange->session);
        answer_result(exchange, invoke_id, DLMS_RESULT_LONG_ACTION_ABORTED);
    } else {
        write_block(exchange, invoke_id);
    }
}

/* The gathered request is complete. */
static void complete(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_link *link = exchange->link;
    const size_t length = link->transfer.request_length;
    const struct dlms_reader body = dlms_reader(link->long_buffer, length);
    struct dlms_reference method;
    struct dlms_span parameters;
    struct dlms_reader values;
    const bool is_list = link->transfer.form == FORM_LIST;
    dlms_transfer_cancel(link, exchange->session);
    if (is_list && read_list(body, &values) > 0) {
        serve_list(exchange, invoke_id, length, body, values);
    } else if (!is_list && read_normal(body, &method, &parameters)) {
        serve_normal(exchange, invoke_id, length, &method, parameters);
    } else {
        answer_result(exchange, invoke_id, DLMS_RESULT_LONG_ACTION_ABORTED);
    }
}

static void go_on(struct dlms_exchange *exchange, uint8_t invoke_id, const struct dlms_block *block)
{
    if (block->is_last) {
        complete(exchange, invoke_id);
    } else if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, RESPONSE_NEXT_BLOCK, invoke_id);
        dlms_raw_u32(&exchange->reply, block->number);
    }
}

static void start(struct dlms_exchange *exchange, uint8_t invoke_id, uint8_t form,
                  const struct dlms_span *head, size_t head_count, const struct dlms_block *block)
{
    if (dlms_gather_start(exchange, DLMS_TRANSFER_ACTION_IN, form, head, head_count, block)) {
        go_on(exchange, invoke_id, block);
    } else {
        answer_result(exchange, invoke_id, DLMS_RESULT_LONG_ACTION_ABORTED);
    }
}

/* The blocks carry the parameters without their presence octet, 5-3. */
static void action_first_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    static const uint8_t present = 1;
    struct dlms_reader body = exchange->body;
    dlms_read_descriptor(&body);
    const struct dlms_span head[] = {
        {exchange->body.data, exchange->body.length - body.length},
        {&present, 1},
    };
    const struct dlms_block block = dlms_read_block(&body);
    if (dlms_reader_done(&body)) {
        start(exchange, invoke_id, FORM_NORMAL, head, 2, &block);
    } else {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    }
}

static void action_list_and_first_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reader body = exchange->body;
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_descriptor(&body);
    }
    const struct dlms_span head = {exchange->body.data, exchange->body.length - body.length};
    const struct dlms_block block = dlms_read_block(&body);
    if (count > 0 && dlms_reader_done(&body)) {
        start(exchange, invoke_id, FORM_LIST, &head, 1, &block);
    } else {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    }
}

static void action_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_link *link = exchange->link;
    const struct dlms_block block = dlms_read_block(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (!dlms_transfer_active(exchange, DLMS_TRANSFER_ACTION_IN)) {
        answer_result(exchange, invoke_id, DLMS_RESULT_NO_LONG_ACTION_IN_PROGRESS);
    } else if (block.number != link->transfer.block_number + 1 || !dlms_gather(link, block.bytes)) {
        dlms_transfer_cancel(link, exchange->session);
        answer_result(exchange, invoke_id, DLMS_RESULT_LONG_ACTION_ABORTED);
    } else {
        link->transfer.block_number = block.number;
        go_on(exchange, invoke_id, &block);
    }
}

void dlms_action(struct dlms_exchange *exchange)
{
    static const struct dlms_form forms[] = {
        {FORM_NORMAL, DLMS_CONFORMANCE_ACTION, action_normal},
        {FORM_NEXT_BLOCK, BLOCKS, action_next_block},
        {FORM_LIST, LISTS, action_list},
        {FORM_FIRST_BLOCK, BLOCKS, action_first_block},
        {FORM_LIST_AND_FIRST_BLOCK, BLOCKS | LISTS, action_list_and_first_block},
        {FORM_BLOCK, BLOCKS, action_block},
    };
    dlms_dispatch_form(exchange, forms, sizeof forms / sizeof forms[0]);
}
