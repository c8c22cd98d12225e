/* What a test signal's energy and power are, in closed form.
 *
 * Both waveforms are sums of sines in the same angle x, so every integral is a sum of
 *     ∫ sin(m·x + a)·sin(n·x + b) dx = ½ ∫ cos((m-n)·x + a - b) - cos((m+n)·x + a + b) dx
 * over the arcs in which the current conducts. Whole burst periods are counted, never summed one by
 * one. */
#include "sim/signal.h"

#include <math.h>

static const double cycle_rad = 2 * M_PI;

static double integral_of_cosine(double order, double angle_rad, double from_rad, double to_rad)
{
    if (order == 0) {
        return cos(angle_rad) * (to_rad - from_rad);
    }
    return (sin(order * to_rad + angle_rad) - sin(order * from_rad + angle_rad)) / order;
}

static double integral_of_terms(const struct sim_signal_term *a, const struct sim_signal_term *b,
                                double from_rad, double to_rad)
{
    const double difference =
        integral_of_cosine(a->order - b->order, a->angle_rad - b->angle_rad, from_rad, to_rad);
    const double sum =
        integral_of_cosine(a->order + b->order, a->angle_rad + b->angle_rad, from_rad, to_rad);
    return a->amplitude * b->amplitude / 2 * (difference - sum);
}

static double integral_of_waves(const struct sim_signal_wave *a, const struct sim_signal_wave *b,
                                double from_rad, double to_rad)
{
    double sum = 0;
    for (unsigned m = 0; m < a->count; m++) {
        for (unsigned n = 0; n < b->count; n++) {
            sum += integral_of_terms(&a->term[m], &b->term[n], from_rad, to_rad);
        }
    }
    return sum;
}

/* a·b over the conducting arcs of one cycle, up to to_rad ≤ 2π of it. */
static double over_arcs(const struct sim_signal_channel *channel, const struct sim_signal_wave *a,
                        const struct sim_signal_wave *b, double to_rad)
{
    double sum = 0;
    for (unsigned k = 0; k < channel->arc_count && channel->arc[k].from_rad < to_rad; k++) {
        sum +=
            integral_of_waves(a, b, channel->arc[k].from_rad, fmin(channel->arc[k].to_rad, to_rad));
    }
    return sum;
}

/* a·b·conducts from x = 0 to cycles whole and broken cycles later (or earlier, when negative). */
static double gated_until(const struct sim_signal_channel *channel, const struct sim_signal_wave *a,
                          const struct sim_signal_wave *b, double cycles)
{
    const double one_cycle = over_arcs(channel, a, b, cycle_rad);
    const double periods = floor(cycles / channel->burst_cycles);
    const double left = cycles - periods * channel->burst_cycles;
    const double whole = fmin(floor(left), channel->burst_on_cycles);
    const double piece = floor(left) < channel->burst_on_cycles
                             ? over_arcs(channel, a, b, (left - floor(left)) * cycle_rad)
                             : 0;
    return (periods * channel->burst_on_cycles + whole) * one_cycle + piece;
}

/* Of u (or its quadrature) and the whole current, from one position in cycles to another. */
static double product_integral(const struct sim_signal_channel *channel,
                               const struct sim_signal_wave *u, double from_cycles,
                               double to_cycles)
{
    const double gated = gated_until(channel, u, &channel->i, to_cycles) -
                         gated_until(channel, u, &channel->i, from_cycles);
    /* u has no DC, so whole cycles of u·DC are zero and only the fractions matter. */
    const double dc =
        integral_of_waves(u, &channel->dc, (from_cycles - floor(from_cycles)) * cycle_rad,
                          (to_cycles - floor(to_cycles)) * cycle_rad);
    return gated + dc;
}

void sim_signal_energy(const struct sim_signal *signal, int phase, double from_s, double to_s,
                       struct sim_signal_energy *energy)
{
    const struct sim_signal_channel *channel = &signal->channel[phase];
    const double from_cycles = from_s * signal->frequency_hz + channel->start_cycles;
    const double to_cycles = to_s * signal->frequency_hz + channel->start_cycles;
    const double hours_per_rad = 1 / (cycle_rad * signal->frequency_hz * 3600);
    energy->active_wh =
        hours_per_rad * product_integral(channel, &channel->u, from_cycles, to_cycles);
    energy->reactive_varh =
        hours_per_rad * product_integral(channel, &channel->u_quadrature, from_cycles, to_cycles);
}

static double i_rms(const struct sim_signal_channel *channel, double period_rad)
{
    const double cycles = channel->burst_cycles;
    const double dc_a = channel->dc.term[0].amplitude;
    const double gated = gated_until(channel, &channel->i, &channel->i, cycles);
    const double cross = gated_until(channel, &channel->i, &channel->dc, cycles);
    return sqrt(fmax(0, (gated + 2 * cross) / period_rad + dc_a * dc_a));
}

void sim_signal_power(const struct sim_signal *signal, int phase, struct sim_signal_power *power)
{
    const struct sim_signal_channel *channel = &signal->channel[phase];
    const double cycles = channel->burst_cycles;
    const double period_rad = cycles * cycle_rad;
    power->u_rms_v = sqrt(integral_of_waves(&channel->u, &channel->u, 0, cycle_rad) / cycle_rad);
    power->i_rms_a = i_rms(channel, period_rad);
    power->active_w = product_integral(channel, &channel->u, 0, cycles) / period_rad;
    power->reactive_var = product_integral(channel, &channel->u_quadrature, 0, cycles) / period_rad;
}
