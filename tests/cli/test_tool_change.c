/* TOOL-1. The order of changes, on a meter that refuses a list of energies that it does not register:
 * what deletes a log is told, and comes last, unless others wait for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/tool_change.h"

enum { ALL_ENERGIES = 3 };

/* A meter of four parameters, of which special_1 is sealed; what it is asked to write is noted. */
static struct {
    int64_t energy_type, profile_min;
    struct tool_setting list;
    char written[256];
} peer;

static struct tool_changes changes;
static struct tool_failure failure;

static int64_t *number_of(const char *name)
{
    return strcmp(name, "energy_type") == 0 ? &peer.energy_type : &peer.profile_min;
}

static void note(const char *name, const char *end)
{
    const size_t used = strlen(peer.written);
    snprintf(peer.written + used, sizeof peer.written - used, "%s%s", name, end);
}

static bool read_number(struct tool_meter *meter, const struct tool_target *target,
                        struct tool_value *value, struct tool_failure *why)
{
    (void)meter;
    (void)why;
    *value = (struct tool_value){.kind = TOOL_NUMBER, .number = *number_of(target->name)};
    return true;
}

static bool write_number(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                         struct tool_failure *why)
{
    const bool is_energy_type = strcmp(item->name, "energy_type") == 0;
    (void)meter;
    if (strcmp(item->name, "special_1") == 0) {
        return tool_fail(why, TOOL_REFUSED, "sealed");
    }
    if (is_energy_type && number != ALL_ENERGIES && peer.list.length > 0) {
        return tool_fail(why, TOOL_REFUSED, "the list has others");
    }
    *number_of(item->name) = number;
    note(item->name, " ");
    return true;
}

static bool read_list(struct tool_meter *meter, const struct tool_item *item,
                      struct tool_setting *setting, struct tool_failure *why)
{
    (void)meter;
    (void)item;
    (void)why;
    *setting = peer.list;
    return true;
}

static bool write_list(struct tool_meter *meter, const struct tool_item *item,
                       const struct tool_setting *setting, struct tool_failure *why)
{
    (void)meter;
    if (setting->length > 0 && peer.energy_type != ALL_ENERGIES) {
        note(item->name, "(refused) ");
        return tool_fail(why, TOOL_REFUSED, "not registered");
    }
    peer.list = *setting;
    note(item->name, " ");
    return true;
}

static const struct tool_language language = {
    .read = read_number,
    .write = write_number,
    .read_octets = read_list,
    .write_octets = write_list,
};

static struct tool_meter meter = {.language = &language};

static int start(void **state)
{
    (void)state;
    memset(&peer, 0, sizeof peer);
    memset(&changes, 0, sizeof changes);
    return 0;
}

static void want(const char *name, const char *value)
{
    assert_true(tool_changes_add(&changes, "test", name, value, &failure));
}

static void test_what_others_wait_for_comes_before_what_is_last(void **state)
{
    (void)state;
    want("profile_min", "30");
    want("energy_type", "3");
    want("manual_list", "a_plus r_plus");
    assert_true(tool_changes_compare(&changes, &meter, &failure));
    assert_true(tool_changes_apply(&changes, &meter, &failure));
    assert_string_equal(peer.written, "manual_list(refused) energy_type manual_list profile_min ");
}

static void test_what_deletes_is_not_written_for_nothing(void **state)
{
    (void)state;
    want("profile_min", "30");
    want("manual_list", "a_plus r_plus");
    assert_true(tool_changes_compare(&changes, &meter, &failure));
    assert_false(tool_changes_apply(&changes, &meter, &failure));
    assert_string_equal(peer.written, "manual_list(refused) ");
    assert_null(strstr(failure.text, "deleted"));
}

static void test_a_log_that_is_lost_is_told(void **state)
{
    (void)state;
    want("energy_type", "1");
    want("manual_list", "a_plus r_plus");
    assert_true(tool_changes_compare(&changes, &meter, &failure));
    json_t *told = tool_changes_json(&changes);
    const json_t *last = json_array_get(told, 1);
    assert_string_equal(json_string_value(json_object_get(last, "name")), "energy_type");
    assert_string_equal(json_string_value(json_object_get(last, "deletes")), "load profile");
    json_decref(told);
    assert_false(tool_changes_apply(&changes, &meter, &failure));
    assert_int_equal(peer.energy_type, 0);
    assert_non_null(strstr(failure.text, "load profile is deleted"));
}

static void test_all_is_put_back_as_it_came(void **state)
{
    (void)state;
    want("energy_type", "3");
    want("manual_list", "a_plus r_plus");
    want("special_1", "1");
    assert_true(tool_changes_compare(&changes, &meter, &failure));
    assert_false(tool_changes_apply(&changes, &meter, &failure));
    assert_int_equal(peer.energy_type, 0);
    assert_int_equal(peer.list.length, 0);
    assert_null(strstr(failure.text, "stays changed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_others_wait_for_comes_before_what_is_last, start),
        cmocka_unit_test_setup(test_what_deletes_is_not_written_for_nothing, start),
        cmocka_unit_test_setup(test_a_log_that_is_lost_is_told, start),
        cmocka_unit_test_setup(test_all_is_put_back_as_it_came, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
