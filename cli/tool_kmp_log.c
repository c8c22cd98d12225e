/* KMP logs. Invariant: records are asked for by the number after the last one received, so that
 * none is missed or comes twice. */
#include "cli/tool_kmp_log.h"
#include "catalog/catalog.h"
#include "cli/tool_kmp_value.h"
#include <stdio.h>
#include <string.h>

enum { RTC = 1047, RTC_BEFORE = 1048, RECORDS_AT_ONCE = 20, LENGTH_MAX = 240 };
enum { QUALITY_PHASE = 1460, QUALITY_EVENT = 1461, QUALITY_HIGHEST = 1463, QUALITY_LOWEST = 1464 };

/* What is asked of each log; the first is the time. */
static const uint16_t registers[TOOL_LOGS][KMP_LOG_REGISTERS] = {
    [TOOL_LOG_PROFILE] = {RTC, 1, 2, 3, 4},
    [TOOL_LOG_LOGGER] = {RTC, 35, 1054, 1055, 1056, 1076, 1077, 1078},
    [TOOL_LOG_DEBITING] = {RTC, 1, 19, 23, 27, 31, 39, 1004},
    [TOOL_LOG_DEBITING_2] = {RTC, 1, 2, 3, 4, 19, 23, 1004},
    [TOOL_LOG_STATUS] = {RTC, 50},
    [TOOL_LOG_CLOCK] = {RTC, RTC_BEFORE},
    [TOOL_LOG_QUALITY] = {RTC, QUALITY_PHASE, QUALITY_EVENT, QUALITY_HIGHEST, QUALITY_LOWEST},
    [TOOL_LOG_BREAKER] = {RTC, 1087, 1088},
    [TOOL_LOG_RATIO] = {RTC},
    [TOOL_LOG_PROFILE_EVENTS] = {RTC, 1222},
    [TOOL_LOG_NEUTRAL] = {RTC, 1242},
};

/* Names of what is in logs only; the same in every language. */
static const struct {
    uint16_t id;
    const char *name;
} log_columns[] = {
    {RTC, "time"},
    {RTC_BEFORE, "time_before"},
    {QUALITY_PHASE, "phase"},
    {QUALITY_EVENT, "quality_event"},
    {QUALITY_HIGHEST, "highest_v"},
    {QUALITY_LOWEST, "lowest_v"},
};

struct reading {
    struct tool_kmp *kmp;
    const struct tool_log_query *query;
    const struct tool_log_sink *sink;
    uint8_t count;
    bool has_columns;
    bool is_over;
    uint16_t last_id;
};

static void name_column(uint16_t id, struct tool_column *column)
{
    *column = (struct tool_column){0};
    for (size_t c = 0; c < sizeof log_columns / sizeof log_columns[0]; c++) {
        if (log_columns[c].id == id) {
            snprintf(column->name, sizeof column->name, "%s", log_columns[c].name);
            return;
        }
    }
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)q);
        if (quantity->kmp.id == id) {
            snprintf(column->name, sizeof column->name, "%s", quantity->name);
            return;
        }
    }
    snprintf(column->name, sizeof column->name, "kmp_%u", id);
}

static bool give_columns(struct reading *reading, const struct kmp_log_answer *answer,
                         const struct tool_value *values, struct tool_failure *failure)
{
    struct tool_column columns[KMP_LOGGER_REGISTERS];
    reading->has_columns = true;
    for (int c = 0; c < answer->register_count; c++) {
        name_column(answer->registers[c], &columns[c]);
        memcpy(columns[c].unit, values[c].unit, sizeof columns[c].unit);
    }
    return reading->sink->columns(reading->sink->context, columns, answer->register_count, failure);
}

