/* IEC 62056-21: sign-on, identification, option select, read-outs, commands, load profiles.
 * Invariant: texts are shown with bit 7 taken off, bytes as they came. */
#include <stdio.h>
#include <string.h>

#include "decode/context.h"
#include "decode/object.h"
#include "decode/text.h"
#include "iec62056_21/data_set.h"
#include "iec62056_21/line.h"
#include "iec62056_21/message.h"

enum { SEVEN_BITS = 0x7F, OPTION_LENGTH = 6, LINE_TEXT = 240 };

/* A message without its framing, in seven bits; bytes of the line at the same offsets. */
struct text {
    const char *text; /* NUL-terminated */
    const uint8_t *bytes;
    size_t length;
};

static bool make_text(struct decode_context *context, const uint8_t *bytes, size_t length,
                      struct text *text)
{
    char *copy = (char *)decode_keep(&context->tree, bytes, length + 1);
    if (copy == NULL) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        copy[i] = (char)(bytes[i] & SEVEN_BITS);
    }
    copy[length] = '\0';
    *text = (struct text){copy, bytes, length};
    return true;
}

static const char *speed_text(char speed)
{
    static const struct decode_name names[] = {{'0', "300 Bd"},  {'1', "600 Bd"},  {'2', "1200 Bd"},
                                               {'3', "2400 Bd"}, {'4', "4800 Bd"}, {'5', "9600 Bd"},
                                               {'6', "19200 Bd"}};
    return DECODE_NAME(names, (uint32_t)(unsigned char)speed);
}

/* ---- Sign-on, identification, option ---- */

static void show_sign_on(struct decode_context *context, const struct text *text)
{
    const char *end = strchr(text->text, '!');
    const size_t length = end != NULL ? (size_t)(end - text->text) - 2 : 0;
    decode_direct(context, DECODE_TO_METER);
    decode_field(&context->tree, "sign-on", text->bytes, text->length, "%s%.*s",
                 length > 0 ? "to device " : "to every device", (int)length, text->text + 2);
    decode_summarise(&context->tree, "sign-on %s%.*s", length > 0 ? "to " : "to every device",
                     (int)length, text->text + 2);
}

static void show_identification(struct decode_context *context, const struct text *text)
{
    struct iec21_identification id;
    struct decode_tree *tree = &context->tree;
    char line[80];
    /* without CR LF */
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text->text, "\r"), text->text);
    decode_direct(context, DECODE_FROM_METER);
    if (iec21_read_identification(line, &id) != WH_OK) {
        decode_fault(tree, "identification", text->bytes, text->length, "not of its form");
        return;
    }
    context->is_identified = true;
    decode_open(tree, "identification", text->bytes, text->length, "%s", "");
    decode_field(tree, "manufacturer", text->bytes + 1, 3, "%s", id.flag);
    if (iec21_baud(id.speed) > 0) {
        decode_field(tree, "speed", text->bytes + 4, 1, "up to %u Bd, mode %s",
                     (unsigned)iec21_baud(id.speed),
                     id.speed <= '9' ? (id.has_hdlc ? "C and E" : "C") : "B");
    } else {
        decode_field(tree, "speed", text->bytes + 4, 1, "no speed: mode A");
    }
    decode_field(tree, "type", NULL, 0, "%s", id.type);
    decode_close(tree);
    decode_summarise(tree, "identification %s %s", id.flag, id.type);
}

static void show_slash(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct text text;
    if (!make_text(context, data, length, &text)) {
        return;
    }
    if (length < 2 || text.text[length - 1] != '\n') {
        decode_fault(&context->tree, "end", data, length, "no end of line");
    } else if (text.text[1] == '?') {
        show_sign_on(context, &text);
    } else {
        show_identification(context, &text);
    }
}

