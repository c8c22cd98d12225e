/* Plays a closed-form signal at the meter's sampling rate.
 *
 * A steady signal of a whole number of hertz repeats after a second: it is worked out once and played
 * from memory, bit for bit the same. Everything else is worked out as it goes.
 */
#ifndef WH_ACCURACY_PLAYER_H
#define WH_ACCURACY_PLAYER_H

#include "sim/signal.h"

enum { ACC_SAMPLE_RATE_HZ = 4096 };

struct acc_player {
    struct sim_signal signal;
    bool repeats;
    uint64_t next; /* sample */
    struct sim_instant second[ACC_SAMPLE_RATE_HZ];
};

/* Starts a signal at its sample 0. Errors as sim_signal_init; then the player is as before. */
enum wh_err acc_player_start(struct acc_player *player, const struct sim_signal_config *config);

/* The next count instants. */
void acc_player_pull(struct acc_player *player, struct sim_instant *instants, size_t count);

/* Angle of L1's voltage in degrees at the next sample, as a configuration means it. */
double acc_player_angle_deg(const struct acc_player *player, double start_deg);

#endif
