/* A tariff plan as one line of text, for files and command lines:
 *
 *     name Winter%2FSummer; working 1 2 3 4 5; season 0 from 10-01; season 1 from 04-01;
 *     season 0 working 00:00 T2 07:00 T1 22:00 T2; season 0 other 00:00 T2;
 *     season 0 holiday 00:00 T2; season 1 …; exceptions 2026-12-25 2026-12-26
 *
 * Weekdays are 1 Monday … 7 Sunday. In the name what is neither letter, digit nor one of "._-" is
 * %XX. The parts may come in any order.
 */
#ifndef CLI_TOOL_PLAN_H
#define CLI_TOOL_PLAN_H

#include "app/tariff_plan.h"
#include <stdbool.h>
#include <stddef.h>

enum { TOOL_PLAN_TEXT = 5120 };

void tool_plan_text(const struct wh_tariff_plan *plan, char text[TOOL_PLAN_TEXT]);

/* The plan of a text that wh_tariff_plan_check takes. False, with one line in error that names the
 * place; *plan is unchanged then. */
bool tool_plan_parse(const char *text, struct wh_tariff_plan *plan, char *error, size_t error_size);

#endif
