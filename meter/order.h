/* From ordering and configuration codes (VAR-8 to VAR-13) to the meter that is ordered by them: what the factory programs.
 */
#ifndef WH_METER_ORDER_H
#define WH_METER_ORDER_H

#include "catalog/code.h"
#include "meter/meter.h"

/* Applies the codes to a configuration and an order of that model; what no code says stays as it is. A ratio above 1 makes registers
 * and display primary-side (VAR-10 A, VAR-14); a tariff schedule other than 000
 * makes the internal plan choose the tariff, which is then programmed by wh_application_set_plan.
 * WH_ERR_ARGUMENT: the codes are of another model. Codes should have passed wh_code_check. */
enum wh_err wh_order_apply_codes(const struct wh_code_set *codes, const struct wh_variant *variant,
                                 struct wh_order *order, struct wh_config *config);

#endif
