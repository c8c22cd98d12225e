/* Meters of any language. Invariant: a language that is looked for is asked without a secret. */
#include "cli/tool_meter.h"
#include "cli/tool_dlms.h"
#include "cli/tool_iec.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBE_MS = 700, HOUR_S = 3600 };

static const struct tool_language *const languages[ENDPOINT_LANGUAGES] = {
    [ENDPOINT_DLMS] = &tool_language_dlms,
    [ENDPOINT_HDLC] = &tool_language_dlms,
    [ENDPOINT_KMP] = &tool_language_kmp,
    [ENDPOINT_IEC] = &tool_language_iec,
};

static const struct tool_log_row logs[TOOL_LOGS] = {
    [TOOL_LOG_PROFILE] = {"profile", {1, 1, 99, 1, 0, 255}, 6, "99.1.0", "load profile"},
    [TOOL_LOG_LOGGER] = {"logger", {1, 1, 99, 1, 1, 255}, 11, "99.1.1", "analysis logger"},
    [TOOL_LOG_DEBITING] = {"debiting", {1, 1, 98, 1, 0, 255}, 1, "98.1.0", "debiting log"},
    [TOOL_LOG_DEBITING_2] = {"debiting2", {1, 1, 98, 2, 0, 255}, 8, "98.2.0", "debiting log 2"},
    [TOOL_LOG_STATUS] = {"status", {1, 1, 99, 98, 2, 255}, 2, "99.98.2", "status log"},
    [TOOL_LOG_CLOCK] = {"clock", {1, 1, 99, 98, 3, 255}, 3, "99.98.3", "clock log"},
    [TOOL_LOG_QUALITY] = {"quality", {1, 1, 99, 98, 4, 255}, 4, "99.98.4", "voltage quality log"},
    [TOOL_LOG_BREAKER] = {"breaker", {1, 1, 99, 98, 5, 255}, 5, "99.98.5", "breaker log"},
    [TOOL_LOG_RATIO] = {"ratio", {1, 1, 99, 98, 9, 255}, 9, "99.98.9", "transformer ratio log"},
    [TOOL_LOG_PROFILE_EVENTS] =
        {"profile-events", {1, 1, 99, 98, 10, 255}, 10, "99.98.10", "load profile events"},
    [TOOL_LOG_NEUTRAL] = {"neutral", {1, 1, 99, 98, 12, 255}, 12, "99.98.12", "neutral fault log"},
};

const struct tool_log_row *tool_log_row(enum tool_log log)
{
    return &logs[log];
}

/* ---- Which language ---- */

/* Whether it answers in that language; a refusal is an answer. */
static bool answers(const struct endpoint *endpoint, enum endpoint_language language,
                    struct tool_failure *failure)
{
    static const struct tool_secrets none;
    struct tool_meter probe = {.endpoint = endpoint_in(endpoint, language),
                               .secrets = &none,
                               .language = languages[language],
                               .is_probe = true};
    probe.endpoint.auth = 0;
    probe.endpoint.cipher = 0;
    probe.endpoint.client = probe.endpoint.server = 0;
    if (probe.endpoint.timeout_ms == 0) {
        probe.endpoint.timeout_ms = PROBE_MS;
    }
    const bool open = probe.language->open(&probe, failure);
    tool_meter_close(&probe);
    return open || failure->code == TOOL_REFUSED;
}

/* At a port that is not said the wrapper has its own; else what the meter's line speaks goes
 * before. */
