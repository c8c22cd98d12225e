/* Pictures of the load profile. Up to two weeks: mean power interval by interval. Longer: energy
 * by day over a map of days and times of day, in which seasons, habits, solar cells and holes are
 * seen at a glance.
 *
 * Invariant: what is drawn is the energy of the intervals; where a record covers more than its
 * interval the map has a hole, since nobody knows when the energy flowed, but the day has the
 * energy. */
#include "cli/show_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, CURVE_DAYS_MAX = 14, SLOT_MIN_LEAST = 15, MINUTES_PER_DAY = 1440 };

static const char *const import_key = "a_plus_kwh";
static const char *const export_key = "a_minus_kwh";

/* Mean power of a row in kW, or energy in kWh; 0 where unknown. */
static double cell_kwh(const struct show_table *table, size_t row, const char *key)
{
    const size_t column = show_table_find(table, key);
    if (column == SHOW_COLUMNS_MAX) {
        return 0;
    }
    const struct show_cell *cell = show_table_at(table, row, column);
    return cell->kind == SHOW_NUMBER ? show_number_value(cell) : 0;
}

static double minutes_of(const struct show_table *table, size_t row)
{
    const struct show_cell *cell = show_table_at(table, row, show_table_find(table, "minutes"));
    return cell->kind == SHOW_NUMBER ? (double)cell->number : 0;
}

static double end_of(const struct show_table *table, size_t row)
{
    return show_plot_time(table, (uint32_t)show_table_at(table, row, 0)->number);
}

/* Block 0: time, import kW, export kW (negative), twice an interval. */
static struct show_extent write_curve(const struct show_table *table, struct show_plot *plot)
{
    struct show_extent extent = {0, 0};
    for (size_t r = 0; r < table->row_count; r++) {
        const double minutes = minutes_of(table, r);
        if (minutes <= 0) {
            continue; /* the oldest, or the clock was set back */
        }
        const double end = end_of(table, r);
        const double per_hour = 60 / minutes;
        const double p_kw = cell_kwh(table, r, import_key) * per_hour;
        const double n_kw = -cell_kwh(table, r, export_key) * per_hour;
        fprintf(plot->data, "%.0f %.6f %.6f\n%.0f %.6f %.6f\n", end - minutes * 60, p_kw, n_kw, end,
                p_kw, n_kw);
        show_plot_extend(&extent, p_kw);
        show_plot_extend(&extent, n_kw);
    }
    show_plot_end_block(plot);
    return extent;
}

/* Block 1: intervals with an outage or a gap, begin and end. */
static bool write_outages(const struct show_meter *show, const struct show_table *table,
                          struct show_plot *plot)
{
    const double interval = show->meter.application.config.profile_min;
    bool any = false;
    for (size_t r = 0; r < table->row_count; r++) {
        const struct show_cell *status = show_table_at(table, r, table->column_count - 1);
        const bool outage = status->kind == SHOW_TEXT && (strstr(status->text, "outage") != NULL ||
                                                          strstr(status->text, "gap") != NULL);
        if (outage) {
            const double minutes = fmax(minutes_of(table, r), interval);
            fprintf(plot->data, "%.0f %.0f\n", end_of(table, r) - minutes * 60, end_of(table, r));
            any = true;
        }
    }
    if (!any) {
        fputs("0 0\n", plot->data);
    }
    show_plot_end_block(plot);
    return any;
}

static void plot_curve(const struct show_meter *show, const struct show_table *table,
                       struct show_plot *plot, double first, double last)
{
    show_plot_begin(plot, 900, 380);
    const struct show_extent extent = write_curve(table, plot);
    const bool outages = write_outages(show, table, plot);
    show_plot_title(plot, table, NULL);
    show_plot_time_axis(plot, first, last);
    fprintf(plot->script,
            "set ylabel 'kW' offset 1,0\ntop = %g\nbottom = %g\nset yrange [bottom:top]\n"
            "set style fill solid 1 noborder\nplot ",
            extent.high > 0 ? 1.15 * extent.high : 1, 1.15 * extent.low);
    if (outages) {
        fputs("'plot.dat' index 1 using 1:(bottom):1:2:(bottom):(top) with boxxyerror "
              "lc rgb '#e6e6e6' title 'outage', ",
              plot->script);
    }
    fputs("'plot.dat' index 0 using 1:2 with filledcurves y=0 lc rgb '#6ea8d8' title 'import', "
          "'' index 0 using 1:2 with lines lw 1 lc rgb '#0b5fa5' notitle",
          plot->script);
    fputs(extent.low < 0
              ? ", '' index 0 using 1:3 with filledcurves y=0 lc rgb '#7cbf82' title 'export', "
                "'' index 0 using 1:3 with lines lw 1 lc rgb '#2e7d32' notitle\n"
              : "\n",
          plot->script);
}

/* Days and times of day: the map, and the sums of its days. */
struct map {
    int64_t first_day; /* since 1970, normal time */
    size_t days, slots;
    double *kw;              /* days x slots, net; NAN: a hole */
    double *import, *export; /* kWh a day */
};

static bool open_map(struct map *map, const struct show_meter *show, double first, double last)
{
    const uint8_t minutes = show->meter.application.config.profile_min;
    map->slots = MINUTES_PER_DAY / (minutes < SLOT_MIN_LEAST ? SLOT_MIN_LEAST : minutes);
    map->first_day = (int64_t)first / DAY_S;
    map->days = (size_t)((int64_t)last / DAY_S - map->first_day + 1);
    map->kw = calloc(map->days * map->slots, sizeof *map->kw);
    map->import = calloc(map->days, sizeof *map->import);
    map->export = calloc(map->days, sizeof *map->export);
    for (size_t s = 0; map->kw != NULL && s < map->days * map->slots; s++) {
        map->kw[s] = NAN;
    }
    return map->kw != NULL && map->import != NULL && map->export != NULL;
}

