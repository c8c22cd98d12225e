/* Columns of event logs, docs/cosem.md. Invariant: names and meanings that the family's
 * description gives are kept; what it has no name for (event code and its values, duration of a
 * disturbance) stands in columns of this meter's own behind. */
#include "cosem/event_columns.h"
#include "cosem/moment.h"

enum {
    MV_PER_V = 1000,
    PROFILE_OFF = 6,
    PROFILE_ON = 7,
    OF_THE_LOGGER = 10, /* added: the description has no numbers for the analysis logger */
    QUALITY_LOWEST = 2, /* single values, not means: IEC 61000-4-30, Urms(1/2) */
    QUALITY_HIGHEST = 3,
    QUALITY_OUTAGE = 4,
    NO_VOLTAGE = 0, /* null-data would mean "as in the row before" to a reader */
};

/* ---- Meter status ---- */

/* Bits of the meter status that the event raises. */
static void put_status(struct dlms_writer *out, const struct wh_clock *clock,
                       const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, (uint8_t)wh_event_row(event->code)->a);
}

static void put_code(struct dlms_writer *out, const struct wh_clock *clock,
                     const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, (uint8_t)event->code);
}

static void put_detail(struct dlms_writer *out, const struct wh_clock *clock,
                       const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->detail);
}

static void put_value_a(struct dlms_writer *out, const struct wh_clock *clock,
                        const struct wh_event *event)
{
    (void)clock;
    dlms_put_u32(out, event->value_a);
}

static void put_value_b(struct dlms_writer *out, const struct wh_clock *clock,
                        const struct wh_event *event)
{
    (void)clock;
    dlms_put_u32(out, event->value_b);
}

/* ---- Clock ---- */

static void put_time_before(struct dlms_writer *out, const struct wh_clock *clock,
                            const struct wh_event *event)
{
    wh_cosem_put_past(out, clock, event->value_a, true);
}

static void put_is_set(struct dlms_writer *out, const struct wh_clock *clock,
                       const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_CLOCK_SET ? 1 : 0);
}

/* ---- Voltage quality ---- */

static void put_quality_event(struct dlms_writer *out, const struct wh_clock *clock,
                              const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_UNDER_VOLTAGE  ? QUALITY_LOWEST
                     : event->code == WH_EVENT_OVER_VOLTAGE ? QUALITY_HIGHEST
                                                            : QUALITY_OUTAGE);
}

/* A disturbance of half cycles has no mean. */
static void put_mean(struct dlms_writer *out, const struct wh_clock *clock,
                     const struct wh_event *event)
{
    (void)clock;
    (void)event;
    dlms_put_u16(out, NO_VOLTAGE);
}

static void put_extreme(struct dlms_writer *out, const struct wh_event *event, bool applies)
{
    const uint32_t extreme_v = (event->value_b + MV_PER_V / 2) / MV_PER_V;
    dlms_put_u16(out, applies ? (uint16_t)extreme_v : (uint16_t)NO_VOLTAGE);
}

static void put_highest(struct dlms_writer *out, const struct wh_clock *clock,
                        const struct wh_event *event)
{
    (void)clock;
    put_extreme(out, event, event->code == WH_EVENT_OVER_VOLTAGE);
}

static void put_lowest(struct dlms_writer *out, const struct wh_clock *clock,
                       const struct wh_event *event)
{
    (void)clock;
    put_extreme(out, event,
                event->code == WH_EVENT_UNDER_VOLTAGE || event->code == WH_EVENT_PHASE_LOST);
}

/* ---- Breaker ---- */

/* What the board told when the state changed; an entry of what was not opened has none. */
static void put_feedback(struct dlms_writer *out, const struct wh_clock *clock,
                         const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_NOT_OPENED ? 0 : (uint8_t)event->value_a);
}

/* Who changed it: enum wh_origin. */
static void put_origin(struct dlms_writer *out, const struct wh_clock *clock,
                       const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_NOT_OPENED ? WH_ORIGIN_METER
                                                        : (uint8_t)(event->value_a >> 8));
}

