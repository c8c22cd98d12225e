/* A ring of lines. */
#include "cli/journal.h"
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void cli_journal_write(struct cli_journal *journal, const char *format, ...)
{
    struct cli_journal_line *line = &journal->line[journal->count++ % CLI_JOURNAL_LINES];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(line->time, sizeof line->time, "%Y-%m-%dT%H:%M:%S", &local);
    va_list list;
    va_start(list, format);
    vsnprintf(line->text, sizeof line->text, format, list);
    va_end(list);
    if (journal->echo) {
        printf("%s  %s\n", line->time, line->text);
        fflush(stdout);
    }
}

size_t cli_journal_length(const struct cli_journal *journal)
{
    return journal->count < CLI_JOURNAL_LINES ? journal->count : CLI_JOURNAL_LINES;
}

const struct cli_journal_line *cli_journal_at(const struct cli_journal *journal, size_t index)
{
    const size_t first = journal->count - cli_journal_length(journal);
    return &journal->line[(first + index) % CLI_JOURNAL_LINES];
}
