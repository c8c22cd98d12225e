/* Tariff and primary registers. Invariant: on each side the tariffs add up to the main register, exactly, whenever they
 * are read; for R+ that is R1 + R2, for R- R3 + R4. */
#include "legal/tariffs.h"
#include "common/bytes.h"

enum { COUNT_SIZE = 5, PRIMARY_SIZE = 6, HEAD_SIZE = 4 };

/* The main registers whose sum a tariff energy is; the second is the first where there is but one. */
static const struct {
    enum wh_energy energy;
    uint8_t first, second;
} tariff_energies[WH_TARIFF_ENERGY_COUNT] = {
    {WH_A_PLUS, WH_A_PLUS, WH_A_PLUS},
    {WH_A_MINUS, WH_A_MINUS, WH_A_MINUS},
    {WH_R_PLUS, WH_R1, WH_R2},
    {WH_R_MINUS, WH_R3, WH_R4},
};

_Static_assert(WH_A_PLUS == 0 && (int)WH_R4 == (int)WH_MAIN_ENERGY_COUNT - 1,
               "the main energies come first in enum wh_energy");

struct wh_tariffs wh_tariffs_new(void)
{
    const struct wh_tariffs tariffs = {.ratio = 1};
    return tariffs;
}

/* What a tariff energy has grown since the last change. */
static uint64_t grown_dwh(const struct wh_tariffs *t, const struct wh_registers *r, int row)
{
    const uint8_t first = tariff_energies[row].first;
    const uint8_t second = tariff_energies[row].second;
    const uint64_t grown = r->count_dwh[first] - t->main_dwh[first];
    return first == second ? grown : grown + r->count_dwh[second] - t->main_dwh[second];
}

void wh_tariffs_settle(struct wh_tariffs *t, const struct wh_registers *r)
{
    for (int row = 0; row < WH_TARIFF_ENERGY_COUNT; row++) {
        const uint64_t grown = grown_dwh(t, r, row);
        t->tariff_dwh[t->active][row] += grown;
        t->tariff_primary_dwh[t->active][row] += grown * t->ratio;
    }
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        t->primary_dwh[e] += (r->count_dwh[e] - t->main_dwh[e]) * t->ratio;
        t->main_dwh[e] = r->count_dwh[e];
    }
}

static int row_of(enum wh_energy energy)
{
    for (int row = 0; row < WH_TARIFF_ENERGY_COUNT; row++) {
        if (tariff_energies[row].energy == energy) {
            return row;
        }
    }
    return -1;
}

static uint64_t one_main(const struct wh_tariffs *t, const struct wh_registers *r, unsigned energy,
                         enum wh_side side)
{
    return side == WH_SIDE_SECONDARY
               ? r->count_dwh[energy]
               : t->primary_dwh[energy] + (r->count_dwh[energy] - t->main_dwh[energy]) * t->ratio;
}

enum wh_err wh_tariffs_main(const struct wh_tariffs *t, const struct wh_registers *r,
                            enum wh_energy energy, enum wh_side side, uint64_t *count_dwh)
{
    *count_dwh = 0;
    const int row = row_of(energy);
    if ((unsigned)energy < WH_MAIN_ENERGY_COUNT) {
        *count_dwh = one_main(t, r, energy, side);
        return WH_OK;
    }
    if (row < 0) {
        return WH_ERR_ARGUMENT;
    }
    *count_dwh = one_main(t, r, tariff_energies[row].first, side) +
                 one_main(t, r, tariff_energies[row].second, side);
    return WH_OK;
}

enum wh_err wh_tariffs_of(const struct wh_tariffs *t, const struct wh_registers *r, uint8_t tariff,
                          enum wh_energy energy, enum wh_side side, uint64_t *count_dwh)
{
    *count_dwh = 0;
    const int row = row_of(energy);
    if (row < 0 || tariff < 1 || tariff > WH_TARIFFS) {
        return WH_ERR_ARGUMENT;
    }
    const unsigned index = tariff - 1u;
    const uint64_t grown = index == t->active ? grown_dwh(t, r, row) : 0;
    *count_dwh = side == WH_SIDE_SECONDARY ? t->tariff_dwh[index][row] + grown
                                           : t->tariff_primary_dwh[index][row] + grown * t->ratio;
    return WH_OK;
}

