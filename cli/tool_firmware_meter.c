/* The objects of the image transfer in a meter. Invariant: an answer of another type than the object's is
 * no answer. */
#include "cli/tool_firmware.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CLASS_DATA = 1,
    CLASS_IMAGE = 18,
    CLASS_SCHEDULE = 22,
    ATTRIBUTE_BLOCKS = 3,
    ATTRIBUTE_INFO = 7,
    POLL_MS = 300
};

static const uint8_t image_transfer[6] = {0, 0, 44, 0, 0, 255};
static const uint8_t image_schedule[6] = {0, 0, 15, 0, 2, 255};
static const uint8_t image_fault[6] = {0, 0, 44, 128, 0, 255};
static const uint8_t software_number[6] = {0, 0, 0, 2, 0, 255};
static const uint8_t software_revision[6] = {0, 0, 0, 2, 1, 255};

static struct tool_dlms *session(struct tool_work *work)
{
    return work->meter.session;
}

static bool get_number(struct tool_work *work, uint16_t class_id, const uint8_t name[6],
                       int8_t index, uint32_t *number, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute = tool_dlms_attribute(class_id, name, index);
    struct dlms_span data;
    if (!tool_dlms_get(session(work), &attribute, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value value = dlms_read_value(&reader);
    *number = (uint32_t)value.integer;
    const bool is_number =
        value.tag == DLMS_TAG_U32 || value.tag == DLMS_TAG_ENUM || value.tag == DLMS_TAG_BOOL;
    return is_number || tool_fail(failure, TOOL_NO_ANSWER, "the meter answers with no number");
}

/* Who does not see it at all is not management. */
bool tool_firmware_get(struct tool_work *work, int8_t index, uint32_t *number,
                       struct tool_failure *failure)
{
    const bool done = get_number(work, CLASS_IMAGE, image_transfer, index, number, failure);
    if (!done && failure->code == TOOL_ABSENT) {
        tool_fail(
            failure, TOOL_ABSENT,
            "the meter shows this client no image transfer; the keys of management are needed "
            "(dlms://…?client=1&server=1, --key-file)");
    }
    return done;
}

bool tool_firmware_running(struct tool_work *work, uint32_t *number, uint32_t *revision,
                           struct tool_failure *failure)
{
    return get_number(work, CLASS_DATA, software_number, 2, number, failure) &&
           get_number(work, CLASS_DATA, software_revision, 2, revision, failure);
}

bool tool_firmware_blocks(struct tool_work *work, uint8_t **there, size_t *count,
                          struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_IMAGE, image_transfer, ATTRIBUTE_BLOCKS);
    struct dlms_span data;
    if (!tool_dlms_get(session(work), &attribute, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value value = dlms_read_value(&reader);
    if (value.tag != DLMS_TAG_BIT_STRING) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the meter answers with no bit-string");
    }
    *count = value.count;
    *there = malloc(value.bytes.length + 1);
    if (*there == NULL) {
        return tool_fail(failure, CLI_FAILED, "no memory");
    }
    memcpy(*there, value.bytes.data, value.bytes.length);
    return true;
}

/* image_to_activate_info ends with the signature of the image, the last of the list. */
bool tool_firmware_is_ready(struct tool_work *work, const struct wh_image_header *header,
                            bool *is_ready, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_IMAGE, image_transfer, ATTRIBUTE_INFO);
    struct dlms_span data;
    if (!tool_dlms_get(session(work), &attribute, &data, failure)) {
        return false;
    }
    *is_ready =
        data.length > WH_IMAGE_SIGNATURE && memcmp(data.data + data.length - WH_IMAGE_SIGNATURE,
                                                   header->signature, WH_IMAGE_SIGNATURE) == 0;
    return true;
}

bool tool_firmware_has_bit(const uint8_t *bits, size_t index)
{
    return (bits[index / 8] >> (7 - index % 8) & 1) != 0;
}

bool tool_firmware_invoke(struct tool_work *work, int8_t method, const struct dlms_writer *data,
                          struct tool_failure *failure)
{
    const struct dlms_client_attribute at =
        tool_dlms_attribute(CLASS_IMAGE, image_transfer, method);
    return tool_dlms_invoke(session(work), &at, (struct dlms_span){data->data, data->total},
                            failure);
}

bool tool_firmware_call(struct tool_work *work, int8_t method, struct tool_failure *failure)
{
    uint8_t octets[2];
    struct dlms_writer data = dlms_writer(octets, sizeof octets);
    dlms_put_i8(&data, 0);
    return tool_firmware_invoke(work, method, &data, failure);
}

void tool_firmware_wait(void)
{
    const struct timespec moment = {.tv_nsec = POLL_MS * 1000000L};
    (void)nanosleep(&moment, NULL);
}

const char *tool_firmware_fault(struct tool_work *work)
{
    struct tool_failure ignored;
    uint32_t fault;
    const bool is_told = get_number(work, CLASS_DATA, image_fault, 2, &fault, &ignored);
    return is_told && fault != WH_IMAGE_FAULT_NONE ? wh_image_fault_text((enum wh_image_fault)fault)
                                                   : "";
}

bool tool_firmware_fail(struct tool_work *work, const char *what, struct tool_failure *failure)
{
    const char *fault = tool_firmware_fault(work);
    return tool_fail(failure, TOOL_REFUSED, "%s%s%s", what, fault[0] != '\0' ? ": " : "", fault);
}

bool tool_firmware_schedule(struct tool_work *work, char text[32], struct tool_failure *failure)
{
    enum { TIME_AT = 6, DATE_AT = 12, WITH_TIME = 17 };
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_SCHEDULE, image_schedule, 4);
    struct dlms_span data;
    text[0] = '\0';
    if (!tool_dlms_get(session(work), &attribute, &data, failure)) {
        return failure->code == TOOL_ABSENT;
    }
    if (data.length == WITH_TIME) {
        const uint8_t *time = data.data + TIME_AT;
        const uint8_t *date = data.data + DATE_AT;
        snprintf(text, 32, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)date[0] << 8 | date[1],
                 date[2], date[3], time[0], time[1], time[2]);
    }
    return true;
}

bool tool_firmware_set_schedule(struct tool_work *work, const struct wh_datetime *at,
                                struct tool_failure *failure)
{
    uint8_t octets[32];
    struct dlms_writer data = dlms_writer(octets, sizeof octets);
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_SCHEDULE, image_schedule, 4);
    dlms_put_array(&data, at != NULL ? 1 : 0);
    if (at != NULL) {
        const uint8_t time[4] = {at->hour, at->minute, at->second};
        const uint8_t date[5] = {(uint8_t)(at->year >> 8), (uint8_t)at->year, at->month, at->day,
                                 DLMS_UNSPECIFIED};
        dlms_put_structure(&data, 2);
        dlms_put_octet_string(&data, time, sizeof time);
        dlms_put_octet_string(&data, date, sizeof date);
    }
    return tool_dlms_set(session(work), &attribute, (struct dlms_span){octets, data.total},
                         failure);
}
