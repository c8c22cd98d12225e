/* Test signals: the configuration worked out into sums of sines in the angle of each current's
 * fundamental, and the evaluation of those sums.
 *
 * Invariant: a sample depends on its number only, never on the sample before, so that no error
 * accumulates however long a test plays. */
#include "sim/signal.h"

#include <math.h>
#include <string.h>

static const double degree_rad = M_PI / 180;

static bool in_range(double value, double low, double high)
{
    return value >= low && value <= high; /* false for not-a-number */
}

static bool harmonics_valid(const struct sim_harmonic *harmonics, unsigned count, double order_max)
{
    if (count > SIM_SIGNAL_HARMONICS_MAX) {
        return false;
    }
    for (unsigned k = 0; k < count; k++) {
        if (harmonics[k].order < 2 || harmonics[k].order > SIM_HARMONIC_ORDER_MAX ||
            harmonics[k].order >= order_max || !in_range(harmonics[k].percent, 0, 1000) ||
            !isfinite(harmonics[k].angle_deg)) {
            return false;
        }
    }
    return true;
}

static bool phase_valid(const struct sim_signal_phase *phase, double order_max)
{
    return in_range(phase->u_rms_v, 0, 1e6) && in_range(phase->i_rms_a, 0, 1e6) &&
           in_range(phase->i_dc_a, -1e6, 1e6) && isfinite(phase->u_angle_deg) &&
           isfinite(phase->lag_deg) && (unsigned)phase->shape <= SIM_SIGNAL_PHASE_FIRED &&
           in_range(phase->firing_deg, 0, 180) && phase->burst_on_cycles <= SIM_SIGNAL_BURST_MAX &&
           phase->burst_off_cycles <= SIM_SIGNAL_BURST_MAX &&
           harmonics_valid(phase->u_harmonics, phase->u_harmonic_count, order_max) &&
           harmonics_valid(phase->i_harmonics, phase->i_harmonic_count, order_max);
}

/* Fundamental and harmonics of a waveform whose fundamental is ahead_rad ahead of x. */
static void make_wave(struct sim_signal_wave *wave, double rms, double ahead_rad,
                      const struct sim_harmonic *harmonics, unsigned count)
{
    const double amplitude = sqrt(2) * rms;
    wave->count = 1 + count;
    wave->term[0] = (struct sim_signal_term){1, amplitude, ahead_rad};
    for (unsigned k = 0; k < count; k++) {
        wave->term[1 + k] = (struct sim_signal_term){
            .order = harmonics[k].order,
            .amplitude = amplitude * harmonics[k].percent / 100,
            .angle_rad = harmonics[k].order * ahead_rad + harmonics[k].angle_deg * degree_rad,
        };
    }
}

static void make_arcs(struct sim_signal_channel *channel, const struct sim_signal_phase *phase)
{
    const double firing_rad = phase->firing_deg * degree_rad;
    channel->arc_count = phase->shape == SIM_SIGNAL_PHASE_FIRED ? 2 : 1;
    channel->arc[0].from_rad = phase->shape == SIM_SIGNAL_PHASE_FIRED ? firing_rad : 0;
    channel->arc[0].to_rad = phase->shape == SIM_SIGNAL_CONTINUOUS ? 2 * M_PI : M_PI;
    channel->arc[1].from_rad = M_PI + firing_rad;
    channel->arc[1].to_rad = 2 * M_PI;
}

static void make_channel(struct sim_signal_channel *channel, const struct sim_signal_phase *phase)
{
    const double lag_rad = phase->lag_deg * degree_rad;
    *channel = (struct sim_signal_channel){
        .start_cycles = (phase->u_angle_deg - phase->lag_deg) / 360,
        .burst_on_cycles = phase->burst_on_cycles > 0 ? phase->burst_on_cycles : 1,
        .burst_cycles =
            phase->burst_on_cycles > 0 ? phase->burst_on_cycles + phase->burst_off_cycles : 1,
    };
    make_wave(&channel->u, phase->u_rms_v, lag_rad, phase->u_harmonics, phase->u_harmonic_count);
    make_wave(&channel->u_quadrature, phase->u_rms_v, lag_rad - M_PI / 2, NULL, 0);
    make_wave(&channel->i, phase->i_rms_a, 0, phase->i_harmonics, phase->i_harmonic_count);
    channel->dc.count = 1;
    channel->dc.term[0] = (struct sim_signal_term){0, phase->i_dc_a, M_PI / 2};
    make_arcs(channel, phase);
}

