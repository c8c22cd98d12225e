/* watthour clock: the time of a meter, shown beside this computer's, and set. */
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_time.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SET = TOOL_OPTIONS };

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    [SET] = {"--set", "now|TIME", "sets the clock, to local time of this computer's zone (TZ)"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_clock = {
    .name = "clock",
    .argument = "ENDPOINT",
    .summary = "Shows the clock of a meter and how far it is off this computer's, or sets it.\n",
    .options = options,
    .run = run,
};

enum { HOUR_S = 3600 };

struct moment {
    struct wh_datetime time;
    bool is_summer;
};

static struct moment computer_now(void)
{
    struct moment now;
    now.time = tool_time_local((int64_t)time(NULL), &now.is_summer);
    return now;
}

/* Normal time; false: it is none. */
static bool normal_s(const struct wh_datetime *time, bool is_summer, int64_t *seconds)
{
    if (wh_calendar_seconds(time, seconds) != WH_OK) {
        return false;
    }
    *seconds -= is_summer ? HOUR_S : 0;
    return true;
}

static bool parse_moment(const char *text, struct moment *moment, char *error, size_t size)
{
    int64_t seconds;
    if (strcmp(text, "now") == 0) {
        *moment = computer_now();
        return true;
    }
    if (text[0] == '-') {
        snprintf(error, size, "\"%s\" is no time; \"2026-11-20 14:00:00\" and \"now\" are", text);
        return false;
    }
    if (!tool_time_parse(text, 0, false, &seconds, error, size)) {
        return false;
    }
    moment->time = wh_calendar_datetime(seconds);
    moment->is_summer = tool_time_is_summer(&moment->time);
    return true;
}

static int show(const struct tool_work *work, const struct tool_value *clock)
{
    const struct moment now = computer_now();
    struct tool_value here = {.kind = TOOL_TIME, .time = now.time, .is_summer = now.is_summer};
    char meter_text[TOOL_VALUE_SIZE];
    char here_text[TOOL_VALUE_SIZE];
    int64_t meter_s;
    int64_t here_s;
    const bool is_known = normal_s(&clock->time, clock->is_summer, &meter_s) &&
                          normal_s(&now.time, now.is_summer, &here_s);
    if (work->json) {
        json_t *difference = is_known ? json_integer(meter_s - here_s) : json_null();
        return tool_print_json(work, json_pack("{s:o, s:b, s:b, s:o, s:o}", "meter",
                                               tool_value_json(clock), "summer_time",
                                               (int)clock->is_summer, "valid",
                                               (int)!clock->is_time_doubtful, "computer",
                                               tool_value_json(&here), "difference_s", difference));
    }
    tool_value_text(clock, meter_text);
    tool_value_text(&here, here_text);
    printf("meter        %s\ncomputer     %s\n", meter_text, here_text);
    if (is_known) {
        printf("difference   %+lld s\n", (long long)(meter_s - here_s));
    }
    return CLI_OK;
}

static int work_on(struct tool_work *work, const struct moment *wanted)
{
    struct tool_meter *meter = &work->meter;
    struct tool_failure failure;
    struct tool_value clock;
    struct moment moment;
    if (wanted != NULL) {
        /* The time that is now is that at which it is sent. */
        const bool is_now = strcmp(work->arguments.value[SET], "now") == 0;
        moment = is_now ? computer_now() : *wanted;
        if (!meter->language->set_clock(meter, &moment.time, moment.is_summer, &failure)) {
            tool_fail_unsure(&failure, "may have been set");
            return tool_report(work, "setting the clock", &failure);
        }
    }
    if (!tool_meter_clock(meter, &clock, &failure)) {
        return tool_report(work, "clock", &failure);
    }
    return show(work, &clock);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct moment moment;
    char error[CLI_ERROR_SIZE];
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const char *set = work.arguments.value[SET];
    if (set != NULL && !parse_moment(set, &moment, error, sizeof error)) {
        return cli_refuse(command, "--set: %s", error);
    }
    status = tool_connect(&work);
    return status != CLI_OK ? status
                            : tool_end(&work, work_on(&work, set != NULL ? &moment : NULL));
}
