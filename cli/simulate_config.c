/* KEY=VALUE. Invariant: a parameter is set whole or not at all. */
#include "cli/simulate_config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show_view.h"

enum { NAME_SIZE = 48 };

static const struct wh_parameter *find(const char *text)
{
    char name[NAME_SIZE];
    const size_t length = strcspn(text, "=");
    if (text[length] != '=' || length >= sizeof name) {
        return NULL;
    }
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    return wh_parameter_find(name);
}

bool simulate_is_assignment(const char *text)
{
    return find(text) != NULL;
}

static bool read_element(const struct wh_parameter *parameter, const char *word, int64_t *value)
{
    char *end;
    const struct wh_quantity *quantity =
        show_is_quantity_list(parameter) ? wh_catalog_find_name(word) : NULL;
    if (quantity != NULL) {
        *value = quantity - wh_catalog_get((enum wh_quantity_id)0);
        return true;
    }
    const long long number = strtoll(word, &end, 10);
    *value = number;
    return word[0] != '\0' && *end == '\0' && !isspace((unsigned char)word[0]);
}

/* The elements between commas; those of a list of quantities that are not given are none. */
static bool assign(const struct wh_parameter *parameter, struct wh_config *config,
                   const char *values)
{
    uint8_t index = 0;
    for (const char *at = values;; at++) {
        char word[NAME_SIZE];
        int64_t value;
        const size_t length = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (length >= sizeof word || !read_element(parameter, word, &value) ||
            wh_parameter_set(parameter, config, index++, value) != WH_OK) {
            return false;
        }
        at += length;
        if (*at == '\0') {
            break;
        }
    }
    while (show_is_quantity_list(parameter) && index < parameter->count) {
        (void)wh_parameter_set(parameter, config, index++, WH_QUANTITY_NONE);
    }
    return index == parameter->count;
}

enum wh_err simulate_assign(struct wh_config *config, const char *text, char *error,
                            size_t error_size)
{
    const struct wh_parameter *parameter = find(text);
    struct wh_config changed = *config;
    if (parameter == NULL) {
        snprintf(error, error_size,
                 "\"%s\" is no KEY=VALUE of a parameter; watthour show config lists them", text);
        return WH_ERR_ARGUMENT;
    }
    if (!assign(parameter, &changed, strchr(text, '=') + 1)) {
        snprintf(error, error_size, "%s: not allowed (%s)", text, parameter->text);
        return WH_ERR_ARGUMENT;
    }
    if (strcmp(parameter->name, "energy_type") == 0) {
        wh_config_set_energy_type(&changed, (enum wh_energy_type)changed.energy_type);
    }
    *config = changed;
    return WH_OK;
}
