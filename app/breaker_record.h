/* Stored form of breaker and prepayment: one record holds both, so that a change of either is
 * atomic (docs/breaker.md).
 */
#ifndef WH_APP_BREAKER_RECORD_H
#define WH_APP_BREAKER_RECORD_H

#include "app/breaker.h"
#include "app/prepayment.h"

struct wh_breaker_record {
    enum wh_breaker_state state; /* WH_BREAKER_NONE before there was one */
    uint32_t changes;            /* as struct wh_breaker; the newest one: */
    uint32_t utc_s;
    uint8_t event; /* enum wh_event_code, WH_EVENT_NONE before the first */
    uint8_t origin;
    bool clock_valid;
    struct wh_prepayment prepayment;
};

enum { WH_BREAKER_RECORD_SIZE = 288 };

void wh_breaker_record_encode(const struct wh_breaker_record *record,
                              uint8_t stored[WH_BREAKER_RECORD_SIZE]);

/* WH_ERR_CORRUPT for anything that encoding cannot have made; then *record is unchanged. */
enum wh_err wh_breaker_record_decode(struct wh_breaker_record *record,
                                     const uint8_t stored[WH_BREAKER_RECORD_SIZE]);

#endif
