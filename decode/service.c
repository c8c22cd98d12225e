/* The xDLMS services with logical names: GET, SET, ACTION, exceptions, notifications (IEC
 * 62056-5-3). Invariant: what a request named is remembered by its invoke-id before its answer is
 * shown. */
#include "decode/apdu.h"

#include <stdio.h>
#include <string.h>

#include "decode/cursor.h"
#include "decode/data.h"
#include "decode/object.h"
#include "decode/text.h"
#include "dlms/client.h"

enum {
    GET_REQUEST = 0xC0,
    SET_REQUEST = 0xC1,
    EVENT_NOTIFICATION = 0xC2,
    ACTION_REQUEST = 0xC3,
    GET_RESPONSE = 0xC4,
    SET_RESPONSE = 0xC5,
    ACTION_RESPONSE = 0xC7,
    EXCEPTION = 0xD8,
    DATA_NOTIFICATION = 0x0F,
    DESCRIPTOR = 9,
    SUBJECT_TEXT = 200,
};

/* An APDU while it is read. */
struct service {
    struct decode_context *context;
    struct decode_tree *tree;
    struct decode_cursor cursor;
    uint8_t choice;
    uint8_t invoke;
    struct decode_subject subject; /* that of the request */
};

/* ---- Parts ---- */

static void take_invoke(struct service *service)
{
    const uint8_t *invoke = decode_take(&service->cursor, "invoke-id-and-priority", 1);
    if (invoke == NULL) {
        return;
    }
    service->invoke = *invoke & 0x0F;
    service->subject = service->context->requests[service->invoke];
    decode_field(service->tree, "invoke-id-and-priority", invoke, 1, "%u, %s, %s", service->invoke,
                 (*invoke & 0x40) != 0 ? "confirmed" : "unconfirmed",
                 (*invoke & 0x80) != 0 ? "high priority" : "normal priority");
}

static void read_descriptor(const uint8_t *bytes, bool is_method, struct decode_subject *subject)
{
    *subject = (struct decode_subject){
        .is_known = true,
        .is_method = is_method,
        .class_id = (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]),
        .index = (int8_t)bytes[8],
    };
    memcpy(subject->obis, bytes + 2, sizeof subject->obis);
}

static void show_descriptor(struct decode_tree *tree, const uint8_t *bytes,
                            const struct decode_subject *subject)
{
    char obis[DECODE_OBIS_TEXT];
    const char *class_text = decode_class_text(subject->class_id);
    const char *index_text = subject->is_method
                                 ? decode_method_text(subject->class_id, subject->index)
                                 : decode_attribute_text(subject->class_id, subject->index);
    decode_obis_text(obis, subject->obis);
    decode_field(tree, "class", bytes, 2, "%u %s", subject->class_id,
                 class_text != NULL ? class_text : "");
    decode_field(tree, "instance", bytes + 2, 6, "%s", obis);
    decode_field(tree, subject->is_method ? "method" : "attribute", bytes + 8, 1, "%d %s",
                 subject->index, index_text != NULL ? index_text : "");
}

static bool take_descriptor(struct service *service, bool is_method)
{
    const uint8_t *bytes = decode_take(
        &service->cursor, is_method ? "method descriptor" : "attribute descriptor", DESCRIPTOR);
    if (bytes == NULL) {
        return false;
    }
    read_descriptor(bytes, is_method, &service->subject);
    show_descriptor(service->tree, bytes, &service->subject);
    return true;
}

static void name_subject(struct service *service)
{
    char text[SUBJECT_TEXT];
    if (service->subject.is_known) {
        decode_subject_text(text, sizeof text, &service->subject);
        decode_summarise(service->tree, " %s", text);
    }
}

static void remember(struct service *service)
{
    service->context->requests[service->invoke] = service->subject;
}

static void take_data(struct service *service, const char *name,
                      const struct decode_subject *subject)
{
    size_t length;
    const uint8_t *bytes = decode_rest(&service->cursor, &length);
    if (service->cursor.is_failed) {
        return;
    }
    const size_t faults = service->tree->faults;
    service->cursor.at += decode_data(service->context, subject, name, bytes, length);
    service->cursor.is_failed = service->tree->faults > faults;
}

