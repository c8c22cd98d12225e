/* Tables as text, CSV and JSON. Invariant: all three say the same numbers, digit by digit; JSON is
 * written row by row, so that a year of intervals is no tree in memory. */
#include "cli/show_table.h"

#include "cli/show_time.h"

#include <jansson.h>
#include <string.h>

enum {
    TEXT_SIZE = 1024,
    LEFT_WIDTH_MAX = 44, /* what is longer pushes the rest of its line */
    SIDEWAYS_TITLE = 18,
    SIDEWAYS_UNIT = 6,
    SIDEWAYS_CELL = 21,
};

/* Characters of UTF-8 text, as the terminal counts them. */
static int width_of(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

static void people_text(const struct show_table *table, const struct show_cell *cell,
                        char text[TEXT_SIZE])
{
    char time[SHOW_TIME_SIZE];
    char number[SHOW_NUMBER_SIZE];
    switch (cell->kind) {
    case SHOW_NUMBER:
        show_number_text(cell, number);
        snprintf(text, TEXT_SIZE, "%s", number);
        break;
    case SHOW_TIME:
        show_time_text(&table->clock, (uint32_t)cell->number, time);
        snprintf(text, TEXT_SIZE, "%s", time);
        break;
    case SHOW_TEXT:
        snprintf(text, TEXT_SIZE, "%s", cell->text);
        break;
    default:
        text[0] = '\0';
    }
}

static void print_padded(const char *text, int width, bool right)
{
    const int pad = width > width_of(text) ? width - width_of(text) : 0;
    printf("%*s%s%*s", right ? pad : 0, "", text, right ? 0 : pad, "");
}

/* Columns of numbers stand to the right. */
static bool stands_right(const struct show_table *table, size_t column)
{
    if (table->column[column].left) {
        return false;
    }
    for (size_t r = 0; r < table->row_count; r++) {
        const enum show_cell_kind kind = show_table_at(table, r, column)->kind;
        if (kind != SHOW_NOTHING) {
            return kind == SHOW_NUMBER;
        }
    }
    return false;
}

static struct show_cell sum_of(const struct show_table *table, size_t column)
{
    struct show_cell sum = {0};
    for (size_t r = 0; r < table->row_count; r++) {
        const struct show_cell *cell = show_table_at(table, r, column);
        if (cell->kind == SHOW_NUMBER) {
            sum = show_number(sum.number + cell->number, cell->exponent);
        }
    }
    return sum;
}

static int column_width(const struct show_table *table, size_t column)
{
    char text[TEXT_SIZE];
    int width = width_of(table->column[column].title);
    const int unit = width_of(table->column[column].unit);
    width = unit > width ? unit : width;
    for (size_t r = 0; r < table->row_count; r++) {
        people_text(table, show_table_at(table, r, column), text);
        const int w = width_of(text);
        width = w > width && (w <= LEFT_WIDTH_MAX || stands_right(table, column)) ? w : width;
    }
    return width;
}

enum line { TITLES, UNITS, SUMS };

static void heading_text(const struct show_table *table, enum line line, size_t c,
                         char text[TEXT_SIZE])
{
    const struct show_column *column = &table->column[c];
    const struct show_cell sum = sum_of(table, c);
    const char *fixed = line == TITLES ? column->title : line == UNITS ? column->unit : "";
    snprintf(text, TEXT_SIZE, "%s", c == 0 && line == SUMS ? "Sum" : fixed);
    if (line == SUMS && column->summed) {
        people_text(table, &sum, text);
    }
}

/* Text at the end of a line is not filled up. */
static void print_cells(const struct show_table *table, const int *width, const bool *right,
                        void write(const struct show_table *table, size_t row, size_t column,
                                   char text[TEXT_SIZE]),
                        size_t row)
{
    int owed = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        char text[TEXT_SIZE];
        write(table, row, c, text);
        if (text[0] == '\0') {
            owed += width[c] + 2;
            continue;
        }
        printf("%*s", owed, "");
        print_padded(text, right[c] ? width[c] : 0, right[c]);
        const int left = width[c] - width_of(text);
        owed = right[c] || left < 0 ? 2 : left + 2;
    }
    putchar('\n');
}

static void write_cell(const struct show_table *table, size_t row, size_t column,
                       char text[TEXT_SIZE])
{
    people_text(table, show_table_at(table, row, column), text);
}

static void write_heading(const struct show_table *table, size_t row, size_t column,
                          char text[TEXT_SIZE])
{
    heading_text(table, (enum line)row, column, text);
}

