/* The meter's KMP face: a struct kmp_meter over a whole meter, projected from the catalog.
 *
 * Registers: those of the catalog that the model and its energy type have, in the family's units; main registers with the
 * digits of the display (00, 41 or 42 as exponent), rolling over behind nine digits as the glass does. Also identification,
 * clock (unit 53, local time), times of peaks, and settings. Clock and log stamps differ as everywhere in the family: the
 * clock is local, every stamp is normal time, and so are the times that logs are asked by.
 *
 * PutRegister: the utility's numbers, threshold, tariff, operation mode and intervals (face/change.h) with the
 * password; a wrong one counts in its guard (face/access.h). Legal registers are refused, by no answer as all that KMP
 * refuses (REG-7). SetClock and DebitingStop have no password in KMP.
 *
 * Logs: 1 debiting (7 the same), 2 status, 3 clock, 4 voltage quality, 5 breaker, 6 load profile, 8 debiting 2, 9 transformer
 * ratio, 10 load profile events, 11 analysis, 12 neutral fault. A record's ID is its sequence in the log; sequences
 * without a record are passed over. The last-read pointer is the meter's.
 *
 * Breaker (never a safety function, BRK-6): state, feedback and the three commands; a meter without one is in state 0 and
 * takes none.
 */
#ifndef WH_FACE_KMP_FACE_H
#define WH_FACE_KMP_FACE_H

#include "app/tariff_plan_bytes.h"
#include "face/access.h"
#include "kmp/server.h"

/* The context of wh_kmp_meter: one for each port. */
struct wh_kmp_face {
    struct wh_access *access;
    enum wh_origin origin;
    /* internal: first half of the list of the button, until the second is written */
    bool has_held;
    uint8_t held[16];
    uint64_t plan_blocks;            /* which of them were written: bit by block */
    uint8_t plan[WH_PLAN_BYTES_MAX]; /* blocks of a tariff plan, until its length is written */
};

extern const struct kmp_meter wh_kmp_meter;

#endif