static bool give_row(struct reading *reading, const struct kmp_log_answer *answer,
                     const struct kmp_value *raw, struct tool_failure *failure)
{
    struct tool_value values[KMP_LOGGER_REGISTERS] = {{0}};
    int64_t time_s = reading->query->from_s;
    for (int c = 0; c < answer->register_count; c++) {
        values[c] = tool_kmp_value(&raw[c]);
    }
    if (values[0].kind == TOOL_TIME && wh_calendar_seconds(&values[0].time, &time_s) != WH_OK) {
        time_s = reading->query->from_s;
    }
    if (time_s > reading->query->to_s) {
        reading->is_over = true;
        return true;
    }
    if (!reading->has_columns && !give_columns(reading, answer, values, failure)) {
        return false;
    }
    return time_s < reading->query->from_s ||
           reading->sink->row(reading->sink->context, values, answer->register_count, failure);
}

static bool take_records(struct reading *reading, struct kmp_log_answer *answer,
                         struct tool_failure *failure)
{
    struct kmp_value raw[KMP_LOGGER_REGISTERS];
    uint32_t id;
    enum wh_err err;
    int count = 0;
    while ((err = kmp_answer_log_next(answer, &id, raw)) == WH_OK) {
        reading->last_id = (uint16_t)id;
        count++;
        if (!give_row(reading, answer, raw, failure)) {
            return false;
        }
    }
    if (err != WH_ERR_NOT_FOUND) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the records are malformed");
    }
    reading->is_over |= count == 0 || (uint16_t)answer->newest_id == reading->last_id;
    return true;
}

static bool ask(struct reading *reading, const struct kmp_log_query *log,
                struct tool_failure *failure)
{
    struct kmp_request request;
    struct kmp_log_answer answer;
    const struct kmp_frame *frame;
    if (kmp_request_log(&request, log) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "KMP has no such time");
    }
    if (!tool_kmp_ask(reading->kmp, &request, &frame, failure)) {
        return false;
    }
    if (kmp_answer_log(frame, &answer) != WH_OK) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the log's answer is malformed");
    }
    if ((answer.info & KMP_LOG_OUT_OF_RANGE) != 0 && answer.record_count > 0 &&
        log->command == KMP_LOG_FROM_ID) {
        reading->sink->gap(reading->sink->context);
    }
    return take_records(reading, &answer, failure);
}

static struct kmp_rtc rtc_of(int64_t seconds)
{
    const struct wh_datetime t = wh_calendar_datetime(seconds);
    return (struct kmp_rtc){.second = t.second,
                            .minute = t.minute,
                            .hour = t.hour,
                            .day = t.day,
                            .month = t.month,
                            .year = t.year};
}

/* A log without records has no heads to take columns from: those that were asked for. */
static bool give_no_rows(struct reading *reading, const uint16_t *ids, struct tool_failure *failure)
{
    struct tool_column columns[KMP_LOG_REGISTERS];
    for (int c = 0; c < reading->count; c++) {
        name_column(ids[c], &columns[c]);
    }
    return reading->has_columns ||
           reading->sink->columns(reading->sink->context, columns, reading->count, failure);
}

bool tool_kmp_log(struct tool_kmp *kmp, const struct tool_log_query *query,
                  const struct tool_log_sink *sink, struct tool_failure *failure)
{
    const uint16_t *ids = registers[query->log];
    struct reading reading = {.kmp = kmp, .query = query, .sink = sink};
    while (reading.count < KMP_LOG_REGISTERS && ids[reading.count] != 0) {
        reading.count++;
    }
    struct kmp_log_query log = {.command = KMP_LOG_FROM_TIME,
                                .log = tool_log_row(query->log)->kmp,
                                .register_count = reading.count,
                                .record_count = RECORDS_AT_ONCE,
                                .max_length = LENGTH_MAX,
                                .registers = ids,
                                .time = rtc_of(query->from_s)};
    while (!reading.is_over) {
        if (!ask(&reading, &log, failure)) {
            return false;
        }
        log.command = KMP_LOG_FROM_ID;
        log.record_id = (uint16_t)(reading.last_id + 1);
    }
    return give_no_rows(&reading, ids, failure);
}
