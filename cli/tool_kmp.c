/* KMP on a line. Invariant: a request that must not be carried out twice goes out once. */
#include "cli/tool_kmp.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 20, GAP_ON_TCP_MS = 2000 };

bool tool_kmp_ask(struct tool_kmp *kmp, const struct kmp_request *request,
                  const struct kmp_frame **answer, struct tool_failure *failure)
{
    uint8_t octets[256];
    size_t length;
    enum kmp_client_state state;
    if (kmp_client_start(&kmp->client, request, endpoint_now_ms()) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "the request is too long for KMP");
    }
    while ((state = kmp_client_run(&kmp->client, endpoint_now_ms())) == KMP_CLIENT_BUSY) {
        while ((length = kmp_client_output(&kmp->client, endpoint_now_ms(), octets,
                                           sizeof octets)) > 0) {
            if (!endpoint_line_write(&kmp->line, octets, length, failure)) {
                return false;
            }
        }
        if (!endpoint_line_read(&kmp->line, octets, sizeof octets, TICK_MS, &length, failure)) {
            return false;
        }
        kmp_client_input(&kmp->client, octets, length, endpoint_now_ms());
    }
    if (state != KMP_CLIENT_DONE) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: %s", kmp->line.name, kmp_client_text(state));
    }
    *answer = kmp_client_answer(&kmp->client);
    return true;
}

static bool ask_type(struct tool_kmp *kmp, struct tool_failure *failure)
{
    struct kmp_request request;
    const struct kmp_frame *answer;
    kmp_request_plain(&request, KMP_GET_TYPE);
    return tool_kmp_ask(kmp, &request, &answer, failure);
}

struct tool_kmp *tool_kmp_open(const struct endpoint *endpoint, struct tool_failure *failure)
{
    struct tool_kmp *kmp = calloc(1, sizeof *kmp);
    if (kmp == NULL) {
        tool_fail(failure, CLI_FAILED, "no memory");
        return NULL;
    }
    const struct kmp_client_setup setup = {
        .address = endpoint->kmp_address != 0 ? (uint8_t)endpoint->kmp_address : KMP_ADDRESS_METER,
        .tries = KMP_CLIENT_TRIES,
        .answer_ms = endpoint->timeout_ms != 0 && endpoint->timeout_ms < UINT16_MAX
                         ? (uint16_t)endpoint->timeout_ms
                         : KMP_CLIENT_ANSWER_MS,
        .gap_ms = endpoint->is_serial ? KMP_CLIENT_GAP_MS : GAP_ON_TCP_MS,
        .answer = kmp->answer,
        .answer_size = sizeof kmp->answer,
    };
    const uint32_t connect_ms =
        endpoint->timeout_ms != 0 ? endpoint->timeout_ms : ENDPOINT_CONNECT_MS;
    kmp_client_init(&kmp->client, &setup);
    if (!endpoint_line_open(&kmp->line, endpoint, connect_ms, failure) ||
        !endpoint_line_set(&kmp->line, endpoint->baud != 0 ? endpoint->baud : 9600, ENDPOINT_8N2,
                           failure) ||
        !ask_type(kmp, failure)) {
        tool_kmp_close(kmp);
        return NULL;
    }
    return kmp;
}

bool tool_kmp_register(struct tool_kmp *kmp, uint16_t id, struct kmp_value *value,
                       struct tool_failure *failure)
{
    struct kmp_request request = {0};
    const struct kmp_frame *answer = NULL;
    uint16_t got;
    size_t offset = 0;
    kmp_request_registers(&request, &id, 1);
    if (!tool_kmp_ask(kmp, &request, &answer, failure)) {
        return false;
    }
    const enum wh_err err = kmp_answer_register(answer, &offset, &got, value);
    if (err == WH_ERR_NOT_FOUND) {
        return tool_fail(failure, TOOL_ABSENT, "the meter has no register %u", id);
    }
    return (err == WH_OK && got == id) ||
           tool_fail(failure, TOOL_NO_ANSWER, "the answer about register %u is malformed", id);
}

/* PutRegister has a number for a password; a meter as delivered has 0, which is tried when asked for only. */
static bool password_number(const struct tool_secrets *secrets, uint16_t *number,
                            struct tool_failure *failure)
{
    char *end;
    *number = 0;
    if (secrets->is_default) {
        return true;
    }
    if (!secrets->has_password) {
        return tool_fail(failure, TOOL_REFUSED,
                         "needs a password, a number: --password-file, WATTHOUR_PASSWORD or "
                         "--default-password");
    }
    const unsigned long value = strtoul(secrets->password, &end, 10);
    if (end == secrets->password || *end != '\0' || value > UINT16_MAX) {
        return tool_fail(failure, CLI_BAD_INPUT, "a password of KMP is a number in 0 ... 65535");
    }
    *number = (uint16_t)value;
    return true;
}

bool tool_kmp_refused(struct tool_failure *failure)
{
    if (failure->code == TOOL_NO_ANSWER) {
        tool_fail(
            failure, TOOL_REFUSED,
            "the meter does not acknowledge: it is protected, not writable here, needs another "
            "password, or has done it and the answer was lost");
    }
    return false;
}

bool tool_kmp_put(struct tool_kmp *kmp, const struct tool_secrets *secrets, uint16_t id,
                  const struct kmp_value *value, struct tool_failure *failure)
{
    struct kmp_request request;
    const struct kmp_frame *answer;
    uint16_t password;
    if (!password_number(secrets, &password, failure)) {
        return false;
    }
    if (kmp_request_put(&request, password, id, value) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "does not fit a register");
    }
    request.is_once = true;
    if (tool_kmp_ask(kmp, &request, &answer, failure)) {
        return true;
    }
    tool_kmp_refused(failure);
    if (failure->code == TOOL_REFUSED && !secrets->is_default) {
        const size_t used = strlen(failure->text);
        snprintf(
            failure->text + used, sizeof failure->text - used,
            "; the password of KMP is a number of its own, as delivered 0 (--default-password)");
    }
    return false;
}

void tool_kmp_close(struct tool_kmp *kmp)
{
    if (kmp != NULL) {
        endpoint_line_close(&kmp->line);
        free(kmp);
    }
}
