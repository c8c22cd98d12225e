/* Profiles by range. Invariant: a row is given on only if its time is in the query and it has
 * exactly the columns that the profile says it has; ranges asked for follow each other without
 * gap. */
#include "cli/tool_dlms_log.h"
#include "cli/tool_data.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLASS_PROFILE = 7,
    CLASS_CLOCK = 8,
    BUFFER = 2,
    CAPTURE_OBJECTS = 3,
    CAPTURE_PERIOD = 4,
    ENTRIES_IN_USE = 7,
    ROWS_AT_ONCE = 96, /* a day of quarters: some seconds at 9600 Bd */
    BY_RANGE = 1,
};

struct column {
    uint16_t class_id;
    uint8_t obis[6];
    int8_t attribute;
    int exponent;
};

struct profile {
    struct tool_dlms *dlms;
    const struct tool_log_query *query;
    const struct tool_log_sink *sink;
    uint8_t obis[6];
    struct column columns[TOOL_COLUMNS_MAX];
    struct tool_column heads[TOOL_COLUMNS_MAX];
    size_t count;
    size_t clock;      /* column of the time; count: none */
    uint32_t period_s; /* 0: by events */
    uint32_t entries;
    struct tool_value row[TOOL_COLUMNS_MAX]; /* the last one */
    bool has_row;
    bool has_given; /* a row to the sink */
};

static bool malformed(struct tool_failure *failure, const char *what)
{
    return tool_fail(failure, TOOL_NO_ANSWER, "the profile's %s are malformed", what);
}

/* ---- Columns ---- */

static bool read_column(struct dlms_reader *reader, struct column *column)
{
    const struct dlms_value head = dlms_read_value(reader);
    const struct dlms_value class_id = dlms_read_value(reader);
    const struct dlms_value obis = dlms_read_value(reader);
    const struct dlms_value attribute = dlms_read_value(reader);
    dlms_read_value(reader); /* data index: what part of the attribute */
    if (reader->failed || head.tag != DLMS_TAG_STRUCTURE || head.count != 4 ||
        obis.bytes.length != 6) {
        return false;
    }
    column->class_id = (uint16_t)class_id.integer;
    column->attribute = (int8_t)attribute.integer;
    memcpy(column->obis, obis.bytes.data, sizeof column->obis);
    return true;
}

/* Attributes 254 and 255 of the profile itself are its status words. */
static void name_column(const struct profile *profile, const struct column *column,
                        struct tool_column *head)
{
    const char *name = tool_obis_name(column->obis);
    char code[TOOL_OBIS_SIZE];
    tool_obis_text(column->obis, code);
    if (memcmp(column->obis, profile->obis, sizeof profile->obis) == 0) {
        name = column->attribute == -1 ? "logger_status" : "data_quality";
    } else if (column->class_id == CLASS_CLOCK && strcmp(name, "time_before") != 0) {
        name = "time";
    }
    snprintf(head->name, sizeof head->name, "%s%s", name[0] != '\0' ? name : code,
             column->class_id == 4 && column->attribute == 5 ? "_time" : "");
}

/* Scaler and unit of a register in a column; no scaler is no fault. */
static bool scale_column(struct profile *profile, struct column *column, struct tool_column *head,
                         struct tool_failure *failure)
{
    if (column->class_id < 3 || column->class_id > 4 || column->attribute != 2) {
        return true;
    }
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(column->class_id, column->obis, 3);
    struct dlms_span data;
    if (!tool_dlms_get(profile->dlms, &attribute, &data, failure)) {
        return failure->code != TOOL_NO_ANSWER;
    }
    struct tool_value value = tool_number(0, 0, "");
    if (!tool_data_scale(data, &value)) {
        return malformed(failure, "scalers");
    }
    column->exponent = value.exponent;
    snprintf(head->unit, sizeof head->unit, "%s", value.unit);
    return true;
}

