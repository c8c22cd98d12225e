/* watthour replay. The bench lets the meter settle, takes the registers at the end of a window, plays
 * exactly the seconds asked for, switches the load off and reads: what is printed is what the
 * registers gained, to the sample. */
#include "cli/replay.h"
#include "cli/feed.h"
#include "cli/model.h"
#include "cli/progress.h"
#include "cli/tally.h"
#include "ports/linux/board_memory.h"
#include "sim/recording.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum option {
    MODEL,
    SECONDS,
    LOOP,
    THREE_PHASE,
    SETTLE,
    JSON,
};

/* A window: in less the meter has measured nothing. */
static const double seconds_least = 0.2;

static const struct cli_option options[] = {
    [MODEL] = {"--model", "MODEL", CLI_MODEL_HELP},
    [SECONDS] = {"--seconds", "N",
                 "seconds to count after settling, 0.2 or more (what is left; with --loop: 60)"},
    [LOOP] = {"--loop", NULL, "repeat the recording"},
    [THREE_PHASE] = {"--three-phase", NULL, "a single-phase recording on all three phases"},
    [SETTLE] = {"--settle", "S", "seconds to let the meter settle before counting (3)"},
    [JSON] = {"--json", NULL, "print one JSON object"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_replay = {
    .name = "replay",
    .argument = "FILE.cfg",
    .summary = "Plays a COMTRADE recording through a meter as fast as it can and prints what was\n"
               "registered.\n",
    .options = options,
    .run = run,
};

/* All that a replay holds. */
struct replay {
    struct sim_recording *recording;
    struct board_memory memory;
    struct wh_meter meter;
    struct cli_feed feed;
    struct cli_tally tally;
    double settle_s;
    double seconds;             /* to count */
    struct cli_tally_span span; /* that was counted */
};

static bool open_recording(struct replay *replay, const struct cli_arguments *arguments)
{
    const struct sim_recording_options recording_options = {
        .sample_rate_hz = WH_SAMPLE_RATE_HZ,
        .loop = arguments->value[LOOP] != NULL,
        .three_phase = arguments->value[THREE_PHASE] != NULL,
    };
    struct sim_comtrade_error error;
    replay->recording = sim_recording_open(arguments->argument, &recording_options, &error);
    if (replay->recording == NULL) {
        cli_refuse(&cli_replay, "%s", error.text);
        return false;
    }
    return true;
}

static bool refuse_settling(const struct replay *replay, const char *path)
{
    cli_refuse(
        &cli_replay,
        "%s lasts %.3g s: nothing is left after settling for %g s; add --loop, or --settle 0", path,
        sim_recording_info(replay->recording)->duration_s, replay->settle_s);
    return false;
}

/* Without --loop only what lies behind the settling can be counted. */
static bool decide_seconds(struct replay *replay, const struct cli_arguments *arguments)
{
    const double duration_s = sim_recording_info(replay->recording)->duration_s;
    if (arguments->value[LOOP] != NULL) {
        replay->seconds = 60;
    } else {
        replay->seconds = duration_s - replay->settle_s;
        if (replay->seconds <= 0) {
            return refuse_settling(replay, arguments->argument);
        }
    }
    return cli_number(&cli_replay, "--seconds", arguments->value[SECONDS], seconds_least, 1e10,
                      &replay->seconds);
}

/* model as the command line has it, or NULL. */
static bool start_meter(struct replay *replay, const char *model)
{
    char error[CLI_ERROR_SIZE];
    const struct wh_variant *variant = cli_model(model, error, sizeof error);
    if (variant == NULL) {
        cli_refuse(&cli_replay, "%s", error);
        return false;
    }
    struct wh_meter_start_report found;
    const struct wh_order order = {.variant = variant, .serial_number = 1, .meter_number = 1};
    enum wh_err err = board_memory_open(&replay->memory);
    if (err == WH_OK) {
        err = wh_meter_manufacture(&replay->memory.board, &order, NULL);
    }
    if (err == WH_OK) {
        err = wh_meter_start(&replay->meter, &replay->memory.board, &found);
    }
    if (err != WH_OK) {
        fprintf(stderr, "watthour replay: the meter does not start: %s\n", wh_err_text(err));
        return false;
    }
    const struct sim_source source = sim_recording_source(replay->recording);
    cli_feed_init(&replay->feed, &source, variant, 1);
    return true;
}

/* A wh_meter_observer; context is the replay. The end of the recording cuts the last window: its frequency
 * is not that of the mains, unless there is no other. */
static void observe(void *context, const struct wh_bus_report *report)
{
    struct replay *replay = context;
    const double f_hz = replay->tally.f_hz;
    cli_tally_observe(&replay->tally, report);
    if (replay->feed.ended && f_hz != 0) {
        replay->tally.f_hz = f_hz;
    }
}

/* To the end of the window that is running; returns how many samples came from the recording. */
static uint64_t finish_window(struct replay *replay)
{
    return cli_feed_run(&replay->feed, &replay->meter, replay->meter.measuring.samples_left,
                        observe, replay);
}

/* Plays so many samples under the tally; returns how many came from the recording. */
static uint64_t count_samples(struct replay *replay, uint64_t samples)
{
    const uint64_t step = (uint64_t)WH_SAMPLE_RATE_HZ * 60;
    struct cli_progress progress;
    cli_progress_start(&progress, "replaying");
    uint64_t played = 0;
    for (uint64_t done = 0; done < samples; done += step) {
        const uint64_t part = samples - done < step ? samples - done : step;
        played += cli_feed_run(&replay->feed, &replay->meter, part, observe, replay);
        cli_progress_show(&progress, (double)done / (double)samples);
    }
    cli_progress_end(&progress);
    return played;
}

/* False if the recording ended before there was anything to count. */
static bool play(struct replay *replay)
{
    const double rate = WH_SAMPLE_RATE_HZ;
    cli_feed_run(&replay->feed, &replay->meter, (uint64_t)llround(replay->settle_s * rate), NULL,
                 NULL);
    if (replay->settle_s > 0) {
        finish_window(replay);
    }
    cli_tally_start(&replay->tally, &replay->meter);
    replay->feed.clipped = (struct cli_clipped){0};
    const uint64_t played = count_samples(replay, (uint64_t)llround(replay->seconds * rate));
    /* Load off; the window under way and one more bring the rest into the registers. */
    replay->feed.current_off = true;
    const uint64_t rest = finish_window(replay) + finish_window(replay);
    replay->span.seconds = (double)played / rate;
    replay->span.voltage_s = (double)(played + rest) / rate;
    return played > 0;
}

/* What is printed is right for what came through the converter, which was not all. */
static void warn_of_clipping(const struct replay *replay)
{
    char text[CLI_ERROR_SIZE];
    if (cli_feed_has_clipped(&replay->feed)) {
        cli_feed_clipped_text(&replay->feed, true, text, sizeof text);
        fprintf(stderr, "watthour replay: clipped at the converter: %s\n", text);
    }
}

static int print_result(const struct replay *replay, bool json)
{
    if (!json) {
        cli_tally_print(&replay->tally, &replay->meter, &replay->span);
        return CLI_OK;
    }
    json_t *result = cli_tally_json(&replay->tally, &replay->meter, &replay->span);
    if (result == NULL ||
        json_dumpf(result, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0) {
        fprintf(stderr, "watthour replay: cannot print the result\n");
        json_decref(result);
        return CLI_FAILED;
    }
    putchar('\n');
    json_decref(result);
    return CLI_OK;
}

static int replay_recording(struct replay *replay, const struct cli_arguments *arguments)
{
    replay->settle_s = 3;
    if (!cli_number(&cli_replay, "--settle", arguments->value[SETTLE], 0, 1e6, &replay->settle_s) ||
        !open_recording(replay, arguments) || !decide_seconds(replay, arguments) ||
        !start_meter(replay, arguments->value[MODEL])) {
        return CLI_BAD_INPUT;
    }
    if (!play(replay)) {
        refuse_settling(replay, arguments->argument);
        return CLI_BAD_INPUT;
    }
    warn_of_clipping(replay);
    return print_result(replay, arguments->value[JSON] != NULL);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    struct replay replay = {0};
    const int status = replay_recording(&replay, &arguments);
    sim_recording_close(replay.recording);
    board_memory_close(&replay.memory);
    return status;
}
