/* A site behind the internal bus: what the measuring elements of its meter report, second by
 * second, without a sample in between. Days to years of a home or a factory in seconds.
 *
 * A second of the site is a second of true time. The report of it is what the elements would have
 * sent over it: energies are exact, active_uj is active_mw times 1000 (calibration has taken out
 * what the crystal would do to them), and sample_count is how many ticks of the meter's own
 * crystal passed (sim/crystal.h): 4096 on average over a perfect one. Behind current transformers
 * everything is secondary side. apparent_mva is never below what active and reactive power make,
 * and U times I to 0.6 %: power moves on straight lines from change to change, at most a minute.
 *
 * The same configuration gives the same seconds, bit for bit, on every x86-64, however they are
 * asked for.
 */
#ifndef WH_SIM_SITE_H
#define WH_SIM_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "metrology/report.h"
#include "metrology/voltage.h"
#include "sim/site_config.h"

/* What happened in a second; they have happened by its beginning. */
enum sim_site_happening {
    SIM_SITE_SUPPLY_LOST = 1 << 0, /* the meter's supply: no phase has voltage */
    SIM_SITE_SUPPLY_BACK = 1 << 1,
    SIM_SITE_CLOCK_SHIFTED = 1 << 2, /* by clock_shift_s */
    SIM_SITE_TARIFF_SET = 1 << 3,    /* to tariff */
    SIM_SITE_DEBITING_STOPPED = 1 << 4,
    SIM_SITE_COVER_OPENED = 1 << 5,
    SIM_SITE_COVER_CLOSED = 1 << 6,
    SIM_SITE_MAGNET_PUT = 1 << 7,
    SIM_SITE_MAGNET_GONE = 1 << 8,
    SIM_SITE_SEAL_OPENED = 1 << 9,
    SIM_SITE_SEAL_CLOSED = 1 << 10,
    SIM_SITE_PULSED = 1 << 11, /* pulses at the input */
};

struct sim_site_second {
    struct wh_bus_report report; /* without supply: time, but nothing measured */
    uint32_t utc_s;              /* true time at its beginning, since 2000-01-01 00:00:00 UTC */
    bool supply;                 /* the meter runs: some phase has voltage */
    uint8_t tariff;              /* these three: where happenings say so, else 0 */
    int32_t clock_shift_s;
    uint32_t pulses;
    uint32_t happenings; /* set of enum sim_site_happening */
    int16_t meter_centi_c;
};

struct sim_site;

/* Makes a site from a configuration (copied). start_mva is where the meter's model begins to
 * register a phase (its variant's start_mva). The caller owns *site; sim_site_free.
 * WH_ERR_ARGUMENT: something in the configuration is out of range. WH_ERR_SPACE: no memory. */
enum wh_err sim_site_create(struct sim_site **site, const struct sim_site_config *config,
                            uint32_t start_mva);
void sim_site_free(struct sim_site *site); /* a null pointer is fine */

/* The limits that voltages are judged by from the next second on (LOG-7); those of 230 V until set.
 * WH_ERR_ARGUMENT: they contradict each other. */
enum wh_err sim_site_set_voltage_limits(struct sim_site *site,
                                        const struct wh_voltage_limits *limits);

/* The next second. Endless, until the year 2136. */
void sim_site_next(struct sim_site *site, struct sim_site_second *second);

/* Passes seconds in which there is no supply and nothing happens, at most max_s of them, and
 * returns how many: 0 where the next second has supply or happenings, which sim_site_next then
 * gives. *ticks is how many ticks of the meter's crystal passed. */
uint32_t sim_site_skip(struct sim_site *site, uint32_t max_s, uint64_t *ticks);

/* What the site looks like in its running minute, to show it. */
struct sim_site_view {
    double outdoor_c;
    double sun_w_m2;   /* on the level */
    double activity;   /* of its people, 0 … 1 */
    double pv_w, ev_w; /* positive; of the PV what it delivers */
    double heating_w;  /* heat pumps and heaters */
};
void sim_site_view(const struct sim_site *site, struct sim_site_view *view);

#endif
