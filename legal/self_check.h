/* Cyclic self-check (WELMEC 7.2 P5): the program against how it began, the parameters in use against what they were when they
 * were read or stored. A meter cannot stop for a long check, so it goes by pieces. Private to legal/.
 */
#ifndef WH_LEGAL_SELF_CHECK_H
#define WH_LEGAL_SELF_CHECK_H

#include "legal/interface.h"
#include "metrology/calibration.h"
#include "metrology/samples.h"
#include <stddef.h>

struct wh_self_check {
    const uint8_t *program; /* NULL: not watched */
    size_t program_size;
    size_t program_done;    /* bytes of the running round */
    uint32_t program_crc;   /* of the first whole round */
    uint32_t round_crc;     /* of the running one, so far */
    bool round_counts;      /* there was a whole round before */
    uint32_t parameter_crc; /* as stored */
};

/* The legally relevant parameters; borrowed for the calls. */
struct wh_checked_parameters {
    const struct wh_identity *identity;
    const struct wh_calibration *calibration; /* of WH_PHASES elements */
    uint16_t ratio;
    bool ratio_locked;
};

/* Takes the parameters in use as the right ones: after reading or storing them. */
void wh_self_check_begin(struct wh_self_check *check,
                         const struct wh_checked_parameters *parameters);

/* A step. Returns bits of enum wh_legal_status_bit for what it found. */
uint32_t wh_self_check_step(struct wh_self_check *check,
                            const struct wh_checked_parameters *parameters);

#endif
