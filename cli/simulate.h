/* watthour simulate: days to years of a meter on a simulated site.
 */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include "cli/options.h"

extern const struct cli_command cli_simulate;

#endif