static bool detect(struct tool_meter *meter, struct tool_failure *failure)
{
    static const enum endpoint_language wrapper_first[] = {ENDPOINT_DLMS, ENDPOINT_HDLC,
                                                           ENDPOINT_KMP, ENDPOINT_IEC};
    static const enum endpoint_language wrapper_last[] = {ENDPOINT_HDLC, ENDPOINT_KMP, ENDPOINT_IEC,
                                                          ENDPOINT_DLMS};
    const struct endpoint *endpoint = &meter->endpoint;
    const bool is_wrapper_likely = endpoint->port == 0 || endpoint->port == ENDPOINT_PORT_DLMS;
    const enum endpoint_language *order = is_wrapper_likely ? wrapper_first : wrapper_last;
    for (int l = 0; l < ENDPOINT_LANGUAGES - 1; l++) {
        if (endpoint->is_serial && order[l] == ENDPOINT_DLMS) {
            continue;
        }
        if (answers(endpoint, order[l], failure)) {
            meter->endpoint = endpoint_in(endpoint, order[l]);
            return true;
        }
    }
    char text[ENDPOINT_TEXT_SIZE];
    endpoint_text(endpoint, text);
    struct tool_failure last = *failure;
    return tool_fail(failure, last.code,
                     "%s: nothing answers in DLMS, HDLC, KMP or IEC 62056-21 "
                     "(%.300s)",
                     text, last.text);
}

bool tool_meter_open(struct tool_meter *meter, const struct endpoint *endpoint,
                     const struct tool_secrets *secrets, struct tool_failure *failure)
{
    *meter = (struct tool_meter){.endpoint = endpoint_in(endpoint, endpoint->language),
                                 .secrets = secrets};
    if (endpoint->language == ENDPOINT_DETECT) {
        meter->endpoint = *endpoint;
        if (!detect(meter, failure)) {
            return false;
        }
    }
    meter->language = languages[meter->endpoint.language];
    return meter->language->open(meter, failure);
}

bool tool_meter_reopen(struct tool_meter *meter, struct tool_failure *failure)
{
    tool_meter_close(meter);
    return meter->language->open(meter, failure);
}

void tool_meter_close(struct tool_meter *meter)
{
    if (meter->session != NULL) {
        meter->language->close(meter);
    }
    meter->session = NULL;
}

bool tool_meter_is_public(const struct tool_meter *meter)
{
    return meter->language == &tool_language_dlms && tool_dlms_is_public(meter->session);
}

/* DLMS has no session without the right password, and KMP shows it only with what is written. */
bool tool_meter_is_locked(const struct tool_meter *meter)
{
    const struct tool_iec *iec = meter->session;
    return meter->language == &tool_language_iec && iec->is_refused;
}

/* ---- What all commands ask ---- */

bool tool_meter_read_usual(struct tool_meter *meter, struct tool_failure *failure,
                           bool (*take)(void *context, const struct tool_target *target,
                                        const struct tool_value *value),
                           void *context)
{
    static const enum wh_quantity_id quantities[] = {
        WH_QUANTITY_SERIAL_NUMBER, WH_QUANTITY_METER_NUMBER_1, WH_QUANTITY_TYPE,
        WH_QUANTITY_SOFTWARE,      WH_QUANTITY_CLOCK,          WH_QUANTITY_A_PLUS,
        WH_QUANTITY_A_MINUS,       WH_QUANTITY_R_PLUS,         WH_QUANTITY_R_MINUS,
        WH_QUANTITY_P_PLUS,        WH_QUANTITY_P_MINUS,        WH_QUANTITY_U_L1,
        WH_QUANTITY_U_L2,          WH_QUANTITY_U_L3,           WH_QUANTITY_I_L1,
        WH_QUANTITY_I_L2,          WH_QUANTITY_I_L3,           WH_QUANTITY_TARIFF,
        WH_QUANTITY_STATUS};
    for (size_t q = 0; q < sizeof quantities / sizeof quantities[0]; q++) {
        const struct tool_target target = tool_target_of_quantity(wh_catalog_get(quantities[q]));
        struct tool_value value;
        if (meter->language->read(meter, &target, &value, failure)) {
            if (!take(context, &target, &value)) {
                return false;
            }
        } else if (failure->code == TOOL_NO_ANSWER) {
            return false;
        }
    }
    return true;
}

bool tool_meter_clock(struct tool_meter *meter, struct tool_value *value,
                      struct tool_failure *failure)
{
    struct tool_target clock = tool_target_of_quantity(wh_catalog_get(WH_QUANTITY_CLOCK));
    bool done = meter->language->read(meter, &clock, value, failure);
    if (!done && failure->code == TOOL_ABSENT) { /* of other makers */
        clock.obis[1] = 0;
        done = meter->language->read(meter, &clock, value, failure);
    }
    if (done && value->kind != TOOL_TIME) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the meter's clock is no time");
    }
    return done;
}

