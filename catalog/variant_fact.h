/* What the data sheets say of the hardware (ACC, MET-11) and no program acts on: rows to print. */
#ifndef WH_CATALOG_VARIANT_FACT_H
#define WH_CATALOG_VARIANT_FACT_H

#include "catalog/variant.h"

enum wh_fact_group {
    WH_FACT_CONDITIONS,
    WH_FACT_CASE,
    WH_FACT_CIRCUITS,
    WH_FACT_TERMINALS,
    WH_FACT_MEMORY,
    WH_FACT_DISPLAY,
    WH_FACT_STANDARDS,
    WH_FACT_MODULES, /* with their article numbers, as the two below */
    WH_FACT_MODULES_CCC,
    WH_FACT_ACCESSORIES,
    WH_FACT_SAFETY,
    WH_FACT_GROUPS,
};

struct wh_fact {
    uint8_t models; /* of which it is true: bit by enum wh_model */
    enum wh_fact_group group;
    const char *name; /* "Own consumption, voltage circuit" */
    const char *value;
};

/* Fact by number, in the order of the groups; NULL past the last. Static storage. */
const struct wh_fact *wh_fact_at(size_t index);

bool wh_fact_is_of(const struct wh_fact *fact, const struct wh_variant *variant);

/* "Conditions of use"; "" if there is no such group. */
const char *wh_fact_group_text(enum wh_fact_group group);

/* BRK-6: to print wherever the breaker is shown or operated. */
#define WH_BREAKER_IS_NO_SAFETY                                                                    \
    "The breaker is never a safety function: with it open, the meter and its terminals still "     \
    "carry "                                                                                       \
    "voltage."

#endif
