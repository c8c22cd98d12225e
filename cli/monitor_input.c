/* Files. Text is decoded line by line as it comes, so a pipe can be watched; captures are read
 * whole. Invariant: what cannot be read is said with its line, and reading goes on behind it. */
#include "cli/monitor_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode/capture.h"
#include "decode/hexline.h"
#include "decode/reassembly.h"

enum { PIECE = 65536, MAGIC = 4 };

static const char *shown_path(const struct monitor_input *input)
{
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

static int out_of_memory(const struct monitor_input *input)
{
    cli_refuse(input->command, "not enough memory");
    return CLI_FAILED;
}

/* ---- Hex text ---- */

/* False: no memory. */
static bool take_line(const struct monitor_input *input, struct decode_session *session,
                      const char *line, size_t length, uint8_t *bytes, bool *is_refused)
{
    struct decode_hexline hex;
    decode_hexline_read(line, length, bytes, &hex);
    if (hex.error != NULL) {
        fflush(stdout);
        cli_refuse(input->command, "%s: line %llu, column %zu: %s; the line is passed over",
                   shown_path(input), (unsigned long long)input->output->lines, hex.column,
                   hex.error);
        *is_refused = true;
        return true;
    }
    const bool is_blank = strspn(line, " \t\r") == length;
    if (hex.length == 0) {
        if (is_blank) {
            decode_flush(session);
        }
        return true;
    }
    return decode_feed_line(session, hex.direction, bytes, hex.length);
}

static int read_text(const struct monitor_input *input, FILE *file, struct decode_session *session)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t got;
    bool is_refused = false;
    bool is_fed = true;
    while (is_fed && (got = getline(&line, &size, file)) >= 0) {
        const size_t length = strcspn(line, "\n");
        uint8_t *bytes = malloc((size_t)got / 2 + 1);
        input->output->lines++;
        is_fed = bytes != NULL &&
                 take_line(input, session, line, length < (size_t)got ? length : (size_t)got, bytes,
                           &is_refused);
        free(bytes);
    }
    free(line);
    decode_flush(session);
    if (!is_fed) {
        return out_of_memory(input);
    }
    return is_refused ? CLI_FAILED : CLI_OK;
}

/* ---- Bytes ---- */

static int read_binary(const struct monitor_input *input, FILE *file,
                       struct decode_session *session)
{
    static uint8_t bytes[PIECE];
    ssize_t got;
    /* read(), not fread(): what came through a pipe is decoded at once */
    while ((got = read(fileno(file), bytes, sizeof bytes)) > 0) {
        if (!decode_feed(session, DECODE_UNKNOWN, bytes, (size_t)got)) {
            return out_of_memory(input);
        }
    }
    decode_flush(session);
    return got < 0 ? cli_refuse(input->command, "%s: %s", shown_path(input), strerror(errno))
                   : CLI_OK;
}

/* ---- Captures ---- */

/* NULL: no memory, or reading failed. */
static uint8_t *read_whole(FILE *file, size_t *length)
{
    size_t room = PIECE;
    uint8_t *bytes = malloc(room);
    *length = 0;
    size_t got;
    while (bytes != NULL && (got = fread(bytes + *length, 1, room - *length, file)) > 0) {
        *length += got;
        if (*length == room) {
            room *= 2;
            uint8_t *larger = realloc(bytes, room);
            if (larger == NULL) {
                free(bytes);
            }
            bytes = larger;
        }
    }
    return bytes;
}

static int decode_packets(const struct monitor_input *input, struct decode_capture *capture,
                          struct decode_flows *flows)
{
    struct decode_packet packet;
    struct decode_transport transport;
    while (decode_capture_next(capture, &packet)) {
        if (decode_transport_read(&packet, &transport) &&
            !decode_flows_take(flows, &transport, packet.time_us)) {
            cli_refuse(input->command, "%s: too many conversations at a time", shown_path(input));
            return CLI_FAILED;
        }
    }
    decode_flows_end(flows);
    fflush(stdout);
    if (decode_flows_missing(flows) > 0) {
        cli_refuse(input->command, "%s: %llu bytes of the conversations are not in the capture",
                   shown_path(input), (unsigned long long)decode_flows_missing(flows));
    }
    if (capture->error != NULL) {
        cli_refuse(input->command, "%s: %s", shown_path(input), capture->error);
    }
    return capture->error != NULL || decode_flows_missing(flows) > 0 ? CLI_FAILED : CLI_OK;
}

static int read_capture(const struct monitor_input *input, FILE *file)
{
    size_t length;
    struct decode_capture capture;
    int status = CLI_FAILED;
    uint8_t *bytes = read_whole(file, &length);
    struct decode_flows *flows = decode_flows_new(input->ports, input->port_count, input->keys,
                                                  monitor_output_report, input->output);
    if (bytes == NULL || flows == NULL) {
        out_of_memory(input);
    } else if (!decode_capture_open(&capture, bytes, length)) {
        status = cli_refuse(input->command, "%s: %s", shown_path(input), capture.error);
    } else {
        status = decode_packets(input, &capture, flows);
    }
    decode_flows_free(flows);
    free(bytes);
    return status;
}

/* ---- Which ---- */

/* A capture begins with a number that no text begins with; a pipe cannot be looked at in advance by
 * more than one character, which is enough. */
static bool is_capture(FILE *file)
{
    static const uint8_t first[] = {0x0A, 0xA1, 0xD4, 0x4D};
    uint8_t magic[MAGIC] = {0};
    const int c = getc(file);
    if (c == EOF || memchr(first, c, sizeof first) == NULL) {
        ungetc(c, file);
        return false;
    }
    if (fseek(file, 0, SEEK_SET) != 0) {
        ungetc(c, file);
        return c == 0xA1 || c == 0xD4; /* neither text nor a frame */
    }
    const size_t got = fread(magic, 1, sizeof magic, file);
    fseek(file, 0, SEEK_SET);
    return decode_is_capture(magic, got);
}

static int read_stream(const struct monitor_input *input, FILE *file)
{
    struct decode_session *session =
        decode_session_new(input->keys, monitor_output_plain, input->output);
    if (session == NULL) {
        return out_of_memory(input);
    }
    const int status =
        input->is_binary ? read_binary(input, file, session) : read_text(input, file, session);
    decode_session_free(session);
    return status;
}

int monitor_input_run(const struct monitor_input *input)
{
    const bool is_standard = strcmp(input->path, "-") == 0;
    FILE *file = is_standard ? stdin : fopen(input->path, "rb");
    if (file == NULL) {
        return cli_refuse(input->command, "%s: %s", input->path, strerror(errno));
    }
    int status = !input->is_binary && is_capture(file) ? read_capture(input, file)
                                                       : read_stream(input, file);
    if (status != CLI_BAD_INPUT && ferror(file)) {
        status = cli_refuse(input->command, "%s: cannot be read", shown_path(input));
    }
    if (!is_standard) {
        fclose(file);
    }
    if (status == CLI_OK && input->output->reports == 0) {
        return cli_refuse(input->command, "%s: nothing to decode", shown_path(input));
    }
    return status == CLI_OK && input->output->faulty > 0 ? CLI_FAILED : status;
}
