/* The models, as the command line names them.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include "catalog/variant.h"

#define CLI_MODEL_DEFAULT "382M"
#define CLI_MODEL_HELP    "which meter: 382M, 382L or 351C (" CLI_MODEL_DEFAULT ")"

/* The row of a model; NULL stands for the default. NULL if there is no such model: then error has one
 * line that names all there are. */
const struct wh_variant *cli_model(const char *name, char *error, size_t error_size);

#endif