/* The state that it would have been, of what was not opened; else the state again. */
static void put_cause(struct dlms_writer *out, const struct wh_clock *clock,
                      const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_NOT_OPENED ? (uint8_t)event->value_a : event->detail);
}

/* ---- Transformer ratio, load profile, neutral ---- */

static void put_ratio_before(struct dlms_writer *out, const struct wh_clock *clock,
                             const struct wh_event *event)
{
    (void)clock;
    dlms_put_u16(out, (uint16_t)event->value_a);
}

static void put_ratio_after(struct dlms_writer *out, const struct wh_clock *clock,
                            const struct wh_event *event)
{
    (void)clock;
    dlms_put_u16(out, (uint16_t)event->value_b);
}

static void put_profile_event(struct dlms_writer *out, const struct wh_clock *clock,
                              const struct wh_event *event)
{
    (void)clock;
    const uint32_t deleted = event->code == WH_EVENT_PROFILE_DELETED ? event->value_a
                             : event->code == WH_EVENT_PROFILE_OFF   ? PROFILE_OFF
                             : event->code == WH_EVENT_PROFILE_ON    ? PROFILE_ON
                                                                  : OF_THE_LOGGER + event->value_a;
    dlms_put_u8(out, (uint8_t)deleted);
}

static void put_neutral(struct dlms_writer *out, const struct wh_clock *clock,
                        const struct wh_event *event)
{
    (void)clock;
    dlms_put_u8(out, event->code == WH_EVENT_NEUTRAL_FAULT_ON ? 1 : 0);
}

/* ---- The table ---- */

enum { COLUMNS_MAX = 6 };

static const struct wh_cosem_event_column columns[WH_LOG_COUNT][COLUMNS_MAX + 1] = {
    [WH_LOG_STATUS] = {{1, {1, 1, 97, 97, 0, 255}, put_status},
                       {1, {0, 1, 96, 11, 0, 255}, put_code},
                       {1, {0, 1, 96, 11, 1, 255}, put_detail},
                       {1, {0, 1, 96, 11, 2, 255}, put_value_a},
                       {1, {0, 1, 96, 11, 3, 255}, put_value_b}},
    [WH_LOG_CLOCK] = {{8, {0, 1, 1, 0, 1, 255}, put_time_before},
                      {1, {0, 1, 96, 10, 3, 255}, put_is_set}},
    [WH_LOG_QUALITY] = {{1, {1, 1, 132, 0, 1, 255}, put_detail},
                        {1, {1, 1, 132, 0, 2, 255}, put_quality_event},
                        {1, {1, 1, 132, 0, 3, 255}, put_mean}, /* the mean is not recorded */
                        {1, {1, 1, 132, 0, 4, 255}, put_highest},
                        {1, {1, 1, 132, 0, 5, 255}, put_lowest},
                        {1, {1, 1, 132, 0, 128, 255}, put_value_a}}, /* duration, ms */
    [WH_LOG_BREAKER] = {{1, {1, 1, 128, 0, 0, 255}, put_detail},
                        {1, {1, 1, 128, 0, 18, 255}, put_feedback},
                        {1, {0, 1, 96, 11, 0, 255}, put_code},
                        {1, {1, 1, 128, 0, 128, 255}, put_origin},
                        {1, {1, 1, 128, 0, 129, 255}, put_cause},
                        {1, {0, 1, 96, 11, 3, 255}, put_value_b}},
    [WH_LOG_RATIO] = {{1, {1, 1, 0, 4, 2, 1}, put_ratio_before},
                      {1, {1, 1, 0, 4, 2, 255}, put_ratio_after}},
    [WH_LOG_PROFILE_EVENTS] = {{1, {1, 1, 96, 5, 3, 255}, put_profile_event}},
    [WH_LOG_NEUTRAL] = {{1, {1, 1, 132, 0, 6, 255}, put_neutral}},
};

const struct wh_cosem_event_column *wh_cosem_event_columns(enum wh_log_name log, size_t *count)
{
    *count = 0;
    while (columns[log][*count].put != NULL) {
        (*count)++;
    }
    return columns[log];
}
