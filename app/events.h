/* Event logs (LOG-5, LOG-6) and the event status that tells readers and alarm senders of them.
 *
 * Stamps are UTC seconds as everything stored; views show normal time. Bits and codes are those of the meter family (reference:
 * vendor interface description, event status A and B).
 */
#ifndef WH_APP_EVENTS_H
#define WH_APP_EVENTS_H

#include "app/logs.h"
#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

/* Bits of event status A. */
enum wh_event_a {
    WH_EVENT_A_RESET = 1 << 0,
    WH_EVENT_A_EEPROM = 1 << 1,
    WH_EVENT_A_MAGNET = 1 << 2,
    WH_EVENT_A_RAM = 1 << 3,
    WH_EVENT_A_ROM = 1 << 4,
    WH_EVENT_A_ALARM_INPUT = 1 << 5,
    WH_EVENT_A_COVER = 1 << 6,
    WH_EVENT_A_AUXILIARY_SUPPLY = 1 << 7,
    WH_EVENT_A_FORCED_CALL = 1 << 9,
    WH_EVENT_A_CLOCK_ADJUSTED = 1 << 10,
    WH_EVENT_A_STATUS_B = 1 << 11,
    WH_EVENT_A_DISCONNECT = 1 << 12,
    WH_EVENT_A_FLASH = 1 << 13,
    WH_EVENT_A_DEBITING_LOG = 1 << 16, /* from here: a new record in that log */
    WH_EVENT_A_CLOCK_LOG = 1 << 17,
    WH_EVENT_A_STATUS_LOG = 1 << 18,
    WH_EVENT_A_QUALITY_LOG = 1 << 19,
    WH_EVENT_A_BREAKER_LOG = 1 << 20,
    WH_EVENT_A_PROFILE = 1 << 21,
    WH_EVENT_A_DEBITING_2_LOG = 1 << 22,
    WH_EVENT_A_RATIO_LOG = 1 << 23,
    WH_EVENT_A_NEUTRAL_LOG = 1 << 29,
    WH_EVENT_A_LOGGER = 1 << 30,
};
#define WH_EVENT_A_PROFILE_EVENTS (UINT32_C(1) << 31)

/* Bits of event status B. */
enum wh_event_b {
    WH_EVENT_B_NEUTRAL = 1 << 3,
    WH_EVENT_B_ROM = 1 << 4,
    WH_EVENT_B_POWER_FAIL = 1 << 5,
    WH_EVENT_B_MISSING_L1 = 1 << 6, /* L2 and L3 follow */
    WH_EVENT_B_OVER_L1 = 1 << 9,    /* then under L1, over L2 … */
    WH_EVENT_B_UNDER_L1 = 1 << 10,
    WH_EVENT_B_ALARM_INPUT = 1 << 15,
    WH_EVENT_B_NO_CURRENT_L1 = 1 << 16,
    WH_EVENT_B_PHASE_SEQUENCE = 1 << 19,
    WH_EVENT_B_MAGNET = 1 << 21,
    WH_EVENT_B_COVER = 1 << 22,
    WH_EVENT_B_AUXILIARY_SUPPLY = 1 << 23,
    WH_EVENT_B_REVERSE_L1 = 1 << 24, /* L2 and L3 follow */
    WH_EVENT_B_PREPAYMENT = 1 << 28, /* little is left */
    WH_EVENT_B_OPENED_BY_BUTTON = 1 << 29,
    WH_EVENT_B_OPENED_BY_METER = 1 << 30,
};
#define WH_EVENT_B_OPENED_BY_COMMAND (UINT32_C(1) << 31)
#define WH_EVENT_B_OPENED            (UINT32_C(7) << 29)

