/* The main registers. Invariant: for every pair, positive count minus negative count plus rest is exactly
 * the energy of all reports added since the first; nothing is rounded here, and counts only grow. */
#include "legal/registers.h"
#include "common/bytes.h"

enum { STORED_COUNT_SIZE = 5, STORED_REST_SIZE = 4 };

/* The registers of a pair: rests above zero lean to the first, below to the second. */
static const struct {
    enum wh_energy positive;
    enum wh_energy negative;
} pairs[WH_PAIR_COUNT] = {
    [WH_PAIR_ACTIVE] = {WH_A_PLUS, WH_A_MINUS},   [WH_PAIR_REACTIVE_IMPORT] = {WH_R1, WH_R4},
    [WH_PAIR_REACTIVE_EXPORT] = {WH_R2, WH_R3},   [WH_PAIR_L1] = {WH_A_PLUS_L1, WH_A_MINUS_L1},
    [WH_PAIR_L2] = {WH_A_PLUS_L2, WH_A_MINUS_L2}, [WH_PAIR_L3] = {WH_A_PLUS_L3, WH_A_MINUS_L3},
};

/* Returns whether a count has changed. */
static bool add_energy(struct wh_registers *r, enum wh_register_pair pair, int64_t energy_uj)
{
    const int64_t sum_uj = energy_uj + r->rest_uj[pair];
    const int64_t whole_dwh = sum_uj / WH_UJ_PER_DWH;
    r->rest_uj[pair] = (int32_t)(sum_uj % WH_UJ_PER_DWH);
    if (whole_dwh > 0) {
        r->count_dwh[pairs[pair].positive] += (uint64_t)whole_dwh;
    } else {
        r->count_dwh[pairs[pair].negative] += (uint64_t)-whole_dwh;
    }
    return whole_dwh != 0;
}

bool wh_registers_add(struct wh_registers *r, const struct wh_bus_report *report)
{
    int64_t active_uj = 0;
    int64_t reactive_uj = 0;
    bool changed = false;
    for (int p = 0; p < WH_PHASES; p++) {
        const struct wh_element_report *phase = &report->phase[p];
        active_uj += phase->active_uj;
        reactive_uj += phase->reactive_uj;
        changed |= add_energy(r, (enum wh_register_pair)(WH_PAIR_L1 + p), phase->active_uj);
    }
    /* Quadrants as IEC 62053-23 annex C counts them: R1 import lagging, then counter-clockwise. */
    changed |= add_energy(r, WH_PAIR_ACTIVE, active_uj);
    changed |= add_energy(r, active_uj < 0 ? WH_PAIR_REACTIVE_EXPORT : WH_PAIR_REACTIVE_IMPORT,
                          reactive_uj);
    return changed;
}

/* The part of a pair's rest that leans to this register. */
static uint32_t rest_of(const struct wh_registers *r, enum wh_energy energy)
{
    for (int pair = 0; pair < WH_PAIR_COUNT; pair++) {
        const int32_t rest_uj = r->rest_uj[pair];
        if (pairs[pair].positive == energy && rest_uj > 0) {
            return (uint32_t)rest_uj;
        }
        if (pairs[pair].negative == energy && rest_uj < 0) {
            return (uint32_t)-rest_uj;
        }
    }
    return 0;
}

/* Rests of a sum are not carried into its count: they can shrink again, and a count must not. */
static struct wh_energy_value sum_of(const struct wh_registers *r, enum wh_energy a,
                                     enum wh_energy b)
{
    const struct wh_energy_value sum = {
        .count_dwh = r->count_dwh[a] + r->count_dwh[b],
        .rest_uj = rest_of(r, a) + rest_of(r, b),
    };
    return sum;
}

struct wh_energy_value wh_registers_get(const struct wh_registers *r, enum wh_energy energy)
{
    if (energy == WH_R_PLUS) {
        return sum_of(r, WH_R1, WH_R2);
    }
    if (energy == WH_R_MINUS) {
        return sum_of(r, WH_R3, WH_R4);
    }
    const struct wh_energy_value value = {r->count_dwh[energy], rest_of(r, energy)};
    return value;
}

void wh_registers_encode(const struct wh_registers *r, uint8_t stored[WH_REGISTERS_STORED_SIZE])
{
    uint8_t *to = stored;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++, to += STORED_COUNT_SIZE) {
        wh_put_u32le(to, (uint32_t)r->count_dwh[e]);
        to[4] = (uint8_t)(r->count_dwh[e] >> 32);
    }
    for (int pair = 0; pair < WH_PAIR_COUNT; pair++, to += STORED_REST_SIZE) {
        wh_put_u32le(to, (uint32_t)r->rest_uj[pair]);
    }
}

enum wh_err wh_registers_decode(struct wh_registers *r,
                                const uint8_t stored[WH_REGISTERS_STORED_SIZE])
{
    struct wh_registers decoded;
    const uint8_t *from = stored;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++, from += STORED_COUNT_SIZE) {
        decoded.count_dwh[e] = wh_get_u32le(from) | (uint64_t)from[4] << 32;
    }
    for (int pair = 0; pair < WH_PAIR_COUNT; pair++, from += STORED_REST_SIZE) {
        decoded.rest_uj[pair] = (int32_t)wh_get_u32le(from);
        if (decoded.rest_uj[pair] <= -WH_UJ_PER_DWH || decoded.rest_uj[pair] >= WH_UJ_PER_DWH) {
            return WH_ERR_CORRUPT;
        }
    }
    *r = decoded;
    return WH_OK;
}
