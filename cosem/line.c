/* The set-up of HDLC (class 23, version 1), the same on every port of the meter. Invariant: it tells
 * what the ports do, by the constants that they are made with; nothing of it can be written. */
#include "cosem/objects.h"

enum {
    HDLC_SETUP = 23,
    VERSION = 1,
    COMM_SPEED = 2,
    WINDOW_TRANSMIT = 3,
    WINDOW_RECEIVE = 4,
    INFORMATION_TRANSMIT = 5,
    INFORMATION_RECEIVE = 6,
    INTER_OCTET = 7,
    INACTIVITY = 8,
    DEVICE_ADDRESS = 9,
};

static const uint8_t hdlc_setup[6] = {0, 0, 22, 0, 0, 255};

static size_t count(void)
{
    return 1;
}

static const uint8_t *name(size_t index)
{
    (void)index;
    return hdlc_setup;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    (void)face;
    (void)index;
    object->class_id = HDLC_SETUP;
    object->version = VERSION;
    object->attribute_count = DEVICE_ADDRESS;
    object->readable = (UINT32_C(2) << DEVICE_ADDRESS) - DLMS_ATTRIBUTE(COMM_SPEED);
    object->groups = WH_COSEM_GROUP_METER | WH_COSEM_GROUP_PUBLIC;
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    static const uint16_t values[] = {
        [COMM_SPEED] = WH_COSEM_HDLC_SPEED,
        [WINDOW_TRANSMIT] = 1,
        [WINDOW_RECEIVE] = 1,
        [INFORMATION_TRANSMIT] = WH_COSEM_HDLC_TRANSMIT,
        [INFORMATION_RECEIVE] = WH_COSEM_HDLC_RECEIVE,
        [INTER_OCTET] = WH_COSEM_HDLC_INTER_OCTET_MS,
        [INACTIVITY] = WH_COSEM_HDLC_INACTIVITY_S,
        [DEVICE_ADDRESS] = WH_COSEM_HDLC_ADDRESS,
    };
    const uint16_t value = values[read->attribute];
    (void)face;
    if (read->attribute == COMM_SPEED) {
        dlms_put_enum(out, (uint8_t)value);
    } else if (read->attribute <= WINDOW_RECEIVE) {
        dlms_put_u8(out, (uint8_t)value);
    } else {
        dlms_put_u16(out, value);
    }
    return DLMS_RESULT_SUCCESS;
}

const struct wh_cosem_kind wh_cosem_line = {count, name, describe, read, NULL, NULL};
