/* Tables of values as they come: for people, as CSV (RFC 4180, lines end with LF) and as JSON.
 *
 *     JSON  {"columns": [{"name": …, "unit": …}, …], "rows": [{name: value, …}, …], "complete": true}
 *
 * with values in units without prefix; text and CSV have energies in thousands, as the column's
 * head says.
 */
#ifndef CLI_TOOL_TABLE_H
#define CLI_TOOL_TABLE_H

#include "cli/tool_meter.h"
#include <stdio.h>

enum tool_format { TOOL_FORMAT_TEXT, TOOL_FORMAT_CSV, TOOL_FORMAT_JSON };

struct tool_table {
    FILE *file;
    enum tool_format format;
    bool has_head; /* CSV: the file has its head already */
    struct tool_column columns[TOOL_COLUMNS_MAX];
    int width[TOOL_COLUMNS_MAX];
    size_t count;
    size_t rows;
};

/* Writes the head, once. False: a second head that is another one than the first. */
bool tool_table_begin(struct tool_table *table, const struct tool_column *columns, size_t count);

void tool_table_row(struct tool_table *table, const struct tool_value *values, size_t count);

/* is_complete: all rows that there are were written. */
void tool_table_end(struct tool_table *table, bool is_complete);

/* The head of CSV as it is written, without the line's end. */
void tool_table_head(const struct tool_table *table, char *text, size_t size);

/* One field of CSV, in quotes if it needs them. */
void tool_csv_field(FILE *file, const char *text);

#endif
