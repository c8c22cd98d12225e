/* The meter that watthour run lets live: its model, its folder, its mains, its secure clients.
 */
#ifndef CLI_RUN_METER_H
#define CLI_RUN_METER_H

#include "cli/options.h"
#include "cli/virtual_meter.h"

/* Options of the command line; NULL: not given. */
struct cli_run_meter {
    const char *model, *codes, *state;
    const char *scenario, *recording;
    const char *keys, *authority, *firmware_key, *push;
    bool is_three_phase;
    bool has_breaker;
};

/* Refuses what contradicts itself, without looking at anything else. */
bool cli_run_meter_check(const struct cli_command *command, const struct cli_run_meter *chosen);

/* Opens the meter as virtual_meter_open does, or refuses. codes has room for those of a new meter, and stays in
 * place as long as vm does. */
bool cli_run_meter_open(const struct cli_command *command, const struct cli_run_meter *chosen,
                        struct wh_code_set *codes, struct virtual_meter *vm);

#endif
