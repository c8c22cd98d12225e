/* The report as HTML. Charts are put in as SVG text, so that the file stands alone. */
#include "accuracy/html.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "accuracy/chart.h"
#include "accuracy/gnuplot.h"
#include "accuracy/text.h"
#include "legal/interface.h"

static const char style[] =
    "<style>\n"
    "body{font:15px/1.5 'DejaVu Sans',Arial,sans-serif;color:#1c2126;max-width:62rem;margin:2rem "
    "auto;padding:0 1rem}\n"
    "h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.2rem 0 .5rem;"
    "border-bottom:1px solid #c9d0d6}h3{font-size:1rem;margin:1.4rem 0 .3rem}\n"
    "table{border-collapse:collapse;width:100%;font-size:.82rem;font-variant-numeric:tabular-nums}"
    "\n"
    "th{text-align:left;border-bottom:2px solid #8a949d;font-weight:600}"
    "td,th{padding:.15rem .5rem}td.n,th.n{text-align:right}\n"
    "tbody tr:nth-child(even){background:#f4f6f8}.bad{color:#b00020;font-weight:700}"
    ".good{color:#1b6e3c;font-weight:700}.mark{color:#8a5a00}\n"
    ".charts{display:grid;grid-template-columns:1fr;gap:1rem}figure{margin:0}.charts "
    "svg{width:100%;height:auto}\n"
    "dl{display:grid;grid-template-columns:14rem 1fr;margin:.8rem 0}dt{color:#5a646d}dd{margin:0;"
    "overflow-wrap:anywhere}\n"
    "details summary{cursor:pointer}\n"
    "@media print{body{max-width:none;margin:0;font-size:11px}h2{break-after:avoid}"
    "tr,svg{break-inside:avoid}}\n"
    "</style>\n";

static void write_row(FILE *out, const char *term, const char *text)
{
    fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", term, text);
}

static void write_today(FILE *out)
{
    char text[32];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(text, sizeof text, "%Y-%m-%d", &local);
    write_row(out, "Date", text);
}

static void write_subject(const struct acc_session *session, FILE *out)
{
    const struct acc_rating *rating = session->rating;
    const struct wh_software_id software = wh_legal_software_id();
    char text[256];
    fprintf(out, "<dl>\n");
    write_today(out);
    snprintf(text, sizeof text, "%s, %s, %s, %g V, %g Hz, %u imp/kWh", rating->variant->model,
             rating->range->text, rating->wiring_name, rating->un_v, rating->frequency_hz,
             rating->variant->pulses_per_kwh);
    write_row(out, "Meter", text);
    snprintf(text, sizeof text, "%s, reactive %s", rating->class->name,
             acc_reactive_name(rating->class->reactive));
    write_row(out, "Accuracy class", text);
    snprintf(text, sizeof text, "%zu, number %u to %u of the simulated factory, each calibrated",
             session->unit_count, session->first_unit,
             session->first_unit + (unsigned)session->unit_count - 1);
    write_row(out, "Units", rating->ideal ? "ideal front end, not calibrated" : text);
    snprintf(text, sizeof text, "%s, SHA-256 %s", software.version, software.checksum_hex);
    write_row(out, "Legally relevant software", text);
    fprintf(out, "</dl>\n");
}

static void write_verdict(const struct acc_session *session, FILE *out)
{
    size_t count;
    struct acc_ranked *worst = acc_results_worst(session->results, &count);
    const bool within = acc_results_are_within(session->results);
    fprintf(out, "<p class=\"%s\">%s</p>\n", within ? "good" : "bad",
            within ? "All points are within their limits."
                   : "There are points outside their limits.");
    if (worst != NULL && count > 0) {
        char conditions[160];
        const struct acc_point *point = &session->results->points->point[worst[0].result->point];
        acc_text_conditions(session->rating, point, conditions, sizeof conditions);
        fprintf(out,
                "<p>Closest to its limit: %s, %.3g&nbsp;A, %s, unit %u uses %.1f&nbsp;%% of "
                "%.4g&nbsp;%%%s; margin %.4f&nbsp;%%.</p>\n",
                point->test, point->load.i_a, conditions, worst[0].result->unit, 100 * worst[0].use,
                acc_result_limit(point).pct,
                acc_limit_exists(&point->limit) ? "" : " (our own figure, the class has none)",
                acc_result_margin_pct(session->results, worst[0].result));
    }
    free(worst);
}

