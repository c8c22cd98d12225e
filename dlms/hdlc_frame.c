/* HDLC frames: control octets as a table, one header parser for whole frames and for the octets that
 * have come so far, one sender. Invariant of the parser: a frame it accepts is written back the same
 * by the sender. */
#include "dlms/hdlc_frame.h"

#include <string.h>

#include "dlms/bytes.h"
#include "dlms/hdlc_header.h"

/* ---- Check sequence ---- */

uint16_t dlms_hdlc_check(uint16_t check, const uint8_t *data, size_t length)
{
    /* x^16 + x^12 + x^5 + 1, reflected: row n is n run through eight steps of it. */
    static const uint16_t table[256] = {
        0x0000, 0x1189, 0x2312, 0x329B, 0x4624, 0x57AD, 0x6536, 0x74BF, 0x8C48, 0x9DC1, 0xAF5A,
        0xBED3, 0xCA6C, 0xDBE5, 0xE97E, 0xF8F7, 0x1081, 0x0108, 0x3393, 0x221A, 0x56A5, 0x472C,
        0x75B7, 0x643E, 0x9CC9, 0x8D40, 0xBFDB, 0xAE52, 0xDAED, 0xCB64, 0xF9FF, 0xE876, 0x2102,
        0x308B, 0x0210, 0x1399, 0x6726, 0x76AF, 0x4434, 0x55BD, 0xAD4A, 0xBCC3, 0x8E58, 0x9FD1,
        0xEB6E, 0xFAE7, 0xC87C, 0xD9F5, 0x3183, 0x200A, 0x1291, 0x0318, 0x77A7, 0x662E, 0x54B5,
        0x453C, 0xBDCB, 0xAC42, 0x9ED9, 0x8F50, 0xFBEF, 0xEA66, 0xD8FD, 0xC974, 0x4204, 0x538D,
        0x6116, 0x709F, 0x0420, 0x15A9, 0x2732, 0x36BB, 0xCE4C, 0xDFC5, 0xED5E, 0xFCD7, 0x8868,
        0x99E1, 0xAB7A, 0xBAF3, 0x5285, 0x430C, 0x7197, 0x601E, 0x14A1, 0x0528, 0x37B3, 0x263A,
        0xDECD, 0xCF44, 0xFDDF, 0xEC56, 0x98E9, 0x8960, 0xBBFB, 0xAA72, 0x6306, 0x728F, 0x4014,
        0x519D, 0x2522, 0x34AB, 0x0630, 0x17B9, 0xEF4E, 0xFEC7, 0xCC5C, 0xDDD5, 0xA96A, 0xB8E3,
        0x8A78, 0x9BF1, 0x7387, 0x620E, 0x5095, 0x411C, 0x35A3, 0x242A, 0x16B1, 0x0738, 0xFFCF,
        0xEE46, 0xDCDD, 0xCD54, 0xB9EB, 0xA862, 0x9AF9, 0x8B70, 0x8408, 0x9581, 0xA71A, 0xB693,
        0xC22C, 0xD3A5, 0xE13E, 0xF0B7, 0x0840, 0x19C9, 0x2B52, 0x3ADB, 0x4E64, 0x5FED, 0x6D76,
        0x7CFF, 0x9489, 0x8500, 0xB79B, 0xA612, 0xD2AD, 0xC324, 0xF1BF, 0xE036, 0x18C1, 0x0948,
        0x3BD3, 0x2A5A, 0x5EE5, 0x4F6C, 0x7DF7, 0x6C7E, 0xA50A, 0xB483, 0x8618, 0x9791, 0xE32E,
        0xF2A7, 0xC03C, 0xD1B5, 0x2942, 0x38CB, 0x0A50, 0x1BD9, 0x6F66, 0x7EEF, 0x4C74, 0x5DFD,
        0xB58B, 0xA402, 0x9699, 0x8710, 0xF3AF, 0xE226, 0xD0BD, 0xC134, 0x39C3, 0x284A, 0x1AD1,
        0x0B58, 0x7FE7, 0x6E6E, 0x5CF5, 0x4D7C, 0xC60C, 0xD785, 0xE51E, 0xF497, 0x8028, 0x91A1,
        0xA33A, 0xB2B3, 0x4A44, 0x5BCD, 0x6956, 0x78DF, 0x0C60, 0x1DE9, 0x2F72, 0x3EFB, 0xD68D,
        0xC704, 0xF59F, 0xE416, 0x90A9, 0x8120, 0xB3BB, 0xA232, 0x5AC5, 0x4B4C, 0x79D7, 0x685E,
        0x1CE1, 0x0D68, 0x3FF3, 0x2E7A, 0xE70E, 0xF687, 0xC41C, 0xD595, 0xA12A, 0xB0A3, 0x8238,
        0x93B1, 0x6B46, 0x7ACF, 0x4854, 0x59DD, 0x2D62, 0x3CEB, 0x0E70, 0x1FF9, 0xF78F, 0xE606,
        0xD49D, 0xC514, 0xB1AB, 0xA022, 0x92B9, 0x8330, 0x7BC7, 0x6A4E, 0x58D5, 0x495C, 0x3DE3,
        0x2C6A, 0x1EF1, 0x0F78,
    };
    for (size_t i = 0; i < length; i++) {
        check = (uint16_t)(check >> 8 ^ table[(check ^ data[i]) & 0xFF]);
    }
    return check;
}

