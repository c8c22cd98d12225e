/* Site files: all that are shipped are read, the manual agrees with the table of keys, and each
 * way to get one wrong has its one line. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "site_life.h"

static struct sim_site_config config;
static char error[SIM_SITE_ERROR_SIZE];

static enum wh_err parse(const char *text)
{
    error[0] = '\0';
    return sim_site_parse(&config, "x.yaml", text, strlen(text), error, sizeof error);
}

static void test_shipped_files(void **state)
{
    (void)state;
    static const char *const files[] = {"home-year.yaml", "industry-year.yaml", "bad-grid.yaml"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        read_shipped(&config, files[k]);
        assert_true(config.load_count > 0 && config.event_count > 0);
    }
}

static void test_everything_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("site: industry\n"
              "seed: 4000000000\n"
              "start: \"2024-02-29 23:59:58\"\n"
              "latitude_deg: -33.9\n"
              "longitude_deg: 18.4\n"
              "zone_min: 120\n"
              "daylight: none\n"
              "weather: {mean_c: 17, season_c: 5, day_c: 7, front_c: 2, cloud: 0.3}\n"
              "meter: {transformer_a: 250, indoor: yes}\n"
              "grid:\n"
              "  voltage_v: 231\n"
              "  impedance_ohm: 0.3\n"
              "  outage_longest_s: 1e6\n"
              "household: {residents: 2}\n"
              "work: {from: \"22:00\", to: \"06:30\", days: 7}\n"
              "pv: {kwp: 10, inverter_kw: 8, tilt_deg: 20, azimuth_deg: -90, phase: 2}\n"
              "ev: {power_w: 3700, kwh_per_day: 6, phase: 1}\n"
              "pulse_input: {per_day: 12}\n"
              "loads:\n"
              "  - {kind: press, phase: 123}\n"
              "  - {kind: compensation, phase: 3, power_w: 5000}\n"
              "outages:\n"
              "  - {at: \"2024-05-01 00:00:00\", duration_s: 60, phase: 13}\n"
              "  - {at: \"2024-03-01 00:00:00\", duration_s: 30}\n"
              "events:\n"
              "  - {at: \"2024-03-02 00:00:01\", do: magnet, on: true}\n"
              "  - {at: \"2024-03-02 00:00:00\", do: tariff, value: 4}\n"),
        WH_OK);
    assert_int_equal(config.type, SIM_SITE_INDUSTRY);
    assert_true(config.seed == 4000000000.0);
    assert_int_equal(config.start_s, 762566398); /* date -d … +%s, less that of 2000-01-01 */
    assert_true(config.weather.latitude_deg == -33.9 && config.weather.longitude_deg == 18.4);
    assert_true(config.zone_min == 120 && config.daylight == SIM_SITE_DAYLIGHT_NONE);
    assert_true(config.weather.mean_c == 17 && config.weather.cloud == 0.3);
    assert_true(config.meter.transformer_a == 250 && config.meter.indoor);
    assert_true(config.grid.voltage_v == 231 && config.grid.drift_v == 0.8);
    assert_true(config.grid.outage_longest_s == 1e6);
    assert_true(config.household.residents == 2);
    assert_true(config.work.from_s == 22 * 3600 && config.work.to_s == 6.5 * 3600);
    assert_true(config.work.days == 7 && config.pv.inverter_kw == 8 && config.pv.phases == 2);
    assert_true(config.ev.power_w == 3700 && config.ev.phases == 1);
    assert_true(config.pulse_input.per_day == 12);
    assert_int_equal(config.load_count, 2);
    assert_int_equal(config.loads[0].kind, SIM_SITE_LOAD_PRESS);
    assert_int_equal(config.loads[0].phases, SIM_SITE_ALL_PHASES);
    assert_true(config.loads[1].power_w == 5000 && config.loads[1].phases == 4);
    assert_int_equal(config.outage_count, 2); /* in order of time */
    assert_true(config.outages[0].duration_s == 30 && config.outages[1].phases == 5);
    assert_int_equal(config.outages[0].phases, SIM_SITE_ALL_PHASES);
    assert_int_equal(config.event_count, 2);
    assert_true(config.events[0].action == SIM_SITE_TARIFF && config.events[0].value == 4);
    assert_true(config.events[1].action == SIM_SITE_MAGNET && config.events[1].on);
}

static void test_what_is_absent_is_default(void **state)
{
    (void)state;
    static struct sim_site_config expected;
    sim_site_config_default(&expected);
    assert_int_equal(sim_site_config_check(&expected), WH_OK);
    assert_int_equal(parse("site: home\n"), WH_OK);
    assert_memory_equal(&config, &expected, sizeof expected);
    assert_true(expected.weather.latitude_deg == 56 && expected.grid.voltage_v == 230);
    assert_int_equal(expected.start_s, 9132 * DAY_S);
}

