/* GET: one attribute, a list of them, and long answers in blocks.
 *
 * A request is turned into its answer by write_answer, which may be asked again at any time; the
 * block transfer keeps the request instead of the answer. Invariant of a transfer: while
 * the answer goes on behind the window, check is that of all in front of its end; and a block is only cut
 * from a window whose answer began with the same bytes (server.h, "Long answers"). */
#include <string.h>

#include "dlms/objects.h"
#include "dlms/transfer.h"

enum {
    TAG_GET_RESPONSE = 0xC4,
    FORM_NORMAL = 1,
    FORM_BLOCK = 2,
    FORM_LIST = 3,
    CHOICE_DATA = 0,
    CHOICE_ERROR = 1,
    BLOCK_HEADER = 9, /* tag, form, invoke id, last-block, block number, choice; then a length */
    ERROR_SIZE = 2,   /* a Get-Data-Result that is an error */
};

static void write_head(struct dlms_writer *out, uint8_t form, uint8_t invoke_id)
{
    dlms_raw_u8(out, TAG_GET_RESPONSE);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, invoke_id);
}

static void write_error(struct dlms_writer *out, enum dlms_result result)
{
    dlms_raw_u8(out, CHOICE_ERROR);
    dlms_raw_u8(out, (uint8_t)result);
}

/* A Get-Data-Result. */
static void write_result(const struct dlms_exchange *exchange,
                         const struct dlms_reference *reference, struct dlms_writer *out)
{
    const struct dlms_writer before = *out;
    dlms_raw_u8(out, CHOICE_DATA);
    const enum dlms_result result = dlms_attribute_read(exchange, reference, out);
    if (result != DLMS_RESULT_SUCCESS) {
        *out = before;
        write_error(out, result);
    }
}

/* What goes out in blocks, 5-3: of a normal GET the Data alone, of a list the count and the
 * results. request is known to be well-formed. */
