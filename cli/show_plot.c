/* The frame around every picture. Invariant: all files but the finished picture are in a folder
 * that is gone afterwards. */
#include "cli/show_plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accuracy/gnuplot.h"

enum { PATH_SIZE = 256, UNIX_2000_S = 946684800, DAY_S = 86400 };

static const char *const files[] = {"plot.gnuplot", "plot.dat", "plot.svg"};
enum { SCRIPT, DATA, PICTURE, FILES };

static FILE *open_in(const char *folder, int file, const char *mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, files[file]);
    return fopen(path, mode);
}

static bool write_files(const struct show_meter *show, const struct show_view *view,
                        const struct show_table *table, const char *folder)
{
    struct show_plot plot = {.script = open_in(folder, SCRIPT, "w"),
                             .data = open_in(folder, DATA, "w")};
    bool written = plot.script != NULL && plot.data != NULL;
    if (written) {
        view->plot(show, table, &plot);
        written = ferror(plot.script) == 0 && ferror(plot.data) == 0;
    }
    written = (plot.script == NULL || fclose(plot.script) == 0) && written;
    return (plot.data == NULL || fclose(plot.data) == 0) && written;
}

/* Pixels of a heat map are squares, also where the browser would smooth them. */
static bool copy_lines(FILE *from, FILE *to)
{
    char *line = NULL;
    size_t room = 0;
    bool any = false;
    while (getline(&line, &room, from) >= 0) {
        const char *image = strstr(line, "<image ");
        const int before = image != NULL ? (int)(image - line) : 0;
        any = true;
        if (image != NULL) {
            fprintf(to, "%.*s<image style='image-rendering:pixelated' %s", before, line,
                    image + strlen("<image "));
        } else {
            fputs(line, to);
        }
    }
    free(line);
    return any && ferror(from) == 0 && ferror(to) == 0;
}

/* Beside its place first, so that a failure leaves what was there. */
static bool deliver(const char *folder, const char *path)
{
    char beside[4096];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    FILE *from = open_in(folder, PICTURE, "r");
    FILE *to = from != NULL ? fopen(beside, "w") : NULL;
    bool copied = to != NULL && copy_lines(from, to);
    copied = (to == NULL || fclose(to) == 0) && copied && rename(beside, path) == 0;
    if (to != NULL && !copied) {
        const int os_error = errno;
        unlink(beside);
        errno = os_error;
    }
    if (from != NULL) {
        fclose(from);
    }
    return copied;
}

static void remove_folder(const char *folder)
{
    char path[PATH_SIZE];
    for (int f = 0; f < FILES; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[f]);
        unlink(path);
    }
    rmdir(folder);
}

enum wh_err show_plot_write(const struct show_meter *show, const struct show_view *view,
                            const struct show_table *table, const char *path, char *error,
                            size_t error_size)
{
    const char *parent = getenv("TMPDIR");
    char folder[PATH_SIZE - 16];
    if (!acc_gnuplot_is_there()) {
        snprintf(error, error_size, "gnuplot, which draws, is missing: install gnuplot-nox");
        return WH_ERR_NOT_FOUND;
    }
    snprintf(folder, sizeof folder, "%s/watthour-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(folder) == NULL) {
        snprintf(error, error_size, "%s: %s", folder, strerror(errno));
        return WH_ERR_IO;
    }
    const bool drawn =
        write_files(show, view, table, folder) && acc_gnuplot_run(folder, files[SCRIPT]);
    snprintf(error, error_size, "gnuplot failed");
    const bool delivered = drawn && deliver(folder, path);
    if (drawn && !delivered) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
    }
    remove_folder(folder);
    return delivered ? WH_OK : WH_ERR_IO;
}

void show_plot_begin(struct show_plot *plot, int width, int height)
{
    fprintf(plot->script,
            "set terminal svg size %d,%d font 'DejaVu Sans,12' background '#ffffff'\n"
            "set output 'plot.svg'\nset encoding utf8\nset border 3 lc rgb '#555555'\n"
            "set tics nomirror\nset grid lt 1 lw 0.6 lc rgb '#d4d8dc'\n"
            "set key top right horizontal samplen 1.5 font ',10'\nset datafile missing 'NaN'\n"
            "set lmargin 9\nset rmargin 3\n",
            width, height);
}

int show_plot_end_block(struct show_plot *plot)
{
    fputs("\n\n", plot->data);
    return plot->blocks++;
}

void show_plot_title(struct show_plot *plot, const struct show_table *table, const char *detail)
{
    const char *text = table != NULL ? table->title : detail;
    fputs("set title \"", plot->script);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', plot->script);
        }
        fputc(*text, plot->script);
    }
    fputs("\" noenhanced font ',11' offset 0,-0.4\n", plot->script);
}

double show_plot_time(const struct show_table *table, uint32_t utc_s)
{
    return (double)wh_clock_normal_of(&table->clock, utc_s) + UNIX_2000_S;
}

void show_plot_span(const struct show_table *table, size_t column, double *first, double *last)
{
    for (size_t r = 0; r < table->row_count; r++) {
        const uint32_t utc_s = (uint32_t)show_table_at(table, r, column)->number;
        const double t = show_plot_time(table, utc_s);
        *first = r == 0 || t < *first ? t : *first;
        *last = r == 0 || t > *last ? t : *last;
    }
}

void show_plot_extend(struct show_extent *extent, double value)
{
    extent->low = fmin(extent->low, value);
    extent->high = fmax(extent->high, value);
}

void show_plot_value_axis(struct show_plot *plot, const struct show_extent *extent)
{
    const double room = (extent->high - extent->low) * 0.08;
    const double low = extent->low == 0 ? 0 : extent->low - room;
    const double high = extent->high == 0 ? 0 : extent->high + room;
    fprintf(plot->script, "set yrange [%g:%g]\n", low, high > low ? high : low + 1);
}

/* Ticks at whole units of the calendar that leave room for their labels. */
void show_plot_time_axis(struct show_plot *plot, double first, double last)
{
    static const struct {
        double span_days, step_s;
        const char *format;
    } axes[] = {
        {0.2, 1800, "%H:%M"},   {1.1, 3 * 3600, "%H:%M"}, {3.1, 12 * 3600, "%d %b\\n%H:%M"},
        {14.1, DAY_S, "%d %b"}, {62, 7 * DAY_S, "%d %b"}, {800, 0, "%b %Y"},
        {1e9, 0, "%Y"},
    };
    size_t a = 0;
    while ((last - first) / DAY_S > axes[a].span_days) {
        a++;
    }
    fprintf(plot->script,
            "set xdata time\nset timefmt '%%s'\nset xrange ['%.0f':'%.0f']\nset format x \"%s\"\n",
            first, last, axes[a].format);
    if (axes[a].step_s > 0) {
        fprintf(plot->script, "set xtics %.0f\n", axes[a].step_s);
    } else {
        fputs("set xtics autofreq\n", plot->script);
    }
}
