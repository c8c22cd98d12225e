/* The breaker of the application: commands, button, payments, and what is stored of them.
 * Invariant: what is to move or to count is stored first, as one record; so after a cut at any
 * moment the record is the truth, the contacts are driven to it and the event that goes with it is
 * entered once. */
#include "app/application_parts.h"
#include "app/breaker_record.h"

enum { RECORD_VERSION = 1, ORIGIN_STEP = 256 };

void wh_application_tariff_counts(const struct wh_legal *legal, uint64_t counts_dwh[WH_TARIFFS])
{
    for (int t = 0; t < WH_TARIFFS; t++) {
        (void)wh_legal_tariff_energy(legal, (uint8_t)(t + 1), WH_A_PLUS, WH_SIDE_SECONDARY,
                                     &counts_dwh[t]); /* cannot fail for A+ */
    }
}

static enum wh_err store(struct wh_application *app, const struct wh_breaker_record *record)
{
    uint8_t payload[WH_BREAKER_RECORD_SIZE];
    wh_breaker_record_encode(record, payload);
    const enum wh_err err =
        wh_log_append(&app->logs.log[WH_LOG_CONTROL], RECORD_VERSION, app->clock.utc_s, payload);
    if (err != WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
    }
    return err;
}

/* The newest change of the state, as it is stored. */
static struct wh_breaker_record record_of(const struct wh_application *app)
{
    const struct wh_breaker_record record = {
        .state = app->breaker.state,
        .changes = app->breaker.changes,
        .utc_s = app->change.utc_s,
        .event = app->change.event,
        .origin = app->change.origin,
        .clock_valid = app->change.clock_valid,
        .prepayment = app->prepayment,
    };
    return record;
}

enum wh_err wh_application_store_prepayment(struct wh_application *app,
                                            const struct wh_prepayment *prepayment)
{
    struct wh_breaker_record record = record_of(app);
    record.prepayment = *prepayment;
    const enum wh_err err = store(app, &record);
    if (err == WH_OK) {
        app->prepayment = *prepayment;
    }
    return err;
}

static void note_change(struct wh_application *app)
{
    const uint8_t feedback = wh_breaker_feedback_bits(&app->breaker, !app->supervision.is_low_load);
    const struct wh_event event = {
        .utc_s = app->change.utc_s,
        .code = (enum wh_event_code)app->change.event,
        .detail = (uint8_t)app->breaker.state,
        .clock_valid = app->change.clock_valid,
        .value_a = feedback + (uint32_t)app->change.origin * ORIGIN_STEP,
        .value_b = app->breaker.changes,
    };
    wh_application_note_event(app, &event);
}

/* The event that tells of a change. */
static enum wh_event_code code_of(enum wh_breaker_action action, enum wh_breaker_state next)
{
    switch (next) {
    case WH_BREAKER_BY_COMMAND:
        return WH_EVENT_OPENED_BY_COMMAND;
    case WH_BREAKER_BY_BUTTON:
        return WH_EVENT_OPENED_BY_BUTTON;
    case WH_BREAKER_RELEASED:
        return WH_EVENT_BREAKER_RELEASED;
    case WH_BREAKER_CONNECTED:
        return action == WH_BREAKER_RECONNECT ? WH_EVENT_CLOSED_BY_COMMAND
               : action == WH_BREAKER_BUTTON  ? WH_EVENT_CLOSED_BY_BUTTON
                                              : WH_EVENT_CLOSED_BY_METER;
    default:
        return WH_EVENT_OPENED_BY_METER;
    }
}

static enum wh_err change(struct wh_application *app, enum wh_breaker_state next,
                          enum wh_event_code code, enum wh_origin origin)
{
    const struct wh_breaker_change now = {.utc_s = app->clock.utc_s,
                                          .event = (uint8_t)code,
                                          .origin = (uint8_t)origin,
                                          .clock_valid = app->clock.valid};
    struct wh_breaker_record record = record_of(app);
    record.state = next;
    record.changes++;
    record.utc_s = now.utc_s;
    record.event = now.event;
    record.origin = now.origin;
    record.clock_valid = now.clock_valid;
    const enum wh_err err = store(app, &record);
    if (err != WH_OK) {
        return err;
    }
    app->change = now;
    app->breaker.changes = record.changes;
    wh_breaker_set(&app->breaker, next);
    note_change(app);
    (void)wh_application_save(app); /* the event status; a refusal is in it */
    return WH_OK;
}

