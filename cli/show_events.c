/* watthour show events and quality. Invariant: events of all logs are in the order of their time;
 * those of one log never change places. */
#include "cli/show_view.h"

#include <stdlib.h>
#include <string.h>

#include "app/breaker.h"
#include "cli/show_time.h"

static const struct {
    enum wh_log_name log;
    const char *name;
} logs[] = {
    {WH_LOG_STATUS, "status"},   {WH_LOG_CLOCK, "clock"},       {WH_LOG_BREAKER, "breaker"},
    {WH_LOG_RATIO, "ratio"},     {WH_LOG_NEUTRAL, "neutral"},   {WH_LOG_PROFILE_EVENTS, "profile"},
    {WH_LOG_QUALITY, "quality"}, {WH_LOG_PAYMENTS, "payments"},
};
enum { LOGS = sizeof logs / sizeof logs[0] };

static const char *const switches[WH_SWITCH_COUNT] = {
    [WH_SWITCH_VERIFICATION_SEAL] = "verification seal",
    [WH_SWITCH_UTILITY_SEAL] = "utility seal",
    [WH_SWITCH_TERMINAL_COVER] = "terminal cover",
};

static struct show_cell span_cell(struct show_table *table, const char *before, uint64_t ms)
{
    char text[SHOW_TIME_SIZE];
    show_time_span(ms, text);
    return show_format(table, "%s%s", before, text);
}

static const char *parameter_name(uint32_t id)
{
    const struct wh_parameter *parameter;
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        if (parameter->id == id) {
            return parameter->name;
        }
    }
    return "unknown";
}

static struct show_cell clock_set_cell(struct show_table *table, const struct wh_event *event)
{
    char from[SHOW_TIME_SIZE];
    char to[SHOW_TIME_SIZE];
    show_time_text(&table->clock, event->value_a, from);
    show_time_text(&table->clock, event->value_b, to);
    return show_format(table, "%s to %s (%+lld s)", from, to,
                       (long long)event->value_b - (long long)event->value_a);
}

static struct show_cell disturbance_cell(struct show_table *table, const struct wh_event *event)
{
    char text[SHOW_TIME_SIZE];
    show_time_span(event->value_a, text);
    return show_format(table, "L%u, %s, %s %.1f V", event->detail, text,
                       event->code == WH_EVENT_OVER_VOLTAGE ? "up to" : "down to",
                       event->value_b / 1e3);
}

/* Events of breaker and prepayment, and those that say nothing more than their name. */
static struct show_cell breaker_cell(struct show_table *table, const struct wh_event *event)
{
    switch (event->code) {
    case WH_EVENT_PAID:
        return show_format(table, "number %u, %u Wh", event->value_b, event->value_a);
    case WH_EVENT_PREPAYMENT_ALARM:
        return show_format(table, "%u Wh left", event->value_a);
    case WH_EVENT_OPENED_BY_COMMAND:
    case WH_EVENT_OPENED_BY_BUTTON:
    case WH_EVENT_OPENED_BY_METER:
    case WH_EVENT_BREAKER_RELEASED:
    case WH_EVENT_CLOSED_BY_COMMAND:
    case WH_EVENT_CLOSED_BY_BUTTON:
    case WH_EVENT_CLOSED_BY_METER:
    case WH_EVENT_BREAKER_FAULT:
        return show_text(wh_breaker_state_text((enum wh_breaker_state)event->detail));
    case WH_EVENT_NOT_OPENED:
        return show_text(wh_breaker_state_text((enum wh_breaker_state)event->value_a));
    default:
        return show_text(NULL);
    }
}

/* The values of an event spelled out. */
static struct show_cell detail_cell(struct show_table *table, const struct wh_event *event)
{
    static const char *const causes[] = {"by date", "by button", "by command"};
    static const char *const reasons[] = {
        [2] = "registers changed", [4] = "by hand", [5] = "interval changed"};
    const uint32_t a = event->value_a;
    switch (event->code) {
    case WH_EVENT_POWER_FAILED:
        return show_text(a != 0 ? "estimated" : NULL);
    case WH_EVENT_POWER_RETURNED:
        return a == UINT32_MAX ? show_text("duration not known")
                               : span_cell(table, "after ", (uint64_t)a * 1000);
    case WH_EVENT_INTERRUPTION:
        return a == UINT32_MAX ? show_text("duration not known") : span_cell(table, "", a);
    case WH_EVENT_SEAL_OPENED:
    case WH_EVENT_SEAL_CLOSED:
        return show_text(a < WH_SWITCH_COUNT ? switches[a] : NULL);
    case WH_EVENT_CLOCK_SET:
        return clock_set_cell(table, event);
    case WH_EVENT_CONFIGURED:
        return show_format(table, "%s%s", parameter_name(event->value_b),
                           a > 1 ? " and others" : "");
    case WH_EVENT_PROFILE_DELETED:
    case WH_EVENT_LOGGER_DELETED:
        return show_text(a < sizeof reasons / sizeof reasons[0] ? reasons[a] : NULL);
    case WH_EVENT_RATIO_CHANGED:
        return show_format(table, "%u to %u", a, event->value_b);
    case WH_EVENT_TARIFF_COMMANDED:
        return show_format(table, "T%u", a);
    case WH_EVENT_DEBITING_STOPPED:
        return show_format(table, "period %u, %s", a,
                           event->value_b < 3 ? causes[event->value_b] : "unknown");
    case WH_EVENT_UNDER_VOLTAGE:
    case WH_EVENT_OVER_VOLTAGE:
    case WH_EVENT_PHASE_LOST:
        return disturbance_cell(table, event);
    case WH_EVENT_PUSH_FAILED:
        return show_text(a == WH_PUSH_ALARM ? "alarm" : "interval");
    case WH_EVENT_REVERSE_CURRENT:
        return show_format(table, "L%u", event->detail);
    default:
        return breaker_cell(table, event);
    }
}

