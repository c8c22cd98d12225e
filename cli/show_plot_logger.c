/* Picture of the analysis logger: quantities of the same unit share a panel. Invariant: however
 * long the range, lowest and highest values stay visible: what is put together keeps its band. */
#include "cli/show_plot.h"

#include <math.h>
#include <string.h>

enum { BINS = 700, PANEL_HEIGHT = 150, FRAME_HEIGHT = 80, TITLE_HEIGHT = 34, GAP = 22 };

static const char *const colours[] = {"#8c510a", "#222222", "#7a7a7a", "#0b5fa5",
                                      "#2e7d32", "#c23b22", "#7b1fa2", "#e08a00"};
enum { COLOURS = sizeof colours / sizeof colours[0] };

struct bin {
    unsigned count;
    double low, high, sum, time;
};

static void add(struct bin *bin, double value, double time)
{
    bin->low = bin->count == 0 || value < bin->low ? value : bin->low;
    bin->high = bin->count == 0 || value > bin->high ? value : bin->high;
    bin->sum += value;
    bin->time += time;
    bin->count++;
}

/* A block: time, lowest, mean, highest, of as many rows each. */
static void write_column(const struct show_table *table, struct show_plot *plot, size_t column)
{
    static struct bin bins[BINS];
    const size_t used = table->row_count < BINS ? table->row_count : BINS;
    memset(bins, 0, sizeof bins);
    for (size_t r = 0; r < table->row_count; r++) {
        const struct show_cell *cell = show_table_at(table, r, column);
        const uint32_t utc_s = (uint32_t)show_table_at(table, r, 0)->number;
        if (cell->kind == SHOW_NUMBER) {
            add(&bins[r * used / table->row_count], show_number_value(cell),
                show_plot_time(table, utc_s));
        }
    }
    for (size_t b = 0; b < used; b++) {
        if (bins[b].count > 0) {
            const double count = bins[b].count;
            fprintf(plot->data, "%.0f %.6f %.6f %.6f\n", bins[b].time / count, bins[b].low,
                    bins[b].sum / count, bins[b].high);
        }
    }
    fputs("0 NaN NaN NaN\n", plot->data); /* no block is empty */
    show_plot_end_block(plot);
}

static bool is_drawn(const struct show_table *table, size_t column)
{
    return column > 0 && column + 1 < table->column_count;
}

static bool shares_unit(const struct show_table *table, size_t a, size_t b)
{
    return strcmp(table->column[a].unit, table->column[b].unit) == 0;
}

/* Whether a column is the first of its unit. */
static bool opens_panel(const struct show_table *table, size_t column)
{
    for (size_t c = 1; c < column; c++) {
        if (shares_unit(table, c, column)) {
            return false;
        }
    }
    return is_drawn(table, column);
}

/* Where panel number p of a picture is, in parts of its height; the time is written below the
 * last. */
static void place_panel(struct show_plot *plot, int p, int panels)
{
    const double height = FRAME_HEIGHT + PANEL_HEIGHT * panels;
    const double top = TITLE_HEIGHT + PANEL_HEIGHT * p;
    fprintf(plot->script, "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
            1 - top / height, 1 - (top + PANEL_HEIGHT - GAP) / height);
    if (p == 1) {
        fputs("unset title\n", plot->script);
    }
}

/* Values of all columns of a panel. */
static void scale_panel(const struct show_table *table, struct show_plot *plot, size_t opener)
{
    struct show_extent extent = {INFINITY, -INFINITY};
    for (size_t c = opener; is_drawn(table, c); c++) {
        for (size_t r = 0; shares_unit(table, c, opener) && r < table->row_count; r++) {
            const struct show_cell *cell = show_table_at(table, r, c);
            if (cell->kind == SHOW_NUMBER) {
                show_plot_extend(&extent, show_number_value(cell));
            }
        }
    }
    if (!isfinite(extent.low)) {
        extent = (struct show_extent){0, 0};
    }
    show_plot_value_axis(plot, &extent);
}

static void plot_panel(const struct show_table *table, struct show_plot *plot, size_t opener)
{
    unsigned line = 0;
    scale_panel(table, plot, opener);
    fprintf(plot->script, "set ylabel '%s' offset 1,0\nplot ", table->column[opener].unit);
    for (size_t c = opener; is_drawn(table, c); c++) {
        if (!shares_unit(table, c, opener)) {
            continue;
        }
        const char *colour = colours[line % COLOURS];
        fprintf(plot->script,
                "%s'plot.dat' index %zu using 1:2:4 with filledcurves fs transparent solid 0.25 "
                "lc rgb '%s' notitle, "
                "'' index %zu using 1:3 with lines lw 1.2 lc rgb '%s' title '%s'",
                line > 0 ? ", " : "", c - 1, colour, c - 1, colour, table->column[c].title);
        line++;
    }
    fputc('\n', plot->script);
}

void show_plot_logger(const struct show_meter *show, const struct show_table *table,
                      struct show_plot *plot)
{
    (void)show;
    double first = 0;
    double last = 0;
    int panels = 0;
    int panel = 0;
    show_plot_span(table, 0, &first, &last);
    for (size_t c = 1; is_drawn(table, c); c++) {
        write_column(table, plot, c);
        panels += opens_panel(table, c);
    }
    show_plot_begin(plot, 900, FRAME_HEIGHT + PANEL_HEIGHT * panels);
    fputs("set multiplot\nset key at graph 1,1.17 right top horizontal\nset ytics font ',10'\n",
          plot->script);
    show_plot_title(plot, table, NULL);
    show_plot_time_axis(plot, first, fmax(last, first + 60));
    for (size_t c = 1; is_drawn(table, c); c++) {
        if (opens_panel(table, c)) {
            place_panel(plot, panel++, panels);
            if (panel < panels) {
                fputs("set format x ''\n", plot->script);
            } else {
                show_plot_time_axis(plot, first, fmax(last, first + 60));
            }
            plot_panel(table, plot, c);
        }
    }
    fputs("unset multiplot\n", plot->script);
}
