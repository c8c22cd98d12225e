/* Logs over R6. Invariant: a header and its records have the same columns in the same order. */
#include "face/iec_value.h"
#include "face/quantity.h"
#include <string.h>

static const struct {
    const char *address;
    uint8_t name; /* enum wh_log_name */
} logs[] = {
    {"98.1.0", WH_LOG_DEBITING},         {"98.2.0", WH_LOG_DEBITING_2}, {"99.1.0", WH_LOG_PROFILE},
    {"99.1.1", WH_LOG_LOGGER},           {"99.98.2", WH_LOG_STATUS},    {"99.98.3", WH_LOG_CLOCK},
    {"99.98.4", WH_LOG_QUALITY},         {"99.98.5", WH_LOG_BREAKER},   {"99.98.9", WH_LOG_RATIO},
    {"99.98.10", WH_LOG_PROFILE_EVENTS}, {"99.98.12", WH_LOG_NEUTRAL},
};

static enum wh_log_name name_of(const char *address)
{
    for (size_t l = 0; l < sizeof logs / sizeof logs[0]; l++) {
        if (strcmp(logs[l].address, address) == 0) {
            return (enum wh_log_name)logs[l].name;
        }
    }
    return WH_LOG_COUNT;
}

static const struct wh_application *application_of(void *context)
{
    const struct wh_iec_face *face = context;
    return &face->access->meter->application;
}

/* ---- Columns --------------------------------------------------------------------------------- */

/* Quantities that are no time, and that this meter has: the columns behind stamp and status. */
static bool is_column(const struct wh_application *app, enum wh_quantity_id id)
{
    const struct wh_quantity *row = wh_catalog_get(id);
    return wh_application_has(app, id) && row->form != WH_FORM_CLOCK && row->display.id[0] != '\0';
}

/* What event logs have: number of the event, its detail, its two values. */
static const char *const event_columns[] = {"96.11.0", "96.11.1", "96.11.2", "96.11.3"};

enum { EVENT_COLUMNS = sizeof event_columns / sizeof event_columns[0] };

static void put_column(struct wh_text *out, const char *address, const char *unit)
{
    wh_text_char(out, '(');
    wh_text_string(out, address);
    wh_text_string(out, ")(");
    wh_text_string(out, unit);
    wh_text_char(out, ')');
}

static void put_columns(struct wh_text *out, const struct wh_application *app,
                        enum wh_log_name name)
{
    uint8_t quantity[WH_RECORD_VALUES];
    const size_t count = wh_record_columns(app, name, quantity);
    put_column(out, "1.0.0", "");
    if (wh_record_has_status(name)) {
        put_column(out, "96.56.2", "");
        put_column(out, "96.56.3", "");
    }
    for (size_t c = 0; c < count; c++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)quantity[c];
        if (is_column(app, id)) {
            put_column(out, wh_catalog_get(id)->display.id, wh_catalog_get(id)->display.unit);
        }
    }
    for (size_t c = 0; count == 0 && c < EVENT_COLUMNS; c++) {
        put_column(out, event_columns[c], "");
    }
}

static int64_t count_columns(const struct wh_application *app, enum wh_log_name name)
{
    uint8_t quantity[WH_RECORD_VALUES];
    const size_t count = wh_record_columns(app, name, quantity);
    int64_t columns = 1 + (wh_record_has_status(name) ? 2 : 0) + (count == 0 ? EVENT_COLUMNS : 0);
    for (size_t c = 0; c < count; c++) {
        columns += is_column(app, (enum wh_quantity_id)quantity[c]);
    }
    return columns;
}

/* ---- Times ----------------------------------------------------------------------------------- */

/* NYYMMDDhhmmss; N 1 tells that the hour of summer is in it. */
static enum wh_err moment_of(const struct wh_clock *clock, const char *text, uint32_t otherwise_s,
                             uint32_t *utc_s)
{
    struct wh_datetime time;
    *utc_s = otherwise_s;
    if (text[0] == '\0') {
        return WH_OK;
    }
    if (text[0] != '0' && text[0] != '1') {
        return WH_ERR_FORMAT;
    }
    const enum wh_err err = wh_text_read_moment(text + 1, &time);
    return err == WH_OK ? wh_clock_utc_of_local(clock, &time, text[0] == '1', utc_s) : err;
}