#define EVENT "site: home\nevents:\n  - {at: \"2025-01-01 00:00:00\", do: "

static const struct {
    const char *text;
    enum wh_err err;
    const char *line; /* after "x.yaml: " */
} wrong[] = {
    /* not YAML, or not plain enough */
    {"", WH_ERR_FORMAT, "line 1: the site is empty"},
    {"site: home\nloads: [1", WH_ERR_FORMAT, "line 3: did not find expected ',' or ']'"},
    {"site: home\n---\nsite: home\n", WH_ERR_FORMAT, "line 2: a second document in one file"},
    {"site: &a home\nseed: *a\n", WH_ERR_FORMAT, "line 2: aliases are not supported"},
    {"site: \"a\\0b\"\n", WH_ERR_FORMAT, "line 1: a zero byte in a word"},
    /* keys and structure */
    {"- 1\n", WH_ERR_FORMAT, "line 1: a site must hold keys with values"},
    {"seed: 1\n", WH_ERR_FORMAT, "line 1: site is missing"},
    {"site: home\nsede: 2\n", WH_ERR_FORMAT, "line 2: a site has no key 'sede'"},
    {"site: home\n[1, 2]: 2\n", WH_ERR_FORMAT, "line 2: a site has no key ''"},
    {"site: home\n\"\": 2\n", WH_ERR_FORMAT, "line 2: a site has no key ''"},
    {"site: home\nsite: home\n", WH_ERR_FORMAT, "line 2: site is given twice"},
    {"site: home\npv: {kwp: 1}\nseed: 1\npv: {kwp: 1}\n", WH_ERR_FORMAT,
     "line 4: pv is given twice"},
    {"site: home\ngrid:\n  voltage_v: 230\n  voltage_v: 230\n", WH_ERR_FORMAT,
     "line 4: voltage_v is given twice"},
    {"site: home\ngrid:\n  volts: 230\n", WH_ERR_FORMAT, "line 3: grid has no key 'volts'"},
    {"site: home\ngrid: 5\n", WH_ERR_FORMAT, "line 2: grid must hold keys with values"},
    {"site: home\nseed: [1]\n", WH_ERR_FORMAT, "line 2: seed must be a single value"},
    {"site: home\nloads: {kind: tv}\n", WH_ERR_FORMAT, "line 2: loads must be a list"},
    {"site: home\nloads:\n  - kind: tv\n", WH_ERR_FORMAT, "line 3: phase is missing"},
    {"site: home\nloads:\n  - tv\n", WH_ERR_FORMAT, "line 3: loads must hold keys with values"},
    /* values */
    {"site: house\n", WH_ERR_ARGUMENT, "line 1: site is 'house', must be home or industry"},
    {"site: home\nseed: x\n", WH_ERR_ARGUMENT, "line 2: seed is 'x', which is no number"},
    {"site: home\nseed: \"\"\n", WH_ERR_ARGUMENT, "line 2: seed is '', which is no number"},
    {"site: home\nseed: 1.5\n", WH_ERR_ARGUMENT, "line 2: seed is '1.5', must be a whole number"},
    {"site: home\nseed: \"1\\n2\"\n", WH_ERR_ARGUMENT, "line 2: seed is '1?2', which is no number"},
    {"site: home\ngrid:\n  voltage_v: nan\n", WH_ERR_ARGUMENT,
     "line 3: voltage_v is 'nan', must be 100 to 300"},
    {"site: home\ngrid:\n  voltage_v: 230 V\n", WH_ERR_ARGUMENT,
     "line 3: voltage_v is '230 V', which is no number"},
    {"site: home\nstart: 2025-01-01\n", WH_ERR_ARGUMENT,
     "line 2: start is '2025-01-01', must be as \"2025-01-31 07:30:00\""},
    {"site: home\nstart: \"2025-02-29 00:00:00\"\n", WH_ERR_ARGUMENT,
     "line 2: start is '2025-02-29 00:00:00', which is no date and time"},
    {"site: home\nstart: \"2025-01-01 24:00:00\"\n", WH_ERR_ARGUMENT,
     "line 2: start is '2025-01-01 24:00:00', which is no date and time"},
    {"site: home\nstart: \"1999-12-31 23:59:59\"\n", WH_ERR_ARGUMENT,
     "line 2: start is '1999-12-31 23:59:59', must be in the years 2000 to 2099"},
    {"site: home\nwork: {from: \"24:00\"}\n", WH_ERR_ARGUMENT,
     "line 2: from is '24:00', must be a time of day, as \"07:30\""},
    {"site: home\nmeter: {indoor: maybe}\n", WH_ERR_ARGUMENT,
     "line 2: indoor is 'maybe', must be on or off"},
    {"site: home\nloads:\n  - {kind: toaster, phase: 1}\n", WH_ERR_ARGUMENT,
     "line 3: kind is 'toaster', see docs/simulation.md for what there is"},
    {"site: home\nloads:\n  - {kind: tv, phase: 13}\n", WH_ERR_ARGUMENT,
     "line 3: phase is '13', must be 1, 2, 3 or 123"},
    {"site: home\noutages:\n  - {at: \"2025-01-01 00:00:00\", duration_s: 5, phase: 31}\n",
     WH_ERR_ARGUMENT, "line 3: phase is '31', must be 1, 2, 3, 12, 13, 23 or 123"},
    {"site: home\ngrid: {outage_shortest_s: 20000}\n", WH_ERR_ARGUMENT,
     "line 1: grid: outage_shortest_s is above outage_longest_s"},
    {"site: home\nloads:\n  - {kind: heater, phase: 1, power_w: 100000}\n", WH_ERR_ARGUMENT,
     "line 1: all that is connected to L1 is 435 A at the meter, more than 400 A"},
    {EVENT "dance}\n", WH_ERR_ARGUMENT,
     "line 3: do is 'dance', see docs/simulation.md for what there is"},
    {EVENT "tariff}\n", WH_ERR_ARGUMENT, "line 3: 'tariff' needs 'value'"},
    {EVENT "cover, value: 1, on: on}\n", WH_ERR_ARGUMENT, "line 3: 'cover' does not take 'value'"},
    {EVENT "seal}\n", WH_ERR_ARGUMENT, "line 3: 'seal' needs 'on'"},
    {EVENT "tariff, value: 5}\n", WH_ERR_ARGUMENT,
     "line 3: value of 'tariff' is 5, must be a whole number, 0 to 4"},
    {EVENT "clock-shift, value: 0.5}\n", WH_ERR_ARGUMENT,
     "line 3: value of 'clock-shift' is 0.5, must be a whole number, -1000000 to 1000000"},
    {EVENT "debiting-stop}\n  - {at: \"2025-01-01 00:00:00\", do: debiting-stop}\n",
     WH_ERR_ARGUMENT, "line 4: there is already a 'debiting-stop' at that time"},
};

