/* Programming mode: password, reading, writing, executing, logs in blocks. Invariant: no
 * function of the meter but login is called before a password was accepted in this session, and
 * a command whose check was wrong is not carried out. */
#include "iec62056_21/server_session.h"

#include <string.h>

static const char data_start[] = {IEC21_STX, '\0'};

enum { RECORDS_PER_BLOCK = 6, MOST_PER_BLOCK = 1000 };

/* What a reader is told of an error. The exact texts of other makers are not public; they begin
 * with ER and have at most 32 characters. */
static const char *error_text(enum wh_err err)
{
    static const struct {
        enum wh_err err;
        const char *text;
    } texts[] = {
        {WH_ERR_NOT_FOUND, "(ER NO SUCH OBJECT)"},
        {WH_ERR_ARGUMENT, "(ER VALUE OUT OF RANGE)"},
        {WH_ERR_FORMAT, "(ER FORMAT)"},
        {WH_ERR_UNSUPPORTED, "(ER COMMAND NOT SUPPORTED)"},
        {WH_ERR_SEALED, "(ER ACCESS DENIED)"},
        {WH_ERR_STATE, "(ER NOT POSSIBLE NOW)"},
        {WH_ERR_SPACE, "(ER TOO LONG)"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].err == err) {
            return texts[i].text;
        }
    }
    return "(ER INTERNAL)";
}

static void reply_error(struct iec21_server *server, enum wh_err err, uint32_t now_ms)
{
    iec21_server_send_block(server, data_start, error_text(err), server->state, now_ms);
}

static void reply_character(struct iec21_server *server, char character, uint32_t now_ms)
{
    const char text[] = {character, '\0'};
    iec21_server_send_text(server, text, server->state, now_ms);
}

static void reply_result(struct iec21_server *server, enum wh_err err, uint32_t now_ms)
{
    if (err == WH_OK) {
        reply_character(server, IEC21_ACK, now_ms);
    } else {
        reply_error(server, err, now_ms);
    }
}

/* ---- Commands -------------------------------------------------------------------------------- */

static void take_password(struct iec21_server *server, const struct iec21_command *command,
                          uint32_t now_ms)
{
    static const char break_start[] = {IEC21_SOH, '\0'};
    const struct iec21_meter *meter = server->setup.meter;
    struct iec21_access access = {.login = command->type, .option = server->access.option};
    if (meter->login != NULL &&
        meter->login(server->setup.context, command->argument, &access) == WH_OK) {
        server->access = access;
        server->state = IEC21_OPEN;
        reply_character(server, IEC21_ACK, now_ms);
        return;
    }
    iec21_server_send_block(server, break_start, "B0", IEC21_LISTENING, now_ms);
}

/* The answer is made where it is sent from: STX, address, bracket, value. */
static void read_value(struct iec21_server *server, const struct iec21_command *command,
                       uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    const size_t head = strlen(command->address) + 1;
    /* Behind the value: bracket, ETX, check and a NUL of the value's own. */
    if (head + 1 + 5 >= setup->output_size) {
        reply_error(server, WH_ERR_SPACE, now_ms);
        return;
    }
    char *text = setup->output + 1;
    char *value = text + head;
    const size_t room = setup->output_size - (head + 1) - 3;
    memcpy(text, command->address, head - 1);
    text[head - 1] = '(';
    value[0] = '\0';
    const enum wh_err err =
        setup->meter->read != NULL
            ? setup->meter->read(setup->context, &server->access, command, value, room)
            : WH_ERR_UNSUPPORTED;
    if (err != WH_OK) {
        reply_error(server, err, now_ms);
        return;
    }
    const size_t length = strlen(value);
    value[length] = ')';
    value[length + 1] = '\0';
    iec21_server_send_block(server, data_start, text, IEC21_OPEN, now_ms);
}

static void write_value(struct iec21_server *server, const struct iec21_command *command,
                        uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    reply_result(server,
                 setup->meter->write != NULL
                     ? setup->meter->write(setup->context, &server->access, command)
                     : WH_ERR_UNSUPPORTED,
                 now_ms);
}

