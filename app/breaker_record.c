/* Stored form of breaker and prepayment. Invariant: encoding what was decoded gives the same
 * bytes; so a record that decodes holds nothing that this version does not know. */
#include "app/breaker_record.h"
#include "app/events.h"
#include "common/bytes.h"
#include "legal/interface.h"
#include <string.h>

enum flag {
    CLOCK_VALID = 1 << 0,
    COUNTING = 1 << 1,
    IN_CREDIT = 1 << 2,
    LOW_SPENT = 1 << 3,
    LAST_CLOCK_VALID = 1 << 4,
};

enum offset {
    STATE = 0,
    EVENT = 1,
    ORIGIN = 2,
    FLAGS = 3,
    CHANGES = 4,
    UTC = 8,
    PAID = 12,
    START = 20,
    FACTOR = START + 8 * WH_PREPAYMENT_TARIFFS,
    LOW_START = FACTOR + 2 * WH_PREPAYMENT_TARIFFS,
    PAYMENTS = LOW_START + 4,
    LAST_WH = PAYMENTS + 4,
    LAST_S = LAST_WH + 4,
    LAST_TOKEN = LAST_S + 4,
    TOKEN_COUNT = LAST_TOKEN + 4,
    TOKENS = TOKEN_COUNT + 4,
    END = TOKENS + 4 * WH_PREPAYMENT_TOKENS,
};

_Static_assert((int)END <= (int)WH_BREAKER_RECORD_SIZE, "all members have room");

static uint8_t flags_of(const struct wh_breaker_record *record)
{
    const struct wh_prepayment *p = &record->prepayment;
    return (uint8_t)((record->clock_valid ? CLOCK_VALID : 0) | (p->is_counting ? COUNTING : 0) |
                     (p->is_in_credit ? IN_CREDIT : 0) | (p->is_low_spent ? LOW_SPENT : 0) |
                     (p->last_clock_valid ? LAST_CLOCK_VALID : 0));
}

void wh_breaker_record_encode(const struct wh_breaker_record *record,
                              uint8_t stored[WH_BREAKER_RECORD_SIZE])
{
    const struct wh_prepayment *p = &record->prepayment;
    memset(stored, 0, WH_BREAKER_RECORD_SIZE);
    stored[STATE] = (uint8_t)record->state;
    stored[EVENT] = record->event;
    stored[ORIGIN] = record->origin;
    stored[FLAGS] = flags_of(record);
    wh_put_u32le(stored + CHANGES, record->changes);
    wh_put_u32le(stored + UTC, record->utc_s);
    wh_put_u64le(stored + PAID, (uint64_t)p->paid_mdwh);
    for (int t = 0; t < WH_PREPAYMENT_TARIFFS; t++) {
        wh_put_u64le(stored + START + 8 * t, p->start_dwh[t]);
        wh_put_u16le(stored + FACTOR + 2 * t, p->factor_milli[t]);
    }
    wh_put_u32le(stored + LOW_START, p->low_start_s);
    wh_put_u32le(stored + PAYMENTS, p->payments);
    wh_put_u32le(stored + LAST_WH, p->last_wh);
    wh_put_u32le(stored + LAST_S, p->last_s);
    wh_put_u32le(stored + LAST_TOKEN, p->last_token);
    stored[TOKEN_COUNT] = p->token_count;
    for (int t = 0; t < p->token_count; t++) {
        wh_put_u32le(stored + TOKENS + 4 * t, p->token[t]);
    }
}

static void decode_prepayment(struct wh_prepayment *p, const uint8_t *stored)
{
    const uint8_t flags = stored[FLAGS];
    *p = (struct wh_prepayment){
        .paid_mdwh = (int64_t)wh_get_u64le(stored + PAID),
        .is_counting = (flags & COUNTING) != 0,
        .is_in_credit = (flags & IN_CREDIT) != 0,
        .is_low_spent = (flags & LOW_SPENT) != 0,
        .low_start_s = wh_get_u32le(stored + LOW_START),
        .payments = wh_get_u32le(stored + PAYMENTS),
        .last_wh = wh_get_u32le(stored + LAST_WH),
        .last_s = wh_get_u32le(stored + LAST_S),
        .last_token = wh_get_u32le(stored + LAST_TOKEN),
        .last_clock_valid = (flags & LAST_CLOCK_VALID) != 0,
        .token_count = stored[TOKEN_COUNT],
    };
    for (int t = 0; t < WH_PREPAYMENT_TARIFFS; t++) {
        p->start_dwh[t] = wh_get_u64le(stored + START + 8 * t);
        p->factor_milli[t] = wh_get_u16le(stored + FACTOR + 2 * t);
    }
    for (int t = 0; t < p->token_count; t++) {
        p->token[t] = wh_get_u32le(stored + TOKENS + 4 * t);
    }
}

static bool is_sound(const struct wh_breaker_record *record)
{
    const struct wh_prepayment *p = &record->prepayment;
    const bool known = wh_breaker_state_text(record->state)[0] != '\0' &&
                       record->state != WH_BREAKER_WARNING && record->state != WH_BREAKER_LOG_ONLY;
    bool rising = true;
    for (int t = 1; t < p->token_count; t++) {
        rising = rising && p->token[t] > p->token[t - 1];
    }
    return known && rising && record->event < WH_EVENT_CODES && record->origin < WH_ORIGIN_COUNT;
}

enum wh_err wh_breaker_record_decode(struct wh_breaker_record *record,
                                     const uint8_t stored[WH_BREAKER_RECORD_SIZE])
{
    uint8_t again[WH_BREAKER_RECORD_SIZE];
    struct wh_breaker_record decoded = {
        .state = (enum wh_breaker_state)stored[STATE],
        .changes = wh_get_u32le(stored + CHANGES),
        .utc_s = wh_get_u32le(stored + UTC),
        .event = stored[EVENT],
        .origin = stored[ORIGIN],
        .clock_valid = (stored[FLAGS] & CLOCK_VALID) != 0,
    };
    if (stored[TOKEN_COUNT] > WH_PREPAYMENT_TOKENS) {
        return WH_ERR_CORRUPT;
    }
    decode_prepayment(&decoded.prepayment, stored);
    wh_breaker_record_encode(&decoded, again);
    if (!is_sound(&decoded) || memcmp(again, stored, sizeof again) != 0) {
        return WH_ERR_CORRUPT;
    }
    *record = decoded;
    return WH_OK;
}
