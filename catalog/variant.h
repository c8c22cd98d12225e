/* Variants are data (VAR-1): one row per model says what distinguishes it. */
#ifndef WH_CATALOG_VARIANT_H
#define WH_CATALOG_VARIANT_H

#include <stddef.h>
#include <stdint.h>

struct wh_variant {
    const char *model;         /* "382M" */
    const char *plate_voltage; /* as printed on the name plate */
    const char *plate_current;
    const char *plate_frequency;
    const char *plate_class;
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