static void write_summary_row(const struct acc_results *results, const struct acc_summary *summary,
                              FILE *out)
{
    const struct acc_point *point = &results->points->point[summary->worst->point];
    const struct acc_limit limit = acc_result_limit(point);
    fprintf(out,
            "<tr><td><a href=\"#%s\">%s</a></td><td class=\"n\">%zu</td><td class=\"n\">%+.4f"
            "</td><td class=\"n\">%.4g</td><td class=\"n\">%.1f&nbsp;%%</td>"
            "<td class=\"n %s\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td></tr>\n",
            summary->test, summary->test, summary->count, summary->worst->judged_pct, limit.pct,
            100 * acc_result_use(results, summary->worst), summary->failed > 0 ? "bad" : "",
            summary->failed, summary->missed, summary->unverified);
}

static void write_summary(const struct acc_session *session, FILE *out)
{
    struct acc_summary summary[ACC_TESTS_MAX];
    const size_t count = acc_results_summarize(session->results, summary);
    fprintf(out,
            "<h2>Summary</h2>\n<table><thead><tr><th>test</th><th class=\"n\">results</th>"
            "<th class=\"n\">worst, %%</th><th class=\"n\">limit, %%</th><th class=\"n\">used</th>"
            "<th class=\"n\">outside</th><th class=\"n\">past design limit</th>"
            "<th class=\"n\">limits not verified</th></tr></thead><tbody>\n");
    for (size_t k = 0; k < count; k++) {
        write_summary_row(session->results, &summary[k], out);
    }
    fprintf(out, "</tbody></table>\n");
}

/* Copies a chart from its first <svg on. */
static bool write_chart(const char *folder, int chart, FILE *out)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.svg", folder, acc_chart_name(chart));
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    char line[4096];
    bool begun = false;
    fprintf(out, "<figure aria-label=\"%s\">\n", acc_chart_title(chart));
    while (fgets(line, sizeof line, file) != NULL) {
        begun = begun || strncmp(line, "<svg", 4) == 0;
        if (begun) {
            fputs(line, out);
        }
    }
    fprintf(out, "</figure>\n");
    fclose(file);
    return begun;
}

static bool write_charts(const char *folder, FILE *out)
{
    bool good = true;
    fprintf(out, "<h2>Typical accuracy charts</h2>\n<div class=\"charts\">\n");
    for (int c = 0; c < ACC_CHARTS && good; c++) {
        good = write_chart(folder, c, out);
    }
    fprintf(out, "</div>\n");
    return good;
}

/* Over all units: the result that comes closest to the limit, and the mean error. */
static const struct acc_result *worst_of_point(const struct acc_session *session, size_t point,
                                               double *mean_pct)
{
    const struct acc_results *results = session->results;
    const struct acc_result *worst = NULL;
    *mean_pct = 0;
    for (size_t unit = 0; unit < session->unit_count; unit++) {
        const struct acc_result *result = &results->result[unit * results->points->count + point];
        *mean_pct += result->error_pct / (double)session->unit_count;
        if (worst == NULL || acc_result_use(results, result) > acc_result_use(results, worst)) {
            worst = result;
        }
    }
    return worst;
}

static void write_point(const struct acc_session *session, size_t number, FILE *out)
{
    const struct acc_point *point = &session->results->points->point[number];
    const struct acc_limit limit = acc_result_limit(point);
    double mean_pct;
    const struct acc_result *worst = worst_of_point(session, number, &mean_pct);
    const bool within = acc_result_is_within(session->results, worst);
    char conditions[160];
    acc_text_conditions(session->rating, point, conditions, sizeof conditions);
    fprintf(out,
            "<tr><td class=\"n\">%.3f</td><td>%s</td><td class=\"n\">%.0f</td>"
            "<td class=\"n\">%.6g</td><td class=\"n\">%.6g</td><td class=\"n\">%+.4f</td>"
            "<td class=\"n\">%+.4f</td><td class=\"n%s\">%+.4f</td><td class=\"n\">%.4g%s</td>"
            "<td class=\"n\">%+.4f</td>",
            point->load.i_a, conditions, worst->seconds, worst->reference_wh, worst->registered_wh,
            mean_pct, worst->error_pct, within ? "" : " bad", worst->judged_pct, limit.pct,
            acc_limit_is_verified(&limit) ? ""
            : limit.mark == 'D'           ? "&nbsp;D"
                                          : "&nbsp;U",
            acc_result_margin_pct(session->results, worst));
    if (point->design_pct > 0) {
        fprintf(out, "<td class=\"n%s\">%.3g</td>",
                acc_result_is_designed(session->results, worst) ? "" : " mark", point->design_pct);
    } else {
        fprintf(out, "<td></td>");
    }
    fprintf(out, "<td>%s</td></tr>\n", limit.source != NULL ? limit.source : "");
}

