/* watthour profile, debiting and events: the logs of a meter. */
#include "cli/tool.h"
#include "cli/tool_log.h"
#include "cli/tool_time.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Rows that the three commands share come first. */
enum row {
    CSV = TOOL_OPTIONS,
    FROM,
    TO,
    RETRIES,
    APPEND,
    OWN, /* --logger, --second, --log */
    STOP,
};

#define LOG_OPTION_ROWS                                                                            \
    TOOL_OPTION_ROWS, [CSV] = {"--csv", NULL, "CSV instead of text"},                              \
                      [FROM] = {"--from", "TIME", "first moment: \"2026-11-20 14:00\", -7d, all"}, \
                      [TO] = {"--to", "TIME", "last moment (now and later)"},                      \
                      [RETRIES] = {"--retries", "N",                                               \
                                   "new connections in a row after one that broke (3)"},           \
                      [APPEND] = {"--append", "FILE.csv",                                          \
                                  "adds what FILE does not have; makes FILE"}

static const struct cli_option profile_options[] = {
    LOG_OPTION_ROWS,
    [OWN] = {"--logger", NULL, "the analysis logger instead of the load profile"},
    {NULL, NULL, NULL},
};

static const struct cli_option debiting_options[] = {
    LOG_OPTION_ROWS,
    [OWN] = {"--second", NULL, "the second debiting log"},
    [STOP] = {"--stop", NULL, "ends the period now instead"},
    {NULL, NULL, NULL},
};

static const struct cli_option events_options[] = {
    LOG_OPTION_ROWS,
    [OWN] = {"--log", "NAME",
             "status (usual), clock, quality, breaker, ratio, profile-events, neutral"},
    {NULL, NULL, NULL},
};

static int run_profile(const struct cli_command *command, int argc, char **argv);
static int run_debiting(const struct cli_command *command, int argc, char **argv);
static int run_events(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_profile = {
    .name = "profile",
    .argument = "ENDPOINT",
    .summary = "Reads the load profile or the analysis logger.\n"
               "The last day unless --from says more. Times are the meter's normal time (no "
               "daylight saving), as its logs are stamped.\n",
    .options = profile_options,
    .run = run_profile,
};

const struct cli_command cli_debiting = {
    .name = "debiting",
    .argument = "ENDPOINT",
    .summary = "Reads the debiting logs (registers at the end of each period), or ends a period.\n",
    .options = debiting_options,
    .run = run_debiting,
};

const struct cli_command cli_events = {
    .name = "events",
    .argument = "ENDPOINT",
    .summary = "Reads an event log.\n",
    .options = events_options,
    .run = run_events,
};

enum { LINE_SIZE = 8192, DAY_BACK_S = WH_CALENDAR_DAY_S };

struct job {
    struct tool_work work;
    struct tool_table table;
    struct tool_log_query query;
    struct tool_stamps stamps; /* of rows that the file has */
    unsigned retries;
    bool by_default_a_day;
};

/* ---- Options ---- */

static bool is_dynamic(const char *text)
{
    return text == NULL || text[0] == '-' || strcmp(text, "now") == 0;
}

/* What can be refused is, before the meter is asked. */
static bool check_time(const struct job *job, enum row row)
{
    const char *text = job->work.arguments.value[row];
    char error[CLI_ERROR_SIZE];
    int64_t seconds;
    const bool is_all = row == FROM && text != NULL && strcmp(text, "all") == 0;
    if (text == NULL || is_all || tool_time_parse(text, 0, false, &seconds, error, sizeof error)) {
        return true;
    }
    cli_refuse(job->work.command, "%s: %s", job->work.command->options[row].name, error);
    return false;
}

static int prepare(struct job *job, const struct cli_command *command, int argc, char **argv)
{
    double retries = TOOL_RETRIES;
    const int status = tool_prepare(&job->work, command, argc, argv);
    const char *const *value = job->work.arguments.value;
    if (status != CLI_OK || !check_time(job, FROM) || !check_time(job, TO) ||
        !cli_number(command, "--retries", value[RETRIES], 0, 1000, &retries)) {
        return CLI_BAD_INPUT;
    }
    if (value[APPEND] != NULL && (job->work.json || value[CSV] != NULL)) {
        return cli_refuse(command, "--append writes CSV into its file, and nothing else");
    }
    job->retries = (unsigned)retries;
    job->table = (struct tool_table){.file = stdout,
                                     .format = job->work.json       ? TOOL_FORMAT_JSON
                                               : value[CSV] != NULL ? TOOL_FORMAT_CSV
                                                                    : TOOL_FORMAT_TEXT};
    return CLI_OK;
}

/* Times that count from now need the meter's clock. */
static bool take_times(struct job *job, struct tool_failure *failure)
{
    const char *from = job->work.arguments.value[FROM];
    const char *to = job->work.arguments.value[TO];
    const bool is_all = from != NULL && strcmp(from, "all") == 0;
    const bool needs_now = (from == NULL && job->by_default_a_day) ||
                           (from != NULL && is_dynamic(from)) || (to != NULL && is_dynamic(to));
    char error[CLI_ERROR_SIZE];
    int64_t now_s = 0;
    if (needs_now && !tool_meter_normal_time(&job->work.meter, &now_s, failure)) {
        return false;
    }
    job->query.from_s =
        from == NULL && job->by_default_a_day ? now_s - DAY_BACK_S : TOOL_LOG_START_S;
    job->query.to_s = TOOL_LOG_END_S;
    if ((from != NULL && !is_all &&
         !tool_time_parse(from, now_s, false, &job->query.from_s, error, sizeof error)) ||
        (to != NULL && !tool_time_parse(to, now_s, true, &job->query.to_s, error, sizeof error))) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s", error);
    }
    job->query.from_s = job->query.from_s < TOOL_LOG_START_S ? TOOL_LOG_START_S : job->query.from_s;
    job->query.to_s = job->query.to_s > TOOL_LOG_END_S ? TOOL_LOG_END_S : job->query.to_s;
    if (job->query.from_s > job->query.to_s) {
        return tool_fail(failure, CLI_BAD_INPUT, "--from is later than --to");
    }
    return true;
}

