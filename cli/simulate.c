/* watthour simulate. Invariant: what is in the folder afterwards depends on the scenario, the
 * configuration, what was there before and how far it got, on nothing else; until it is saved,
 * what was there before stays. */
#include "cli/simulate.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/progress.h"
#include "cli/simulate_freeze.h"
#include "cli/simulate_work.h"

static const struct cli_option options[] = {
    [SIMULATE_DAYS] = {"--days", "N", "how long, 0.001 … 36525 days"},
    [SIMULATE_STATE] = {"--state", "DIR", "the meter's folder; a meter that is there goes on"},
    [SIMULATE_MODEL] = {"--model", "MODEL", "382M, 382L or 351C (by the scenario: 382M or 351C)"},
    [SIMULATE_CODES] = {"--codes", "\"CODE ...\"",
                        "a new meter is one ordered by these codes, as watthour decode takes them"},
    [SIMULATE_CONFIG] = {"--config", NULL,
                         "parameters follow: KEY=VALUE …, names as in watthour show config"},
    [SIMULATE_PLAN] = {"--tariff-plan", "\"PLAN\"",
                       "another tariff plan, for tariff_source=3; docs/tool.md"},
    [SIMULATE_JSON] = {"--json", NULL, "print one JSON object"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_simulate = {
    .name = "simulate",
    .argument = "SCENARIO.yaml...",
    .summary = "Lets a meter live for days to years at a simulated site, a year in seconds.\n"
               "The scenario is a home or an industry (docs/simulation.md); the meter is new in "
               "its folder,\n"
               "or goes on where it stopped. watthour show tells what it holds then.\n",
    .options = options,
    .run = run,
};

enum { DAY_S = 86400, STEP_S = 6 * 3600 };

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Until its end or Ctrl-C. */
static void live(struct simulate_work *work, uint64_t seconds)
{
    struct cli_progress progress;
    simulate_report_begin(&work->report, &work->sim);
    const double began_s = now_s();
    cli_progress_start(&progress, "simulating");
    for (uint64_t done = 0; done < seconds && !is_interrupted && work->sim.failed == WH_OK;) {
        const uint64_t left = seconds - done;
        const uint32_t step = left < STEP_S ? (uint32_t)left : STEP_S;
        simulate_run(&work->sim, step);
        done += step;
        cli_progress_show(&progress, (double)done / (double)seconds);
    }
    cli_progress_end(&progress);
    work->report.wall_s = now_s() - began_s;
}

static bool save(struct simulate_work *work)
{
    char error[CLI_ERROR_SIZE + CLI_STATE_PATH_MAX];
    enum wh_err err = cli_state_save(&work->state, error, sizeof error);
    if (err == WH_OK) {
        err = simulate_freeze(&work->sim.life, &work->state, work->text, work->text_length, error,
                              sizeof error);
    }
    if (err != WH_OK) {
        cli_refuse(&cli_simulate, "%s", error);
    }
    return err == WH_OK;
}

static int finish(struct simulate_work *work)
{
    if (work->sim.failed != WH_OK) {
        fprintf(stderr, "watthour simulate: the meter did not start after a power cut: %s\n",
                wh_err_text(work->sim.failed));
        return CLI_FAILED;
    }
    if (!save(work)) {
        return CLI_FAILED;
    }
    work->report.scenario = work->scenario;
    work->report.is_new = work->is_new;
    work->report.is_interrupted = is_interrupted != 0;
    return simulate_report_print(&work->report, &work->sim,
                                 work->arguments->value[SIMULATE_JSON] != NULL)
               ? CLI_OK
               : CLI_FAILED;
}

/* From here on Ctrl-C keeps what was reached; the second one kills. */
static void catch_interrupts(void)
{
    const struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int simulate(struct simulate_work *work)
{
    double days = 0;
    const struct cli_arguments *arguments = work->arguments;
    if (arguments->value[SIMULATE_DAYS] == NULL || arguments->value[SIMULATE_STATE] == NULL) {
        return cli_refuse(&cli_simulate, "%s is missing",
                          arguments->value[SIMULATE_DAYS] == NULL ? "--days" : "--state");
    }
    if (!cli_number(&cli_simulate, "--days", arguments->value[SIMULATE_DAYS], 0.001, 36525,
                    &days) ||
        !simulate_find_scenario(work) || !simulate_read_plan(work) ||
        !simulate_read_scenario(work) || !simulate_choose_model(work)) {
        return CLI_BAD_INPUT;
    }
    catch_interrupts();
    if (!simulate_open_meter(work)) {
        return CLI_BAD_INPUT;
    }
    live(work, (uint64_t)llround(days * DAY_S));
    return finish(work);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    static struct simulate_work work;
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    work.arguments = &arguments;
    const int status = simulate(&work);
    simulate_close(&work.sim);
    cli_state_close(&work.state);
    free(work.text);
    return status;
}