static void write_test(const struct acc_session *session, const char *test, FILE *out)
{
    const struct acc_points *points = session->results->points;
    fprintf(out,
            "<h3 id=\"%s\">%s</h3>\n<table><thead><tr><th class=\"n\">A</th><th>conditions</th>"
            "<th class=\"n\">s</th><th class=\"n\">reference, Wh</th>"
            "<th class=\"n\">registered, Wh</th><th class=\"n\">mean error, %%</th>"
            "<th class=\"n\">worst unit's</th><th class=\"n\">judged, %%</th>"
            "<th class=\"n\">limit, %%</th><th class=\"n\">margin</th>"
            "<th class=\"n\">design</th><th>source</th></tr></thead><tbody>\n",
            test, test);
    for (size_t k = 0; k < points->count; k++) {
        if (strcmp(points->point[k].test, test) == 0) {
            write_point(session, k, out);
        }
    }
    fprintf(out, "</tbody></table>\n");
}

static void write_tests(const struct acc_session *session, FILE *out)
{
    struct acc_summary summary[ACC_TESTS_MAX];
    const size_t count = acc_results_summarize(session->results, summary);
    fprintf(out,
            "<h2>All points</h2>\n<p>Reference energy in closed form, registered energy with all "
            "digits of the register; of several units the one closest to the limit. Judged is "
            "the error or, for influence quantities, its change from reference conditions. "
            "Reactive points in varh.</p>\n");
    for (size_t k = 0; k < count; k++) {
        write_test(session, summary[k].test, out);
    }
}

/* The sources of limits that nobody checked against the standard's own text. */
static void write_unverified(const struct acc_session *session, FILE *out)
{
    const struct acc_points *points = session->results->points;
    fprintf(out,
            "<h2>Limits that are not verified</h2>\n<p>Marked U: working knowledge of the "
            "standard, not checked against its text. A claim of conformity needs that. Marked D: "
            "a figure of this project's own where the class has no limit.</p>\n<ul>\n");
    for (size_t k = 0; k < points->count; k++) {
        const struct acc_limit limit = acc_result_limit(&points->point[k]);
        bool told = acc_limit_is_verified(&limit) || limit.source == NULL;
        for (size_t before = 0; before < k && !told; before++) {
            const struct acc_limit other = acc_result_limit(&points->point[before]);
            told = other.source != NULL && other.mark == limit.mark &&
                   strcmp(other.source, limit.source) == 0;
        }
        if (!told) {
            fprintf(out, "<li>%c: %s</li>\n", limit.mark, limit.source);
        }
    }
    fprintf(
        out,
        "</ul>\n<p>Not simulated: magnetic and radio fields, fast transients, auxiliary supply, "
        "short-time overcurrent, accessories.</p>\n");
}

static bool write_page(const struct acc_session *session, const char *folder, FILE *out)
{
    const char *model = session->rating->variant->model;
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<title>Type test of accuracy: %s</title>\n%s</head><body>\n"
            "<h1>Type test of accuracy: %s</h1>\n",
            model, style, model);
    write_subject(session, out);
    write_verdict(session, out);
    const bool drawn = session->quick || write_charts(folder, out);
    write_summary(session, out);
    write_unverified(session, out);
    write_tests(session, out);
    fprintf(out, "</body></html>\n");
    return drawn && ferror(out) == 0;
}

enum wh_err acc_report_prepare(const char *folder, char *error, size_t error_size)
{
    if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
        snprintf(error, error_size, "%s: %s", folder, strerror(errno));
        return WH_ERR_IO;
    }
    if (!acc_gnuplot_is_there()) {
        snprintf(error, error_size,
                 "gnuplot, which draws the charts, is missing: install "
                 "gnuplot-nox, or leave --report");
        return WH_ERR_NOT_FOUND;
    }
    return WH_OK;
}

enum wh_err acc_report_write(const struct acc_session *session, const char *folder, char *error,
                             size_t error_size)
{
    enum wh_err err = acc_report_prepare(folder, error, error_size);
    if (err == WH_OK && !session->quick) {
        err = acc_charts_draw(session, folder, error, error_size);
    }
    if (err != WH_OK) {
        return err;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/index.html", folder);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return WH_ERR_IO;
    }
    const bool written = write_page(session, folder, out);
    if (fclose(out) != 0 || !written) {
        snprintf(error, error_size, "%s: could not be written", path);
        return WH_ERR_IO;
    }
    return WH_OK;
}