/* The last field's meaning in the summary: an answer's value. */
static void name_value(struct service *service, size_t before)
{
    if (service->tree->count > before) {
        decode_summarise(service->tree, " = %s", service->tree->fields[before].meaning);
    }
}

static uint8_t take_result(struct service *service, const char *name)
{
    const uint8_t *result = decode_take(&service->cursor, name, 1);
    if (result == NULL) {
        return 0;
    }
    decode_field(service->tree, name, result, 1, "%u %s", *result,
                 dlms_client_result_text((enum dlms_result) * result));
    decode_summarise(service->tree, ": %s", dlms_client_result_text((enum dlms_result) * result));
    return *result;
}

static void take_selection(struct service *service)
{
    static const struct decode_name profile[] = {{1, "range_descriptor"}, {2, "entry_descriptor"}};
    const uint8_t *flag = decode_take(&service->cursor, "access-selection", 1);
    if (flag == NULL) {
        return;
    }
    if (*flag == 0) {
        decode_field(service->tree, "access-selection", flag, 1, "none");
        return;
    }
    const uint8_t *selector = decode_take(&service->cursor, "access-selector", 1);
    if (selector == NULL) {
        return;
    }
    const char *text =
        service->subject.class_id == 7 && *selector <= 2 ? DECODE_NAME(profile, *selector) : "";
    decode_open(service->tree, "access-selection", flag, 2, "%u %s", *selector, text);
    const struct decode_subject nothing = {.is_known = false};
    take_data(service, "parameters", &nothing);
    decode_close(service->tree);
    decode_summarise(service->tree, ", %s", text[0] != '\0' ? text : "selective");
}

/* How many elements a list has. */
static uint32_t take_count(struct service *service, const char *name)
{
    const uint8_t *count = decode_take(&service->cursor, name, 1);
    if (count == NULL) {
        return 0;
    }
    if (*count >= 0x80) {
        decode_fault(service->tree, name, count, 1, "a list this long is not decoded");
        service->cursor.is_failed = true;
        return 0;
    }
    decode_field(service->tree, name, count, 1, "%u", *count);
    return *count;
}

static uint32_t take_block_number(struct service *service)
{
    const uint8_t *bytes = decode_take(&service->cursor, "block-number", 4);
    if (bytes == NULL) {
        return 0;
    }
    const uint32_t number =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    decode_field(service->tree, "block-number", bytes, 4, "%u", (unsigned)number);
    decode_summarise(service->tree, ", block %u", (unsigned)number);
    return number;
}

/* ---- Blocks ---- */

static struct decode_blocks *begin_block(struct service *service, uint32_t number)
{
    struct decode_context *context = service->context;
    struct decode_blocks *blocks = &context->blocks[context->direction];
    const bool is_first = number <= 1;
    const bool is_next = blocks->is_running && number == blocks->next;
    if (!is_first && !is_next) {
        decode_field(service->tree, "before it", NULL, 0,
                     "blocks %u to %u are missing: the position in the data is lost",
                     blocks->is_running ? (unsigned)blocks->next : 1, (unsigned)number - 1);
    }
    if (is_first || !is_next) {
        blocks->walk =
            (struct decode_walk){.subject = service->subject, .wanted = is_first ? 1 : UINT32_MAX};
        blocks->pending.length = 0;
        blocks->is_torn = !is_first;
    }
    blocks->is_running = true;
    blocks->next = number + 1;
    return blocks;
}

