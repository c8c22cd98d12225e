/* ACTION, refused: no object has a method that may be invoked yet. */
#include "dlms/objects.h"
#include "dlms/service.h"

enum {
    TAG_ACTION_RESPONSE = 0xC7,
    FORM_NORMAL = 1,
    FORM_NEXT_BLOCK = 2,
    FORM_LIST = 3,
    FORM_FIRST_BLOCK = 4,
    FORM_LIST_AND_FIRST_BLOCK = 5,
    FORM_BLOCK = 6,
};

static enum dlms_result refusal(const struct dlms_exchange *exchange,
                                const struct dlms_reference *method)
{
    struct dlms_entry entry;
    const enum dlms_result result =
        dlms_objects_find(exchange->link->server, exchange->session->association, method->class_id,
                          method->logical_name, &entry);
    return result != DLMS_RESULT_SUCCESS ? result : DLMS_RESULT_READ_WRITE_DENIED;
}

static void skip_parameters(struct dlms_reader *body)
{
    const uint8_t presence = dlms_read_u8(body);
    if (presence == 1) {
        dlms_skip_data(body);
    } else if (presence > 1) {
        dlms_reader_fail(body);
    }
}

static void action_normal(struct dlms_exchange *exchange, uint8_t invoke_id)
{
    const struct dlms_reference method = dlms_read_descriptor(&exchange->body);
    skip_parameters(&exchange->body);
    if (!dlms_reader_done(&exchange->body)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    } else if (dlms_is_confirmed(exchange, invoke_id)) {
        const uint8_t answer[] = {TAG_ACTION_RESPONSE, FORM_NORMAL, invoke_id,
                                  (uint8_t)refusal(exchange, &method), 0 /* no parameters */};
        dlms_raw_bytes(&exchange->reply, answer, sizeof answer);
    }
}

void dlms_action(struct dlms_exchange *exchange)
{
    static const struct dlms_form forms[] = {
        {FORM_NORMAL, DLMS_CONFORMANCE_ACTION, action_normal},
        {FORM_NEXT_BLOCK, DLMS_CONFORMANCE_BLOCK_ACTION, NULL},
        {FORM_LIST, DLMS_CONFORMANCE_MULTIPLE_REFERENCES, NULL},
        {FORM_FIRST_BLOCK, DLMS_CONFORMANCE_BLOCK_ACTION, NULL},
        {FORM_LIST_AND_FIRST_BLOCK, DLMS_CONFORMANCE_BLOCK_ACTION, NULL},
        {FORM_BLOCK, DLMS_CONFORMANCE_BLOCK_ACTION, NULL},
    };
    dlms_dispatch_form(exchange, forms, sizeof forms / sizeof forms[0]);
}
