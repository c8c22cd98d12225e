/* Event logs. Invariant: every event has a row, which alone says its log and its bits. */
#include "app/events.h"
#include "common/bytes.h"

enum { EVENT_VERSION = 1 };

#define ROW(log, a, b, step, text)                                                                 \
    {                                                                                              \
        WH_LOG_##log, a, b, step, 0, text                                                          \
    }
#define OFF(log, clears_b, text)                                                                   \
    {                                                                                              \
        WH_LOG_##log, 0, 0, 0, clears_b, text                                                      \
    }
#define OPENED(by, text)                                                                           \
    {                                                                                              \
        WH_LOG_BREAKER, WH_EVENT_A_DISCONNECT, WH_EVENT_B_OPENED_BY_##by, 0, WH_EVENT_B_OPENED,    \
            text                                                                                   \
    }

/* clang-format off */
static const struct wh_event_row rows[WH_EVENT_CODES] = {
    [WH_EVENT_NONE] = ROW(STATUS, 0, 0, 0, "nothing"),
    [WH_EVENT_RESET] = ROW(STATUS, WH_EVENT_A_RESET, 0, 0, "meter started"),
    [WH_EVENT_POWER_FAILED] = ROW(STATUS, 0, WH_EVENT_B_POWER_FAIL, 0, "supply lost"),
    [WH_EVENT_POWER_RETURNED] = OFF(STATUS, WH_EVENT_B_POWER_FAIL, "supply returned"),
    [WH_EVENT_COVER_OPENED] = ROW(STATUS, WH_EVENT_A_COVER, WH_EVENT_B_COVER, 0, "terminal cover opened"),
    [WH_EVENT_COVER_CLOSED] = OFF(STATUS, WH_EVENT_B_COVER, "terminal cover closed"),
    [WH_EVENT_SEAL_OPENED] = ROW(STATUS, WH_EVENT_A_COVER, 0, 0, "seal opened"),
    [WH_EVENT_SEAL_CLOSED] = ROW(STATUS, 0, 0, 0, "seal closed"),
    [WH_EVENT_MAGNET_ON] = ROW(STATUS, WH_EVENT_A_MAGNET, WH_EVENT_B_MAGNET, 0, "magnetic field"),
    [WH_EVENT_MAGNET_OFF] = OFF(STATUS, WH_EVENT_B_MAGNET, "magnetic field gone"),
    [WH_EVENT_ALARM_INPUT_ON] = ROW(STATUS, WH_EVENT_A_ALARM_INPUT, WH_EVENT_B_ALARM_INPUT, 0, "alarm input"),
    [WH_EVENT_ALARM_INPUT_OFF] = OFF(STATUS, WH_EVENT_B_ALARM_INPUT, "alarm input off"),
    [WH_EVENT_TAMPER_RELEASED] = ROW(STATUS, 0, 0, 0, "tamper indication released"),
    [WH_EVENT_CLOCK_SET] = ROW(CLOCK, WH_EVENT_A_CLOCK_ADJUSTED, 0, 0, "clock set"),
    [WH_EVENT_CLOCK_LOST] = ROW(CLOCK, WH_EVENT_A_EEPROM, 0, 0, "clock lost, backup exhausted"),
    [WH_EVENT_STORE_FAILED] = ROW(STATUS, WH_EVENT_A_EEPROM, 0, 0, "register memory failed"),
    [WH_EVENT_FLASH_FAILED] = ROW(STATUS, WH_EVENT_A_FLASH, 0, 0, "log memory failed"),
    [WH_EVENT_PROGRAM_CHANGED] = ROW(STATUS, WH_EVENT_A_ROM, WH_EVENT_B_ROM, 0, "program is not what it was"),
    [WH_EVENT_PARAMETER_CHANGED] = ROW(STATUS, WH_EVENT_A_RAM, 0, 0, "parameter is not what was stored"),
    [WH_EVENT_CONFIGURED] = ROW(STATUS, 0, 0, 0, "configured"),
    [WH_EVENT_PLAN_CHANGED] = ROW(STATUS, 0, 0, 0, "tariff plan changed"),
    [WH_EVENT_PROFILE_DELETED] = ROW(PROFILE_EVENTS, 0, 0, 0, "load profile deleted"),
    [WH_EVENT_PROFILE_OFF] = ROW(PROFILE_EVENTS, 0, 0, 0, "load profile off"),
    [WH_EVENT_PROFILE_ON] = ROW(PROFILE_EVENTS, 0, 0, 0, "load profile on"),
    [WH_EVENT_LOGGER_DELETED] = ROW(PROFILE_EVENTS, 0, 0, 0, "analysis logger deleted"),
    [WH_EVENT_RATIO_CHANGED] = ROW(RATIO, 0, 0, 0, "transformer ratio changed"),
    [WH_EVENT_TARIFF_COMMANDED] = ROW(STATUS, 0, 0, 0, "tariff commanded"),
    [WH_EVENT_DEBITING_STOPPED] = ROW(STATUS, 0, 0, 0, "debiting period ended"),
    [WH_EVENT_UNDER_VOLTAGE] = ROW(QUALITY, 0, 0, 0, "under-voltage"),
    [WH_EVENT_OVER_VOLTAGE] = ROW(QUALITY, 0, 0, 0, "over-voltage"),
    [WH_EVENT_PHASE_LOST] = ROW(QUALITY, 0, 0, 0, "phase lost"),
    [WH_EVENT_INTERRUPTION] = ROW(QUALITY, 0, 0, 0, "interruption"),
    [WH_EVENT_PHASE_SEQUENCE] = ROW(STATUS, 0, WH_EVENT_B_PHASE_SEQUENCE, 0, "phase sequence reversed"),
    [WH_EVENT_REVERSE_CURRENT] = ROW(STATUS, 0, WH_EVENT_B_REVERSE_L1, 1, "reverse current"),
    [WH_EVENT_NEUTRAL_FAULT_ON] = ROW(NEUTRAL, 0, WH_EVENT_B_NEUTRAL, 0, "neutral fault"),
    [WH_EVENT_NEUTRAL_FAULT_OFF] = OFF(NEUTRAL, WH_EVENT_B_NEUTRAL, "neutral fault gone"),
    [WH_EVENT_VERIFICATION_MODE] = ROW(STATUS, 0, 0, 0, "verification mode"),
    [WH_EVENT_OPENED_BY_COMMAND] = OPENED(COMMAND, "breaker opened by command"),
    [WH_EVENT_OPENED_BY_BUTTON] = OPENED(BUTTON, "breaker opened by button"),
    [WH_EVENT_OPENED_BY_METER] = OPENED(METER, "breaker opened by the meter"),
    [WH_EVENT_BREAKER_RELEASED] = ROW(BREAKER, 0, 0, 0, "breaker released"),
    [WH_EVENT_CLOSED_BY_COMMAND] = OFF(BREAKER, WH_EVENT_B_OPENED, "breaker closed by command"),
    [WH_EVENT_CLOSED_BY_BUTTON] = OFF(BREAKER, WH_EVENT_B_OPENED, "breaker closed by button"),
    [WH_EVENT_CLOSED_BY_METER] = OFF(BREAKER, WH_EVENT_B_OPENED, "breaker closed by the meter"),
    [WH_EVENT_NOT_OPENED] = ROW(BREAKER, 0, 0, 0, "breaker would have opened"),
    [WH_EVENT_BREAKER_FAULT] = ROW(STATUS, 0, 0, 0, "breaker does not follow"),
    [WH_EVENT_PAID] = ROW(PAYMENTS, 0, 0, 0, "payment"),
    [WH_EVENT_PREPAYMENT_ALARM] = ROW(STATUS, 0, WH_EVENT_B_PREPAYMENT, 0, "prepayment alarm"),
    [WH_EVENT_PREPAYMENT_ENOUGH] = OFF(STATUS, WH_EVENT_B_PREPAYMENT, "prepayment alarm gone"),
    [WH_EVENT_EMERGENCY_CREDIT] = ROW(STATUS, 0, 0, 0, "emergency credit in use"),
    [WH_EVENT_PASSWORD_WRONG] = ROW(STATUS, 0, 0, 0, "wrong password"),
    [WH_EVENT_REGISTERS_OLDER] = ROW(STATUS, WH_EVENT_A_EEPROM, 0, 0, "newest registers damaged, older ones in use"),
    [WH_EVENT_RECORDS_DAMAGED] = ROW(STATUS, 0, 0, 0, "damaged records in the register memory"),
    [WH_EVENT_SOFTWARE_READY] = ROW(STATUS, 0, 0, 0, "software image verified"),
    [WH_EVENT_SOFTWARE_REFUSED] = ROW(STATUS, 0, 0, 0, "software image refused"),
    [WH_EVENT_SOFTWARE_ACTIVATED] = ROW(STATUS, 0, 0, 0, "software activated"),
    [WH_EVENT_SOFTWARE_NOT_ACTIVATED] = ROW(STATUS, 0, 0, 0, "software not activated"),
    [WH_EVENT_PUSH_SET] = ROW(STATUS, 0, 0, 0, "alarms and pushes set up"),
    [WH_EVENT_PUSH_FAILED] = ROW(STATUS, 0, 0, 0, "push not delivered"),
    [WH_EVENT_KEYS_CHANGED] = ROW(STATUS, 0, 0, 0, "keys changed"),
};
/* clang-format on */

