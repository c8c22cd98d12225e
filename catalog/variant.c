/* Table of the models. What a data sheet leaves open is not made up: it is 0 or NULL. */
#include "catalog/variant.h"
#include "legal/interface.h"
#include <string.h>

#define RANGE(text, imin_ma, ib_ma, imax_ma, breaker)                                              \
    {                                                                                              \
        text, imin_ma, ib_ma, imax_ma, breaker                                                     \
    }

#define BIT(index) (UINT32_C(1) << (index))

/* VAR-2. Each element of an Aron meter measures between two lines: it has those of L1 and L3. */
#define CONNECTION_4_WIRE                                                                          \
    {                                                                                              \
        "3×230/400 V", WH_CONNECTION_4_WIRE, 7, true, true                                         \
    }
#define CONNECTION_1_PHASE                                                                         \
    {                                                                                              \
        "1×230 V", WH_CONNECTION_1_PHASE, 1, true, true                                            \
    }
#define CONNECTION_2_PHASE                                                                         \
    {                                                                                              \
        "2×230/400 V", WH_CONNECTION_2_PHASE, 3, true, true                                        \
    }
#define CONNECTION_ARON(at_60_hz)                                                                  \
    {                                                                                              \
        "3×230 V", WH_CONNECTION_ARON, 5, true, at_60_hz                                           \
    }

