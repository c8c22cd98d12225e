/* Records of breaker and prepayment as stored (app/breaker_record.h). Properties: what is refused
 * changes nothing; what is accepted comes back the same when stored again, and its payments can go
 * on. */
#include "app/breaker_record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A payment of 1 Wh with each number remembered, then with one above them all. */
static void pay(struct wh_prepayment *p)
{
    uint64_t counts[WH_PREPAYMENT_TARIFFS];
    memcpy(counts, p->start_dwh, sizeof counts);
    p->paid_mdwh = 0;
    for (uint8_t t = 0; t < p->token_count; t++) {
        const struct wh_payment again = {.amount_wh = 1, .token = p->token[t]};
        require(wh_prepayment_take(p, counts, &again) == WH_ERR_STATE);
    }
    const uint32_t highest = p->token_count > 0 ? p->token[p->token_count - 1] : 0;
    const struct wh_payment next = {.amount_wh = 1, .token = highest + 1};
    require(highest == UINT32_MAX || wh_prepayment_take(p, counts, &next) == WH_OK);
    require(p->token_count <= WH_PREPAYMENT_TOKENS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t stored[WH_BREAKER_RECORD_SIZE] = {0};
    uint8_t again[WH_BREAKER_RECORD_SIZE];
    memcpy(stored, data, size < sizeof stored ? size : sizeof stored);
    const struct wh_breaker_record before = {.state = WH_BREAKER_CONNECTED, .changes = 7};
    struct wh_breaker_record record = before;
    if (wh_breaker_record_decode(&record, stored) != WH_OK) {
        wh_breaker_record_encode(&before, stored);
        wh_breaker_record_encode(&record, again);
        require(memcmp(stored, again, sizeof stored) == 0);
        return 0;
    }
    wh_breaker_record_encode(&record, again);
    require(memcmp(stored, again, sizeof stored) == 0);
    pay(&record.prepayment);
    return 0;
}
