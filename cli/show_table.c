/* Tables. Invariant: cell has column_count cells for each of row_count rows, and one row of room
 * behind them. */
#include "cli/show_table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void show_table_free(struct show_table *table)
{
    for (size_t t = 0; t < table->text_count; t++) {
        free(table->text[t]);
    }
    free(table->text);
    free(table->cell);
    *table = (struct show_table){0};
}

struct show_column *show_table_column(struct show_table *table, const char *key, const char *title,
                                      const char *unit)
{
    if (table->column_count == SHOW_COLUMNS_MAX) {
        table->failed = true;
        return &table->column[SHOW_COLUMNS_MAX - 1];
    }
    struct show_column *column = &table->column[table->column_count++];
    *column = (struct show_column){0};
    snprintf(column->key, sizeof column->key, "%s", key);
    snprintf(column->title, sizeof column->title, "%s", title);
    snprintf(column->unit, sizeof column->unit, "%s", unit);
    return column;
}

/* Room for one more element of size bytes, doubling. */
static bool grow(void **elements, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return true;
    }
    const size_t more = *room == 0 ? 64 : 2 * *room;
    void *grown = realloc(*elements, more * size);
    if (grown == NULL) {
        return false;
    }
    *elements = grown;
    *room = more;
    return true;
}

struct show_cell *show_table_row(struct show_table *table)
{
    static struct show_cell nowhere[SHOW_COLUMNS_MAX];
    void *cells = table->cell;
    if (!grow(&cells, table->row_count, &table->row_room,
              table->column_count * sizeof *table->cell)) {
        table->failed = true;
        return nowhere;
    }
    table->cell = cells;
    struct show_cell *row = table->cell + table->row_count++ * table->column_count;
    memset(row, 0, table->column_count * sizeof *row);
    return row;
}

struct show_cell show_number(int64_t number, int8_t exponent)
{
    return (struct show_cell){.kind = SHOW_NUMBER, .number = number, .exponent = exponent};
}

struct show_cell show_time(uint32_t utc_s)
{
    return (struct show_cell){.kind = SHOW_TIME, .number = utc_s};
}

struct show_cell show_text(const char *static_text)
{
    const struct show_cell nothing = {0};
    return static_text == NULL ? nothing
                               : (struct show_cell){.kind = SHOW_TEXT, .text = static_text};
}

struct show_cell show_format(struct show_table *table, const char *format, ...)
{
    char *text = NULL;
    va_list list;
    va_start(list, format);
    const int length = vasprintf(&text, format, list);
    va_end(list);
    void *texts = table->text;
    if (length < 0 || !grow(&texts, table->text_count, &table->text_room, sizeof *table->text)) {
        free(length < 0 ? NULL : text);
        table->failed = true;
        return show_text(NULL);
    }
    table->text = texts;
    table->text[table->text_count++] = text;
    return show_text(text);
}

size_t show_table_find(const struct show_table *table, const char *key)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (strcmp(table->column[c].key, key) == 0) {
            return c;
        }
    }
    return SHOW_COLUMNS_MAX;
}

void show_table_keep_last(struct show_table *table, size_t rows)
{
    if (rows < table->row_count) {
        memmove(table->cell, show_table_at(table, table->row_count - rows, 0),
                rows * table->column_count * sizeof *table->cell);
        table->row_count = rows;
    }
}

void show_number_text(const struct show_cell *cell, char text[SHOW_NUMBER_SIZE])
{
    const bool negative = cell->number < 0;
    const uint64_t magnitude = negative ? -(uint64_t)cell->number : (uint64_t)cell->number;
    if (cell->exponent >= 0) {
        const int zeros = cell->number != 0 ? cell->exponent : 0;
        snprintf(text, SHOW_NUMBER_SIZE, "%s%llu%.*s", negative ? "-" : "",
                 (unsigned long long)magnitude, zeros, "000000000000000000");
        return;
    }
    uint64_t divisor = 1;
    const int decimals = -cell->exponent & 15; /* micro are 6 */
    for (int d = 0; d < decimals; d++) {
        divisor *= 10;
    }
    snprintf(text, SHOW_NUMBER_SIZE, "%s%llu.%0*llu", negative ? "-" : "",
             (unsigned long long)(magnitude / divisor), decimals,
             (unsigned long long)(magnitude % divisor));
}

double show_number_value(const struct show_cell *cell)
{
    return cell->exponent < 0 ? (double)cell->number / pow(10, -cell->exponent)
                              : (double)cell->number * pow(10, cell->exponent);
}
