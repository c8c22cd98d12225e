/* From what the user asks for to figures, and refusals of what does not exist. */
#include "accuracy/rating.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct error {
    char *text;
    size_t size;
};

static const struct {
    const char *name;
    unsigned elements;
} wirings[] = {
    [ACC_4_WIRE] = {"4-wire", 7},
    [ACC_ARON] = {"aron", 5},
    [ACC_1_PHASE] = {"1-phase", 1},
    [ACC_2_PHASE] = {"2-phase", 3},
};
enum { WIRINGS = sizeof wirings / sizeof wirings[0] };

__attribute__((format(printf, 2, 3))) static enum wh_err refuse(const struct error *error,
                                                                const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error->text, error->size, format, list);
    va_end(list);
    return WH_ERR_ARGUMENT;
}

/* "A, B, C" */
static void join(char *text, size_t size, const char *const *names)
{
    text[0] = '\0';
    for (size_t k = 0; names[k] != NULL; k++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", k > 0 ? ", " : "", names[k]);
    }
}

static bool is_in(const char *const *names, const char *name)
{
    for (size_t k = 0; names[k] != NULL; k++) {
        if (strcmp(names[k], name) == 0) {
            return true;
        }
    }
    return false;
}

static enum wh_err choose_model(struct acc_rating *rating, const char *model,
                                const struct error *error)
{
    model = model != NULL ? model : wh_variant_at(0)->model;
    rating->variant = wh_variant_find(model);
    rating->approval = acc_approval_find(model);
    if (rating->variant == NULL || rating->approval == NULL) {
        char known[128];
        wh_variant_list(known, sizeof known);
        return refuse(error, "unknown model %s; known: %s", model, known);
    }
    return WH_OK;
}

static enum wh_err choose_class(struct acc_rating *rating, const char *name,
                                const struct error *error)
{
    const struct acc_approval *approval = rating->approval;
    name = name != NULL ? name : approval->classes[0];
    rating->class = acc_class_find(name);
    char known[64];
    join(known, sizeof known, approval->classes);
    if (rating->class == NULL) {
        return refuse(error, "unknown class %s; the %s has: %s", name, approval->model, known);
    }
    if (!is_in(approval->classes, name)) {
        return refuse(
            error, "class %s is none of the %s, a meter %s; it has: %s", name, approval->model,
            rating->direct ? "for direct connection" : "behind current transformers", known);
    }
    return WH_OK;
}

static enum wh_err choose_wiring(struct acc_rating *rating, const char *name,
                                 const struct error *error)
{
    const struct acc_approval *approval = rating->approval;
    name = name != NULL ? name : approval->wirings[0];
    if (!is_in(approval->wirings, name)) {
        char known[64];
        join(known, sizeof known, approval->wirings);
        return refuse(error, "wiring %s is none of the %s; it has: %s", name, approval->model,
                      known);
    }
    for (int k = 0; k < WIRINGS; k++) {
        if (strcmp(wirings[k].name, name) == 0) {
            rating->wiring = (enum acc_wiring)k;
            rating->wiring_name = wirings[k].name;
            rating->elements = wirings[k].elements;
        }
    }
    return WH_OK;
}

/* As far as the text goes, a hyphen for the dash of the name plate and no " A" will do. */
static bool is_range(const struct wh_current_range *range, const char *text)
{
    static const char dash[] = "–";
    const char *plate = range->text;
    while (*text != '\0' && *plate != '\0') {
        const bool is_dash = strncmp(plate, dash, strlen(dash)) == 0;
        const size_t step = is_dash && *text == '-' ? strlen(dash) : 1;
        if (step == 1 && *plate != *text) {
            return false;
        }
        plate += step;
        text++;
    }
    return *text == '\0' && (*plate == '\0' || strcmp(plate, " A") == 0);
}

static enum wh_err choose_range(struct acc_rating *rating, const char *text,
                                const struct error *error)
{
    const struct wh_current_range *ranges = rating->variant->range;
    char known[256] = "";
    for (int k = 0; k < WH_CURRENT_RANGES_MAX && ranges[k].text != NULL; k++) {
        char number[16];
        snprintf(number, sizeof number, "%d", k + 1);
        if (text == NULL || strcmp(text, number) == 0 || is_range(&ranges[k], text)) {
            rating->range = &ranges[k];
            return WH_OK;
        }
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s: %s%s", k > 0 ? ", " : "", number,
                 ranges[k].text, ranges[k].breaker ? " with breaker" : "");
    }
    return refuse(error, "range %s is none of the %s; it has %s", text, rating->variant->model,
                  known);
}

/* Noise of the current channel re a full-scale sine: metrology reference 6, docs/front-end.md. */
static double noise_a(const struct acc_rating *rating)
{
    const double noise_db = rating->direct ? -90 : -104;
    return rating->variant->i_full_scale_ma / 1e3 / sqrt(2) * pow(10, noise_db / 20);
}

static void work_out(struct acc_rating *rating)
{
    rating->un_v = rating->variant->nominal_mv / 1e3;
    rating->imin_a = rating->range->imin_ma / 1e3;
    rating->ib_a = rating->range->ib_ma / 1e3;
    rating->imax_a = rating->range->imax_ma / 1e3;
    rating->itr_a = rating->ib_a * (rating->direct ? 0.1 : 0.05);
    rating->ist_a =
        rating->ib_a * (rating->direct ? rating->class->start_direct : rating->class->start_ct);
    rating->noise_a = rating->ideal ? 0 : noise_a(rating);
}

enum wh_err acc_rating_init(struct acc_rating *rating, const struct acc_request *request,
                            char *error_text, size_t error_size)
{
    const struct error error = {error_text, error_size};
    *rating = (struct acc_rating){
        .ideal = request->ideal,
        .frequency_hz = request->frequency_hz > 0 ? request->frequency_hz : 50,
    };
    enum wh_err err = choose_model(rating, request->model, &error);
    if (err == WH_OK) {
        rating->direct = rating->variant->sensor == WH_SENSOR_SHUNT;
        err = choose_range(rating, request->range, &error);
    }
    err = err == WH_OK ? choose_class(rating, request->class_name, &error) : err;
    err = err == WH_OK ? choose_wiring(rating, request->wiring, &error) : err;
    if (err == WH_OK && rating->frequency_hz != 50.0 && rating->frequency_hz != 60.0) {
        err = refuse(&error, "frequency %g Hz; there is 50 or 60", rating->frequency_hz);
    }
    if (err == WH_OK) {
        work_out(rating);
    }
    return err;
}

double acc_rating_power_w(const struct acc_rating *rating, double i_a)
{
    static const double elements[] = {
        [ACC_4_WIRE] = 3, [ACC_ARON] = 1.7320508075688772, [ACC_1_PHASE] = 1, [ACC_2_PHASE] = 2};
    return elements[rating->wiring] * rating->un_v * i_a;
}
