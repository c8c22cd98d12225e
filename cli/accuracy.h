/* watthour accuracy: the type test.
 */
#ifndef CLI_ACCURACY_H
#define CLI_ACCURACY_H

#include "cli/options.h"

extern const struct cli_command cli_accuracy;

#endif
