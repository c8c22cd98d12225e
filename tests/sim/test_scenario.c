/* Scenario files: all that are shipped are read, and each way to get one wrong has its one line. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/scenario.h"

static struct sim_scenario scenario;
static char error[SIM_SCENARIO_ERROR_SIZE];

static enum wh_err parse(const char *text)
{
    error[0] = '\0';
    return sim_scenario_parse(&scenario, "x.yaml", text, strlen(text), error, sizeof error);
}

/* Those of whole sites are another format, sim/site_config.h. */
static bool is_site(const char *name)
{
    static const char *const sites[] = {"home-year.yaml", "industry-year.yaml", "bad-grid.yaml"};
    for (size_t k = 0; k < sizeof sites / sizeof sites[0]; k++) {
        if (strcmp(sites[k], name) == 0) {
            return true;
        }
    }
    return false;
}

static void test_shipped_files(void **state)
{
    (void)state;
    DIR *folder = opendir(WH_SOURCE_DIR "/scenarios");
    assert_non_null(folder);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strstr(entry->d_name, ".yaml") == NULL || is_site(entry->d_name)) {
            continue;
        }
        char path[1024];
        snprintf(path, sizeof path, "%s/scenarios/%s", WH_SOURCE_DIR, entry->d_name);
        if (sim_scenario_load(&scenario, path, error, sizeof error) != WH_OK) {
            fail_msg("%s", error);
        }
        count++;
    }
    closedir(folder);
    assert_true(count >= 3);
}

/* The first YAML block of docs/scenarios.md is the full example. */
static void test_example_in_the_manual(void **state)
{
    (void)state;
    FILE *file = fopen(WH_SOURCE_DIR "/docs/scenarios.md", "r");
    assert_non_null(file);
    static char manual[65536];
    manual[fread(manual, 1, sizeof manual - 1, file)] = '\0';
    fclose(file);
    const char *from = strstr(manual, "```yaml\n");
    assert_non_null(from);
    from += strlen("```yaml\n");
    const char *to = strstr(from, "```");
    assert_non_null(to);
    if (sim_scenario_parse(&scenario, "example", from, (size_t)(to - from), error, sizeof error) !=
        WH_OK) {
        fail_msg("%s", error);
    }
    assert_true(scenario.load_count > 0 && scenario.event_count > 0);
}

/* The manual's table of appliances lists every kind there is. */
static void test_kinds_in_the_manual(void **state)
{
    (void)state;
    FILE *file = fopen(WH_SOURCE_DIR "/docs/scenarios.md", "r");
    assert_non_null(file);
    static char manual[65536];
    manual[fread(manual, 1, sizeof manual - 1, file)] = '\0';
    fclose(file);
    for (unsigned k = 0; k < sim_appliance_count; k++) {
        char row[64];
        snprintf(row, sizeof row, "| `%s` | %g |", sim_appliances[k].kind,
                 sim_appliances[k].rated_w);
        if (strstr(manual, row) == NULL) {
            fail_msg("docs/scenarios.md has no row '%s'", row);
        }
    }
}