static void show_option(struct decode_context *context, const uint8_t *data)
{
    static const struct decode_name modes[] = {
        {'0', "read-out"}, {'1', "programming"}, {'2', "HDLC"}, {'6', "maker's mode"}};
    static const struct decode_name protocols[] = {
        {'0', "normal"}, {'1', "secondary"}, {'2', "HDLC"}};
    struct decode_tree *tree = &context->tree;
    const uint8_t v = data[1] & SEVEN_BITS, z = data[2] & SEVEN_BITS, y = data[3] & SEVEN_BITS;
    decode_direct(context, DECODE_TO_METER);
    decode_open(tree, "option select", data, OPTION_LENGTH, "%s", "");
    decode_field(tree, "protocol", data + 1, 1, "%s", DECODE_NAME(protocols, v));
    decode_field(tree, "speed", data + 2, 1, "%s", speed_text((char)z));
    decode_field(tree, "mode", data + 3, 1, "%s", DECODE_NAME(modes, y));
    decode_close(tree);
    decode_summarise(tree, "option select: %s, %s", DECODE_NAME(modes, y), speed_text((char)z));
}

/* ---- Data sets ---- */

/* Digits from *at on, of at most 255. False: there is no such number. */
static bool take_group(const char *text, size_t length, size_t *at, uint8_t *group)
{
    unsigned value = 0;
    const size_t start = *at;
    while (*at < length && text[*at] >= '0' && text[*at] <= '9' && value <= UINT8_MAX) {
        value = value * 10 + (unsigned)(text[(*at)++] - '0');
    }
    *group = (uint8_t)value;
    return *at > start && value <= UINT8_MAX;
}

/* The character that stands at *at, if it is this one. */
static bool take_mark(const char *text, size_t length, size_t *at, char mark)
{
    const bool is_there = *at < length && text[*at] == mark;
    *at += is_there ? 1 : 0;
    return is_there;
}

/* C.D.E, C.D.E*F or A-B:C.D.E as an OBIS code; 1 and 255 for groups left out. False: it is none. */
static bool read_obis(const char *text, size_t length, uint8_t obis[6])
{
    const uint8_t omitted[6] = {1, 1, 0, 0, 0, 255};
    size_t at = 0;
    memcpy(obis, omitted, sizeof omitted);
    if (memchr(text, ':', length) != NULL &&
        (!take_group(text, length, &at, &obis[0]) || !take_mark(text, length, &at, '-') ||
         !take_group(text, length, &at, &obis[1]) || !take_mark(text, length, &at, ':'))) {
        return false;
    }
    for (size_t g = 2; g < 5; g++) {
        if ((g > 2 && !take_mark(text, length, &at, '.')) ||
            !take_group(text, length, &at, &obis[g])) {
            return false;
        }
    }
    return at == length || (take_mark(text, length, &at, '*') &&
                            take_group(text, length, &at, &obis[5]) && at == length);
}

/* Settings of this protocol itself, and what has its own name here. */
static const char *own_name(const char *text, size_t length)
{
    static const struct {
        const char *code;
        const char *name;
    } names[] = {
        {"0.0.0", "meter number"},
        {"1.0.0", "clock"},
        {"131.0.1", "user data list of the module port"},
        {"131.0.2", "user data list of the CCC port"},
        {"131.0.3", "user data list of the optical port"},
        {"131.0.17", "user data 2"},
        {"96.56.2", "logger status"},
        {"96.56.3", "data quality"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i].code) == length && memcmp(names[i].code, text, length) == 0) {
            return names[i].name;
        }
    }
    return NULL;
}

/* "1.8.0 a_plus". The reduced code leaves A and B out: both groups of the family are tried. */
static void address_text(char text[LINE_TEXT], const char *address, size_t length)
{
    char name[DECODE_OBIS_TEXT];
    uint8_t obis[6];
    const char *own = own_name(address, length);
    snprintf(text, LINE_TEXT, "%.*s", (int)length, address);
    if (own != NULL) {
        decode_append(text, LINE_TEXT, " %s", own);
        return;
    }
    if (!read_obis(address, length, obis)) {
        return;
    }
    if (decode_obis_name(name, obis)) {
        decode_append(text, LINE_TEXT, " %s", name);
        return;
    }
    obis[0] = 0;
    if (decode_obis_name(name, obis)) {
        decode_append(text, LINE_TEXT, " %s", name);
    }
}

