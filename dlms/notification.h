/* DataNotification and EventNotification, 5-3: what a server sends unasked. Making them and taking them
 * apart; dlms_link_push (server.h) sends them, DLMS_CLIENT_NOTIFIED (client.h) says one has come. */
#ifndef DLMS_NOTIFICATION_H
#define DLMS_NOTIFICATION_H

#include "dlms/axdr.h"

enum {
    DLMS_TAG_DATA_NOTIFICATION = 0x0F,
    DLMS_TAG_DATA_NOTIFICATION_CONFIRM = 0x10,
    DLMS_TAG_EVENT_NOTIFICATION = 0xC2,
    DLMS_LONG_INVOKE_ID = 0x00FFFFFF, /* bits of long-invoke-id-and-priority: the number, … */
    DLMS_LONG_INVOKE_CONFIRMED = 0x40000000, /* … an answer is asked for */
};
/* … and high priority: above the range of an enumeration. */
#define DLMS_LONG_INVOKE_HIGH UINT32_C(0x80000000)

struct dlms_data_notification {
    uint32_t invoke;       /* long-invoke-id-and-priority */
    struct dlms_span time; /* 12 octets of a date-time (dlms_date_time_parse), or none */
    struct dlms_span body; /* one Data; of a push, a structure of what the push_object_list names */
};

struct dlms_event_notification {
    struct dlms_span time;
    uint16_t class_id;
    uint8_t logical_name[6];
    int8_t attribute;
    struct dlms_span value; /* one Data */
};

/* The APDU up to its Data, which the caller writes behind it. time may be NULL: none. */
void dlms_data_notification_write(struct dlms_writer *out, uint32_t invoke,
                                  const struct dlms_date_time *time);
/* time and value of notification are not used. */
void dlms_event_notification_write(struct dlms_writer *out,
                                   const struct dlms_event_notification *notification,
                                   const struct dlms_date_time *time);

/* What a client sends when a DataNotification had DLMS_LONG_INVOKE_CONFIRMED; invoke as it came. */
void dlms_data_notification_confirm(struct dlms_writer *out, uint32_t invoke);

/* Takes a plain APDU apart; spans point into it. DLMS_ERR_FORMAT: it is none, or not well-formed to its
 * end. */
enum dlms_err dlms_data_notification_parse(struct dlms_span apdu,
                                           struct dlms_data_notification *notification);
enum dlms_err dlms_event_notification_parse(struct dlms_span apdu,
                                            struct dlms_event_notification *notification);

#endif
