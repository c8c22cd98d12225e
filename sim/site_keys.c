/* The keys of a site file, once: section, key, unit, range and default. Reader, check and manual
 * go by this table.
 *
 * Invariant: every field of sim_site_config that a user may set has exactly one row. */
#include "sim/site_config.h"

static const char *const types[] = {"home", "industry", NULL};
static const char *const daylights[] = {"none", "european", NULL};

const char *const sim_site_action_names[] = {
    [SIM_SITE_CLOCK_SHIFT] = "clock-shift",
    [SIM_SITE_TARIFF] = "tariff",
    [SIM_SITE_DEBITING_STOP] = "debiting-stop",
    [SIM_SITE_COVER] = "cover",
    [SIM_SITE_MAGNET] = "magnet",
    [SIM_SITE_SEAL] = "seal",
    [SIM_SITE_PULSES] = "pulses",
    [SIM_SITE_VACATION] = "vacation",
    [SIM_SITE_ACTIONS] = NULL,
};

#define AT(field)       offsetof(struct sim_site_config, field)
#define IN(type, field) offsetof(struct type, field)
#define NUMBER(section, key, at, unit, low, high, fallback)                                        \
    {                                                                                              \
        section, key, SIM_SITE_KEY_NUMBER, at, unit, low, high, fallback, NULL                     \
    }
#define WHOLE(section, key, at, unit, low, high, fallback)                                         \
    {                                                                                              \
        section, key, SIM_SITE_KEY_WHOLE, at, unit, low, high, fallback, NULL                      \
    }
#define WORD(section, key, at, words, fallback)                                                    \
    {                                                                                              \
        section, key, SIM_SITE_KEY_WORD, at, "", 0, 0, fallback, words                             \
    }
#define PLAIN(section, key, type, at, fallback)                                                    \
    {                                                                                              \
        section, key, SIM_SITE_KEY_##type, at, "", 0, 0, fallback, NULL                            \
    }

