/* A meter between two simulations: what is in its RAM and clock chip, as "simulation.bin" beside
 * its memories, so that a simulation cut in two is the same as one, bit for bit. A meter is a
 * value; only the program that wrote its bytes can read them.
 */
#ifndef CLI_SIMULATE_FREEZE_H
#define CLI_SIMULATE_FREEZE_H

#include "cli/simulate_meter.h"
#include "cli/state.h"

/* Starts a meter and takes back what that writes: the memories are as before. Errors as
 * wh_meter_start, and WH_ERR_SPACE without memory for a copy. */
enum wh_err simulate_peek(struct wh_meter *meter, struct cli_state *state,
                          struct wh_meter_start_report *found);

/* Writes a life beside the images that were just saved. site is the text of the scenario's file.
 * Errors: WH_ERR_IO with one line. */
enum wh_err simulate_freeze(const struct simulate_life *life, const struct cli_state *state,
                            const char *site, size_t site_length, char *error, size_t error_size);

/* Reads it back; state was just loaded and stays as it is. WH_ERR_NOT_FOUND with static text in
 * *why if there is none; if it is of another program or scenario; or if the memories are not those
 * that it was written with, because the meter has lived elsewhere since. Others as wh_meter_start.
 * On an error life is of no use. */
enum wh_err simulate_thaw(struct simulate_life *life, struct cli_state *state, const char *site,
                          size_t site_length, const char **why);

#endif
