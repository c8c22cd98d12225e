/* Pulses out of registers. Invariant: since_dwh is the register modulo the pulse weight, so the pulses earned cannot differ
 * from the register. */
#include "legal/output.h"

enum { DWH_PER_KWH = 10000 };

/* Per energy that can be followed: the pair that holds its rest while energy flows that way, and the sign of both. */
static const struct {
    enum wh_energy energy;
    enum wh_register_pair pair;
    int8_t sign;
    bool reactive;
} followed[] = {
    {WH_A_PLUS, WH_PAIR_ACTIVE, 1, false},
    {WH_A_MINUS, WH_PAIR_ACTIVE, -1, false},
    {WH_R_PLUS, WH_PAIR_REACTIVE_IMPORT, 1, true},
    {WH_R_MINUS, WH_PAIR_REACTIVE_IMPORT, -1, true},
};

static int row_of(const struct wh_legal *legal)
{
    int row = 0;
    while (followed[row].energy != legal->led_energy) {
        row++;
    }
    return row;
}

static uint64_t count_dwh(const struct wh_legal *legal)
{
    const enum wh_energy energy = (enum wh_energy)legal->led_energy;
    return wh_registers_get(&legal->registers, energy).count_dwh;
}

struct wh_output_mark wh_output_mark(const struct wh_legal *legal)
{
    const int row = row_of(legal);
    const struct wh_output_mark mark = {
        .count_dwh = count_dwh(legal),
        .rest_uj = followed[row].sign * (int64_t)legal->registers.rest_uj[followed[row].pair],
    };
    return mark;
}

/* Energy of the report in the direction that is followed. */
static int64_t window_uj(const struct wh_bus_report *report, int row)
{
    int64_t sum_uj = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        sum_uj +=
            followed[row].reactive ? report->phase[p].reactive_uj : report->phase[p].active_uj;
    }
    return followed[row].sign * sum_uj;
}

/* Pulses are due where the energy of the window crossed a multiple of the pulse weight; they are given one
 * window later, at those distances. */
static void earn(struct wh_pulse *pulse, uint32_t pulses_per_kwh, uint64_t grown_dwh,
                 const struct wh_output_mark *before, int64_t energy_uj, uint32_t window)
{
    const uint32_t weight_dwh = DWH_PER_KWH / pulses_per_kwh;
    const uint32_t since_dwh = pulse->since_dwh;
    const uint64_t toward_dwh = since_dwh + grown_dwh;
    pulse->since_dwh = (uint32_t)toward_dwh;
    if (toward_dwh < weight_dwh) {
        return;
    }
    pulse->since_dwh = (uint32_t)(toward_dwh % weight_dwh);
    if (energy_uj <= 0) {
        return;
    }
    const int64_t weight_uj = (int64_t)weight_dwh * WH_UJ_PER_DWH;
    const int64_t position_uj = (int64_t)since_dwh * WH_UJ_PER_DWH + before->rest_uj;
    const int64_t first = (weight_uj - position_uj) * window / energy_uj;
    wh_pulse_earn(pulse, (uint32_t)(toward_dwh / weight_dwh), first > 0 ? (uint32_t)first : 0,
                  (uint32_t)(weight_uj * window / energy_uj));
}

void wh_output_begin(struct wh_legal *legal)
{
    const uint64_t now_dwh = count_dwh(legal);
    legal->pulses_at_start = wh_output_pulses(legal);
    legal->pulse.since_dwh = (uint32_t)(now_dwh % (DWH_PER_KWH / legal->identity.pulses_per_kwh));
    legal->s0.since_dwh = (uint32_t)(now_dwh % (DWH_PER_KWH / legal->identity.s0_pulses_per_kwh));
}

void wh_output_earn(struct wh_legal *legal, const struct wh_output_mark *before,
                    const struct wh_bus_report *report)
{
    const uint64_t grown_dwh = count_dwh(legal) - before->count_dwh;
    if (grown_dwh == 0) {
        return;
    }
    const int64_t energy_uj = window_uj(report, row_of(legal));
    earn(&legal->pulse, legal->identity.pulses_per_kwh, grown_dwh, before, energy_uj,
         report->sample_count);
    earn(&legal->s0, legal->identity.s0_pulses_per_kwh, grown_dwh, before, energy_uj,
         report->sample_count);
}

uint64_t wh_output_pulses(const struct wh_legal *legal)
{
    return count_dwh(legal) / (DWH_PER_KWH / legal->identity.pulses_per_kwh);
}

void wh_legal_run_pulses(struct wh_legal *legal, uint32_t sample_count)
{
    wh_pulse_run(&legal->pulse, sample_count);
    wh_pulse_run(&legal->s0, sample_count);
}

uint64_t wh_legal_pulse_count(const struct wh_legal *legal)
{
    return wh_output_pulses(legal) - legal->pulses_at_start;
}

bool wh_legal_led(const struct wh_legal *legal)
{
    return wh_pulse_is_lit(&legal->pulse);
}

bool wh_legal_s0(const struct wh_legal *legal)
{
    return wh_pulse_is_lit(&legal->s0);
}

enum wh_energy wh_legal_led_energy(const struct wh_legal *legal)
{
    return (enum wh_energy)legal->led_energy;
}