/* NVYYMMDDhhmmss or NYYMMDDhhmmss, as the meters write times. False: it is none. */
static bool time_text(char *text, size_t size, const char *value, size_t length)
{
    const size_t digits = 12;
    unsigned part[6];
    if (length != digits + 1 && length != digits + 2) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > (i < length - digits ? '1' : '9')) {
            return false;
        }
    }
    for (size_t p = 0; p < 6; p++) {
        const char *pair = value + (length - digits) + 2 * p;
        part[p] = (unsigned)(pair[0] - '0') * 10 + (unsigned)(pair[1] - '0');
    }
    if (part[1] == 0 && part[2] == 0) {
        snprintf(text, size, "never");
        return true;
    }
    if (part[1] > 12 || part[2] > 31 || part[3] > 23 || part[4] > 59 || part[5] > 59) {
        return false;
    }
    snprintf(text, size, "20%02u-%02u-%02u %02u:%02u:%02u%s%s", part[0], part[1], part[2], part[3],
             part[4], part[5], value[0] == '1' ? ", summer time" : "",
             length == digits + 2 && value[1] == '0' ? ", invalid" : "");
    return true;
}

/* A value in brackets; times are explained where the object may have one. */
static void append_value(char *text, size_t size, const char *value, size_t length)
{
    char time[64];
    if (time_text(time, sizeof time, value, length)) {
        decode_append(text, size, "%s", time);
    } else {
        decode_append(text, size, "%.*s", (int)length, value);
    }
}

static void show_data_set(struct decode_context *context, const struct text *text, size_t start,
                          size_t end, const struct iec21_found *found)
{
    char name[LINE_TEXT], value[LINE_TEXT] = "";
    address_text(name, found->address.text, found->address.length);
    append_value(value, sizeof value, found->value.text, found->value.length);
    if (found->unit.length > 0) {
        decode_append(value, sizeof value, " %.*s", (int)found->unit.length, found->unit.text);
    }
    if (found->rest.length >= 2) {
        decode_append(value, sizeof value, ", ");
        append_value(value, sizeof value, found->rest.text + 1, found->rest.length - 2);
    }
    decode_field(&context->tree, found->address.length > 0 ? name : "row", text->bytes + start,
                 end - start, "%s", value);
}

/* One line of a block. True: it was a data set. */
static bool show_line(struct decode_context *context, const struct text *text, size_t start,
                      size_t end)
{
    struct iec21_found found;
    size_t at = 0;
    const size_t length = end - start;
    const char *line = text->text + start;
    if (line[0] == '!') {
        decode_field(&context->tree, "!", text->bytes + start, length, "end of the data");
        return false;
    }
    if (length >= 3 && strncmp(line, "(ER", 3) == 0) {
        decode_field(&context->tree, "error", text->bytes + start, length, "%.*s", (int)length,
                     line);
        decode_summarise(&context->tree, " %.*s", (int)length, line);
        return false;
    }
    if (iec21_next_data_set(line, length, &at, &found) != WH_OK || at != length) {
        decode_fault(&context->tree, "line", text->bytes + start, length, "no data set: %.*s",
                     (int)length, line);
        return false;
    }
    show_data_set(context, text, start, end, &found);
    return true;
}

static void show_block(struct decode_context *context, const struct text *text)
{
    size_t sets = 0;
    size_t first = 0;
    for (size_t at = 0; at < text->length;) {
        const size_t length = strcspn(text->text + at, "\r\n");
        if (length > 0 && show_line(context, text, at, at + length)) {
            first = sets == 0 ? context->tree.count : first;
            sets++;
        }
        at += length + 1;
    }
    if (sets == 1) {
        const struct decode_field *field = &context->tree.fields[first - 1];
        decode_summarise(&context->tree, " %s = %s", field->name, field->meaning);
    } else if (sets > 1) {
        decode_summarise(&context->tree, " %zu data sets", sets);
    }
}

/* ---- Commands ---- */

static const char *command_text(char code, char type)
{
    static const struct decode_name names[] = {
        {'P' << 8 | '0', "password wanted"},
        {'P' << 8 | '1', "password"},
        {'R' << 8 | '1', "read"},
        {'R' << 8 | '5', "read"},
        {'R' << 8 | '6', "read in blocks"},
        {'W' << 8 | '1', "write"},
        {'W' << 8 | '5', "write"},
        {'B' << 8 | '0', "break"},
    };
    return DECODE_NAME(names, (uint32_t)(unsigned char)code << 8 | (unsigned char)type);
}