/* The data as far as it goes with this block; an element cut by its end waits for the next. */
static void show_block(struct service *service, struct decode_blocks *blocks, const uint8_t *bytes,
                       size_t length, bool is_last)
{
    struct decode_tree *tree = service->tree;
    if (blocks->pending.length + length > DECODE_PENDING_MAX ||
        !decode_buffer_add(&blocks->pending, bytes, length)) {
        decode_fault(tree, "data", bytes, length, "an element too long to join");
        blocks->is_running = false;
        return;
    }
    const size_t joined = blocks->pending.length;
    const uint8_t *data = decode_keep(tree, blocks->pending.bytes, joined);
    if (data == NULL) {
        return;
    }
    bool is_bad;
    const size_t used =
        decode_data_walk(service->context, &blocks->walk, "value", data, joined, &is_bad);
    decode_buffer_drop(&blocks->pending, used);
    if (is_bad && blocks->is_torn) {
        decode_field(tree, "data", data + used, joined - used,
                     "not decoded: no element begins here");
    } else if (is_bad) {
        decode_fault(tree, "data", data + used, joined - used,
                     "at octet %zu of the block: no element of data", used);
    } else if (used < joined && !is_last) {
        decode_field(tree, "data", data + used, joined - used, "goes on in the next block");
    } else if (is_last && !blocks->is_torn && (used < joined || blocks->walk.depth > 0)) {
        decode_fault(tree, "data", data + used, joined - used, "%s",
                     used < joined ? "not complete, or more than one" : "not complete");
    }
    blocks->pending.length = is_bad ? 0 : blocks->pending.length;
    blocks->is_torn = blocks->is_torn || is_bad;
    blocks->is_running = !is_last;
}

/* last, number, octets: the form of SET and ACTION; of GET the octets are a choice. */
static void take_block(struct service *service, bool is_choice)
{
    const uint8_t *last = decode_take(&service->cursor, "last-block", 1);
    if (last == NULL) {
        return;
    }
    decode_field(service->tree, "last-block", last, 1, "%s", *last != 0 ? "yes" : "no");
    const uint32_t number = take_block_number(service);
    decode_summarise(service->tree, "%s", *last != 0 ? ", the last" : "");
    uint8_t choice = 0;
    if (is_choice && decode_take_u8(&service->cursor, "result", &choice) && choice != 0) {
        take_result(service, "data-access-result");
        return;
    }
    const size_t length = decode_take_length(&service->cursor, "raw-data");
    const uint8_t *bytes = decode_take(&service->cursor, "raw-data", length);
    if (bytes == NULL) {
        return;
    }
    decode_open(service->tree, "raw-data", NULL, 0, "%zu octets", length);
    show_block(service, begin_block(service, number), bytes, length, *last != 0);
    decode_close(service->tree);
}

/* ---- GET ---- */

static void take_attribute_list(struct service *service)
{
    const uint32_t count = take_count(service, "attributes");
    decode_summarise(service->tree, " %u attributes", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        char name[32];
        snprintf(name, sizeof name, "[%u]", (unsigned)(i + 1));
        decode_open(service->tree, name, NULL, 0, "%s", "");
        if (take_descriptor(service, false)) {
            take_selection(service);
        }
        decode_close(service->tree);
    }
    service->subject.is_known = false;
}

static void get_request(struct service *service)
{
    switch (service->choice) {
    case 1:
        if (take_descriptor(service, false)) {
            name_subject(service);
            take_selection(service);
        }
        remember(service);
        break;
    case 2:
        name_subject(service);
        take_block_number(service);
        break;
    default:
        take_attribute_list(service);
        remember(service);
    }
}

/* 00 and data, or 01 and a result. */
static void take_get_result(struct service *service, const char *name,
                            const struct decode_subject *subject)
{
    const uint8_t *choice = decode_take(&service->cursor, "result", 1);
    if (choice == NULL) {
        return;
    }
    if (*choice != 0) {
        take_result(service, "data-access-result");
        return;
    }
    decode_field(service->tree, "result", choice, 1, "data");
    const size_t before = service->tree->count;
    take_data(service, name, subject);
    name_value(service, before);
}

static void take_result_list(struct service *service, bool has_data)
{
    const struct decode_subject nothing = {.is_known = false};
    const uint32_t count = take_count(service, "results");
    decode_summarise(service->tree, " %u results", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        char name[32];
        snprintf(name, sizeof name, "[%u]", (unsigned)(i + 1));
        decode_open(service->tree, name, NULL, 0, "%s", "");
        if (has_data) {
            take_get_result(service, "value", &nothing);
        } else {
            take_result(service, "data-access-result");
        }
        decode_close(service->tree);
    }
}

