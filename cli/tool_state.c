/* watthour tariff, breaker and prepay: what a meter does now, and commands to it. */
#include "app/config.h"
#include "cli/tool.h"
#include "cli/tool_change.h"
#include "cli/tool_words.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SET = TOOL_OPTIONS };
enum { TOP_UP = TOOL_OPTIONS };

static const struct cli_option tariff_options[] = {
    TOOL_OPTION_ROWS,
    [SET] = {"--set", "N", "switches to tariff N, if tariffs go by command"},
    {NULL, NULL, NULL},
};

static const struct cli_option breaker_options[] = {
    TOOL_OPTION_ROWS,
    {NULL, NULL, NULL},
};

static const struct cli_option prepay_options[] = {
    TOOL_OPTION_ROWS,
    [TOP_UP] = {"--top-up", "KWH", "a payment, in kWh; through the module port only"},
    {NULL, NULL, NULL},
};

static int run_tariff(const struct cli_command *command, int argc, char **argv);
static int run_breaker(const struct cli_command *command, int argc, char **argv);
static int run_prepay(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_tariff = {
    .name = "tariff",
    .argument = "ENDPOINT",
    .summary = "Shows the active tariff and what decides it, or switches.\n",
    .options = tariff_options,
    .run = run_tariff,
};

const struct cli_command cli_breaker = {
    .name = "breaker",
    .argument = "ENDPOINT [open|release|close...]",
    .summary =
        "Shows the breaker of a meter, or commands it.\n"
        "Opening is always allowed, releasing only when it was opened by command, closing only "
        "when\n"
        "it is released.\n"
        "The breaker is no safety function: never rely on it to make an installation dead.\n",
    .options = breaker_options,
    .run = run_breaker,
};

const struct cli_command cli_prepay = {
    .name = "prepay",
    .argument = "ENDPOINT",
    .summary = "Shows the prepayment of a meter, or pays in.\n",
    .options = prepay_options,
    .run = run_prepay,
};

/* ---- Showing ---- */

struct shown {
    struct tool_work *work;
    json_t *json;
    size_t count;
    struct tool_failure failure; /* of the first that was not there */
};

/* It was the first of all. */
static bool lacks_first(const struct shown *shown)
{
    return shown->count == 0 && shown->failure.code != CLI_OK;
}

/* One item, if the meter has it. False: the line failed. */
static bool show(struct shown *shown, const char *name)
{
    char words[512];
    int64_t number;
    struct tool_failure failure;
    if (!tool_meter_read_item(&shown->work->meter, tool_item_find(name), &number, &failure)) {
        if (shown->failure.code == CLI_OK || failure.code == TOOL_NO_ANSWER) {
            shown->failure = failure;
        }
        return failure.code != TOOL_NO_ANSWER;
    }
    shown->count++;
    json_object_set_new(shown->json, name, json_integer(number));
    if (!shown->work->json) {
        tool_words(name, number, words, sizeof words);
        printf("%-24s %" PRId64 "%s%s%s\n", name, number, words[0] != '\0' ? " (" : "", words,
               words[0] != '\0' ? ")" : "");
    }
    return true;
}

/* All of the names that there are; without the first there is nothing to show, and what says of what. */
static int show_all(struct tool_work *work, const char *const *names, size_t count,
                    const char *what)
{
    struct shown shown = {.work = work, .json = json_object()};
    bool done = true;
    for (size_t n = 0; n < count && done; n++) {
        done = show(&shown, names[n]) && !lacks_first(&shown);
    }
    if (!done) {
        json_decref(shown.json);
        return tool_report(work, what, &shown.failure);
    }
    if (work->json) {
        return tool_print_json(work, shown.json);
    }
    json_decref(shown.json);
    return CLI_OK;
}

/* ---- Tariff ---- */

static int show_tariff(struct tool_work *work)
{
    static const char *const names[] = {"tariff", "tariff_source"};
    return show_all(work, names, 2, "tariff");
}

static int run_tariff(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_failure failure;
    struct tool_changes changes = {.count = 0};
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const char *set = work.arguments.value[SET];
    if (set != NULL && !tool_changes_add(&changes, "--set", "tariff", set, &failure)) {
        return tool_report(&work, NULL, &failure);
    }
    status = tool_connect(&work);
    if (status != CLI_OK) {
        return status;
    }
    if (set != NULL && (!tool_changes_compare(&changes, &work.meter, &failure) ||
                        !tool_changes_apply(&changes, &work.meter, &failure))) {
        return tool_end(&work, tool_report(&work, NULL, &failure));
    }
    return tool_end(&work, show_tariff(&work));
}

/* ---- Breaker ---- */

static int show_breaker(struct tool_work *work)
{
    static const char *const names[] = {"breaker_state", "breaker_feedback",
                                        "disconnect_threshold"};
    const int status = show_all(work, names, 3, "breaker");
    if (status == CLI_OK && !work->json) {
        printf("The breaker is no safety function.\n");
    }
    return status;
}

static bool find_action(const char *text, enum tool_command *action)
{
    static const char *const names[TOOL_COMMANDS] = {[TOOL_COMMAND_DEBITING_STOP] = "",
                                                     [TOOL_COMMAND_OPEN] = "open",
                                                     [TOOL_COMMAND_RELEASE] = "release",
                                                     [TOOL_COMMAND_CLOSE] = "close"};
    for (int c = TOOL_COMMAND_OPEN; c < TOOL_COMMANDS; c++) {
        if (strcmp(names[c], text) == 0) {
            *action = (enum tool_command)c;
            return true;
        }
    }
    return false;
}

static int run_breaker(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_failure failure;
    enum tool_command action = TOOL_COMMANDS;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const struct cli_arguments *arguments = &work.arguments;
    if (arguments->list_count > 2) {
        return cli_refuse(command, "one action at a time");
    }
    if (arguments->list_count == 2 && !find_action(arguments->list[1], &action)) {
        return cli_refuse(command, "there is no action \"%s\"; open, release and close are",
                          arguments->list[1]);
    }
    status = tool_connect(&work);
    if (status != CLI_OK) {
        return status;
    }
    if (action != TOOL_COMMANDS && !work.meter.language->command(&work.meter, action, &failure)) {
        tool_fail_unsure(&failure, "may have been carried out");
        return tool_end(&work, tool_report(&work, arguments->list[1], &failure));
    }
    return tool_end(&work, show_breaker(&work));
}

/* ---- Prepayment ---- */

static const struct tool_item *balance(void)
{
    return tool_item_find("prepayment_balance_wh");
}

/* Out of use it is refused in as many ways as there are languages: *failure becomes one that says
 * so, and what to do. */
static void explain(struct tool_work *work, struct tool_failure *failure)
{
    const struct tool_item *basis = tool_item_find("cut_off_basis");
    struct tool_failure unread;
    int64_t bits;
    if (failure->code == TOOL_NO_ANSWER ||
        !tool_meter_read_item(&work->meter, basis, &bits, &unread) ||
        (bits & WH_CUT_OFF_PREPAYMENT) != 0) {
        return;
    }
    tool_fail(failure, TOOL_REFUSED,
              "not in use; \"watthour set\" with cut_off_basis=%" PRId64
              " puts it in use, through the module port",
              bits | WH_CUT_OFF_PREPAYMENT);
}

static int show_prepayment(struct tool_work *work)
{
    static const char *const names[] = {"prepayment_balance_wh", "prepayment_credit_wh",
                                        "prepayment_low_days", "breaker_state"};
    struct tool_failure failure;
    int64_t wh;
    if (!tool_meter_read_item(&work->meter, balance(), &wh, &failure)) {
        explain(work, &failure);
        return tool_report(work, "prepayment", &failure);
    }
    return show_all(work, names, 4, "prepayment");
}

static int run_prepay(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_failure failure;
    int64_t wh = 0;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const char *top_up = work.arguments.value[TOP_UP];
    if (top_up != NULL && (!tool_number_parse(top_up, -3, &wh) || wh <= 0 || wh > UINT32_MAX)) {
        return cli_refuse(command, "--top-up: \"%s\" is not in 0.001 ... 4294967.295 kWh", top_up);
    }
    status = tool_connect(&work);
    if (status != CLI_OK) {
        return status;
    }
    if (top_up != NULL && !work.meter.language->write(&work.meter, balance(), wh, &failure)) {
        tool_fail_unsure(&failure, "may have been paid in; look before it is repeated");
        explain(&work, &failure);
        return tool_end(&work, tool_report(&work, "prepayment", &failure));
    }
    return tool_end(&work, show_prepayment(&work));
}
