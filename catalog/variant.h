/* Variants are data (VAR-1): one row per model says what distinguishes it. */
#ifndef WH_CATALOG_VARIANT_H
#define WH_CATALOG_VARIANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of currents that a model is made for, I_min–I_b(I_max) (VAR-4). The first of a model is its default. */
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

struct wh_variant {
    const char *model;         /* "382M" */
    const char *plate_voltage; /* as printed on the name plate */
    const char *plate_current; /* of the first range */
    const char *plate_frequency;
    const char *plate_class;
    struct wh_current_range range[WH_CURRENT_RANGES_MAX]; /* ends with one without text */
    enum wh_sensor sensor;
    uint32_t nominal_mv;      /* phase voltage Un */
    uint32_t pulses_per_kwh;  /* meter constant (MET-9) */
    uint32_t nominal_mhz;     /* VAR-5 */
    uint32_t u_full_scale_mv; /* peak at the converter's full scale: covers Un + 15 % with margin */
    uint32_t i_full_scale_ma; /* peak: covers the crest of Imax with margin */
    uint32_t start_mva;       /* registration of a phase starts here (MET-8) */
    uint32_t voltage_on_mv;   /* voltage indicator (DSP-2) */
};

/* The row of a model; NULL if unknown. The name is matched exactly. */
const struct wh_variant *wh_variant_find(const char *model);

/* Row by number, NULL past the last: to list the models. */
const struct wh_variant *wh_variant_at(size_t index);

#endif
