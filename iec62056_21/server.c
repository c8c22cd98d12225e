/* Sign-on, identification, option select, read-out, and the way bytes leave. Output is made
 * piece by piece in the caller's buffer, a data set at a time. Invariant: while pieces are left
 * the state is SENDING and nothing is heard; the block check covers exactly the characters
 * handed out behind STX or SOH. Programming mode is in server_session.c. */
#include "iec62056_21/server.h"

#include <string.h>

#include "iec62056_21/server_session.h"

enum { BLOCK_END = 3 /* ETX, check and NUL */ };

/* ---- Sending --------------------------------------------------------------------------------- */

void iec21_server_listen(struct iec21_server *server)
{
    server->state = IEC21_LISTENING;
    server->producer = IEC21_PRODUCE_NOTHING;
    server->piece_length = 0;
    server->piece_at = 0;
    server->next_baud = 0;
    server->line = (struct iec21_line){server->setup.start_baud, IEC21_7E1};
    server->access = (struct iec21_access){0};
    iec21_receiver_init(&server->receiver, server->setup.coding, server->setup.input,
                        server->setup.input_size, server->setup.times->character_ms);
}

static void begin_sending(struct iec21_server *server, uint8_t producer, uint8_t after,
                          uint32_t now_ms)
{
    server->state = IEC21_SENDING;
    server->after = after;
    server->producer = producer;
    server->piece_at = 0;
    server->ready_ms = now_ms + server->setup.times->reaction_ms;
    server->since_ms = now_ms;
}

void iec21_server_send(struct iec21_server *server, size_t length, uint8_t after, uint32_t now_ms)
{
    begin_sending(server, IEC21_PRODUCE_NOTHING, after, now_ms);
    server->piece_length = length;
    server->is_last_piece = true;
    server->is_output_kept = true;
}

void iec21_server_produce(struct iec21_server *server, uint8_t producer, uint8_t after,
                          uint32_t now_ms)
{
    begin_sending(server, producer, after, now_ms);
    server->piece_length = 0;
    server->is_last_piece = false;
    server->is_output_kept = false;
    server->bcc = 0;
}

void iec21_server_send_text(struct iec21_server *server, const char *text, uint8_t after,
                            uint32_t now_ms)
{
    const size_t length = strlen(text);
    memcpy(server->setup.output, text, length);
    iec21_server_send(server, length, after, now_ms);
}

size_t iec21_server_end_block(struct iec21_server *server, size_t length, char end)
{
    char *output = server->setup.output;
    output[length] = end;
    server->bcc = iec21_bcc(server->bcc, output, length + 1);
    output[length + 1] = (char)server->bcc;
    return length + 2;
}

void iec21_server_send_block(struct iec21_server *server, const char *start, const char *text,
                             uint8_t after, uint32_t now_ms)
{
    char *output = server->setup.output;
    const size_t head = strlen(start);
    size_t length = strlen(text);
    const size_t room = server->setup.output_size - head - BLOCK_END;
    length = length < room ? length : room;
    memcpy(output, start, head);
    memmove(output + head, text, length);
    length += head;
    output[length] = IEC21_ETX;
    output[length + 1] = (char)iec21_bcc(0, output + 1, length);
    iec21_server_send(server, length + 2, after, now_ms);
}

/* ---- Read-out -------------------------------------------------------------------------------- */

/* STX, the data sets, "!" CR LF ETX and the check; a data set that cannot be read is left out. */
static size_t read_out_piece(struct iec21_server *server)
{
    const struct iec21_server_setup *setup = &server->setup;
    if (server->index == 0) {
        server->index = 1;
        setup->output[0] = IEC21_STX;
        return 1;
    }
    for (;;) {
        struct iec21_data_set set = {{0}, {0}, {0}, {0}};
        const enum wh_err err =
            setup->meter->data_set != NULL
                ? setup->meter->data_set(setup->context, server->index - 1, &set)
                : WH_ERR_NOT_FOUND;
        if (err == WH_ERR_NOT_FOUND) {
            memcpy(setup->output, "!\r\n", 3);
            server->is_last_piece = true;
            return iec21_server_end_block(server, 3, IEC21_ETX);
        }
        server->index++;
        const size_t length =
            err == WH_OK ? iec21_write_data_set(setup->output, setup->output_size, &set) : 0;
        if (length > 0) {
            server->bcc = iec21_bcc(server->bcc, setup->output, length);
            return length;
        }
    }
}

