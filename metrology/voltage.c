/* Limits with hysteresis. Invariant: every level lies in at least one band, and where two
 * overlap the state that was is kept. */
#include "metrology/voltage.h"

enum { LOST_LOWEST_MV = 1000 /* a converter's noise and crosstalk are no voltage */ };

struct wh_voltage_limits wh_voltage_limits_of(uint32_t nominal_mv)
{
    const struct wh_voltage_limits limits = {
        .under_mv = nominal_mv / 10 * 9 + nominal_mv % 10 * 9 / 10,
        .over_mv = nominal_mv + nominal_mv / 10,
        .lost_mv = nominal_mv * 5 / 23,
        .hysteresis_mv = nominal_mv / 50,
    };
    return limits;
}

bool wh_voltage_limits_are_valid(const struct wh_voltage_limits *l)
{
    const uint64_t hysteresis_mv = l->hysteresis_mv;
    return l->lost_mv >= LOST_LOWEST_MV && l->lost_mv + hysteresis_mv <= l->under_mv &&
           l->under_mv + 2 * hysteresis_mv <= l->over_mv &&
           l->over_mv <= WH_VOLTAGE_LIMIT_HIGHEST_MV;
}

struct wh_voltage_bands wh_voltage_bands_of(const struct wh_voltage_limits *l)
{
    const struct wh_voltage_bands bands = {
        .from =
            {
                [WH_VOLTAGE_NORMAL] = l->under_mv,
                [WH_VOLTAGE_UNDER] = l->lost_mv,
                [WH_VOLTAGE_OVER] = l->over_mv - l->hysteresis_mv,
                [WH_VOLTAGE_LOST] = 0,
            },
        .below =
            {
                [WH_VOLTAGE_NORMAL] = l->over_mv + 1,
                [WH_VOLTAGE_UNDER] = l->under_mv + l->hysteresis_mv,
                [WH_VOLTAGE_OVER] = UINT32_MAX,
                [WH_VOLTAGE_LOST] = l->lost_mv + l->hysteresis_mv,
            },
    };
    return bands;
}

/* The state of a level that comes from outside the band that was. */
static enum wh_voltage_state enter(const struct wh_voltage_bands *bands, uint32_t level)
{
    if (level < bands->from[WH_VOLTAGE_UNDER]) {
        return WH_VOLTAGE_LOST;
    }
    if (level < bands->from[WH_VOLTAGE_NORMAL]) {
        return WH_VOLTAGE_UNDER;
    }
    return level < bands->below[WH_VOLTAGE_NORMAL] ? WH_VOLTAGE_NORMAL : WH_VOLTAGE_OVER;
}

enum wh_voltage_state wh_voltage_judge(const struct wh_voltage_bands *bands,
                                       enum wh_voltage_state before, uint32_t level)
{
    const bool kept = level >= bands->from[before] && level < bands->below[before];
    return kept ? before : enter(bands, level);
}