static bool read_columns(struct profile *profile, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_PROFILE, profile->obis, CAPTURE_OBJECTS);
    struct dlms_span data;
    if (!tool_dlms_get(profile->dlms, &attribute, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value array = dlms_read_value(&reader);
    if (reader.failed || array.tag != DLMS_TAG_ARRAY || array.count > TOOL_COLUMNS_MAX) {
        return malformed(failure, "columns");
    }
    profile->count = profile->clock = array.count;
    for (size_t c = 0; c < array.count; c++) {
        if (!read_column(&reader, &profile->columns[c])) {
            return malformed(failure, "columns");
        }
        if (profile->columns[c].class_id == CLASS_CLOCK && profile->clock == array.count) {
            profile->clock = c;
        }
    }
    for (size_t c = 0; c < array.count; c++) {
        name_column(profile, &profile->columns[c], &profile->heads[c]);
        if (!scale_column(profile, &profile->columns[c], &profile->heads[c], failure)) {
            return false;
        }
    }
    return true;
}

/* ---- Rows ---- */

static bool put_row(struct profile *profile, int64_t *time_s, struct tool_failure *failure)
{
    const bool has_time =
        profile->clock < profile->count && profile->row[profile->clock].kind == TOOL_TIME;
    *time_s = profile->query->from_s;
    if (has_time && wh_calendar_seconds(&profile->row[profile->clock].time, time_s) != WH_OK) {
        *time_s = profile->query->from_s; /* a clock that was not set: it belongs here */
    }
    if (*time_s < profile->query->from_s || *time_s > profile->query->to_s) {
        return true;
    }
    profile->has_given = true;
    return profile->sink->row(profile->sink->context, profile->row, profile->count, failure);
}

/* A value that is as in the row before may be left out; of the time that means one period more. */
static void repeat(struct profile *profile, size_t column)
{
    struct tool_value *value = &profile->row[column];
    int64_t time_s;
    if (!profile->has_row) {
        *value = (struct tool_value){.kind = TOOL_NOTHING};
    } else if (column == profile->clock && value->kind == TOOL_TIME &&
               wh_calendar_seconds(&value->time, &time_s) == WH_OK) {
        value->time = wh_calendar_datetime(time_s + profile->period_s);
    }
}

static void take_cell(struct profile *profile, size_t column, const struct dlms_value *element)
{
    const struct column *c = &profile->columns[column];
    if (element->tag == DLMS_TAG_NULL) {
        repeat(profile, column);
        return;
    }
    const bool is_time = c->class_id == CLASS_CLOCK || (c->class_id == 4 && c->attribute == 5);
    struct tool_value value = tool_data_element(element, is_time);
    if (value.kind == TOOL_NUMBER) {
        value.exponent = c->exponent;
        snprintf(value.unit, sizeof value.unit, "%s", profile->heads[column].unit);
    }
    profile->row[column] = value;
}

static bool take_row(struct profile *profile, struct dlms_reader *reader)
{
    const struct dlms_value head = dlms_read_value(reader);
    if (reader->failed || head.tag != DLMS_TAG_STRUCTURE || head.count != profile->count) {
        return false;
    }
    for (size_t c = 0; c < profile->count; c++) {
        const struct dlms_value element = dlms_read_value(reader);
        if (reader->failed || element.tag == DLMS_TAG_ARRAY || element.tag == DLMS_TAG_STRUCTURE) {
            return false;
        }
        take_cell(profile, c, &element);
    }
    profile->has_row = true;
    return true;
}

static bool take_buffer(struct profile *profile, struct dlms_span data,
                        struct tool_failure *failure)
{
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value array = dlms_read_value(&reader);
    if (reader.failed || array.tag != DLMS_TAG_ARRAY) {
        return malformed(failure, "rows");
    }
    profile->has_row = false;
    for (size_t r = 0; r < array.count; r++) {
        int64_t time_s;
        if (!take_row(profile, &reader)) {
            return malformed(failure, "rows");
        }
        if (!put_row(profile, &time_s, failure)) {
            return false;
        }
    }
    return dlms_reader_done(&reader) || malformed(failure, "rows");
}

/* ---- Requests ---- */

static void put_time(struct dlms_writer *writer, int64_t seconds)
{
    const struct wh_datetime time = wh_calendar_datetime(seconds);
    const struct dlms_date_time moment = tool_data_time(&time, false);
    dlms_put_date_time(writer, &moment);
}

/* range_descriptor: restricting object, from, to, all columns. */
static void write_range(const struct profile *profile, int64_t from_s, int64_t to_s,
                        struct dlms_writer *writer)
{
    const struct column *clock = &profile->columns[profile->clock];
    dlms_put_structure(writer, 4);
    dlms_put_structure(writer, 4);
    dlms_put_u16(writer, clock->class_id);
    dlms_put_octet_string(writer, clock->obis, sizeof clock->obis);
    dlms_put_i8(writer, clock->attribute);
    dlms_put_u16(writer, 0);
    put_time(writer, from_s);
    put_time(writer, to_s);
    dlms_put_array(writer, 0);
}

static bool read_range(struct profile *profile, int64_t from_s, int64_t to_s,
                       struct tool_failure *failure)
{
    uint8_t range[96];
    struct dlms_writer writer = dlms_writer(range, sizeof range);
    struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_PROFILE, profile->obis, BUFFER);
    write_range(profile, from_s, to_s, &writer);
    attribute.selector = BY_RANGE;
    attribute.parameters = (struct dlms_span){range, writer.total};
    struct dlms_span data;
    return tool_dlms_get(profile->dlms, &attribute, &data, failure) &&
           take_buffer(profile, data, failure);
}

