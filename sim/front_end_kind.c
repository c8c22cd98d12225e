/* The kinds: every figure with its spread and where it comes from. Sections are those of the
 * metrology reference; keys like [ADI94] are in its section 9. docs/front-end.md says why. */
#include "sim/front_end_kind.h"

#include <string.h>

#define FIELD(field)       #field, offsetof(struct sim_front_end_unit, field)
#define PHASE_FIELD(field) #field, offsetof(struct sim_front_end_unit, phase[0].field)
#define PER_PHASE(field, ...)                                                                      \
    {                                                                                              \
        PHASE_FIELD(field), SIM_FRONT_END_PER_PHASE, __VA_ARGS__                                   \
    }
#define PER_ADC(field, ...)                                                                        \
    {                                                                                              \
        PHASE_FIELD(field), SIM_FRONT_END_PER_ADC, __VA_ARGS__                                     \
    }
#define PER_METER(field, ...)                                                                      \
    {                                                                                              \
        FIELD(field), SIM_FRONT_END_PER_METER, __VA_ARGS__                                         \
    }
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Sources that several rows share. */
#define GAIN    "U 6: channel gain ±1…3 % before calibration; split between the parts U"
#define DRIFT   "V [ADI94]: channel ≤ ±25 ppm/K with PGA, ADC, reference; split U"
#define BANDGAP "V 15 ppm/K typ (ATM90E26), S 6 typ (ATM90E32); here cut at 15"
#define OFFSET  "U 6: up to some mV re 1 V"
#define NOISE   "V [ADI94] 101 dB at 8 kSPS; D -104 dB in half the band"
#define SKEW    "U 6: sigma-delta nominal 0; tolerance of input filters"
#define SENSOR  "U ±1 K part, ±0.5 K after the factory's trim"

/* Columns: nominal, sigma, limit, source. */
static const struct sim_front_end_row direct_rows[] = {
    PER_PHASE(u_divider_ppm, 0, 4000, 12000, GAIN),
    PER_PHASE(u_divider_ppm_per_k, 0, 4, 12,
              "U chain of equal resistors: what is left of tracking"),
    PER_PHASE(u_adc_ppm, 0, 2000, 6000, GAIN),
    PER_PHASE(u_adc_ppm_per_k, 0, 2, 5, DRIFT),
    PER_PHASE(u_offset_ppm, 0, 700, 2000, OFFSET),
    PER_PHASE(u_noise_db, -104, 0.3, 1, NOISE),
    PER_PHASE(u_delay_ns, 0, 100, 300, SKEW),
    PER_PHASE(shunt_uohm, 300, 2, 6,
              "U 6: 300 typical; ±5 % on the market (microhm.net), selected"),
    PER_PHASE(shunt_ppm_per_k, 20, 5, 12, "U 6: ±10…50 ppm/K with copper tails; e-beam welded"),
    PER_PHASE(shunt_ppm_per_k2, -0.3, 0.05, 0.1, "U parabola of Cu-Mn alloys; plain manganin -0.5"),
    PER_PHASE(shunt_rise_k, 25, 2, 5, "U 6: 20–40 K at Imax; D 3 W in 300 µΩ at 100 A"),
    PER_PHASE(shunt_time_constant_s, 60, 8, 20, "U shunt on its terminals: about a minute"),
    PER_PHASE(shunt_inductance_nh, 2, 0.3, 1, "U 6: 1–3 nH"),
    PER_PHASE(i_adc_ppm, 0, 2000, 6000, GAIN),
    PER_PHASE(i_adc_ppm_per_k, 0, 2, 5, DRIFT),
    PER_PHASE(i_offset_ppm, 0, 700, 2000, OFFSET),
    PER_PHASE(i_noise_db, -90, 0.3, 1, "V [ADI53] 88 dB at 62.5 mV; S ADS131M04 89 dB at gain 16"),
    PER_PHASE(i_delay_ns, 0, 100, 300, SKEW),
    PER_ADC(reference_ppm_per_k, 0, 5, 15, BANDGAP),
    PER_ADC(reference_ppm_per_k2, 0, 0.03, 0.07, "U curvature of a bandgap"),
    PER_PHASE(crosstalk_ppb, 0, 100, 300, "D [ST32] 0.1 % over 5000:1 at 0.65 of full scale"),
    PER_METER(sensor_offset_k, 0, 0.2, 0.5, SENSOR),
};

