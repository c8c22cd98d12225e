/* watthour run: one virtual meter in real time, with DLMS on TCP and the bench page. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/options.h"

extern const struct cli_command cli_run;

#endif
