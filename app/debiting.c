/* Debiting records. Invariant: the lists below only grow at their ends; a record's version says how many values it has. */
#include "app/debiting.h"
#include "common/bytes.h"
#include <string.h>

/* REG-1 to REG-3, in the order of the reference's debiting logger. */
static const uint8_t quantities[] = {
    WH_QUANTITY_A_PLUS,
    WH_QUANTITY_A_MINUS,
    WH_QUANTITY_R_PLUS,
    WH_QUANTITY_R_MINUS,
    WH_QUANTITY_R1,
    WH_QUANTITY_R2,
    WH_QUANTITY_R3,
    WH_QUANTITY_R4,
    WH_QUANTITY_A_PLUS_T1,
    WH_QUANTITY_A_PLUS_T2,
    WH_QUANTITY_A_PLUS_T3,
    WH_QUANTITY_A_PLUS_T4,
    WH_QUANTITY_A_MINUS_T1,
    WH_QUANTITY_A_MINUS_T2,
    WH_QUANTITY_A_MINUS_T3,
    WH_QUANTITY_A_MINUS_T4,
    WH_QUANTITY_R_PLUS_T1,
    WH_QUANTITY_R_PLUS_T2,
    WH_QUANTITY_R_PLUS_T3,
    WH_QUANTITY_R_PLUS_T4,
    WH_QUANTITY_R_MINUS_T1,
    WH_QUANTITY_R_MINUS_T2,
    WH_QUANTITY_R_MINUS_T3,
    WH_QUANTITY_R_MINUS_T4,
    WH_QUANTITY_P_PLUS_MAX,
    WH_QUANTITY_P_PLUS_MAX_TIME,
    WH_QUANTITY_P_PLUS_T1_MAX,
    WH_QUANTITY_P_PLUS_T1_MAX_TIME,
    WH_QUANTITY_P_PLUS_T2_MAX,
    WH_QUANTITY_P_PLUS_T2_MAX_TIME,
    WH_QUANTITY_P_PLUS_MAX_SUM,
    WH_QUANTITY_P_PLUS_T1_MAX_SUM,
    WH_QUANTITY_P_PLUS_T2_MAX_SUM,
    WH_QUANTITY_P_MINUS_MAX,
    WH_QUANTITY_P_MINUS_MAX_TIME,
    WH_QUANTITY_P_MINUS_MAX_SUM,
    WH_QUANTITY_Q_PLUS_MAX,
    WH_QUANTITY_Q_PLUS_MAX_TIME,
    WH_QUANTITY_Q_PLUS_T1_MAX,
    WH_QUANTITY_Q_PLUS_T1_MAX_TIME,
    WH_QUANTITY_Q_PLUS_T2_MAX,
    WH_QUANTITY_Q_PLUS_T2_MAX_TIME,
    WH_QUANTITY_Q_PLUS_MAX_SUM,
    WH_QUANTITY_Q_MINUS_MAX,
    WH_QUANTITY_Q_MINUS_MAX_TIME,
    WH_QUANTITY_Q_MINUS_MAX_SUM,
    WH_QUANTITY_S_PLUS_MAX,
    WH_QUANTITY_S_PLUS_MAX_TIME,
    WH_QUANTITY_S_MINUS_MAX,
    WH_QUANTITY_S_MINUS_MAX_TIME,
    WH_QUANTITY_CLOCK,
    WH_QUANTITY_HOURS,
    WH_QUANTITY_DEBITING_COUNT,
    WH_QUANTITY_THRESHOLD_COUNT,
    WH_QUANTITY_PULSE_INPUT,
    WH_QUANTITY_RATIO,
    WH_QUANTITY_UNDER_VOLTAGES,
    WH_QUANTITY_OVER_VOLTAGES,
    WH_QUANTITY_PHASE_LOSSES,
    WH_QUANTITY_INTERRUPTIONS_SHORT,
    WH_QUANTITY_INTERRUPTIONS_LONG,
};

/* The energies, their tariffs, and the hours. */
static const uint8_t quantities_2[] = {
    WH_QUANTITY_A_PLUS,     WH_QUANTITY_A_MINUS,    WH_QUANTITY_R_PLUS,     WH_QUANTITY_R_MINUS,
    WH_QUANTITY_A_PLUS_T1,  WH_QUANTITY_A_PLUS_T2,  WH_QUANTITY_A_PLUS_T3,  WH_QUANTITY_A_PLUS_T4,
    WH_QUANTITY_A_MINUS_T1, WH_QUANTITY_A_MINUS_T2, WH_QUANTITY_A_MINUS_T3, WH_QUANTITY_A_MINUS_T4,
    WH_QUANTITY_R_PLUS_T1,  WH_QUANTITY_R_PLUS_T2,  WH_QUANTITY_R_PLUS_T3,  WH_QUANTITY_R_PLUS_T4,
    WH_QUANTITY_R_MINUS_T1, WH_QUANTITY_R_MINUS_T2, WH_QUANTITY_R_MINUS_T3, WH_QUANTITY_R_MINUS_T4,
    WH_QUANTITY_HOURS,
};

