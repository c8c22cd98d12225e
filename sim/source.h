/* A source of mains signals: what stands in front of the meter's analogue-to-digital converters.
 *
 * A source is pulled at the sampling instants of the meter. Simulated mains with loads, a recording,
 * a closed-form test signal: all are sources, and whoever feeds a meter cannot tell them apart.
 * Everything in sim/ is hosted C with floating point; nothing of it is legally relevant.
 */
#ifndef WH_SIM_SOURCE_H
#define WH_SIM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum { SIM_PHASES = 3 };

/* One instant of three-phase mains. */
struct sim_instant {
    double u_v[SIM_PHASES]; /* phase voltage to neutral */
    double i_a[SIM_PHASES]; /* phase current, positive into the installation (import) */
};

struct sim_source {
    /* Fills count instants, spaced 1/sample_rate_hz (fixed when the source was made), continuing
     * where the last pull ended. Returns how many were filled; fewer than count only at the end of a
     * source that ends. */
    size_t (*pull)(void *context, struct sim_instant *instants, size_t count);
    void *context; /* owned by whoever made the source */
};

#endif
