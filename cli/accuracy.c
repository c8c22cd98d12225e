/* watthour accuracy: the standards' test points on one or many meters, each calibrated first. */
#include "cli/accuracy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy/calibrate.h"
#include "accuracy/html.h"
#include "accuracy/json.h"
#include "accuracy/run.h"
#include "accuracy/text.h"
#include "cli/progress.h"

enum option {
    MODEL,
    RANGE,
    WIRING,
    FREQUENCY,
    CLASS,
    UNITS,
    FIRST_UNIT,
    IDEAL,
    POINTS,
    REPORT,
    JSON,
};

static const struct cli_option options[] = {
    [MODEL] = {"--model", "MODEL", "which meter: 382M, 382L or 351C (382M)"},
    [RANGE] = {"--range", "RANGE", "current range as on the name plate, or its number (the first)"},
    [WIRING] = {"--wiring", "WIRING", "4-wire, aron, 1-phase or 2-phase (4-wire)"},
    [FREQUENCY] = {"--frequency", "HZ", "50 or 60 (50)"},
    [CLASS] = {"--class", "CLASS", "A, B, 1 or 2; 351C: B, C, 1, 0.5, 0.5S or 0.2S (B; 351C: C)"},
    [UNITS] = {"--units", "N", "how many meters (1)"},
    [FIRST_UNIT] = {"--first-unit", "K", "number of the first one (1)"},
    [IDEAL] = {"--ideal", NULL, "an ideal front end: what the software alone does"},
    [POINTS] = {"--points", "SET", "standard or quick (standard)"},
    [REPORT] = {"--report", "DIR", "write index.html and the data sheet's charts there (gnuplot)"},
    [JSON] = {"--json", NULL, "print one JSON object"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_accuracy = {
    .name = "accuracy",
    .argument = NULL,
    .summary =
        "Type test: runs the standards' test points on meters from the simulated factory and\n"
        "tells how far each is from the limit of the class. Ends with 1 if one is outside.\n",
    .options = options,
    .run = run,
};

/* All that a run holds. */
struct bench {
    struct acc_rating rating;
    struct acc_points points;
    struct acc_results results;
    struct acc_session session;
    struct acc_unit *unit;
    struct cli_progress progress;
    double seconds, seconds_done; /* of mains */
};

static bool choose_points(struct bench *bench, const char *text)
{
    bench->session.quick = text != NULL && strcmp(text, "quick") == 0;
    if (text != NULL && !bench->session.quick && strcmp(text, "standard") != 0) {
        cli_refuse(&cli_accuracy, "--points: \"%s\" is neither standard nor quick", text);
        return false;
    }
    return true;
}

static bool choose_units(struct bench *bench, const struct cli_arguments *arguments)
{
    double units = 1;
    double first = 1;
    if (!cli_number(&cli_accuracy, "--units", arguments->value[UNITS], 1, 1000, &units) ||
        !cli_number(&cli_accuracy, "--first-unit", arguments->value[FIRST_UNIT], 0, 1e9, &first)) {
        return false;
    }
    bench->session.unit_count = (size_t)units;
    bench->session.first_unit = (uint32_t)first;
    return true;
}

static bool choose_rating(struct bench *bench, const struct cli_arguments *arguments)
{
    struct acc_request request = {
        .model = arguments->value[MODEL],
        .range = arguments->value[RANGE],
        .wiring = arguments->value[WIRING],
        .class_name = arguments->value[CLASS],
        .ideal = arguments->value[IDEAL] != NULL,
    };
    char error[CLI_ERROR_SIZE];
    if (!cli_number(&cli_accuracy, "--frequency", arguments->value[FREQUENCY], 50, 60,
                    &request.frequency_hz)) {
        return false;
    }
    if (acc_rating_init(&bench->rating, &request, error, sizeof error) != WH_OK) {
        cli_refuse(&cli_accuracy, "%s", error);
        return false;
    }
    return true;
}

static void show_progress(void *context, double seconds)
{
    struct bench *bench = context;
    bench->seconds_done += seconds;
    cli_progress_show(&bench->progress, bench->seconds_done / bench->seconds);
}

/* As the factory leaves it: calibrated, sealed. */
static enum wh_err calibrate(struct bench *bench)
{
    struct acc_calibration calibration;
    const enum wh_err err = acc_calibrate(bench->unit, &calibration);
    if (err == WH_ERR_STATE) {
        cli_refuse(&cli_accuracy, ACC_NO_CONVERGENCE, bench->unit->number, calibration.failed_step,
                   calibration.failed_phase + 1, calibration.residual_pct);
    }
    return err == WH_OK ? acc_calibration_store(&bench->unit->meter, &calibration) : err;
}

static enum wh_err test_unit(struct bench *bench, uint32_t number)
{
    enum wh_err err = acc_unit_open(bench->unit, &bench->rating, number);
    if (err != WH_OK) {
        return err;
    }
    err = bench->rating.ideal ? WH_OK : calibrate(bench);
    err = err == WH_OK ? acc_run(bench->unit, &bench->results, show_progress, bench) : err;
    acc_unit_close(bench->unit);
    return err;
}

static enum wh_err test_units(struct bench *bench)
{
    enum wh_err err = acc_points_make(&bench->points, &bench->rating, bench->session.quick);
    if (err == WH_OK) {
        err = acc_results_open(&bench->results, &bench->points, bench->session.unit_count);
    }
    bench->unit = malloc(sizeof *bench->unit);
    err = bench->unit == NULL ? WH_ERR_SPACE : err;
    bench->seconds = acc_points_seconds(&bench->points) * (double)bench->session.unit_count;
    cli_progress_start(&bench->progress, "testing");
    for (size_t k = 0; k < bench->session.unit_count && err == WH_OK; k++) {
        err = test_unit(bench, bench->session.first_unit + (uint32_t)k);
    }
    cli_progress_end(&bench->progress);
    return err;
}

static bool print_json(const struct acc_session *session)
{
    json_t *json = acc_json(session);
    const bool printed =
        json != NULL && json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0;
    json_decref(json);
    putchar('\n');
    return printed;
}

/* A folder that cannot be written is told before the work, not after it. */
static bool prepare_report(const char *folder)
{
    char error[CLI_ERROR_SIZE];
    if (folder != NULL && folder[0] == '\0') {
        cli_refuse(&cli_accuracy, "--report: the name of the folder is empty");
        return false;
    }
    if (folder != NULL && acc_report_prepare(folder, error, sizeof error) != WH_OK) {
        cli_refuse(&cli_accuracy, "--report: %s", error);
        return false;
    }
    return true;
}

static int report(struct bench *bench, const struct cli_arguments *arguments)
{
    const char *folder = arguments->value[REPORT];
    char error[CLI_ERROR_SIZE];
    if (arguments->value[JSON] == NULL) {
        acc_text_print(&bench->session, stdout);
    } else if (!print_json(&bench->session)) {
        fprintf(stderr, "watthour accuracy: cannot print the result\n");
        return CLI_FAILED;
    }
    if (folder != NULL && acc_report_write(&bench->session, folder, error, sizeof error) != WH_OK) {
        cli_refuse(&cli_accuracy, "--report: %s", error);
        return CLI_FAILED;
    }
    return acc_results_are_within(&bench->results) ? CLI_OK : CLI_FAILED;
}

static int run_bench(struct bench *bench, const struct cli_arguments *arguments)
{
    if (!choose_rating(bench, arguments) || !choose_units(bench, arguments) ||
        !choose_points(bench, arguments->value[POINTS]) ||
        !prepare_report(arguments->value[REPORT])) {
        return CLI_BAD_INPUT;
    }
    const enum wh_err err = test_units(bench);
    if (err != WH_OK && err != WH_ERR_STATE) { /* that one has been told */
        fprintf(stderr, "watthour accuracy: %s\n", wh_err_text(err));
    }
    return err == WH_OK ? report(bench, arguments) : CLI_FAILED;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    struct bench bench = {0};
    bench.session.rating = &bench.rating;
    bench.session.results = &bench.results;
    const int status = run_bench(&bench, &arguments);
    free(bench.unit);
    acc_results_close(&bench.results);
    acc_points_free(&bench.points);
    return status;
}