static void get_response(struct service *service)
{
    name_subject(service);
    switch (service->choice) {
    case 1:
        take_get_result(service, "value", &service->subject);
        break;
    case 2:
        take_block(service, true);
        break;
    default:
        take_result_list(service, true);
    }
}

/* ---- SET ---- */

static void set_request(struct service *service)
{
    if (service->choice == 1 || service->choice == 2) {
        if (take_descriptor(service, false)) {
            name_subject(service);
            take_selection(service);
        }
        remember(service);
    } else if (service->choice >= 4) {
        take_attribute_list(service);
        remember(service);
    } else {
        name_subject(service);
    }
    if (service->choice == 1) {
        const size_t before = service->tree->count;
        take_data(service, "value", &service->subject);
        name_value(service, before);
    } else if (service->choice == 4) {
        const struct decode_subject nothing = {.is_known = false};
        const uint32_t count = take_count(service, "values");
        for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
            take_data(service, "value", &nothing);
        }
    } else {
        take_block(service, false);
    }
}

static void set_response(struct service *service)
{
    name_subject(service);
    switch (service->choice) {
    case 1:
        take_result(service, "data-access-result");
        break;
    case 2:
        take_block_number(service);
        break;
    case 3:
        take_result(service, "data-access-result");
        take_block_number(service);
        break;
    default:
        take_result_list(service, false);
        if (service->choice == 4) {
            take_block_number(service);
        }
    }
}

/* ---- ACTION ---- */

static void take_parameters(struct service *service)
{
    const uint8_t *flag = decode_take(&service->cursor, "method-invocation-parameters", 1);
    if (flag == NULL) {
        return;
    }
    decode_field(service->tree, "method-invocation-parameters", flag, 1, "%s",
                 *flag != 0 ? "present" : "none");
    if (*flag != 0) {
        take_data(service, "parameters", &service->subject);
    }
}

static void take_method_list(struct service *service, bool has_data)
{
    const struct decode_subject nothing = {.is_known = false};
    uint32_t count = take_count(service, "methods");
    decode_summarise(service->tree, " %u methods", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        char name[32];
        snprintf(name, sizeof name, "[%u]", (unsigned)(i + 1));
        decode_open(service->tree, name, NULL, 0, "%s", "");
        take_descriptor(service, true);
        decode_close(service->tree);
    }
    service->subject.is_known = false;
    remember(service);
    count = has_data ? take_count(service, "parameters") : 0;
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        take_data(service, "parameters", &nothing);
    }
}

static void action_request(struct service *service)
{
    switch (service->choice) {
    case 1:
    case 4:
        if (take_descriptor(service, true)) {
            name_subject(service);
        }
        remember(service);
        if (service->choice == 1) {
            take_parameters(service);
        } else {
            take_block(service, false);
        }
        break;
    case 2:
        name_subject(service);
        take_block_number(service);
        break;
    case 3:
    case 5:
        take_method_list(service, service->choice == 3);
        if (service->choice == 5) {
            take_block(service, false);
        }
        break;
    default:
        name_subject(service);
        take_block(service, false);
    }
}

static void take_action_result(struct service *service)
{
    take_result(service, "action-result");
    const uint8_t *flag = decode_take(&service->cursor, "return-parameters", 1);
    if (flag == NULL) {
        return;
    }
    decode_field(service->tree, "return-parameters", flag, 1, "%s",
                 *flag != 0 ? "present" : "none");
    if (*flag != 0) {
        take_get_result(service, "returned", &service->subject);
    }
}

static void action_response(struct service *service)
{
    name_subject(service);
    switch (service->choice) {
    case 1:
        take_action_result(service);
        break;
    case 2:
        take_block(service, false);
        break;
    case 3: {
        const uint32_t count = take_count(service, "results");
        for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
            take_action_result(service);
        }
        break;
    }
    default:
        take_block_number(service);
    }
}

/* ---- Others ---- */

