/* Prepayment. Invariant: what is left plus what was charged is what was paid, and no number of a
 * payment is taken twice: those remembered are the highest ever taken, so that one that is
 * forgotten is lower than all of them. */
#include "app/prepayment.h"
#include <string.h>

/* Registers may be behind their counts of before after a damage of their memory: the difference is
 * signed. */
static int64_t charged_mdwh(const struct wh_prepayment *prepayment,
                            const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS])
{
    int64_t sum_mdwh = 0;
    for (int t = 0; prepayment->is_counting && t < WH_PREPAYMENT_TARIFFS; t++) {
        sum_mdwh +=
            (int64_t)(counts_dwh[t] - prepayment->start_dwh[t]) * prepayment->factor_milli[t];
    }
    return sum_mdwh;
}

int64_t wh_prepayment_left_mdwh(const struct wh_prepayment *prepayment,
                                const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS])
{
    return prepayment->paid_mdwh - charged_mdwh(prepayment, counts_dwh);
}

bool wh_prepayment_set(struct wh_prepayment *prepayment,
                       const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS],
                       const uint16_t factor_milli[WH_PREPAYMENT_TARIFFS], bool is_counting)
{
    const size_t size = sizeof prepayment->factor_milli;
    if (prepayment->is_counting == is_counting &&
        memcmp(prepayment->factor_milli, factor_milli, size) == 0) {
        return false;
    }
    prepayment->paid_mdwh = wh_prepayment_left_mdwh(prepayment, counts_dwh);
    memcpy(prepayment->start_dwh, counts_dwh, sizeof prepayment->start_dwh);
    memcpy(prepayment->factor_milli, factor_milli, size);
    prepayment->is_counting = is_counting;
    return true;
}

/* The place of a number among those remembered: how many are lower. */
static uint8_t place_of(const struct wh_prepayment *prepayment, uint32_t token)
{
    uint8_t place = 0;
    while (place < prepayment->token_count && prepayment->token[place] < token) {
        place++;
    }
    return place;
}

static bool is_taken(const struct wh_prepayment *prepayment, uint32_t token, uint8_t place)
{
    const bool same = place < prepayment->token_count && prepayment->token[place] == token;
    return same || (place == 0 && prepayment->token_count == WH_PREPAYMENT_TOKENS);
}

/* If there is no room the lowest goes. */
static void remember(struct wh_prepayment *prepayment, uint32_t token, uint8_t place)
{
    uint32_t *tokens = prepayment->token;
    if (prepayment->token_count == WH_PREPAYMENT_TOKENS) {
        place--;
        memmove(tokens, tokens + 1, place * sizeof *tokens);
    } else {
        memmove(tokens + place + 1, tokens + place,
                (size_t)(prepayment->token_count - place) * sizeof *tokens);
        prepayment->token_count++;
    }
    tokens[place] = token;
}

enum wh_err wh_prepayment_take(struct wh_prepayment *prepayment,
                               const uint64_t counts_dwh[WH_PREPAYMENT_TARIFFS],
                               const struct wh_payment *payment)
{
    const int64_t amount_mdwh = (int64_t)payment->amount_wh * WH_MDWH_PER_WH;
    const int64_t most_mdwh = (int64_t)UINT32_MAX * WH_MDWH_PER_WH;
    const uint8_t place = place_of(prepayment, payment->token);
    if (amount_mdwh == 0 ||
        wh_prepayment_left_mdwh(prepayment, counts_dwh) > most_mdwh - amount_mdwh) {
        return WH_ERR_ARGUMENT;
    }
    if (is_taken(prepayment, payment->token, place)) {
        return WH_ERR_STATE;
    }
    remember(prepayment, payment->token, place);
    prepayment->paid_mdwh += amount_mdwh;
    prepayment->payments++;
    prepayment->last_wh = payment->amount_wh;
    prepayment->last_s = payment->utc_s;
    prepayment->last_token = payment->token;
    prepayment->last_clock_valid = payment->clock_valid;
    return WH_OK;
}
