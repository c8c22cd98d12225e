/* Results for people, on a terminal.
 */
#ifndef WH_ACCURACY_TEXT_H
#define WH_ACCURACY_TEXT_H

#include <stdio.h>

#include "accuracy/json.h"

/* What was tested, the summary per test, and the points that come closest to their limits. */
void acc_text_print(const struct acc_session *session, FILE *out);

/* "0.5 ind, 80 % Un, 49 Hz, −40 °C, L1": what is not as under reference conditions. */
void acc_text_conditions(const struct acc_rating *rating, const struct acc_point *point, char *text,
                         size_t size);

#endif
