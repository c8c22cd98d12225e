/* The forms of frames, one recogniser a first byte. Invariant: a recogniser looks at length bytes
 * and no more, and MORE is answered only while a frame of bounded length is still possible. */
#include "decode/split.h"

#include <string.h>

#include "decode/kmp.h"
#include "dlms/hdlc_header.h"
#include "dlms/wrapper.h"
#include "iec62056_21/line.h"
#include "kmp/frame.h"

enum {
    KMP_MAX = 1200,     /* on the line, stuffing included */
    IEC_SLASH_MAX = 64, /* sign-on or identification */
    IEC_BLOCK_MAX = 65536,
    OPTION_LENGTH = 6,
    MBUS_ACK = 0xE5,
    MBUS_SHORT = 0x10,
    MBUS_LONG = 0x68,
    MBUS_STOP = 0x16,
    SEVEN_BITS = 0x7F,
};

static enum decode_verdict whole(struct decode_split *split, size_t length, bool is_good)
{
    split->length = length;
    split->is_good = is_good;
    split->is_sure = is_good && length > 1;
    return DECODE_WHOLE;
}

/* ---- HDLC ---- */

/* The closing flag may open the next frame: then it is left there. */
static size_t hdlc_end(const uint8_t *data, size_t length, size_t end)
{
    const bool is_shared = end + 1 < length && (data[end + 1] & 0xF0) == 0xA0;
    return is_shared ? end : end + 1;
}

static enum decode_verdict split_hdlc(const uint8_t *data, size_t length,
                                      struct decode_split *split)
{
    struct dlms_hdlc_header header;
    split->language = DECODE_HDLC;
    if (length > 1 && data[1] == DLMS_HDLC_FLAG) {
        split->is_idle = true;
        split->length = 1;
        return DECODE_WHOLE;
    }
    const enum dlms_err err = dlms_hdlc_header_parse(data + 1, length - 1, &header);
    if (err != DLMS_OK) {
        return err == DLMS_ERR_MORE ? DECODE_MORE : DECODE_NOTHING;
    }
    const size_t end = 1 + header.frame_length;
    const bool is_closed = end < length && data[end] == DLMS_HDLC_FLAG;
    const bool head_good =
        dlms_hdlc_check(DLMS_HDLC_CHECK_START, data + 1, header.length) == DLMS_HDLC_CHECK_GOOD;
    if (is_closed) {
        const bool is_good =
            head_good && dlms_hdlc_check(DLMS_HDLC_CHECK_START, data + 1, header.frame_length) ==
                             DLMS_HDLC_CHECK_GOOD;
        return whole(split, hdlc_end(data, length, end), is_good);
    }
    split->is_sure = head_good;
    return head_good && end >= length ? DECODE_MORE : DECODE_NOTHING;
}

/* ---- Wrapper ---- */

static bool is_apdu_tag(uint8_t tag)
{
    static const uint8_t others[] = {0x01, 0x08, 0x0E, 0x0F, 0x10, 0x21, 0x28, 0xD8, 0xD9,
                                     0xDA, 0xDB, 0xDC, 0xDD, 0xDF, 0xE0, 0xE6, 0xE7};
    return (tag >= 0x60 && tag <= 0x63) || (tag >= 0xC0 && tag <= 0xD7) ||
           memchr(others, tag, sizeof others) != NULL;
}

static enum decode_verdict split_wrapper(const uint8_t *data, size_t length,
                                         struct decode_split *split)
{
    split->language = DECODE_WRAPPER;
    if (length > 1 && data[1] != DLMS_WRAPPER_VERSION) {
        return DECODE_NOTHING;
    }
    if (length > DLMS_WRAPPER_HEADER && !is_apdu_tag(data[DLMS_WRAPPER_HEADER])) {
        return DECODE_NOTHING;
    }
    if (length < DLMS_WRAPPER_HEADER) {
        return DECODE_MORE;
    }
    const size_t apdu = (size_t)data[6] << 8 | data[7];
    split->is_sure = length > DLMS_WRAPPER_HEADER;
    if (apdu == 0) {
        return DECODE_NOTHING;
    }
    return length < DLMS_WRAPPER_HEADER + apdu ? DECODE_MORE
                                               : whole(split, DLMS_WRAPPER_HEADER + apdu, true);
}

/* ---- KMP ---- */

static enum decode_verdict split_kmp(const uint8_t *data, size_t length, struct decode_split *split)
{
    static const uint8_t never[] = {KMP_REQUEST, KMP_ANSWER, KMP_ACK};
    split->language = DECODE_KMP;
    for (size_t i = 1; i < length && i < KMP_MAX; i++) {
        if (data[i] == KMP_STOP) {
            return whole(split, i + 1, decode_kmp_is_good(data, i + 1));
        }
        if (memchr(never, data[i], sizeof never) != NULL) {
            return DECODE_NOTHING;
        }
    }
    return length < KMP_MAX ? DECODE_MORE : DECODE_NOTHING;
}

/* ---- IEC 62056-21 ---- */

