/* Choice of a model. The list of those known comes from the catalog, so that it cannot be out of date. */
#include "cli/model.h"
#include <stdio.h>

const struct wh_variant *cli_model(const char *name, char *error, size_t error_size)
{
    const char *model = name != NULL ? name : CLI_MODEL_DEFAULT;
    const struct wh_variant *variant = wh_variant_find(model);
    if (variant != NULL) {
        return variant;
    }
    char known[128] = "";
    size_t length = 0;
    const struct wh_variant *row;
    for (size_t v = 0; (row = wh_variant_at(v)) != NULL && length < sizeof known; v++) {
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", v > 0 ? ", " : "",
                                   row->model);
    }
    snprintf(error, error_size, "unknown model %s; known: %s", model, known);
    return NULL;
}
