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

/* libcyaml's own macros, with the type named once. */
#define FLOAT(type, key, flags)  CYAML_FIELD_FLOAT(#key, flags, struct type, key)
#define FLOAT_OR_NONE(type, key) CYAML_FIELD_FLOAT_PTR(#key, OPTIONAL, struct type, key)
#define UINT(type, key, flags)   CYAML_FIELD_UINT(#key, flags, struct type, key)
#define WORD(type, key, flags)   CYAML_FIELD_STRING(#key, flags, struct type, key, 1)
#define SWITCH(type, key, flags)                                                                   \
    CYAML_FIELD_ENUM(#key, flags, struct type, key, switches, sizeof switches / sizeof switches[0])
#define LIST(type, key, entry, max)                                                                \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_OPTIONAL, struct type, key, &entry, 0, max)

static const cyaml_schema_field_t harmonic_fields[] = {
    UINT(sim_yaml_harmonic, order, NEEDED),
    FLOAT(sim_yaml_harmonic, percent, NEEDED),
    FLOAT(sim_yaml_harmonic, angle_deg, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t harmonic = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_harmonic, harmonic_fields),
};

static const cyaml_schema_field_t unbalance_fields[] = {
    UINT(sim_yaml_unbalance, phase, NEEDED),
    FLOAT(sim_yaml_unbalance, percent, OPTIONAL),
    FLOAT(sim_yaml_unbalance, angle_deg, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t unbalance = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_unbalance, unbalance_fields),
};

static const cyaml_schema_field_t mains_fields[] = {
    FLOAT_OR_NONE(sim_yaml_mains, voltage_v),
    FLOAT_OR_NONE(sim_yaml_mains, frequency_hz),
    FLOAT_OR_NONE(sim_yaml_mains, drift_v),
    FLOAT_OR_NONE(sim_yaml_mains, step_v),
    FLOAT_OR_NONE(sim_yaml_mains, frequency_wander_mhz),
    FLOAT_OR_NONE(sim_yaml_mains, impedance_ohm),
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
    FLOAT(sim_yaml_cycle, first_s, OPTIONAL),
    FLOAT(sim_yaml_cycle, on_s, NEEDED),
    FLOAT(sim_yaml_cycle, off_s, NEEDED),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t load_fields[] = {
    WORD(sim_yaml_load, name, NEEDED),
    WORD(sim_yaml_load, kind, NEEDED),
    WORD(sim_yaml_load, phase, NEEDED),
    FLOAT_OR_NONE(sim_yaml_load, power_w),
    SWITCH(sim_yaml_load, on, OPTIONAL),
    LIST(sim_yaml_load, schedule, edge, SIM_LOAD_EDGES_MAX),
    CYAML_FIELD_MAPPING_PTR("cycle", CYAML_FLAG_OPTIONAL, struct sim_yaml_load, cycle,
                            cycle_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t load = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_load, load_fields),
};

static const cyaml_schema_field_t event_fields[] = {
    FLOAT(sim_yaml_event, at_s, NEEDED),
    CYAML_FIELD_STRING("do", NEEDED, struct sim_yaml_event, action, 1),
    CYAML_FIELD_UINT_PTR("phase", OPTIONAL, struct sim_yaml_event, phase),
    FLOAT_OR_NONE(sim_yaml_event, value),
    WORD(sim_yaml_event, load, OPTIONAL),
    SWITCH(sim_yaml_event, on, OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t event = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sim_yaml_event, event_fields),
};

static const cyaml_schema_field_t scenario_fields[] = {
    UINT(sim_yaml, seed, OPTIONAL),
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

/* The first line is what is wrong ("Load: Unexpected key: x"), the first one with a line number is where. */
static void on_log(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    (void)level;
    struct sim_yaml_error *error = context;
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    if (error->what[0] == '\0') {
        append(error, strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
        return;
    }
    const char *line = strstr(text, "(line: ");
    const char *field = strstr(text, "in mapping field ");
    if (line == NULL || error->line != 0) {
        return;
    }
    error->line = (unsigned)strtoul(line + 7, NULL, 10);
    if (field != NULL) {
        const size_t at = strlen(error->what);
        append(error, " in ");
        append(error, field + strlen("in mapping field "));
        char *end = strstr(error->what + at, " (line");
        if (end != NULL) {
            *end = '\0';
        }
    }
}

static cyaml_config_t configuration(struct sim_yaml_error *error)
{
    return (cyaml_config_t){
        .log_fn = on_log,
        .log_ctx = error,
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

enum wh_err sim_yaml_read(struct sim_yaml **yaml, const char *text, size_t length,
                          struct sim_yaml_error *error)
{
    *error = (struct sim_yaml_error){0};
    const cyaml_config_t config = configuration(error);
    cyaml_data_t *data = NULL;
    const cyaml_err_t err =
        cyaml_load_data((const uint8_t *)text, length, &config, &scenario, &data, NULL);
    if (err == CYAML_ERR_OOM) {
        return WH_ERR_SPACE;
    }
    if (err != CYAML_OK) {
        return refuse(error, cyaml_strerror(err));
    }
    if (data == NULL) {
        return refuse(error, "the scenario is empty");
    }
    *yaml = data;
    if (error->what[0] != '\0') { /* a warning: part of the file was ignored */
        sim_yaml_free(*yaml);
        return refuse(error, "");
    }
    return WH_OK;
}

void sim_yaml_free(struct sim_yaml *yaml)
{
    struct sim_yaml_error ignored = {0};
    const cyaml_config_t config = configuration(&ignored);
    cyaml_free(&config, &scenario, yaml, 0);
}
