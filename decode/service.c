/* The xDLMS services with logical names (IEC 62056-5-3), by tag. Invariant: what a request named is
 * remembered by its invoke-id before its answer is shown. */
#include "decode/service.h"

#include "decode/apdu.h"

enum {
    GET_REQUEST = 0xC0,
    SET_REQUEST = 0xC1,
    EVENT_NOTIFICATION = 0xC2,
    ACTION_REQUEST = 0xC3,
    GET_RESPONSE = 0xC4,
    SET_RESPONSE = 0xC5,
    ACTION_RESPONSE = 0xC7,
    EXCEPTION = 0xD8,
    ACCESS_REQUEST = 0xD9,
    ACCESS_RESPONSE = 0xDA,
    DATA_NOTIFICATION = 0x0F,
};

struct service_row {
    uint8_t tag;
    uint8_t choices; /* 0: no choice and no invoke-id */
    const char *choice[6];
    void (*show)(struct service *service);
};

static const struct service_row rows[] = {
    {GET_REQUEST, 3, {"normal", "next block", "with list"}, service_get_request},
    {SET_REQUEST,
     5,
     {"normal", "first block", "block", "with list", "with list, first block"},
     service_set_request},
    {ACTION_REQUEST,
     6,
     {"normal", "next block", "with list", "first block", "with list, first block", "block"},
     service_action_request},
    {GET_RESPONSE, 3, {"normal", "block", "with list"}, service_get_response},
    {SET_RESPONSE,
     5,
     {"normal", "block taken", "last block taken", "last block taken, with list", "with list"},
     service_set_response},
    {ACTION_RESPONSE, 4, {"normal", "block", "with list", "next block"}, service_action_response},
    {ACCESS_REQUEST, 0, {NULL}, service_access_request},
    {ACCESS_RESPONSE, 0, {NULL}, service_access_response},
    {EXCEPTION, 0, {NULL}, service_exception},
    {DATA_NOTIFICATION, 0, {NULL}, service_data_notification},
    {EVENT_NOTIFICATION, 0, {NULL}, service_event_notification},
};

static void show_service(struct service *service, const struct service_row *row)
{
    if (row->choices > 0) {
        const uint8_t *choice = decode_take(&service->cursor, "choice", 1);
        if (choice == NULL) {
            return;
        }
        if (*choice == 0 || *choice > row->choices) {
            decode_fault(service->tree, "choice", choice, 1, "%u, there is none such", *choice);
            return;
        }
        service->choice = *choice;
        decode_field(service->tree, "choice", choice, 1, "%s", row->choice[*choice - 1]);
        decode_summarise(service->tree, "%s%s", *choice != 1 ? " " : "",
                         *choice != 1 ? row->choice[*choice - 1] : "");
        service_take_invoke(service);
    }
    row->show(service);
    decode_expect_end(&service->cursor);
}

bool decode_service(struct decode_context *context, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].tag != bytes[0]) {
            continue;
        }
        struct service service = {
            .context = context,
            .tree = &context->tree,
            .cursor = decode_cursor(&context->tree, bytes, length),
        };
        service.cursor.at = 1;
        decode_open(&context->tree, decode_apdu_text(bytes[0]), bytes, 1, "%s", "");
        decode_summarise(&context->tree, "%s", decode_apdu_text(bytes[0]));
        show_service(&service, &rows[i]);
        decode_close(&context->tree);
        return true;
    }
    return false;
}
