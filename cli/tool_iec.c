/* IEC 62056-21 on a line. Invariants: the port has the speed and format that the reader asks for
 * whenever a character leaves; a password that was refused does not leave again. */
#include "cli/tool_iec.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_MS = 20,
    ANSWER_MS = 2500, /* the meter may think for 1.5 s */
    CHARACTER_MS = 1500,
    REACTION_MS = 200,
    REACTION_ON_TCP_MS = 0,
    TRIES = 2,
    STANDARD_BAUD = 300,
    PIPE_BAUD = 9600,
    LISTEN_MS = 60000,
};

static bool set_line(struct tool_iec *iec, struct tool_failure *failure)
{
    const struct iec21_line line = iec21_reader_line(&iec->reader);
    return endpoint_line_set(&iec->line, line.baud,
                             line.format == IEC21_7E1 ? ENDPOINT_7E1 : ENDPOINT_8N1, failure);
}

static bool send_out(struct tool_iec *iec, struct tool_failure *failure)
{
    uint8_t octets[256];
    size_t length;
    do {
        if (!set_line(iec, failure)) {
            return false;
        }
        length = iec21_reader_output(&iec->reader, endpoint_now_ms(), octets, sizeof octets);
        if (!endpoint_line_write(&iec->line, octets, length, failure)) {
            return false;
        }
    } while (length > 0);
    return set_line(iec, failure);
}

/* One turn of sending and receiving. */
static bool step(struct tool_iec *iec, struct tool_failure *failure)
{
    uint8_t octets[256];
    size_t length;
    if (!send_out(iec, failure) ||
        !endpoint_line_read(&iec->line, octets, sizeof octets, TICK_MS, &length, failure)) {
        return false;
    }
    iec21_reader_input(&iec->reader, octets, length, endpoint_now_ms());
    return true;
}

static bool follow(struct tool_iec *iec, enum iec21_reader_state *state,
                   struct tool_failure *failure)
{
    while ((*state = iec21_reader_run(&iec->reader, endpoint_now_ms())) == IEC21_READER_BUSY) {
        if (!step(iec, failure)) {
            return false;
        }
    }
    return true;
}

static bool fail_state(struct tool_iec *iec, enum iec21_reader_state state,
                       struct tool_failure *failure)
{
    size_t length;
    iec->is_programming = iec->is_programming && state == IEC21_READER_REFUSED;
    if (state == IEC21_READER_REFUSED) {
        return tool_fail(failure, TOOL_REFUSED, "the meter says: %s",
                         iec21_reader_block(&iec->reader, &length));
    }
    if (state == IEC21_READER_BROKEN_OFF || state == IEC21_READER_NOT_OFFERED) {
        return tool_fail(failure, TOOL_REFUSED, "%s: %s", iec->line.name, iec21_reader_text(state));
    }
    return tool_fail(failure, TOOL_NO_ANSWER, "%s: %s", iec->line.name, iec21_reader_text(state));
}

/* ---- Session ---- */

static bool start(struct tool_iec *iec, enum iec21_purpose purpose, struct tool_failure *failure)
{
    const uint32_t baud = iec->endpoint.baud != 0   ? iec->endpoint.baud
                          : iec->endpoint.is_serial ? STANDARD_BAUD
                                                    : PIPE_BAUD;
    struct iec21_plan plan = {.purpose = purpose, .start_baud = baud, .fastest_baud = PIPE_BAUD};
    memcpy(plan.address, iec->endpoint.iec_address, sizeof plan.address);
    const uint32_t timeout_ms = iec->endpoint.timeout_ms;
    const struct iec21_reader_setup setup = {
        .coding = IEC21_SEVEN_BITS,
        .tries = TRIES,
        .answer_ms = timeout_ms != 0 && timeout_ms < UINT16_MAX ? (uint16_t)timeout_ms : ANSWER_MS,
        .character_ms = CHARACTER_MS,
        .reaction_ms = iec->endpoint.is_serial ? REACTION_MS : REACTION_ON_TCP_MS,
        .buffer = iec->buffer,
        .size = sizeof iec->buffer,
    };
    iec->is_programming = false;
    if (iec21_reader_init(&iec->reader, &setup) != WH_OK ||
        iec21_reader_start(&iec->reader, &plan, endpoint_now_ms()) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "IEC 62056-21 has no such address (%s) or speed (%u Bd)",
                         iec->endpoint.iec_address, baud);
    }
    return true;
}

