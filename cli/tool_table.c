/* Tables in three forms. Invariant: every row has the columns of the head. */
#include "cli/tool_table.h"
#include "cli/tool_words.h"
#include <string.h>

enum {
    WIDE = 12,
    NUMBER_WIDTH = 10,
    TIME_WIDTH = 19,
    HEAD_SIZE = TOOL_NAME_SIZE + TOOL_UNIT_SIZE + 8
};

static void head_text(const struct tool_column *column, char text[HEAD_SIZE])
{
    char unit[TOOL_UNIT_SIZE + 2];
    tool_value_unit(column->unit, unit);
    snprintf(text, HEAD_SIZE, "%s%s%s%s", column->name, unit[0] != '\0' ? " [" : "", unit,
             unit[0] != '\0' ? "]" : "");
}

void tool_csv_field(FILE *file, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', file);
        }
        fputc(*text, file);
    }
    fputc('"', file);
}

void tool_table_head(const struct tool_table *table, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t c = 0; c < table->count; c++) {
        char head[HEAD_SIZE];
        const size_t used = strlen(text);
        head_text(&table->columns[c], head);
        snprintf(text + used, size - used, "%s%s", c > 0 ? "," : "", head);
    }
}

/* ---- Heads ---- */

/* More columns than a screen has: a row becomes a block of lines. */
static bool is_wide(const struct tool_table *table)
{
    return table->count > WIDE;
}

static void text_head(struct tool_table *table)
{
    if (is_wide(table)) {
        return;
    }
    for (size_t c = 0; c < table->count; c++) {
        char head[HEAD_SIZE];
        head_text(&table->columns[c], head);
        const bool is_time = strstr(table->columns[c].name, "time") != NULL;
        const int least = is_time ? TIME_WIDTH : NUMBER_WIDTH;
        table->width[c] = (int)strlen(head) > least ? (int)strlen(head) : least;
        fprintf(table->file, "%s%*s", c > 0 ? "  " : "", table->width[c], head);
    }
    fputc('\n', table->file);
}

static void csv_head(struct tool_table *table)
{
    for (size_t c = 0; c < table->count && !table->has_head; c++) {
        char head[HEAD_SIZE];
        head_text(&table->columns[c], head);
        fputs(c > 0 ? "," : "", table->file);
        tool_csv_field(table->file, head);
    }
    fputs(table->has_head ? "" : "\n", table->file);
}

static void dump(FILE *file, json_t *json)
{
    json_dumpf(json, file, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
    json_decref(json);
}

static void json_head(struct tool_table *table)
{
    fputs("{\"columns\": [", table->file);
    for (size_t c = 0; c < table->count; c++) {
        fputs(c > 0 ? ", " : "", table->file);
        dump(table->file, json_pack("{s:s, s:s}", "name", table->columns[c].name, "unit",
                                    table->columns[c].unit));
    }
    fputs("],\n\"rows\": [", table->file);
}

bool tool_table_begin(struct tool_table *table, const struct tool_column *columns, size_t count)
{
    static void (*const heads[])(struct tool_table *) = {text_head, csv_head, json_head};
    if (table->count > 0) {
        return table->count == count &&
               memcmp(table->columns, columns, count * sizeof *columns) == 0;
    }
    memcpy(table->columns, columns, count * sizeof *columns);
    table->count = count;
    heads[table->format](table);
    return true;
}

/* ---- Rows ---- */

static void write_words(const struct tool_table *table, const struct tool_value *values, size_t c)
{
    char words[512] = "";
    if (values[c].kind == TOOL_NUMBER) {
        tool_words(table->columns[c].name, values[c].number, words, sizeof words);
    }
    fprintf(table->file, "%s%s", words[0] != '\0' ? "  " : "", words);
}

static void text_block(const struct tool_table *table, const struct tool_value *values)
{
    for (size_t c = 0; c < table->count; c++) {
        char text[TOOL_VALUE_SIZE];
        tool_value_text(&values[c], text);
        fprintf(table->file, "%s%-20s %s", c > 0 ? "  " : "", table->columns[c].name, text);
        write_words(table, values, c);
        fputc('\n', table->file);
    }
}

static void text_row(struct tool_table *table, const struct tool_value *values)
{
    if (is_wide(table)) {
        text_block(table, values);
        return;
    }
    for (size_t c = 0; c < table->count; c++) {
        char text[TOOL_VALUE_SIZE];
        tool_value_plain(&values[c], text);
        fprintf(table->file, "%s%*s", c > 0 ? "  " : "", table->width[c],
                text[0] != '\0' ? text : "-");
    }
    for (size_t c = 0; c < table->count; c++) {
        write_words(table, values, c);
    }
    fputc('\n', table->file);
}

static void csv_row(struct tool_table *table, const struct tool_value *values)
{
    for (size_t c = 0; c < table->count; c++) {
        char text[TOOL_VALUE_SIZE];
        tool_value_plain(&values[c], text);
        fputs(c > 0 ? "," : "", table->file);
        tool_csv_field(table->file, text);
    }
    fputc('\n', table->file);
}

static void json_row(struct tool_table *table, const struct tool_value *values)
{
    json_t *row = json_object();
    for (size_t c = 0; c < table->count; c++) {
        json_object_set_new(row, table->columns[c].name, tool_value_json(&values[c]));
    }
    fputs(table->rows > 0 ? ",\n" : "\n", table->file);
    dump(table->file, row);
}

void tool_table_row(struct tool_table *table, const struct tool_value *values, size_t count)
{
    static void (*const rows[])(struct tool_table *,
                                const struct tool_value *) = {text_row, csv_row, json_row};
    if (count == table->count) {
        rows[table->format](table, values);
        table->rows++;
    }
}

void tool_table_end(struct tool_table *table, bool is_complete)
{
    if (table->format == TOOL_FORMAT_JSON && table->count > 0) {
        fprintf(table->file, "\n],\n\"complete\": %s}\n", is_complete ? "true" : "false");
    }
    fflush(table->file);
}
