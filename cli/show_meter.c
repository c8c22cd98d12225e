/* A meter to look at. Invariant: what a start adds – its own events, an interruption that nobody
 * saw – is left out of all that is handed on. */
#include "cli/show_meter.h"

#include <stdio.h>

/* What the logs hold before the start: their ends, and the state that the meter left. */
static enum wh_err look_before(struct show_meter *show, struct wh_running *running, bool *lived)
{
    struct wh_logs logs = {.flash = show->state.memory.board.flash};
    enum wh_err err = wh_logs_mount(&logs, WH_LOG_RUNNING, 0, 0);
    for (int n = WH_LOG_STATUS; err == WH_OK && n < WH_LOG_COUNT; n++) {
        err = wh_logs_mount(&logs, (enum wh_log_name)n, 0, 0);
        show->newest[n] = wh_log_newest(&logs.log[n]);
    }
    uint8_t payload[WH_RUNNING_STORED_SIZE];
    struct wh_log_record record;
    if (err == WH_OK) {
        err = wh_logs_newest(&logs, WH_LOG_RUNNING, payload, &record);
    }
    *lived = err == WH_OK;
    if (*lived) {
        wh_running_decode(running, payload);
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* Counters and status as they were left: a start counts an interruption. */
static void restore(struct wh_application *app, const struct wh_running *left)
{
    app->running.event_a = left->event_a;
    app->running.event_b = left->event_b;
    for (int c = 0; c < WH_QUALITY_COUNTS; c++) {
        app->running.quality_count[c] = left->quality_count[c];
    }
    app->clock.valid = left->clock_valid;
}

static enum wh_err start(struct show_meter *show, char *error, size_t error_size)
{
    struct wh_running left;
    bool lived = false;
    struct wh_meter_start_report found = {0};
    enum wh_err err = look_before(show, &left, &lived);
    if (err == WH_OK) { /* without a clock chip the clock stays where the meter last lived */
        show->state.memory.board.rtc = (struct wh_rtc_reading){.valid = false};
        err = wh_meter_start(&show->meter, &show->state.memory.board, &found);
    }
    if (err != WH_OK) {
        cli_state_explain(show->state.folder, err, &found.legal, error, error_size);
        return err;
    }
    show->audit_count =
        wh_legal_audit_count(&show->meter.legal) - (found.legal.software_changed ? 1 : 0);
    if (lived) {
        restore(&show->meter.application, &left);
    }
    return WH_OK;
}

enum wh_err show_meter_open(struct show_meter *show, const char *folder, char *error,
                            size_t error_size)
{
    enum wh_err err = cli_state_read(&show->state, folder, error, error_size);
    if (err == WH_ERR_NOT_FOUND) {
        snprintf(error, error_size, "there is no meter in %s", folder);
    }
    if (err == WH_OK) {
        err = start(show, error, error_size);
    }
    if (err != WH_OK) {
        show_meter_close(show);
    }
    return err;
}

void show_meter_close(struct show_meter *show)
{
    cli_state_close(&show->state);
}

enum wh_err show_meter_next_event(const struct show_meter *show, enum wh_log_name log,
                                  struct wh_log_range *range, struct wh_event *event)
{
    const enum wh_err err = wh_event_next(range, event);
    return err == WH_OK && event->sequence > show->newest[log] ? WH_ERR_NOT_FOUND : err;
}
