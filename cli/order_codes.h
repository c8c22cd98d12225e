/* Ordering and configuration codes on a command line (VAR-8 to VAR-13; docs/models.md).
 */
#ifndef CLI_ORDER_CODES_H
#define CLI_ORDER_CODES_H

#include "meter/order.h"

/* Reads one code and holds it against those before it; a second of the same kind begins another
 * meter. False, with one line in error; then *set is unchanged. */
bool cli_code_read(const char *text, struct wh_code *code, struct wh_code_set *set, char *error,
                   size_t error_size);

/* --codes of a command: the codes of one meter, between spaces, that a new one can be ordered by:
 * "config1=1-1-000-00 config2=3-090-01-01-1". *model, of --model, may be NULL, and is that of the
 * codes then. False, with one line in error, also where there is none, or one kind comes twice. */
bool cli_codes_take(const char *text, struct wh_code_set *set, const char **model,
                    bool with_breaker, char *error, size_t error_size);

/* Whether a meter is as the codes say. False, with the first difference in error: "integration_min
 * is 60, by --codes 15". */
bool cli_codes_fit(const struct wh_code_set *set, const struct wh_meter *meter, char *error,
                   size_t error_size);

/* The same of the meter in a folder, which is left alone; a folder without one fits. */
bool cli_codes_fit_folder(const struct wh_code_set *set, const char *folder, char *error,
                          size_t error_size);

#endif
