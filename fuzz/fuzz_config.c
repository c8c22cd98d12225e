/* Configurations as stored (app/config.h). Properties: what is refused changes nothing; what is accepted has every value in
 * its row's range, comes back the same when stored again, and the check of the whole either passes it or names a
 * parameter. */
#include "app/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_ranges(const struct wh_config *config)
{
    struct wh_config copy = *config;
    const struct wh_parameter *row;
    for (size_t r = 0; (row = wh_parameter_at(r)) != NULL; r++) {
        for (uint8_t e = 0; e < row->count; e++) {
            require(wh_parameter_set(row, &copy, e, wh_parameter_get(row, config, e)) == WH_OK);
        }
    }
    require(wh_config_protections(&copy, config) == 0);
}

static void check_stored(const struct wh_config *config)
{
    uint8_t stored[WH_CONFIG_STORED_MAX];
    struct wh_config again = {0};
    const size_t length = wh_config_encode(config, stored);
    require(length <= sizeof stored);
    require(wh_config_decode(&again, stored, length) == WH_OK);
    require(wh_config_protections(config, &again) == 0);
    require(wh_config_factory_checksum(config) == wh_config_factory_checksum(&again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct wh_variant *variant = wh_variant_at(size % WH_MODELS);
    const struct wh_config before = wh_config_default(variant);
    struct wh_config config = before;
    struct wh_config_fault fault;
    if (wh_config_decode(&config, data, size) != WH_OK) {
        require(wh_config_protections(&config, &before) == 0);
        return 0;
    }
    check_ranges(&config);
    check_stored(&config);
    const enum wh_err err = wh_config_check(&config, variant, &fault);
    require((err == WH_OK) == (fault.parameter == NULL));
    require(err == WH_OK || (fault.reason != NULL && fault.index < fault.parameter->count));
    return 0;
}
