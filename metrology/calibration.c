/* Calibration values and what follows from them. Integer arithmetic throughout; a value outside its
 * range never gets into an element. */
#include "metrology/calibration.h"
#include "common/intmath.h"

enum {
    GAIN_UNITY_Q30 = 1 << 30,
    GAIN_LOWEST_Q30 = 3 << 28,  /* 0.75 */
    GAIN_HIGHEST_Q30 = 5 << 28, /* 1.25 */
    TEMPCO_HIGHEST_PPB = 500000,
    CURVATURE_HIGHEST_PPB = 10000,
    POINT_HIGHEST = 20000,
    OFFSET_HIGHEST_UW = 250000, /* below any start of registration */
    NOISE_HIGHEST_CODES2 = 1 << 26,
};

struct wh_calibration wh_calibration_ideal(void)
{
    const struct wh_calibration ideal = {.u_gain_q30 = GAIN_UNITY_Q30,
                                         .i_gain_q30 = GAIN_UNITY_Q30};
    return ideal;
}

static bool within(int64_t value, int64_t lowest, int64_t highest)
{
    return value >= lowest && value <= highest;
}

static bool points_are_valid(const struct wh_calibration *c)
{
    if (c->point_count > WH_CALIBRATION_POINTS) {
        return false;
    }
    for (int p = 0; p < c->point_count; p++) {
        const struct wh_calibration_point *point = &c->point[p];
        if (!within(point->gain_ppm, -POINT_HIGHEST, POINT_HIGHEST) ||
            !within(point->lead_urad, -POINT_HIGHEST, POINT_HIGHEST) ||
            (p > 0 && point->i_ma <= c->point[p - 1].i_ma)) {
            return false;
        }
    }
    return true;
}

bool wh_calibration_is_valid(const struct wh_calibration *c)
{
    return within(c->u_gain_q30, GAIN_LOWEST_Q30, GAIN_HIGHEST_Q30) &&
           within(c->i_gain_q30, GAIN_LOWEST_Q30, GAIN_HIGHEST_Q30) &&
           within(c->u_tempco_ppb_per_k, -TEMPCO_HIGHEST_PPB, TEMPCO_HIGHEST_PPB) &&
           within(c->i_tempco_ppb_per_k, -TEMPCO_HIGHEST_PPB, TEMPCO_HIGHEST_PPB) &&
           within(c->i_curvature_ppb_per_k2, -CURVATURE_HIGHEST_PPB, CURVATURE_HIGHEST_PPB) &&
           within(c->active_offset_uw, -OFFSET_HIGHEST_UW, OFFSET_HIGHEST_UW) &&
           within(c->reactive_offset_uvar, -OFFSET_HIGHEST_UW, OFFSET_HIGHEST_UW) &&
           within(c->i_noise_codes2, 0, NOISE_HIGHEST_CODES2) &&
           within(c->delay_q15, -32768, 32767) && points_are_valid(c);
}

uint32_t wh_calibration_gain(uint32_t gain_q30, int32_t tempco_ppb_per_k,
                             int32_t curvature_ppb_per_k2, int32_t centi_c)
{
    const uint64_t e13_q63 = 922337; /* 2^63 / 10^13 */
    const int64_t above = centi_c - WH_REFERENCE_CENTI_C;
    const int64_t change_e13 = (tempco_ppb_per_k * 100LL + curvature_ppb_per_k2 * above) * above;
    const int64_t change_q30 = wh_scale_round(change_e13, e13_q63, 33);
    return (uint32_t)(gain_q30 + wh_scale_round(change_q30, gain_q30, 30));
}

/* Between two points, in proportion. */
static int32_t between(int32_t from, int32_t to, uint32_t part, uint32_t whole)
{
    return from + (int32_t)wh_div_round((int64_t)(to - from) * part, whole);
}

struct wh_calibration_point wh_calibration_at(const struct wh_calibration *c, uint32_t i_ma)
{
    struct wh_calibration_point at = {.i_ma = i_ma};
    int above = 0;
    while (above < c->point_count && c->point[above].i_ma < i_ma) {
        above++;
    }
    if (c->point_count == 0) {
        return at;
    }
    const struct wh_calibration_point *high = &c->point[above < c->point_count ? above : above - 1];
    const struct wh_calibration_point *low = above > 0 ? &c->point[above - 1] : high;
    const bool inside = low->i_ma < high->i_ma;
    const uint32_t whole = inside ? high->i_ma - low->i_ma : 1;
    const uint32_t part = inside ? i_ma - low->i_ma : 0;
    at.gain_ppm = between(low->gain_ppm, high->gain_ppm, part, whole);
    at.lead_urad = between(low->lead_urad, high->lead_urad, part, whole);
    return at;
}