/* The English sheet wins for the 382M: the Finnish and the Russian give the supercap 4 days. */
static const struct wh_variant variants[] =
    {
        [WH_MODEL_382M] =
            {
                /* VAR-2…6: 4-wire. Start at 2.3 W, 10 mA at 230 V: where the real meter stops
         * registering, well below its starting current of 20 mA (MET-8). */
                .id = WH_MODEL_382M,
                .model = "382M",
                .plate_voltage = "3×230/400 V",
                .plate_current = "0.25–5(100) A",
                .plate_frequency = "50 Hz",
                .plate_class = "MID B, IEC 1",
                .range = {RANGE("0.25–5(100) A", 250, 5000, 100000, false),
                          RANGE("0.25–5(85) A", 250, 5000, 85000, true)},
                .connection = {CONNECTION_4_WIRE, CONNECTION_ARON(true), CONNECTION_1_PHASE,
                               CONNECTION_2_PHASE},
                .mid_class = {"B", "A"},
                .iec_class = {"1", "2"},
                .sensor = WH_SENSOR_SHUNT,
                .nominal_mv = 230000,
                .u_low_pct = 80,
                .u_high_pct = 115,
                .frequency_pct = 5,
                .pulses_per_kwh = 1000,
                .s0_pulses_per_kwh = 1000,
                .nominal_mhz = 50000,
                .u_full_scale_mv = 500000,
                .i_full_scale_ma = 200000,
                .start_mva = 2300,
                .voltage_on_mv = 160000,
                .features = BIT(WH_FEATURE_BREAKER) | BIT(WH_FEATURE_RADIO) |
                            BIT(WH_FEATURE_PREPAYMENT) | BIT(WH_FEATURE_NEUTRAL_LOSS),
                .energy_type = WH_ENERGY_TYPE_FOUR_QUADRANTS,
                .profile_days = {[WH_ENERGY_TYPE_A_PLUS] = {92, 275, 550, 1100},
                                 [WH_ENERGY_TYPE_A_PLUS_MINUS] = {77, 231, 462, 924},
                                 [WH_ENERGY_TYPE_FOUR_QUADRANTS] = {58, 175, 350, 700}},
                .module_slots = 1,
                .supercap_days = 7,
                .kmp_type = 0x6800,
                .kmp_type_breaker = 0x6900,
            },
        [WH_MODEL_382L] =
            {
                .id = WH_MODEL_382L,
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
                .connection = {CONNECTION_4_WIRE, CONNECTION_ARON(true), CONNECTION_1_PHASE,
                               CONNECTION_2_PHASE},
                .mid_class = {"B", "A"},
                .iec_class = {"1", "2"},
                .sensor = WH_SENSOR_SHUNT,
                .nominal_mv = 230000,
                .u_low_pct = 90,
                .u_high_pct = 110,
                .frequency_pct = 2,
                .pulses_per_kwh = 1000,
                .s0_pulses_per_kwh = 1000,
                .nominal_mhz = 50000,
                .u_full_scale_mv = 500000,
                .i_full_scale_ma = 200000,
                .start_mva = 2300,
                .voltage_on_mv = 160000,
                .features = BIT(WH_FEATURE_BREAKER) | BIT(WH_FEATURE_RADIO) |
                            BIT(WH_FEATURE_PREPAYMENT) | BIT(WH_FEATURE_NEUTRAL_LOSS) |
                            BIT(WH_FEATURE_PROFILE_OF_POWER),
                .energy_type = WH_ENERGY_TYPE_FOUR_QUADRANTS,
                .profile_days = {[WH_ENERGY_TYPE_A_PLUS] = {199, 597, 1194, 2388},
                                 [WH_ENERGY_TYPE_A_PLUS_MINUS] = {113, 341, 682, 1364},
                                 [WH_ENERGY_TYPE_FOUR_QUADRANTS] = {61, 183, 367, 734}},
                .module_slots = 2,
                .supercap_days = 7,
                .kmp_type = 0x6200,
                .kmp_type_breaker = 0x6300,
            },
        [WH_MODEL_351C] =
            {
                /* Behind transformers; start at 0.6 W, below the 5 mA of its classes (MET-8). Aron
                 * is ordered for 50 Hz only (VAR-9). */
                .id = WH_MODEL_351C,
                .model = "351C",
                .plate_voltage = "3×230/400 V",
                .plate_current = "0.05–5(6) A",
                .plate_frequency = "50 Hz",
                .plate_class = "MID C, IEC 0.5",
                .range = {RANGE("0.05–5(6) A", 50, 5000, 6000, false)},
                .connection = {CONNECTION_4_WIRE, CONNECTION_ARON(false)},
                .mid_class = {"C", "B"},
                .iec_class = {"0.5", "1"},
                .reactive_class = "2",
                .sensor = WH_SENSOR_TRANSFORMER,
                .nominal_mv = 230000,
                .u_low_pct = 80,
                .u_high_pct = 115,
                .u_max_pct = 120,
                .frequency_pct = 2,
                .pulses_per_kwh = 10000,
                .s0_pulses_per_kwh = 5000,
                .nominal_mhz = 50000,
                .u_full_scale_mv = 500000,
                .i_full_scale_ma = 20000,
                .start_mva = 600,
                .voltage_on_mv = 160000,
                .features = BIT(WH_FEATURE_RADIO) | BIT(WH_FEATURE_VOLTAGE_QUALITY) |
                            BIT(WH_FEATURE_APPARENT) | BIT(WH_FEATURE_TRANSFORMER_RATIO) |
                            BIT(WH_FEATURE_DEBITING_2) | BIT(WH_FEATURE_REACTIVE_PEAKS) |
                            BIT(WH_FEATURE_PULSES_OF_REACTIVE),
                .energy_type = WH_ENERGY_TYPE_FOUR_QUADRANTS,
                .profile_days = {[WH_ENERGY_TYPE_A_PLUS] = {92, 275, 550, 1100},
                                 [WH_ENERGY_TYPE_A_PLUS_MINUS] = {77, 231, 462, 924},
                                 [WH_ENERGY_TYPE_A_R_PLUS] = {77, 231, 462, 924},
                                 [WH_ENERGY_TYPE_FOUR_QUADRANTS] = {58, 175, 350, 700}},
                .module_slots = 1,
                .supercap_days = 7,
                .battery_and_supercap = true,
                .kmp_type = 0x7500,
            },
};

enum {
    A_PLUS = BIT(WH_A_PLUS) | BIT(WH_A_PLUS_L1) | BIT(WH_A_PLUS_L2) | BIT(WH_A_PLUS_L3),
    A_MINUS = BIT(WH_A_MINUS) | BIT(WH_A_MINUS_L1) | BIT(WH_A_MINUS_L2) | BIT(WH_A_MINUS_L3),
    R_PLUS = BIT(WH_R_PLUS) | BIT(WH_R1) | BIT(WH_R2),
    R_MINUS = BIT(WH_R_MINUS) | BIT(WH_R3) | BIT(WH_R4),
};

