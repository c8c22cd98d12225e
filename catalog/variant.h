/* Variants are data (VAR-1): one row per model says what its data sheet says of it. */
#ifndef WH_CATALOG_VARIANT_H
#define WH_CATALOG_VARIANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The models, in the order of the rows. */
enum wh_model {
    WH_MODEL_382M,
    WH_MODEL_382L,
    WH_MODEL_351C,
    WH_MODELS,
};

/* A range of currents that a model is made for, I_min–I_b(I_max) (VAR-4). The first of a model is
 * its default. */
struct wh_current_range {
    const char *text; /* "0.25–5(100) A" */
    uint32_t imin_ma; /* MID I_min */
    uint32_t ib_ma;   /* basic current I_b; rated current I_n of a transformer meter */
    uint32_t imax_ma;
    bool breaker;
};

enum { WH_CURRENT_RANGES_MAX = 8 };

enum wh_sensor {
    WH_SENSOR_SHUNT,       /* direct connected */
    WH_SENSOR_TRANSFORMER, /* behind current transformers */
};

/* How the supply network is connected (VAR-2). */
enum wh_connection {
    WH_CONNECTION_4_WIRE, /* 3×230/400 V */
    WH_CONNECTION_ARON,   /* 3×230 V, 3-wire, two elements */
    WH_CONNECTION_1_PHASE,
    WH_CONNECTION_2_PHASE,
    WH_CONNECTIONS,
};

struct wh_connection_offer {
    const char *text; /* as the data sheet prints it; NULL behind the last */
    enum wh_connection connection;
    uint8_t elements; /* that measure: bit 0 = L1 */
    bool at_50_hz, at_60_hz;
};

/* What a meter registers, chosen at the factory (VAR-7). */
enum wh_energy_type {
    WH_ENERGY_TYPE_A_PLUS,
    WH_ENERGY_TYPE_A_PLUS_MINUS,
    WH_ENERGY_TYPE_A_R_PLUS,
    WH_ENERGY_TYPE_FOUR_QUADRANTS,
    WH_ENERGY_TYPES,
};

/* Intervals of a load profile (LOG-1). */
enum wh_interval {
    WH_INTERVAL_5_MIN,
    WH_INTERVAL_15_MIN,
    WH_INTERVAL_30_MIN,
    WH_INTERVAL_60_MIN,
    WH_INTERVALS,
};

/* What one model has and another has not. Where a feature needs a part that only some builds have
 * (a breaker, a radio), it says that there are such builds. */
enum wh_feature {
    WH_FEATURE_BREAKER,            /* BRK-1: builds with a breaker */
    WH_FEATURE_RADIO,              /* COM-9: builds with the integrated radio */
    WH_FEATURE_PREPAYMENT,         /* BRK-5, and Smart Disconnect, BRK-4 */
    WH_FEATURE_NEUTRAL_LOSS,       /* MET-10 */
    WH_FEATURE_PROFILE_OF_POWER,   /* LOG-3: profiles of real-time values beside those of energy */
    WH_FEATURE_VOLTAGE_QUALITY,    /* LOG-7 */
    WH_FEATURE_APPARENT,           /* MET-3: apparent energy and power per phase */
    WH_FEATURE_TRANSFORMER_RATIO,  /* VAR-14 */
    WH_FEATURE_DEBITING_2,         /* VAR-13: a second auto-reading register */
    WH_FEATURE_REACTIVE_PEAKS,     /* REG-2: Q+max, S+max, S-max and their times */
    WH_FEATURE_PULSES_OF_REACTIVE, /* MET-9: a meter constant in imp/kvarh, too */
    WH_FEATURES,
};

enum { WH_CLASSES_MAX = 3 }; /* with the NULL behind the last */

struct wh_variant {
    enum wh_model id;
    const char *model;         /* "382M" */
    const char *plate_voltage; /* as printed on the name plate */
    const char *plate_current; /* of the first range */
    const char *plate_frequency;
    const char *plate_class;
    struct wh_current_range range[WH_CURRENT_RANGES_MAX];      /* ends with one without text */
    struct wh_connection_offer connection[WH_CONNECTIONS + 1]; /* the first is the default */
    const char *mid_class[WH_CLASSES_MAX];                     /* VAR-6; the first is the default */
    const char *iec_class[WH_CLASSES_MAX];
    const char *reactive_class; /* NULL where the data sheet names a standard but no class */
    enum wh_sensor sensor;
    uint32_t nominal_mv; /* phase voltage Un */
    uint8_t u_low_pct;   /* lowest and highest voltage of use, percent of Un (VAR-3) */
    uint8_t u_high_pct;
    uint8_t u_max_pct;          /* continuous maximum between any terminals; 0: not stated */
    uint8_t frequency_pct;      /* ± of 50 and of 60 Hz (VAR-5) */
    uint32_t pulses_per_kwh;    /* meter constant (MET-9) */
    uint32_t s0_pulses_per_kwh; /* of the S0 output (PLS-1) */
    uint32_t nominal_mhz;       /* VAR-5 */
    uint32_t u_full_scale_mv; /* peak at the converter's full scale: covers Un + 15 % with margin */
    uint32_t i_full_scale_ma; /* peak: covers the crest of Imax with margin */
    uint32_t start_mva;       /* registration of a phase starts here (MET-8) */
    uint32_t voltage_on_mv;   /* voltage indicator (DSP-2) */
    uint16_t features;        /* bit by enum wh_feature; see wh_variant_has */
    enum wh_energy_type
        energy_type; /* the default: what a meter registers if nothing else is said */
    /* Least depth of a load profile in days (LOG-2); 0 where the model has no such energy type. */
    uint16_t profile_days[WH_ENERGY_TYPES][WH_INTERVALS];
    uint8_t module_slots;      /* without the consumer's (COM-3) */
    uint8_t supercap_days;     /* the clock runs so long without supply (CLK-2) */
    bool battery_and_supercap; /* fitted both; otherwise one or the other */
    uint16_t kmp_type;         /* as the KMP command GetType answers: without and with breaker */
    uint16_t kmp_type_breaker; /* 0: there is none */
};

/* The row of a model; NULL if unknown. The name is matched exactly. */
const struct wh_variant *wh_variant_find(const char *model);

/* Row by number, which is its enum wh_model, NULL past the last: to list the models. */
const struct wh_variant *wh_variant_at(size_t index);

/* "382M, 382L, 351C" in text, cut to size; for messages that say what there is. */
void wh_variant_list(char *text, size_t size);

bool wh_variant_has(const struct wh_variant *variant, enum wh_feature feature);

/* "voltage quality log"; "" if there is no such feature. */
const char *wh_feature_text(enum wh_feature feature);

/* Whether a model is made for an energy type (VAR-7). */
bool wh_variant_has_energy_type(const struct wh_variant *variant, enum wh_energy_type type);

/* "Aron"; "" if there is no such connection. */
const char *wh_connection_text(enum wh_connection connection);

/* "A+/A−"; "" if there is no such type. */
const char *wh_energy_type_text(enum wh_energy_type type);

/* The energies that a meter of that type registers and shows: bit by enum wh_energy
 * (legal/interface.h). Those of the phases go with their sum, R+ with R1 and R2, R− with R3 and
 * R4. 0 if there is no such type. */
uint32_t wh_energy_type_energies(enum wh_energy_type type);

/* 5, 15, 30 or 60; 0 if there is no such interval. */
uint8_t wh_interval_min(enum wh_interval interval);

#endif