static void show_command(struct decode_context *context, const struct text *text)
{
    struct decode_tree *tree = &context->tree;
    struct iec21_command command;
    char *copy = (char *)decode_keep(tree, (const uint8_t *)text->text, text->length + 1);
    if (copy == NULL) {
        return;
    }
    if (iec21_split_command(copy, &command) != WH_OK) {
        decode_fault(tree, "command", text->bytes, text->length, "not of its form");
        return;
    }
    const bool asks_password = command.code == 'P' && command.type == '0';
    if (command.code != 'B') {
        decode_direct(context, asks_password ? DECODE_FROM_METER : DECODE_TO_METER);
    }
    const char *meaning = command_text(command.code, command.type);
    decode_open(tree, "command", text->bytes, text->length < 2 ? text->length : 2, "%c%c %s",
                command.code, command.type, meaning);
    decode_summarise(tree, "%c%c %s", command.code, command.type, meaning);
    if (command.address[0] != '\0') {
        char name[LINE_TEXT];
        address_text(name, command.address, strlen(command.address));
        decode_field(tree, "object", NULL, 0, "%s", name);
        decode_summarise(tree, " %s", name);
    }
    if (command.has_argument) {
        char value[LINE_TEXT] = "";
        append_value(value, sizeof value, command.argument, strlen(command.argument));
        decode_field(tree, "argument", NULL, 0, "%s", value);
        decode_summarise(tree, " (%s)", value);
    }
    decode_close(tree);
}

/* True: the check character is there and right. */
static bool show_check(struct decode_tree *tree, const uint8_t *data, size_t length)
{
    uint8_t bcc = 0;
    for (size_t i = 1; i + 1 < length; i++) {
        bcc ^= data[i] & SEVEN_BITS;
    }
    const uint8_t *check = data + length - 1;
    if ((*check & SEVEN_BITS) == bcc) {
        decode_field(tree, "BCC", check, 1, "right");
        return true;
    }
    decode_fault(tree, "BCC", check, 1, "wrong, should be %02X", bcc);
    return false;
}

static bool is_ended(const uint8_t *data, size_t length)
{
    const uint8_t end = length >= 3 ? data[length - 2] & SEVEN_BITS : 0;
    return end == IEC21_ETX || end == IEC21_EOT;
}

/* STX or SOH to the check character. */
static void show_message(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    const bool is_command = (data[0] & SEVEN_BITS) == IEC21_SOH;
    const bool ends = is_ended(data, length);
    const bool is_partial = ends && (data[length - 2] & SEVEN_BITS) == IEC21_EOT;
    struct text text;
    if (!is_command) {
        decode_direct(context, DECODE_FROM_METER);
    }
    decode_open(tree, is_command ? "command message" : "data message", data, 1, "%s",
                is_partial ? "more blocks follow" : "");
    if (!ends) {
        decode_fault(tree, "end", data + 1, length - 1, "no ETX and check character");
    } else if (show_check(tree, data, length) && make_text(context, data + 1, length - 3, &text)) {
        if (is_command) {
            show_command(context, &text);
        } else {
            decode_summarise(tree, "data%s", is_partial ? ", more blocks follow:" : "");
            show_block(context, &text);
        }
    }
    decode_close(tree);
}

void decode_iec(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    context->is_identified = false;
    switch (data[0] & SEVEN_BITS) {
    case '/':
        show_slash(context, data, length);
        break;
    case IEC21_ACK:
        if (length == OPTION_LENGTH) {
            show_option(context, data);
        } else {
            decode_field(tree, "ACK", data, 1, "acknowledgement");
            decode_summarise(tree, "acknowledgement");
        }
        break;
    case IEC21_NAK:
        decode_field(tree, "NAK", data, 1, "send again");
        decode_summarise(tree, "send again");
        break;
    default:
        show_message(context, data, length);
    }
}