static const struct sim_front_end_row transformer_rows[] = {
    PER_PHASE(u_divider_ppm, 0, 2000, 6000, "U voltage transformer and burden"),
    PER_PHASE(u_divider_ppm_per_k, 0, 4, 12, "U burden resistor"),
    PER_PHASE(u_lead_deg, 0.1, 0.02, 0.05, "U miniature voltage transformer: 3'…9'"),
    PER_PHASE(u_adc_ppm, 0, 2000, 6000, GAIN),
    PER_PHASE(u_adc_ppm_per_k, 0, 2, 5, DRIFT),
    PER_PHASE(u_offset_ppm, 0, 700, 2000, OFFSET),
    PER_PHASE(u_noise_db, -104, 0.3, 1, NOISE),
    PER_PHASE(u_delay_ns, 0, 100, 300, SKEW),
    PER_PHASE(ct_ratio_ppm, 0, 2000, 6000, "U turns ±0.1 %, burden ±0.5 %"),
    PER_PHASE(ct_ratio_ppm_per_k, 0, 4, 12, "U burden resistor"),
    PER_PHASE(ct_droop_ppm, -800, 150, 400, "S class 0.1: 0.2 % at 0.01 In (miniaturect.com)"),
    PER_PHASE(ct_lead_deg, 0.072, 0.007, 0.02, "U 6: 0.05–0.5°; S class 0.1: 5' (miniaturect.com)"),
    PER_PHASE(ct_lead_ppm_per_k, 3000, 300, 900, "U winding's copper 3900, core the other way"),
    PER_PHASE(i_adc_ppm, 0, 2000, 6000, GAIN),
    PER_PHASE(i_adc_ppm_per_k, 0, 2, 5, DRIFT),
    PER_PHASE(i_offset_ppm, 0, 700, 2000, OFFSET),
    PER_PHASE(i_noise_db, -104, 0.3, 1, NOISE),
    PER_PHASE(i_delay_ns, 0, 100, 300, SKEW),
    PER_ADC(reference_ppm_per_k, 0, 5, 15, BANDGAP),
    PER_ADC(reference_ppm_per_k2, 0, 0.03, 0.07, "U curvature of a bandgap"),
    PER_PHASE(crosstalk_ppb, 0, 100, 300, "D [ST32] 0.1 % over 5000:1 at 0.65 of full scale"),
    PER_METER(sensor_offset_k, 0, 0.2, 0.5, SENSOR),
};

/* Shape after the limits of class 0.1 for lead, 15' at 0.01 In, 8' at 0.05, 5' from 0.2 (S,
 * miniaturect.com), continued below 0.01 to the core's initial permeability (U). */
static const struct sim_front_end_ct_point transformer_ct[] = {
    {0.0005, 1.36, 3.20}, {0.001, 1.30, 3.15}, {0.002, 1.22, 3.08}, {0.005, 1.10, 2.95},
    {0.01, 1.00, 2.75},   {0.02, 0.80, 2.30},  {0.05, 0.50, 1.60},  {0.1, 0.33, 1.30},
    {0.2, 0.20, 1.15},    {0.5, 0.07, 1.04},   {1, 0, 1},           {2, -0.02, 0.97},
};

static const struct sim_front_end_kind kinds[] = {
    {
        /* VAR-4: 382M, 0.25–5(100) A. MET-1: shunt and divider, an isolated converter per phase. */
        .name = "382",
        .key = 382,
        .adc_count = 3,
        .i_rated_a = 5,
        .i_max_a = 100,
        .shunt_nominal_uohm = 300,
        .sensor_step_centi = 10,
        .row_count = COUNT(direct_rows),
        .rows = direct_rows,
    },
    {
        /* VAR-4: 351C, 0.05–5(6) A. MET-1: current and voltage transformers, one converter. */
        .name = "351C",
        .key = 351,
        .adc_count = 1,
        .i_rated_a = 5,
        .i_max_a = 6,
        .sensor_step_centi = 10,
        .row_count = COUNT(transformer_rows),
        .rows = transformer_rows,
        .ct_count = COUNT(transformer_ct),
        .ct = transformer_ct,
    },
    {
        .name = "ideal",
        .key = 0,
        .adc_count = 3,
        .i_rated_a = 5,
        .i_max_a = 100,
        .sensor_step_centi = 1,
    },
};

const struct sim_front_end_kind *sim_front_end_kind_at(size_t index)
{
    return index < COUNT(kinds) ? &kinds[index] : NULL;
}

const struct sim_front_end_kind *sim_front_end_kind_find(const char *name)
{
    const struct sim_front_end_kind *kind;
    for (size_t k = 0; (kind = sim_front_end_kind_at(k)) != NULL; k++) {
        if (strcmp(kind->name, name) == 0) {
            return kind;
        }
    }
    return NULL;
}
