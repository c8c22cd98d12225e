/* One unit's front end: its state (temperature, self-heating, filters) and the conversion.
 *
 * The conversion runs for every sample of every type test, so all slow things – temperature, the
 * current transformer's curve – are folded into one filter of four taps a channel, made anew every
 * 0.1 s; per sample there are only multiplications, additions and a random number.
 */
#include "sim/front_end.h"

#include <math.h>

#include "sim/front_end_gain.h"

#define NOMINAL_HZ  50.0
#define CODE_MAX    8388607.0
#define CODE_MIN    (-8388608.0)
#define AMBIENT_MIN (-100.0)
#define AMBIENT_MAX 150.0

enum { INPUT_LIMIT_FULL_SCALES = 32, NOISE_STREAM = 1 << 20 };

/* The noise generator's numbers are sums of four uniforms of 2^16 steps. One LSB per uniform is the
 * least noise there is: a converter without any would have errors correlated between u and i that no
 * real one has (metrology reference, section 6). */
#define DITHER_CODES 0x1p-16

static double noise_scale(double noise_db)
{
    if (noise_db >= 0) {
        return DITHER_CODES;
    }
    const double rms_codes = 0x1p23 / sqrt(2) * pow(10, noise_db / 20);
    return fmax(DITHER_CODES, rms_codes * sqrt(3) * DITHER_CODES); /* rms of four uniforms: 1/√3 */
}

/* Weights of four samples for a delay of 1 + late samples: Lagrange's cubic through them. At 50 Hz
 * its error is below 1e-6 for |late| up to 0.25, a shunt's lead of 10 µs being 0.04. */
static void set_taps(struct sim_front_end_filter *filter, int channel, double gain, double late)
{
    filter->taps[0][channel] = -gain * late * (late - 1) * (late - 2) / 6;
    filter->taps[1][channel] = gain * (late + 1) * (late - 1) * (late - 2) / 2;
    filter->taps[2][channel] = -gain * (late + 1) * late * (late - 2) / 2;
    filter->taps[3][channel] = gain * (late + 1) * late * (late - 1) / 6;
}

/* A transformer of magnetising inductance Lm, resistance R leads by atan(R/(ω·Lm)): per sample its
 * magnetising current grows by a share of what is left for the burden. The share follows from the
 * lead at 50 Hz; the ratio is meant at 50 Hz too, so the high-pass's own gain there is taken out. */
static double set_lead(struct sim_front_end_filter *filter, int channel, double lead_rad)
{
    const double half_step = tan(M_PI * NOMINAL_HZ / SIM_FRONT_END_RATE_HZ);
    const double share = 2 * half_step * tan(lead_rad) / (1 + half_step * tan(lead_rad));
    filter->magnetising[channel] = share;
    return hypot(1 - share / 2, share / 2 / half_step);
}

static void set_channel(struct sim_front_end_filter *filter, int channel, double codes_per_unit,
                        const struct sim_front_end_path *path)
{
    const double high_pass_gain = set_lead(filter, channel, path->lead_rad);
    set_taps(filter, channel, codes_per_unit * path->gain * high_pass_gain,
             path->delay_s * SIM_FRONT_END_RATE_HZ);
}

/* Filters for the present temperatures and currents. */
static void refresh(struct sim_front_end *fe)
{
    const double above_k = fe->ambient_celsius - SIM_FRONT_END_REFERENCE_CELSIUS;
    for (int k = 0; k < SIM_PHASES; k++) {
        const struct sim_front_end_phase *phase = &fe->unit.phase[k];
        const struct sim_front_end_path u = sim_front_end_voltage_path(phase, above_k);
        const struct sim_front_end_path i = sim_front_end_current_path(
            fe->kind, phase, above_k, fe->shunt_rise_k[k], fe->i_rms_a[k]);
        set_channel(&fe->filter, k, 0x1p23 / fe->scale.u_full_scale_v, &u);
        set_channel(&fe->filter, SIM_PHASES + k, 0x1p23 / fe->scale.i_full_scale_a, &i);
    }
}

