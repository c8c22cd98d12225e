/* The receiver of messages and the short messages themselves. Invariant: length counts
 * characters of the one message under way, at most size - 1, and bcc covers those behind its
 * first character. */
#include "iec62056_21/message.h"

#include <string.h>

enum state { OUTSIDE, IN_TEXT, AT_LINE_END, IN_BLOCK, AT_BCC };

/* ---- Receiver -------------------------------------------------------------------------------- */

void iec21_receiver_init(struct iec21_receiver *receiver, enum iec21_coding coding, char *buffer,
                         size_t size, uint16_t gap_ms)
{
    *receiver =
        (struct iec21_receiver){.coding = coding, .buffer = buffer, .size = size, .gap_ms = gap_ms};
}

void iec21_receiver_expect_option(struct iec21_receiver *receiver, bool expects_option)
{
    receiver->expects_option = expects_option;
}

bool iec21_receiver_is_inside(const struct iec21_receiver *receiver)
{
    return receiver->state != OUTSIDE;
}

static enum iec21_kind begin(struct iec21_receiver *receiver, char character, uint8_t state)
{
    receiver->state = state;
    receiver->start = (uint8_t)character;
    receiver->length = 0;
    receiver->bcc = 0;
    receiver->is_damaged = false;
    receiver->is_too_long = false;
    receiver->is_partial = false;
    return IEC21_NOTHING;
}

static void keep(struct iec21_receiver *receiver, char character)
{
    if (receiver->length + 1 >= receiver->size) {
        receiver->is_too_long = true;
        return;
    }
    receiver->buffer[receiver->length++] = character;
}

static enum iec21_kind end(struct iec21_receiver *receiver, enum iec21_kind kind)
{
    receiver->state = OUTSIDE;
    return kind;
}

static enum iec21_kind take_outside(struct iec21_receiver *receiver, char character)
{
    switch (character) {
    case '/':
        begin(receiver, character, IN_TEXT);
        keep(receiver, character);
        return IEC21_NOTHING;
    case IEC21_SOH:
    case IEC21_STX:
        return begin(receiver, character, IN_BLOCK);
    case IEC21_ACK:
        return receiver->expects_option ? begin(receiver, character, IN_TEXT) : IEC21_ACKNOWLEDGED;
    case IEC21_NAK:
        return IEC21_REPEAT;
    default:
        return IEC21_NOTHING;
    }
}

/* What has no check must be right in every character, or it was not said. */
static enum iec21_kind end_of_text(struct iec21_receiver *receiver)
{
    if (receiver->is_damaged || receiver->is_too_long) {
        return end(receiver, IEC21_NOTHING);
    }
    return end(receiver, receiver->start == '/' ? IEC21_SLASH : IEC21_OPTION);
}

static enum iec21_kind take_text(struct iec21_receiver *receiver, char character)
{
    if (receiver->state == AT_LINE_END && character == '\n') {
        return end_of_text(receiver);
    }
    if (receiver->state == AT_LINE_END || character < ' ') {
        receiver->state = character == '\r' ? AT_LINE_END : OUTSIDE;
        return receiver->state == OUTSIDE ? take_outside(receiver, character) : IEC21_NOTHING;
    }
    if (character == '/') { /* in no text of this kind: a new one */
        begin(receiver, character, IN_TEXT);
    }
    keep(receiver, character);
    return IEC21_NOTHING;
}

static enum iec21_kind take_block(struct iec21_receiver *receiver, char character)
{
    receiver->bcc = iec21_bcc(receiver->bcc, &character, 1);
    if (character == IEC21_ETX || character == IEC21_EOT) {
        receiver->is_partial = character == IEC21_EOT;
        receiver->state = AT_BCC;
    } else {
        keep(receiver, character);
    }
    return IEC21_NOTHING;
}

static enum iec21_kind take_bcc(struct iec21_receiver *receiver, char character)
{
    if (receiver->is_damaged || (uint8_t)character != receiver->bcc) {
        return end(receiver, IEC21_DAMAGED);
    }
    if (receiver->is_too_long) {
        return end(receiver, IEC21_TOO_LONG);
    }
    return end(receiver, receiver->start == IEC21_SOH ? IEC21_COMMAND : IEC21_DATA);
}

static enum iec21_kind take(struct iec21_receiver *receiver, char character)
{
    switch (receiver->state) {
    case IN_TEXT:
    case AT_LINE_END:
        return take_text(receiver, character);
    case IN_BLOCK:
        return take_block(receiver, character);
    case AT_BCC:
        return take_bcc(receiver, character);
    default:
        return take_outside(receiver, character);
    }
}

/* A character with wrong parity spoils the message it is in and begins none. */
static enum iec21_kind take_byte(struct iec21_receiver *receiver, uint8_t byte)
{
    const char character = (char)(byte & 0x7F);
    if (receiver->coding == IEC21_FOLLOW && character == '/' && receiver->state == OUTSIDE) {
        receiver->coding = byte == '/' ? IEC21_SEVEN_BITS : IEC21_SOFTWARE_PARITY;
    }
    if (receiver->coding == IEC21_SOFTWARE_PARITY && byte != iec21_with_parity(byte)) {
        if (receiver->state == OUTSIDE) {
            return IEC21_NOTHING;
        }
        receiver->is_damaged = true;
    }
    return take(receiver, character);
}

