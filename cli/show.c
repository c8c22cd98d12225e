/* watthour show. Invariant: the folder of the meter is only read; a picture is written as a whole
 * or not at all. */
#include "cli/show.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show_plot.h"
#include "cli/show_time.h"
#include "cli/show_view.h"

enum option {
    STATE,
    FROM,
    TO,
    LAST,
    CSV,
    JSON,
    PLOT,
};

static const struct cli_option options[] = {
    [STATE] = {"--state", "DIR", "the meter's folder"},
    [FROM] = {"--from", "T", "from 2026-11-20, \"2026-11-20 14:00\", or -7d, -12h, -90m ago"},
    [TO] = {"--to", "T", "until then; of intervals the last is the one that ends there"},
    [LAST] = {"--last", "N", "the newest N of them (debiting as text: 4)"},
    [CSV] = {"--csv", NULL, "comma-separated values (RFC 4180)"},
    [JSON] = {"--json", NULL, "one JSON object"},
    [PLOT] = {"--plot", "FILE.svg", "draw it (gnuplot)"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_show = {
    .name = "show",
    .argument = "WHAT",
    .summary = "What a meter's memories hold, as text, CSV, JSON or a picture.\n"
               "WHAT is registers, profile, logger, debiting, debiting2, events, quality, config, "
               "plan or\n"
               "audit. The meter must not be running; nothing of it is changed. Times are normal "
               "time: the\n"
               "meter's zone, never daylight saving.\n",
    .options = options,
    .run = run,
};

static const struct show_view *find_view(const char *name)
{
    const struct show_view *view;
    char known[160] = "";
    for (size_t v = 0; (view = show_view_at(v)) != NULL; v++) {
        if (strcmp(view->name, name) == 0) {
            return view;
        }
        const size_t length = strlen(known);
        snprintf(known + length, sizeof known - length, "%s%s", v > 0 ? ", " : "", view->name);
    }
    cli_refuse(&cli_show, "there is no \"%s\"; there are %s", name, known);
    return NULL;
}

static bool check_combination(const struct show_view *view, const struct cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    const int forms = (value[CSV] != NULL) + (value[JSON] != NULL) + (value[PLOT] != NULL);
    if (value[STATE] == NULL) {
        cli_refuse(&cli_show, "--state is missing: the folder of the meter");
    } else if (forms > 1) {
        cli_refuse(&cli_show, "--csv, --json and --plot exclude each other");
    } else if (value[PLOT] != NULL && view->plot == NULL) {
        cli_refuse(&cli_show, "--plot: there is no picture of the %s", view->text);
    } else if ((value[FROM] != NULL || value[TO] != NULL) && !view->has_times) {
        cli_refuse(&cli_show, "%s: the %s has no times", value[FROM] != NULL ? "--from" : "--to",
                   view->text);
    } else {
        return true;
    }
    return false;
}

static bool parse_time(const struct wh_clock *clock, const char *option, const char *text,
                       uint32_t *utc_s)
{
    const char *reason;
    if (text == NULL || show_time_parse(clock, text, utc_s, &reason) == WH_OK) {
        return true;
    }
    cli_refuse(&cli_show, "%s: \"%s\" %s", option, text, reason);
    return false;
}

static bool parse_range(const struct wh_clock *clock, const struct cli_arguments *arguments,
                        struct show_range *range)
{
    *range = (struct show_range){0, UINT32_MAX};
    if (!parse_time(clock, "--from", arguments->value[FROM], &range->from_s) ||
        !parse_time(clock, "--to", arguments->value[TO], &range->to_s)) {
        return false;
    }
    if (range->from_s >= range->to_s) {
        char from[SHOW_TIME_SIZE];
        char to[SHOW_TIME_SIZE];
        show_time_text(clock, range->from_s, from);
        show_time_text(clock, range->to_s, to);
        cli_refuse(&cli_show, "the range is empty: from %s to %s", from, to);
        return false;
    }
    return true;
}

static void describe(const struct show_meter *show, const struct show_view *view,
                     struct show_table *table)
{
    const struct wh_identity identity = wh_legal_identity(&show->meter.legal);
    char time[SHOW_TIME_SIZE];
    char zone[SHOW_TIME_SIZE];
    table->clock = show->meter.application.clock;
    show_time_text(&table->clock, table->clock.utc_s, time);
    show_time_zone(&table->clock, zone);
    snprintf(table->title, sizeof table->title, "%s %08u as of %s (%s%s): %s", identity.model,
             identity.meter_number, time, zone, table->clock.valid ? "" : ", clock invalid",
             view->text);
}

static json_t *head_json(const struct show_meter *show, const struct show_view *view)
{
    const struct wh_identity identity = wh_legal_identity(&show->meter.legal);
    const struct wh_clock *clock = &show->meter.application.clock;
    char time[SHOW_TIME_SIZE];
    show_time_iso(clock, clock->utc_s, time);
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:b}", "what", view->name, "model", identity.model,
                     "meter_number", (json_int_t)identity.meter_number, "serial_number",
                     (json_int_t)identity.serial_number, "as_of", time, "clock_valid",
                     clock->valid);
}

