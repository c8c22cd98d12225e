/* Terminal input and output. Invariant: whatever way the program ends in order, the terminal's mode is
 * restored. */
#include "cli/terminal.h"
#include "cli/tty.h"
#include <stdio.h>
#include <unistd.h>

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct cli_terminal *terminal = handle->data;
    *buffer = uv_buf_init(terminal->buffer, sizeof terminal->buffer);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    const struct cli_terminal *terminal = stream->data;
    for (ssize_t k = 0; k < length; k++) {
        terminal->on_key(terminal->context, buffer->base[k]);
    }
}

void cli_terminal_start(struct cli_terminal *terminal, uv_loop_t *loop, cli_terminal_key *on_key,
                        void *context)
{
    *terminal = (struct cli_terminal){.on_key = on_key, .context = context};
    printf("\033[2J");
    if (!isatty(STDIN_FILENO) || uv_tty_init(loop, &terminal->input, STDIN_FILENO, 1) != 0) {
        return;
    }
    terminal->raw = true;
    terminal->input.data = terminal;
    uv_tty_set_mode(&terminal->input, UV_TTY_MODE_RAW);
    uv_read_start((uv_stream_t *)&terminal->input, on_allocate, on_read);
}

void cli_terminal_show(const struct wh_lcd *lcd, bool led, const char *footer)
{
    char text[CLI_TTY_SIZE];
    cli_tty_draw(lcd, led, text);
    printf("\033[H%s%s\033[K\r\n", text, footer);
    fflush(stdout);
}

void cli_terminal_stop(struct cli_terminal *terminal)
{
    if (terminal->raw) {
        uv_tty_reset_mode();
        uv_close((uv_handle_t *)&terminal->input, NULL);
        terminal->raw = false;
    }
}