static bool is_iec_text(uint8_t byte)
{
    const uint8_t c = byte & SEVEN_BITS;
    return (c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n';
}

static enum decode_verdict split_slash(const uint8_t *data, size_t length,
                                       struct decode_split *split)
{
    split->language = DECODE_IEC;
    for (size_t i = 1; i < length && i < IEC_SLASH_MAX; i++) {
        if (!is_iec_text(data[i])) {
            return DECODE_NOTHING;
        }
        if ((data[i] & SEVEN_BITS) == '\n' && (data[i - 1] & SEVEN_BITS) == '\r') {
            return whole(split, i + 1, true);
        }
    }
    return length < IEC_SLASH_MAX ? DECODE_MORE : DECODE_NOTHING;
}

/* ACK is alone, in KMP and IEC 62056-21, or begins an option select. */
static enum decode_verdict split_ack(const uint8_t *data, size_t length, enum decode_language last,
                                     bool is_answered, struct decode_split *split)
{
    static const char form[OPTION_LENGTH + 1] = "\006VZY\r\n";
    size_t fits = 1;
    while (fits < length && fits < OPTION_LENGTH) {
        const uint8_t c = data[fits] & SEVEN_BITS;
        const bool is_digit = form[fits] >= 'V' && form[fits] <= 'Z';
        if (is_digit ? c < '0' || c > '9' : c != (uint8_t)form[fits]) {
            break;
        }
        fits++;
    }
    if (fits == OPTION_LENGTH) {
        split->language = DECODE_IEC;
        return whole(split, OPTION_LENGTH, true);
    }
    split->language = last == DECODE_IEC ? DECODE_IEC : DECODE_KMP;
    return fits == length && is_answered ? DECODE_MORE : whole(split, 1, true);
}

/* STX or SOH to the check character. */
static enum decode_verdict split_block(const uint8_t *data, size_t length,
                                       struct decode_split *split)
{
    const size_t stx_at = 3; /* in a command, behind its two characters */
    uint8_t bcc = 0;
    split->language = DECODE_IEC;
    for (size_t i = 1; i < length && i < IEC_BLOCK_MAX; i++) {
        const uint8_t c = data[i] & SEVEN_BITS;
        bcc ^= c;
        if (c == IEC21_ETX || c == IEC21_EOT) {
            if (i + 1 == length) {
                return DECODE_MORE;
            }
            return whole(split, i + 2, (data[i + 1] & SEVEN_BITS) == bcc);
        }
        const bool is_inner = (data[0] & SEVEN_BITS) == IEC21_SOH && i == stx_at && c == IEC21_STX;
        if (!is_inner && !is_iec_text(c)) {
            return DECODE_NOTHING;
        }
    }
    return length < IEC_BLOCK_MAX ? DECODE_MORE : DECODE_NOTHING;
}

/* ---- M-Bus ---- */

static uint8_t sum(const uint8_t *data, size_t length)
{
    unsigned total = 0;
    for (size_t i = 0; i < length; i++) {
        total += data[i];
    }
    return (uint8_t)total;
}

static bool is_mbus_command(uint8_t c)
{
    static const uint8_t commands[] = {0x40, 0x53, 0x73, 0x5A, 0x7A, 0x5B, 0x7B};
    return memchr(commands, c, sizeof commands) != NULL;
}

static enum decode_verdict split_mbus_short(const uint8_t *data, size_t length,
                                            struct decode_split *split)
{
    const size_t size = 5;
    split->language = DECODE_MBUS;
    if (length > 1 && !is_mbus_command(data[1])) {
        return DECODE_NOTHING;
    }
    if (length < size) {
        return DECODE_MORE;
    }
    return data[4] == MBUS_STOP ? whole(split, size, sum(data + 1, 2) == data[3]) : DECODE_NOTHING;
}

static enum decode_verdict split_mbus_long(const uint8_t *data, size_t length,
                                           struct decode_split *split)
{
    const size_t head = 4;
    split->language = DECODE_MBUS;
    if ((length > 1 && data[1] < 3) || (length > 2 && data[2] != data[1]) ||
        (length > 3 && data[3] != MBUS_LONG)) {
        return DECODE_NOTHING;
    }
    if (length < head) {
        return DECODE_MORE;
    }
    const size_t size = head + data[1] + 2;
    split->is_sure = true;
    if (length < size) {
        return DECODE_MORE;
    }
    const bool sum_good = sum(data + head, data[1]) == data[size - 2];
    const bool is_stopped = data[size - 1] == MBUS_STOP;
    return sum_good || is_stopped ? whole(split, size, sum_good && is_stopped) : DECODE_NOTHING;
}

/* ---- All ---- */

enum decode_verdict decode_split(const uint8_t *data, size_t length, enum decode_language last,
                                 bool is_answered, struct decode_split *split)
{
    *split = (struct decode_split){.language = DECODE_NOISE};
    if (length == 0) {
        return DECODE_MORE;
    }
    switch (data[0]) {
    case DLMS_HDLC_FLAG:
        return split_hdlc(data, length, split);
    case 0x00:
        return split_wrapper(data, length, split);
    case KMP_REQUEST:
    case KMP_ANSWER:
        return split_kmp(data, length, split);
    case '/':
    case '/' | 0x80:
        return split_slash(data, length, split);
    case IEC21_ACK:
        return split_ack(data, length, last, is_answered, split);
    case IEC21_STX:
    case IEC21_STX | 0x80:
    case IEC21_SOH:
    case IEC21_SOH | 0x80:
        return split_block(data, length, split);
    case IEC21_NAK:
    case IEC21_NAK | 0x80:
        split->language = DECODE_IEC;
        return last == DECODE_IEC ? whole(split, 1, true) : DECODE_NOTHING;
    case MBUS_ACK:
        split->language = DECODE_MBUS;
        return whole(split, 1, true);
    case MBUS_SHORT:
        return split_mbus_short(data, length, split);
    case MBUS_LONG:
        return split_mbus_long(data, length, split);
    default:
        return DECODE_NOTHING;
    }
}
