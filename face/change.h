/* What can be written over KMP and IEC 62056-21, once for both. Private to face/.
 *
 * Everything here belongs to the utility. Nothing legal is in the table but the meter number and the transformer ratio,
 * which the legal part itself refuses while their seal or cover is closed (REG-7).
 */
#ifndef WH_FACE_CHANGE_H
#define WH_FACE_CHANGE_H

#include "face/access.h"

struct wh_change {
    uint16_t kmp_id;       /* 0: not in KMP */
    const char *address;   /* "" : not in IEC 62056-21 */
    uint8_t quantity;      /* WH_QUANTITY_NONE: no row of the catalog */
    const char *parameter; /* of the configuration; or NULL, then apply */
    enum wh_err (*apply)(struct wh_meter *meter, enum wh_origin origin, uint32_t number);
};

/* NULL: that cannot be written. */
const struct wh_change *wh_change_of_kmp(uint16_t kmp_id);
const struct wh_change *wh_change_of_address(const char *address);

/* Carries it out; number in units of the display's last digit. WH_ERR_ARGUMENT: out of range. Others as wh_meter_configure,
 * wh_legal_command and the functions of app/application.h. */
enum wh_err wh_change_apply(const struct wh_change *change, struct wh_meter *meter,
                            enum wh_origin origin, int64_t number);

/* Sets the clock to a local time. WH_ERR_ARGUMENT as wh_clock_utc_of_local. */
enum wh_err wh_change_clock(struct wh_meter *meter, const struct wh_datetime *local, bool summer);

/* Operation mode as both languages have it: 1 in use, 3 … 5 LED and S0 follow A-, R+, R-. */
uint8_t wh_face_operation_mode(const struct wh_meter *meter);

#endif
