/* Codes of an order. Invariant: a set holds codes that fit each other. */
#include "cli/order_codes.h"
#include "cli/options.h"
#include "cli/show_meter.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As much of a text as fits on a line. */
static void quote(char *line, size_t size, const char *text)
{
    snprintf(line, size, "%s", text);
    for (; *line != '\0'; line++) {
        *line = (unsigned char)*line < ' ' ? '?' : *line;
    }
}

bool cli_code_read(const char *text, struct wh_code *code, struct wh_code_set *set, char *error,
                   size_t error_size)
{
    char line[CLI_ERROR_SIZE / 4];
    enum wh_code_kind kind;
    const char *begin;
    struct wh_code_fault fault;
    struct wh_code_set grown = *set;
    quote(line, sizeof line, text);
    if (wh_code_recognise(text, &kind, &begin, &fault) != WH_OK) {
        snprintf(error, error_size, "\"%s\" is %s", line, fault.text);
        return false;
    }
    const char *title = wh_code_form(kind)->title;
    if (wh_code_parse(code, kind, begin, &fault) != WH_OK) {
        snprintf(error, error_size, "\"%s\", %s: at character %zu: %s", line, title,
                 (size_t)(begin - text) + fault.position, fault.text);
        return false;
    }
    if (grown.has[kind]) {
        grown = (struct wh_code_set){.has = {false}};
    }
    wh_code_set_add(&grown, code);
    if (wh_code_check(&grown, &fault) != WH_OK) {
        snprintf(error, error_size, "\"%s\", %s: contradiction: %s", line, title, fault.text);
        return false;
    }
    *set = grown;
    return true;
}

static unsigned kinds_of(const struct wh_code_set *set)
{
    unsigned kinds = 0;
    for (int kind = 0; kind < WH_CODE_KINDS; kind++) {
        kinds += set->has[kind];
    }
    return kinds;
}

static bool read_all(const char *text, struct wh_code_set *set, char *error, size_t error_size)
{
    static const char spaces[] = " \t\r\n";
    char word[CLI_ERROR_SIZE / 2];
    unsigned count = 0;
    *set = (struct wh_code_set){.has = {false}};
    for (const char *at = text + strspn(text, spaces); *at != '\0'; at += strspn(at, spaces)) {
        const size_t length = strcspn(at, spaces);
        struct wh_code code;
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (!cli_code_read(word, &code, set, error, error_size)) {
            return false;
        }
        count++;
        at += length;
    }
    if (count == 0) {
        snprintf(error, error_size, "there is no code; watthour help decode shows some");
        return false;
    }
    if (kinds_of(set) != count) {
        snprintf(error, error_size, "a code comes twice");
        return false;
    }
    return true;
}

/* The model that all codes of a set are of. */
static const struct wh_variant *model_of(const struct wh_code_set *set)
{
    int kind = 0;
    while (kind < WH_CODE_KINDS - 1 && !set->has[kind]) {
        kind++;
    }
    return wh_variant_at(wh_code_form((enum wh_code_kind)kind)->model);
}

/* What ordering finds wrong beyond the codes themselves, on a trial. */
static bool can_order(const struct wh_code_set *set, bool with_breaker, char *error,
                      size_t error_size)
{
    const struct wh_variant *variant = model_of(set);
    struct wh_config config = wh_config_default(variant);
    struct wh_order order = {.variant = variant};
    struct wh_config_fault fault;
    if (with_breaker && set->has[WH_CODE_TYPE_382L] && !set->type_382l.breaker) {
        snprintf(error, error_size, "--breaker: the type letter %c is of a meter without",
                 set->type_382l.letter);
        return false;
    }
    if (wh_order_apply_codes(set, variant, &order, &config) != WH_OK) {
        snprintf(error, error_size, "the codes are of several models");
        return false;
    }
    if (wh_config_check(&config, variant, &fault) != WH_OK) {
        snprintf(error, error_size, "%s: %s", fault.parameter->name, fault.reason);
        return false;
    }
    return true;
}

bool cli_codes_take(const char *text, struct wh_code_set *set, const char **model,
                    bool with_breaker, char *error, size_t error_size)
{
    if (!read_all(text, set, error, error_size)) {
        return false;
    }
    const char *of_codes = model_of(set)->model;
    if (*model != NULL && strcmp(*model, of_codes) != 0) {
        snprintf(error, error_size, "these are codes of the %s, not of the %s", of_codes, *model);
        return false;
    }
    *model = of_codes;
    return can_order(set, with_breaker, error, error_size);
}

/* ---- A meter that is there ---- */

static bool is_same(const struct wh_parameter *parameter, const struct wh_config *there,
                    const struct wh_config *config, char *error, size_t error_size)
{
    for (uint8_t i = 0; i < parameter->count; i++) {
        const int64_t is = wh_parameter_get(parameter, there, i);
        const int64_t wanted = wh_parameter_get(parameter, config, i);
        if (is != wanted) {
            snprintf(error, error_size, "%s is %" PRId64 ", by --codes %" PRId64, parameter->name,
                     is, wanted);
            return false;
        }
    }
    return true;
}

bool cli_codes_fit(const struct wh_code_set *set, const struct wh_meter *meter, char *error,
                   size_t error_size)
{
    const struct wh_config *there = &meter->application.config;
    const uint16_t ratio = wh_legal_ratio(&meter->legal);
    struct wh_config config = *there;
    struct wh_order order = {.ratio = ratio};
    const struct wh_parameter *parameter;
    if (wh_order_apply_codes(set, meter->variant, &order, &config) != WH_OK) {
        snprintf(error, error_size, "it is a %s, by --codes a %s", meter->variant->model,
                 model_of(set)->model);
        return false;
    }
    if (order.ratio != ratio) {
        snprintf(error, error_size, "the transformer ratio is %u, by --codes %u", ratio,
                 order.ratio);
        return false;
    }
    /* The digits last, since what they mean says more. */
    const struct wh_parameter *digits = wh_parameter_find("code");
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        if (parameter != digits && !is_same(parameter, there, &config, error, error_size)) {
            return false;
        }
    }
    return is_same(digits, there, &config, error, error_size);
}

bool cli_codes_fit_folder(const struct wh_code_set *set, const char *folder, char *error,
                          size_t error_size)
{
    char why[CLI_ERROR_SIZE];
    struct show_meter *show = calloc(1, sizeof *show);
    if (show == NULL) {
        snprintf(error, error_size, "no memory");
        return false;
    }
    bool fits = true;
    if (show_meter_open(show, folder, why, sizeof why) == WH_OK) {
        fits = cli_codes_fit(set, &show->meter, why, sizeof why);
        show_meter_close(show);
    }
    if (!fits) {
        snprintf(error, error_size, "%s holds another meter: %s", folder, why);
    }
    free(show);
    return fits;
}
