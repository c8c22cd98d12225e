/* One message out, one answer in, and the line's speed between them. Invariant: while the state
 * is BUSY either characters wait to be sent, or an answer is waited for since last_ms; a block
 * is handed out only with a right check. */
#include "iec62056_21/reader.h"

#include <string.h>

enum phase {
    CLOSED,
    SIGNING_ON,
    READING_OUT, /* the option select is out, or none is needed */
    ASKING,      /* for programming mode */
    OPEN,
    HANDING_OVER,
};

const char *iec21_reader_text(enum iec21_reader_state state)
{
    static const char *const texts[] = {
#define IEC21_READER_TEXT(name, text) text,
        IEC21_READER_LIST(IEC21_READER_TEXT)
#undef IEC21_READER_TEXT
    };
    return state < IEC21_READER_STATES ? texts[state] : "unknown state";
}

enum wh_err iec21_reader_init(struct iec21_reader *reader, const struct iec21_reader_setup *setup)
{
    if (setup->size < 64 || setup->coding == IEC21_FOLLOW) {
        return WH_ERR_ARGUMENT;
    }
    memset(reader, 0, sizeof *reader);
    reader->setup = *setup;
    return WH_OK;
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* Sends what is in command; the answer to it begins with a fresh receiver. */
static void send(struct iec21_reader *reader, uint32_t now_ms)
{
    iec21_receiver_init(&reader->receiver, reader->setup.coding, reader->setup.buffer,
                        reader->setup.size, reader->setup.character_ms);
    reader->message = (struct iec21_message){.text = reader->setup.buffer};
    reader->at = 0;
    reader->is_sending = true;
    reader->state = IEC21_READER_BUSY;
    reader->fault = IEC21_READER_NO_ANSWER;
    reader->ready_ms = now_ms + reader->setup.reaction_ms;
    reader->last_ms = now_ms;
    reader->tries_left--;
}

static void send_new(struct iec21_reader *reader, size_t length, uint32_t now_ms)
{
    reader->length = length;
    reader->is_once = false;
    reader->is_silent_after = false;
    reader->next_baud = 0;
    reader->tries_left = reader->setup.tries == 0 ? 1 : reader->setup.tries;
    send(reader, now_ms);
}

/* Waits for an answer though nothing is sent. */
static void wait_only(struct iec21_reader *reader, uint32_t now_ms)
{
    send_new(reader, 0, now_ms);
    reader->is_sending = false;
    reader->is_once = true;
    reader->tries_left = 0;
}

static size_t make_command(struct iec21_reader *reader, const char *code, const char *data)
{
    char *p = reader->command;
    const size_t data_length = strlen(data);
    size_t length = 0;
    p[length++] = IEC21_SOH;
    p[length++] = code[0];
    p[length++] = code[1];
    if (data_length > 0) {
        p[length++] = IEC21_STX;
        memcpy(p + length, data, data_length);
        length += data_length;
    }
    p[length++] = IEC21_ETX;
    p[length] = (char)iec21_bcc(0, p + 1, length - 1);
    return length + 1;
}

static void finish(struct iec21_reader *reader, enum iec21_reader_state state)
{
    const bool is_open = state == IEC21_READER_DATA || state == IEC21_READER_MORE_DATA ||
                         state == IEC21_READER_CHALLENGE || state == IEC21_READER_ACKNOWLEDGED ||
                         state == IEC21_READER_REFUSED;
    reader->state = state;
    reader->is_sending = false;
    if (!is_open || (reader->phase == READING_OUT && state != IEC21_READER_MORE_DATA)) {
        reader->phase = CLOSED;
    }
}

enum wh_err iec21_reader_start(struct iec21_reader *reader, const struct iec21_plan *plan,
                               uint32_t now_ms)
{
    const enum wh_err err =
        iec21_write_sign_on(reader->command, sizeof reader->command, plan->address);
    if (err != WH_OK || iec21_speed(plan->start_baud) == '\0' ||
        iec21_speed(plan->fastest_baud) == '\0') {
        return WH_ERR_ARGUMENT;
    }
    reader->plan = *plan;
    reader->identification = (struct iec21_identification){{0}, 0, false, {0}};
    reader->line = (struct iec21_line){plan->start_baud, IEC21_7E1};
    reader->phase = SIGNING_ON;
    send_new(reader, strlen(reader->command), now_ms);
    return WH_OK;
}

enum wh_err iec21_reader_command(struct iec21_reader *reader, const char *code, const char *data,
                                 uint32_t now_ms)
{
    if (reader->phase != OPEN || reader->state == IEC21_READER_BUSY) {
        return WH_ERR_STATE;
    }
    if (code[0] == '\0' || code[1] < '0' || code[1] > '9' || code[2] != '\0') {
        return WH_ERR_ARGUMENT;
    }
    /* SOH, code, STX, ETX and check. */
    if (strlen(data) + 6 > sizeof reader->command) {
        return WH_ERR_SPACE;
    }
    send_new(reader, make_command(reader, code, data), now_ms);
    reader->is_once = code[0] != 'R' && code[0] != 'P';
    return WH_OK;
}

enum wh_err iec21_reader_go_on(struct iec21_reader *reader, uint32_t now_ms)
{
    if (reader->state != IEC21_READER_MORE_DATA) {
        return WH_ERR_STATE;
    }
    reader->command[0] = IEC21_ACK;
    send_new(reader, 1, now_ms);
    reader->is_once = true; /* twice it would skip a part */
    return WH_OK;
}

enum wh_err iec21_reader_end(struct iec21_reader *reader, uint32_t now_ms)
{
    if (reader->phase != OPEN || reader->state == IEC21_READER_BUSY) {
        return WH_ERR_STATE;
    }
    send_new(reader, make_command(reader, "B0", ""), now_ms);
    reader->is_silent_after = true;
    return WH_OK;
}

/* ---- After the identification ---------------------------------------------------------------- */

/* The fastest speed that both have, as a speed character. */
static char common_speed(const struct iec21_reader *reader)
{
    const char offered = reader->identification.speed;
    const char own = iec21_speed(reader->plan.fastest_baud);
    return offered < own ? offered : own;
}

static void select_option(struct iec21_reader *reader, char v, char y, uint8_t phase,
                          uint32_t now_ms)
{
    const char speed = common_speed(reader);
    const char text[] = {IEC21_ACK, v, speed, y, '\r', '\n'};
    memcpy(reader->command, text, sizeof text);
    send_new(reader, sizeof text, now_ms);
    /* The speed changes behind it, so it cannot be sent again. */
    reader->is_once = true;
    reader->next_baud = iec21_baud(speed);
    reader->phase = phase;
}

/* Waits for a read-out that comes by itself; a meter of mode C sends it when Tt has passed. */
static void wait_for_read_out(struct iec21_reader *reader, uint32_t now_ms)
{
    const char speed = reader->identification.speed;
    reader->phase = READING_OUT;
    if (speed >= 'A' && iec21_baud(speed) != 0) {
        reader->line.baud = iec21_baud(speed);
    }
    wait_only(reader, now_ms);
}

static void take_identification(struct iec21_reader *reader, uint32_t now_ms)
{
    static const struct {
        char v, y;
        uint8_t phase;
    } options[] = {[IEC21_READ_OUT] = {'0', '0', READING_OUT},
                   [IEC21_PROGRAM] = {'0', '1', ASKING},
                   [IEC21_MAKER] = {'0', '6', ASKING},
                   [IEC21_TO_HDLC] = {'2', '2', HANDING_OVER}};
    const struct iec21_identification *identification = &reader->identification;
    const enum iec21_purpose purpose = reader->plan.purpose;
    const bool is_mode_c = identification->speed >= '0' && identification->speed <= '6';
    const bool is_read_out = purpose == IEC21_READ_OUT || purpose == IEC21_READ_OUT_AT_START;
    if ((!is_mode_c && !is_read_out) || (purpose == IEC21_TO_HDLC && !identification->has_hdlc)) {
        finish(reader, IEC21_READER_NOT_OFFERED);
    } else if (!is_mode_c || purpose == IEC21_READ_OUT_AT_START) {
        wait_for_read_out(reader, now_ms);
    } else {
        select_option(reader, options[purpose].v, options[purpose].y, options[purpose].phase,
                      now_ms);
    }
}

/* ---- Answers --------------------------------------------------------------------------------- */

static bool is_error_text(const char *text)
{
    while (*text != '\0' && *text != '(') {
        text++;
    }
    return text[0] == '(' && text[1] == 'E' && text[2] == 'R';
}

static void take_data(struct iec21_reader *reader)
{
    if (reader->phase == OPEN && is_error_text(reader->message.text)) {
        finish(reader, IEC21_READER_REFUSED);
    } else if (reader->phase == ASKING) { /* a read-out instead */
        finish(reader, IEC21_READER_NOT_OFFERED);
    } else if (reader->phase != SIGNING_ON) {
        finish(reader, reader->message.is_partial ? IEC21_READER_MORE_DATA : IEC21_READER_DATA);
    }
}

static void take_command(struct iec21_reader *reader)
{
    const char *text = reader->message.text;
    if (text[0] == 'B' && text[1] == '0') {
        finish(reader, IEC21_READER_BROKEN_OFF);
    } else if (text[0] == 'P' && text[1] == '0' && reader->phase == ASKING) {
        reader->phase = OPEN;
        finish(reader, IEC21_READER_CHALLENGE);
    } else {
        reader->fault = IEC21_READER_UNEXPECTED;
    }
}

/* A damaged block is asked for again. */
static void take_damage(struct iec21_reader *reader, uint32_t now_ms)
{
    if (reader->tries_left == 0 && !reader->is_once) {
        finish(reader, IEC21_READER_DAMAGED);
        return;
    }
    reader->command[0] = IEC21_NAK;
    reader->length = 1;
    if (reader->is_once) { /* of these only the asking again is repeated */
        reader->is_once = false;
        reader->tries_left = reader->setup.tries == 0 ? 1 : reader->setup.tries;
    }
    send(reader, now_ms);
    reader->fault = IEC21_READER_DAMAGED;
}

static void take(struct iec21_reader *reader, uint32_t now_ms)
{
    switch (reader->message.kind) {
    case IEC21_SLASH:
        if (reader->phase == SIGNING_ON &&
            iec21_read_identification(reader->message.text, &reader->identification) == WH_OK) {
            take_identification(reader, now_ms);
        }
        break;
    case IEC21_DATA:
        take_data(reader);
        break;
    case IEC21_COMMAND:
        take_command(reader);
        break;
    case IEC21_ACKNOWLEDGED: /* or the echo of ours */
        if (reader->phase == OPEN && reader->command[0] != IEC21_ACK) {
            finish(reader, IEC21_READER_ACKNOWLEDGED);
        }
        break;
    case IEC21_REPEAT:
        if (reader->phase == OPEN && reader->command[0] != IEC21_NAK && reader->tries_left > 0) {
            send(reader, now_ms); /* it was not understood, so not carried out */
        }
        break;
    case IEC21_DAMAGED:
        take_damage(reader, now_ms);
        break;
    default:
        finish(reader, IEC21_READER_TOO_LONG);
        break;
    }
}

void iec21_reader_input(struct iec21_reader *reader, const uint8_t *data, size_t length,
                        uint32_t now_ms)
{
    size_t at = 0;
    while (at < length && reader->state == IEC21_READER_BUSY && !reader->is_sending &&
           reader->phase != HANDING_OVER) {
        at += iec21_receiver_feed(&reader->receiver, data + at, length - at, now_ms,
                                  &reader->message);
        if (iec21_receiver_is_inside(&reader->receiver)) {
            reader->last_ms = now_ms;
        }
        if (reader->message.kind != IEC21_NOTHING) {
            take(reader, now_ms);
        }
    }
}

/* ---- Output and time ------------------------------------------------------------------------- */

static void sent(struct iec21_reader *reader, uint32_t now_ms)
{
    reader->is_sending = false;
    reader->last_ms = now_ms;
    if (reader->next_baud != 0 && reader->phase != HANDING_OVER) {
        reader->line.baud = reader->next_baud;
        reader->next_baud = 0;
    }
    if (reader->is_silent_after) {
        finish(reader, IEC21_READER_ENDED);
    }
}

size_t iec21_reader_output(struct iec21_reader *reader, uint32_t now_ms, uint8_t *out, size_t size)
{
    size_t count = 0;
    while (count < size && reader->is_sending && (int32_t)(now_ms - reader->ready_ms) >= 0) {
        const uint8_t character = (uint8_t)reader->command[reader->at++];
        out[count++] = reader->setup.coding == IEC21_SOFTWARE_PARITY ? iec21_with_parity(character)
                                                                     : (uint8_t)(character & 0x7F);
        if (reader->at == reader->length) {
            sent(reader, now_ms);
        }
    }
    return count;
}

static uint32_t limit_ms(const struct iec21_reader *reader)
{
    const bool waits_for_tt = reader->phase == READING_OUT && reader->length == 0;
    if (iec21_receiver_is_inside(&reader->receiver)) {
        return reader->setup.character_ms;
    }
    /* A meter that is not asked waits up to its own Tt first. */
    return waits_for_tt ? UINT32_C(2) * reader->setup.answer_ms : reader->setup.answer_ms;
}

enum iec21_reader_state iec21_reader_run(struct iec21_reader *reader, uint32_t now_ms)
{
    if (reader->state != IEC21_READER_BUSY || reader->is_sending) {
        return reader->state;
    }
    if (reader->phase == HANDING_OVER) {
        if (now_ms - reader->last_ms > IEC21_HAND_OVER_MS) {
            reader->line = (struct iec21_line){reader->next_baud, IEC21_8N1};
            finish(reader, IEC21_READER_HANDED_OVER);
        }
        return reader->state;
    }
    if (now_ms - reader->last_ms <= limit_ms(reader)) {
        return reader->state;
    }
    if (iec21_receiver_is_inside(&reader->receiver)) {
        reader->fault = IEC21_READER_DAMAGED;
    }
    if (reader->tries_left > 0 && !reader->is_once) {
        const enum iec21_reader_state fault = reader->fault;
        send(reader, now_ms);
        reader->fault = fault;
    } else {
        finish(reader, reader->fault);
    }
    return reader->state;
}

struct iec21_line iec21_reader_line(const struct iec21_reader *reader)
{
    return reader->line;
}

const struct iec21_identification *iec21_reader_identification(const struct iec21_reader *reader)
{
    return &reader->identification;
}

const char *iec21_reader_block(const struct iec21_reader *reader, size_t *length)
{
    *length = reader->message.length;
    return reader->setup.buffer;
}