static void test_wrong_files_have_one_line(void **state)
{
    (void)state;
    static struct sim_site_config untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        memset(&config, 0x5a, sizeof config);
        char expected[SIM_SITE_ERROR_SIZE];
        snprintf(expected, sizeof expected, "x.yaml: %s", wrong[k].line);
        const enum wh_err err = parse(wrong[k].text);
        assert_string_equal(error, expected);
        assert_int_equal(err, wrong[k].err);
        assert_memory_equal(&config, &untouched, sizeof config);
    }
}

static void append_many(char *text, const char *head, const char *entry, unsigned count)
{
    size_t length = (size_t)sprintf(text, "site: home\n%s:\n", head);
    for (unsigned n = 0; n < count; n++) {
        length += (size_t)sprintf(text + length, entry, n / 60, n % 60);
    }
}

static void test_lists_are_limited(void **state)
{
    (void)state;
    static const struct {
        const char *list, *entry;
        unsigned max;
    } lists[] = {
        {"loads", "  - {kind: tv, phase: 1} # %u %u\n", SIM_SITE_LOADS_MAX},
        {"outages", "  - {at: \"2025-01-01 %02u:%02u:00\", duration_s: 1}\n", SIM_SITE_OUTAGES_MAX},
        {"events", "  - {at: \"2025-01-01 %02u:%02u:00\", do: debiting-stop}\n",
         SIM_SITE_EVENTS_MAX},
    };
    char *text = malloc(200000);
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        append_many(text, lists[k].list, lists[k].entry, lists[k].max);
        assert_int_equal(parse(text), WH_OK);
        append_many(text, lists[k].list, lists[k].entry, lists[k].max + 1);
        assert_int_equal(parse(text), WH_ERR_ARGUMENT);
        char expected[128];
        snprintf(expected, sizeof expected, "x.yaml: line %u: more than %u %s", lists[k].max + 3,
                 lists[k].max, lists[k].list);
        assert_string_equal(error, expected);
    }
    free(text);
}

