/* Picture of voltage quality: when what happened on which phase, and the diagram of duration and
 * remaining voltage by which utilities class disturbances (EN 50160, table of dips). Invariant:
 * what has no known duration is on the timeline only. */
#include "cli/show_plot.h"

#include <math.h>
#include <string.h>

enum { BEGIN, EVENT, PHASE, DURATION, EXTREME, LANES = 4 };

static const struct {
    const char *phase, *colour, *title;
} lanes[LANES] = {
    {"L1", "#8c510a", "L1"},
    {"L2", "#222222", "L2"},
    {"L3", "#8a8a8a", "L3"},
    {"all", "#c23b22", "interruption"},
};

/* A block a lane: time, volts, seconds. Returns how many have a duration, -1 if there is nothing
 * at all. */
static int write_lane(const struct show_table *table, struct show_plot *plot, const char *phase)
{
    int timed = -1;
    for (size_t r = 0; r < table->row_count; r++) {
        const struct show_cell *duration = show_table_at(table, r, DURATION);
        const struct show_cell *extreme = show_table_at(table, r, EXTREME);
        const uint32_t begin_s = (uint32_t)show_table_at(table, r, BEGIN)->number;
        if (strcmp(show_table_at(table, r, PHASE)->text, phase) == 0) {
            const bool known = duration->kind == SHOW_NUMBER;
            fprintf(plot->data, "%.0f %.3f %.3f\n", show_plot_time(table, begin_s),
                    extreme->kind == SHOW_NUMBER ? show_number_value(extreme) : 0,
                    known ? show_number_value(duration) : NAN);
            timed = (timed < 0 ? 0 : timed) + known;
        }
    }
    if (timed < 0) {
        fputs("0 0 0\n", plot->data); /* so that blocks keep their numbers */
    }
    show_plot_end_block(plot);
    return timed;
}

static void draw_limits(const struct show_meter *show, struct show_plot *plot)
{
    const struct wh_config *config = &show->meter.application.config;
    const double limits_v[] = {config->under_mv / 1e3, config->over_mv / 1e3,
                               config->lost_mv / 1e3};
    for (size_t l = 0; l < sizeof limits_v / sizeof limits_v[0]; l++) {
        fprintf(
            plot->script,
            "set arrow from graph 0,first %g to graph 1,first %g nohead dt 2 lc rgb '#999999'\n",
            limits_v[l], limits_v[l]);
    }
}

/* Lanes with at least so many of them that have a duration. */
static void plot_lanes(struct show_plot *plot, const int timed[LANES], int least, int x)
{
    const char *between = "plot ";
    for (int l = 0; l < LANES; l++) {
        if (timed[l] >= least) {
            fprintf(plot->script,
                    "%s'plot.dat' index %d using %d:2 with points pt %d ps %g lc rgb '%s' "
                    "title '%s'",
                    between, l, x, l < 3 ? 7 : 5, l < 3 ? 0.4 : 0.7, lanes[l].colour,
                    lanes[l].title);
            between = ", ";
        }
    }
    fputc('\n', plot->script);
}

void show_plot_quality(const struct show_meter *show, const struct show_table *table,
                       struct show_plot *plot)
{
    double first = 0;
    double last = 0;
    const double highest_v = show->meter.application.config.over_mv / 1e3;
    show_plot_begin(plot, 900, 620);
    int timed[LANES];
    for (int l = 0; l < LANES; l++) {
        timed[l] = write_lane(table, plot, lanes[l].phase);
    }
    show_plot_span(table, BEGIN, &first, &last);
    const double margin = fmax((last - first) / 40, 600);
    fprintf(plot->script, "set multiplot\nset origin 0,0.5\nset size 1,0.5\nset yrange [-8:%g]\n",
            highest_v * 1.15);
    fputs("set key below center horizontal\nset ylabel 'extreme voltage, V' offset 1,0\n",
          plot->script);
    draw_limits(show, plot);
    show_plot_title(plot, table, NULL);
    show_plot_time_axis(plot, first - margin, last + margin);
    plot_lanes(plot, timed, 0, 1);
    fputs("unset title\nunset key\nset xdata\nset origin 0,0\nset size 1,0.5\nset logscale x\n"
          "set format x '%g'\nset xtics (0.01, 0.1, 0.2, 0.5, 1, 5, 60, '3 min' 180, '1 h' 3600, "
          "'1 d' 86400)\nset xrange [0.008:200000]\nset xlabel 'duration, s' offset 0,0.5\n",
          plot->script);
    plot_lanes(plot, timed, 1, 3);
    fputs("unset multiplot\n", plot->script);
}
