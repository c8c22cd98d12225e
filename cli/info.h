/* watthour info: what the data sheets promise of a model (VAR-2…9, LOG-2, MET-11, ACC).
 */
#ifndef CLI_INFO_H
#define CLI_INFO_H

#include "catalog/variant.h"
#include "cli/options.h"
#include <jansson.h>

extern const struct cli_command cli_info;

/* A model as one JSON object; NULL if there is no memory. The caller owns it. */
json_t *cli_info_json(const struct wh_variant *variant);

#endif
