/* SET: one attribute, a list of them, and long values in blocks. Invariant: nothing is written before
 * the whole request is there, well-formed, and its answer is known to fit. */
#include "dlms/objects.h"
#include "dlms/transfer.h"

enum {
    TAG_SET_RESPONSE = 0xC5,
    FORM_NORMAL = 1,
    FORM_FIRST_BLOCK = 2,
    FORM_BLOCK = 3,
    FORM_LIST = 4,
    FORM_LIST_AND_FIRST_BLOCK = 5,
    RESPONSE_NORMAL = 1,
    RESPONSE_BLOCK = 2,
    RESPONSE_LAST_BLOCK = 3,
    RESPONSE_LAST_BLOCK_LIST = 4,
    RESPONSE_LIST = 5,
    HEAD_SIZE = 3, /* tag, form, invoke id */
    BLOCK_NUMBER_SIZE = 4,
    BLOCKS = DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_BLOCK_SET,
    LISTS = DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES,
};

static void write_head(struct dlms_writer *out, uint8_t form, uint8_t invoke_id)
{
    dlms_raw_u8(out, TAG_SET_RESPONSE);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, invoke_id);
}

/* ---- Values ---- */

/* A reference and one Data: the body of a normal request. False: malformed. */
static bool read_normal(struct dlms_reader body, struct dlms_reference *reference,
                        struct dlms_span *value)
{
    *reference = dlms_read_reference(&body);
    *value = dlms_skip_data(&body);
    return dlms_reader_done(&body);
}

/* A list of references and as many Data: the body of a list request. Gives the count, 0 when
 * malformed, and a reader that stands before the first Data. */
static size_t read_list(struct dlms_reader body, struct dlms_reader *values)
{
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_reference(&body);
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

/* Writes all of a well-formed list, one after the other, and its results to the reply. */
static void write_list(struct dlms_exchange *exchange, struct dlms_reader body,
                       struct dlms_reader values)
{
    const size_t count = dlms_read_length(&body);
    dlms_raw_length(&exchange->reply, count);
    for (size_t i = 0; i < count; i++) {
        const struct dlms_reference reference = dlms_read_reference(&body);
        const struct dlms_span value = dlms_skip_data(&values);
        const enum dlms_result result = dlms_attribute_write(exchange, &reference, value);
        dlms_raw_u8(&exchange->reply, (uint8_t)result);
    }
}

/* tail is what follows the results. */
static bool results_fit(const struct dlms_exchange *exchange, size_t count, size_t tail)
{
    struct dlms_writer head = dlms_writer(NULL, 0);
    dlms_raw_length(&head, count);
    return HEAD_SIZE + head.total + count + tail <= exchange->reply.size;
}

/* ---- In one piece ---- */

static void set_normal(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reference reference;
    struct dlms_span value;
    if (!read_normal(exchange->body, &reference, &value)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    const enum dlms_result result = dlms_attribute_write(exchange, &reference, value);
    if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, RESPONSE_NORMAL, invoke_id);
        dlms_raw_u8(&exchange->reply, (uint8_t)result);
    }
}

static void set_list(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reader values;
    const size_t count = read_list(exchange->body, &values);
    if (count == 0) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    if (!results_fit(exchange, count, 0)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        return;
    }
    write_head(&exchange->reply, RESPONSE_LIST, invoke_id);
    write_list(exchange, exchange->body, values);
    if (!dlms_is_confirmed(exchange, invoke_id)) {
        exchange->reply.total = 0;
    }
}

/* ---- In blocks ---- */

static void answer_last(struct dlms_exchange *exchange, uint8_t invoke_id, enum dlms_result result,
                        uint32_t block_number)
{
    if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, RESPONSE_LAST_BLOCK, invoke_id);
        dlms_raw_u8(&exchange->reply, (uint8_t)result);
        dlms_raw_u32(&exchange->reply, block_number);
    }
}

static void end_with(struct dlms_exchange *exchange, uint8_t invoke_id, enum dlms_result result,
                     uint32_t block_number)
{
    dlms_transfer_cancel(exchange->link, exchange->session);
    answer_last(exchange, invoke_id, result, block_number);
}

static void complete_normal(struct dlms_exchange *exchange, uint8_t invoke_id, uint32_t number)
{
    const struct dlms_link *link = exchange->link;
    struct dlms_reference reference;
    struct dlms_span value;
    enum dlms_result result = DLMS_RESULT_LONG_SET_ABORTED;
    if (read_normal(dlms_reader(link->long_buffer, link->transfer.request_length), &reference,
                    &value)) {
        result = dlms_attribute_write(exchange, &reference, value);
    }
    end_with(exchange, invoke_id, result, number);
}