/* Whether what opened the breaker has gone. */
static bool cause_is_gone(const struct wh_application *app)
{
    switch (app->breaker.state) {
    case WH_BREAKER_BY_LOAD:
        return true;
    case WH_BREAKER_BY_PREPAYMENT:
    case WH_BREAKER_LOW_LOAD_EXPIRED:
        return !app->supervision.is_exhausted || app->supervision.is_low_load;
    case WH_BREAKER_BY_NEUTRAL:
        return !app->supervision.neutral.is_on;
    case WH_BREAKER_BY_OVER_VOLTAGE:
        return !app->supervision.over_voltage.is_on;
    default:
        return true;
    }
}

static bool waits(enum wh_breaker_state state)
{
    return state == WH_BREAKER_BY_LOAD || state == WH_BREAKER_BY_PREPAYMENT ||
           state == WH_BREAKER_LOW_LOAD_EXPIRED || state == WH_BREAKER_BY_NEUTRAL;
}

static struct wh_breaker_rules rules_of(const struct wh_application *app)
{
    const struct wh_breaker *breaker = &app->breaker;
    const bool waited = !waits(breaker->state) || breaker->state_s >= app->config.reconnect_wait_s;
    const struct wh_breaker_rules rules = {
        .button_opens = app->config.button_opens != 0,
        .button_connects = (enum wh_button_connect)app->config.button_connects,
        .may_close = waited && cause_is_gone(app),
    };
    return rules;
}

enum wh_err wh_application_act(struct wh_application *app, enum wh_breaker_action action,
                               enum wh_origin origin)
{
    const struct wh_breaker_rules rules = rules_of(app);
    enum wh_breaker_state next;
    if (app->breaker.state != WH_BREAKER_NONE && !app->breaker.is_supplied) {
        return WH_ERR_STATE;
    }
    const enum wh_err err = wh_breaker_next(app->breaker.state, action, &rules, &next);
    if (err != WH_OK || next == app->breaker.state) {
        return err;
    }
    return change(app, next, code_of(action, next), origin);
}

enum wh_err wh_application_breaker(struct wh_application *app, struct wh_legal *legal,
                                   enum wh_breaker_action command, enum wh_origin origin)
{
    (void)legal;
    if ((unsigned)command > WH_BREAKER_RECONNECT) {
        return app->breaker.state == WH_BREAKER_NONE ? WH_ERR_UNSUPPORTED : WH_ERR_ARGUMENT;
    }
    return wh_application_act(app, command, origin);
}

bool wh_application_closes_remotely(const struct wh_application *app)
{
    return app->config.button_connects == WH_BUTTON_CONNECTS_NEVER &&
           app->config.reconnect_automatic == 0;
}

enum wh_err wh_application_reconnect(struct wh_application *app, struct wh_legal *legal,
                                     enum wh_origin origin)
{
    const bool closes = wh_application_closes_remotely(app);
    if (app->breaker.state != WH_BREAKER_RELEASED) {
        const enum wh_err err = wh_application_breaker(app, legal, WH_BREAKER_RELEASE, origin);
        if (err != WH_OK || !closes) {
            return err;
        }
    }
    return closes ? wh_application_breaker(app, legal, WH_BREAKER_RECONNECT, origin) : WH_ERR_STATE;
}

enum wh_err wh_application_breaker_button(struct wh_application *app, struct wh_legal *legal)
{
    (void)legal;
    return wh_application_act(app, WH_BREAKER_BUTTON, WH_ORIGIN_METER);
}

void wh_application_breaker_feedback(struct wh_application *app,
                                     const struct wh_breaker_feedback *feedback)
{
    app->breaker.feedback = *feedback;
}

