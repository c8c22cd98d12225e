/* The player. Invariant: sample k is sim_signal_at(k), however it is found. */
#include "accuracy/player.h"

#include <math.h>
#include <string.h>

static bool repeats_every_second(const struct sim_signal_config *config)
{
    if (config->frequency_hz != floor(config->frequency_hz)) {
        return false;
    }
    for (int p = 0; p < SIM_PHASES; p++) {
        if (config->phase[p].burst_on_cycles > 0) {
            return false;
        }
    }
    return true;
}

enum wh_err acc_player_start(struct acc_player *player, const struct sim_signal_config *config)
{
    const enum wh_err err = sim_signal_init(&player->signal, config);
    if (err != WH_OK) {
        return err;
    }
    player->next = 0;
    player->repeats = repeats_every_second(config);
    for (unsigned k = 0; player->repeats && k < ACC_SAMPLE_RATE_HZ; k++) {
        sim_signal_at(&player->signal, k, &player->second[k]);
    }
    return WH_OK;
}

static void copy(struct acc_player *player, struct sim_instant *instants, size_t count)
{
    while (count > 0) {
        const size_t at = (size_t)(player->next % ACC_SAMPLE_RATE_HZ);
        const size_t left = ACC_SAMPLE_RATE_HZ - at;
        const size_t part = count < left ? count : left;
        memcpy(instants, &player->second[at], part * sizeof *instants);
        player->next += part;
        instants += part;
        count -= part;
    }
}

void acc_player_pull(struct acc_player *player, struct sim_instant *instants, size_t count)
{
    if (player->repeats) {
        copy(player, instants, count);
        return;
    }
    for (size_t k = 0; k < count; k++) {
        sim_signal_at(&player->signal, player->next++, &instants[k]);
    }
}

double acc_player_angle_deg(const struct acc_player *player, double start_deg)
{
    const double cycles = (double)player->next * player->signal.cycles_per_sample;
    return start_deg + 360 * (cycles - floor(cycles));
}