/* That a log has a new record. */
static const uint32_t log_bits[WH_LOG_COUNT] = {
    [WH_LOG_STATUS] = WH_EVENT_A_STATUS_LOG,   [WH_LOG_CLOCK] = WH_EVENT_A_CLOCK_LOG,
    [WH_LOG_QUALITY] = WH_EVENT_A_QUALITY_LOG, [WH_LOG_BREAKER] = WH_EVENT_A_BREAKER_LOG,
    [WH_LOG_RATIO] = WH_EVENT_A_RATIO_LOG,     [WH_LOG_PROFILE_EVENTS] = WH_EVENT_A_PROFILE_EVENTS,
    [WH_LOG_NEUTRAL] = WH_EVENT_A_NEUTRAL_LOG,
};

const struct wh_event_row *wh_event_row(enum wh_event_code code)
{
    return (unsigned)code < WH_EVENT_CODES ? &rows[code] : NULL;
}

static uint32_t bits_b(const struct wh_event_row *row, uint8_t detail)
{
    const unsigned shift = detail > 0 ? (unsigned)row->b_step * (detail - 1u) : 0;
    return row->b << shift;
}

enum wh_err wh_events_add(struct wh_logs *logs, const struct wh_event *event, uint32_t *status_a,
                          uint32_t *status_b)
{
    const struct wh_event_row *row = wh_event_row(event->code);
    if (row == NULL) {
        return WH_ERR_ARGUMENT;
    }
    uint8_t payload[WH_EVENT_PAYLOAD_SIZE] = {(uint8_t)event->code, event->detail,
                                              event->clock_valid};
    wh_put_u32le(payload + 4, event->value_a);
    wh_put_u32le(payload + 8, event->value_b);
    const enum wh_err err =
        wh_log_append(&logs->log[row->log], EVENT_VERSION, event->utc_s, payload);
    const uint32_t raised_b = bits_b(row, event->detail);
    *status_b = (*status_b & ~row->clears_b) | raised_b;
    *status_a |= row->a | log_bits[row->log] | (raised_b != 0 ? WH_EVENT_A_STATUS_B : 0);
    *status_a |= err != WH_OK ? WH_EVENT_A_FLASH : 0;
    return err;
}

enum wh_err wh_event_next(struct wh_log_range *range, struct wh_event *event)
{
    uint8_t payload[WH_EVENT_PAYLOAD_SIZE];
    struct wh_log_record record;
    if (range->log->design->payload_size != sizeof payload) {
        return WH_ERR_ARGUMENT;
    }
    const enum wh_err err = wh_log_range_next(range, payload, &record);
    if (err != WH_OK) {
        return err;
    }
    *event = (struct wh_event){
        .sequence = record.sequence,
        .utc_s = record.time_s,
        .code = payload[0] < WH_EVENT_CODES ? (enum wh_event_code)payload[0] : WH_EVENT_NONE,
        .detail = payload[1],
        .clock_valid = payload[2] != 0,
        .value_a = wh_get_u32le(payload + 4),
        .value_b = wh_get_u32le(payload + 8),
    };
    return WH_OK;
}