/* A range that was asked for and holds nothing is worth a word beside the empty table. */
static void note_nothing(const struct show_table *table, const struct cli_arguments *arguments)
{
    if (table->row_count == 0 && (arguments->value[FROM] != NULL || arguments->value[TO] != NULL)) {
        char time[SHOW_TIME_SIZE];
        show_time_text(&table->clock, table->clock.utc_s, time);
        fprintf(stderr, "watthour show: nothing in that range; the meter last lived at %s\n", time);
    }
}

static int write_plot(const struct show_meter *show, const struct show_view *view,
                      const struct show_table *table, const char *path)
{
    char error[CLI_ERROR_SIZE];
    if (table->row_count == 0) {
        return cli_refuse(&cli_show, "--plot: nothing is stored there, so there is no picture");
    }
    const enum wh_err err = show_plot_write(show, view, table, path, error, sizeof error);
    if (err != WH_OK) {
        cli_refuse(&cli_show, "--plot: %s", error);
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int write(const struct show_meter *show, const struct show_view *view,
                 const struct cli_arguments *arguments, const struct show_table *table)
{
    if (arguments->value[PLOT] != NULL) {
        return write_plot(show, view, table, arguments->value[PLOT]);
    }
    note_nothing(table, arguments);
    if (arguments->value[JSON] != NULL) {
        json_t *head = head_json(show, view);
        show_table_json(table, head);
        json_decref(head);
    } else if (arguments->value[CSV] != NULL) {
        show_table_csv(table);
    } else {
        show_table_print(table);
    }
    return CLI_OK;
}

enum { SIDEWAYS_ROWS = 4 };

/* How many rows are wanted. false: refused. */
static bool parse_last(const struct cli_arguments *arguments, const struct show_table *table,
                       size_t *rows)
{
    const char *const *value = arguments->value;
    const bool text = value[CSV] == NULL && value[JSON] == NULL && value[PLOT] == NULL;
    double last = table->sideways && text ? SIDEWAYS_ROWS : 1e9;
    if (!cli_number(&cli_show, "--last", value[LAST], 1, 1e9, &last)) {
        return false;
    }
    *rows = (size_t)last;
    return true;
}

static int show_table_of(struct show_meter *show, const struct show_view *view,
                         const struct cli_arguments *arguments, struct show_table *table)
{
    struct show_range range;
    size_t rows;
    describe(show, view, table);
    if (!parse_range(&table->clock, arguments, &range)) {
        return CLI_BAD_INPUT;
    }
    const enum wh_err err = view->fill(show, &range, table);
    if (!parse_last(arguments, table, &rows)) {
        return CLI_BAD_INPUT;
    }
    if (err != WH_OK || table->failed) {
        fprintf(stderr, "watthour show: the %s cannot be read: %s\n", view->text,
                table->failed ? "out of memory" : wh_err_text(err));
        return CLI_FAILED;
    }
    show_table_keep_last(table, rows);
    return write(show, view, arguments, table);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    const struct show_view *view = find_view(arguments.argument);
    if (view == NULL || !check_combination(view, &arguments)) {
        return CLI_BAD_INPUT;
    }
    char error[CLI_ERROR_SIZE + CLI_STATE_PATH_MAX];
    static struct show_meter show;
    if (show_meter_open(&show, arguments.value[STATE], error, sizeof error) != WH_OK) {
        return cli_refuse(command, "%s", error);
    }
    struct show_table table = {0};
    const int status = show_table_of(&show, view, &arguments, &table);
    show_table_free(&table);
    show_meter_close(&show);
    return status;
}