/* What does not change with temperature or current. */
static void set_constants(struct sim_front_end *fe)
{
    struct sim_front_end_filter *filter = &fe->filter;
    for (int k = 0; k < SIM_PHASES; k++) {
        const struct sim_front_end_phase *phase = &fe->unit.phase[k];
        const int i = SIM_PHASES + k;
        filter->input_limit[k] = INPUT_LIMIT_FULL_SCALES * fe->scale.u_full_scale_v;
        filter->input_limit[i] = INPUT_LIMIT_FULL_SCALES * fe->scale.i_full_scale_a;
        filter->offset_codes[k] = phase->u_offset_ppm * 1e-6 * 0x1p23;
        filter->offset_codes[i] = phase->i_offset_ppm * 1e-6 * 0x1p23;
        filter->noise_codes[k] = noise_scale(phase->u_noise_db);
        filter->noise_codes[i] = noise_scale(phase->i_noise_db);
        fe->crosstalk[k] = phase->crosstalk_ppb * 1e-9;
    }
}

static bool is_positive(double value)
{
    return isfinite(value) && value > 0;
}

enum wh_err sim_front_end_init_unit(struct sim_front_end *fe, const struct sim_front_end_kind *kind,
                                    const struct sim_front_end_unit *unit,
                                    const struct sim_front_end_scale *scale)
{
    if (kind == NULL || !is_positive(scale->u_full_scale_v) ||
        !is_positive(scale->i_full_scale_a)) {
        return WH_ERR_ARGUMENT;
    }
    *fe = (struct sim_front_end){
        .kind = kind,
        .unit = *unit,
        .scale = *scale,
        .ambient_celsius = SIM_FRONT_END_REFERENCE_CELSIUS,
    };
    set_constants(fe);
    refresh(fe);
    sim_front_end_reseed_noise(fe, 0);
    return WH_OK;
}

enum wh_err sim_front_end_init(struct sim_front_end *fe, const struct sim_front_end_kind *kind,
                               uint32_t unit, const struct sim_front_end_scale *scale)
{
    if (kind == NULL) {
        return WH_ERR_ARGUMENT;
    }
    struct sim_front_end_unit drawn;
    sim_front_end_draw(kind, unit, &drawn);
    return sim_front_end_init_unit(fe, kind, &drawn, scale);
}

enum wh_err sim_front_end_ideal(struct sim_front_end *fe, uint32_t seed,
                                const struct sim_front_end_scale *scale)
{
    return sim_front_end_init(fe, sim_front_end_kind_find("ideal"), seed, scale);
}

void sim_front_end_reseed_noise(struct sim_front_end *fe, uint32_t run)
{
    const uint64_t seed = (uint64_t)fe->kind->key << 32 | fe->unit.number;
    fe->random = sim_random_stream(seed, NOISE_STREAM + (uint64_t)run);
}

void sim_front_end_set_ambient(struct sim_front_end *fe, double celsius)
{
    fe->ambient_celsius = fmin(fmax(celsius, AMBIENT_MIN), AMBIENT_MAX);
    refresh(fe);
}

int32_t sim_front_end_sensor_centi_c(const struct sim_front_end *fe)
{
    const double step = fe->kind->sensor_step_centi;
    const double centi_c = (fe->ambient_celsius + fe->unit.sensor_offset_k) * 100;
    return (int32_t)(round(centi_c / step) * step);
}

static double steady_rise_k(const struct sim_front_end *fe, int phase)
{
    const double share = fe->i_rms_a[phase] / fe->kind->i_max_a;
    return fe->unit.phase[phase].shunt_rise_k * share * share;
}

void sim_front_end_settle(struct sim_front_end *fe, const double i_rms_a[SIM_PHASES])
{
    for (int k = 0; k < SIM_PHASES; k++) {
        fe->i_rms_a[k] = i_rms_a[k];
        fe->shunt_rise_k[k] = steady_rise_k(fe, k);
    }
    refresh(fe);
}