static void close_map(struct map *map)
{
    free(map->kw);
    free(map->import);
    free(map->export);
}

static void add_to_map(struct map *map, const struct show_table *table, size_t row)
{
    const double minutes = minutes_of(table, row);
    if (minutes <= 0) {
        return;
    }
    const int64_t middle = (int64_t)(end_of(table, row) - minutes * 30);
    const size_t day = (size_t)(middle / DAY_S - map->first_day);
    const double slot_s = (double)DAY_S / (double)map->slots;
    const double import = cell_kwh(table, row, import_key);
    const double export = cell_kwh(table, row, export_key);
    if (middle / DAY_S < map->first_day || day >= map->days) {
        return;
    }
    map->import[day] += import;
    map->export[day] += export;
    if (minutes * 60 <= slot_s + 1) {
        double *kw = &map->kw[day * map->slots + (size_t)((double)(middle % DAY_S) / slot_s)];
        *kw = (isnan(*kw) ? 0 : *kw) + (import - export) * 3600 / slot_s;
    }
}

static double middle_of_day(const struct map *map, size_t day)
{
    return (double)(map->first_day + (int64_t)day) * DAY_S + DAY_S / 2.0;
}

/* Block 0: days and their energies. Block 1: days, hours, kW. Returns the extent of the latter. */
static struct show_extent write_map(const struct map *map, struct show_plot *plot)
{
    struct show_extent extent = {0, 0};
    for (size_t d = 0; d < map->days; d++) {
        fprintf(plot->data, "%.0f %.4f %.4f\n", middle_of_day(map, d), map->import[d],
                -map->export[d]);
    }
    show_plot_end_block(plot);
    for (size_t d = 0; d < map->days; d++) {
        for (size_t s = 0; s < map->slots; s++) {
            const double kw = map->kw[d * map->slots + s];
            const double hour = ((double)s + 0.5) * 24 / (double)map->slots;
            fprintf(plot->data, "%.0f %.4f %.4f\n", middle_of_day(map, d), hour, kw);
            show_plot_extend(&extent, kw); /* of a hole nothing: fmin and fmax pass over it */
        }
        fputc('\n', plot->data);
    }
    show_plot_end_block(plot);
    return extent;
}

static void plot_days(const struct show_table *table, struct show_plot *plot, const struct map *map,
                      bool exports)
{
    struct show_extent kwh = {0, 0};
    for (size_t d = 0; d < map->days; d++) {
        show_plot_extend(&kwh, map->import[d]);
        show_plot_extend(&kwh, -map->export[d]);
    }
    fputs("set multiplot\nset lmargin at screen 0.085\nset rmargin at screen 0.86\n"
          "unset datafile missing\nset origin 0,0.58\nset size 1,0.42\n",
          plot->script);
    show_plot_title(plot, table, NULL);
    show_plot_value_axis(plot, &kwh);
    fprintf(plot->script,
            "set format x ''\nset ylabel 'kWh a day' offset 1,0\nset style fill solid 1 noborder\n"
            "set boxwidth %d\nplot 'plot.dat' index 0 using 1:2 with boxes lc rgb '#0b5fa5' title "
            "'import'%s\n",
            DAY_S,
            exports ? ", '' index 0 using 1:3 with boxes lc rgb '#2e7d32' title 'export'" : "");
}

static void plot_map(const struct show_table *table, struct show_plot *plot, const struct map *map)
{
    const double first = (double)map->first_day * DAY_S;
    const double last = first + (double)map->days * DAY_S;
    show_plot_begin(plot, 900, 620);
    const struct show_extent kw = write_map(map, plot);
    show_plot_time_axis(plot, first, last);
    plot_days(table, plot, map, kw.low < 0);
    show_plot_time_axis(plot, first, last);
    fprintf(plot->script, "low = %g\nhigh = %g\n", kw.low, kw.high > 0 ? kw.high : 1);
    fputs("unset title\nset origin 0,0\nset size 1,0.60\nset ylabel 'time of day, h' offset 1,0\n"
          "set yrange [0:24]\nset ytics 6\nunset grid\nset cbrange [low:high]\n"
          "set object 1 rect from graph 0,0 to graph 1,1 behind fc rgb '#d0d0d0' "
          "fs solid noborder\n"
          "set palette defined (low - 1e-6 '#1b6b2a', low / 2 - 1e-6 '#8fce94', 0 '#ffffff', "
          "high / 4 '#9ecae8', high / 2 '#3f86c2', high '#08306b')\n"
          "set cblabel 'kW, mean' offset 0.5,0\nunset key\n"
          "plot 'plot.dat' index 1 using 1:2:3 with image\nunset multiplot\n",
          plot->script);
}

void show_plot_profile(const struct show_meter *show, const struct show_table *table,
                       struct show_plot *plot)
{
    double first = 0;
    double last = 0;
    show_plot_span(table, 0, &first, &last);
    first -= minutes_of(table, 0) * 60;
    if (last - first <= CURVE_DAYS_MAX * DAY_S) {
        plot_curve(show, table, plot, first, fmax(last, first + 60));
        return;
    }
    struct map map;
    if (open_map(&map, show, first, last - 1)) {
        for (size_t r = 0; r < table->row_count; r++) {
            add_to_map(&map, table, r);
        }
        plot_map(table, plot, &map);
    }
    close_map(&map);
}