static void complete_list(struct dlms_exchange *exchange, uint8_t invoke_id, uint32_t number)
{
    struct dlms_link *link = exchange->link;
    const struct dlms_reader body = dlms_reader(link->long_buffer, link->transfer.request_length);
    struct dlms_reader values;
    const size_t count = read_list(body, &values);
    if (count == 0 || !results_fit(exchange, count, BLOCK_NUMBER_SIZE)) {
        end_with(exchange, invoke_id, DLMS_RESULT_LONG_SET_ABORTED, number);
        return;
    }
    write_head(&exchange->reply, RESPONSE_LAST_BLOCK_LIST, invoke_id);
    write_list(exchange, body, values);
    dlms_raw_u32(&exchange->reply, number);
    dlms_transfer_cancel(link, exchange->session);
    if (!dlms_is_confirmed(exchange, invoke_id)) {
        exchange->reply.total = 0;
    }
}

/* A block was taken: asks for the next, or carries out what is complete now. */
static void go_on(struct dlms_exchange *exchange, uint8_t invoke_id, const struct dlms_block *block)
{
    if (block->is_last) {
        if (exchange->link->transfer.form == FORM_NORMAL) {
            complete_normal(exchange, invoke_id, block->number);
        } else {
            complete_list(exchange, invoke_id, block->number);
        }
    } else if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, RESPONSE_BLOCK, invoke_id);
        dlms_raw_u32(&exchange->reply, block->number);
    }
}

/* head is what stands in front of the block. */
static void start(struct dlms_exchange *exchange, uint8_t invoke_id, uint8_t form,
                  struct dlms_span head, const struct dlms_block *block)
{
    if (!dlms_gather_start(exchange, DLMS_TRANSFER_SET, form, &head, 1, block)) {
        const enum dlms_result result = block->number == 1 ? DLMS_RESULT_LONG_SET_ABORTED
                                                           : DLMS_RESULT_DATA_BLOCK_NUMBER_INVALID;
        end_with(exchange, invoke_id, result, block->number);
        return;
    }
    go_on(exchange, invoke_id, block);
}

/* An attribute that may not be written is refused at once, before the client sends all the rest. */
static void set_first_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reader body = exchange->body;
    const struct dlms_reference reference = dlms_read_reference(&body);
    const struct dlms_span head = {exchange->body.data, exchange->body.length - body.length};
    const struct dlms_block block = dlms_read_block(&body);
    if (!dlms_reader_done(&body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    const enum dlms_result result = dlms_attribute_check_write(exchange, &reference);
    if (result != DLMS_RESULT_SUCCESS) {
        end_with(exchange, invoke_id, result, block.number);
        return;
    }
    start(exchange, invoke_id, FORM_NORMAL, head, &block);
}

static void set_list_and_first_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_reader body = exchange->body;
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_reference(&body);
    }
    const struct dlms_span head = {exchange->body.data, exchange->body.length - body.length};
    const struct dlms_block block = dlms_read_block(&body);
    if (count == 0 || !dlms_reader_done(&body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (!results_fit(exchange, count, 0)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    } else {
        start(exchange, invoke_id, FORM_LIST, head, &block);
    }
}

static void set_block(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    struct dlms_link *link = exchange->link;
    const struct dlms_block block = dlms_read_block(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (!dlms_transfer_active(exchange, DLMS_TRANSFER_SET)) {
        answer_last(exchange, invoke_id, DLMS_RESULT_NO_LONG_SET_IN_PROGRESS, block.number);
    } else if (block.number != link->transfer.block_number + 1) {
        end_with(exchange, invoke_id, DLMS_RESULT_DATA_BLOCK_NUMBER_INVALID, block.number);
    } else if (!dlms_gather(link, block.bytes)) {
        end_with(exchange, invoke_id, DLMS_RESULT_LONG_SET_ABORTED, block.number);
    } else {
        link->transfer.block_number = block.number;
        go_on(exchange, invoke_id, &block);
    }
}

void dlms_set(struct dlms_exchange *exchange)
{
    static const struct dlms_form forms[] = {
        {FORM_NORMAL, DLMS_CONFORMANCE_SET, set_normal},
        {FORM_FIRST_BLOCK, BLOCKS, set_first_block},
        {FORM_BLOCK, BLOCKS, set_block},
        {FORM_LIST, LISTS, set_list},
        {FORM_LIST_AND_FIRST_BLOCK, BLOCKS | LISTS, set_list_and_first_block},
    };
    dlms_dispatch_form(exchange, forms, sizeof forms / sizeof forms[0]);
}