/* The shunt is one thermal mass: its rise approaches the steady one exponentially. */
static void heat(struct sim_front_end *fe, int phase, double seconds)
{
    const double time_constant_s = fe->unit.phase[phase].shunt_time_constant_s;
    if (time_constant_s > 0) {
        fe->shunt_rise_k[phase] += (steady_rise_k(fe, phase) - fe->shunt_rise_k[phase]) *
                                   -expm1(-seconds / time_constant_s);
    }
}

static void end_block(struct sim_front_end *fe)
{
    for (int k = 0; k < SIM_PHASES; k++) {
        fe->i_rms_a[k] = sqrt(fe->i_square_sum[k] / SIM_FRONT_END_BLOCK);
        fe->i_square_sum[k] = 0;
        heat(fe, k, (double)SIM_FRONT_END_BLOCK / SIM_FRONT_END_RATE_HZ);
    }
    fe->block_count = 0;
    refresh(fe);
}

/* Inputs past the limit would stay in the transformers' memory for minutes. Not-a-number fails the
 * first comparison. */
static double limited(double value, double limit)
{
    const double above = value > -limit ? value : -limit;
    return above < limit ? above : limit;
}

/* Exact levels of all channels in codes, before the converters. */
static void filter_levels(struct sim_front_end_filter *f,
                          const double input[SIM_FRONT_END_CHANNELS],
                          double level[SIM_FRONT_END_CHANNELS])
{
    for (int c = 0; c < SIM_FRONT_END_CHANNELS; c++) {
        const double now = input[c] - f->high_pass[c];
        f->high_pass[c] += f->magnetising[c] * now;
        level[c] = f->taps[0][c] * now + f->taps[1][c] * f->history[0][c] +
                   f->taps[2][c] * f->history[1][c] + f->taps[3][c] * f->history[2][c] +
                   f->offset_codes[c];
        f->history[2][c] = f->history[1][c];
        f->history[1][c] = f->history[0][c];
        f->history[0][c] = now;
    }
}

/* Sum of the four 16-bit quarters of a random number, about its mean: near-Gaussian. */
static double noise(struct sim_random *random)
{
    const uint64_t quarters = 0x0000FFFF0000FFFFu;
    const uint64_t bits = sim_random_bits(random);
    const uint64_t pairs = (bits & quarters) + (bits >> 16 & quarters);
    const int32_t sum = (int32_t)((uint32_t)pairs + (uint32_t)(pairs >> 32));
    return (double)sum - 2 * 65535.0;
}

static int32_t code(double level)
{
    level = level > CODE_MIN ? level : CODE_MIN;
    level = level < CODE_MAX ? level : CODE_MAX;
    /* Where all values are positive, truncation is rounding: one instruction, not lround. */
    return (int32_t)(level + 8388608.5) - 8388608;
}

void sim_front_end_convert(struct sim_front_end *fe, const struct sim_instant *in,
                           int32_t u[SIM_PHASES], int32_t i[SIM_PHASES])
{
    double input[SIM_FRONT_END_CHANNELS];
    double level[SIM_FRONT_END_CHANNELS];
    for (int k = 0; k < SIM_PHASES; k++) {
        input[k] = limited(in->u_v[k], fe->filter.input_limit[k]);
        const double amperes = limited(in->i_a[k], fe->filter.input_limit[SIM_PHASES + k]);
        input[SIM_PHASES + k] = amperes;
        fe->i_square_sum[k] += amperes * amperes;
    }
    filter_levels(&fe->filter, input, level);
    for (int k = 0; k < SIM_PHASES; k++) {
        const double u_noise = fe->filter.noise_codes[k] * noise(&fe->random);
        const double i_noise = fe->filter.noise_codes[SIM_PHASES + k] * noise(&fe->random);
        u[k] = code(level[k] + u_noise);
        i[k] = code(level[SIM_PHASES + k] + fe->crosstalk[k] * level[k] + i_noise);
    }
    if (++fe->block_count == SIM_FRONT_END_BLOCK) {
        end_block(fe);
    }
}