static const struct {
    const char *text;
    uint32_t energies;
} energy_types[WH_ENERGY_TYPES] = {
    [WH_ENERGY_TYPE_A_PLUS] = {"A+", A_PLUS},
    [WH_ENERGY_TYPE_A_PLUS_MINUS] = {"A+/A−", A_PLUS | A_MINUS},
    [WH_ENERGY_TYPE_A_R_PLUS] = {"A+/R+", A_PLUS | R_PLUS},
    [WH_ENERGY_TYPE_FOUR_QUADRANTS] = {"A+/A−/R+/R−", A_PLUS | A_MINUS | R_PLUS | R_MINUS},
};

const struct wh_variant *wh_variant_at(size_t index)
{
    return index < WH_MODELS ? &variants[index] : NULL;
}

const struct wh_variant *wh_variant_find(const char *model)
{
    for (size_t i = 0; i < WH_MODELS; i++) {
        if (strcmp(variants[i].model, model) == 0) {
            return &variants[i];
        }
    }
    return NULL;
}

void wh_variant_list(char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < WH_MODELS; i++) {
        const char *part[] = {i > 0 ? ", " : "", variants[i].model};
        for (size_t p = 0; p < 2; p++) {
            for (const char *c = part[p]; *c != '\0' && length + 1 < size; c++) {
                text[length++] = *c;
            }
        }
    }
    if (size > 0) {
        text[length] = '\0';
    }
}

bool wh_variant_has(const struct wh_variant *variant, enum wh_feature feature)
{
    return feature < WH_FEATURES && (variant->features & BIT(feature)) != 0;
}

const char *wh_feature_text(enum wh_feature feature)
{
    static const char *const texts[WH_FEATURES] = {
        [WH_FEATURE_BREAKER] = "breaker (some builds)",
        [WH_FEATURE_RADIO] = "integrated radio (some builds)",
        [WH_FEATURE_PREPAYMENT] = "Smart Disconnect and prepayment",
        [WH_FEATURE_NEUTRAL_LOSS] = "loss of the neutral conductor registered",
        [WH_FEATURE_PROFILE_OF_POWER] = "load profiles of real-time values",
        [WH_FEATURE_VOLTAGE_QUALITY] = "voltage quality log",
        [WH_FEATURE_APPARENT] = "apparent energy and power per phase",
        [WH_FEATURE_TRANSFORMER_RATIO] = "transformer ratio",
        [WH_FEATURE_DEBITING_2] = "second auto-reading register",
        [WH_FEATURE_REACTIVE_PEAKS] = "peaks of reactive and apparent power",
        [WH_FEATURE_PULSES_OF_REACTIVE] = "LED pulses of reactive energy",
    };
    return feature < WH_FEATURES ? texts[feature] : "";
}

const char *wh_connection_text(enum wh_connection connection)
{
    static const char *const texts[WH_CONNECTIONS] = {"4-wire", "Aron", "1 phase", "2 phases"};
    return connection < WH_CONNECTIONS ? texts[connection] : "";
}

bool wh_variant_has_energy_type(const struct wh_variant *variant, enum wh_energy_type type)
{
    return type < WH_ENERGY_TYPES && variant->profile_days[type][0] != 0;
}

const char *wh_energy_type_text(enum wh_energy_type type)
{
    return type < WH_ENERGY_TYPES ? energy_types[type].text : "";
}

uint32_t wh_energy_type_energies(enum wh_energy_type type)
{
    return type < WH_ENERGY_TYPES ? energy_types[type].energies : 0;
}

uint8_t wh_interval_min(enum wh_interval interval)
{
    static const uint8_t minutes[WH_INTERVALS] = {5, 15, 30, 60};
    return interval < WH_INTERVALS ? minutes[interval] : 0;
}
