/* COM-2, TOOL-1. The table of interface classes: names are at their numbers, as 6-2 has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dlms/classes.h"

/* Rows rise, each is found by its number, and no list of attributes has a gap. */
static void test_rows(void **state)
{
    (void)state;
    const struct dlms_class *row;
    uint16_t before = 0;
    for (size_t i = 0; (row = dlms_class_at(i)) != NULL; i++) {
        bool is_ended = false;
        assert_true(row->id > before);
        assert_ptr_equal(dlms_class_find(row->id), row);
        assert_non_null(row->attribute[0]);
        for (int a = 0; a < DLMS_CLASS_ATTRIBUTES; a++) {
            is_ended = is_ended || row->attribute[a] == NULL;
            assert_true(!is_ended || row->attribute[a] == NULL);
        }
        before = row->id;
    }
}

/* The last attribute and method of classes of each kind, counted in the standard. */
static void test_known_numbers(void **state)
{
    (void)state;
    static const struct {
        uint16_t id;
        int attribute, method;
        const char *attribute_name, *method_name;
    } known[] = {
        {1, 2, 1, "value", NULL},
        {5, 9, 2, "number_of_periods", "next_period"},
        {7, 8, 2, "profile_entries", "capture"},
        {8, 9, 6, "clock_base", "shift_time"},
        {15, 11, 6, "current_user", "remove_user"},
        {18, 7, 4, "image_to_activate_info", "image_activate"},
        {20, 10, 1, "activate_passive_calendar_time", "activate_passive_calendar"},
        {23, 9, 1, "device_address", NULL},
        {40, 13, 2, "last_confirmation_date_time", "reset"},
        {64, 6, 8, "certificates", "remove_certificate"},
        {70, 4, 2, "control_mode", "remote_reconnect"},
        {71, 11, 1, "actions", NULL},
        {111, 19, 3, "max_provision_period", "reset_account"},
        {115, 6, 1, "token_status", "enter"},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const uint16_t id = known[k].id;
        assert_string_equal(dlms_class_attribute(id, 1), "logical_name");
        assert_string_equal(dlms_class_attribute(id, known[k].attribute), known[k].attribute_name);
        assert_null(dlms_class_attribute(id, known[k].attribute + 1));
        if (known[k].method_name == NULL) {
            assert_null(dlms_class_method(id, known[k].method));
        } else {
            assert_string_equal(dlms_class_method(id, known[k].method), known[k].method_name);
            assert_null(dlms_class_method(id, known[k].method + 1));
        }
    }
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    static const int beyond[] = {-128, -1, 0, 20, 31, 127};
    for (size_t b = 0; b < sizeof beyond / sizeof beyond[0]; b++) {
        assert_null(dlms_class_attribute(111, beyond[b]));
        assert_null(dlms_class_method(64, beyond[b]));
    }
    assert_null(dlms_class_find(0));
    assert_null(dlms_class_find(2));
    assert_null(dlms_class_find(UINT16_MAX));
    assert_null(dlms_class_attribute(2, 1));
    assert_null(dlms_class_method(2, 1));
    assert_null(dlms_class_at(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_known_numbers),
        cmocka_unit_test(test_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
