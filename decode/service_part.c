/* What the services have in common: invoke-ids, descriptors, selections, data and results. Invariant: a
 * part that is missing leaves the cursor failed, and nothing behind it is read. */
#include "decode/service.h"

#include <stdio.h>
#include <string.h>

#include "decode/data.h"
#include "decode/object.h"
#include "decode/text.h"
#include "dlms/client.h"

enum { DESCRIPTOR = 9, SUBJECT_TEXT = 200 };

void service_take_invoke(struct service *service)
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

bool service_take_descriptor(struct service *service, bool is_method)
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

void service_name_subject(struct service *service)
{
    char text[SUBJECT_TEXT];
    if (service->subject.is_known) {
        decode_subject_text(text, sizeof text, &service->subject);
        decode_summarise(service->tree, " %s", text);
    }
}

void service_remember(struct service *service)
{
    service->context->requests[service->invoke] = service->subject;
}

void service_take_data(struct service *service, const char *name,
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

void service_name_value(struct service *service, size_t before)
{
    if (service->tree->count > before) {
        decode_summarise(service->tree, " = %s", service->tree->fields[before].meaning);
    }
}

uint8_t service_take_result(struct service *service, const char *name)
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

void service_take_selector(struct service *service, const uint8_t *flag)
{
    static const struct decode_name profile[] = {{1, "range_descriptor"}, {2, "entry_descriptor"}};
    static const struct decode_subject nothing = {.is_known = false};
    const uint8_t *selector = decode_take(&service->cursor, "access-selector", 1);
    if (selector == NULL) {
        return;
    }
    const uint8_t *start = flag != NULL ? flag : selector;
    const char *text =
        service->subject.class_id == 7 && *selector <= 2 ? DECODE_NAME(profile, *selector) : "";
    decode_open(service->tree, "access-selection", start, (size_t)(selector + 1 - start), "%u %s",
                *selector, text);
    service_take_data(service, "parameters", &nothing);
    decode_close(service->tree);
    decode_summarise(service->tree, ", %s", text[0] != '\0' ? text : "selective");
}

void service_take_selection(struct service *service)
{
    const uint8_t *flag = decode_take(&service->cursor, "access-selection", 1);
    if (flag != NULL && *flag == 0) {
        decode_field(service->tree, "access-selection", flag, 1, "none");
    } else if (flag != NULL) {
        service_take_selector(service, flag);
    }
}

uint32_t service_take_count(struct service *service, const char *name)
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

uint32_t service_take_block_number(struct service *service)
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

void service_take_get_result(struct service *service, const char *name,
                             const struct decode_subject *subject)
{
    const uint8_t *choice = decode_take(&service->cursor, "result", 1);
    if (choice == NULL) {
        return;
    }
    if (*choice != 0) {
        service_take_result(service, "data-access-result");
        return;
    }
    decode_field(service->tree, "result", choice, 1, "data");
    const size_t before = service->tree->count;
    service_take_data(service, name, subject);
    service_name_value(service, before);
}

void service_take_time(struct service *service)
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

uint32_t service_take_long_invoke(struct service *service)
{
    const uint8_t *bytes = decode_take(&service->cursor, "long-invoke-id-and-priority", 4);
    if (bytes == NULL) {
        return 0;
    }
    const uint32_t number = (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    decode_field(service->tree, "long-invoke-id-and-priority", bytes, 4, "%u, %s", (unsigned)number,
                 (bytes[0] & 0x40) != 0 ? "confirmed" : "unconfirmed");
    return number;
}

void service_open_element(struct service *service, uint32_t index)
{
    char name[32];
    snprintf(name, sizeof name, "[%u]", (unsigned)(index + 1));
    decode_open(service->tree, name, NULL, 0, "%s", "");
}
