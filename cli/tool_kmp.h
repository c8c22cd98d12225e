/* KMP requests and answers on a line, blocking.
 */
#ifndef CLI_TOOL_KMP_H
#define CLI_TOOL_KMP_H

#include "cli/endpoint_line.h"
#include "cli/tool_secret.h"
#include "kmp/client.h"

struct tool_kmp {
    struct endpoint_line line;
    struct kmp_client client;
    uint8_t answer[2048];
};

/* Opens the line and asks for the meter's type. NULL: TOOL_NO_ANSWER. Freed by tool_kmp_close. */
struct tool_kmp *tool_kmp_open(const struct endpoint *endpoint, struct tool_failure *failure);

/* The answer stays valid until the next call. TOOL_NO_ANSWER: none, or a damaged one. */
bool tool_kmp_ask(struct tool_kmp *kmp, const struct kmp_request *request,
                  const struct kmp_frame **answer, struct tool_failure *failure);

/* One register. TOOL_ABSENT: the meter does not know it. */
bool tool_kmp_register(struct tool_kmp *kmp, uint16_t id, struct kmp_value *value,
                       struct tool_failure *failure);

/* Writes a register with the password that the secrets have, or the default one, 0; once, since wrong
 * passwords lock a meter. TOOL_REFUSED: it is not acknowledged, or there is no password. */
bool tool_kmp_put(struct tool_kmp *kmp, const struct tool_secrets *secrets, uint16_t id,
                  const struct kmp_value *value, struct tool_failure *failure);

/* No answer to what the meter answered otherwise is how KMP refuses: the failure becomes one.
 * Always false. */
bool tool_kmp_refused(struct tool_failure *failure);

/* NULL is allowed. */
void tool_kmp_close(struct tool_kmp *kmp);

#endif
