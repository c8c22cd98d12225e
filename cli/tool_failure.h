/* Why work on a meter failed: one line for people and the exit code that goes with it.
 */
#ifndef CLI_TOOL_FAILURE_H
#define CLI_TOOL_FAILURE_H

#include "cli/options.h"
#include <stdbool.h>

/* Exit codes of the commands that talk to a meter, beside those of cli/options.h. */
enum {
    TOOL_NO_ANSWER = 3, /* not reached, no or a senseless answer, or the connection was lost */
    TOOL_REFUSED = 4,   /* the meter answered, and refuses: password, access, value, state */
    TOOL_ABSENT = 5,    /* the meter, or its protocol, has no such thing */
};

struct tool_failure {
    int code;                  /* CLI_OK: nothing failed */
    char text[CLI_ERROR_SIZE]; /* what failed and what to look at; no newline */
};

/* Fills *failure; always false, so that a caller can return it. */
bool tool_fail(struct tool_failure *failure, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with the system's reason for number at the end, ": no such file …". */
bool tool_fail_errno(struct tool_failure *failure, int code, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Of a write or a command: when its answer is missing (TOOL_NO_ANSWER) nobody knows whether it was
 * done, and what, "may have been …", is put before the reason. */
void tool_fail_unsure(struct tool_failure *failure, const char *what);

#endif