static void read_out(struct iec21_server *server, uint8_t after, uint32_t now_ms)
{
    server->index = 0;
    iec21_server_produce(server, IEC21_PRODUCE_READ_OUT, after, now_ms);
}

/* ---- Sign-on and option select --------------------------------------------------------------- */

static char speed_character(const struct iec21_server_setup *setup)
{
    const char digit = iec21_speed(setup->fastest_baud);
    if (setup->mode == IEC21_MODE_A) {
        return ' ';
    }
    return setup->mode == IEC21_MODE_B ? (char)('A' + (digit - '1')) : digit;
}

/* The coding followed is kept for the whole session. */
static void identify(struct iec21_server *server, uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    struct iec21_identification identification = {.speed = speed_character(setup),
                                                  .has_hdlc = setup->mode == IEC21_MODE_E};
    memcpy(identification.flag, setup->flag, sizeof identification.flag);
    if (setup->meter->type == NULL ||
        setup->meter->type(setup->context, identification.type, sizeof identification.type) !=
            WH_OK ||
        iec21_write_identification(setup->output, setup->output_size, &identification) != WH_OK) {
        return;
    }
    const enum iec21_coding coding = server->receiver.coding;
    iec21_server_listen(server);
    server->receiver.coding = coding;
    server->has_parity = coding == IEC21_SOFTWARE_PARITY;
    const size_t length = strlen(setup->output);
    iec21_server_send(server, length, IEC21_AWAIT_OPTION, now_ms);
    server->next_baud = setup->mode == IEC21_MODE_B ? setup->fastest_baud : 0;
}

static void take_sign_on(struct iec21_server *server, const struct iec21_message *message,
                         uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    char address[IEC21_DEVICE_ADDRESS + 1] = "";
    if (setup->meter->address != NULL &&
        setup->meter->address(setup->context, address, sizeof address) != WH_OK) {
        address[0] = '\0';
    }
    if (iec21_is_sign_on_for(message->text, address)) {
        identify(server, now_ms);
    } else if (message->text[1] == '?') { /* for another meter: this one's session is over */
        iec21_server_listen(server);
    }
}

/* Anything that is no speed of ours is 300 Bd, as the vendor has it. */
static uint32_t agreed_baud(const struct iec21_server *server, char speed)
{
    const uint32_t baud = speed >= '0' && speed <= '6' ? iec21_baud(speed) : 0;
    return baud != 0 && baud <= server->setup.fastest_baud ? baud : 300;
}

static void hand_over(struct iec21_server *server, const char *option, uint32_t now_ms)
{
    const uint32_t baud = agreed_baud(server, option[1]);
    if (server->setup.confirms_hand_over) {
        const char text[] = {IEC21_ACK, option[0], option[1], option[2], '\r', '\n', '\0'};
        iec21_server_send_text(server, text, IEC21_HANDED_OVER, now_ms);
        server->next_baud = baud;
        return;
    }
    server->state = IEC21_HANDED_OVER;
    server->line = (struct iec21_line){baud, IEC21_8N1};
}

static void start_programming(struct iec21_server *server, char option, uint32_t now_ms)
{
    static const char challenge[] = {IEC21_SOH, 'P', '0', IEC21_STX, '\0'};
    server->access = (struct iec21_access){.option = option};
    iec21_server_send_block(server, challenge, "()", IEC21_AWAIT_PASSWORD, now_ms);
}

