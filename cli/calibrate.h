/* watthour calibrate: what a factory does to each meter.
 */
#ifndef CLI_CALIBRATE_H
#define CLI_CALIBRATE_H

#include "cli/options.h"

extern const struct cli_command cli_calibrate;

#endif
