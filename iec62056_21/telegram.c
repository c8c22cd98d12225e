/* Telegrams that come by themselves. Invariant: a telegram that is ready began with an
 * identification, and every character between it and the end was right as far as that shows. */
#include "iec62056_21/telegram.h"
#include <string.h>

enum phase {
    OUTSIDE,  /* waits for '/' at the beginning of a line */
    HEAD,     /* the identification */
    BODY,     /* data sets, up to '!' or ETX */
    LAST,     /* behind '!', to the end of the line */
    AT_CHECK, /* behind ETX */
};

enum wh_err iec21_telegram_init(struct iec21_telegram *telegram, enum iec21_coding coding,
                                char *buffer, size_t size)
{
    if (size < IEC21_TELEGRAM_MIN || coding == IEC21_FOLLOW) {
        return WH_ERR_ARGUMENT;
    }
    *telegram = (struct iec21_telegram){.buffer = buffer, .size = size, .coding = coding};
    return WH_OK;
}

static void begin(struct iec21_telegram *telegram)
{
    telegram->phase = HEAD;
    telegram->length = 0;
    telegram->line = 0;
    telegram->has_check = telegram->is_damaged = telegram->is_too_long = false;
    telegram->block = NULL;
}

static void keep(struct iec21_telegram *telegram, char character)
{
    if (telegram->length + 1 >= telegram->size) {
        telegram->is_too_long = true;
        return;
    }
    telegram->buffer[telegram->length++] = character;
}

static bool is_at_line_begin(const struct iec21_telegram *telegram)
{
    return telegram->length == telegram->line;
}

/* The first line: the identification without CR LF, and a NUL that the block begins behind. */
static void end_head(struct iec21_telegram *telegram)
{
    if (telegram->length > 0 && telegram->buffer[telegram->length - 1] == '\r') {
        telegram->length--;
    }
    telegram->buffer[telegram->length] = '\0';
    const bool is_right =
        !telegram->is_damaged && !telegram->is_too_long &&
        iec21_read_identification(telegram->buffer, &telegram->identification) == WH_OK;
    keep(telegram, '\0');
    telegram->line = telegram->length;
    telegram->block = telegram->buffer + telegram->length;
    telegram->phase = is_right ? BODY : OUTSIDE;
}

static enum iec21_telegram_state end_telegram(struct iec21_telegram *telegram)
{
    telegram->phase = OUTSIDE;
    telegram->buffer[telegram->length] = '\0';
    telegram->line = telegram->length;
    return telegram->is_too_long  ? IEC21_TELEGRAM_TOO_LONG
           : telegram->is_damaged ? IEC21_TELEGRAM_DAMAGED
                                  : IEC21_TELEGRAM_READY;
}

static void take_head(struct iec21_telegram *telegram, char character)
{
    if (character == '\n') {
        end_head(telegram);
    } else if (character == '/' || (character < ' ' && character != '\r')) {
        telegram->phase = OUTSIDE; /* a second one begins, or none was meant */
        if (character == '/') {
            begin(telegram);
            keep(telegram, character);
        }
    } else {
        keep(telegram, character);
    }
}

static void take_body(struct iec21_telegram *telegram, char character)
{
    const bool is_first = is_at_line_begin(telegram);
    telegram->bcc = iec21_bcc(telegram->bcc, &character, 1);
    if (character == IEC21_STX) {
        telegram->has_check = true;
        telegram->bcc = 0;
    } else if (character == IEC21_ETX && telegram->has_check) {
        telegram->phase = AT_CHECK;
    } else if (character == '/') { /* in no data set: a new telegram, and the old one broke off */
        begin(telegram);
        keep(telegram, character);
    } else if (character == '!' && !telegram->has_check) {
        telegram->phase = LAST;
    } else if (!is_first || (character != '\r' && character != '\n')) {
        keep(telegram, character);
        telegram->line = character == '\n' ? telegram->length : telegram->line;
    }
}

static enum iec21_telegram_state take(struct iec21_telegram *telegram, uint8_t byte)
{
    const char character = (char)(byte & 0x7F);
    if (telegram->coding == IEC21_SOFTWARE_PARITY && telegram->phase != OUTSIDE) {
        telegram->is_damaged |= byte != iec21_with_parity(byte);
    }
    switch (telegram->phase) {
    case HEAD:
        take_head(telegram, character);
        break;
    case BODY:
        take_body(telegram, character);
        break;
    case LAST:
        return character == '\n' ? end_telegram(telegram) : IEC21_TELEGRAM_NONE;
    case AT_CHECK:
        telegram->is_damaged |= character != (char)telegram->bcc;
        return end_telegram(telegram);
    default:
        if (character == '/') {
            begin(telegram);
            keep(telegram, character);
        }
    }
    return IEC21_TELEGRAM_NONE;
}

enum iec21_telegram_state iec21_telegram_feed(struct iec21_telegram *telegram, const uint8_t *data,
                                              size_t length, size_t *taken)
{
    enum iec21_telegram_state state = IEC21_TELEGRAM_NONE;
    for (*taken = 0; *taken < length && state == IEC21_TELEGRAM_NONE; ++*taken) {
        state = take(telegram, data[*taken]);
    }
    return state;
}

size_t iec21_telegram_length(const struct iec21_telegram *telegram)
{
    return (size_t)(telegram->buffer + telegram->length - telegram->block);
}