static void test_files_that_cannot_be_read(void **state)
{
    (void)state;
    const size_t length = SIM_SITE_SIZE_MAX + 1;
    char *text = calloc(1, length);
    assert_int_equal(sim_site_parse(&config, "x", text, length, error, sizeof error), WH_ERR_SPACE);
    assert_string_equal(error, "x: line 1: longer than 262144 bytes");
    free(text);
    assert_int_equal(sim_site_load(&config, "/nowhere/x.yaml", error, sizeof error), WH_ERR_IO);
    assert_string_equal(error, "/nowhere/x.yaml: line 1: No such file or directory");
}

/* The row of a key as it must stand in docs/simulation.md. */
static void row_of(const struct sim_site_key *key, char *row, size_t size)
{
    char range[160] = "";
    switch (key->type) {
    case SIM_SITE_KEY_NUMBER:
    case SIM_SITE_KEY_WHOLE:
        snprintf(range, sizeof range, "%.10g … %.10g", key->low, key->high);
        break;
    case SIM_SITE_KEY_SWITCH:
        snprintf(range, sizeof range, "off, on");
        break;
    case SIM_SITE_KEY_WORD:
        snprintf(range, sizeof range, "%s, %s%s", key->words[0], key->words[1],
                 key->words[2] != NULL ? " …" : "");
        break;
    case SIM_SITE_KEY_TIME:
        snprintf(range, sizeof range, "2000 … 2099");
        break;
    case SIM_SITE_KEY_DAYTIME:
        snprintf(range, sizeof range, "00:00 … 23:59");
        break;
    case SIM_SITE_KEY_PHASES:
        snprintf(range, sizeof range,
                 strcmp(key->section, "outages") == 0 ? "any of 123" : "1, 2, 3, 123");
        break;
    }
    snprintf(row, size, "| `%s%s%s` | %s | %s | %s |", key->section,
             key->section[0] != '\0' ? "." : "", key->key, key->unit, range,
             key->fallback != NULL ? key->fallback : "needed");
}

static const char *read_manual(void)
{
    static char manual[65536];
    FILE *file = fopen(WH_SOURCE_DIR "/docs/simulation.md", "r");
    assert_non_null(file);
    manual[fread(manual, 1, sizeof manual - 1, file)] = '\0';
    fclose(file);
    return manual;
}

static unsigned count_rows(const char *manual)
{
    unsigned count = 0;
    for (const char *row = manual; (row = strstr(row, "\n| `")) != NULL; row++) {
        count++;
    }
    return count;
}

/* The manual has a row for each key, kind and action, with unit, range and default, and no others.
 */
static void test_manual_agrees_with_the_table(void **state)
{
    (void)state;
    const char *manual = read_manual();
    char row[256];
    unsigned missing = 0;
    for (size_t k = 0; k < sim_site_key_count; k++) {
        row_of(&sim_site_keys[k], row, sizeof row);
        if (strstr(manual, row) == NULL) {
            print_error("docs/simulation.md has no row %s\n", row);
            missing++;
        }
    }
    for (int k = 0; k < SIM_SITE_LOAD_KINDS; k++) {
        snprintf(row, sizeof row, "| `%s` | %.0f |", sim_site_load_names[k],
                 sim_site_load_rated_w(k));
        if (strstr(manual, row) == NULL) {
            print_error("docs/simulation.md has no row %s\n", row);
            missing++;
        }
    }
    for (int k = 0; k < SIM_SITE_ACTIONS; k++) {
        snprintf(row, sizeof row, "\n| `%s` |", sim_site_action_names[k]);
        if (strstr(manual, row) == NULL) {
            print_error("docs/simulation.md has no row of %s\n", sim_site_action_names[k]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
    assert_int_equal(count_rows(manual), sim_site_key_count + SIM_SITE_LOAD_KINDS +
                                             SIM_SITE_ACTIONS + 3); /* and the shipped files */
}

/* The first YAML block of the manual is a full example. */
static void test_example_in_the_manual(void **state)
{
    (void)state;
    const char *from = strstr(read_manual(), "```yaml\n");
    assert_non_null(from);
    from += strlen("```yaml\n");
    const char *to = strstr(from, "```");
    assert_non_null(to);
    if (sim_site_parse(&config, "example", from, (size_t)(to - from), error, sizeof error) !=
        WH_OK) {
        fail_msg("%s", error);
    }
    assert_true(config.load_count > 0 && config.outage_count > 0 && config.event_count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_files),
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_what_is_absent_is_default),
        cmocka_unit_test(test_wrong_files_have_one_line),
        cmocka_unit_test(test_lists_are_limited),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_manual_agrees_with_the_table),
        cmocka_unit_test(test_example_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
