/* Logs with resumption. Invariant: rows of the second at which the line broke are counted, so
 * that after it exactly those that were given are passed over. */
#include "cli/tool_log.h"
#include "cli/progress.h"
#include <time.h>

enum { PAUSE_MS = 200 };

struct resuming {
    struct tool_log_reading *reading;
    struct tool_log_query query; /* of this connection */
    int64_t begin_s, end_s;      /* for the progress bar */
    struct cli_progress progress;
    size_t at_last; /* rows given that have the time last_s */
    size_t to_skip; /* of them, still to come again */
    bool has_advanced;
};

static bool on_columns(void *context, const struct tool_column *columns, size_t count,
                       struct tool_failure *failure)
{
    struct resuming *resuming = context;
    return tool_table_begin(resuming->reading->table, columns, count) ||
           tool_fail(failure, CLI_FAILED,
                     "the log's columns have changed while it was read, or another meter answers");
}

static int64_t time_of(const struct tool_value *values, size_t count, int64_t otherwise_s)
{
    int64_t seconds = otherwise_s;
    for (size_t v = 0; v < count; v++) {
        if (values[v].kind == TOOL_TIME) {
            return wh_calendar_seconds(&values[v].time, &seconds) == WH_OK ? seconds : otherwise_s;
        }
    }
    return otherwise_s;
}

static bool on_row(void *context, const struct tool_value *values, size_t count,
                   struct tool_failure *failure)
{
    struct resuming *resuming = context;
    struct tool_log_reading *reading = resuming->reading;
    (void)failure;
    const int64_t time_s = time_of(values, count, reading->last_s);
    if (resuming->to_skip > 0 && time_s == reading->last_s) {
        resuming->to_skip--;
        return true;
    }
    resuming->to_skip = 0;
    resuming->at_last = time_s == reading->last_s ? resuming->at_last + 1 : 1;
    resuming->has_advanced = true;
    reading->last_s = time_s;
    reading->rows++;
    tool_table_row(reading->table, values, count);
    const int64_t span_s = resuming->end_s - resuming->begin_s;
    if (span_s > 0 && time_s >= resuming->begin_s && time_s <= resuming->end_s) {
        cli_progress_show(&resuming->progress,
                          (double)(time_s - resuming->begin_s) / (double)span_s);
    }
    return true;
}

static void pause_before(unsigned attempt)
{
    const struct timespec pause = {.tv_nsec = (long)attempt * PAUSE_MS * 1000000L % 1000000000L};
    nanosleep(&pause, NULL);
}

static bool read_once(struct resuming *resuming, struct tool_failure *failure)
{
    struct tool_meter *meter = &resuming->reading->work->meter;
    const struct tool_log_sink sink = {resuming, on_columns, on_row};
    return meter->language->log(meter, &resuming->query, &sink, failure);
}

/* A new connection, and the query of what is left. */
static bool connect_again(struct resuming *resuming, unsigned attempt, struct tool_failure *failure)
{
    struct tool_log_reading *reading = resuming->reading;
    cli_progress_end(&resuming->progress);
    tool_note(reading->work, "%s; connecting again (%zu rows so far)", failure->text,
              reading->rows);
    pause_before(attempt);
    if (reading->rows > 0) {
        resuming->query.from_s = reading->last_s;
        resuming->to_skip = resuming->at_last;
    }
    resuming->has_advanced = false;
    return tool_meter_reopen(&reading->work->meter, failure);
}

bool tool_log_read(struct tool_log_reading *reading, struct tool_log_query query,
                   struct tool_failure *failure)
{
    struct resuming resuming = {.reading = reading, .query = query, .begin_s = query.from_s};
    unsigned attempts = 0;
    reading->last_s = query.from_s - 1;
    if (!tool_meter_normal_time(&reading->work->meter, &resuming.end_s, failure)) {
        resuming.end_s = query.from_s;
    }
    resuming.end_s = query.to_s < resuming.end_s ? query.to_s : resuming.end_s;
    cli_progress_start(&resuming.progress, tool_log_row(query.log)->text);
    bool done = read_once(&resuming, failure);
    while (!done && failure->code == TOOL_NO_ANSWER) {
        attempts = resuming.has_advanced ? 1 : attempts + 1;
        if (attempts > reading->retries) {
            break;
        }
        done = connect_again(&resuming, attempts, failure) && read_once(&resuming, failure);
    }
    cli_progress_end(&resuming.progress);
    return done;
}