static enum dlms_result write_answer(const struct dlms_exchange *exchange, struct dlms_span request,
                                     struct dlms_writer *out)
{
    struct dlms_reader body = dlms_reader(request.data, request.length);
    dlms_read_u8(&body);
    const uint8_t form = dlms_read_u8(&body);
    dlms_read_u8(&body);
    if (form == FORM_NORMAL) {
        const struct dlms_reference reference = dlms_read_reference(&body);
        return dlms_attribute_read(exchange, &reference, out);
    }
    const size_t count = dlms_read_length(&body);
    dlms_raw_length(out, count);
    for (size_t i = 0; i < count; i++) {
        const struct dlms_reference reference = dlms_read_reference(&body);
        write_result(exchange, &reference, out);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Block transfer ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Makes the answer anew. What of the window is not sent moves to its front, and what comes behind it
 * follows, as much as there is room for. */
static enum dlms_result fill_window(const struct dlms_exchange *exchange)
{
    struct dlms_link *link = exchange->link;
    struct dlms_transfer *transfer = &link->transfer;
    const struct dlms_span request = {link->long_buffer, transfer->request_length};
    uint8_t *const window = link->long_buffer + request.length;
    const size_t sent = transfer->sent - transfer->window_start;
    const size_t left = transfer->window_length - sent;
    memmove(window, window + sent, left);
    struct dlms_writer out =
        dlms_writer(window + left, link->long_buffer_size - request.length - left);
    out.skip = transfer->sent + left;
    const enum dlms_result result = write_answer(exchange, request, &out);
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    if (out.total < out.skip || out.check != transfer->check) {
        return DLMS_RESULT_LONG_GET_ABORTED;
    }
    transfer->total = out.total;
    transfer->window_start = transfer->sent;
    transfer->window_length = left + least(out.total - out.skip, out.size);
    if (dlms_writer_overflowed(&out)) {
        transfer->check = dlms_check(transfer->check, out.data, out.size);
    }
    return DLMS_RESULT_SUCCESS;
}

/* The window holds at least one block's worth, or the rest of the answer. */
static bool window_suffices(const struct dlms_transfer *transfer, size_t capacity)
{
    const size_t window_end = transfer->window_start + transfer->window_length;
    return transfer->block_number > 0 &&
           (window_end - transfer->sent >= capacity || window_end == transfer->total);
}

static void write_block(struct dlms_exchange *exchange, uint8_t invoke_id, size_t capacity)
{
    struct dlms_transfer *transfer = &exchange->link->transfer;
    bool is_last;
    const size_t length = dlms_block_length(transfer, capacity, &is_last);
    transfer->block_number++;
    write_head(&exchange->reply, FORM_BLOCK, invoke_id);
    dlms_raw_u8(&exchange->reply, is_last);
    dlms_raw_u32(&exchange->reply, transfer->block_number);
    dlms_raw_u8(&exchange->reply, CHOICE_DATA);
    dlms_block_write(exchange, length);
}

/* Sends the block after block_number, or says why not and ends the transfer. */
static enum dlms_result send_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_transfer *transfer = &exchange->link->transfer;
    const size_t capacity = dlms_block_capacity(exchange, BLOCK_HEADER);
    if (!window_suffices(transfer, capacity)) {
        const enum dlms_result result = fill_window(exchange);
        if (result != DLMS_RESULT_SUCCESS) {
            transfer->owner = 0;
            return result;
        }
    }
    write_block(exchange, invoke_id, capacity);
    return DLMS_RESULT_SUCCESS;
}

/* Block transfer is agreed on, and there is room for the request and something of the answer. */
static bool transfer_possible(const struct dlms_exchange *exchange)
{
    return (exchange->session->conformance & DLMS_CONFORMANCE_BLOCK_GET) != 0 &&
           exchange->link->long_buffer_size > exchange->request->apdu.length;
}

/* The first block instead of an answer that turned out too long. */
static void start_transfer(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_link *link = exchange->link;
    const struct dlms_span request = exchange->request->apdu;
    memcpy(link->long_buffer, request.data, request.length);
    dlms_transfer_start(exchange, DLMS_TRANSFER_GET, request.length);
    exchange->reply.total = 0;
    const enum dlms_result result = send_block(exchange, invoke_id);
    if (result != DLMS_RESULT_SUCCESS) {
        write_head(&exchange->reply, FORM_NORMAL, invoke_id);
        write_error(&exchange->reply, result);
    }
}

/* ---- The three forms ---- */

static void get_normal(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    const struct dlms_reference reference = dlms_read_reference(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    write_head(&exchange->reply, FORM_NORMAL, invoke_id);
    const struct dlms_writer before = exchange->reply;
    write_result(exchange, &reference, &exchange->reply);
    if (!dlms_writer_overflowed(&exchange->reply)) {
        return;
    }
    if (transfer_possible(exchange)) {
        start_transfer(exchange, invoke_id);
    } else {
        exchange->reply = before;
        write_error(&exchange->reply, DLMS_RESULT_OTHER_REASON);
    }
}

static void write_block_error(struct dlms_exchange *exchange, uint8_t invoke_id,
                              uint32_t block_number, enum dlms_result result)
{
    write_head(&exchange->reply, FORM_BLOCK, invoke_id);
    dlms_raw_u8(&exchange->reply, true);
    dlms_raw_u32(&exchange->reply, block_number);
    write_error(&exchange->reply, result);
}

static void get_next(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_transfer *transfer = &exchange->link->transfer;
    const uint32_t block_number = dlms_read_u32(&exchange->body);
    enum dlms_result result;
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    if (!dlms_transfer_active(exchange, DLMS_TRANSFER_GET)) {
        result = DLMS_RESULT_NO_LONG_GET_IN_PROGRESS;
    } else if (block_number != transfer->block_number) {
        transfer->owner = 0;
        result = DLMS_RESULT_DATA_BLOCK_NUMBER_INVALID;
    } else {
        result = send_block(exchange, invoke_id);
    }
    if (result != DLMS_RESULT_SUCCESS) {
        write_block_error(exchange, invoke_id, block_number, result);
    }
}

/* The number of references, or 0 when the list is empty or malformed: known before any is read. */
static size_t list_count(struct dlms_reader body)
{
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_reference(&body);
    }
    return dlms_reader_done(&body) ? count : 0;
}

/* Each result, or other-reason where it would take the room of those behind it. */
static void write_list_truncated(struct dlms_exchange *exchange, size_t count)
{
    struct dlms_writer *out = &exchange->reply;
    for (size_t left = count; left > 0; left--) {
        const struct dlms_reference reference = dlms_read_reference(&exchange->body);
        const struct dlms_writer before = *out;
        write_result(exchange, &reference, out);
        if (out->total + ERROR_SIZE * (left - 1) > out->size) {
            *out = before;
            write_error(out, DLMS_RESULT_OTHER_REASON);
        }
    }
}

static void get_list(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    const size_t count = list_count(exchange->body);
    if (count == 0) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    write_head(&exchange->reply, FORM_LIST, invoke_id);
    const struct dlms_writer before = exchange->reply;
    write_answer(exchange, exchange->request->apdu, &exchange->reply);
    if (!dlms_writer_overflowed(&exchange->reply)) {
        return;
    }
    if (transfer_possible(exchange)) {
        start_transfer(exchange, invoke_id);
        return;
    }
    exchange->reply = before;
    dlms_raw_length(&exchange->reply, dlms_read_length(&exchange->body));
    write_list_truncated(exchange, count);
    if (dlms_writer_overflowed(&exchange->reply)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    }
}

void dlms_get(struct dlms_exchange *exchange)
{
    static const struct dlms_form forms[] = {
        {FORM_NORMAL, DLMS_CONFORMANCE_GET, get_normal},
        {FORM_BLOCK, DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET, get_next},
        {FORM_LIST, DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES, get_list},
    };
    dlms_dispatch_form(exchange, forms, sizeof forms / sizeof forms[0]);
}