void wh_tariffs_recover(const struct wh_tariffs *t, struct wh_registers *r)
{
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        if (r->count_dwh[e] < t->main_dwh[e]) {
            r->count_dwh[e] = t->main_dwh[e];
        }
    }
}

static uint8_t *put_count(uint8_t *to, uint64_t count, int size)
{
    for (int b = 0; b < size; b++) {
        *to++ = (uint8_t)(count >> 8 * b);
    }
    return to;
}

static const uint8_t *get_count(const uint8_t *from, uint64_t *count, int size)
{
    *count = 0;
    for (int b = 0; b < size; b++) {
        *count |= (uint64_t)*from++ << 8 * b;
    }
    return from;
}

void wh_tariffs_encode(const struct wh_tariffs *t, uint8_t stored[WH_TARIFFS_STORED_SIZE])
{
    stored[0] = t->active;
    stored[1] = t->ratio_locked;
    wh_put_u16le(stored + 2, t->ratio);
    uint8_t *to = stored + HEAD_SIZE;
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        to = put_count(to, t->main_dwh[e], COUNT_SIZE);
        to = put_count(to, t->primary_dwh[e], PRIMARY_SIZE);
    }
    for (int tariff = 0; tariff < WH_TARIFFS; tariff++) {
        for (int row = 0; row < WH_TARIFF_ENERGY_COUNT; row++) {
            to = put_count(to, t->tariff_dwh[tariff][row], COUNT_SIZE);
            to = put_count(to, t->tariff_primary_dwh[tariff][row], PRIMARY_SIZE);
        }
    }
}

/* The invariant, of a row. */
static bool adds_up(const struct wh_tariffs *t, int row)
{
    uint64_t secondary = 0;
    uint64_t primary = 0;
    for (int tariff = 0; tariff < WH_TARIFFS; tariff++) {
        secondary += t->tariff_dwh[tariff][row];
        primary += t->tariff_primary_dwh[tariff][row];
    }
    const uint8_t first = tariff_energies[row].first;
    const uint8_t second = tariff_energies[row].second;
    const bool single = first == second;
    return secondary == t->main_dwh[first] + (single ? 0 : t->main_dwh[second]) &&
           primary == t->primary_dwh[first] + (single ? 0 : t->primary_dwh[second]);
}

static bool is_valid(const struct wh_tariffs *t)
{
    bool valid = t->active < WH_TARIFFS && t->ratio >= 1 && t->ratio <= WH_RATIO_HIGHEST;
    for (int row = 0; valid && row < WH_TARIFF_ENERGY_COUNT; row++) {
        valid = adds_up(t, row);
    }
    return valid;
}

enum wh_err wh_tariffs_decode(struct wh_tariffs *t, const uint8_t stored[WH_TARIFFS_STORED_SIZE])
{
    struct wh_tariffs decoded = {
        .active = stored[0],
        .ratio_locked = stored[1] != 0,
        .ratio = wh_get_u16le(stored + 2),
    };
    const uint8_t *from = stored + HEAD_SIZE;
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        from = get_count(from, &decoded.main_dwh[e], COUNT_SIZE);
        from = get_count(from, &decoded.primary_dwh[e], PRIMARY_SIZE);
    }
    for (int tariff = 0; tariff < WH_TARIFFS; tariff++) {
        for (int row = 0; row < WH_TARIFF_ENERGY_COUNT; row++) {
            from = get_count(from, &decoded.tariff_dwh[tariff][row], COUNT_SIZE);
            from = get_count(from, &decoded.tariff_primary_dwh[tariff][row], PRIMARY_SIZE);
        }
    }
    if (!is_valid(&decoded)) {
        return WH_ERR_CORRUPT;
    }
    *t = decoded;
    return WH_OK;
}
