/* IEC 62056-21 logs, in parts. Invariant: a record is given on only if it has as many columns as
 * the head says. */
#include "cli/tool_iec_log.h"
#include "cli/tool_iec_value.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 160, MOMENT_SIZE = 32 };

#define CLOCK_CODE "1.0.0" /* whose value is a time */

struct reading {
    const struct tool_log_query *query;
    const struct tool_log_sink *sink;
    struct tool_column columns[TOOL_COLUMNS_MAX];
    char codes[TOOL_COLUMNS_MAX][IEC21_ADDRESS_SIZE];
    int exponents[TOOL_COLUMNS_MAX];
    size_t count;
    bool has_columns;
};

static void write_moment(int64_t seconds, char text[MOMENT_SIZE])
{
    const struct wh_datetime t = wh_calendar_datetime(seconds);
    snprintf(text, MOMENT_SIZE, "0%02u%02u%02u%02u%02u%02u", t.year % 100U, t.month, t.day, t.hour,
             t.minute, t.second);
}

/* Both times may be left out, which stands for everything; the standard's digits reach to 2099. */
static void write_request(const struct tool_log_query *query, char data[LINE_SIZE])
{
    const char *code = tool_log_row(query->log)->iec;
    const bool is_open = query->to_s >= TOOL_LOG_END_S;
    char from[MOMENT_SIZE];
    char to[MOMENT_SIZE] = "";
    if (query->from_s <= TOOL_LOG_START_S && is_open) {
        snprintf(data, LINE_SIZE, "%s(;;)", code);
        return;
    }
    write_moment(query->from_s, from);
    if (!is_open) {
        write_moment(query->to_s, to);
    }
    snprintf(data, LINE_SIZE, "%s(%s;%s;)", code, from, to);
}

/* By the catalog; the few that belong to no medium have 0 in front. */
static const char *name_of(const char *code)
{
    struct tool_obis obis;
    if (!tool_obis_parse(code, &obis)) {
        return "";
    }
    const char *name = tool_obis_name(obis.code);
    if (name[0] == '\0' && !obis.has_medium) {
        obis.code[0] = 0;
        name = tool_obis_name(obis.code);
    }
    return name;
}

static void name_column(const char *code, struct tool_column *column)
{
    static const struct {
        const char *code, *name;
    } of_logs[] = {{CLOCK_CODE, "time"}, {"96.56.2", "logger_status"}, {"96.56.3", "data_quality"}};
    const char *name = name_of(code);
    for (size_t i = 0; i < sizeof of_logs / sizeof of_logs[0]; i++) {
        name = strcmp(code, of_logs[i].code) == 0 ? of_logs[i].name : name;
    }
    snprintf(column->name, sizeof column->name, "%s", name[0] != '\0' ? name : code);
}

/* The same code twice is a peak and then its time. */
static void name_time(struct reading *reading, size_t c)
{
    struct tool_column *column = &reading->columns[c];
    const size_t used = strlen(column->name);
    if (c > 0 && c < TOOL_COLUMNS_MAX && strcmp(reading->codes[c], reading->codes[c - 1]) == 0) {
        snprintf(column->name + used, sizeof column->name - used, "_time");
        snprintf(reading->codes[c], sizeof reading->codes[c], CLOCK_CODE);
    }
}

/* Groups "(a)(b)…" of a line into spans; returns how many, or -1. */
static int split_groups(const char *line, struct iec21_span *groups, int size)
{
    int count = 0;
    while (*line == '(') {
        const char *end = strchr(line, ')');
        if (end == NULL || count == size) {
            return -1;
        }
        groups[count++] = (struct iec21_span){line + 1, (size_t)(end - line - 1)};
        line = end + 1;
    }
    return *line == '\0' ? count : -1;
}

