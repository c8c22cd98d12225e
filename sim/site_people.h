/* The people of a site: what time it is for them, whether they work, and how active they are.
 *
 * In a home activity follows the day of a family; in a factory it is whether the shift is on. All
 * loads with a mind of their own ask here. Shared by site*.c.
 */
#ifndef WH_SIM_SITE_PEOPLE_H
#define WH_SIM_SITE_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/site_config.h"

/* When a thing is used, as weights over the hours of a day. */
enum sim_site_habit {
    SIM_SITE_HABIT_ANY,     /* whenever somebody is active */
    SIM_SITE_HABIT_MEALS,   /* mornings, noon, above all evenings */
    SIM_SITE_HABIT_EVENING, /* after dinner */
    SIM_SITE_HABITS,
};

struct sim_site_people {
    const struct sim_site_config *config; /* the site's */
    uint32_t away_until_s;                /* UTC; vacation */
    int32_t zone_s;                       /* local time minus UTC, now */
    uint32_t hour_at_s;                   /* UTC, when the running hour began */
    unsigned hour, weekday;               /* local; weekday 0 is Monday */
    bool day_off;                         /* weekend, public holiday or vacation */
    double activity;                      /* 0 … 1 */
};

void sim_site_people_init(struct sim_site_people *people, const struct sim_site_config *config,
                          uint32_t utc_s);

/* On to the minute that starts at utc_s. */
void sim_site_people_next(struct sim_site_people *people, uint32_t utc_s);

/* Nobody there until then. */
void sim_site_people_leave(struct sim_site_people *people, uint32_t until_s);

/* Chance that a thing which is used per_day times on an ordinary day is used in the running hour.
 */
double sim_site_people_chance(const struct sim_site_people *people, enum sim_site_habit habit,
                              double per_day);

#endif
