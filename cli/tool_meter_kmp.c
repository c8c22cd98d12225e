/* Meters that speak KMP. Invariant: a value keeps the digits and the power of ten of its
 * register; only the prefix of its unit goes into the exponent. */
#include "cli/tool_kmp.h"
#include "cli/tool_kmp_log.h"
#include "cli/tool_kmp_value.h"
#include "cli/tool_meter.h"
#include <stdlib.h>
#include <string.h>

static bool open_session(struct tool_meter *meter, struct tool_failure *failure)
{
    meter->session = tool_kmp_open(&meter->endpoint, failure);
    return meter->session != NULL;
}

static void close_session(struct tool_meter *meter)
{
    tool_kmp_close(meter->session);
}

/* ---- Reading ---- */

static bool read_target(struct tool_meter *meter, const struct tool_target *target,
                        struct tool_value *value, struct tool_failure *failure)
{
    struct kmp_value raw;
    if (target->kmp_id == 0) {
        return tool_fail(failure, TOOL_ABSENT, "has no register in KMP");
    }
    if (!tool_kmp_register(meter->session, target->kmp_id, &raw, failure)) {
        return false;
    }
    *value = tool_kmp_value(&raw);
    return true;
}

/* ---- Writing ---- */

static bool write_item(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                       struct tool_failure *failure)
{
    struct kmp_value value;
    if (item->kmp_id == 0) {
        return tool_fail(failure, TOOL_ABSENT, "has no register in KMP");
    }
    /* The form is that which the meter has. */
    if (!tool_kmp_register(meter->session, item->kmp_id, &value, failure) ||
        !tool_kmp_put_number(&value, item->name, number, failure)) {
        return false;
    }
    return tool_kmp_put(meter->session, meter->secrets, item->kmp_id, &value, failure);
}

/* Octets in registers of 16; how many there are of a plan a register behind them says. */
enum { BLOCK = 16, LENGTH_BEHIND = 64, LENGTH_SIZE = 4 };

static bool read_length(struct tool_kmp *kmp, const struct tool_item *item, size_t *length,
                        struct tool_failure *failure)
{
    struct kmp_value value;
    int64_t number;
    *length = (size_t)item->greatest;
    if (item->form != TOOL_FORM_PLAN) {
        return true;
    }
    if (!tool_kmp_register(kmp, (uint16_t)(item->kmp_id + LENGTH_BEHIND), &value, failure)) {
        return false;
    }
    if (kmp_value_to_number(&value, &number) != WH_OK || number < 1 || number > item->greatest) {
        return tool_fail(failure, TOOL_ABSENT, "the meter has it in another form");
    }
    *length = (size_t)number;
    return true;
}

/* A list is quantities, and nothing behind the last: what else stands there is another maker's. */
static bool is_list(const struct tool_setting *setting)
{
    enum { NONE = 255 };
    size_t count = 0;
    while (count < setting->length && setting->octets[count] < WH_QUANTITY_COUNT) {
        count++;
    }
    for (size_t i = count; i < setting->length; i++) {
        if (setting->octets[i] != NONE) {
            return false;
        }
    }
    return count > 0;
}

static bool read_octets(struct tool_meter *meter, const struct tool_item *item,
                        struct tool_setting *setting, struct tool_failure *failure)
{
    uint8_t octets[sizeof setting->octets + BLOCK];
    if (!read_length(meter->session, item, &setting->length, failure)) {
        return false;
    }
    for (size_t at = 0; at < setting->length; at += BLOCK) {
        struct kmp_value value;
        if (!tool_kmp_register(meter->session, (uint16_t)(item->kmp_id + at / BLOCK), &value,
                               failure)) {
            return false;
        }
        if (value.size != BLOCK) {
            return tool_fail(failure, TOOL_ABSENT, "the meter has it in another form");
        }
        memcpy(octets + at, value.bytes, BLOCK);
    }
    memcpy(setting->octets, octets, setting->length);
    return item->form != TOOL_FORM_LIST || is_list(setting) ||
           tool_fail(failure, TOOL_ABSENT, "the meter has it in another form");
}

static bool write_octets(struct tool_meter *meter, const struct tool_item *item,
                         const struct tool_setting *setting, struct tool_failure *failure)
{
    enum { NONE = 255 };
    struct kmp_value value;
    for (size_t at = 0; at < setting->length; at += BLOCK) {
        const size_t left = setting->length - at;
        value = (struct kmp_value){.unit = KMP_UNIT_NUMBER, .size = BLOCK};
        memset(value.bytes, NONE, BLOCK);
        memcpy(value.bytes, setting->octets + at, left < BLOCK ? left : BLOCK);
        if (!tool_kmp_put(meter->session, meter->secrets, (uint16_t)(item->kmp_id + at / BLOCK),
                          &value, failure)) {
            return false;
        }
    }
    if (item->form != TOOL_FORM_PLAN) {
        return true;
    }
    (void)kmp_value_from_number(&value, KMP_UNIT_NUMBER, LENGTH_SIZE, 0, (int64_t)setting->length);
    return tool_kmp_put(meter->session, meter->secrets, (uint16_t)(item->kmp_id + LENGTH_BEHIND),
                        &value, failure);
}

static bool set_clock(struct tool_meter *meter, const struct wh_datetime *time, bool is_summer,
                      struct tool_failure *failure)
{
    struct kmp_request request;
    const struct kmp_frame *answer;
    (void)is_summer; /* the command has no place for it */
    const struct kmp_rtc rtc = {.second = time->second,
                                .minute = time->minute,
                                .hour = time->hour,
                                .day = time->day,
                                .month = time->month,
                                .year = time->year};
    if (kmp_request_set_clock(&request, &rtc) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "KMP has no such time");
    }
    return tool_kmp_ask(meter->session, &request, &answer, failure) || tool_kmp_refused(failure);
}

static bool command(struct tool_meter *meter, enum tool_command command,
                    struct tool_failure *failure)
{
    static const enum kmp_cut_off_command cut_off[TOOL_COMMANDS] = {
        [TOOL_COMMAND_OPEN] = KMP_DISCONNECT,
        [TOOL_COMMAND_RELEASE] = KMP_RELEASE,
        [TOOL_COMMAND_CLOSE] = KMP_RECONNECT,
    };
    struct kmp_request request;
    const struct kmp_frame *answer;
    const bool is_stop = command == TOOL_COMMAND_DEBITING_STOP;
    const enum wh_err err = is_stop ? kmp_request_plain(&request, KMP_DEBITING_STOP)
                                    : kmp_request_cut_off(&request, cut_off[command]);
    if (err != WH_OK) {
        return tool_fail(failure, TOOL_ABSENT, "KMP has no such command");
    }
    request.is_once = true; /* nobody knows whether one without answer was carried out */
    return tool_kmp_ask(meter->session, &request, &answer, failure) || tool_kmp_refused(failure);
}

static bool read_log(struct tool_meter *meter, const struct tool_log_query *query,
                     const struct tool_log_sink *sink, struct tool_failure *failure)
{
    return tool_kmp_log(meter->session, query, sink, failure);
}

const struct tool_language tool_language_kmp = {
    .open = open_session,
    .close = close_session,
    .read_default = tool_meter_read_usual,
    .read = read_target,
    .write = write_item,
    .read_octets = read_octets,
    .write_octets = write_octets,
    .set_clock = set_clock,
    .log = read_log,
    .command = command,
};