/* "99.1.0(4)(1.0.0)()(96.56.2)()…": number of columns, then code and unit of each. */
static bool take_head(struct reading *reading, const char *groups_text,
                      struct tool_failure *failure)
{
    struct iec21_span groups[2 * TOOL_COLUMNS_MAX + 1] = {{0}};
    const int count = split_groups(groups_text, groups, 2 * TOOL_COLUMNS_MAX + 1);
    if (count < 3 || atoi(groups[0].text) * 2 + 1 != count) { /* NOLINT(cert-err34-c): compared */
        return tool_fail(failure, TOOL_NO_ANSWER, "the log's head is malformed");
    }
    if (reading->has_columns) {
        return true;
    }
    reading->count = (size_t)(count / 2);
    for (size_t c = 0; c < reading->count; c++) {
        struct iec21_span unit = groups[2 * c + 2];
        snprintf(reading->codes[c], sizeof reading->codes[c], "%.*s", (int)groups[2 * c + 1].length,
                 groups[2 * c + 1].text);
        name_column(reading->codes[c], &reading->columns[c]);
        name_time(reading, c);
        reading->exponents[c] = tool_iec_prefix(&unit);
        snprintf(reading->columns[c].unit, sizeof reading->columns[c].unit, "%.*s",
                 (int)unit.length, unit.text);
    }
    reading->has_columns = true;
    return reading->sink->columns(reading->sink->context, reading->columns, reading->count,
                                  failure);
}

static bool take_record(struct reading *reading, const char *line, struct tool_failure *failure)
{
    struct iec21_span groups[TOOL_COLUMNS_MAX];
    struct tool_value values[TOOL_COLUMNS_MAX] = {{0}};
    int64_t time_s = reading->query->from_s;
    const int count = split_groups(line, groups, TOOL_COLUMNS_MAX);
    if (!reading->has_columns || count != (int)reading->count) {
        return tool_fail(failure, TOOL_NO_ANSWER, "a record is malformed: %.80s", line);
    }
    for (int c = 0; c < count; c++) {
        const struct tool_column *column = &reading->columns[c];
        values[c] = tool_iec_value(reading->codes[c], groups[c], (struct iec21_span){"", 0});
        if (values[c].kind == TOOL_NUMBER) {
            values[c].exponent += reading->exponents[c];
            memcpy(values[c].unit, column->unit, sizeof values[c].unit);
        }
    }
    if (values[0].kind == TOOL_TIME && wh_calendar_seconds(&values[0].time, &time_s) != WH_OK) {
        time_s = reading->query->from_s;
    }
    return time_s < reading->query->from_s || time_s > reading->query->to_s ||
           reading->sink->row(reading->sink->context, values, reading->count, failure);
}

static bool take_block(struct reading *reading, const char *block, struct tool_failure *failure)
{
    const size_t code = strlen(tool_log_row(reading->query->log)->iec);
    char line[4096];
    while (*block != '\0') {
        const size_t length = strcspn(block, "\r\n");
        if (length >= sizeof line) {
            return tool_fail(failure, TOOL_NO_ANSWER, "a record is too long");
        }
        memcpy(line, block, length);
        line[length] = '\0';
        block += length;
        block += strspn(block, "\r\n");
        const bool is_head = strncmp(line, tool_log_row(reading->query->log)->iec, code) == 0;
        if (length == 0 || line[0] == '!') {
            continue;
        }
        if (is_head ? !take_head(reading, line + code, failure)
                    : !take_record(reading, line, failure)) {
            return false;
        }
    }
    return true;
}

bool tool_iec_log(struct tool_iec *iec, const struct tool_log_query *query,
                  const struct tool_log_sink *sink, struct tool_failure *failure)
{
    struct reading reading = {.query = query, .sink = sink};
    char data[LINE_SIZE];
    const char *block;
    bool has_more;
    write_request(query, data);
    bool done = tool_iec_command(iec, "R6", data, &block, &has_more, failure);
    while (done) {
        done = take_block(&reading, block != NULL ? block : "", failure);
        if (!done || !has_more) {
            return done;
        }
        done = tool_iec_go_on(iec, &block, &has_more, failure);
    }
    if (failure->code == TOOL_REFUSED) {
        failure->code = TOOL_ABSENT;
    }
    return false;
}
