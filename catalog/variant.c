/* Table of the models. */
#include "catalog/variant.h"
#include <string.h>

#define RANGE(text, imin_ma, ib_ma, imax_ma, breaker)                                              \
    {                                                                                              \
        text, imin_ma, ib_ma, imax_ma, breaker                                                     \
    }

static const struct wh_variant variants[] = {
    {
        /* VAR-2…6: 4-wire. Start at 2.3 W, 10 mA at 230 V: where the real meter stops
         * registering, well below its starting current of 20 mA (MET-8). */
        .model = "382M",
        .plate_voltage = "3×230/400 V",
        .plate_current = "0.25–5(100) A",
        .plate_frequency = "50 Hz",
        .plate_class = "MID B, IEC 1",
        .range = {RANGE("0.25–5(100) A", 250, 5000, 100000, false),
                  RANGE("0.25–5(85) A", 250, 5000, 85000, true)},
        .sensor = WH_SENSOR_SHUNT,
        .nominal_mv = 230000,
        .pulses_per_kwh = 1000,
        .nominal_mhz = 50000,
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 200000,
        .start_mva = 2300,
        .voltage_on_mv = 160000,
    },
    {
        .model = "382L",
        .plate_voltage = "3×230/400 V",
        .plate_current = "0.25–5(85) A",
        .plate_frequency = "50 Hz",
        .plate_class = "MID B, IEC 1",
        .range = {RANGE("0.25–5(85) A", 250, 5000, 85000, false),
                  RANGE("0.25–5(105) A", 250, 5000, 105000, false),
                  RANGE("0.5–10(60) A", 500, 10000, 60000, false),
                  RANGE("0.5–10(85) A", 500, 10000, 85000, false),
                  RANGE("0.25–5(85) A", 250, 5000, 85000, true),
                  RANGE("0.5–10(65) A", 500, 10000, 65000, true),
                  RANGE("0.5–10(85) A", 500, 10000, 85000, true)},
        .sensor = WH_SENSOR_SHUNT,
        .nominal_mv = 230000,
        .pulses_per_kwh = 1000,
        .nominal_mhz = 50000,
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 200000,
        .start_mva = 2300,
        .voltage_on_mv = 160000,
    },
    {
        /* Behind transformers; start at 0.6 W, below the 5 mA of its classes (MET-8). */
        .model = "351C",
        .plate_voltage = "3×230/400 V",
        .plate_current = "0.05–5(6) A",
        .plate_frequency = "50 Hz",
        .plate_class = "MID C, IEC 0.5",
        .range = {RANGE("0.05–5(6) A", 50, 5000, 6000, false)},
        .sensor = WH_SENSOR_TRANSFORMER,
        .nominal_mv = 230000,
        .pulses_per_kwh = 10000,
        .nominal_mhz = 50000,
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 20000,
        .start_mva = 600,
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