static void execute(struct iec21_server *server, const struct iec21_command *command,
                    uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    reply_result(server,
                 setup->meter->execute != NULL
                     ? setup->meter->execute(setup->context, &server->access, command)
                     : WH_ERR_UNSUPPORTED,
                 now_ms);
}

/* ---- Logs ------------------------------------------------------------------------------------ */

/* Copies from *text up to the next ';' or the end, and moves there. False: too long. */
static bool take_part(const char **text, char *part, size_t size)
{
    size_t length = 0;
    while (**text != '\0' && **text != ';') {
        if (length + 1 == size) {
            return false;
        }
        part[length++] = *(*text)++;
    }
    part[length] = '\0';
    return true;
}

/* The same behind a ';', if one stands there. */
static bool take_next_part(const char **text, char *part, size_t size)
{
    *text += **text == ';';
    return take_part(text, part, size);
}

static bool take_count(const char *text, size_t *count)
{
    size_t number = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || number > MOST_PER_BLOCK) {
            return false;
        }
        number = number * 10 + (size_t)(*text - '0');
    }
    *count = number;
    return true;
}

/* "start;end;n": each may be missing, but an end without a start is none. */
static enum wh_err take_query(struct iec21_server *server, const struct iec21_command *command)
{
    struct iec21_log_query *query = &server->query;
    const char *text = command->address;
    char count[8];
    if (!take_part(&text, query->address, sizeof query->address)) {
        return WH_ERR_NOT_FOUND;
    }
    text = command->argument;
    if (!take_part(&text, query->start, sizeof query->start) ||
        !take_next_part(&text, query->end, sizeof query->end) ||
        !take_next_part(&text, count, sizeof count) || *text != '\0' ||
        !take_count(count, &server->per_block) ||
        (query->start[0] == '\0' && query->end[0] != '\0')) {
        return WH_ERR_FORMAT;
    }
    if (count[0] == '\0') {
        server->per_block = RECORDS_PER_BLOCK;
    }
    return server->per_block >= 1 && server->per_block <= MOST_PER_BLOCK ? WH_OK : WH_ERR_ARGUMENT;
}

static void send_log_block(struct iec21_server *server, uint32_t now_ms)
{
    server->index = 0;
    iec21_server_produce(server, IEC21_PRODUCE_LOG, IEC21_OPEN, now_ms);
}

static void read_log(struct iec21_server *server, const struct iec21_command *command,
                     uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    enum wh_err err = WH_ERR_UNSUPPORTED;
    if (setup->meter->log_header != NULL && setup->meter->log_record != NULL) {
        err = take_query(server, command);
    }
    if (err == WH_OK) {
        err = setup->meter->log_header(setup->context, &server->access, &server->query,
                                       setup->output, setup->output_size);
    }
    if (err != WH_OK) {
        reply_error(server, err, now_ms);
        return;
    }
    server->first = 0;
    send_log_block(server, now_ms);
}

/* Appends CR LF. A text that leaves no room for it is cut. */
static size_t end_line(const struct iec21_server_setup *setup, size_t length)
{
    const size_t most = setup->output_size - 3;
    length = length < most ? length : most;
    setup->output[length] = '\r';
    setup->output[length + 1] = '\n';
    return length + 2;
}

static size_t log_head_piece(struct iec21_server *server)
{
    const struct iec21_server_setup *setup = &server->setup;
    char *text = setup->output + 1;
    const size_t length = strlen(server->query.address);
    memcpy(text, server->query.address, length);
    text[length] = '\0';
    if (setup->meter->log_header(setup->context, &server->access, &server->query, text + length,
                                 setup->output_size - 1 - length) != WH_OK) {
        text[length] = '\0';
    }
    setup->output[0] = IEC21_STX;
    const size_t end = end_line(setup, 1 + strlen(text));
    server->bcc = iec21_bcc(0, setup->output + 1, end - 1);
    return end;
}

