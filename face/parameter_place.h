/* Every parameter of the configuration in KMP and IEC 62056-21, whatever other registers show it
 * (VAR-15), in this project's own numbering, beside cosem/parameters.c. Private to face/.
 *
 *     KMP           register 61440 + 32 · id + element: a number; of a list of quantities 16
 *                   octets, with 255 behind the last. The lists of the display are
 *                   face/display_block.h's.
 *                   Registers 57344 … 57394: the tariff plan, app/tariff_plan_bytes.h, in blocks
 *                   of 16 octets; 57408: its length. Blocks that are written wait until the length
 *                   is, for it is the plan as a whole that has to be right
 *     IEC 62056-21  199.id.element: a number
 *
 * id and element are those of the rows of app/parameter.c. What belongs to breaker and prepayment is
 * written through the module port only, as elsewhere.
 */
#ifndef WH_FACE_PARAMETER_PLACE_H
#define WH_FACE_PARAMETER_PLACE_H

#include "face/kmp_face.h"

enum {
    WH_PLACE_PARAMETERS = 61440,
    WH_PLACE_ELEMENTS = 32, /* registers of a parameter */
    WH_PLACE_BLOCK = 16,    /* octets */
    WH_PLACE_PLAN = 57344,
    WH_PLACE_PLAN_LENGTH = WH_PLACE_PLAN + 64,
};

/* WH_ERR_NOT_FOUND: another register. */
enum wh_err wh_place_read(const struct wh_meter *meter, uint16_t id, struct kmp_value *value);

/* WH_ERR_NOT_FOUND: another register. WH_ERR_ARGUMENT: another size, or out of range; and as
 * wh_meter_configure and wh_application_set_plan. WH_ERR_SEALED: also another port's. */
enum wh_err wh_place_write(struct wh_kmp_face *face, uint16_t id, const struct kmp_value *value);

/* The parameter at an address "199.id.element" of IEC 62056-21; NULL: none. */
const struct wh_parameter *wh_place_of_address(const struct wh_config *config, const char *address,
                                               uint8_t *element);

/* One number of a parameter. Errors as wh_place_write. */
enum wh_err wh_place_set(struct wh_meter *meter, enum wh_origin origin,
                         const struct wh_parameter *parameter, uint8_t element, int64_t number);

#endif