size_t iec21_receiver_feed(struct iec21_receiver *receiver, const uint8_t *data, size_t length,
                           uint32_t now_ms, struct iec21_message *message)
{
    size_t used = 0;
    *message = (struct iec21_message){.kind = IEC21_NOTHING, .text = receiver->buffer};
    if (length > 0 && now_ms - receiver->last_ms > receiver->gap_ms) {
        receiver->state = OUTSIDE;
    }
    receiver->last_ms = length > 0 ? now_ms : receiver->last_ms;
    while (used < length && message->kind == IEC21_NOTHING) {
        message->kind = take_byte(receiver, data[used++]);
    }
    if (message->kind != IEC21_NOTHING) {
        const bool has_text = message->kind != IEC21_ACKNOWLEDGED && message->kind != IEC21_REPEAT;
        message->length = has_text ? receiver->length : 0;
        message->is_partial = has_text && receiver->is_partial;
        receiver->buffer[message->length] = '\0';
    }
    return used;
}

/* ---- Sign-on and identification -------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Appends text at *at; false if it and a NUL do not fit. */
static bool append(char *out, size_t size, size_t *at, const char *text)
{
    while (*text != '\0') {
        if (*at + 1 >= size) {
            return false;
        }
        out[(*at)++] = *text++;
    }
    out[*at] = '\0';
    return true;
}

enum wh_err iec21_write_sign_on(char *text, size_t size, const char *address)
{
    size_t at = 0;
    size_t length = 0;
    for (; address[length] != '\0'; length++) {
        const char c = address[length];
        if (length == IEC21_DEVICE_ADDRESS || (!is_digit(c) && !is_letter(c) && c != ' ')) {
            return WH_ERR_ARGUMENT;
        }
    }
    return size > 0 && append(text, size, &at, "/?") && append(text, size, &at, address) &&
                   append(text, size, &at, "!\r\n")
               ? WH_OK
               : WH_ERR_SPACE;
}

static const char *without_zeros(const char *text)
{
    while (*text == '0') {
        text++;
    }
    return text;
}

bool iec21_is_sign_on_for(const char *text, const char *address)
{
    if (text[0] != '/' || text[1] != '?') {
        return false;
    }
    const char *asked = text + 2;
    size_t length = 0;
    while (asked[length] != '!' && asked[length] != '\0') {
        length++;
    }
    if (asked[length] != '!' || asked[length + 1] != '\0' || length > IEC21_DEVICE_ADDRESS) {
        return false;
    }
    if (length == 0) {
        return true;
    }
    address = without_zeros(address);
    while (length > 0 && *asked == '0') {
        asked++;
        length--;
    }
    size_t i = 0;
    while (i < length && address[i] != '\0' && asked[i] == address[i]) {
        i++;
    }
    return i == length && address[i] == '\0';
}

static bool is_type_text(const char *text)
{
    size_t length = 0;
    for (; text[length] != '\0'; length++) {
        const char c = text[length];
        if (length == IEC21_TYPE_TEXT || c < ' ' || c > '~' || c == '/' || c == '!') {
            return false;
        }
    }
    return true;
}

enum wh_err iec21_write_identification(char *text, size_t size,
                                       const struct iec21_identification *identification)
{
    const char *flag = identification->flag;
    const char speed[2] = {identification->speed, '\0'};
    size_t at = 0;
    if (!is_letter(flag[0]) || !is_letter(flag[1]) || !is_letter(flag[2]) || flag[3] != '\0' ||
        speed[0] < ' ' || speed[0] > '~' || !is_type_text(identification->type)) {
        return WH_ERR_ARGUMENT;
    }
    return size > 0 && append(text, size, &at, "/") && append(text, size, &at, flag) &&
                   append(text, size, &at, speed) &&
                   append(text, size, &at, identification->has_hdlc ? "\\2" : "") &&
                   append(text, size, &at, identification->type) && append(text, size, &at, "\r\n")
               ? WH_OK
               : WH_ERR_SPACE;
}

enum wh_err iec21_read_identification(const char *text, struct iec21_identification *identification)
{
    if (text[0] != '/' || !is_letter(text[1]) || !is_letter(text[2]) || !is_letter(text[3]) ||
        text[4] == '\0') {
        return WH_ERR_FORMAT;
    }
    const bool has_hdlc = text[5] == '\\' && text[6] == '2';
    const char *type = text + (has_hdlc ? 7 : 5);
    if (!is_type_text(type)) {
        return WH_ERR_FORMAT;
    }
    *identification = (struct iec21_identification){
        .flag = {text[1], text[2], text[3]}, .speed = text[4], .has_hdlc = has_hdlc};
    memcpy(identification->type, type, strlen(type) + 1);
    return WH_OK;
}

/* ---- Commands -------------------------------------------------------------------------------- */

enum wh_err iec21_split_command(char *text, struct iec21_command *command)
{
    if (text[0] == '\0' || !is_digit(text[1]) || (text[2] != '\0' && text[2] != IEC21_STX)) {
        return WH_ERR_FORMAT;
    }
    char *data = text + (text[2] == IEC21_STX ? IEC21_COMMAND_HEAD : 2);
    char *bracket = data;
    while (*bracket != '\0' && *bracket != '(') {
        bracket++;
    }
    *command = (struct iec21_command){
        .code = text[0], .type = text[1], .address = data, .argument = bracket};
    if (*bracket == '\0') {
        return WH_OK;
    }
    char *last = bracket;
    while (last[1] != '\0') {
        last++;
    }
    if (*last != ')') {
        return WH_ERR_FORMAT;
    }
    *bracket = '\0';
    *last = '\0';
    command->argument = bracket + 1;
    command->has_argument = true;
    return WH_OK;
}
