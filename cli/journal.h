/* The last messages of a running meter, for the page and the terminal.
 */
#ifndef CLI_JOURNAL_H
#define CLI_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

enum { CLI_JOURNAL_LINES = 32, CLI_JOURNAL_TEXT = 160 };

struct cli_journal_line {
    char time[24]; /* local, ISO 8601 */
    char text[CLI_JOURNAL_TEXT];
};

struct cli_journal {
    struct cli_journal_line line[CLI_JOURNAL_LINES];
    size_t count; /* ever written; the newest is line[(count - 1) % CLI_JOURNAL_LINES] */
    bool echo;    /* also print on stdout */
};

void cli_journal_write(struct cli_journal *journal, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Lines kept, and line number index of them, oldest first. */
size_t cli_journal_length(const struct cli_journal *journal);
const struct cli_journal_line *cli_journal_at(const struct cli_journal *journal, size_t index);

#endif
