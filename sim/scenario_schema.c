/* The keys of a scenario file, as a schema for libcyaml, and what libcyaml says about a file that
 * does not fit it. libcyaml gives lines only in the backtrace of its log, so the log is where errors
 * are taken from. */
#include <ctype.h>
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario_yaml.h"

enum { NEEDED = CYAML_FLAG_STRICT, OPTIONAL = CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT };

/* libcyaml takes any word but a few for true; a list of ours takes none but these. */
static const cyaml_strval_t switches[] = {
    {"on", SIM_YAML_ON},   {"true", SIM_YAML_ON},   {"yes", SIM_YAML_ON},
    {"off", SIM_YAML_OFF}, {"false", SIM_YAML_OFF}, {"no", SIM_YAML_OFF},
};

/* libcyaml's own macros, with the key named once. */
/* NOLINTBEGIN(bugprone-macro-parentheses): these are names of a type and a member */
#define WORD(type, key, flags) CYAML_FIELD_STRING(#key, flags, struct type, key, 1)
#define SWITCH(type, key, flags)                                                                   \
    CYAML_FIELD_ENUM(#key, flags, struct type, key, switches, sizeof switches / sizeof switches[0])
#define LIST(type, key, entry, max)                                                                \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_OPTIONAL, struct type, key, &entry, 0, max)
/* NOLINTEND(bugprone-macro-parentheses) */

static const cyaml_schema_field_t harmonic_fields[] = {
    WORD(sim_yaml_harmonic, order, NEEDED),
    WORD(sim_yaml_harmonic, percent, NEEDED),
    WORD(sim_yaml_harmonic, angle_deg, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t harmonic = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_harmonic, harmonic_fields),
};

static const cyaml_schema_field_t unbalance_fields[] = {
    WORD(sim_yaml_unbalance, phase, NEEDED),
    WORD(sim_yaml_unbalance, percent, OPTIONAL),
    WORD(sim_yaml_unbalance, angle_deg, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t unbalance = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_unbalance, unbalance_fields),
};

static const cyaml_schema_field_t mains_fields[] = {
    WORD(sim_yaml_mains, voltage_v, OPTIONAL),
    WORD(sim_yaml_mains, frequency_hz, OPTIONAL),
    WORD(sim_yaml_mains, drift_v, OPTIONAL),
    WORD(sim_yaml_mains, step_v, OPTIONAL),
    WORD(sim_yaml_mains, frequency_wander_mhz, OPTIONAL),
    WORD(sim_yaml_mains, impedance_ohm, OPTIONAL),
    SWITCH(sim_yaml_mains, reversed, OPTIONAL),
    LIST(sim_yaml_mains, unbalance, unbalance, SIM_PHASES),
    LIST(sim_yaml_mains, harmonics, harmonic, SIM_MAINS_HARMONICS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t edge_fields[] = {
    WORD(sim_yaml_edge, at, NEEDED),
    SWITCH(sim_yaml_edge, on, NEEDED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t edge = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_edge, edge_fields),
};

static const cyaml_schema_field_t cycle_fields[] = {
    WORD(sim_yaml_cycle, first_s, OPTIONAL),
    WORD(sim_yaml_cycle, on_s, NEEDED),
    WORD(sim_yaml_cycle, off_s, NEEDED),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t load_fields[] = {
    WORD(sim_yaml_load, name, NEEDED),
    WORD(sim_yaml_load, kind, NEEDED),
    WORD(sim_yaml_load, phase, NEEDED),
    WORD(sim_yaml_load, power_w, OPTIONAL),
    SWITCH(sim_yaml_load, on, OPTIONAL),
    LIST(sim_yaml_load, schedule, edge, SIM_LOAD_EDGES_MAX),
    CYAML_FIELD_MAPPING("cycle", CYAML_FLAG_OPTIONAL, struct sim_yaml_load, cycle, cycle_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t load = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_load, load_fields),
};

static const cyaml_schema_field_t event_fields[] = {
    WORD(sim_yaml_event, at_s, NEEDED),
    CYAML_FIELD_STRING("do", NEEDED, struct sim_yaml_event, action, 1),
    WORD(sim_yaml_event, phase, OPTIONAL),
    WORD(sim_yaml_event, value, OPTIONAL),
    WORD(sim_yaml_event, load, OPTIONAL),
    SWITCH(sim_yaml_event, on, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t event = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_event, event_fields),
};

static const cyaml_schema_field_t scenario_fields[] = {
    WORD(sim_yaml, seed, OPTIONAL),
    WORD(sim_yaml, start, OPTIONAL),
    CYAML_FIELD_MAPPING("mains", CYAML_FLAG_OPTIONAL, struct sim_yaml, mains, mains_fields),
    LIST(sim_yaml, loads, load, SIM_SCENARIO_LOADS_MAX),
    LIST(sim_yaml, events, event, SIM_SCENARIO_EVENTS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t scenario = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sim_yaml, scenario_fields),
};

/* Appends to error->what, one printable line however strange the file. */
static void append(struct sim_yaml_error *error, const char *text)
{
    size_t length = strlen(error->what);
    for (; *text != '\0' && length + 1 < sizeof error->what; text++) {
        if (*text != '\n') {
            error->what[length++] = iscntrl((unsigned char)*text) ? '?' : *text;
        }
    }
    error->what[length] = '\0';
}

/* What libcyaml's log has told: "Load: Unexpected key: x" first, then a backtrace with lines and
 * with the way to the fault, from the inside out. */
struct report {
    struct sim_yaml_error *error;
    char path[96]; /* of the innermost thing that the backtrace names, for sim_yaml_line */
};

/* Of a value that is wrong, libcyaml's reason does not say which key's; the backtrace does. */
static void append_field(struct sim_yaml_error *error, const char *field)
{
    const bool is_value = strncmp(error->what, "Invalid ", 8) == 0 ||
                          strncmp(error->what, "Expecting ", 10) == 0 ||
                          strncmp(error->what, "STRING ", 7) == 0;
    if (is_value && error->line == 0) {
        append(error, " in ");
        append(error, field);
    }
}

static void prepend(struct report *report, const char *part)
{
    char path[sizeof report->path];
    if (snprintf(path, sizeof path, "%s/%s", part, report->path) < (int)sizeof path) {
        memcpy(report->path, path, sizeof path);
    }
}

static void on_backtrace(struct report *report, const char *text, const char *line)
{
    char part[32];
    if (sscanf(text, " in mapping field '%31[^']'", part) == 1) {
        append_field(report->error, part);
        prepend(report, part);
    } else if (sscanf(text, " in sequence entry '%31[0-9]'", part) == 1) {
        /* libcyaml counts from 1 */
        snprintf(part, sizeof part, "%lu", strtoul(part, NULL, 10) - 1);
        prepend(report, part);
    }
    if (report->error->line == 0) {
        report->error->line = (unsigned)strtoul(line + strlen(" (line: "), NULL, 10);
    }
}

static void on_log(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    (void)level;
    struct report *report = context;
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    const char *line = strstr(text, " (line: ");
    const bool is_reason = strncmp(text, "Load: ", 6) == 0 && strstr(text, "Backtrace") == NULL;
    if (is_reason && report->error->what[0] == '\0') {
        append(report->error, text + 6);
    } else if (line != NULL) {
        on_backtrace(report, text, line);
    }
}

static cyaml_config_t configuration(struct report *report)
{
    return (cyaml_config_t){
        .log_fn = on_log,
        .log_ctx = report,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_WARNING,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

static enum wh_err refuse(struct sim_yaml_error *error, const char *what)
{
    error->line = error->line != 0 ? error->line : 1;
    if (error->what[0] == '\0') {
        append(error, what);
    }
    return WH_ERR_FORMAT;
}

/* Of a key that it does not know libcyaml gives the line of the mapping, of a key given twice that of
 * the first. */
static void find_key(struct report *report, const char *text, size_t length)
{
    static const char unknown[] = "Unexpected key: ";
    static const char again[] = "Mapping field already seen: ";
    const char *what = report->error->what;
    const bool is_unknown = strncmp(what, unknown, strlen(unknown)) == 0;
    if (is_unknown || strncmp(what, again, strlen(again)) == 0) {
        char path[sizeof report->path + sizeof report->error->what];
        snprintf(path, sizeof path, "%s%s", report->path, is_unknown ? what + strlen(unknown) : "");
        report->error->line = sim_yaml_line(text, length, path);
    }
}

enum wh_err sim_yaml_read(struct sim_yaml **yaml, const char *text, size_t length,
                          struct sim_yaml_error *error)
{
    *error = (struct sim_yaml_error){0};
    struct report report = {.error = error};
    const cyaml_config_t config = configuration(&report);
    cyaml_data_t *data = NULL;
    const cyaml_err_t err =
        cyaml_load_data((const uint8_t *)text, length, &config, &scenario, &data, NULL);
    if (err == CYAML_ERR_OOM) {
        *error = (struct sim_yaml_error){1, "out of memory"};
        return WH_ERR_SPACE;
    }
    if (err != CYAML_OK) {
        find_key(&report, text, length);
        return refuse(error, cyaml_strerror(err));
    }
    if (data == NULL) {
        return refuse(error, "the scenario is empty");
    }
    *yaml = data;
    return WH_OK;
}

void sim_yaml_free(struct sim_yaml *yaml)
{
    struct sim_yaml_error ignored = {0};
    struct report report = {.error = &ignored};
    const cyaml_config_t config = configuration(&report);
    cyaml_free(&config, &scenario, yaml, 0);
}
