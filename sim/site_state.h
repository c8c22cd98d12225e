/* The inside of a site, for site.c, site_line.c and site_report.c. */
#ifndef WH_SIM_SITE_STATE_H
#define WH_SIM_SITE_STATE_H

#include "sim/crystal.h"
#include "sim/site.h"
#include "sim/site_grid.h"
#include "sim/site_load.h"
#include "sim/site_people.h"
#include "sim/weather.h"

enum { SIM_SITE_LANES = 4 }; /* three phases and one that makes pairs: processors like pairs */

/* A quantity of all phases over a stretch: at its first second, more each second, and more for
 * each volt that the voltage wanders. In the unit of the report. */
struct sim_site_line {
    double start[SIM_SITE_LANES], slope[SIM_SITE_LANES], per_v[SIM_SITE_LANES];
};

/* At the meter's terminals, behind transformers if there are any. */
enum sim_site_quantity {
    SIM_SITE_U_MV,
    SIM_SITE_P_MW,
    SIM_SITE_Q_MVAR,
    SIM_SITE_S_MVA,
    SIM_SITE_I_UA,
    SIM_SITE_QUANTITIES,
};

struct sim_site_lines {
    struct sim_site_line line[SIM_SITE_QUANTITIES];
    /* Of a stretch of one second with a dip or swell: how long, what is left of the voltage, and
     * the voltage that it is left of. */
    unsigned sag_ms[SIM_PHASES];
    double sag_factor, plain_mv[SIM_PHASES];
};

/* Seconds in which everything moves on straight lines. */
struct sim_site_stretch {
    uint32_t from_s; /* UTC */
    uint32_t length_s;
    uint32_t done_s;
    bool supply;
    double frequency_hz, frequency_slope_hz;
};

/* Happenings that the next second will tell of. */
struct sim_site_pending {
    uint32_t happenings;
    uint32_t pulses;
    int32_t clock_shift_s;
    uint8_t tariff;
};

struct sim_site {
    struct sim_site_config config;
    int64_t start_square; /* where registration starts, mVA squared */
    double per_ratio;     /* of the current transformers, inverted; 1 where there are none */
    struct sim_crystal crystal;
    uint64_t crystal_rate;
    int16_t meter_centi_c;
    struct sim_weather weather;
    struct sim_site_people people;
    struct sim_site_grid grid;
    unsigned load_count;
    struct sim_site_load loads[SIM_SITE_LOADS_MAX + 2];
    struct sim_random pulse_random;
    unsigned next_event;
    uint32_t next_pulse_s; /* UTC */
    bool pulse_due;        /* then; or only the next draw */
    double lag_var;
    unsigned alive; /* phases */
    struct sim_site_stretch stretch;
    struct sim_site_lines lines;
    double step_v[SIM_SITE_LANES]; /* of voltage, that wander from second to second */
    uint32_t u_angle;              /* of L1 */
    uint64_t noise_seed;
    double noise[SIM_SITE_LANES]; /* of the second noise_at_s; the last is the frequency's */
    uint32_t noise_at_s;
    double step_noise_v;
    double margin; /* of the line of the apparent power, above those of active and reactive power */
    struct wh_voltage_bands bands;
    enum wh_voltage_state voltage_state[SIM_PHASES];
    uint32_t half_cycle_rest; /* of one, in 10^-6 */
    struct sim_site_pending pending;
};

/* Draws the lines from utc_s on. Returns for how many seconds they hold, at most length_s: fewer
 * where power moves so much that straight lines would not do. */
uint32_t sim_site_draw(struct sim_site *site, uint32_t utc_s, uint32_t length_s);

/* Reports the running second of the stretch, which has supply. Leaves sample count and duration
 * alone. */
void sim_site_report(struct sim_site *site, struct wh_bus_report *report, uint32_t utc_s);

#endif
