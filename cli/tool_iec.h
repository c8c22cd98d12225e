/* IEC 62056-21 on a line, blocking: read-out, and commands in programming mode.
 */
#ifndef CLI_TOOL_IEC_H
#define CLI_TOOL_IEC_H

#include "cli/endpoint_line.h"
#include "iec62056_21/reader.h"
#include "iec62056_21/telegram.h"

struct tool_iec {
    struct endpoint_line line;
    struct endpoint endpoint;
    struct iec21_reader reader;
    bool is_programming;
    bool is_refused; /* the password: it is not sent again in this session */
    bool has_read_out;
    char buffer[65536];
    char read_out[65536]; /* what the meter read out, when has_read_out */
    size_t read_out_length;
};

/* Opens the line; the meter is asked nothing. NULL: TOOL_NO_ANSWER. Freed by tool_iec_close. */
struct tool_iec *tool_iec_open(const struct endpoint *endpoint, struct tool_failure *failure);

/* Signs on only. */
bool tool_iec_identify(struct tool_iec *iec, struct iec21_identification *identification,
                       struct tool_failure *failure);

/* Mode C read-out into read_out, at most once a session; with mode=D the next that the meter sends
 * by itself, for which it waits a minute, or the endpoint's time-out. */
bool tool_iec_read_out(struct tool_iec *iec, struct tool_failure *failure);

/* Programming mode with a password, unless it is open. TOOL_REFUSED: the password is wrong; after
 * that at once, without a word to the meter. */
bool tool_iec_program(struct tool_iec *iec, const char *password, struct tool_failure *failure);

/* A command in programming mode; *block is what came, NULL for an acknowledgement, valid until
 * the next call. *has_more: another part follows by tool_iec_go_on. TOOL_REFUSED: an error
 * message. */
bool tool_iec_command(struct tool_iec *iec, const char *code, const char *data, const char **block,
                      bool *has_more, struct tool_failure *failure);
bool tool_iec_go_on(struct tool_iec *iec, const char **block, bool *has_more,
                    struct tool_failure *failure);

/* NULL is allowed. */
void tool_iec_close(struct tool_iec *iec);

#endif
