/* A meter with breaker in a house: contacts that its coil moves and that stay where they are
 * without supply, and a load behind them.
 */
#ifndef TESTS_APP_HOUSE_H
#define TESTS_APP_HOUSE_H

#include "tests/app/rig.h"

struct house {
    struct rig rig;
    bool closed;      /* the contacts */
    unsigned moves;   /* of them */
    uint32_t u_mv[3]; /* in front of them; 230 V */
    int32_t load_mw;  /* of each phase, while they are closed */
};

/* The default of a model, with breaker. */
struct wh_config house_config(const char *model);

/* A new meter of that configuration, its clock set, six seconds after power-up. */
void house_open(struct house *house, const char *model, const struct wh_config *config,
                uint32_t utc_s);
void house_close(struct house *house);

/* Seconds pass, one by one. */
void house_live(struct house *house, uint32_t seconds);

/* The same in steps up to a minute, for days. */
void house_live_on(struct house *house, uint32_t seconds);

/* Supply away for so many seconds; the contacts stay. Then six seconds pass. */
void house_outage(struct house *house, enum rig_cut cut, uint32_t seconds);

/* Thursday, 2026-10-15, at that time of day of the meter's default zone in normal time. */
uint32_t house_utc(uint8_t hour, uint8_t minute);

enum wh_breaker_state house_state(const struct house *house);
enum wh_err house_command(struct house *house, enum wh_breaker_action command);

/* Into the list of the button, on to the reading of the breaker, and holds the button for so long,
 * ms. */
void house_hold(struct house *house, uint32_t ms);

/* Pays so many kWh with a number of its own. */
void house_pay(struct house *house, uint32_t kwh);

/* Another set-up through the module port. */
void house_configure(struct house *house, const struct wh_config *config);

/* What is left, thousandths of 0.1 Wh. */
int64_t house_left_mdwh(const struct house *house);

#endif
