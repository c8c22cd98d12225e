/* The APDUs a server sends unasked. Invariant: what is taken apart was exactly one of them. */
#include "dlms/notification.h"

#include <string.h>

enum { DATE_TIME = 12 };

static void write_time(struct dlms_writer *out, const struct dlms_date_time *time)
{
    uint8_t data[2 + DATE_TIME];
    struct dlms_writer string = dlms_writer(data, sizeof data);
    dlms_put_date_time(&string, time);
    dlms_raw_bytes(out, data + 1, 1 + DATE_TIME); /* an OCTET STRING of the APDU has no tag */
}

void dlms_data_notification_write(struct dlms_writer *out, uint32_t invoke,
                                  const struct dlms_date_time *time)
{
    dlms_raw_u8(out, DLMS_TAG_DATA_NOTIFICATION);
    dlms_raw_u32(out, invoke);
    if (time != NULL) {
        write_time(out, time);
    } else {
        dlms_raw_u8(out, 0);
    }
}

void dlms_event_notification_write(struct dlms_writer *out,
                                   const struct dlms_event_notification *notification,
                                   const struct dlms_date_time *time)
{
    dlms_raw_u8(out, DLMS_TAG_EVENT_NOTIFICATION);
    dlms_raw_u8(out, time != NULL);
    if (time != NULL) {
        write_time(out, time);
    }
    dlms_raw_u16(out, notification->class_id);
    dlms_raw_bytes(out, notification->logical_name, sizeof notification->logical_name);
    dlms_raw_u8(out, (uint8_t)notification->attribute);
}

void dlms_data_notification_confirm(struct dlms_writer *out, uint32_t invoke)
{
    dlms_raw_u8(out, DLMS_TAG_DATA_NOTIFICATION_CONFIRM);
    dlms_raw_u32(out, invoke);
    dlms_raw_u8(out, 0);
}

/* 12 octets or none. */
static struct dlms_span read_time(struct dlms_reader *reader)
{
    const struct dlms_span time = dlms_read_bytes(reader, dlms_read_length(reader));
    if (time.length != 0 && time.length != DATE_TIME) {
        dlms_reader_fail(reader);
    }
    return time;
}

enum dlms_err dlms_data_notification_parse(struct dlms_span apdu,
                                           struct dlms_data_notification *notification)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&reader);
    notification->invoke = dlms_read_u32(&reader);
    notification->time = read_time(&reader);
    notification->body = dlms_skip_data(&reader);
    return tag == DLMS_TAG_DATA_NOTIFICATION && dlms_reader_done(&reader) ? DLMS_OK
                                                                          : DLMS_ERR_FORMAT;
}

enum dlms_err dlms_event_notification_parse(struct dlms_span apdu,
                                            struct dlms_event_notification *notification)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&reader);
    *notification = (struct dlms_event_notification){0};
    if (dlms_read_u8(&reader) != 0) {
        notification->time = read_time(&reader);
    }
    notification->class_id = dlms_read_u16(&reader);
    const struct dlms_span name = dlms_read_bytes(&reader, sizeof notification->logical_name);
    notification->attribute = (int8_t)dlms_read_u8(&reader);
    notification->value = dlms_skip_data(&reader);
    if (tag != DLMS_TAG_EVENT_NOTIFICATION || !dlms_reader_done(&reader)) {
        return DLMS_ERR_FORMAT;
    }
    memcpy(notification->logical_name, name.data, name.length);
    return DLMS_OK;
}