bool tool_meter_normal_time(struct tool_meter *meter, int64_t *seconds,
                            struct tool_failure *failure)
{
    struct tool_value clock;
    if (!tool_meter_clock(meter, &clock, failure)) {
        return false;
    }
    if (wh_calendar_seconds(&clock.time, seconds) != WH_OK) {
        return tool_fail(failure, TOOL_REFUSED, "the meter's clock is not set");
    }
    *seconds -= clock.is_summer ? HOUR_S : 0;
    return true;
}

/* What was wrong at the family's place is what counts. */
bool tool_meter_read(struct tool_meter *meter, const struct tool_target *target,
                     struct tool_value *value, struct tool_failure *failure)
{
    struct tool_place place;
    struct tool_failure other;
    if (target->item != NULL && target->item->form != TOOL_FORM_NUMBER) {
        (void)tool_fail(failure, CLI_BAD_INPUT, "is no single value; watthour dump has it");
        return false;
    }
    if (meter->language->read(meter, target, value, failure)) {
        return true;
    }
    if (failure->code != TOOL_ABSENT || target->item == NULL ||
        !tool_item_place(target->item, &place)) {
        return false;
    }
    const struct tool_target own = tool_target_of_item(&place.item);
    if (meter->language->read(meter, &own, value, &other)) {
        return true;
    }
    *failure = other.code == TOOL_NO_ANSWER ? other : *failure;
    return false;
}

/* KMP does not tell a register that cannot be written from a wrong password, so the place that can
 * be is taken at once where there is one. */
static bool prefers_place(struct tool_meter *meter, const struct tool_place *place)
{
    const struct tool_target own = tool_target_of_item(&place->item);
    struct tool_failure none;
    struct tool_value value;
    return meter->language == &tool_language_kmp &&
           meter->language->read(meter, &own, &value, &none);
}

static bool write_number(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                         struct tool_failure *failure)
{
    struct tool_place place;
    struct tool_failure other;
    const bool has_place = tool_item_place(item, &place);
    if (has_place && prefers_place(meter, &place)) {
        return meter->language->write(meter, &place.item, number, failure);
    }
    if (meter->language->write(meter, item, number, failure)) {
        return true;
    }
    if (failure->code != TOOL_ABSENT || !has_place) {
        return false;
    }
    if (meter->language->write(meter, &place.item, number, &other)) {
        return true;
    }
    *failure = other.code != TOOL_ABSENT ? other : *failure;
    return false;
}

bool tool_meter_read_item(struct tool_meter *meter, const struct tool_item *item, int64_t *number,
                          struct tool_failure *failure)
{
    const struct tool_target target = tool_target_of_item(item);
    struct tool_value value;
    if (!tool_meter_read(meter, &target, &value, failure)) {
        return false;
    }
    char text[TOOL_VALUE_SIZE];
    value.unit[0] = '\0'; /* whole units, not thousands */
    tool_value_plain(&value, text);
    if (value.kind == TOOL_NOTHING || !tool_number_parse(text, 0, number)) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: the meter says \"%s\", which is no number",
                         item->name, text);
    }
    return true;
}

bool tool_meter_get(struct tool_meter *meter, const struct tool_item *item,
                    struct tool_setting *setting, struct tool_failure *failure)
{
    *setting = (struct tool_setting){0};
    if (item->form == TOOL_FORM_NUMBER) {
        return tool_meter_read_item(meter, item, &setting->number, failure);
    }
    if (meter->language->read_octets == NULL) {
        return tool_fail(failure, TOOL_ABSENT, "is read and set over dlms, hdlc and kmp only");
    }
    return meter->language->read_octets(meter, item, setting, failure);
}

bool tool_meter_set(struct tool_meter *meter, const struct tool_item *item,
                    const struct tool_setting *setting, struct tool_failure *failure)
{
    return item->form == TOOL_FORM_NUMBER
               ? write_number(meter, item, setting->number, failure)
               : meter->language->write_octets(meter, item, setting, failure);
}
