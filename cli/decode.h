/* watthour decode: ordering and configuration codes field by field (VAR-8…13).
 */
#ifndef CLI_DECODE_H
#define CLI_DECODE_H

#include "cli/options.h"

extern const struct cli_command cli_decode;

#endif
