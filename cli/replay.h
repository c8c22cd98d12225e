/* watthour replay: a recording through a meter, as fast as it goes. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "cli/options.h"

extern const struct cli_command cli_replay;

#endif