static void exception(struct service *service)
{
    static const struct decode_name states[] = {{1, "service not allowed"}, {2, "service unknown"}};
    static const struct decode_name reasons[] = {
        {1, "operation not possible"}, {2, "service not supported"},
        {3, "other reason"},           {4, "PDU too long"},
        {5, "deciphering error"},      {6, "invocation counter error"},
    };
    const uint8_t *bytes = decode_take(&service->cursor, "exception", 2);
    if (bytes == NULL) {
        return;
    }
    decode_field(service->tree, "state-error", bytes, 1, "%u %s", bytes[0],
                 DECODE_NAME(states, bytes[0]));
    decode_field(service->tree, "service-error", bytes + 1, 1, "%u %s", bytes[1],
                 DECODE_NAME(reasons, bytes[1]));
    decode_summarise(service->tree, ": %s, %s", DECODE_NAME(states, bytes[0]),
                     DECODE_NAME(reasons, bytes[1]));
    if (bytes[1] == 6) {
        const uint8_t *counter = decode_take(&service->cursor, "lowest counter", 4);
        if (counter != NULL) {
            const uint32_t number = (uint32_t)counter[0] << 24 | (uint32_t)counter[1] << 16 |
                                    (uint32_t)counter[2] << 8 | counter[3];
            decode_field(service->tree, "lowest counter", counter, 4, "%u", (unsigned)number);
        }
    }
}

/* An octet-string of a date-time or empty. */
static void take_time(struct service *service)
{
    const size_t length = decode_take_length(&service->cursor, "date-time");
    const uint8_t *bytes = decode_take(&service->cursor, "date-time", length);
    char text[96] = "none";
    if (bytes != NULL && length == 12) {
        decode_date_time_text(text, sizeof text, bytes);
    }
    if (bytes != NULL) {
        decode_field(service->tree, "date-time", bytes, length, "%s", text);
    }
}

static void data_notification(struct service *service)
{
    const struct decode_subject nothing = {.is_known = false};
    const uint8_t *invoke = decode_take(&service->cursor, "long-invoke-id-and-priority", 4);
    if (invoke != NULL) {
        decode_field(service->tree, "long-invoke-id-and-priority", invoke, 4, "%u, %s",
                     (unsigned)((unsigned)invoke[1] << 16 | (unsigned)invoke[2] << 8 | invoke[3]),
                     (invoke[0] & 0x40) != 0 ? "confirmed" : "unconfirmed");
    }
    take_time(service);
    take_data(service, "notification-body", &nothing);
}

static void event_notification(struct service *service)
{
    const uint8_t *flag = decode_take(&service->cursor, "time", 1);
    if (flag != NULL && *flag != 0) {
        take_time(service);
    }
    if (take_descriptor(service, false)) {
        name_subject(service);
    }
    const size_t before = service->tree->count;
    take_data(service, "value", &service->subject);
    name_value(service, before);
}

/* ---- All ---- */

struct service_row {
    uint8_t tag;
    uint8_t choices; /* 0: no choice and no invoke-id */
    const char *choice[6];
    void (*show)(struct service *service);
};

static const struct service_row rows[] = {
    {GET_REQUEST, 3, {"normal", "next block", "with list"}, get_request},
    {SET_REQUEST,
     5,
     {"normal", "first block", "block", "with list", "with list, first block"},
     set_request},
    {ACTION_REQUEST,
     6,
     {"normal", "next block", "with list", "first block", "with list, first block", "block"},
     action_request},
    {GET_RESPONSE, 3, {"normal", "block", "with list"}, get_response},
    {SET_RESPONSE,
     5,
     {"normal", "block taken", "last block taken", "last block taken, with list", "with list"},
     set_response},
    {ACTION_RESPONSE, 4, {"normal", "block", "with list", "next block"}, action_response},
    {EXCEPTION, 0, {NULL}, exception},
    {DATA_NOTIFICATION, 0, {NULL}, data_notification},
    {EVENT_NOTIFICATION, 0, {NULL}, event_notification},
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
        take_invoke(service);
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
