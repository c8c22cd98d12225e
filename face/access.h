/* What all ports of one meter share: the meter, its passwords, and the guard against trying passwords.
 *
 * The guard: two wrong passwords in a row cost nothing; from the third on no password is judged for 10 s, and twice as
 * long after each further one, up to 640 s. It counts for all ports and languages with a password together, in
 * seconds with supply. The 1st, 2nd, 4th, 8th … in a row are entered in the status log, so that trying cannot push
 * everything else out of it. A right password, and a power-up, begin anew.
 */
#ifndef WH_FACE_ACCESS_H
#define WH_FACE_ACCESS_H

#include "meter/meter.h"

struct wh_access {
    struct wh_meter *meter;
    const char *password;  /* of IEC 62056-21's P1 */
    uint16_t kmp_password; /* of KMP's PutRegister */
    /* internal */
    uint32_t failures; /* in a row */
    uint32_t until_s;  /* hour counter in seconds: no password is judged before */
};

enum { WH_ACCESS_KMP_PASSWORD = 0 }; /* the family's default (5512-447) */

/* At every power-up. meter and password (NUL-terminated) are borrowed for good; the meter has been started. */
void wh_access_init(struct wh_access *access, struct wh_meter *meter, const char *password,
                    uint16_t kmp_password);

/* Judges a password. WH_ERR_STATE: none is judged now, a right one neither. WH_ERR_SEALED: it is wrong. */
enum wh_err wh_access_try(struct wh_access *access, const char *given, enum wh_origin origin);
enum wh_err wh_access_try_kmp(struct wh_access *access, uint16_t given, enum wh_origin origin);

#endif