/* ---- Control octet ---- */

enum { POLL = 0x10 };

struct control_form {
    uint8_t mask; /* bits that tell the type */
    uint8_t bits;
    uint8_t type; /* enum dlms_hdlc_type */
    bool has_receive_number;
};

/* 46, table of control fields. */
static const struct control_form control_forms[] = {
    {0x01, 0x00, DLMS_HDLC_I, true},     {0x0F, 0x01, DLMS_HDLC_RR, true},
    {0x0F, 0x05, DLMS_HDLC_RNR, true},   {0x0F, 0x09, DLMS_HDLC_REJ, true},
    {0xEF, 0x83, DLMS_HDLC_SNRM, false}, {0xEF, 0x43, DLMS_HDLC_DISC, false},
    {0xEF, 0x63, DLMS_HDLC_UA, false},   {0xEF, 0x0F, DLMS_HDLC_DM, false},
    {0xEF, 0x87, DLMS_HDLC_FRMR, false}, {0xEF, 0x03, DLMS_HDLC_UI, false},
};

enum { CONTROL_FORMS = sizeof control_forms / sizeof control_forms[0] };

struct dlms_hdlc_control dlms_hdlc_control_parse(uint8_t octet)
{
    struct dlms_hdlc_control control = {.type = DLMS_HDLC_UNKNOWN, .poll = (octet & POLL) != 0};
    for (size_t i = 0; i < CONTROL_FORMS; i++) {
        const struct control_form *form = &control_forms[i];
        if ((octet & form->mask) == form->bits) {
            control.type = (enum dlms_hdlc_type)form->type;
            control.receive_number = form->has_receive_number ? octet >> 5 : 0;
            control.send_number = form->type == DLMS_HDLC_I ? octet >> 1 & 7 : 0;
            break;
        }
    }
    return control;
}

uint8_t dlms_hdlc_control_write(struct dlms_hdlc_control control)
{
    unsigned octet = control.poll ? POLL : 0;
    for (size_t i = 0; i < CONTROL_FORMS; i++) {
        const struct control_form *form = &control_forms[i];
        if (form->type == control.type) {
            octet |= form->bits;
            octet |= form->has_receive_number ? (control.receive_number & 7u) << 5 : 0;
            octet |= form->type == DLMS_HDLC_I ? (control.send_number & 7u) << 1 : 0;
        }
    }
    return (uint8_t)octet;
}

/* ---- Parsing ---- */

enum {
    FORMAT_TYPE = 0xA0,
    SEGMENTED = 0x08,
    LENGTH_MASK = 0x7FF,
    FORMAT_LENGTH = 2,
    CHECK_LENGTH = 2,
    ADDRESS_MAX = 4,
};

/* The octets of the address at data[0 …]: 0 when its last one is not among length octets yet, more
 * than ADDRESS_MAX when there is no end in sight. */
static size_t address_octets(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length && i <= ADDRESS_MAX; i++) {
        if ((data[i] & 1) != 0) {
            return i + 1;
        }
    }
    return length > ADDRESS_MAX ? ADDRESS_MAX + 1 : 0;
}

