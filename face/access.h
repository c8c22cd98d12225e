/* What all ports of one meter share: the meter, and its passwords of IEC 62056-21 and KMP.
 *
 * The guard against trying them is the application's (wh_application_judged), so that it counts for
 * all ports together; the password of DLMS, judged in cosem/, is that of P1 and held to the same one.
 */
#ifndef WH_FACE_ACCESS_H
#define WH_FACE_ACCESS_H

#include "meter/meter.h"

struct wh_access {
    struct wh_meter *meter;
    const char *password;  /* of IEC 62056-21's P1 */
    uint16_t kmp_password; /* of KMP's PutRegister */
};

enum { WH_ACCESS_KMP_PASSWORD = 0 }; /* the family's default (5512-447) */

/* At every power-up. meter and password (NUL-terminated) are borrowed for good; the meter has been started. */
void wh_access_init(struct wh_access *access, struct wh_meter *meter, const char *password,
                    uint16_t kmp_password);

/* Judges a password. WH_ERR_STATE: none is judged now, a right one neither. WH_ERR_SEALED: it is wrong. */
enum wh_err wh_access_try(struct wh_access *access, const char *given, enum wh_origin origin);
enum wh_err wh_access_try_kmp(struct wh_access *access, uint16_t given, enum wh_origin origin);

#endif
