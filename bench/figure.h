/* A line of the table of figures that "make bench" closes with (bench/figures.py). */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#include <stdio.h>

/* what it is, with its unit; what others have ("" where nobody has measured); what is to be reached; what is. */
static inline void figure(const char *what, const char *peers, const char *reach, double ours)
{
    printf("figure: %s | %s | %s | %.6g\n", what, peers, reach, ours);
}

#endif
