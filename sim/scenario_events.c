/* The events of a scenario: each action has a name and needs certain keys, no more and no fewer, so
 * that a key in the wrong place is never silently without effect. */
#include <stdio.h>
#include <string.h>

#include "sim/scenario_reader.h"

static const double event_max_s = 366 * 86400.0;

enum { PHASE = 1, VALUE = 2, LOAD = 4, ON = 8 };

static const struct {
    const char *name;
    unsigned needs;
    double low, high; /* of value */
} actions[SIM_ACTION_COUNT] = {
    [SIM_ACTION_VOLTAGE] = {"voltage", PHASE | VALUE, 0, SIM_MAINS_VOLTAGE_MAX_V},
    [SIM_ACTION_RELEASE_VOLTAGE] = {"release-voltage", PHASE, 0, 0},
    [SIM_ACTION_FREQUENCY] = {"frequency", VALUE, SIM_MAINS_FREQUENCY_MIN_HZ,
                              SIM_MAINS_FREQUENCY_MAX_HZ},
    [SIM_ACTION_RELEASE_FREQUENCY] = {"release-frequency", 0, 0, 0},
    [SIM_ACTION_REVERSE_CURRENT] = {"reverse-current", PHASE | ON, 0, 0},
    [SIM_ACTION_REVERSE_ROTATION] = {"reverse-rotation", ON, 0, 0},
    [SIM_ACTION_POWER] = {"power", ON, 0, 0},
    [SIM_ACTION_SWITCH] = {"switch", LOAD | ON, 0, 0},
};

/* An event being read. */
struct item {
    const struct sim_reader *reader;
    const struct sim_yaml_event *yaml;
    struct sim_event *event;
    unsigned index;
};

static enum wh_err fail_at(const struct item *item, const char *key, const char *what,
                           const char *word)
{
    char path[SIM_READER_PATH_SIZE];
    snprintf(path, sizeof path, "events/%u/%s", item->index, key);
    return sim_reader_fail(item->reader, path, what, word);
}

static enum wh_err read_action(const struct item *item)
{
    for (int action = 0; action < SIM_ACTION_COUNT; action++) {
        if (strcmp(actions[action].name, item->yaml->action) == 0) {
            item->event->action = (enum sim_action)action;
            return WH_OK;
        }
    }
    return fail_at(item, "do", "nothing is called '%s' to do", item->yaml->action);
}

static enum wh_err check_keys(const struct item *item)
{
    const struct {
        unsigned bit;
        const char *key;
        bool given;
    } keys[] = {
        {PHASE, "phase", item->yaml->phase[0] != '\0'},
        {VALUE, "value", item->yaml->value[0] != '\0'},
        {LOAD, "load", item->yaml->load[0] != '\0'},
        {ON, "on", item->yaml->on != SIM_YAML_ABSENT},
    };
    const unsigned needs = actions[item->event->action].needs;
    char what[80];
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const bool needed = (needs & keys[k].bit) != 0;
        if (needed != keys[k].given) {
            snprintf(what, sizeof what, "'%s' %s '%s'", item->yaml->action,
                     needed ? "needs" : "does not take", keys[k].key);
            return fail_at(item, keys[k].key, "%s", what);
        }
    }
    return WH_OK;
}

static enum wh_err read_phase(const struct item *item)
{
    char stem[SIM_READER_PATH_SIZE];
    snprintf(stem, sizeof stem, "events/%u", item->index);
    return item->yaml->phase[0] != '\0'
               ? sim_reader_phase(item->reader, stem, item->yaml->phase, &item->event->phase)
               : WH_OK;
}

static enum wh_err read_numbers(const struct item *item)
{
    char stem[SIM_READER_PATH_SIZE];
    snprintf(stem, sizeof stem, "events/%u", item->index);
    const struct sim_reader_number numbers[] = {
        {"at_s", item->yaml->at_s, &item->event->at_s, 0, event_max_s},
        {"value", item->yaml->value, &item->event->value, actions[item->event->action].low,
         actions[item->event->action].high},
    };
    return sim_reader_numbers(item->reader, stem, numbers, 2);
}

static enum wh_err read_load_name(const struct item *item, const struct sim_scenario *scenario)
{
    if (item->yaml->load[0] == '\0') {
        return WH_OK;
    }
    for (unsigned k = 0; k < scenario->load_count; k++) {
        if (strcmp(scenario->loads[k].name, item->yaml->load) == 0) {
            item->event->load = k;
            return WH_OK;
        }
    }
    return fail_at(item, "load", "no load is named '%s'", item->yaml->load);
}

static enum wh_err read_event(const struct item *item, const struct sim_scenario *scenario)
{
    item->event->on = item->yaml->on == SIM_YAML_ON;
    enum wh_err err = read_action(item);
    err = err != WH_OK ? err : check_keys(item);
    err = err != WH_OK ? err : read_phase(item);
    err = err != WH_OK ? err : read_numbers(item);
    return err != WH_OK ? err : read_load_name(item, scenario);
}

/* By time, and in the order of the file where times are equal. */
static void insert(struct sim_scenario *scenario, const struct sim_event *event)
{
    unsigned at = scenario->event_count++;
    for (; at > 0 && scenario->events[at - 1].at_s > event->at_s; at--) {
        scenario->events[at] = scenario->events[at - 1];
    }
    scenario->events[at] = *event;
}

enum wh_err sim_scenario_read_events(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                     struct sim_scenario *scenario)
{
    scenario->event_count = 0;
    for (unsigned k = 0; k < yaml->events_count; k++) {
        struct sim_event event = {0};
        const struct item item = {reader, &yaml->events[k], &event, k};
        const enum wh_err err = read_event(&item, scenario);
        if (err != WH_OK) {
            return err;
        }
        insert(scenario, &event);
    }
    return WH_OK;
}
