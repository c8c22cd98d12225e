/* A unit under test: the front end of one individual meter, the meter behind it in ordinary memory, and the
 * source in front of it.
 *
 * Loads are changed where a window of the meter ends and the voltage goes on at its angle, as that of a
 * laboratory's source does.
 */
#ifndef WH_ACCURACY_UNIT_H
#define WH_ACCURACY_UNIT_H

#include "accuracy/player.h"
#include "accuracy/point.h"
#include "meter/meter.h"
#include "ports/linux/board_memory.h"
#include "sim/front_end.h"

/* For tests: something between the parts that breaks them. Members may be NULL. */
struct acc_tamper {
    /* Between front end and meter. */
    void (*samples)(void *context, struct wh_meter *meter, struct wh_sample_set *sets,
                    size_t count);
    /* On the internal bus, between the elements and the legal part. */
    void (*report)(void *context, struct wh_bus_report *report);
    void *context;
};

struct acc_unit {
    const struct acc_rating *rating; /* borrowed */
    uint32_t number;
    struct acc_player player;
    struct sim_front_end front_end;
    struct board_memory memory;
    struct wh_meter meter;
    double start_angle_deg; /* of L1's voltage at the player's sample 0 */
    bool current_off;
    bool after_dc; /* there was DC in the current: the elements need time to forget it */
    const struct acc_tamper *tamper; /* borrowed; NULL */
};

/* Makes unit number of the rating's model, new from the factory and not calibrated, without mains.
 * WH_ERR_SPACE without memory, WH_ERR_UNSUPPORTED if the model has no front end; others as wh_meter_start.
 * The unit must stay where it is. */
enum wh_err acc_unit_open(struct acc_unit *unit, const struct acc_rating *rating, uint32_t number);

/* The same with a front end of the caller's. */
enum wh_err acc_unit_open_with(struct acc_unit *unit, const struct acc_rating *rating,
                               uint32_t number, const struct sim_front_end *front_end);

void acc_unit_close(struct acc_unit *unit);

/* Puts a load and its temperature at the terminals, with all parts at the temperature that they reach in
 * time; cold: as if the current had not flowed before. WH_ERR_ARGUMENT: no such load. */
enum wh_err acc_unit_apply(struct acc_unit *unit, const struct acc_load *load, bool cold);

/* Plays count samples. observer may be NULL. */
void acc_unit_play(struct acc_unit *unit, uint64_t count, wh_meter_observer *observer,
                   void *context);

/* Plays to the end of the meter's window. */
void acc_unit_finish_window(struct acc_unit *unit);

#endif
