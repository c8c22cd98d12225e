/* Kinds of analogue front ends: what a design is made of, with tolerances, and one unit's values.
 *
 * A kind is a table of rows; a row says what a value is nominally, how it spreads from unit to unit
 * and where both figures come from. A unit is one draw from it: kind and number decide every value,
 * so "382 number 17" is the same meter everywhere. docs/front-end.md lists the rows.
 */
#ifndef WH_SIM_FRONT_END_KIND_H
#define WH_SIM_FRONT_END_KIND_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/source.h"

/* One phase of one unit. A field that a kind has no row for is zero: there is no such part.
 * Temperature coefficients are relative to 23 °C. New fields go to the end: a field's place is the
 * number of its random stream, so inserting one would change every unit. */
struct sim_front_end_phase {
    /* Voltage path. */
    double u_divider_ppm;       /* error of the divider's or voltage transformer's ratio */
    double u_divider_ppm_per_k; /* its drift */
    double u_lead_deg;          /* voltage transformer: lead at 50 Hz, falls as 1/f */
    double u_adc_ppm;           /* gain error of the converter's channel */
    double u_adc_ppm_per_k;
    double u_offset_ppm; /* of full scale */
    double u_noise_db;   /* rms, relative to a full-scale sine, in the band of 2048 Hz; from 0 up:
                            none but the dither of an ideal converter */
    double u_delay_ns;   /* of the voltage against the common sampling instant; + is late */

    /* Current path, direct meter: shunt. */
    double shunt_uohm;
    double shunt_ppm_per_k; /* at 23 °C, copper tails included */
    double shunt_ppm_per_k2; /* curvature: R/R23 = 1 + a·d + b·d², d = shunt temperature - 23 °C */
    double shunt_rise_k;     /* self-heating at the kind's maximum current, steady */
    double shunt_time_constant_s;
    double shunt_inductance_nh; /* leads the current by L/R */

    /* Current path, transformer connected meter. */
    double ct_ratio_ppm;       /* turns ratio and burden, at rated current */
    double ct_ratio_ppm_per_k; /* of the burden */
    double ct_droop_ppm;       /* ratio error that comes on top at 1 % of rated current */
    double ct_lead_deg;        /* at rated current, 50 Hz and 23 °C; falls as 1/f */
    double ct_lead_ppm_per_k;  /* relative change of the lead */

    /* Current path, converter. */
    double i_adc_ppm;
    double i_adc_ppm_per_k;
    double i_offset_ppm;
    double i_noise_db;
    double i_delay_ns;

    double reference_ppm_per_k; /* as it appears in the codes of both channels */
    double reference_ppm_per_k2;
    double crosstalk_ppb; /* share of the voltage's codes in the current's codes */
};

/* One meter. */
struct sim_front_end_unit {
    uint32_t number;
    double sensor_offset_k; /* temperature sensor's error after the factory's trim */
    struct sim_front_end_phase phase[SIM_PHASES];
};

enum sim_front_end_scope {
    SIM_FRONT_END_PER_PHASE,
    SIM_FRONT_END_PER_ADC,  /* the same in all phases when the kind has one converter */
    SIM_FRONT_END_PER_METER /* only in struct sim_front_end_unit itself */
};

/* A value's distribution: near-Gaussian about nominal, cut at nominal ± limit (what lies beyond is
 * drawn again: incoming inspection). */
struct sim_front_end_row {
    const char *name; /* the field's, e.g. "shunt_uohm": it carries the unit */
    size_t offset;    /* of the field in struct sim_front_end_unit, for phase 0 */
    enum sim_front_end_scope scope;
    double nominal;
    double sigma; /* ≥ 0 */
    double limit; /* ≥ sigma */
    const char
        *source; /* "V …", "S …", "D …" as in the metrology reference, or "U …": unverified */
};

/* How a current transformer's errors depend on the current; between points linear in log I. */
struct sim_front_end_ct_point {
    double i_share; /* of rated current */
    double droop;   /* multiplies ct_droop_ppm: 0 at rated current, 1 at 1 % of it */
    double lead;    /* multiplies ct_lead_deg: 1 at rated current */
};

struct sim_front_end_kind {
    const char *name;           /* "382", "351C", "ideal" */
    uint32_t key;               /* keeps the units of different kinds apart */
    unsigned adc_count;         /* 3: an isolated converter per phase; 1: one for all */
    double i_rated_a;           /* Ib or In */
    double i_max_a;             /* where shunt_rise_k holds */
    double shunt_nominal_uohm;  /* for which full scale in amperes holds; 0: no shunt */
    unsigned sensor_step_centi; /* resolution of the temperature sensor, 0.01 K */
    size_t row_count;
    const struct sim_front_end_row *rows;
    size_t ct_count; /* 0: no current transformer; else ≥ 2, i_share ascending */
    const struct sim_front_end_ct_point *ct;
};

/* A kind by name, matched exactly; NULL if unknown. Static storage. */
const struct sim_front_end_kind *sim_front_end_kind_find(const char *name);

/* Kind by number, NULL past the last: to list them. */
const struct sim_front_end_kind *sim_front_end_kind_at(size_t index);

/* The values of unit number of a kind. */
void sim_front_end_draw(const struct sim_front_end_kind *kind, uint32_t number,
                        struct sim_front_end_unit *unit);

/* The value of a row in a unit; phase 0 … 2 (ignored for PER_METER). */
double sim_front_end_value(const struct sim_front_end_unit *unit,
                           const struct sim_front_end_row *row, int phase);

/* Writes a unit as a Markdown table: a line per row with name, L1, L2, L3, nominal ± limit, source. */
void sim_front_end_print(const struct sim_front_end_kind *kind,
                         const struct sim_front_end_unit *unit, FILE *out);

#endif