static bool read_whole(struct profile *profile, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_PROFILE, profile->obis, BUFFER);
    struct dlms_span data;
    return tool_dlms_get(profile->dlms, &attribute, &data, failure) &&
           take_buffer(profile, data, failure);
}

/* An attribute that is a number; absent or refused: what *number was. */
static bool read_number(struct profile *profile, int8_t index, uint32_t *number,
                        struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_PROFILE, profile->obis, index);
    struct dlms_span data;
    if (!tool_dlms_get(profile->dlms, &attribute, &data, failure)) {
        return failure->code != TOOL_NO_ANSWER;
    }
    struct tool_value value;
    if (!tool_data_value(data, false, &value) || value.kind != TOOL_NUMBER) {
        return malformed(failure, "attributes");
    }
    *number = (uint32_t)value.number;
    return true;
}

/* Where ranges of a few rows begin to be worth while: what is older than all rows can be comes in
 * one. */
static int64_t first_boundary(const struct profile *profile, int64_t end_s)
{
    const int64_t span_s = ((int64_t)profile->entries + ROWS_AT_ONCE) * profile->period_s;
    const int64_t oldest_s = end_s - span_s;
    return oldest_s > profile->query->from_s ? oldest_s : profile->query->from_s;
}

static bool read_in_ranges(struct profile *profile, int64_t now_s, struct tool_failure *failure)
{
    const struct tool_log_query *query = profile->query;
    const int64_t end_s = query->to_s < now_s ? query->to_s : now_s;
    const int64_t step_s = (int64_t)profile->period_s * ROWS_AT_ONCE;
    int64_t from_s = query->from_s;
    int64_t to_s = first_boundary(profile, end_s) + step_s - 1;
    while (from_s <= end_s) {
        if (!read_range(profile, from_s, to_s < end_s ? to_s : end_s, failure)) {
            return false;
        }
        from_s = to_s + 1;
        to_s += step_s;
    }
    /* What is stamped later than the clock shows now, which was set back. */
    return query->to_s <= end_s || read_range(profile, end_s + 1, query->to_s, failure);
}

static bool read_clock(struct profile *profile, int64_t *now_s, struct tool_failure *failure)
{
    const struct column *clock = &profile->columns[profile->clock];
    const struct dlms_client_attribute attribute = tool_dlms_attribute(CLASS_CLOCK, clock->obis, 2);
    struct dlms_span data;
    struct tool_value value;
    *now_s = profile->query->to_s;
    if (!tool_dlms_get(profile->dlms, &attribute, &data, failure)) {
        return failure->code != TOOL_NO_ANSWER;
    }
    if (tool_data_value(data, true, &value) && value.kind == TOOL_TIME &&
        wh_calendar_seconds(&value.time, now_s) != WH_OK) {
        *now_s = profile->query->to_s;
    }
    return true;
}

static bool read_rows(struct profile *profile, struct tool_failure *failure)
{
    const bool has_clock = profile->clock < profile->count;
    const bool is_all =
        profile->query->from_s <= TOOL_LOG_START_S && profile->query->to_s >= TOOL_LOG_END_S;
    int64_t now_s;
    if (!has_clock || (is_all && profile->period_s == 0)) {
        return read_whole(profile, failure);
    }
    bool done;
    if (profile->period_s == 0) {
        done = read_range(profile, profile->query->from_s, profile->query->to_s, failure);
    } else {
        done = read_clock(profile, &now_s, failure) && read_in_ranges(profile, now_s, failure);
    }
    /* A meter without selective access gives everything or nothing. */
    return done ||
           (failure->code == TOOL_REFUSED && !profile->has_given && read_whole(profile, failure));
}

bool tool_dlms_log(struct tool_dlms *dlms, const struct tool_log_query *query,
                   const struct tool_log_sink *sink, struct tool_failure *failure)
{
    struct profile *profile = calloc(1, sizeof *profile);
    if (profile == NULL) {
        return tool_fail(failure, CLI_FAILED, "no memory");
    }
    profile->dlms = dlms;
    profile->query = query;
    profile->sink = sink;
    memcpy(profile->obis, tool_log_row(query->log)->obis, sizeof profile->obis);
    bool done = read_columns(profile, failure);
    if (!done && failure->code == TOOL_ABSENT && profile->obis[1] == 1) {
        profile->obis[1] = 0; /* other makers: 1-0:99.1.0 */
        done = read_columns(profile, failure);
    }
    done = done && read_number(profile, CAPTURE_PERIOD, &profile->period_s, failure) &&
           read_number(profile, ENTRIES_IN_USE, &profile->entries, failure) &&
           sink->columns(sink->context, profile->heads, profile->count, failure) &&
           read_rows(profile, failure);
    free(profile);
    return done;
}