/* ---- --append ---- */

/* The time of a row in CSV, in its first column. */
static bool stamp_of(char *line, int64_t *time_s)
{
    char error[CLI_ERROR_SIZE];
    line[strcspn(line, ",")] = '\0';
    return tool_time_parse(line, 0, false, time_s, error, sizeof error);
}

/* Head of a file that an earlier reading made, stamps of its rows, and the last of them; the head
 * is empty when the file is new. */
static bool read_rows(struct job *job, const char *path, FILE *file, char head[LINE_SIZE],
                      int64_t *last_s, struct tool_failure *failure)
{
    char line[LINE_SIZE];
    head[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        const size_t length = strcspn(line, "\n");
        if (line[length] != '\n') {
            return tool_fail(failure, CLI_BAD_INPUT, "--append %s: a line is too long", path);
        }
        line[length] = '\0';
        if (head[0] == '\0') {
            memcpy(head, line, length + 1);
        } else if (line[0] != ',' && !stamp_of(line, last_s)) { /* none: as the row before */
            return tool_fail(failure, CLI_BAD_INPUT,
                             "--append %s: row %zu does not begin with a time", path,
                             job->stamps.count + 1);
        } else if (!tool_stamps_add(&job->stamps, *last_s)) {
            return tool_fail(failure, CLI_FAILED, "no memory");
        }
    }
    return !ferror(file) || tool_fail(failure, CLI_BAD_INPUT, "--append %s: cannot be read", path);
}

/* A cut line at the end, of a reading that was killed, is taken away. */
static bool cut_torn_line(const char *path, FILE *file, struct tool_failure *failure)
{
    long keep = 0;
    long at = 0;
    int c;
    rewind(file);
    while ((c = fgetc(file)) != EOF) {
        at++;
        keep = c == '\n' ? at : keep;
    }
    if (keep != at && (fflush(file) != 0 || ftruncate(fileno(file), keep) != 0)) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "--append %s", path);
    }
    rewind(file);
    return true;
}

/* Begins a day before the last row: since then the clock may have been set back. */
static bool open_append(struct job *job, const char *path, char head[LINE_SIZE],
                        struct tool_failure *failure)
{
    FILE *file = fopen(path, "a+e");
    int64_t last_s = INT64_MIN;
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "--append %s", path);
    }
    job->table.file = file;
    job->table.format = TOOL_FORMAT_CSV;
    if (!cut_torn_line(path, file, failure) ||
        !read_rows(job, path, file, head, &last_s, failure)) {
        return false;
    }
    job->table.has_head = head[0] != '\0';
    if (last_s != INT64_MIN && last_s - DAY_BACK_S > job->query.from_s) {
        job->query.from_s = last_s - DAY_BACK_S;
    }
    return true;
}

