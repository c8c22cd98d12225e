/* The main registers. Invariant: count and rest of all registers together are exactly the energy of
 * all reports added since the first; nothing is rounded here. */
#include "legal/registers.h"
#include "common/bytes.h"

enum { STORED_ENERGY_SIZE = 9 };

static bool add_energy(struct wh_energy_value *value, uint64_t energy_uj)
{
    const uint64_t sum_uj = energy_uj + value->rest_uj;
    const uint64_t whole_dwh = sum_uj / WH_UJ_PER_DWH;
    value->count_dwh += whole_dwh;
    value->rest_uj = (uint32_t)(sum_uj % WH_UJ_PER_DWH);
    return whole_dwh != 0;
}

/* Adds to the register of the energy's own sign. */
static bool add_signed(struct wh_registers *r, enum wh_energy positive, enum wh_energy negative,
                       int64_t energy_uj)
{
    return energy_uj >= 0 ? add_energy(&r->value[positive], (uint64_t)energy_uj)
                          : add_energy(&r->value[negative], 0 - (uint64_t)energy_uj);
}

/* Quadrants as IEC 62053-23 annex C counts them: R1 import lagging, then counter-clockwise. */
static bool add_reactive(struct wh_registers *r, int64_t active_uj, int64_t reactive_uj)
{
    const bool export = active_uj < 0;
    return add_signed(r, export ? WH_R2 : WH_R1, export ? WH_R3 : WH_R4, reactive_uj);
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
        changed |= add_signed(r, (enum wh_energy)(WH_A_PLUS_L1 + p),
                              (enum wh_energy)(WH_A_MINUS_L1 + p), phase->active_uj);
    }
    changed |= add_signed(r, WH_A_PLUS, WH_A_MINUS, active_uj);
    changed |= add_reactive(r, active_uj, reactive_uj);
    return changed;
}

static struct wh_energy_value sum_of(const struct wh_registers *r, enum wh_energy a,
                                     enum wh_energy b)
{
    struct wh_energy_value sum = r->value[a];
    sum.count_dwh += r->value[b].count_dwh;
    add_energy(&sum, r->value[b].rest_uj);
    return sum;
}

struct wh_energy_value wh_registers_get(const struct wh_registers *r, enum wh_energy energy)
{
    switch (energy) {
    case WH_R_PLUS:
        return sum_of(r, WH_R1, WH_R2);
    case WH_R_MINUS:
        return sum_of(r, WH_R3, WH_R4);
    default:
        return r->value[energy];
    }
}

void wh_registers_encode(const struct wh_registers *r, uint8_t stored[WH_REGISTERS_STORED_SIZE])
{
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        uint8_t *to = &stored[e * STORED_ENERGY_SIZE];
        wh_put_u32le(to, (uint32_t)r->value[e].count_dwh);
        to[4] = (uint8_t)(r->value[e].count_dwh >> 32);
        wh_put_u32le(to + 5, r->value[e].rest_uj);
    }
}

enum wh_err wh_registers_decode(struct wh_registers *r,
                                const uint8_t stored[WH_REGISTERS_STORED_SIZE])
{
    struct wh_registers decoded;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        const uint8_t *from = &stored[e * STORED_ENERGY_SIZE];
        decoded.value[e].count_dwh = wh_get_u32le(from) | (uint64_t)from[4] << 32;
        decoded.value[e].rest_uj = wh_get_u32le(from + 5);
        if (decoded.value[e].rest_uj >= WH_UJ_PER_DWH) {
            return WH_ERR_CORRUPT;
        }
    }
    *r = decoded;
    return WH_OK;
}
