/* The bench. Invariant: reference and registers cover the same samples, whatever waits in the front end or
 * in the elements while the current is switched. */
#include "accuracy/measure.h"

#include <math.h>

static const double wh_per_dwh = 0.1;

struct counting {
    struct acc_energy start;
    uint64_t start_pulses, start_register;
    struct acc_means sum[SIM_PHASES]; /* times seconds */
    double seconds;
};

static double energy_wh(const struct acc_unit *unit, enum wh_energy energy)
{
    struct wh_energy_value value;
    (void)wh_legal_energy(&unit->meter.legal, energy, &value); /* exists, so it cannot fail */
    return ((double)value.count_dwh + (double)value.rest_uj / WH_UJ_PER_DWH) * wh_per_dwh;
}

static struct acc_energy read_registers(const struct acc_unit *unit)
{
    struct acc_energy energy = {
        .active_wh = energy_wh(unit, WH_A_PLUS) - energy_wh(unit, WH_A_MINUS),
        .reactive_varh = energy_wh(unit, WH_R_PLUS) - energy_wh(unit, WH_R_MINUS),
    };
    for (int p = 0; p < SIM_PHASES; p++) {
        energy.phase_wh[p] = energy_wh(unit, (enum wh_energy)(WH_A_PLUS_L1 + p)) -
                             energy_wh(unit, (enum wh_energy)(WH_A_MINUS_L1 + p));
    }
    return energy;
}

/* The register of A+ in pulses. */
static uint64_t register_pulses(const struct acc_unit *unit)
{
    struct wh_energy_value value;
    (void)wh_legal_energy(&unit->meter.legal, WH_A_PLUS, &value);
    return value.count_dwh * unit->rating->variant->pulses_per_kwh / 10000;
}

static void observe(void *context, const struct wh_bus_report *report)
{
    struct counting *counting = context;
    const double seconds = report->duration_q14 / 16384.0 / ACC_SAMPLE_RATE_HZ;
    counting->seconds += seconds;
    for (int p = 0; p < SIM_PHASES; p++) {
        const struct wh_element_report *phase = &report->phase[p];
        struct acc_means *sum = &counting->sum[p];
        sum->u_rms_v += pow(phase->u_rms_mv / 1e3, 2) * seconds;
        sum->i_square += pow(phase->i_rms_ua / 1e6, 2) * seconds;
        sum->active_w += phase->active_mw / 1e3 * seconds;
        sum->reactive_var += phase->reactive_mvar / 1e3 * seconds;
    }
}

static void add_reference(const struct acc_unit *unit, double from_s, double to_s,
                          struct acc_energy *energy)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        struct sim_signal_energy part;
        sim_signal_energy(&unit->player.signal, p, from_s, to_s, &part);
        energy->active_wh += part.active_wh;
        energy->reactive_varh += part.reactive_varh;
        energy->phase_wh[p] += part.active_wh;
    }
}

static void begin(const struct acc_unit *unit, struct counting *counting)
{
    *counting = (struct counting){
        .start = read_registers(unit),
        .start_pulses = wh_legal_pulse_count(&unit->meter.legal),
        .start_register = register_pulses(unit),
    };
}

static void count(struct acc_unit *unit, double seconds, struct counting *counting,
                  struct acc_measurement *measurement)
{
    const uint64_t samples = (uint64_t)llround(seconds * ACC_SAMPLE_RATE_HZ);
    acc_unit_play(unit, samples, observe, counting);
    add_reference(unit, 0, (double)samples / ACC_SAMPLE_RATE_HZ, &measurement->reference);
    measurement->seconds += (double)samples / ACC_SAMPLE_RATE_HZ;
}

static void fill_means(const struct counting *counting, struct acc_measurement *measurement)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        const struct acc_means *sum = &counting->sum[p];
        measurement->mean[p] = (struct acc_means){
            .u_rms_v = sqrt(sum->u_rms_v / counting->seconds),
            .i_rms_a = sqrt(sum->i_square / counting->seconds),
            .active_w = sum->active_w / counting->seconds,
            .reactive_var = sum->reactive_var / counting->seconds,
            .i_square = sum->i_square / counting->seconds,
        };
    }
}

static void finish(struct acc_unit *unit, const struct counting *counting,
                   struct acc_measurement *measurement)
{
    unit->current_off = true;
    acc_unit_finish_window(unit);
    acc_unit_finish_window(unit);
    const struct acc_energy now = read_registers(unit);
    struct acc_energy *gained = &measurement->registered;
    gained->active_wh = now.active_wh - counting->start.active_wh;
    gained->reactive_varh = now.reactive_varh - counting->start.reactive_varh;
    for (int p = 0; p < SIM_PHASES; p++) {
        gained->phase_wh[p] = now.phase_wh[p] - counting->start.phase_wh[p];
    }
    measurement->pulses = wh_legal_pulse_count(&unit->meter.legal) - counting->start_pulses;
    measurement->expected_pulses = register_pulses(unit) - counting->start_register;
    fill_means(counting, measurement);
}

/* Until the meter follows the voltage and has forgotten what was before. */
static enum wh_err wait_without_current(struct acc_unit *unit, const struct acc_load *load)
{
    struct acc_load without = *load;
    without.i_a = 0;
    without.wave = ACC_SINE;
    without.on_cycles = 0;
    const unsigned seconds = unit->after_dc ? ACC_SETTLE_AFTER_DC_SECONDS : ACC_SETTLE_SECONDS;
    const enum wh_err err = acc_unit_apply(unit, &without, true);
    if (err == WH_OK) {
        acc_unit_play(unit, (uint64_t)seconds * ACC_SAMPLE_RATE_HZ, NULL, NULL);
        acc_unit_finish_window(unit);
    }
    return err;
}

static enum wh_err measure(struct acc_unit *unit, const struct acc_load *loads, size_t load_count,
                           double seconds, bool cold, struct acc_measurement *measurement)
{
    struct counting counting;
    enum wh_err err = wait_without_current(unit, &loads[0]);
    *measurement = (struct acc_measurement){0};
    begin(unit, &counting);
    for (size_t k = 0; k < load_count && err == WH_OK; k++) {
        err = acc_unit_apply(unit, &loads[k], cold);
        if (err == WH_OK) {
            count(unit, seconds, &counting, measurement);
        }
    }
    finish(unit, &counting, measurement);
    return err;
}

enum wh_err acc_measure(struct acc_unit *unit, const struct acc_load *load, double seconds,
                        struct acc_measurement *measurement)
{
    return measure(unit, load, 1, seconds, false, measurement);
}

enum wh_err acc_measure_cold(struct acc_unit *unit, const struct acc_load *load, double seconds,
                             struct acc_measurement *measurement)
{
    return measure(unit, load, 1, seconds, true, measurement);
}

enum wh_err acc_measure_sequence(struct acc_unit *unit, const struct acc_load *loads,
                                 size_t load_count, double seconds,
                                 struct acc_measurement *measurement)
{
    return measure(unit, loads, load_count, seconds, false, measurement);
}

double acc_error_pct(double registered, double reference)
{
    return reference != 0.0 ? (registered / reference - 1) * 100 : 0;
}