const struct sim_site_key sim_site_keys[] = {
    WORD("", "site", AT(type), types, NULL),
    WHOLE("", "seed", AT(seed), "", 0, UINT32_MAX, "1"),
    PLAIN("", "start", TIME, AT(start_s), "2025-01-01 00:00:00"),
    WHOLE("", "zone_min", AT(zone_min), "min", -720, 840, "60"),
    WORD("", "daylight", AT(daylight), daylights, "european"),
    NUMBER("", "latitude_deg", AT(weather.latitude_deg), "°", -66, 66, "56"),
    NUMBER("", "longitude_deg", AT(weather.longitude_deg), "°", -180, 180, "10"),
    NUMBER("weather", "mean_c", AT(weather.mean_c), "°C", -20, 35, "8.5"),
    NUMBER("weather", "season_c", AT(weather.season_c), "K", 0, 30, "8.5"),
    NUMBER("weather", "day_c", AT(weather.day_c), "K", 0, 15, "5"),
    NUMBER("weather", "front_c", AT(weather.front_c), "K", 0, 10, "3"),
    NUMBER("weather", "cloud", AT(weather.cloud), "", 0, 1, "0.62"),
    NUMBER("meter", "transformer_a", AT(meter.transformer_a), "A", 0, 3000, "0"),
    PLAIN("meter", "indoor", SWITCH, AT(meter.indoor), "off"),
    NUMBER("grid", "voltage_v", AT(grid.voltage_v), "V", 100, 300, "230"),
    NUMBER("grid", "drift_v", AT(grid.drift_v), "V", 0, 5, "0.8"),
    NUMBER("grid", "step_v", AT(grid.step_v), "V", 0, 1, "0.1"),
    NUMBER("grid", "frequency_hz", AT(grid.frequency_hz), "Hz", 45, 65, "50"),
    NUMBER("grid", "frequency_wander_mhz", AT(grid.frequency_wander_mhz), "mHz", 0, 500, "20"),
    NUMBER("grid", "impedance_ohm", AT(grid.impedance_ohm), "Ω", 0, 2, "0.15"),
    NUMBER("grid", "dips_per_year", AT(grid.dips_per_year), "", 0, 100000, "20"),
    NUMBER("grid", "swells_per_year", AT(grid.swells_per_year), "", 0, 100000, "2"),
    NUMBER("grid", "phase_losses_per_year", AT(grid.phase_losses_per_year), "", 0, 10000, "0.1"),
    NUMBER("grid", "outages_per_year", AT(grid.outages_per_year), "", 0, 10000, "0.5"),
    NUMBER("grid", "outage_shortest_s", AT(grid.outage_shortest_s), "s", 1, 1e7, "2"),
    NUMBER("grid", "outage_longest_s", AT(grid.outage_longest_s), "s", 1, 1e7, "14400"),
    NUMBER("household", "residents", AT(household.residents), "", 0, 20, "3"),
    PLAIN("work", "from", DAYTIME, AT(work.from_s), "06:00"),
    PLAIN("work", "to", DAYTIME, AT(work.to_s), "22:00"),
    WHOLE("work", "days", AT(work.days), "", 0, 7, "5"),
    NUMBER("pv", "kwp", AT(pv.kwp), "kW", 0, 10000, "0"),
    NUMBER("pv", "inverter_kw", AT(pv.inverter_kw), "kW", 0, 10000, "0"),
    NUMBER("pv", "tilt_deg", AT(pv.tilt_deg), "°", 0, 90, "35"),
    NUMBER("pv", "azimuth_deg", AT(pv.azimuth_deg), "°", -180, 180, "0"),
    PLAIN("pv", "phase", PHASES, AT(pv.phases), "123"),
    NUMBER("ev", "power_w", AT(ev.power_w), "W", 0, 100000, "0"),
    NUMBER("ev", "kwh_per_day", AT(ev.kwh_per_day), "kWh", 0, 200, "7"),
    PLAIN("ev", "phase", PHASES, AT(ev.phases), "123"),
    NUMBER("pulse_input", "per_day", AT(pulse_input.per_day), "", 0, 20000, "0"),
    WORD("loads", "kind", IN(sim_site_load_config, kind), sim_site_load_names, NULL),
    NUMBER("loads", "power_w", IN(sim_site_load_config, power_w), "W", 0, 1e7, "0"),
    PLAIN("loads", "phase", PHASES, IN(sim_site_load_config, phases), NULL),
    PLAIN("outages", "at", TIME, IN(sim_site_outage, at_s), NULL),
    NUMBER("outages", "duration_s", IN(sim_site_outage, duration_s), "s", 1, 1e8, NULL),
    PLAIN("outages", "phase", PHASES, IN(sim_site_outage, phases), "123"),
    PLAIN("events", "at", TIME, IN(sim_site_event, at_s), NULL),
    WORD("events", "do", IN(sim_site_event, action), sim_site_action_names, NULL),
    NUMBER("events", "value", IN(sim_site_event, value), "", -1e6, 1e6, "0"),
    PLAIN("events", "on", SWITCH, IN(sim_site_event, on), "off"),
};
const size_t sim_site_key_count = sizeof sim_site_keys / sizeof sim_site_keys[0];
_Static_assert(sizeof sim_site_keys / sizeof sim_site_keys[0] <= 64, "a set of keys is 64 bits");

const struct sim_site_list sim_site_lists[SIM_SITE_LISTS] = {
    {"loads", AT(load_count), AT(loads), sizeof(struct sim_site_load_config), SIM_SITE_LOADS_MAX},
    {"outages", AT(outage_count), AT(outages), sizeof(struct sim_site_outage),
     SIM_SITE_OUTAGES_MAX},
    {"events", AT(event_count), AT(events), sizeof(struct sim_site_event), SIM_SITE_EVENTS_MAX},
};
