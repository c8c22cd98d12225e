/* The bar: redrawn in place, gone at the end, so that logs and pipes never see it. */
#include "cli/progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 40 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void cli_progress_start(struct cli_progress *progress, const char *what)
{
    /* Quick work never shows a bar. */
    *progress = (struct cli_progress){.what = what, .next_draw_s = now_s() + 0.5};
}

void cli_progress_show(struct cli_progress *progress, double done)
{
    const double now = now_s();
    if (now < progress->next_draw_s || !isatty(STDERR_FILENO)) {
        return;
    }
    progress->next_draw_s = now + 0.1;
    progress->drawn = true;
    const int filled = (int)(done * WIDTH);
    fprintf(stderr, "\r%s [", progress->what);
    for (int i = 0; i < WIDTH; i++) {
        fputc(i < filled ? '#' : '.', stderr);
    }
    fprintf(stderr, "] %3.0f %%", done * 100);
    fflush(stderr);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->drawn) {
        fprintf(stderr, "\r\033[K");
    }
}
