/* Failures as one line. Invariant: a failure has a code that is not CLI_OK. */
#include "cli/tool_failure.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool tool_fail(struct tool_failure *failure, int code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    failure->code = code;
    vsnprintf(failure->text, sizeof failure->text, format, list);
    va_end(list);
    return false;
}

bool tool_fail_errno(struct tool_failure *failure, int code, int number, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    failure->code = code;
    vsnprintf(failure->text, sizeof failure->text, format, list);
    va_end(list);
    const size_t used = strlen(failure->text);
    snprintf(failure->text + used, sizeof failure->text - used, ": %s", strerror(number));
    return false;
}

void tool_fail_unsure(struct tool_failure *failure, const char *what)
{
    if (failure->code == TOOL_NO_ANSWER) {
        const struct tool_failure why = *failure;
        tool_fail(failure, TOOL_NO_ANSWER, "%s: %.400s", what, why.text);
    }
}
