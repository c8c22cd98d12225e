/* watthour show: what a meter holds, read from its memories without changing them.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/options.h"

extern const struct cli_command cli_show;

#endif
