/* Reading a log to its end over a line that may break: reconnects and goes on behind the last row.
 */
#ifndef CLI_TOOL_LOG_H
#define CLI_TOOL_LOG_H

#include "cli/tool_command.h"
#include "cli/tool_stamps.h"
#include "cli/tool_table.h"

enum { TOOL_RETRIES = 3, TOOL_PAUSE_MS = 200 };

struct tool_log_reading {
    struct tool_work *work;
    struct tool_table *table;
    unsigned retries;           /* connections in a row that bring no row, before it is given up */
    unsigned pause_ms;          /* before the first of them, twice that before the second … */
    struct tool_stamps *stamps; /* rows that are not wanted again; those that come join them */
    int64_t last_s;             /* of the last row; below query.from_s: none */
    size_t rows;
};

/* Reads the query into the table, head included. Every row comes once, whatever breaks in
 * between. False: *failure says what broke last; what came before is in the table. */
bool tool_log_read(struct tool_log_reading *reading, struct tool_log_query query,
                   struct tool_failure *failure);

#endif