/* A file of another log's columns is not added to. */
static bool read_appending(struct job *job, struct tool_log_reading *reading, const char *path,
                           struct tool_failure *failure)
{
    char head[LINE_SIZE] = "";
    char now[LINE_SIZE];
    if (!open_append(job, path, head, failure)) {
        return false;
    }
    /* The columns alone, of an empty range. */
    struct tool_table trial = {.file = stdout, .has_head = true, .format = TOOL_FORMAT_CSV};
    struct tool_stamps none = {0};
    struct tool_log_reading columns = {.work = &job->work,
                                       .table = &trial,
                                       .retries = job->retries,
                                       .pause_ms = TOOL_PAUSE_MS,
                                       .stamps = &none};
    const struct tool_log_query nothing = {job->query.log, TOOL_LOG_END_S, TOOL_LOG_END_S};
    if (head[0] != '\0') {
        const bool done = tool_log_read(&columns, nothing, failure);
        tool_stamps_free(&none);
        if (!done) {
            return false;
        }
        tool_table_head(&trial, now, sizeof now);
        if (strcmp(now, head) != 0) {
            return tool_fail(failure, CLI_BAD_INPUT, "--append %s: has other columns than the log",
                             path);
        }
    }
    return job->query.from_s > job->query.to_s || tool_log_read(reading, job->query, failure);
}

/* ---- The work ---- */

static int read_log(struct job *job)
{
    struct tool_failure failure = {0};
    struct tool_log_reading reading = {.work = &job->work,
                                       .table = &job->table,
                                       .retries = job->retries,
                                       .pause_ms = TOOL_PAUSE_MS,
                                       .stamps = &job->stamps};
    const char *path = job->work.arguments.value[APPEND];
    bool done = take_times(job, &failure);
    if (done) {
        done = path != NULL ? read_appending(job, &reading, path, &failure)
                            : tool_log_read(&reading, job->query, &failure);
        tool_table_end(&job->table, done);
        tool_stamps_free(&job->stamps);
    }
    if (path != NULL && job->table.file != stdout && fclose(job->table.file) != 0 && done) {
        done = tool_fail_errno(&failure, CLI_FAILED, errno, "--append %s", path);
    }
    if (!done) {
        return tool_report(&job->work, tool_log_row(job->query.log)->text, &failure);
    }
    if (path != NULL) {
        tool_note(&job->work, "%zu rows added to %s", reading.rows, path);
    }
    return CLI_OK;
}

static int read_as(struct job *job, enum tool_log log)
{
    job->query.log = log;
    const int status = tool_connect(&job->work);
    return status != CLI_OK ? status : tool_end(&job->work, read_log(job));
}

static int run_profile(const struct cli_command *command, int argc, char **argv)
{
    struct job job = {.by_default_a_day = true};
    const int status = prepare(&job, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const bool is_logger = job.work.arguments.value[OWN] != NULL;
    job.by_default_a_day = job.work.arguments.value[APPEND] == NULL;
    return read_as(&job, is_logger ? TOOL_LOG_LOGGER : TOOL_LOG_PROFILE);
}

static int stop(struct job *job)
{
    struct tool_failure failure;
    struct tool_meter *meter = &job->work.meter;
    const int status = tool_connect(&job->work);
    if (status != CLI_OK) {
        return status;
    }
    if (!meter->language->command(meter, TOOL_COMMAND_DEBITING_STOP, &failure)) {
        tool_fail_unsure(&failure, "may have been carried out");
        return tool_end(&job->work, tool_report(&job->work, "debiting stop", &failure));
    }
    if (job->work.json) {
        return tool_end(&job->work,
                        tool_print_json(&job->work, json_pack("{s:b}", "stopped", true)));
    }
    printf("the period has ended\n");
    return tool_end(&job->work, CLI_OK);
}

static int run_debiting(const struct cli_command *command, int argc, char **argv)
{
    struct job job = {0};
    const int status = prepare(&job, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const char *const *value = job.work.arguments.value;
    if (value[STOP] != NULL) {
        return stop(&job);
    }
    return read_as(&job, value[OWN] != NULL ? TOOL_LOG_DEBITING_2 : TOOL_LOG_DEBITING);
}

static int run_events(const struct cli_command *command, int argc, char **argv)
{
    struct job job = {0};
    const int status = prepare(&job, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const char *name = job.work.arguments.value[OWN];
    if (name == NULL) {
        return read_as(&job, TOOL_LOG_STATUS);
    }
    for (int l = TOOL_LOG_STATUS; l < TOOL_LOGS; l++) {
        if (strcmp(tool_log_row((enum tool_log)l)->name, name) == 0) {
            return read_as(&job, (enum tool_log)l);
        }
    }
    return cli_refuse(command, "--log: there is no event log \"%s\"; see watthour help events",
                      name);
}