static void test_everything_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse("seed: 42\n"
                           "start: \"07:30:15\"\n"
                           "mains:\n"
                           "  voltage_v: 127\n"
                           "  frequency_hz: 60\n"
                           "  drift_v: 0\n"
                           "  step_v: 0.5\n"
                           "  frequency_wander_mhz: 10\n"
                           "  impedance_ohm: 0.25\n"
                           "  reversed: yes\n"
                           "  unbalance: [{phase: 3, percent: -2.5, angle_deg: 1}]\n"
                           "  harmonics: [{order: 5, percent: 3, angle_deg: 45}]\n"
                           "loads:\n"
                           "  - name: Öl cooler\n"
                           "    kind: refrigerator\n"
                           "    phase: 2\n"
                           "    power_w: 99\n"
                           "    schedule: [{at: 07:00, on: on}, {at: 08:00, on: off}]\n"
                           "    cycle: {first_s: 1, on_s: 2, off_s: 3}\n"
                           "events:\n"
                           "  - {at_s: 9, do: switch, load: Öl cooler, on: off}\n"
                           "  - {at_s: 1.5, do: voltage, phase: 3, value: 90}\n"),
                     WH_OK);
    assert_int_equal(scenario.seed, 42);
    assert_true(scenario.start_s == 7 * 3600 + 30 * 60 + 15);
    assert_true(scenario.mains.voltage_v == 127 && scenario.mains.frequency_hz == 60);
    assert_true(scenario.mains.drift_v == 0 && scenario.mains.step_v == 0.5);
    assert_true(scenario.mains.frequency_wander_mhz == 10 && scenario.mains.impedance_ohm == 0.25);
    assert_true(scenario.mains.reversed && scenario.mains.unbalance_percent[2] == -2.5);
    assert_true(scenario.mains.unbalance_deg[2] == 1 && scenario.mains.harmonic_count == 1);
    assert_int_equal(scenario.mains.harmonics[0].order, 5);
    const struct sim_load_config *load = &scenario.loads[0];
    assert_string_equal(load->name, "Öl cooler");
    assert_string_equal(load->appliance->kind, "refrigerator");
    assert_int_equal(load->phases, 2);
    assert_true(load->power_w == 99 && load->on && load->edge_count == 2);
    assert_true(load->edges[1].at_s == 8 * 3600 && !load->edges[1].on);
    assert_true(load->cycle_first_s == 1 && load->cycle_on_s == 2 && load->cycle_off_s == 3);
    assert_int_equal(scenario.event_count, 2); /* in order of time */
    assert_int_equal(scenario.events[0].action, SIM_ACTION_VOLTAGE);
    assert_true(scenario.events[0].phase == 2 && scenario.events[0].value == 90);
    assert_int_equal(scenario.events[1].action, SIM_ACTION_SWITCH);
    assert_true(scenario.events[1].load == 0 && !scenario.events[1].on);
}

static void test_what_is_absent_is_default(void **state)
{
    (void)state;
    assert_int_equal(parse("loads: [{name: a, kind: kettle, phase: 123}]\n"), WH_OK);
    assert_true(scenario.mains.voltage_v == 230 && scenario.mains.harmonic_count == 5);
    assert_true(scenario.loads[0].power_w == 2000 && !scenario.loads[0].on);
    assert_int_equal(scenario.loads[0].phases, 7);
    assert_int_equal(parse("mains: {harmonics: []}\n"), WH_OK);
    assert_int_equal(scenario.mains.harmonic_count, 0);
}