static void print_upright(const struct show_table *table)
{
    int width[SHOW_COLUMNS_MAX] = {0};
    bool right[SHOW_COLUMNS_MAX] = {false};
    bool units = false;
    bool sums = false;
    for (size_t c = 0; c < table->column_count; c++) {
        char sum[TEXT_SIZE];
        heading_text(table, SUMS, c, sum);
        width[c] = column_width(table, c);
        width[c] = table->column[c].summed && width_of(sum) > width[c] ? width_of(sum) : width[c];
        right[c] = stands_right(table, c);
        units = units || table->column[c].unit[0] != '\0';
        sums = sums || table->column[c].summed;
    }
    print_cells(table, width, right, write_heading, TITLES);
    if (units) {
        print_cells(table, width, right, write_heading, UNITS);
    }
    for (size_t r = 0; r < table->row_count; r++) {
        print_cells(table, width, right, write_cell, r);
    }
    if (sums && table->row_count > 0) {
        print_cells(table, width, right, write_heading, SUMS);
    }
}

/* A line for each column that has anything. */
static void print_sideways(const struct show_table *table)
{
    for (size_t c = 0; c < table->column_count; c++) {
        bool empty = true;
        for (size_t r = 0; r < table->row_count; r++) {
            empty = empty && show_table_at(table, r, c)->kind == SHOW_NOTHING;
        }
        if (empty) {
            continue;
        }
        char text[TEXT_SIZE];
        print_padded(table->column[c].title, SIDEWAYS_TITLE, false);
        print_padded(table->column[c].unit, SIDEWAYS_UNIT, false);
        for (size_t r = 0; r < table->row_count; r++) {
            people_text(table, show_table_at(table, r, c), text);
            print_padded(text, SIDEWAYS_CELL, true);
        }
        putchar('\n');
    }
}

void show_table_print(const struct show_table *table)
{
    printf("%s\n\n", table->title);
    if (table->row_count == 0) {
        printf("nothing is stored here\n");
    } else if (table->sideways) {
        print_sideways(table);
    } else {
        print_upright(table);
    }
}

static void print_quoted(const char *text)
{
    if (strpbrk(text, "\",\r\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putchar('"');
        }
        putchar(*text);
    }
    putchar('"');
}

static void print_csv_cell(const struct show_table *table, const struct show_cell *cell)
{
    char text[TEXT_SIZE];
    if (cell->kind == SHOW_TIME) {
        show_time_iso(&table->clock, (uint32_t)cell->number, text);
    } else {
        people_text(table, cell, text);
    }
    print_quoted(text);
}

void show_table_csv(const struct show_table *table)
{
    for (size_t c = 0; c < table->column_count; c++) {
        fputs(c > 0 ? "," : "", stdout);
        print_quoted(table->column[c].key);
    }
    fputs("\r\n", stdout);
    for (size_t r = 0; r < table->row_count; r++) {
        for (size_t c = 0; c < table->column_count; c++) {
            fputs(c > 0 ? "," : "", stdout);
            print_csv_cell(table, show_table_at(table, r, c));
        }
        fputs("\r\n", stdout);
    }
}

static void dump(const char *before, json_t *json, const char *after)
{
    fputs(before, stdout);
    (void)json_dumpf(json, stdout, JSON_COMPACT | JSON_ENCODE_ANY); /* told by finish_output */
    fputs(after, stdout);
    json_decref(json);
}

/* A number is written as it is, not by way of binary fractions. */
static void print_json_cell(const struct show_table *table, const struct show_cell *cell)
{
    char text[TEXT_SIZE];
    if (cell->kind == SHOW_TIME) {
        show_time_iso(&table->clock, (uint32_t)cell->number, text);
        dump("", json_string(text), "");
    } else if (cell->kind == SHOW_NUMBER) {
        people_text(table, cell, text);
        fputs(text, stdout);
    } else if (cell->kind == SHOW_TEXT) {
        dump("", json_string(cell->text), "");
    } else {
        fputs("null", stdout);
    }
}

static void print_json_row(const struct show_table *table, size_t row)
{
    for (size_t c = 0; c < table->column_count; c++) {
        dump(c > 0 ? ", " : "    {", json_string(table->column[c].key), ": ");
        print_json_cell(table, show_table_at(table, row, c));
    }
    fputs("}", stdout);
}

void show_table_json(const struct show_table *table, json_t *head)
{
    const char *key;
    json_t *value;
    fputs("{\n", stdout);
    json_object_foreach(head, key, value)
    {
        dump("  ", json_string(key), ": ");
        dump("", json_incref(value), ",\n");
    }
    fputs("  \"rows\": [\n", stdout);
    for (size_t r = 0; r < table->row_count; r++) {
        print_json_row(table, r);
        fputs(r + 1 < table->row_count ? ",\n" : "\n", stdout);
    }
    fputs("  ]\n}\n", stdout);
}
