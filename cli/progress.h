/* A progress bar on stderr for long work; silent when stderr is not a terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

struct cli_progress {
    const char *what;
    double next_draw_s; /* of a monotonic clock */
    bool drawn;
};

void cli_progress_start(struct cli_progress *progress, const char *what);

/* done 0 … 1. Cheap: draws at most ten times a second. */
void cli_progress_show(struct cli_progress *progress, double done);

/* Takes the bar away. */
void cli_progress_end(struct cli_progress *progress);

#endif
