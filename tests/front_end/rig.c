/* One second of the signal is a table, so that minutes of it cost little. */
#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

enum { RATE = SIM_FRONT_END_RATE_HZ, UNSEEN = RATE / 8 };

struct second {
    struct sim_instant instant[RATE];
    double complex reference[RATE]; /* e^-jωt */
};

struct sums {
    double u, i, uu, ii, ui;
    double complex u_phasor, i_phasor;
};

struct sim_front_end make_unit(const char *kind, uint32_t number, double i_full_scale_a)
{
    struct sim_front_end fe;
    const struct sim_front_end_scale scale = {500, i_full_scale_a};
    assert_int_equal(sim_front_end_init(&fe, sim_front_end_kind_find(kind), number, &scale), WH_OK);
    return fe;
}

struct sim_front_end_unit perfect_unit(const char *kind)
{
    struct sim_front_end_unit unit;
    memset(&unit, 0, sizeof unit);
    for (int k = 0; k < SIM_PHASES; k++) {
        unit.phase[k].shunt_uohm = sim_front_end_kind_find(kind)->shunt_nominal_uohm;
    }
    return unit;
}

static void fill(struct second *second, const struct load *load)
{
    const unsigned hz = load->hz != 0 ? load->hz : 50;
    for (unsigned n = 0; n < RATE; n++) {
        const double angle = 2 * M_PI * (hz * n % RATE) / RATE;
        second->reference[n] = cexp(-I * angle);
        for (int k = 0; k < SIM_PHASES; k++) {
            const double x = angle - 2 * M_PI * k / SIM_PHASES;
            second->instant[n].u_v[k] = M_SQRT2 * load->u_rms_v * sin(x);
            second->instant[n].i_a[k] =
                M_SQRT2 * load->i_rms_a * sin(x - load->lag_deg * M_PI / 180);
        }
    }
}

static void add(struct sums *sums, double u, double i, double complex reference)
{
    sums->u += u;
    sums->i += i;
    sums->uu += u * u;
    sums->ii += i * i;
    sums->ui += u * i;
    sums->u_phasor += u * reference;
    sums->i_phasor += i * reference;
}

static void play_second(struct sim_front_end *fe, const struct second *second,
                        struct sums sums[SIM_PHASES])
{
    for (unsigned n = 0; n < RATE; n++) {
        int32_t u[SIM_PHASES];
        int32_t i[SIM_PHASES];
        sim_front_end_convert(fe, &second->instant[n], u, i);
        for (int k = 0; k < SIM_PHASES; k++) {
            add(&sums[k], u[k], i[k], second->reference[n]);
        }
    }
}

static void play_unseen(struct sim_front_end *fe, const struct second *second)
{
    for (unsigned n = RATE - UNSEEN; n < RATE; n++) {
        int32_t codes[2 * SIM_PHASES];
        sim_front_end_convert(fe, &second->instant[n], codes, codes + SIM_PHASES);
    }
}

static void evaluate(const struct sums *sums, double count, const struct sim_front_end_scale *scale,
                     int k, struct reading *reading)
{
    const double u_lsb = scale->u_full_scale_v / 0x1p23;
    const double i_lsb = scale->i_full_scale_a / 0x1p23;
    const double u = sums->u / count;
    const double i = sums->i / count;
    const double complex q = 2 * sums->u_phasor * conj(sums->i_phasor) / (count * count);
    reading->u_mean_v[k] = u * u_lsb;
    reading->i_mean_a[k] = i * i_lsb;
    reading->u_rms_v[k] = sqrt(sums->uu / count - u * u) * u_lsb;
    reading->i_rms_a[k] = sqrt(sums->ii / count - i * i) * i_lsb;
    reading->power[k] = (sums->ui / count - u * i + I * cimag(q)) * u_lsb * i_lsb;
}

struct reading measure(struct sim_front_end *fe, const struct load *load)
{
    static struct second second;
    struct sums sums[SIM_PHASES] = {{0}};
    struct reading reading;
    fill(&second, load);
    sim_front_end_settle(fe, (double[]){load->i_rms_a, load->i_rms_a, load->i_rms_a});
    play_unseen(fe, &second);
    for (unsigned s = 0; s < load->seconds; s++) {
        play_second(fe, &second, sums);
    }
    for (int k = 0; k < SIM_PHASES; k++) {
        evaluate(&sums[k], (double)load->seconds * RATE, &fe->scale, k, &reading);
    }
    return reading;
}

double complex true_power(const struct load *load)
{
    return load->u_rms_v * load->i_rms_a * cexp(I * load->lag_deg * M_PI / 180);
}

double complex total(const double complex power[SIM_PHASES])
{
    return power[0] + power[1] + power[2];
}

double error_pct(double complex power, double complex truth)
{
    return (creal(power) / creal(truth) - 1) * 100;
}