/* 7 bits an octet; with 4 octets 14 bits a part. */
static struct dlms_hdlc_address read_address(const uint8_t *data, size_t octets)
{
    struct dlms_hdlc_address address = {.length = (uint8_t)octets};
    if (octets == ADDRESS_MAX) {
        address.upper = (uint16_t)((data[0] >> 1) << 7 | data[1] >> 1);
        address.lower = (uint16_t)((data[2] >> 1) << 7 | data[3] >> 1);
    } else {
        address.upper = data[0] >> 1;
        address.lower = octets == 2 ? data[1] >> 1 : 0;
    }
    return address;
}

static enum dlms_err parse_address(const uint8_t *data, size_t length, size_t *at,
                                   struct dlms_hdlc_address *address)
{
    const size_t octets = address_octets(data + *at, length - *at);
    if (octets == 0) {
        return DLMS_ERR_MORE;
    }
    if (octets == 3 || octets > ADDRESS_MAX) {
        return DLMS_ERR_FORMAT;
    }
    *address = read_address(data + *at, octets);
    *at += octets;
    return DLMS_OK;
}

/* Nothing behind the HCS, or information and its FCS. */
static bool length_possible(size_t frame_length, size_t header_length)
{
    const size_t longest = header_length + DLMS_HDLC_MAX_INFORMATION + CHECK_LENGTH;
    return frame_length == header_length ||
           (frame_length > header_length + CHECK_LENGTH && frame_length <= longest);
}

enum dlms_err dlms_hdlc_header_parse(const uint8_t *data, size_t length,
                                     struct dlms_hdlc_header *header)
{
    struct dlms_hdlc_frame *frame = &header->frame;
    if (length >= 1 && (data[0] & 0xF0) != FORMAT_TYPE) {
        return DLMS_ERR_FORMAT;
    }
    if (length < FORMAT_LENGTH) {
        return DLMS_ERR_MORE;
    }
    size_t at = FORMAT_LENGTH;
    *frame = (struct dlms_hdlc_frame){.segmented = (data[0] & SEGMENTED) != 0};
    header->frame_length = dlms_load_u16(data) & LENGTH_MASK;
    enum dlms_err err = parse_address(data, length, &at, &frame->destination);
    if (err == DLMS_OK) {
        err = parse_address(data, length, &at, &frame->source);
    }
    if (err != DLMS_OK) {
        return err;
    }
    header->length = at + 1 + CHECK_LENGTH;
    if (!length_possible(header->frame_length, header->length)) {
        return DLMS_ERR_FORMAT;
    }
    if (length < header->length) {
        return DLMS_ERR_MORE;
    }
    frame->control = data[at];
    frame->information.length = header->frame_length > header->length
                                    ? header->frame_length - header->length - CHECK_LENGTH
                                    : 0;
    return DLMS_OK;
}

static bool check_good(const uint8_t *data, size_t length)
{
    return dlms_hdlc_check(DLMS_HDLC_CHECK_START, data, length) == DLMS_HDLC_CHECK_GOOD;
}

enum dlms_err dlms_hdlc_frame_parse(const uint8_t *data, size_t length,
                                    struct dlms_hdlc_frame *frame)
{
    struct dlms_hdlc_header header;
    if (dlms_hdlc_header_parse(data, length, &header) != DLMS_OK || header.frame_length != length ||
        !check_good(data, header.length) || !check_good(data, length)) {
        return DLMS_ERR_FORMAT;
    }
    *frame = header.frame;
    if (frame->information.length > 0) {
        frame->information.data = data + header.length;
    }
    return DLMS_OK;
}

/* ---- Writing ---- */

static bool address_writable(const struct dlms_hdlc_address *address)
{
    switch (address->length) {
    case 1:
        return address->upper <= 0x7F && address->lower == 0;
    case 2:
        return address->upper <= 0x7F && address->lower <= 0x7F;
    case 4:
        return address->upper <= 0x3FFF && address->lower <= 0x3FFF;
    default:
        return false;
    }
}

