/* Passes commands on and answers them. Invariant: an answer is always one complete JSON object, cut
 * only between characters of the reason.
 */
#include "web/private.h"

#include <stdio.h>
#include <string.h>

/* Writes one character of a JSON string; returns the length written, at most 2. */
static size_t escape(char c, char *out)
{
    if (c == '"' || c == '\\') {
        out[0] = '\\';
        out[1] = c;
        return 2;
    }
    out[0] = (unsigned char)c < 0x20 ? ' ' : c;
    return 1;
}

void web_error_json(const char *reason, char *answer, size_t answer_size)
{
    size_t length = (size_t)snprintf(answer, answer_size, "{\"error\":\"");

    while (*reason && length + sizeof "xx\"}" <= answer_size) {
        length += escape(*reason++, answer + length);
    }
    snprintf(answer + length, answer_size - length, "\"}");
}

bool web_execute(struct web_server *server, const char *json, size_t length, char *answer,
                 size_t answer_size)
{
    char reason[WEB_ERROR_SIZE] = "refused";

    if (server->config.command(server->config.context, json, length, reason, sizeof reason)) {
        snprintf(answer, answer_size, "{\"ok\":true}");
        return true;
    }
    web_error_json(reason, answer, answer_size);
    return false;
}
