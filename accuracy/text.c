/* Tables of results. */
#include "accuracy/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORST_SHOWN = 15 };

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    const size_t used = strlen(text);
    va_list list;
    va_start(list, format);
    vsnprintf(text + used, size - used, format, list);
    va_end(list);
}

static void append_wave(const struct acc_rating *rating, const struct acc_load *load, char *text,
                        size_t size)
{
    static const char *const waves[] = {
        [ACC_SINE] = "",
        [ACC_FIFTH] = ", 5th harmonic",
        [ACC_HALF_WAVE] = ", half wave",
        [ACC_PHASE_FIRED] = ", fired at 90°",
    };
    append(text, size, "%s", waves[load->wave]);
    if (load->on_cycles > 0) {
        append(text, size, ", %g s on, %g s off", load->on_cycles / rating->frequency_hz,
               load->off_cycles / rating->frequency_hz);
    }
}

void acc_text_conditions(const struct acc_rating *rating, const struct acc_point *point, char *text,
                         size_t size)
{
    const struct acc_load *load = &point->load;
    snprintf(text, size, "%s", acc_factor(load->factor)->name);
    if (load->export) {
        append(text, size, ", export");
    }
    if (load->u_pct != 100.0) {
        append(text, size, ", %g %% Un", load->u_pct);
    }
    if (load->f_hz != rating->frequency_hz && load->wave != ACC_PHASE_FIRED) {
        append(text, size, ", %g Hz", load->f_hz);
    }
    if (load->celsius != 23.0) {
        append(text, size, ", %g °C", load->celsius);
    }
    if (load->reversed) {
        append(text, size, ", reversed");
    }
    const unsigned loaded = load->loaded & ~load->missing;
    if (loaded != ACC_ALL_PHASES && loaded != 0) {
        append(text, size, ", %s %s", acc_phases_text(rating, loaded),
               load->missing != 0 ? "left" : "only");
    }
    append_wave(rating, load, text, size);
}

/* printf counts bytes; columns are characters. */
static int padding(const char *text, int width)
{
    int characters = 0;
    for (const char *c = text; *c != '\0'; c++) {
        characters += (*c & 0xC0) != 0x80;
    }
    return characters < width ? width - characters : 0;
}

static void print_header(const struct acc_session *session, FILE *out)
{
    const struct acc_rating *rating = session->rating;
    fprintf(out, "%s %s, %s, %g Hz, class %s, reactive %s, ", rating->variant->model,
            rating->range->text, rating->wiring_name, rating->frequency_hz, rating->class->name,
            acc_reactive_name(rating->class->reactive));
    if (rating->ideal) {
        fprintf(out, "ideal front end\n\n");
    } else {
        fprintf(out, "unit%s %u", session->unit_count > 1 ? "s" : "", session->first_unit);
        if (session->unit_count > 1) {
            fprintf(out, "…%u", session->first_unit + (unsigned)session->unit_count - 1);
        }
        fprintf(out, ", calibrated\n\n");
    }
}

static void print_summary(const struct acc_results *results, const struct acc_summary *summary,
                          FILE *out)
{
    const struct acc_point *point = &results->points->point[summary->worst->point];
    const struct acc_limit limit = acc_result_limit(point);
    fprintf(out, "%-21s %6zu  %+10.4f  %8.4g%c %6.1f %%", summary->test, summary->count,
            summary->worst->judged_pct, limit.pct, acc_limit_is_verified(&limit) ? ' ' : limit.mark,
            100 * acc_result_use(results, summary->worst));
    if (summary->failed > 0) {
        fprintf(out, "  OUTSIDE: %zu", summary->failed);
    }
    if (summary->missed > 0) {
        fprintf(out, "  (%zu past the design limit)", summary->missed);
    }
    fprintf(out, "\n");
}

static void print_point(const struct acc_session *session, const struct acc_result *result,
                        FILE *out)
{
    const struct acc_point *point = &session->results->points->point[result->point];
    const struct acc_limit limit = acc_result_limit(point);
    char conditions[160];
    acc_text_conditions(session->rating, point, conditions, sizeof conditions);
    fprintf(out, "%4u  %-20s %8.3f A  %s%*s %+9.4f  %8.4g%c %+9.4f%s\n", result->unit, point->test,
            point->load.i_a, conditions, padding(conditions, 36), "", result->judged_pct, limit.pct,
            acc_limit_is_verified(&limit) ? ' ' : limit.mark,
            acc_result_margin_pct(session->results, result),
            acc_result_is_within(session->results, result) ? "" : "  OUTSIDE");
}

static void print_worst(const struct acc_session *session, FILE *out)
{
    size_t count;
    struct acc_ranked *worst = acc_results_worst(session->results, &count);
    fprintf(out, "\nclosest to their limits\nunit  test                  current    conditions"
                 "                               error %%    limit      margin\n");
    for (size_t k = 0; worst != NULL && k < count && k < WORST_SHOWN; k++) {
        print_point(session, worst[k].result, out);
    }
    free(worst);
}

void acc_text_print(const struct acc_session *session, FILE *out)
{
    struct acc_summary summary[ACC_TESTS_MAX];
    const size_t count = acc_results_summarize(session->results, summary);
    print_header(session, out);
    fprintf(out, "test                  points   worst %%      limit    used\n");
    for (size_t k = 0; k < count; k++) {
        print_summary(session->results, &summary[k], out);
    }
    print_worst(session, out);
    fprintf(out,
            "\nU: limit not verified against the standard itself. D: design limit, the class has "
            "none.\n%s\n",
            acc_results_are_within(session->results) ? "All points are within their limits."
                                                     : "There are points OUTSIDE their limits.");
}