_Static_assert(sizeof quantities <= WH_DEBITING_VALUES_MAX, "a record has room for all");
_Static_assert(sizeof quantities_2 <= WH_DEBITING_2_VALUES_MAX, "a record has room for all");

/* In the head of a record. */
enum { NUMBER_AT = 0, CAUSE_AT = 4, FLAGS_AT = 5, COUNT_AT = 6 };
enum { FLAG_CLOCK_VALID = 1, FLAG_SUMMER = 2 };
enum { DEBITING_VERSION = 1 };

bool wh_debiting_is_month(uint8_t code, uint8_t month)
{
    if (code <= 1) {
        return code == 1;
    }
    if (code <= 3) {
        return month % 2 == (code - 1) % 2;
    }
    if (code <= 6) {
        return month % 3 == (code - 3) % 3;
    }
    return code <= 12 ? month % 6 == (code - 6) % 6 : month == code - 12;
}

const uint8_t *wh_debiting_quantities(size_t *count)
{
    *count = sizeof quantities;
    return quantities;
}

const uint8_t *wh_debiting_2_quantities(size_t *count)
{
    *count = sizeof quantities_2;
    return quantities_2;
}

static void put_head(uint8_t *payload, const struct wh_reading_source *source, uint32_t number,
                     enum wh_debiting_cause cause, bool summer, size_t count)
{
    wh_put_u32le(payload + NUMBER_AT, number);
    payload[CAUSE_AT] = (uint8_t)cause;
    payload[FLAGS_AT] =
        (uint8_t)((source->clock->valid ? FLAG_CLOCK_VALID : 0) | (summer ? FLAG_SUMMER : 0));
    payload[COUNT_AT] = (uint8_t)count;
}

static void put_values(uint8_t *to, const struct wh_reading_source *source, const uint8_t *list,
                       size_t count, size_t room)
{
    for (size_t q = 0; q < room; q++, to += WH_CAPTURE_SIZE) {
        wh_capture_put(to, q < count ? wh_capture(source, (enum wh_quantity_id)list[q])
                                     : WH_CAPTURE_UNKNOWN);
    }
}

enum wh_err wh_debiting_store(struct wh_log *log, const struct wh_reading_source *source,
                              uint32_t utc_s, uint32_t number, enum wh_debiting_cause cause,
                              bool summer)
{
    uint8_t payload[WH_DEBITING_PAYLOAD_MAX] = {0};
    put_head(payload, source, number, cause, summer, sizeof quantities);
    put_values(payload + WH_DEBITING_HEAD_SIZE, source, quantities, sizeof quantities,
               WH_DEBITING_VALUES_MAX);
    return wh_log_append(log, DEBITING_VERSION, utc_s, payload);
}

enum wh_err wh_debiting_2_store(struct wh_log *log, const struct wh_reading_source *source,
                                uint32_t utc_s, bool summer)
{
    uint8_t payload[WH_DEBITING_2_PAYLOAD_MAX] = {0};
    put_head(payload, source, 0, WH_DEBITING_BY_DATE, summer, sizeof quantities_2);
    put_values(payload + WH_DEBITING_HEAD_SIZE, source, quantities_2, sizeof quantities_2,
               WH_DEBITING_2_VALUES_MAX);
    return wh_log_append(log, DEBITING_VERSION, utc_s, payload);
}

static enum wh_err next(struct wh_log_range *range, uint8_t *payload, size_t room,
                        struct wh_debiting_record *record)
{
    struct wh_log_record stored;
    const enum wh_err err = wh_log_range_next(range, payload, &stored);
    if (err != WH_OK) {
        return err;
    }
    *record = (struct wh_debiting_record){
        .sequence = stored.sequence,
        .utc_s = stored.time_s,
        .number = wh_get_u32le(payload + NUMBER_AT),
        .cause = (enum wh_debiting_cause)payload[CAUSE_AT],
        .clock_valid = (payload[FLAGS_AT] & FLAG_CLOCK_VALID) != 0,
        .summer = (payload[FLAGS_AT] & FLAG_SUMMER) != 0,
    };
    for (size_t q = 0; q < room; q++) {
        record->value[q] = wh_capture_get(payload + WH_DEBITING_HEAD_SIZE + q * WH_CAPTURE_SIZE);
    }
    return WH_OK;
}

enum wh_err wh_debiting_next(struct wh_log_range *range, struct wh_debiting_record *record)
{
    uint8_t payload[WH_DEBITING_PAYLOAD_MAX];
    return next(range, payload, WH_DEBITING_VALUES_MAX, record);
}

enum wh_err wh_debiting_2_next(struct wh_log_range *range, struct wh_debiting_record *record)
{
    uint8_t payload[WH_DEBITING_2_PAYLOAD_MAX];
    return next(range, payload, WH_DEBITING_2_VALUES_MAX, record);
}
