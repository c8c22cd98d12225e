/* The gnuplot script: two panels for each curve, one that shows the limits of the class and one that shows the
 * meter. */
#include "accuracy/chart.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "accuracy/chart_data.h"
#include "accuracy/gnuplot.h"

static const struct chart {
    const char *name;
    const char *title;
    const char *x_label;
    const char *y_label;
    const char *axis; /* gnuplot commands */
    void (*write)(const struct acc_session *session, FILE *out);
} charts[ACC_CHARTS] = {
    {"load", "Current load", "% of I_b", "error, %",
     "set logscale x\nset xrange [0.1:XMAX]\n"
     "set xtics (\"0.1\" 0.1, \"0.2\" 0.2, \"0.5\" 0.5, \"1\" 1, \"2\" 2, \"5\" 5, \"10\" 10, "
     "\"20\" 20, \"50\" 50, \"100\" 100, \"200\" 200, \"500\" 500, \"1000\" 1000, \"2000\" 2000)\n"
     "if (START > 0.1) { set arrow 1 from START, graph 0 to START, graph 1 nohead dt 3 lc rgb "
     "'#8a5a00'; set label 1 'registers from here' at START, graph 0.07 offset 0.6,0 font ',9' tc "
     "rgb '#8a5a00' }\n",
     acc_chart_load},
    {"voltage", "Voltage", "% of U_n", "change of the error, %",
     "unset logscale x\nset xrange [78:117]\nset xtics 5\n", acc_chart_voltage},
    {"frequency", "Frequency", "% of f_n", "change of the error, %",
     "set xrange [99-F_PCT:101+F_PCT]\nset xtics 1\n", acc_chart_frequency},
    {"temperature", "Temperature", "°C", "change of the error, %",
     "set xrange [-42:72]\nset xtics (-40, -25, -10, 5, 23, 40, 55, 70)\n", acc_chart_temperature},
    {"mpe", "MPE: composed of load, voltage, frequency and temperature", "", "%", "",
     acc_chart_composite},
};

const char *acc_chart_name(int chart)
{
    return charts[chart].name;
}

const char *acc_chart_title(int chart)
{
    return charts[chart].title;
}

/* Limits in grey, curves in colours that print; where there are several units, a band from the lowest to
 * the highest. Placeholders: data file. */
static const char curves[] =
    "'%s' index 3 using 1:2 with lines lw 1.6 lc rgb '#444444' title 'limit, cos φ 1', "
    "'' index 3 using 1:3 with lines lw 1.6 lc rgb '#444444' notitle, "
    "'' index 4 using 1:2 with lines lw 1.6 dt 2 lc rgb '#888888' title 'limit, cos φ 0.5', "
    "'' index 4 using 1:3 with lines lw 1.6 dt 2 lc rgb '#888888' notitle, "
    "'' index 0 using 1:3:4 with filledcurves fs transparent solid 0.20 noborder lc rgb '#0b5fa5' "
    "notitle, "
    "'' index 1 using 1:3:4 with filledcurves fs transparent solid 0.20 noborder lc rgb '#c23b22' "
    "notitle, "
    "'' index 2 using 1:3:4 with filledcurves fs transparent solid 0.20 noborder lc rgb '#2e7d32' "
    "notitle, "
    "'' index 0 using 1:2 with linespoints lw 2 pt 7 ps 0.4 lc rgb '#0b5fa5' title 'cos φ 1', "
    "'' index 1 using 1:2 with linespoints lw 2 pt 5 ps 0.4 lc rgb '#c23b22' title 'cos φ 0.5 "
    "ind', "
    "'' index 2 using 1:2 with linespoints lw 2 pt 9 ps 0.4 lc rgb '#2e7d32' title 'cos φ 0.8 "
    "cap'\n";

static const char bars[] =
    "set style data histograms\nset style histogram clustered gap 1.5\nset style fill solid 0.85 "
    "border rgb '#ffffff'\nset boxwidth 1\nset logscale y\nset yrange [0.0001:20]\n"
    "set format y '%g'\nset xtics\nset autoscale x\nset ylabel '%'\n"
    "set key below center horizontal samplen 1 width 2\n"
    "plot 'mpe.dat' using 2:xtic(1) lc rgb '#0b5fa5' title 'load', "
    "'' using 3 lc rgb '#7fb2dd' title 'voltage', '' using 4 lc rgb '#2e7d32' title 'frequency', "
    "'' using 5 lc rgb '#c23b22' title 'temperature', '' using 6 lc rgb '#222222' title "
    "'composed', "
    "'' using ($0-0.4):7:(0.86):(0) with vectors nohead lw 3 lc rgb '#e08a00' title 'MPE'\n";

/* The upper panel: the limits decide the scale. */
static const char upper[] =
    "set origin 0,0.47\nset size 1,0.53\nset lmargin 10\nset rmargin 3\nset autoscale y\n"
    "set offsets 0,0,graph 0.08,graph 0.08\nset format x ''\nunset xlabel\nunset key\n";

/* The lower one: the meter decides it. */
static const char lower[] =
    "set origin 0,0\nset size 1,0.49\nunset label\nunset offsets\nset format x '%g'\n"
    "set key below center horizontal samplen 2 maxrows 2\nset ylabel '%'\n"
    "set title '{/*0.8 the "
    "same, enlarged}'\n";

