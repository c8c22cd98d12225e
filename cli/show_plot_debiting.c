/* Pictures of debiting periods: what each consumed, tariff upon tariff, and its peak. Invariant: a
 * bar is the difference of two records of registers, or of the first period's record and zero;
 * where the record before is not shown it has no height. */
#include "cli/show_plot.h"

#include "cli/show_time.h"

enum { TARIFFS = 4, DAY_S = 86400 };

static const char *const import_keys[TARIFFS] = {"a_plus_t1_kwh", "a_plus_t2_kwh", "a_plus_t3_kwh",
                                                 "a_plus_t4_kwh"};
static const char *const export_key = "a_minus_kwh";
static const char *const colours[TARIFFS] = {"#0b5fa5", "#7fb2dd", "#e08a00", "#c23b22"};

/* Whether the record before is there, or this is the very first period. */
static bool has_growth(const struct show_table *table, size_t row)
{
    const size_t period = show_table_find(table, "period");
    return row > 0 || (period != SHOW_COLUMNS_MAX && show_table_at(table, 0, period)->number == 1);
}

/* Of a register in the period; 0 where nobody knows. */
static double growth_kwh(const struct show_table *table, size_t row, const char *key)
{
    const size_t column = show_table_find(table, key);
    if (column == SHOW_COLUMNS_MAX || !has_growth(table, row)) {
        return 0;
    }
    const double now = show_number_value(show_table_at(table, row, column));
    return row == 0 ? now : now - show_number_value(show_table_at(table, row - 1, column));
}

static double peak_kw(const struct show_table *table, size_t row)
{
    const size_t column = show_table_find(table, "p_plus_max_w");
    return column == SHOW_COLUMNS_MAX ? 0
                                      : show_number_value(show_table_at(table, row, column)) / 1e3;
}

/* A line a period: number, end, tops of the tariffs' bars from the highest down to T1, export
 * (negative), peak, date. */
static struct show_extent write_periods(const struct show_table *table, struct show_plot *plot)
{
    const size_t time = show_table_find(table, "time");
    struct show_extent extent = {0, 0};
    for (size_t r = 0; r < table->row_count; r++) {
        double top[TARIFFS];
        double sum = 0;
        for (int t = 0; t < TARIFFS; t++) {
            sum += growth_kwh(table, r, import_keys[t]);
            top[t] = sum;
        }
        char label[SHOW_TIME_SIZE];
        const uint32_t utc_s = (uint32_t)show_table_at(table, r, time)->number;
        const double export = -growth_kwh(table, r, export_key);
        show_time_text(&table->clock, utc_s, label);
        fprintf(plot->data, "%zu %.0f %.4f %.4f %.4f %.4f %.4f %.4f \"%.10s\"\n", r,
                show_plot_time(table, utc_s), top[3], top[2], top[1], top[0], export,
                peak_kw(table, r), label);
        show_plot_extend(&extent, sum);
        show_plot_extend(&extent, export);
    }
    show_plot_end_block(plot);
    return extent;
}

static void scale_peaks(const struct show_table *table, struct show_plot *plot)
{
    struct show_extent extent = {0, 0};
    for (size_t r = 0; r < table->row_count; r++) {
        show_plot_extend(&extent, peak_kw(table, r));
    }
    show_plot_value_axis(plot, &extent);
}

/* From T4, which reaches highest, to T1, which stands before the others; tariffs that never ruled
 * are left out. */
static void plot_bars(const struct show_table *table, struct show_plot *plot, const char *x)
{
    const char *between = "plot ";
    for (int t = TARIFFS - 1; t >= 0; t--) {
        const size_t column = show_table_find(table, import_keys[t]);
        const bool ruled = column != SHOW_COLUMNS_MAX &&
                           show_table_at(table, table->row_count - 1, column)->number > 0;
        if (ruled || t == 0) {
            fprintf(plot->script, "%s'plot.dat' using %s:%d with boxes lc rgb '%s' title 'T%d'",
                    between, x, 6 - t, colours[t], t + 1);
            between = ", ";
        }
    }
    if (show_table_find(table, export_key) != SHOW_COLUMNS_MAX) {
        fprintf(plot->script, ", '' using %s:7 with boxes lc rgb '#2e7d32' title 'export'", x);
    }
    fputc('\n', plot->script);
}

void show_plot_debiting(const struct show_meter *show, const struct show_table *table,
                        struct show_plot *plot)
{
    (void)show;
    show_plot_begin(plot, 900, 560);
    const struct show_extent kwh = write_periods(table, plot);
    fprintf(plot->script,
            "set multiplot\nset style fill solid 1 border rgb '#ffffff'\nset boxwidth 0.8\n"
            "set xrange [-0.6:%zu.6]\nset origin 0,0.42\nset size 1,0.58\n"
            "set ylabel 'kWh' offset 1,0\nunset xtics\nset key below\n",
            table->row_count - 1);
    show_plot_title(plot, table, NULL);
    show_plot_value_axis(plot, &kwh);
    plot_bars(table, plot, "1");
    scale_peaks(table, plot);
    fputs("unset title\nset origin 0,0\nset size 1,0.45\nset bmargin 5\n"
          "set ylabel 'peak P+, kW' offset 1,0\n"
          "set xtics nomirror scale 0 rotate by 40 right font ',10'\n"
          "plot 'plot.dat' using 1:8:xtic(9) with boxes lc rgb '#8c510a' notitle\n"
          "unset multiplot\n",
          plot->script);
}

void show_plot_debiting_2(const struct show_meter *show, const struct show_table *table,
                          struct show_plot *plot)
{
    double first = 0;
    double last = 0;
    static const int days[] = {1, 7, 30};
    char middle[32];
    const int length_s = days[show->meter.application.config.debiting_2_interval % 3] * DAY_S;
    show_plot_begin(plot, 900, 380);
    const struct show_extent kwh = write_periods(table, plot);
    show_plot_value_axis(plot, &kwh);
    show_plot_span(table, show_table_find(table, "time"), &first, &last);
    show_plot_title(plot, table, NULL);
    show_plot_time_axis(plot, first - length_s, last);
    fprintf(plot->script,
            "set style fill solid 1 noborder\nset boxwidth %d\nset ylabel 'kWh' offset 1,0\n",
            length_s * 9 / 10);
    snprintf(middle, sizeof middle, "($2-%d)", length_s / 2);
    plot_bars(table, plot, middle);
}
