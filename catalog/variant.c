/* Table of the models. */
#include "catalog/variant.h"
#include <string.h>

static const struct wh_variant variants[] = {
    {
        /* VAR-2…6: 4-wire, 5(100) A without breaker. Start at 2.3 W, 10 mA at 230 V: where the real
         * meter stops registering, well below its starting current of 20 mA (MET-8). */
        .model = "382M",
        .plate_voltage = "3×230/400 V",
        .plate_current = "0.25–5(100) A",
        .plate_frequency = "50 Hz",
        .plate_class = "MID B, IEC 1",
        .pulses_per_kwh = 1000,
        .nominal_mhz = 50000,
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 200000,
        .start_mva = 2300,
        .voltage_on_mv = 160000,
    },
};

const struct wh_variant *wh_variant_at(size_t index)
{
    return index < sizeof variants / sizeof variants[0] ? &variants[index] : NULL;
}

const struct wh_variant *wh_variant_find(const char *model)
{
    const struct wh_variant *variant;
    for (size_t i = 0; (variant = wh_variant_at(i)) != NULL; i++) {
        if (strcmp(variant->model, model) == 0) {
            return variant;
        }
    }
    return NULL;
}
