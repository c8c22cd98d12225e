/* Pictures of tables, drawn by gnuplot.
 */
#ifndef CLI_SHOW_PLOT_H
#define CLI_SHOW_PLOT_H

#include "cli/show_view.h"

/* What a writer fills: a script, and the data file "plot.dat" that it reads. */
struct show_plot {
    FILE *script;
    FILE *data;
    int blocks; /* of data, gnuplot's "index", so far */
};

/* Draws a table that has rows into an SVG file: WH_ERR_NOT_FOUND without gnuplot, WH_ERR_IO for
 * anything that cannot be written; then error has one line and there is no new file. */
enum wh_err show_plot_write(const struct show_meter *show, const struct show_view *view,
                            const struct show_table *table, const char *path, char *error,
                            size_t error_size);

/* For writers. Begins the picture: its size in pixels. */
void show_plot_begin(struct show_plot *plot, int width, int height);

/* Ends a block of data; returns its index. */
int show_plot_end_block(struct show_plot *plot);

/* Title of a picture or panel: the table's, or a text, escaped for a double-quoted string of
 * gnuplot. */
void show_plot_title(struct show_plot *plot, const struct show_table *table, const char *detail);

/* A time as gnuplot takes it, so that its axes show normal time. */
double show_plot_time(const struct show_table *table, uint32_t utc_s);

/* The first and last time of a column of times, as above. */
void show_plot_span(const struct show_table *table, size_t column, double *first, double *last);

/* Lowest and highest of what is drawn; begin with {0, 0} where zero belongs to the picture. */
struct show_extent {
    double low, high;
};
void show_plot_extend(struct show_extent *extent, double value); /* NAN: not at all */

/* An axis of values with some room; never an empty one, at which gnuplot would complain. */
void show_plot_value_axis(struct show_plot *plot, const struct show_extent *extent);

/* Time axis for a span in seconds. */
void show_plot_time_axis(struct show_plot *plot, double first, double last);

#endif
