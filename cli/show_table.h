/* A table of what a meter holds, between those who fill it and those who write it: text for
 * people, CSV, JSON, pictures.
 *
 * Numbers are exact: an integer and a power of ten. Memory that runs out makes the table failed,
 * which is asked once at the end.
 */
#ifndef CLI_SHOW_TABLE_H
#define CLI_SHOW_TABLE_H

#include "app/clock.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SHOW_COLUMNS_MAX = 96,
    SHOW_KEY_SIZE = 48,
    SHOW_TITLE_SIZE = 32,
    SHOW_UNIT_SIZE = 12,
};

enum show_cell_kind { SHOW_NOTHING, SHOW_NUMBER, SHOW_TIME, SHOW_TEXT };

struct show_cell {
    enum show_cell_kind kind;
    int8_t exponent;  /* of a number */
    int64_t number;   /* times 10^exponent; of a time UTC seconds */
    const char *text; /* owned by the table, or static */
};

struct show_column {
    char key[SHOW_KEY_SIZE];     /* in CSV and JSON, ends with the unit: "a_plus_kwh" */
    char title[SHOW_TITLE_SIZE]; /* for people */
    char unit[SHOW_UNIT_SIZE];
    bool summed; /* people are told the sum */
    bool left;   /* numbers stand to the left too, as in a list of all sorts of things */
};

struct show_table {
    char title[160];
    struct wh_clock clock; /* for times: the meter's, its utc_s the last moment it lived */
    struct show_column column[SHOW_COLUMNS_MAX];
    size_t column_count;
    struct show_cell *cell; /* row after row */
    size_t row_count, row_room;
    char **text;
    size_t text_count, text_room;
    bool sideways; /* many columns, few rows: people read a row from top to bottom */
    bool failed;
};

void show_table_free(struct show_table *table);

/* All columns come before the first row. */
struct show_column *show_table_column(struct show_table *table, const char *key, const char *title,
                                      const char *unit);

/* A new row of nothing; its cells are valid until the next. Never NULL. */
struct show_cell *show_table_row(struct show_table *table);

struct show_cell show_number(int64_t number, int8_t exponent);
struct show_cell show_time(uint32_t utc_s);
struct show_cell show_text(const char *static_text); /* NULL: nothing */
struct show_cell show_format(struct show_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline const struct show_cell *show_table_at(const struct show_table *table, size_t row,
                                                    size_t column)
{
    return &table->cell[row * table->column_count + column];
}

/* Column by key; SHOW_COLUMNS_MAX if there is none. */
size_t show_table_find(const struct show_table *table, const char *key);

/* Keeps the last rows only. */
void show_table_keep_last(struct show_table *table, size_t rows);

/* The number of a cell as decimals, all digits: "-12.3400". */
enum { SHOW_NUMBER_SIZE = 64 };
void show_number_text(const struct show_cell *cell, char text[SHOW_NUMBER_SIZE]);
double show_number_value(const struct show_cell *cell);

/* The three forms of writing. RFC 4180: commas, lines end with CR LF, quotes where needed. head:
 * keys and values beside the rows. */
void show_table_print(const struct show_table *table);
void show_table_csv(const struct show_table *table);
struct json_t;
void show_table_json(const struct show_table *table, struct json_t *head);

#endif