enum wh_breaker_state wh_application_breaker_state(const struct wh_application *app)
{
    const bool warning = app->breaker.state == WH_BREAKER_CONNECTED && app->supervision.is_warning;
    return warning ? WH_BREAKER_WARNING : app->breaker.state;
}

bool wh_application_button_may_close(const struct wh_application *app)
{
    const struct wh_breaker_rules rules = rules_of(app);
    enum wh_breaker_state next;
    return app->breaker.is_supplied && !wh_breaker_is_closed_in(app->breaker.state) &&
           wh_breaker_next(app->breaker.state, WH_BREAKER_BUTTON, &rules, &next) == WH_OK;
}

uint8_t wh_application_disconnect_threshold(const struct wh_application *app)
{
    return app->supervision.is_low_load ? app->config.disconnect_low : app->config.disconnect_high;
}

enum wh_err wh_application_prepaid(const struct wh_application *app, const struct wh_legal *legal,
                                   int64_t *left_mdwh)
{
    uint64_t counts_dwh[WH_TARIFFS];
    if (!app->prepayment.is_counting) {
        return WH_ERR_STATE;
    }
    wh_application_tariff_counts(legal, counts_dwh);
    *left_mdwh = wh_prepayment_left_mdwh(&app->prepayment, counts_dwh);
    return WH_OK;
}

static void note_payment(struct wh_application *app)
{
    const struct wh_event event = {
        .utc_s = app->prepayment.last_s,
        .code = WH_EVENT_PAID,
        .clock_valid = app->prepayment.last_clock_valid,
        .value_a = app->prepayment.last_wh,
        .value_b = app->prepayment.last_token,
    };
    wh_application_note_event(app, &event);
}

enum wh_err wh_application_top_up(struct wh_application *app, struct wh_legal *legal,
                                  uint32_t amount_wh, uint32_t token, enum wh_origin origin)
{
    const struct wh_payment payment = {.amount_wh = amount_wh,
                                       .token = token,
                                       .utc_s = app->clock.utc_s,
                                       .clock_valid = app->clock.valid};
    struct wh_prepayment paid = app->prepayment;
    uint64_t counts_dwh[WH_TARIFFS];
    if (!paid.is_counting) {
        return WH_ERR_UNSUPPORTED;
    }
    if (origin != WH_ORIGIN_MODULE && origin != WH_ORIGIN_FACTORY) {
        return WH_ERR_SEALED;
    }
    wh_application_tariff_counts(legal, counts_dwh);
    enum wh_err err = wh_prepayment_take(&paid, counts_dwh, &payment);
    if (err == WH_OK) {
        err = wh_application_store_prepayment(app, &paid);
    }
    if (err == WH_OK) {
        int64_t ignored_mdwh;
        note_payment(app);
        wh_application_look_at_prepayment(app, legal, &ignored_mdwh);
    }
    return err;
}

static enum wh_err set_prepayment(struct wh_application *app, const struct wh_legal *legal)
{
    const bool in_use = (app->config.cut_off_basis & WH_CUT_OFF_PREPAYMENT) != 0;
    struct wh_prepayment next = app->prepayment;
    uint64_t counts_dwh[WH_TARIFFS];
    wh_application_tariff_counts(legal, counts_dwh);
    return wh_prepayment_set(&next, counts_dwh, app->config.prepayment_factor_milli, in_use)
               ? wh_application_store_prepayment(app, &next)
               : WH_OK;
}

/* A breaker that is fitted from now on: whatever an older record says, it is connected. */
static enum wh_err fit(struct wh_application *app)
{
    app->change = (struct wh_breaker_change){0};
    wh_breaker_start(&app->breaker, WH_BREAKER_CONNECTED, app->breaker.changes);
    const enum wh_err err = wh_application_store_prepayment(app, &app->prepayment);
    if (err != WH_OK) {
        app->breaker = (struct wh_breaker){.changes = app->breaker.changes};
    }
    return err;
}

