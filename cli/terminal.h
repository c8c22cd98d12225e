/* The terminal of `watthour run --tty`: draws the LCD in place and takes keys.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "app/lcd.h"
#include <stdbool.h>
#include <uv.h>

/* Keys pressed by the user, one call each. */
typedef void cli_terminal_key(void *context, char key);

struct cli_terminal {
    uv_tty_t input;
    cli_terminal_key *on_key;
    void *context;
    bool raw; /* input is a terminal in raw mode */
    char buffer[16];
};

/* Clears the screen and, when standard input is a terminal, begins to take keys. */
void cli_terminal_start(struct cli_terminal *terminal, uv_loop_t *loop, cli_terminal_key *on_key,
                        void *context);

void cli_terminal_show(const struct wh_lcd *lcd, bool led, const char *footer);

/* Gives the terminal back as it was. */
void cli_terminal_stop(struct cli_terminal *terminal);

#endif
