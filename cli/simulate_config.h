/* Parameters of a meter as KEY=VALUE, by the names of the table (app/config.h).
 */
#ifndef CLI_SIMULATE_CONFIG_H
#define CLI_SIMULATE_CONFIG_H

#include "app/config.h"

/* Whether a text begins with the name of a parameter and '='. */
bool simulate_is_assignment(const char *text);

/* Sets one: a number, or for lists numbers or names of quantities, separated by commas
 * ("logger=u_l1,u_l2,u_l3"); the rest of a list of quantities is emptied. energy_type also gives
 * display and logger the lists that go with it. Contradictions between parameters are not looked
 * for. WH_ERR_ARGUMENT with one line in error; then *config is unchanged. */
enum wh_err simulate_assign(struct wh_config *config, const char *text, char *error,
                            size_t error_size);

#endif
