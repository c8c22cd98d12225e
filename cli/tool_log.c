/* Logs with resumption. Invariant: rows that were given are counted by their stamps, so that after
 * a line that broke exactly those are passed over, also where a clock was set back. */
#include "cli/tool_log.h"
#include "cli/progress.h"
#include <time.h>

enum { HOUR_S = 3600, HOURS_TRIED = 2 };

struct resuming {
    struct tool_log_reading *reading;
    struct tool_log_query query; /* of this connection */
    int64_t begin_s, end_s;      /* for the progress bar */
    struct cli_progress progress;
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
    const int64_t time_s = time_of(values, count, reading->last_s);
    bool is_new;
    if (!tool_stamps_take(reading->stamps, time_s, &is_new)) {
        return tool_fail(failure, CLI_FAILED, "no memory");
    }
    if (!is_new) {
        return true;
    }
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

static void on_gap(void *context)
{
    struct resuming *resuming = context;
    cli_progress_end(&resuming->progress);
    tool_note(resuming->reading->work,
              "rows are missing behind row %zu: the meter had overwritten them",
              resuming->reading->rows);
}

static void pause_for(unsigned milliseconds)
{
    const struct timespec pause = {.tv_sec = milliseconds / 1000,
                                   .tv_nsec = (long)(milliseconds % 1000) * 1000000L};
    nanosleep(&pause, NULL);
}

static bool read_once(struct resuming *resuming, struct tool_failure *failure)
{
    struct tool_meter *meter = &resuming->reading->work->meter;
    const struct tool_log_sink sink = {resuming, on_columns, on_row, on_gap};
    tool_stamps_begin(resuming->reading->stamps);
    return meter->language->log(meter, &resuming->query, &sink, failure);
}

/* A new connection, and the query of what is left. */
static bool connect_again(struct resuming *resuming, unsigned attempt, struct tool_failure *failure)
{
    struct tool_log_reading *reading = resuming->reading;
    cli_progress_end(&resuming->progress);
    tool_note(reading->work, "%s; connecting again (%zu rows so far)", failure->text,
              reading->rows);
    pause_for(attempt * reading->pause_ms);
    if (reading->rows > 0) {
        /* An hour back: the clock may have been set back behind the last row. A line that does not
         * bear even that gets less to carry. */
        const int64_t from_s = reading->last_s - (attempt <= HOURS_TRIED ? HOUR_S : 0);
        resuming->query.from_s = from_s > resuming->begin_s ? from_s : resuming->begin_s;
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