enum wh_err wh_application_configure_breaker(struct wh_application *app, struct wh_legal *legal)
{
    enum wh_err err = WH_OK;
    int64_t ignored_mdwh;
    app->supervision = (struct wh_supervision){.over_voltage = app->supervision.over_voltage,
                                               .neutral = app->supervision.neutral};
    if (app->config.breaker == 0) {
        app->breaker = (struct wh_breaker){.changes = app->breaker.changes};
        app->change = (struct wh_breaker_change){0};
        return app->prepayment.is_counting ? set_prepayment(app, legal) : WH_OK;
    }
    if (app->breaker.state == WH_BREAKER_NONE) {
        err = fit(app);
    }
    if (err == WH_OK) {
        err = set_prepayment(app, legal);
    }
    wh_application_look_at_prepayment(app, legal, &ignored_mdwh);
    return err;
}

/* The newest event of a log; its value_b is the number of what it tells of. */
static enum wh_err newest_event(const struct wh_application *app, enum wh_log_name name,
                                struct wh_event *event)
{
    struct wh_log_range range;
    *event = (struct wh_event){.code = WH_EVENT_NONE};
    enum wh_err err = wh_log_range_begin_entries(&app->logs.log[name], 0, 0, &range);
    if (err == WH_OK) {
        err = wh_event_next(&range, event);
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* Power was cut between a record and its event: enter it now. */
static enum wh_err finish_events(struct wh_application *app)
{
    struct wh_event newest;
    enum wh_err err = newest_event(app, WH_LOG_BREAKER, &newest);
    if (err == WH_OK && app->breaker.changes > newest.value_b) {
        note_change(app);
    } else if (err == WH_OK) {
        app->breaker.changes = newest.value_b; /* the record of that change is damaged */
    }
    if (err == WH_OK) {
        err = newest_event(app, WH_LOG_PAYMENTS, &newest);
    }
    if (err == WH_OK && app->prepayment.payments > 0 &&
        (newest.code == WH_EVENT_NONE || newest.value_b != app->prepayment.last_token)) {
        note_payment(app);
    }
    return err;
}

/* Bits of event status B of the newest change last as long as its state. */
static void raise_bits(struct wh_application *app)
{
    const struct wh_event_row *row = wh_event_row((enum wh_event_code)app->change.event);
    if (row != NULL) {
        app->running.event_b |= row->b;
    }
}

/* The newest record; none, or one that cannot be understood, is that of a new breaker. */
static enum wh_err read_record(struct wh_application *app, struct wh_breaker_record *record)
{
    uint8_t payload[WH_BREAKER_RECORD_SIZE];
    struct wh_log_record found;
    *record = (struct wh_breaker_record){0};
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_CONTROL, payload, &found);
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    if (found.version != RECORD_VERSION || wh_breaker_record_decode(record, payload) != WH_OK) {
        app->logs.damaged |= 1u << WH_LOG_CONTROL;
    }
    return WH_OK;
}

/* What a cut has left may read otherwise the next time (store/log.h): it is stored again before
 * anything follows it. */
static enum wh_err restore(struct wh_application *app, const struct wh_breaker_record *record)
{
    const bool is_new = record->state == WH_BREAKER_NONE;
    enum wh_err err = store(app, record);
    if (err != WH_OK) {
        return err;
    }
    wh_breaker_start(&app->breaker, is_new ? WH_BREAKER_CONNECTED : record->state, record->changes);
    app->supervision.neutral.is_on = record->state == WH_BREAKER_BY_NEUTRAL;
    app->supervision.over_voltage.is_on = record->state == WH_BREAKER_BY_OVER_VOLTAGE;
    err = finish_events(app);
    raise_bits(app);
    return err;
}

enum wh_err wh_application_start_breaker(struct wh_application *app, struct wh_legal *legal)
{
    struct wh_breaker_record record;
    enum wh_err err = read_record(app, &record);
    if (err != WH_OK) {
        return err;
    }
    app->change =
        (struct wh_breaker_change){record.utc_s, record.event, record.origin, record.clock_valid};
    app->prepayment = record.prepayment;
    app->breaker.changes = record.changes;
    if (app->config.breaker != 0) {
        err = restore(app, &record);
    }
    return err == WH_OK ? wh_application_configure_breaker(app, legal) : err;
}