/* index counts the header as 0. A record that cannot be read is passed over. */
size_t iec21_server_log_piece(struct iec21_server *server)
{
    const struct iec21_server_setup *setup = &server->setup;
    if (server->index == 0) {
        server->index = 1;
        return log_head_piece(server);
    }
    enum wh_err err;
    do {
        const size_t record = server->first + server->index - 1;
        setup->output[0] = '\0';
        err = setup->meter->log_record(setup->context, &server->access, &server->query, record,
                                       setup->output, setup->output_size);
        if (server->index > server->per_block || err == WH_ERR_NOT_FOUND) {
            server->is_last_piece = true;
            return iec21_server_end_block(server, 0,
                                          err == WH_ERR_NOT_FOUND ? IEC21_ETX : IEC21_EOT);
        }
        server->index++;
    } while (err != WH_OK);
    const size_t length = end_line(setup, strlen(setup->output));
    server->bcc = iec21_bcc(server->bcc, setup->output, length);
    return length;
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* The part of the last answer that a reader asks for: the same again, or what follows. */
static void repeat(struct iec21_server *server, uint32_t now_ms)
{
    if (server->producer == IEC21_PRODUCE_LOG) {
        send_log_block(server, now_ms);
    } else if (server->is_output_kept && server->setup.output[0] != IEC21_NAK) {
        /* A NAK may be the echo of ours: answered, it would never end. */
        iec21_server_send(server, server->piece_length, server->state, now_ms);
    }
}

static void go_on(struct iec21_server *server, uint32_t now_ms)
{
    const struct iec21_server_setup *setup = &server->setup;
    if (server->producer != IEC21_PRODUCE_LOG) {
        return;
    }
    server->first += server->per_block;
    if (setup->meter->log_record(setup->context, &server->access, &server->query, server->first,
                                 setup->output, setup->output_size) == WH_ERR_NOT_FOUND) {
        server->producer = IEC21_PRODUCE_NOTHING; /* the block before was the last */
        return;
    }
    send_log_block(server, now_ms);
}

static const struct row {
    char code;
    const char *types;
    void (*take)(struct iec21_server *server, const struct iec21_command *command, uint32_t now_ms);
} rows[] = {
    {'R', "125", read_value}, {'R', "6", read_log}, {'W', "125", write_value}, {'E', "2", execute}};

static void take_command(struct iec21_server *server, const struct iec21_command *command,
                         uint32_t now_ms)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == command->code && strchr(rows[i].types, command->type) != NULL) {
            rows[i].take(server, command, now_ms);
            return;
        }
    }
    reply_error(server, WH_ERR_UNSUPPORTED, now_ms);
}

static void take_command_message(struct iec21_server *server, const struct iec21_message *message,
                                 uint32_t now_ms)
{
    struct iec21_command command;
    /* The text is in the server's own input buffer. */
    const enum wh_err err = message->is_partial
                                ? WH_ERR_UNSUPPORTED
                                : iec21_split_command(server->setup.input, &command);
    if (err != WH_OK) {
        reply_error(server, err, now_ms);
    } else if (command.code == 'B' && command.type == '0') {
        iec21_server_listen(server);
    } else if (command.code == 'P' && (command.type == '1' || command.type == '2')) {
        take_password(server, &command, now_ms);
    } else if (server->state == IEC21_OPEN) {
        take_command(server, &command, now_ms);
    } else {
        reply_error(server, WH_ERR_SEALED, now_ms);
    }
}

void iec21_server_programming(struct iec21_server *server, const struct iec21_message *message,
                              uint32_t now_ms)
{
    server->since_ms = now_ms;
    switch (message->kind) {
    case IEC21_COMMAND:
        take_command_message(server, message, now_ms);
        break;
    case IEC21_DAMAGED:
        reply_character(server, IEC21_NAK, now_ms);
        break;
    case IEC21_TOO_LONG:
        reply_error(server, WH_ERR_SPACE, now_ms);
        break;
    case IEC21_REPEAT:
        repeat(server, now_ms);
        break;
    case IEC21_ACKNOWLEDGED:
        go_on(server, now_ms);
        break;
    default:
        break;
    }
}
