/* SET, refused attribute by attribute: nothing can be written yet, but a client learns whether the
 * attribute is there. Requests are decoded in full, so that a malformed one is told apart. */
#include "dlms/objects.h"
#include "dlms/service.h"

enum {
    TAG_SET_RESPONSE = 0xC5,
    FORM_NORMAL = 1,
    FORM_FIRST_BLOCK = 2,
    FORM_BLOCK = 3,
    FORM_LIST = 4,
    FORM_LIST_AND_FIRST_BLOCK = 5,
    FORM_LIST_RESPONSE = 5,
};

static enum dlms_result refusal(const struct dlms_exchange *exchange,
                                const struct dlms_reference *reference)
{
    struct dlms_entry entry;
    const enum dlms_result result =
        dlms_objects_find(exchange->link->server, exchange->session->association,
                          reference->class_id, reference->logical_name, &entry);
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    const bool is_there = reference->index >= 1 && reference->index <= entry.object.attribute_count;
    return is_there ? DLMS_RESULT_READ_WRITE_DENIED : DLMS_RESULT_OBJECT_UNDEFINED;
}

static void write_head(struct dlms_writer *out, uint8_t form, uint8_t invoke_id)
{
    dlms_raw_u8(out, TAG_SET_RESPONSE);
    dlms_raw_u8(out, form);
    dlms_raw_u8(out, invoke_id);
}

static void set_normal(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    const struct dlms_reference reference = dlms_read_reference(&exchange->body);
    dlms_skip_data(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (dlms_is_confirmed(exchange, invoke_id)) {
        write_head(&exchange->reply, FORM_NORMAL, invoke_id);
        dlms_raw_u8(&exchange->reply, (uint8_t)refusal(exchange, &reference));
    }
}

/* Passes over the list of references and as many Data; 0 when that is not what is there. */
static size_t list_count(struct dlms_reader body)
{
    const size_t count = dlms_read_length(&body);
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_read_reference(&body);
    }
    if (dlms_read_length(&body) != count) {
        return 0;
    }
    for (size_t i = 0; i < count && !body.failed; i++) {
        dlms_skip_data(&body);
    }
    return dlms_reader_done(&body) ? count : 0;
}

static void set_list(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    const size_t count = list_count(exchange->body);
    if (count == 0) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    if (!dlms_is_confirmed(exchange, invoke_id)) {
        return;
    }
    write_head(&exchange->reply, FORM_LIST_RESPONSE, invoke_id);
    dlms_raw_length(&exchange->reply, dlms_read_length(&exchange->body));
    for (size_t i = 0; i < count; i++) {
        const struct dlms_reference reference = dlms_read_reference(&exchange->body);
        dlms_raw_u8(&exchange->reply, (uint8_t)refusal(exchange, &reference));
    }
    if (dlms_writer_overflowed(&exchange->reply)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    }
}

void dlms_set(struct dlms_exchange *exchange)
{
    static const struct dlms_form forms[] = {
        {FORM_NORMAL, DLMS_CONFORMANCE_SET, set_normal},
        {FORM_FIRST_BLOCK, DLMS_CONFORMANCE_BLOCK_SET, NULL},
        {FORM_BLOCK, DLMS_CONFORMANCE_BLOCK_SET, NULL},
        {FORM_LIST_AND_FIRST_BLOCK, DLMS_CONFORMANCE_BLOCK_SET, NULL},
        {FORM_LIST, DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES, set_list},
    };
    dlms_dispatch_form(exchange, forms, sizeof forms / sizeof forms[0]);
}