static void take_option(struct iec21_server *server, const struct iec21_message *message,
                        uint32_t now_ms)
{
    const char *option = message->text;
    const bool is_whole = message->length == 3;
    iec21_receiver_expect_option(&server->receiver, false);
    if (is_whole && option[0] == '2' && option[2] == '2' && server->setup.mode == IEC21_MODE_E) {
        hand_over(server, option, now_ms);
        return;
    }
    if (!is_whole || option[0] != '0') {
        read_out(server, IEC21_LISTENING, now_ms);
        return;
    }
    server->line.baud = agreed_baud(server, option[1]);
    const bool is_programming = option[2] == '1' || (option[2] >= '6' && option[2] <= '9');
    if (is_programming && server->setup.meter->login != NULL) {
        start_programming(server, option[2], now_ms);
    } else {
        read_out(server, IEC21_AWAIT_CONFIRM, now_ms);
    }
}

/* ---- Messages -------------------------------------------------------------------------------- */

static void take_message(struct iec21_server *server, const struct iec21_message *message,
                         uint32_t now_ms)
{
    if (message->kind == IEC21_SLASH) {
        take_sign_on(server, message, now_ms);
        return;
    }
    switch (server->state) {
    case IEC21_AWAIT_OPTION:
        if (message->kind == IEC21_OPTION) {
            take_option(server, message, now_ms);
        }
        break;
    case IEC21_AWAIT_CONFIRM:
        if (message->kind == IEC21_REPEAT) {
            read_out(server, IEC21_AWAIT_CONFIRM, now_ms);
        } else if (message->kind == IEC21_ACKNOWLEDGED) {
            iec21_server_listen(server);
        }
        break;
    case IEC21_AWAIT_PASSWORD:
    case IEC21_OPEN:
        iec21_server_programming(server, message, now_ms);
        break;
    default:
        break;
    }
}

void iec21_server_input(struct iec21_server *server, const uint8_t *data, size_t length,
                        uint32_t now_ms)
{
    size_t at = 0;
    iec21_server_output(server, now_ms, NULL, 0); /* a time-out that has passed comes first */
    while (at < length && server->state != IEC21_SENDING && server->state != IEC21_HANDED_OVER) {
        struct iec21_message message;
        server->receiver.gap_ms = server->setup.times->character_ms;
        at += iec21_receiver_feed(&server->receiver, data + at, length - at, now_ms, &message);
        if (message.kind != IEC21_NOTHING) {
            take_message(server, &message, now_ms);
        }
    }
}

/* ---- Output ---------------------------------------------------------------------------------- */

/* All is sent. */
static void sent(struct iec21_server *server, uint32_t now_ms)
{
    server->state = server->after;
    server->since_ms = now_ms;
    if (server->next_baud != 0) {
        server->line.baud = server->next_baud;
        server->next_baud = 0;
    }
    if (server->state == IEC21_HANDED_OVER) {
        server->line.format = IEC21_8N1;
    } else if (server->state == IEC21_LISTENING) {
        iec21_server_listen(server);
    } else if (server->state == IEC21_AWAIT_OPTION && server->setup.mode <= IEC21_MODE_B) {
        read_out(server, IEC21_LISTENING, now_ms);
    }
    iec21_receiver_expect_option(&server->receiver, server->state == IEC21_AWAIT_OPTION);
}

/* The limit of the state's silence; UINT32_MAX for none. */
static uint32_t limit_ms(const struct iec21_server *server)
{
    const struct iec21_times *times = server->setup.times;
    switch (server->state) {
    case IEC21_AWAIT_OPTION:
        return times->option_ms;
    case IEC21_AWAIT_CONFIRM:
        return times->reply_ms;
    case IEC21_AWAIT_PASSWORD:
    case IEC21_OPEN:
        return times->session_s * UINT32_C(1000);
    default:
        return UINT32_MAX;
    }
}

/* A message has begun, and may still go on. */
static bool is_hearing(const struct iec21_server *server, uint32_t now_ms)
{
    const struct iec21_receiver *receiver = &server->receiver;
    return iec21_receiver_is_inside(receiver) &&
           now_ms - receiver->last_ms <= server->setup.times->character_ms;
}

