/* What the application keeps of its readers: how far each log has been read, and who tried passwords. Invariant: a mark only
 * moves forward within one epoch of its log, and what is in RAM is what is stored. */
#include "app/application_parts.h"
#include "common/bytes.h"
#include <string.h>

enum { MARKS_VERSION = 1, MARK_SIZE = 6 };

_Static_assert((int)WH_LOG_COUNT *(int)MARK_SIZE <= (int)WH_LOGS_READ_MARKS_SIZE,
               "a mark for every log");

enum wh_err wh_application_restore_read_marks(struct wh_application *app)
{
    uint8_t payload[WH_LOGS_READ_MARKS_SIZE];
    struct wh_log_record record;
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_READ_MARKS, payload, &record);
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    for (size_t n = 0; n < WH_LOG_COUNT; n++) {
        app->read_mark[n].sequence = wh_get_u32le(payload + n * MARK_SIZE);
        app->read_mark[n].epoch = wh_get_u16le(payload + n * MARK_SIZE + 4);
    }
    return WH_OK;
}

static enum wh_err store(struct wh_application *app)
{
    uint8_t payload[WH_LOGS_READ_MARKS_SIZE] = {0};
    for (size_t n = 0; n < WH_LOG_COUNT; n++) {
        wh_put_u32le(payload + n * MARK_SIZE, app->read_mark[n].sequence);
        wh_put_u16le(payload + n * MARK_SIZE + 4, app->read_mark[n].epoch);
    }
    return wh_log_append(&app->logs.log[WH_LOG_READ_MARKS], MARKS_VERSION, app->clock.utc_s,
                         payload);
}

uint32_t wh_application_read_mark(const struct wh_application *app, enum wh_log_name name)
{
    const struct wh_read_mark *mark = &app->read_mark[name];
    return mark->epoch == app->logs.design[name].epoch ? mark->sequence : 0;
}

enum wh_err wh_application_mark_read(struct wh_application *app, enum wh_log_name name,
                                     uint32_t sequence)
{
    const struct wh_read_mark before = app->read_mark[name];
    if (sequence > wh_log_newest(&app->logs.log[name]) ||
        sequence < wh_application_read_mark(app, name)) {
        return WH_ERR_ARGUMENT;
    }
    if (sequence == wh_application_read_mark(app, name)) {
        return WH_OK; /* the memory is spared */
    }
    app->read_mark[name] = (struct wh_read_mark){sequence, app->logs.design[name].epoch};
    const enum wh_err err = store(app);
    if (err != WH_OK) {
        app->read_mark[name] = before;
    }
    return err;
}

void wh_application_note_keys(struct wh_application *app, uint16_t client)
{
    wh_application_note(app, WH_EVENT_KEYS_CHANGED, 0, client, 0);
}

void wh_application_note_wrong_password(struct wh_application *app, enum wh_origin origin,
                                        uint32_t count)
{
    wh_application_note(app, WH_EVENT_PASSWORD_WRONG, 0, origin, count);
}
