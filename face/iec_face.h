/* The meter's IEC 62056-21 face: a struct iec21_meter over a whole meter, projected from the catalog. Source: the maker's
 * description of the family's optical port (55121458) and IEC 62056-21.
 *
 * Read-out: the family's list "user data 2", as far as the model and its energy type have it; every value with the digits of
 * the display – 7.0, 6.1 (7.1 behind transformers) or 7.2 for energies with their leading zeros – and its unit; a
 * maximum with its time. Address: the serial number. Flag: WTH, the letters of the logical device names.
 *
 * Programming mode, with the meter's password as P1 (guarded, face/access.h):
 *   R1, R2, R5  any quantity of the catalog by its display code C.D.E; 1.0.0 the clock, NVYYMMDDhhmmss local; C.D.E*nn as
 *               the nn-th last debiting period stored it, *1 the last; 131.0.1 … 16 the settings of the protocol
 *   W1, W2, W5  the table of face/change.h; 1.0.0(NYYMMDDhhmmss) sets the clock, N 1 in summer time. The rest is
 *               refused, legal registers among it (REG-7)
 *   R6          98.1.0 debiting, 98.2.0 debiting 2, 99.1.0 load profile, 99.1.1 analysis, 99.98.2 status, .3 clock,
 *               .4 voltage quality, .5 breaker, .9 transformer ratio, .10 load profile events, .12 neutral fault, by
 *               times NYYMMDDhhmmss of stamps: normal time, or with N 1 summer time
 */
#ifndef WH_FACE_IEC_FACE_H
#define WH_FACE_IEC_FACE_H

#include "face/access.h"
#include "iec62056_21/server.h"

enum {
    /* Room for the longest line, a debiting period of all registers. */
    WH_IEC_OUTPUT_SIZE = 2048,
};

/* Where a log read-out stands, so that each record is looked up once. Internal. */
struct wh_iec_cursor {
    struct wh_log_range range; /* in front of record number index */
    size_t index;
    uint8_t name;
};

/* The context of wh_iec_meter: one for each port. */
struct wh_iec_face {
    struct wh_access *access;
    enum wh_origin origin;
    struct wh_iec_cursor cursor;
};

extern const struct iec21_meter wh_iec_meter;

#endif