struct tool_iec *tool_iec_open(const struct endpoint *endpoint, struct tool_failure *failure)
{
    struct tool_iec *iec = calloc(1, sizeof *iec);
    if (iec == NULL) {
        tool_fail(failure, CLI_FAILED, "no memory");
        return NULL;
    }
    iec->endpoint = *endpoint;
    const uint32_t connect_ms =
        endpoint->timeout_ms != 0 ? endpoint->timeout_ms : ENDPOINT_CONNECT_MS;
    if (!endpoint_line_open(&iec->line, endpoint, connect_ms, failure)) {
        free(iec);
        return NULL;
    }
    return iec;
}

bool tool_iec_identify(struct tool_iec *iec, struct iec21_identification *identification,
                       struct tool_failure *failure)
{
    enum iec21_reader_state state = IEC21_READER_BUSY;
    if (!start(iec, IEC21_READ_OUT, failure)) {
        return false;
    }
    while (iec21_reader_identification(&iec->reader)->flag[0] == '\0' &&
           (state = iec21_reader_run(&iec->reader, endpoint_now_ms())) == IEC21_READER_BUSY) {
        if (!step(iec, failure)) {
            return false;
        }
    }
    *identification = *iec21_reader_identification(&iec->reader);
    return identification->flag[0] != '\0' || fail_state(iec, state, failure);
}

/* ---- Mode D ---- */

static const double MS_PER_S = 1000;

static bool take_telegram(struct tool_iec *iec, const struct iec21_telegram *telegram)
{
    iec->read_out_length = iec21_telegram_length(telegram);
    memcpy(iec->read_out, telegram->block, iec->read_out_length + 1);
    iec->has_read_out = true;
    return true;
}

/* The first whole telegram that comes; damaged ones are passed over. */
static bool listen_for(struct tool_iec *iec, uint32_t wait_ms, struct tool_failure *failure)
{
    struct iec21_telegram telegram;
    const uint32_t begin_ms = endpoint_now_ms();
    bool has_heard = false;
    (void)iec21_telegram_init(&telegram, IEC21_SEVEN_BITS, iec->buffer, sizeof iec->buffer);
    while (endpoint_now_ms() - begin_ms < wait_ms) {
        uint8_t octets[256];
        size_t length;
        size_t taken;
        if (!endpoint_line_read(&iec->line, octets, sizeof octets, TICK_MS, &length, failure)) {
            return false;
        }
        has_heard |= length > 0;
        for (size_t at = 0; at < length; at += taken) {
            if (iec21_telegram_feed(&telegram, octets + at, length - at, &taken) ==
                IEC21_TELEGRAM_READY) {
                return take_telegram(iec, &telegram);
            }
        }
    }
    return tool_fail(failure, TOOL_NO_ANSWER, "%s: %s was sent within %g s (timeout=)",
                     iec->line.name, has_heard ? "no whole read-out" : "nothing",
                     wait_ms / MS_PER_S);
}

static bool hear_read_out(struct tool_iec *iec, struct tool_failure *failure)
{
    const uint32_t baud = iec->endpoint.baud != 0 ? iec->endpoint.baud : IEC21_TELEGRAM_BAUD;
    const uint32_t wait_ms = iec->endpoint.timeout_ms != 0 ? iec->endpoint.timeout_ms : LISTEN_MS;
    return endpoint_line_set(&iec->line, baud, ENDPOINT_7E1, failure) &&
           listen_for(iec, wait_ms, failure);
}