static void add_event(struct show_table *table, const char *log, const struct wh_event *event)
{
    const struct wh_event_row *said = wh_event_row(event->code);
    const struct show_cell detail = detail_cell(table, event);
    struct show_cell *row = show_table_row(table);
    row[0] = show_time(event->utc_s);
    row[1] = show_text(log);
    row[2] = show_text(said->text);
    row[3] = detail;
    row[4] = show_text(event->clock_valid ? NULL : "clock invalid");
}

static enum wh_err add_log(struct show_meter *show, const struct show_range *range,
                           struct show_table *table, int l)
{
    struct wh_log_range records;
    struct wh_event event;
    enum wh_err err =
        wh_log_range_begin(&show->meter.application.logs.log[logs[l].log], 0, UINT32_MAX, &records);
    while (err == WH_OK &&
           (err = show_meter_next_event(show, logs[l].log, &records, &event)) == WH_OK) {
        if (show_range_holds(range, event.utc_s)) {
            add_event(table, logs[l].name, &event);
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* Merges two runs of rows by time; equal times keep the first run first. */
static void merge(const struct show_table *table, const struct show_cell *rows, size_t middle,
                  struct show_cell *merged)
{
    const size_t width = table->column_count;
    size_t a = 0;
    size_t b = middle;
    for (size_t r = 0; r < table->row_count; r++) {
        const bool first = b == table->row_count ||
                           (a < middle && rows[a * width].number <= rows[b * width].number);
        memcpy(merged + r * width, rows + (first ? a : b) * width, width * sizeof *rows);
        a += first;
        b += !first;
    }
}

/* The rows from middle on are those of another log. */
static void merge_log(struct show_table *table, size_t middle)
{
    const size_t size = table->row_count * table->column_count * sizeof *table->cell;
    if (middle == 0 || middle == table->row_count) {
        return;
    }
    struct show_cell *rows = malloc(size);
    if (rows == NULL) {
        table->failed = true;
        return;
    }
    memcpy(rows, table->cell, size);
    merge(table, rows, middle, table->cell);
    free(rows);
}

enum wh_err show_events(struct show_meter *show, const struct show_range *range,
                        struct show_table *table)
{
    enum wh_err err = WH_OK;
    show_table_column(table, "time", "Time", "");
    show_table_column(table, "log", "Log", "");
    show_table_column(table, "event", "Event", "");
    show_table_column(table, "detail", "Detail", "");
    show_table_column(table, "remark", "", "");
    for (int l = 0; err == WH_OK && l < LOGS; l++) {
        const size_t middle = table->row_count;
        err = add_log(show, range, table, l);
        merge_log(table, middle);
    }
    return err;
}

static void add_disturbance(struct show_table *table, const struct wh_event *event)
{
    const struct wh_event_row *said = wh_event_row(event->code);
    const bool all = event->code == WH_EVENT_INTERRUPTION;
    struct show_cell *row = show_table_row(table);
    row[0] = show_time(event->utc_s);
    row[1] = show_text(said->text);
    row[2] = all ? show_text("all") : show_format(table, "L%u", event->detail);
    if (event->value_a != UINT32_MAX) {
        row[3] = show_number(event->value_a, -3);
    }
    if (!all) {
        row[4] = show_number(event->value_b, -3);
    }
    row[5] = show_text(event->clock_valid ? NULL : "clock invalid");
}

enum wh_err show_quality(struct show_meter *show, const struct show_range *range,
                         struct show_table *table)
{
    struct wh_log_range records;
    struct wh_event event;
    show_table_column(table, "begin", "Begin", "");
    show_table_column(table, "event", "Event", "");
    show_table_column(table, "phase", "Phase", "");
    show_table_column(table, "duration_s", "Duration", "s");
    show_table_column(table, "extreme_v", "Extreme", "V");
    show_table_column(table, "remark", "", "");
    enum wh_err err = wh_log_range_begin(&show->meter.application.logs.log[WH_LOG_QUALITY], 0,
                                         UINT32_MAX, &records);
    while (err == WH_OK &&
           (err = show_meter_next_event(show, WH_LOG_QUALITY, &records, &event)) == WH_OK) {
        if (show_range_holds(range, event.utc_s)) {
            add_disturbance(table, &event);
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}
