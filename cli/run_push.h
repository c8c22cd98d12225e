/* Pushes of `watthour run`: what the meter makes is sent over TCP to the destination that it names,
 * and to no other; a connection each. */
#ifndef CLI_RUN_PUSH_H
#define CLI_RUN_PUSH_H

#include "cli/journal.h"
#include "cli/options.h"
#include "cosem/modern_push.h"
#include <uv.h>

/* All zero before it is opened. */
struct cli_push {
    uv_loop_t *loop;
    struct cli_journal *journal;
    struct wh_modern *modern;
    struct cli_push_sending *sending[WH_PUSH_SETUPS]; /* NULL: none under way */
    unsigned failures[WH_PUSH_SETUPS];                /* attempts in a row */
};

/* The value of --push, or NULL, as a destination. False: a line on stderr has told why. */
bool cli_push_choose(const struct cli_command *command, const char *text, bool has_keys,
                     char to[WH_PUSH_DESTINATION + 1]);

/* loop and journal are borrowed. */
void cli_push_open(struct cli_push *push, uv_loop_t *loop, struct cli_journal *journal);

/* Sends what is due; after the meter has run. modern is that of the meter's present life. */
void cli_push_poll(struct cli_push *push, struct wh_modern *modern);

/* The supply of the meter went: what was under way is cut off, and the meter is told nothing. Also
 * before the loop is closed; it must then run once more. */
void cli_push_cut(struct cli_push *push);

#endif
