/* Choice of a model. The list of those known comes from the catalog, so that it cannot be out of date. */
#include "cli/model.h"
#include <stdio.h>

const struct wh_variant *cli_model(const char *name, char *error, size_t error_size)
{
    const char *model = name != NULL ? name : CLI_MODEL_DEFAULT;
    const struct wh_variant *variant = wh_variant_find(model);
    if (variant == NULL) {
        char known[128];
        wh_variant_list(known, sizeof known);
        snprintf(error, error_size, "unknown model %s; known: %s", model, known);
    }
    return variant;
}