/* What a record tells. Numbers are stored: a later version only appends. */
enum wh_event_code {
    WH_EVENT_NONE,
    WH_EVENT_RESET,          /* power-up */
    WH_EVENT_POWER_FAILED,   /* value_a: 1 if the moment is estimated */
    WH_EVENT_POWER_RETURNED, /* value_a: seconds without supply, ffffffff if the clock was lost */
    WH_EVENT_COVER_OPENED,   /* terminal cover */
    WH_EVENT_COVER_CLOSED,
    WH_EVENT_SEAL_OPENED, /* value_a: enum wh_switch */
    WH_EVENT_SEAL_CLOSED,
    WH_EVENT_MAGNET_ON,
    WH_EVENT_MAGNET_OFF,
    WH_EVENT_ALARM_INPUT_ON,
    WH_EVENT_ALARM_INPUT_OFF,
    WH_EVENT_TAMPER_RELEASED,
    WH_EVENT_CLOCK_SET,    /* value_a: UTC before, value_b: after */
    WH_EVENT_CLOCK_LOST,   /* backup run out: the time is invalid until set */
    WH_EVENT_STORE_FAILED, /* the memory of the registers */
    WH_EVENT_FLASH_FAILED,
    WH_EVENT_PROGRAM_CHANGED, /* self-check */
    WH_EVENT_PARAMETER_CHANGED,
    WH_EVENT_CONFIGURED, /* value_a: number of changed parameters, value_b: id of the first */
    WH_EVENT_PLAN_CHANGED,
    WH_EVENT_PROFILE_DELETED, /* value_a: 2 registers changed, 4 by hand, 5 interval changed */
    WH_EVENT_PROFILE_OFF,
    WH_EVENT_PROFILE_ON,
    WH_EVENT_LOGGER_DELETED,   /* the same */
    WH_EVENT_RATIO_CHANGED,    /* value_a: before, value_b: after */
    WH_EVENT_TARIFF_COMMANDED, /* value_a: tariff */
    WH_EVENT_DEBITING_STOPPED, /* value_a: number of the period, value_b: cause */
    WH_EVENT_UNDER_VOLTAGE, /* quality log: detail = phase 1 … 3, value_a: duration ms, value_b: extreme mV */
    WH_EVENT_OVER_VOLTAGE,
    WH_EVENT_PHASE_LOST,
    WH_EVENT_INTERRUPTION, /* all phases; value_a: duration ms, ffffffff if not known */
    WH_EVENT_PHASE_SEQUENCE,
    WH_EVENT_REVERSE_CURRENT, /* detail = phase */
    WH_EVENT_NEUTRAL_FAULT_ON,
    WH_EVENT_NEUTRAL_FAULT_OFF,
    WH_EVENT_VERIFICATION_MODE, /* value_a: energy that LED and S0 follow */
    /* breaker log: detail = enum wh_breaker_state, value_a: feedback and, times 256, enum
     * wh_origin; value_b: number of the change, or of the last one */
    WH_EVENT_OPENED_BY_COMMAND,
    WH_EVENT_OPENED_BY_BUTTON,
    WH_EVENT_OPENED_BY_METER,
    WH_EVENT_BREAKER_RELEASED,
    WH_EVENT_CLOSED_BY_COMMAND,
    WH_EVENT_CLOSED_BY_BUTTON,
    WH_EVENT_CLOSED_BY_METER,
    WH_EVENT_NOT_OPENED,    /* log only; value_a: the state it would have been */
    WH_EVENT_BREAKER_FAULT, /* status log: the contacts are not where they were driven; as above */
    WH_EVENT_PAID,          /* payments: value_a: Wh, value_b: number of the payment */
    WH_EVENT_PREPAYMENT_ALARM,       /* value_a: Wh left */
    WH_EVENT_PREPAYMENT_ENOUGH,      /* no alarm any more */
    WH_EVENT_EMERGENCY_CREDIT,       /* is being used from now on */
    WH_EVENT_PASSWORD_WRONG,         /* value_a: enum wh_origin, value_b: times in a row */
    WH_EVENT_REGISTERS_OLDER,        /* the newest stored were damaged, those before are in use */
    WH_EVENT_RECORDS_DAMAGED,        /* old ones, found at the start; nothing is lost by them */
    WH_EVENT_SOFTWARE_READY,         /* a verified image: value_a: number, value_b: revision */
    WH_EVENT_SOFTWARE_REFUSED,       /* detail: enum wh_image_fault */
    WH_EVENT_SOFTWARE_ACTIVATED,     /* runs: value_a: number, value_b: revision */
    WH_EVENT_SOFTWARE_NOT_ACTIVATED, /* detail: enum wh_image_fault */
    WH_EVENT_PUSH_SET,               /* other settings of alarms and pushes */
    WH_EVENT_PUSH_FAILED,  /* value_a: enum wh_push_id; told to nobody after all retries */
    WH_EVENT_KEYS_CHANGED, /* value_a: client of DLMS/COSEM whose keys or policy changed */
    WH_EVENT_CODES,
};

struct wh_event {
    uint32_t sequence; /* in its log; given when read */
    uint32_t utc_s;
    enum wh_event_code code;
    uint8_t detail;
    bool clock_valid;
    uint32_t value_a, value_b;
};

enum { WH_EVENT_PAYLOAD_SIZE = 12, WH_EVENT_LOG_DEPTH = 200 };

/* Which log an event goes to, its text for people, and the bits it raises. Static storage; NULL past the last. */
struct wh_event_row {
    enum wh_log_name log;
    uint32_t a, b;     /* bits raised; of events with a phase those of L1 */
    uint8_t b_step;    /* b is shifted by this times (phase - 1) */
    uint32_t clears_b; /* the cause of these has gone */
    const char *text;  /* "terminal cover opened" */
};
const struct wh_event_row *wh_event_row(enum wh_event_code code);

/* Appends an event to its log and raises the bits. An error of the memory is returned, the bits are raised
 * all the same. Errors as wh_log_append. */
enum wh_err wh_events_add(struct wh_logs *logs, const struct wh_event *event, uint32_t *status_a,
                          uint32_t *status_b);

/* The next event of a range begun by wh_log_range_begin on any of the event logs. Errors as wh_log_range_next;
 * WH_ERR_ARGUMENT: it is no event log. */
enum wh_err wh_event_next(struct wh_log_range *range, struct wh_event *event);

#endif