static void script_curve(const struct chart *chart, const char *subtitle, FILE *out)
{
    char data[64];
    snprintf(data, sizeof data, "%s.dat", chart->name);
    fprintf(out, "set multiplot\n%s%s", chart->axis, upper);
    fprintf(out, "set ylabel '%s'\nset title \"{/:Bold %s}   {/*0.8 %s}\"\nplot ", chart->y_label,
            chart->title, subtitle);
    fprintf(out, curves, data);
    fprintf(out, "%sset xlabel '%s' offset 0,0.3\n", lower, chart->x_label);
    fprintf(out,
            "stats '%s' index 0:2 using 3 nooutput name 'L'\n"
            "stats '%s' index 0:2 using 4 nooutput name 'H'\n"
            "span = 1.25 * (abs(L_min) > abs(H_max) ? abs(L_min) : abs(H_max))\n"
            "span = span < 0.01 ? 0.01 : span\nset yrange [-span:span]\nplot ",
            data, data);
    fprintf(out, curves, data);
    fprintf(out, "unset multiplot\nunset arrow\nunset label\n");
}

static void script_chart(const struct chart *chart, const char *subtitle, FILE *out)
{
    if (chart->axis[0] != '\0') {
        script_curve(chart, subtitle, out);
    } else {
        fprintf(out,
                "reset\nset border 3\nset tics nomirror\nset grid y lt 1 lw 0.6 lc rgb '#d4d8dc'\n"
                "set title \"{/:Bold MPE}   {/*0.8 %s}\"\n%s",
                subtitle, bars);
    }
}

static void describe(const struct acc_session *session, const char *of_many, char *text,
                     size_t size)
{
    const struct acc_rating *rating = session->rating;
    char units[64] = "ideal front end";
    if (!rating->ideal && session->unit_count > 1) {
        snprintf(units, sizeof units, "%zu units: %s", session->unit_count, of_many);
    } else if (!rating->ideal) {
        snprintf(units, sizeof units, "unit %u", session->first_unit);
    }
    snprintf(text, size, "%s  %s  class %s, %s", rating->variant->model, rating->range->text,
             rating->class->name, units);
}

static void script_all(const struct acc_session *session, const char *terminal, const char *ending,
                       FILE *out)
{
    const struct acc_rating *rating = session->rating;
    const double start_a = rating->variant->start_mva / 1e3 / rating->un_v;
    fprintf(out,
            "reset\nset terminal %s\nset encoding utf8\nset border 3\nset tics nomirror\n"
            "set grid lt 1 lw 0.6 lc rgb '#d4d8dc'\nXMAX = %g\nSTART = %g\nF_PCT = %g\n",
            terminal, 1.3 * rating->imax_a / rating->ib_a * 100, start_a / rating->ib_a * 100,
            rating->approval->f_pct);
    for (int c = 0; c < ACC_CHARTS; c++) {
        const bool is_curve = charts[c].axis[0] != '\0';
        char subtitle[192];
        describe(session, is_curve ? "mean, lowest and highest" : "where they come closest",
                 subtitle, sizeof subtitle);
        fprintf(out, "set output '%s.%s'\n", charts[c].name, ending);
        script_chart(&charts[c], subtitle, out);
        fprintf(out, "set output\n");
    }
}

static bool write_script(const struct acc_session *session, FILE *out)
{
    script_all(session, "svg size 760,560 font 'DejaVu Sans,13' background '#ffffff'", "svg", out);
    script_all(session, "pngcairo size 760,560 font 'DejaVu Sans,10' background '#ffffff'", "png",
               out);
    return ferror(out) == 0;
}

static FILE *open_in(const char *folder, const char *name, const char *ending, char *error,
                     size_t error_size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
    }
    return file;
}

static enum wh_err write_data(const struct acc_session *session, const char *folder, int chart,
                              char *error, size_t error_size)
{
    FILE *file = open_in(folder, charts[chart].name, "dat", error, error_size);
    if (file == NULL) {
        return WH_ERR_IO;
    }
    charts[chart].write(session, file);
    return fclose(file) == 0 ? WH_OK : WH_ERR_IO;
}

enum wh_err acc_charts_draw(const struct acc_session *session, const char *folder, char *error,
                            size_t error_size)
{
    snprintf(error, error_size, "%s: the charts could not be written", folder);
    for (int c = 0; c < ACC_CHARTS; c++) {
        if (write_data(session, folder, c, error, error_size) != WH_OK) {
            return WH_ERR_IO;
        }
    }
    FILE *script = open_in(folder, "charts", "gnuplot", error, error_size);
    if (script == NULL) {
        return WH_ERR_IO;
    }
    const bool written = write_script(session, script);
    if (fclose(script) != 0 || !written) {
        return WH_ERR_IO;
    }
    if (!acc_gnuplot_run(folder, "charts.gnuplot")) {
        snprintf(error, error_size, "gnuplot failed on %s/charts.gnuplot", folder);
        return WH_ERR_IO;
    }
    return WH_OK;
}
