/* The table of appliances.
 *
 * Angles: 180° on orders 3, 7, 11 and 0° on 5, 9, 13 put all harmonics' crests on the
 * fundamental's, which makes the narrow pulses of rectifiers; the opposite flattens. The
 * recordings' tables give no angles, but their crest factors tell peaked from flat. */
#include "sim/appliance.h"

#include <string.h>

const struct sim_appliance sim_appliances[] = {
    {.kind = "kettle", .rated_w = 2000, .law = SIM_CURRENT_FOLLOWS, .behaviour = {.runs_s = 180}},
    {.kind = "water-heater",
     .rated_w = 3000,
     .law = SIM_CURRENT_FOLLOWS,
     .behaviour = {.duty_on_s = 600, .duty_off_s = 1200}},
    {.kind = "heater", .rated_w = 1000, .law = SIM_CURRENT_FOLLOWS},
    {.kind = "refrigerator",
     .rated_w = 110,
     .law = SIM_CURRENT_OWN,
     .signature = {47, {{3, 9.2, 180}, {5, 1.7, 0}, {7, 1.3, 180}}},
     .behaviour = {.duty_on_s = 900, .duty_off_s = 1500, .inrush = 6, .inrush_s = 0.2}},
    {.kind = "washing-machine",
     .rated_w = 450,
     .law = SIM_CURRENT_OWN,
     .signature = {8, {{3, 4.3, 180}, {5, 6.4, 0}, {7, 1.2, 180}}},
     .behaviour = {.runs_s = 5400,
                   .duty_on_s = 12,
                   .duty_off_s = 4,
                   .idle_percent = 12,
                   .inrush = 3,
                   .inrush_s = 0.3,
                   .flutter_percent = 8,
                   .flutter_s = 5}},
    {.kind = "induction-hob",
     .rated_w = 1800,
     .law = SIM_CURRENT_OWN,
     .signature = {-10, {{3, 1.4, 180}, {5, 0.9, 0}, {7, 0.8, 180}}},
     .behaviour = {.burst_on = 26, .burst_cycles = 50}},
    {.kind = "tv",
     .rated_w = 90,
     .law = SIM_CURRENT_OWN,
     .signature = {-8, {{3, 0.7, 180}, {5, 1.2, 0}, {7, 1.2, 180}}},
     .behaviour = {.flutter_percent = 10, .flutter_s = 4}},
    {.kind = "laptop",
     .rated_w = 55,
     .law = SIM_CURRENT_OWN,
     .signature = {-26,
                   {{3, 31, 180}, {5, 16, 0}, {7, 11, 180}, {9, 8, 0}, {11, 6, 180}, {13, 5, 0}}},
     .behaviour = {.flutter_percent = 12, .flutter_s = 8}},
    {.kind = "desktop-pc",
     .rated_w = 70,
     .law = SIM_CURRENT_OWN,
     .signature = {-65,
                   {{3, 17, 180}, {5, 19, 0}, {7, 15, 180}, {9, 10, 0}, {11, 8, 180}, {13, 5, 0}}},
     .behaviour = {.flutter_percent = 8, .flutter_s = 8}},
    {.kind = "led-lamps",
     .rated_w = 40,
     .law = SIM_CURRENT_OWN,
     .signature = {-34, {{3, 80, 180}, {5, 60, 0}, {7, 40, 180}, {9, 25, 0}, {11, 15, 180}}}},
    {.kind = "air-conditioner",
     .rated_w = 900,
     .law = SIM_CURRENT_OWN,
     .signature = {-9, {{3, 0.6, 0}, {5, 3.3, 180}, {7, 0.5, 0}}},
     .behaviour = {.ramp_s = 20, .flutter_percent = 6, .flutter_s = 60}},
    {.kind = "heat-pump",
     .rated_w = 2400,
     .law = SIM_CURRENT_OWN,
     .signature = {-5, {{5, 12, 180}, {7, 7, 0}, {11, 4, 180}, {13, 2.5, 0}}},
     .behaviour = {.duty_on_s = 2400,
                   .duty_off_s = 900,
                   .idle_percent = 2,
                   .ramp_s = 30,
                   .flutter_percent = 8,
                   .flutter_s = 120}},
    {.kind = "ev-charger",
     .rated_w = 11040,
     .law = SIM_CURRENT_OWN,
     .signature = {-3, {{3, 1.5, 180}, {5, 2.0, 0}, {7, 1.2, 180}}},
     .behaviour = {.ramp_s = 3}},
    {.kind = "pv-inverter",
     .rated_w = 6000,
     .law = SIM_CURRENT_OWN,
     .signature = {180, {{5, 2.4, 30}, {7, 1.5, 60}}},
     .low_power = {180, {{5, 9, 30}, {7, 6, 60}, {11, 3, 0}}},
     .behaviour = {.ramp_s = 30, .flutter_percent = 6, .flutter_s = 90, .daylight = true}},
    {.kind = "dimmer", .rated_w = 150, .law = SIM_CURRENT_FIRED},
    {.kind = "motor",
     .rated_w = 750,
     .law = SIM_CURRENT_OWN,
     .signature = {32, {{3, 3, 180}, {5, 2, 180}}},
     .behaviour = {.inrush = 6, .inrush_s = 0.4}},
};

const unsigned sim_appliance_count = sizeof sim_appliances / sizeof sim_appliances[0];

const struct sim_appliance *sim_appliance_find(const char *kind)
{
    for (unsigned k = 0; k < sim_appliance_count; k++) {
        if (strcmp(sim_appliances[k].kind, kind) == 0) {
            return &sim_appliances[k];
        }
    }
    return NULL;
}

int sim_appliance_direction(const struct sim_appliance *appliance)
{
    const double lag_deg = appliance->signature.lag_deg;
    return lag_deg > 90 || lag_deg < -90 ? -1 : 1;
}
