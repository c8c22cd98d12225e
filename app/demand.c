/* Block demand. Invariant: mean times period is exactly what the register grew, except that a part of a period counts as a
 * whole one; a peak never falls but by wh_demand_reset. */
#include "app/demand.h"
#include "common/intmath.h"

enum { SECONDS_PER_MINUTE = 60, MILLIWATTSECONDS_PER_DWH = 360000 };

/* The tariff counts that are kept, in the order of start_tariff_dwh. */
static const struct {
    enum wh_energy energy;
    uint8_t tariff;
} tariff_counts[WH_DEMAND_TARIFF_COUNTS] = {
    {WH_A_PLUS, 1}, {WH_A_PLUS, 2}, {WH_R_PLUS, 1}, {WH_R_PLUS, 2}};

struct growth {
    uint64_t main_dwh[WH_MAIN_ENERGY_COUNT];
    uint64_t tariff_dwh[WH_DEMAND_TARIFF_COUNTS];
};

static void read_counts(const struct wh_legal *legal, struct growth *counts)
{
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        struct wh_energy_value value;
        (void)wh_legal_energy(legal, (enum wh_energy)e, &value); /* these energies exist */
        counts->main_dwh[e] = value.count_dwh;
    }
    for (int t = 0; t < WH_DEMAND_TARIFF_COUNTS; t++) {
        (void)wh_legal_tariff_energy(legal, tariff_counts[t].tariff, tariff_counts[t].energy,
                                     WH_SIDE_SECONDARY, &counts->tariff_dwh[t]);
    }
}

static void start_period(struct wh_demand *demand, const struct growth *counts)
{
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        demand->start_dwh[e] = counts->main_dwh[e];
    }
    for (int t = 0; t < WH_DEMAND_TARIFF_COUNTS; t++) {
        demand->start_tariff_dwh[t] = counts->tariff_dwh[t];
    }
    demand->longer_s = 0;
}

void wh_demand_begin(struct wh_demand *demand, const struct wh_legal *legal)
{
    struct growth counts;
    read_counts(legal, &counts);
    start_period(demand, &counts);
    demand->start_s = 0;
}

void wh_demand_set_back(struct wh_demand *demand, uint32_t by_s)
{
    demand->longer_s = by_s < UINT32_MAX - demand->longer_s ? demand->longer_s + by_s : UINT32_MAX;
}

static struct growth grown(const struct wh_demand *demand, const struct growth *now)
{
    struct growth g;
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        g.main_dwh[e] = now->main_dwh[e] - demand->start_dwh[e];
    }
    for (int t = 0; t < WH_DEMAND_TARIFF_COUNTS; t++) {
        g.tariff_dwh[t] = now->tariff_dwh[t] - demand->start_tariff_dwh[t];
    }
    return g;
}

/* Active energy of a direction and the net reactive energy that went with it, at right angles. */
static uint64_t apparent_dwh(uint64_t active_dwh, uint64_t lagging_dwh, uint64_t leading_dwh)
{
    const uint64_t reactive_dwh =
        lagging_dwh > leading_dwh ? lagging_dwh - leading_dwh : leading_dwh - lagging_dwh;
    return wh_sqrt(active_dwh * active_dwh + reactive_dwh * reactive_dwh);
}

static void channels_of(const struct growth *g, uint64_t dwh[WH_DEMAND_CHANNELS])
{
    const uint64_t *e = g->main_dwh;
    dwh[WH_DEMAND_P_PLUS] = e[WH_A_PLUS];
    dwh[WH_DEMAND_P_MINUS] = e[WH_A_MINUS];
    dwh[WH_DEMAND_Q_PLUS] = e[WH_R1] + e[WH_R2];
    dwh[WH_DEMAND_Q_MINUS] = e[WH_R3] + e[WH_R4];
    dwh[WH_DEMAND_S_PLUS] = apparent_dwh(e[WH_A_PLUS], e[WH_R1], e[WH_R4]);
    dwh[WH_DEMAND_S_MINUS] = apparent_dwh(e[WH_A_MINUS], e[WH_R3], e[WH_R2]);
    dwh[WH_DEMAND_P_PLUS_T1] = g->tariff_dwh[0];
    dwh[WH_DEMAND_P_PLUS_T2] = g->tariff_dwh[1];
    dwh[WH_DEMAND_Q_PLUS_T1] = g->tariff_dwh[2];
    dwh[WH_DEMAND_Q_PLUS_T2] = g->tariff_dwh[3];
}

static void take_peak(struct wh_demand_peak *peak, uint32_t milli, uint32_t utc_s)
{
    if (milli > peak->milli) {
        *peak = (struct wh_demand_peak){milli, utc_s};
    }
}

static void means(const struct wh_demand *demand, const struct growth *now, uint8_t period_min,
                  uint32_t mean_milli[WH_DEMAND_CHANNELS])
{
    const struct growth g = grown(demand, now);
    uint64_t dwh[WH_DEMAND_CHANNELS];
    channels_of(&g, dwh);
    const uint64_t period_s = (uint64_t)period_min * SECONDS_PER_MINUTE + demand->longer_s;
    for (int c = 0; c < WH_DEMAND_CHANNELS; c++) {
        mean_milli[c] = (uint32_t)(dwh[c] * MILLIWATTSECONDS_PER_DWH / period_s);
    }
}

void wh_demand_running(const struct wh_demand *demand, const struct wh_legal *legal,
                       uint8_t period_min, uint32_t mean_milli[WH_DEMAND_CHANNELS])
{
    struct growth now;
    read_counts(legal, &now);
    means(demand, &now, period_min, mean_milli);
}

void wh_demand_end_period(struct wh_demand *demand, const struct wh_legal *legal, uint32_t utc_s,
                          uint8_t period_min, uint32_t threshold_w)
{
    struct growth now;
    read_counts(legal, &now);
    means(demand, &now, period_min, demand->mean_milli);
    for (int c = 0; c < WH_DEMAND_CHANNELS; c++) {
        take_peak(&demand->peak[c], demand->mean_milli[c], utc_s);
    }
    demand->threshold_count += demand->mean_milli[WH_DEMAND_P_PLUS] > threshold_w * UINT64_C(1000);
    start_period(demand, &now);
    demand->start_s = utc_s;
}

void wh_demand_reset(struct wh_demand *demand)
{
    for (int c = 0; c < WH_DEMAND_CHANNELS; c++) {
        demand->accumulated_milli[c] += demand->peak[c].milli;
        demand->peak[c] = (struct wh_demand_peak){0};
    }
    demand->threshold_count = 0;
}
