/* The LCD in a terminal: the same glass as text, with digits of three lines.
 */
#ifndef CLI_TTY_H
#define CLI_TTY_H

#include "app/lcd.h"
#include <stdbool.h>
#include <stddef.h>

enum { CLI_TTY_SIZE = 4096 };

/* Draws the glass into text (UTF-8, lines ended by CR LF, NUL-terminated, at most CLI_TTY_SIZE). led: lit. */
void cli_tty_draw(const struct wh_lcd *lcd, bool led, char text[CLI_TTY_SIZE]);

#endif