static enum wh_err begin(const struct wh_application *app, enum wh_log_name name,
                         const struct iec21_log_query *query, struct wh_log_range *range)
{
    uint32_t from_s;
    uint32_t to_s;
    enum wh_err err = moment_of(&app->clock, query->start, 0, &from_s);
    if (err == WH_OK) {
        err = moment_of(&app->clock, query->end, UINT32_MAX, &to_s);
    }
    return err == WH_OK ? wh_log_range_begin(&app->logs.log[name], from_s, to_s, range) : err;
}

enum wh_err wh_iec_log_header(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, char *text, size_t size)
{
    const struct wh_application *app = application_of(context);
    const enum wh_log_name name = name_of(query->address);
    struct wh_text out = wh_text_begin(text, size);
    struct wh_log_range range;
    (void)access;
    if (name == WH_LOG_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_err err = begin(app, name, query, &range);
    if (err != WH_OK) {
        return err;
    }
    wh_text_char(&out, '(');
    wh_text_decimal(&out, count_columns(app, name), 0, 1);
    wh_text_char(&out, ')');
    put_columns(&out, app, name);
    return wh_text_end(&out);
}

/* ---- Records --------------------------------------------------------------------------------- */

static void put_group(struct wh_text *out, int64_t number)
{
    wh_text_char(out, '(');
    wh_text_decimal(out, number, 0, 1);
    wh_text_char(out, ')');
}

/* A value that was not known leaves its brackets empty. */
static void put_value(struct wh_text *out, const struct wh_application *app, enum wh_quantity_id id,
                      int64_t value)
{
    struct wh_reading reading;
    wh_text_char(out, '(');
    if (wh_capture_reading(id, value, &reading) == WH_OK) {
        wh_iec_put_value(out, app, wh_catalog_get(id), &reading);
    }
    wh_text_char(out, ')');
}

static void put_record(struct wh_text *out, const struct wh_application *app, enum wh_log_name name,
                       const struct wh_record *record)
{
    enum { LOGGER_STATUS_SHIFT = 16 };
    wh_text_char(out, '(');
    wh_iec_put_stamp(out, &app->clock, record->utc_s, record->is_clock_valid);
    wh_text_char(out, ')');
    if (wh_record_has_status(name)) {
        put_group(out, record->status >> LOGGER_STATUS_SHIFT);
        put_group(out, record->status & 0xFFFF);
    }
    for (size_t c = 0; c < record->count; c++) {
        if (is_column(app, (enum wh_quantity_id)record->quantity[c])) {
            put_value(out, app, (enum wh_quantity_id)record->quantity[c], record->value[c]);
        }
    }
    if (record->is_event) {
        put_group(out, record->event.code);
        put_group(out, record->event.detail);
        put_group(out, record->event.value_a);
        put_group(out, record->event.value_b);
    }
}

/* Goes to record number index. Records are asked for in order, each perhaps twice; number 0 begins anew, and so does
 * whatever was not expected. */
static enum wh_err seek(struct wh_iec_cursor *cursor, const struct wh_application *app,
                        enum wh_log_name name, const struct iec21_log_query *query, size_t index)
{
    struct wh_record passed;
    if (index == 0 || index < cursor->index || cursor->name != (uint8_t)name) {
        const enum wh_err err = begin(app, name, query, &cursor->range);
        if (err != WH_OK) {
            return err;
        }
        cursor->name = (uint8_t)name;
        cursor->index = 0;
    }
    while (cursor->index < index) {
        const enum wh_err err = wh_record_next(app, name, &cursor->range, &passed);
        if (err != WH_OK) {
            return err;
        }
        cursor->index++;
    }
    return WH_OK;
}

enum wh_err wh_iec_log_record(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, size_t index, char *text,
                              size_t size)
{
    struct wh_iec_face *face = context;
    const struct wh_application *app = application_of(context);
    const enum wh_log_name name = name_of(query->address);
    struct wh_text out = wh_text_begin(text, size);
    struct wh_record record;
    (void)access;
    if (name == WH_LOG_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    enum wh_err err = seek(&face->cursor, app, name, query, index);
    if (err != WH_OK) {
        return err;
    }
    struct wh_log_range here = face->cursor.range; /* stays in front of it */
    err = wh_record_next(app, name, &here, &record);
    if (err != WH_OK) {
        return err;
    }
    put_record(&out, app, name, &record);
    return wh_text_end(&out);
}
