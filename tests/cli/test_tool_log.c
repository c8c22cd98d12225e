/* Reading a log on a line that breaks, with a meter of two functions: every row once, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/tool_log.h"

enum { ROWS = 12, NEVER = 1000, BREAKS = 8 };

/* Seconds of the rows in the order of the log: an hour back after the third, two rows of the same
 * second, and stamps that were there before. */
static const int64_t stamps_s[ROWS] = {10000, 10900, 11800, 8200,  9100,  9100,
                                       10000, 10900, 11800, 11800, 12700, 13600};

/* After how many rows each connection in turn breaks. */
static int breaks[BREAKS];
static int connections;
static int gap_before = -1; /* the row before which the meter says that some are gone */

static bool read_clock(struct tool_meter *meter, const struct tool_target *target,
                       struct tool_value *value, struct tool_failure *failure)
{
    (void)meter;
    (void)target;
    (void)value;
    return tool_fail(failure, TOOL_REFUSED, "no clock");
}

static bool open_line(struct tool_meter *meter, struct tool_failure *failure)
{
    (void)failure;
    meter->session = &connections;
    connections++;
    return true;
}

static void close_line(struct tool_meter *meter)
{
    (void)meter;
}

/* A meter gives what is in the range, in the order of its log. */
static bool read_log(struct tool_meter *meter, const struct tool_log_query *query,
                     const struct tool_log_sink *sink, struct tool_failure *failure)
{
    static const struct tool_column columns[] = {{.name = "time"}, {.name = "number"}};
    int left = breaks[connections - 1];
    (void)meter;
    if (!sink->columns(sink->context, columns, 2, failure)) {
        return false;
    }
    for (int r = 0; r < ROWS; r++) {
        const struct tool_value values[] = {
            {.kind = TOOL_TIME, .time = wh_calendar_datetime(stamps_s[r])}, tool_number(r, 0, "")};
        if (stamps_s[r] < query->from_s || stamps_s[r] > query->to_s) {
            continue;
        }
        if (left-- == 0) {
            return tool_fail(failure, TOOL_NO_ANSWER, "broken");
        }
        if (r == gap_before) {
            sink->gap(sink->context);
        }
        if (!sink->row(sink->context, values, 2, failure)) {
            return false;
        }
    }
    return true;
}

static const struct tool_language fake = {
    .open = open_line, .close = close_line, .read = read_clock, .log = read_log};
static const struct cli_command command = {.name = "test"};

/* Reads all, with what is there already; the rows' numbers go to text. */
static bool read_all(struct tool_stamps *stamps, unsigned retries, char text[256],
                     struct tool_failure *failure)
{
    struct tool_work work = {.command = &command, .meter = {.language = &fake}};
    char *csv = NULL;
    size_t size = 0;
    struct tool_table table = {.format = TOOL_FORMAT_CSV, .has_head = true};
    struct tool_log_reading reading = {
        .work = &work, .table = &table, .retries = retries, .stamps = stamps};
    const struct tool_log_query query = {TOOL_LOG_PROFILE, 0, 20000};
    table.file = open_memstream(&csv, &size);
    connections = 0;
    open_line(&work.meter, failure);
    const bool done = tool_log_read(&reading, query, failure);
    fclose(table.file);
    text[0] = '\0';
    for (char *row = csv; (row = strchr(row, ',')) != NULL; row++) {
        const size_t used = strlen(text);
        snprintf(text + used, 256 - used, "%.*s ", (int)strcspn(row + 1, "\n"), row + 1);
    }
    free(csv);
    return done;
}

static const char all_rows[] = "0 1 2 3 4 5 6 7 8 9 10 11 ";

static void set_breaks(int first, int second)
{
    for (int b = 0; b < BREAKS; b++) {
        breaks[b] = b == 0 ? first : b == 1 ? second : NEVER;
    }
}

/* TOOL-1: wherever the line breaks, once or twice, and whichever clock was set back. */
static void test_every_row_once(void **state)
{
    (void)state;
    for (int first = 0; first <= ROWS; first++) {
        for (int second = 0; second <= ROWS; second++) {
            struct tool_stamps stamps = {0};
            struct tool_failure failure;
            char text[256];
            set_breaks(first, second);
            assert_true(read_all(&stamps, 3, text, &failure));
            assert_string_equal(text, all_rows);
            tool_stamps_free(&stamps);
        }
    }
}

/* What a file has is passed over, however much of the log that is; of the same second exactly so
 * many rows as it has. */
static void test_only_what_is_new(void **state)
{
    (void)state;
    for (int had = 0; had <= ROWS; had++) {
        struct tool_stamps stamps = {0};
        struct tool_failure failure;
        char text[256];
        set_breaks(NEVER, NEVER);
        for (int r = 0; r < had; r++) {
            assert_true(tool_stamps_add(&stamps, stamps_s[r]));
        }
        assert_true(read_all(&stamps, 0, text, &failure));
        assert_string_equal(text, all_rows + (had <= 10 ? 2 * had : 20 + 3 * (had - 10)));
        tool_stamps_free(&stamps);
    }
}

/* Connections that bring nothing new end it. */
static void test_it_ends(void **state)
{
    (void)state;
    struct tool_stamps stamps = {0};
    struct tool_failure failure;
    char text[256];
    for (int b = 0; b < BREAKS; b++) {
        breaks[b] = b == 0 ? 4 : 1;
    }
    assert_false(read_all(&stamps, 2, text, &failure));
    assert_int_equal(failure.code, TOOL_NO_ANSWER);
    assert_string_equal(text, "0 1 2 3 ");
    assert_int_equal(connections, 3);
    tool_stamps_free(&stamps);
}

/* Rows that the meter lost while it was read are told of; the others come. */
static void test_gap(void **state)
{
    (void)state;
    struct tool_stamps stamps = {0};
    struct tool_failure failure;
    char text[256];
    set_breaks(NEVER, NEVER);
    gap_before = 5;
    assert_true(read_all(&stamps, 0, text, &failure));
    gap_before = -1;
    assert_string_equal(text, all_rows);
    tool_stamps_free(&stamps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_once),
        cmocka_unit_test(test_only_what_is_new),
        cmocka_unit_test(test_it_ends),
        cmocka_unit_test(test_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