/* A message under way when the time is over may come to its end. */
static void pass_time(struct iec21_server *server, uint32_t now_ms)
{
    if (limit_ms(server) == UINT32_MAX || now_ms - server->since_ms <= limit_ms(server) ||
        is_hearing(server, now_ms)) {
        return;
    }
    if (server->state == IEC21_AWAIT_OPTION) {
        read_out(server, IEC21_LISTENING, now_ms);
        server->ready_ms = now_ms;
    } else {
        iec21_server_listen(server);
    }
}

static bool is_ready(const struct iec21_server *server, uint32_t now_ms)
{
    return server->state == IEC21_SENDING && (int32_t)(now_ms - server->ready_ms) >= 0;
}

static void next_piece(struct iec21_server *server)
{
    server->piece_at = 0;
    server->piece_length = server->producer == IEC21_PRODUCE_READ_OUT
                               ? read_out_piece(server)
                               : iec21_server_log_piece(server);
}

size_t iec21_server_output(struct iec21_server *server, uint32_t now_ms, uint8_t *out, size_t size)
{
    size_t count = 0;
    pass_time(server, now_ms);
    while (count < size && is_ready(server, now_ms)) {
        if (server->piece_at == server->piece_length) {
            next_piece(server);
            continue;
        }
        const uint8_t character = (uint8_t)server->setup.output[server->piece_at++] & 0x7F;
        out[count++] = server->has_parity ? iec21_with_parity(character) : character;
        if (server->piece_at == server->piece_length && server->is_last_piece) {
            sent(server, now_ms);
        }
    }
    return count;
}

uint32_t iec21_server_wait_ms(const struct iec21_server *server, uint32_t now_ms)
{
    if (server->state == IEC21_SENDING) {
        return is_ready(server, now_ms) ? 0 : server->ready_ms - now_ms;
    }
    const uint32_t limit = limit_ms(server);
    const uint32_t passed = now_ms - server->since_ms;
    if (limit == UINT32_MAX) {
        return UINT32_MAX;
    }
    if (passed > limit && is_hearing(server, now_ms)) {
        return server->setup.times->character_ms - (now_ms - server->receiver.last_ms) + 1;
    }
    return passed > limit ? 0 : limit - passed + 1;
}

/* ---- The rest -------------------------------------------------------------------------------- */

enum wh_err iec21_server_init(struct iec21_server *server, const struct iec21_server_setup *setup)
{
    char text[IEC21_TYPE_TEXT + 16];
    struct iec21_identification identification = {.speed = '0'};
    memcpy(identification.flag, setup->flag, sizeof identification.flag);
    if (setup->input_size < IEC21_SERVER_INPUT_MIN ||
        setup->output_size < IEC21_SERVER_OUTPUT_MIN || setup->mode > IEC21_MODE_E ||
        iec21_speed(setup->fastest_baud) == '\0' || iec21_speed(setup->start_baud) == '\0' ||
        (setup->mode == IEC21_MODE_B && setup->fastest_baud == 300) ||
        iec21_write_identification(text, sizeof text, &identification) != WH_OK) {
        return WH_ERR_ARGUMENT;
    }
    *server = (struct iec21_server){.setup = *setup};
    iec21_server_listen(server);
    return WH_OK;
}

struct iec21_line iec21_server_line(const struct iec21_server *server)
{
    return server->line;
}

void iec21_server_start_at(struct iec21_server *server, uint32_t baud)
{
    if (iec21_speed(baud) == '\0') {
        return;
    }
    server->setup.start_baud = baud;
    if (server->state == IEC21_LISTENING) {
        server->line.baud = baud;
    }
}

bool iec21_server_is_sending(const struct iec21_server *server)
{
    return server->state == IEC21_SENDING;
}

bool iec21_server_is_busy(const struct iec21_server *server, uint32_t now_ms)
{
    return server->state != IEC21_LISTENING || is_hearing(server, now_ms);
}

bool iec21_server_is_handed_over(const struct iec21_server *server)
{
    return server->state == IEC21_HANDED_OVER;
}

void iec21_server_resume(struct iec21_server *server)
{
    iec21_server_listen(server);
}
