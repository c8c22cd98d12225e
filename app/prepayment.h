/* Prepayment (BRK-5): what was paid, less what A+ has grown by since, tariff by tariff at that
 * tariff's factor. Nothing is stored while energy is drawn: what is left is always the payments
 * minus a difference of registers, so it is exact through power cuts of any kind, and balance plus
 * consumption is what was paid.
 *
 * Below nothing it goes on as credit, which the next payment pays first. Counted in thousandths of
 * 0.1 Wh (mdwh).
 * Source: docs/breaker.md; that payments are known by their numbers as in IEC 62055-41.
 */
#ifndef WH_APP_PREPAYMENT_H
#define WH_APP_PREPAYMENT_H

#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    WH_PREPAYMENT_TARIFFS = 4,
    WH_PREPAYMENT_TOKENS =
        50, /* numbers remembered; lower ones than all of them are taken no more */
    WH_MDWH_PER_WH = 10000,
    WH_MDWH_PER_KWH = WH_MDWH_PER_WH * 1000,
};

struct wh_prepayment {
    int64_t paid_mdwh; /* payments less what was charged before the counts below */
    uint64_t start_dwh[WH_PREPAYMENT_TARIFFS];    /* A+ of each tariff */
    uint16_t factor_milli[WH_PREPAYMENT_TARIFFS]; /* charged for 1 Wh, thousandths of it */
    bool is_counting;
    bool is_in_credit;     /* emergency credit is being used */
    bool is_low_spent;     /* low load was exceeded: open for good until the next payment */
    uint32_t low_start_s;  /* UTC, when low load began; 0: not in it */
    uint32_t payments;     /* how many */
    uint32_t last_wh;      /* the last payment */
    uint32_t last_s;       /* when, UTC */
    uint32_t last_token;   /* its number */
    bool last_clock_valid; /* its time */
    uint8_t token_count;
    uint32_t token[WH_PREPAYMENT_TOKENS]; /* of the payments taken, rising */
};

/* What is left, negative for credit used; counts_dwh: A+ of each tariff now. */
int64_t wh_prepayment_left_mdwh(const struct wh_prepayment *prepayment,
                                const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS]);

/* Counts by these factors from now on, or not at all. Returns whether that is anything new. */
bool wh_prepayment_set(struct wh_prepayment *prepayment,
                       const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS],
                       const uint16_t factor_milli[WH_PREPAYMENT_TARIFFS], bool is_counting);

/* Takes a payment. WH_ERR_ARGUMENT: of nothing, or more than the register holds (2^32 Wh);
 * WH_ERR_STATE: its number was taken already, or is lower than all of the numbers remembered. */
struct wh_payment {
    uint32_t amount_wh;
    uint32_t token; /* number of the payment, of its own; rising as a rule */
    uint32_t utc_s;
    bool clock_valid;
};
enum wh_err wh_prepayment_take(struct wh_prepayment *prepayment,
                               const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS],
                               const struct wh_payment *payment);

#endif
