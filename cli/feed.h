/* Feeds a meter from a source of mains, through the ideal converter.
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include "meter/meter.h"
#include "sim/adc.h"
#include "sim/source.h"

struct cli_feed {
    struct sim_source source;
    struct sim_adc adc;
    double current_ratio; /* of the current transformers in front of the meter; 1 without */
    bool current_off;     /* the load is switched off: currents are zero, voltages go on */
    bool ended;           /* the source has no more; zeros are fed */
    struct cli_clipped {
        uint64_t u[SIM_PHASES], i[SIM_PHASES];
    } clipped; /* samples at a limit of the converter; who asks for a span sets it to zero before */
};

/* A feed of a meter's variant. seed decides the dither. */
void cli_feed_init(struct cli_feed *feed, const struct sim_source *source,
                   const struct wh_variant *variant, uint64_t seed);

/* Gives the next count sample sets to the meter; observer as wh_meter_sample. Zeros once the source has
 * ended. Returns how many came from the source. */
uint64_t cli_feed_run(struct cli_feed *feed, struct wh_meter *meter, uint64_t count,
                      wh_meter_observer *observer, void *context);

/* The next instants of the source, without a meter; count as cli_feed_run. Zeros once it has ended. */
size_t cli_feed_pull(struct cli_feed *feed, struct sim_instant *instants, size_t count);

/* Converts and gives count instants to a meter. */
void cli_feed_give(struct cli_feed *feed, struct wh_meter *meter,
                   const struct sim_instant *instants, size_t count, wh_meter_observer *observer,
                   void *context);

/* Whether any sample was clipped. */
bool cli_feed_has_clipped(const struct cli_feed *feed);

/* Which channels were, how often and where their converter ends: "I1 4096 samples (full scale 28.3 A)",
 * several with commas between. Without counts: "I1 (full scale 28.3 A)". Cut to size. */
void cli_feed_clipped_text(const struct cli_feed *feed, bool counts, char *text, size_t size);

#endif