static const struct {
    const char *text;
    enum wh_err err;
    const char *line; /* after "x.yaml: " */
} wrong[] = {
    /* not YAML, or not plain enough */
    {"", WH_ERR_FORMAT, "line 1: the scenario is empty"},
    {"seed: 1\nmains: [1", WH_ERR_FORMAT, "line 3: did not find expected ',' or ']'"},
    {"mains:\n\tx: 1\n", WH_ERR_FORMAT, "line 2: found character that cannot start any token"},
    {"seed: 1\n\n---\nseed: 2\n", WH_ERR_FORMAT, "line 3: a second document in one file"},
    {"seed: 1\nstart: *x\n", WH_ERR_FORMAT, "line 2: aliases are not supported"},
    {"loads:\n  - {name: \"a\\0b\"}\n", WH_ERR_FORMAT, "line 2: a zero byte in a word"},
    {"seed: [[[[[[[[[[[[[[[[[[[[1", WH_ERR_FORMAT, "line 1: nested too deep"},
    /* keys and types */
    {"seed: 1\nsede: 2\n", WH_ERR_FORMAT, "line 2: Unexpected key: sede"},
    {"seed: 1\nseed: 2\n", WH_ERR_FORMAT, "line 2: Mapping field already seen: seed"},
    {"- 1\n", WH_ERR_FORMAT, "line 1: Expecting MAPPING, got event: SEQUENCE_START"},
    {"mains:\n  voltage_v: [230]\n", WH_ERR_FORMAT,
     "line 2: Expecting STRING, got event: SEQUENCE_START in voltage_v"},
    {"loads:\n  - {name: a, kind: tv}\n", WH_ERR_FORMAT,
     "line 2: Missing required mapping field: phase"},
    {"mains:\n  reversed: maybe\n", WH_ERR_FORMAT, "line 2: Invalid ENUM value: maybe in reversed"},
    {"loads:\n  - {name: 12345678901234567890123456789012, kind: tv, phase: 1}\n", WH_ERR_FORMAT,
     "line 2: STRING length > 31: 12345678901234567890123456789012 in name"},
    {"mains:\n  unbalance:\n  - {phase: 1}\n  - {phase: 1}\n  - {phase: 1}\n  - {phase: 1}\n",
     WH_ERR_FORMAT, "line 6: Excessive entries (3 max) in sequence."},
    /* values */
    {"seed: x\n", WH_ERR_ARGUMENT, "line 1: seed is 'x', which is no number"},
    {"seed: 1.5\n", WH_ERR_ARGUMENT, "line 1: seed is 1.5, must be a whole number"},
    {"start: 24:00\n", WH_ERR_ARGUMENT, "line 1: '24:00' is no time of day, write \"07:30\""},
    {"start: +7:30\n", WH_ERR_ARGUMENT, "line 1: '+7:30' is no time of day, write \"07:30\""},
    {"start: 7:3:\n", WH_ERR_FORMAT, "line 1: mapping values are not allowed in this context"},
    {"mains:\n  voltage_v: 230 V\n", WH_ERR_ARGUMENT,
     "line 2: voltage_v is '230 V', which is no number"},
    {"seed: \"1\\n2\"\n", WH_ERR_ARGUMENT, "line 1: seed is '1?2', which is no number"},
    {"mains:\n  voltage_v: 461\n", WH_ERR_ARGUMENT, "line 2: voltage_v is 461, must be 10 to 460"},
    {"mains:\n  step_v: nan\n", WH_ERR_ARGUMENT, "line 2: step_v is nan, must be 0 to 10"},
    {"mains:\n  unbalance:\n  - percent: 1\n    phase: 4\n", WH_ERR_ARGUMENT,
     "line 4: phase is '4', must be 1, 2 or 3"},
    {"mains:\n  harmonics:\n  - {order: 51, percent: 1}\n", WH_ERR_ARGUMENT,
     "line 3: order is 51, must be 2 to 50"},
    {"mains:\n  harmonics:\n  - {order: 5.5, percent: 1}\n", WH_ERR_ARGUMENT,
     "line 3: order is 5.5, must be a whole number"},
    {"loads:\n  - name: a\n    kind: toaster\n    phase: 1\n", WH_ERR_ARGUMENT,
     "line 3: no appliance is of kind 'toaster'"},
    {"loads:\n  - name: a\n    kind: tv\n    phase: 12\n", WH_ERR_ARGUMENT,
     "line 4: phase is '12', must be 1, 2, 3 or 123"},
    {"loads:\n  - {name: a, kind: tv, phase: 1}\n  - {name: a, kind: tv, phase: 1}\n",
     WH_ERR_ARGUMENT, "line 3: there is already a load named 'a'"},
    {"loads:\n  - {name: \"a\\tb\", kind: tv, phase: 1}\n", WH_ERR_ARGUMENT,
     "line 2: a name has no control characters"},
    {"loads:\n  - {name: a, kind: tv, phase: 1, power_w: -5}\n", WH_ERR_ARGUMENT,
     "line 2: power_w is -5, must be 0.1 to 100000"},
    {"loads:\n  - {name: a, kind: tv, phase: 1,\n     cycle: {on_s: 0, off_s: 1}}\n",
     WH_ERR_ARGUMENT, "line 3: on_s is 0, must be 0.1 to 604800"},
    {"loads:\n  - name: a\n    kind: tv\n    phase: 1\n    schedule:\n    - {at: noon, on: on}\n",
     WH_ERR_ARGUMENT, "line 6: 'noon' is no time of day, write \"07:30\""},
    {"events:\n  - {at_s: 1, do: dance}\n", WH_ERR_ARGUMENT,
     "line 2: nothing is called 'dance' to do"},
    {"events:\n  - {at_s: 1, do: voltage, value: 3}\n", WH_ERR_ARGUMENT,
     "line 2: 'voltage' needs 'phase'"},
    {"events:\n  - at_s: 1\n    do: power\n    on: on\n    value: 3\n", WH_ERR_ARGUMENT,
     "line 5: 'power' does not take 'value'"},
    {"events:\n  - {at_s: -1, do: power, on: on}\n", WH_ERR_ARGUMENT,
     "line 2: at_s is -1, must be 0 to 31622400"},
    {"events:\n  - {at_s: 1, do: frequency, value: 400}\n", WH_ERR_ARGUMENT,
     "line 2: value is 400, must be 40 to 70"},
    {"events:\n  - {at_s: 1, do: switch, load: x, on: on}\n", WH_ERR_ARGUMENT,
     "line 2: no load is named 'x'"},
};

