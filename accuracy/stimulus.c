/* Stimuli: wiring, wave and burst as fields of a closed-form signal. */
#include "accuracy/stimulus.h"

static const double third_turn_deg = 120;

/* Metrology reference 2.2: both in phase with their fundamental at the positive zero crossing. Between lines
 * the 5th (a negative sequence) comes out opposite to the fundamental of the line-to-line voltage. */
static void add_fifth(struct sim_signal_phase *phase, enum acc_wiring wiring)
{
    const double u_angle_deg = wiring == ACC_ARON ? 180 : 0;
    phase->u_harmonics[phase->u_harmonic_count++] = (struct sim_harmonic){5, 10, u_angle_deg};
    phase->i_harmonics[phase->i_harmonic_count++] = (struct sim_harmonic){5, 40, 0};
}

static void set_wave(struct sim_signal_phase *phase, const struct acc_rating *rating,
                     const struct acc_load *load)
{
    if (load->wave == ACC_FIFTH) {
        add_fifth(phase, rating->wiring);
    } else if (load->wave == ACC_HALF_WAVE) {
        phase->shape = SIM_SIGNAL_HALF_WAVE;
    } else if (load->wave == ACC_PHASE_FIRED) {
        phase->shape = SIM_SIGNAL_PHASE_FIRED;
        phase->firing_deg = 90;
    }
    phase->burst_on_cycles = load->on_cycles;
    phase->burst_off_cycles = load->off_cycles;
}

/* Aron (3.5): u12 leads u1 by 30°, u32 lags u3 by 30°. One phase "loaded" is a load between two lines
 * that only that element sees. */
static void set_aron(struct sim_signal_phase *phase, unsigned k, const struct acc_load *load)
{
    const double ahead_deg = k == 0 ? 30 : -30;
    phase->u_angle_deg += ahead_deg;
    phase->lag_deg += load->loaded == ACC_ALL_PHASES ? ahead_deg : 0;
}

static void set_phase(struct sim_signal_phase *phase, unsigned k, const struct acc_rating *rating,
                      const struct acc_load *load)
{
    const unsigned bit = 1u << k;
    if ((rating->elements & bit) == 0 || (load->missing & bit) != 0) {
        return;
    }
    phase->u_rms_v = rating->un_v * load->u_pct / 100;
    phase->i_rms_a = (load->loaded & bit) != 0 ? load->i_a : 0;
    phase->lag_deg = acc_factor(load->factor)->lag_deg + (load->export ? 180 : 0);
    if (rating->wiring == ACC_ARON) {
        set_aron(phase, k, load);
    }
    set_wave(phase, rating, load);
}

struct sim_signal_config acc_stimulus(const struct acc_rating *rating, const struct acc_load *load,
                                      double u_angle_deg)
{
    struct sim_signal_config config = {.sample_rate_hz = 4096, .frequency_hz = load->f_hz};
    const double step_deg = load->reversed ? third_turn_deg : -third_turn_deg;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        config.phase[k].u_angle_deg = u_angle_deg + step_deg * k;
        set_phase(&config.phase[k], k, rating, load);
    }
    return config;
}