/* ---- Read-out and programming mode ---- */

bool tool_iec_read_out(struct tool_iec *iec, struct tool_failure *failure)
{
    enum iec21_reader_state state;
    if (iec->has_read_out) {
        return true;
    }
    if (iec->endpoint.is_listened_to) {
        return hear_read_out(iec, failure);
    }
    if (!start(iec, IEC21_READ_OUT, failure) || !follow(iec, &state, failure)) {
        return false;
    }
    if (state != IEC21_READER_DATA) {
        return fail_state(iec, state, failure);
    }
    const char *block = iec21_reader_block(&iec->reader, &iec->read_out_length);
    memcpy(iec->read_out, block, iec->read_out_length + 1);
    iec->has_read_out = true;
    return true;
}

static bool fail_password(const struct tool_iec *iec, struct tool_failure *failure)
{
    return tool_fail(
        failure, TOOL_REFUSED,
        "%s: the password is wrong, or the meter takes none for a while after wrong ones",
        iec->line.name);
}

bool tool_iec_program(struct tool_iec *iec, const char *password, struct tool_failure *failure)
{
    enum iec21_reader_state state;
    char data[80];
    if (iec->endpoint.is_listened_to) {
        return tool_fail(failure, TOOL_ABSENT, "mode D has only what the meter sends by itself");
    }
    if (iec->is_programming) {
        return true;
    }
    if (iec->is_refused) {
        return fail_password(iec, failure);
    }
    if (!start(iec, IEC21_PROGRAM, failure) || !follow(iec, &state, failure)) {
        return false;
    }
    snprintf(data, sizeof data, "(%s)", password);
    if (state != IEC21_READER_CHALLENGE) {
        return fail_state(iec, state, failure);
    }
    if (iec21_reader_command(&iec->reader, "P1", data, endpoint_now_ms()) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "IEC 62056-21 cannot carry this password");
    }
    if (!follow(iec, &state, failure)) {
        return false;
    }
    iec->is_programming = state == IEC21_READER_ACKNOWLEDGED;
    iec->is_refused = state == IEC21_READER_REFUSED || state == IEC21_READER_BROKEN_OFF;
    if (iec->is_refused) {
        return fail_password(iec, failure);
    }
    return iec->is_programming || fail_state(iec, state, failure);
}

static bool take_answer(struct tool_iec *iec, const char **block, bool *has_more,
                        struct tool_failure *failure)
{
    enum iec21_reader_state state;
    size_t length;
    if (!follow(iec, &state, failure)) {
        return false;
    }
    *has_more = state == IEC21_READER_MORE_DATA;
    *block = NULL;
    if (state == IEC21_READER_DATA || state == IEC21_READER_MORE_DATA) {
        *block = iec21_reader_block(&iec->reader, &length);
        return true;
    }
    return state == IEC21_READER_ACKNOWLEDGED || fail_state(iec, state, failure);
}

bool tool_iec_command(struct tool_iec *iec, const char *code, const char *data, const char **block,
                      bool *has_more, struct tool_failure *failure)
{
    if (iec21_reader_command(&iec->reader, code, data, endpoint_now_ms()) != WH_OK) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: programming mode is not open",
                         iec->line.name);
    }
    return take_answer(iec, block, has_more, failure);
}

bool tool_iec_go_on(struct tool_iec *iec, const char **block, bool *has_more,
                    struct tool_failure *failure)
{
    if (iec21_reader_go_on(&iec->reader, endpoint_now_ms()) != WH_OK) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: there is no more", iec->line.name);
    }
    return take_answer(iec, block, has_more, failure);
}

void tool_iec_close(struct tool_iec *iec)
{
    struct tool_failure none;
    enum iec21_reader_state state;
    if (iec == NULL) {
        return;
    }
    if (iec->is_programming && iec21_reader_end(&iec->reader, endpoint_now_ms()) == WH_OK) {
        follow(iec, &state, &none);
    }
    endpoint_line_close(&iec->line);
    free(iec);
}