static void test_wrong_files_have_one_line(void **state)
{
    (void)state;
    static struct sim_scenario untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        memset(&scenario, 0x5a, sizeof scenario);
        char expected[SIM_SCENARIO_ERROR_SIZE];
        snprintf(expected, sizeof expected, "x.yaml: %s", wrong[k].line);
        const enum wh_err err = parse(wrong[k].text);
        assert_string_equal(error, expected);
        assert_int_equal(err, wrong[k].err);
        assert_memory_equal(&scenario, &untouched, sizeof scenario);
    }
}

static void append_many(char *text, const char *head, const char *format, int count)
{
    size_t length = (size_t)sprintf(text, "%s", head);
    for (int n = 0; n < count; n++) {
        length += (size_t)sprintf(text + length, format, n);
    }
}

static void test_counts_are_limited(void **state)
{
    (void)state;
    char *text = malloc(200000);
    append_many(text, "loads:\n", "  - {name: n%d, kind: tv, phase: 1}\n", 64);
    assert_int_equal(parse(text), WH_OK);
    append_many(text, "loads:\n", "  - {name: n%d, kind: tv, phase: 1}\n", 65);
    assert_int_equal(parse(text), WH_ERR_FORMAT);
    assert_string_equal(error, "x.yaml: line 66: Excessive entries (64 max) in sequence.");
    append_many(text, "events:\n", "  - {at_s: %d, do: power, on: on}\n", 1024);
    assert_int_equal(parse(text), WH_OK);
    append_many(text, "events:\n", "  - {at_s: %d, do: power, on: on}\n", 1025);
    assert_int_equal(parse(text), WH_ERR_FORMAT);
    free(text);
}

static void test_size_is_limited(void **state)
{
    (void)state;
    const size_t length = SIM_SCENARIO_SIZE_MAX + 1;
    char *text = malloc(length);
    memset(text, ' ', length);
    assert_int_equal(sim_scenario_parse(&scenario, "x", text, length, error, sizeof error),
                     WH_ERR_SPACE);
    assert_string_equal(error, "x: line 1: longer than 262144 bytes");
    free(text);
}

static void test_files_that_cannot_be_read(void **state)
{
    (void)state;
    assert_int_equal(sim_scenario_load(&scenario, "/nowhere/x.yaml", error, sizeof error),
                     WH_ERR_IO);
    assert_string_equal(error, "/nowhere/x.yaml: line 1: No such file or directory");
    assert_int_equal(sim_scenario_load(&scenario, "/", error, sizeof error), WH_ERR_IO);
    assert_string_equal(error, "/: line 1: Is a directory");
}

static void test_built_in_is_the_shipped_home(void **state)
{
    (void)state;
    static struct sim_scenario shipped;
    assert_int_equal(
        sim_scenario_load(&shipped, WH_SOURCE_DIR "/scenarios/home.yaml", error, sizeof error),
        WH_OK);
    sim_scenario_default(&scenario);
    assert_memory_equal(&scenario, &shipped, sizeof shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_files),
        cmocka_unit_test(test_example_in_the_manual),
        cmocka_unit_test(test_kinds_in_the_manual),
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_what_is_absent_is_default),
        cmocka_unit_test(test_wrong_files_have_one_line),
        cmocka_unit_test(test_counts_are_limited),
        cmocka_unit_test(test_size_is_limited),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_built_in_is_the_shipped_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