static uint8_t *write_address(uint8_t *out, const struct dlms_hdlc_address *address)
{
    if (address->length == 4) {
        *out++ = (uint8_t)((address->upper >> 7) << 1);
        *out++ = (uint8_t)(address->upper << 1);
        *out++ = (uint8_t)((address->lower >> 7) << 1);
        *out++ = (uint8_t)(address->lower << 1);
    } else {
        *out++ = (uint8_t)(address->upper << 1);
        if (address->length == 2) {
            *out++ = (uint8_t)(address->lower << 1);
        }
    }
    out[-1] |= 1;
    return out;
}

static uint8_t *write_check(uint8_t *out, uint16_t check)
{
    *out++ = (uint8_t)~check;
    *out++ = (uint8_t)(~check >> 8);
    return out;
}

/* Opening flag to HCS; returns the octets written. */
static size_t write_header(uint8_t *head, const struct dlms_hdlc_frame *frame, size_t information)
{
    const size_t header_length =
        (size_t)FORMAT_LENGTH + frame->destination.length + frame->source.length + 1 + CHECK_LENGTH;
    const size_t length = header_length + (information > 0 ? information + CHECK_LENGTH : 0);
    uint8_t *out = head;
    *out++ = DLMS_HDLC_FLAG;
    *out++ = (uint8_t)(FORMAT_TYPE | (frame->segmented ? SEGMENTED : 0) | length >> 8);
    *out++ = (uint8_t)length;
    out = write_address(out, &frame->destination);
    out = write_address(out, &frame->source);
    *out++ = frame->control;
    out = write_check(out, dlms_hdlc_check(DLMS_HDLC_CHECK_START, head + 1, header_length - 2));
    return (size_t)(out - head);
}

bool dlms_hdlc_sender_start(struct dlms_hdlc_sender *sender, const struct dlms_hdlc_frame *frame,
                            struct dlms_span prefix)
{
    const size_t information = prefix.length + frame->information.length;
    *sender = (struct dlms_hdlc_sender){0};
    if (information > DLMS_HDLC_MAX_INFORMATION || prefix.length > DLMS_HDLC_LLC ||
        !address_writable(&frame->destination) || !address_writable(&frame->source)) {
        return false;
    }
    size_t head_length = write_header(sender->head, frame, information);
    uint8_t *tail = sender->tail;
    if (prefix.length > 0) {
        memcpy(sender->head + head_length, prefix.data, prefix.length);
        head_length += prefix.length;
    }
    if (information > 0) {
        uint16_t check = dlms_hdlc_check(DLMS_HDLC_CHECK_START, sender->head + 1, head_length - 1);
        check = dlms_hdlc_check(check, frame->information.data, frame->information.length);
        tail = write_check(tail, check);
    }
    *tail++ = DLMS_HDLC_FLAG;
    sender->head_length = (uint8_t)head_length;
    sender->tail_length = (uint8_t)(tail - sender->tail);
    sender->information = frame->information;
    return true;
}

static size_t frame_length(const struct dlms_hdlc_sender *sender)
{
    return (size_t)sender->head_length + sender->information.length + sender->tail_length;
}

bool dlms_hdlc_sender_pending(const struct dlms_hdlc_sender *sender)
{
    return sender->sent < frame_length(sender);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t dlms_hdlc_sender_take(struct dlms_hdlc_sender *sender, uint8_t *data, size_t size)
{
    const struct dlms_span parts[] = {
        {sender->head, sender->head_length},
        sender->information,
        {sender->tail, sender->tail_length},
    };
    size_t start = 0; /* of the part, in the frame */
    size_t taken = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && taken < size; i++) {
        /* There is room, so every part before this one is out: sent is not before start. */
        const size_t skip = least(sender->sent - start, parts[i].length);
        const size_t count = least(parts[i].length - skip, size - taken);
        if (count > 0) {
            memcpy(data + taken, parts[i].data + skip, count);
            taken += count;
            sender->sent += count;
        }
        start += parts[i].length;
    }
    return taken;
}

size_t dlms_hdlc_frame_write(const struct dlms_hdlc_frame *frame, uint8_t *data, size_t size)
{
    struct dlms_hdlc_sender sender;
    const struct dlms_span no_prefix = {NULL, 0};
    if (!dlms_hdlc_sender_start(&sender, frame, no_prefix)) {
        return 0;
    }
    return frame_length(&sender) <= size ? dlms_hdlc_sender_take(&sender, data, size) : 0;
}
