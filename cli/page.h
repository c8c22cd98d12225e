/* The bench page's view of a virtual meter: its state as JSON, and the commands that change it.
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli/virtual_meter.h"

/* The state as web/ hands it to the page, in malloc'ed memory; NULL without memory. */
char *cli_page_state(const struct virtual_meter *vm);

/* One command, a JSON object with one of the keys button, mains, load, phase, breaker, pay_wh. False with a
 * readable reason in error if it is not understood or not possible; then nothing has changed. */
bool cli_page_command(struct virtual_meter *vm, const char *json, size_t length, char *error,
                      size_t error_size);

#endif
