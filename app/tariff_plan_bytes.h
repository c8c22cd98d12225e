/* A tariff plan as bytes, for memory and for transport.
 *
 * Version 1, numbers of two bytes least significant first:
 *   1   version, 1
 *   16  name, filled up with NUL
 *   1   working days
 *   1   number of season changes; of each: month, day, season
 *   12 days, season by season: 1 number of switches; of each: 2 minute, 1 tariff
 *   1   number of exception days; 2 each
 * One plan has one encoding.
 */
#ifndef WH_APP_TARIFF_PLAN_BYTES_H
#define WH_APP_TARIFF_PLAN_BYTES_H

#include "app/tariff_plan.h"
#include <stddef.h>

enum {
    WH_PLAN_BYTES_MAX = 1 + WH_PLAN_NAME_MAX + 1 + (1 + WH_PLAN_SEASON_CHANGES_MAX * 3) +
                        WH_PLAN_SEASONS * WH_DAY_TYPES * (1 + WH_PLAN_SWITCHES_MAX * 3) +
                        (1 + WH_PLAN_EXCEPTIONS_MAX * 2), /* 816 */
};

/* Encodes a plan that passed wh_tariff_plan_check; returns the number of bytes. */
size_t wh_tariff_plan_encode(const struct wh_tariff_plan *plan, uint8_t dst[WH_PLAN_BYTES_MAX]);

/* Decodes all of length bytes. On an error *plan is unchanged and *fault, unless it is NULL, says
 * what is wrong:
 *   WH_ERR_VERSION   another version
 *   WH_ERR_FORMAT    it ends early, goes on after its end, has a count that is too large, or
 *                    wh_tariff_plan_check refuses what it says */
enum wh_err wh_tariff_plan_decode(const uint8_t *src, size_t length, struct wh_tariff_plan *plan,
                                  struct wh_plan_fault *fault);

#endif
