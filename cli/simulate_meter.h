/* A meter on a simulated site (sim/site.h), in memory: power cuts, clock chip, commands and covers
 * included. Nothing of it depends on the real time or on how the seconds are portioned.
 */
#ifndef CLI_SIMULATE_METER_H
#define CLI_SIMULATE_METER_H

#include "meter/meter.h"
#include "sim/rtc.h"
#include "sim/site.h"

/* What is worth telling of a run. */
struct simulate_tally {
    uint64_t seconds;
    uint64_t off_seconds; /* of them without supply */
    uint32_t supply_losses;
    uint32_t refused; /* commands that the meter did not obey, or that came while it was off */
};

/* All but site and memories can be stored as it is (cli/simulate_freeze.h). */
struct simulate_life {
    struct wh_meter meter;
    struct sim_rtc rtc;
    uint64_t played_s; /* seconds of the site since its start */
    uint8_t levels;    /* of the inputs that outlast a power cut: bit by enum wh_input */
    bool powered;
};

struct simulate_meter {
    struct simulate_life life;
    struct wh_board *board; /* borrowed */
    struct sim_site *site;
    struct sim_site_second second; /* the last one */
    struct simulate_tally tally;
    enum wh_err failed; /* the meter did not start again after a power cut: it is over */
};

/* The order of a new meter for a site: zone, transformers and number are the site's. config must
 * be that of the order, and its variant fit the site: WH_ERR_ARGUMENT if transformers are given to
 * a meter without or missing for one that needs them. */
enum wh_err simulate_order(const struct sim_site_config *site, const struct wh_variant *variant,
                           struct wh_config *config, struct wh_order *order);

/* Makes the site; voltages are judged by config. Errors as sim_site_create. */
enum wh_err simulate_open(struct simulate_meter *sim, const struct sim_site_config *site,
                          const struct wh_variant *variant, const struct wh_config *config,
                          struct wh_board *board);

/* By those of another configuration from the next second on. Errors as
 * sim_site_set_voltage_limits. */
enum wh_err simulate_judge_voltages(struct simulate_meter *sim, const struct wh_config *config);

void simulate_close(struct simulate_meter *sim); /* also of one that is all zero */

/* Plays so many seconds of the site to nobody, for a life that goes on behind them. */
void simulate_skip(struct simulate_meter *sim, uint64_t seconds);

/* The same until the site's time is utc_s, if it is before. */
void simulate_skip_to(struct simulate_meter *sim, uint32_t utc_s);

/* Starts the meter from the board's memories at the site's time, its clock set right by who
 * installs it. Errors as wh_meter_start. */
enum wh_err simulate_start(struct simulate_meter *sim, struct wh_meter_start_report *found);

/* Lets so many seconds pass. Stops early, with failed set, if the meter does not start again. */
void simulate_run(struct simulate_meter *sim, uint32_t seconds);

/* The site's time, true UTC. */
uint32_t simulate_utc_s(const struct simulate_meter *sim);

#endif