enum wh_err sim_signal_init(struct sim_signal *signal, const struct sim_signal_config *config)
{
    if (!in_range(config->sample_rate_hz, 500, 1e6) || !in_range(config->frequency_hz, 10, 500) ||
        config->frequency_hz >= config->sample_rate_hz / 2) {
        return WH_ERR_ARGUMENT;
    }
    const double order_max = config->sample_rate_hz / 2 / config->frequency_hz;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        if (!phase_valid(&config->phase[phase], order_max)) {
            return WH_ERR_ARGUMENT;
        }
    }
    signal->frequency_hz = config->frequency_hz;
    signal->cycles_per_sample = config->frequency_hz / config->sample_rate_hz;
    signal->next_sample = 0;
    signal->sample_count = config->sample_count;
    signal->sample_rate_hz = config->sample_rate_hz;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        make_channel(&signal->channel[phase], &config->phase[phase]);
    }
    return WH_OK;
}

void sim_signal_balanced(struct sim_signal_config *config, double frequency_hz, double u_rms_v,
                         double i_rms_a, double lag_deg)
{
    memset(config, 0, sizeof *config);
    config->sample_rate_hz = 4096;
    config->frequency_hz = frequency_hz;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        config->phase[phase].u_rms_v = u_rms_v;
        config->phase[phase].u_angle_deg = -120.0 * phase;
        config->phase[phase].i_rms_a = i_rms_a;
        config->phase[phase].lag_deg = lag_deg;
    }
}

static double wave_at(const struct sim_signal_wave *wave, double x_rad)
{
    double sum = 0;
    for (unsigned k = 0; k < wave->count; k++) {
        const struct sim_signal_term *term = &wave->term[k];
        sum += term->amplitude * sin(term->order * x_rad + term->angle_rad);
    }
    return sum;
}

static bool conducts(const struct sim_signal_channel *channel, double cycle, double x_rad)
{
    /* cycle may be -1 or less: a lagging current's cycle 0 has not begun at t = 0. */
    const double burst_cycle = cycle - channel->burst_cycles * floor(cycle / channel->burst_cycles);
    if (burst_cycle >= channel->burst_on_cycles) {
        return false;
    }
    for (unsigned k = 0; k < channel->arc_count; k++) {
        if (x_rad >= channel->arc[k].from_rad && x_rad < channel->arc[k].to_rad) {
            return true;
        }
    }
    return false;
}

void sim_signal_at(const struct sim_signal *signal, uint64_t sample, struct sim_instant *instant)
{
    /* The product in two parts, whole and rest, so that the fraction of a cycle keeps all its
     * digits after any number of cycles. */
    const double number = (double)sample;
    const double cycles = number * signal->cycles_per_sample;
    const double rest = fma(number, signal->cycles_per_sample, -cycles);
    const double whole = floor(cycles);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const struct sim_signal_channel *channel = &signal->channel[phase];
        const double position = (cycles - whole) + rest + channel->start_cycles;
        const double cycle = floor(position);
        const double x_rad = 2 * M_PI * (position - cycle);
        instant->u_v[phase] = wave_at(&channel->u, x_rad);
        instant->i_a[phase] =
            channel->dc.term[0].amplitude +
            (conducts(channel, whole + cycle, x_rad) ? wave_at(&channel->i, x_rad) : 0);
    }
}

static size_t pull(void *context, struct sim_instant *instants, size_t count)
{
    struct sim_signal *signal = context;
    size_t done = 0;
    while (done < count &&
           (signal->sample_count == 0 || signal->next_sample < signal->sample_count)) {
        sim_signal_at(signal, signal->next_sample++, &instants[done++]);
    }
    return done;
}

struct sim_source sim_signal_source(struct sim_signal *signal)
{
    return (struct sim_source){.pull = pull, .context = signal};
}

double sim_signal_played_s(const struct sim_signal *signal)
{
    return (double)signal->next_sample / signal->sample_rate_hz;
}
