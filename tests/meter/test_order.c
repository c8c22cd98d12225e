/* Meters by ordering codes (VAR-7, VAR-9 to VAR-15): what the factory programs is what the codes say, and lasts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "meter/order.h"
#include "ports/linux/board_memory.h"

/* A set of codes, parsed as their texts. */
static struct wh_code_set parse(const char *const *texts, size_t count)
{
    struct wh_code_set set = {0};
    struct wh_code_fault fault;
    for (size_t t = 0; t < count; t++) {
        enum wh_code_kind kind;
        const char *start;
        struct wh_code code;
        assert_int_equal(wh_code_recognise(texts[t], &kind, &start, &fault), WH_OK);
        assert_int_equal(wh_code_parse(&code, kind, start, &fault), WH_OK);
        wh_code_set_add(&set, &code);
    }
    assert_int_equal(wh_code_check(&set, &fault), WH_OK);
    return set;
}

struct made {
    struct board_memory memory;
    struct wh_meter meter;
};

/* Makes the meter and starts it twice, so that what is looked at came from its memories. */
static void make(struct made *made, const char *const *texts, size_t count)
{
    const struct wh_code_set set = parse(texts, count);
    const struct wh_variant *variant = wh_variant_find("351C");
    struct wh_config config = wh_config_default(variant);
    struct wh_order order = {
        .variant = variant, .serial_number = 1, .meter_number = 2, .config = &config};
    struct wh_config_fault fault;
    struct wh_meter_start_report found;
    assert_int_equal(board_memory_open(&made->memory), WH_OK);
    assert_int_equal(wh_order_apply_codes(&set, variant, &order, &config), WH_OK);
    assert_int_equal(wh_meter_manufacture(&made->memory.board, &order, &fault), WH_OK);
    for (int start = 0; start < 2; start++) {
        assert_int_equal(wh_meter_start(&made->meter, &made->memory.board, &found), WH_OK);
    }
    assert_false(found.application.config_default);
}

/* VAR-9 to VAR-13, VAR-15: every field that the meter acts on. */
static void test_all_codes(void **state)
{
    (void)state;
    static const char *const texts[] = {"685-351C453010", "config1=3-2-064-03",
                                        "config2=2-123-15-13-4", "config3=00-0-04-0-02-001-001-01",
                                        "config5=319-040-2-2"};
    static struct made made;
    make(&made, texts, sizeof texts / sizeof texts[0]);
    const struct wh_config *c = &made.meter.application.config;
    assert_int_equal(c->energy_type, WH_ENERGY_TYPE_FOUR_QUADRANTS);
    assert_int_equal(c->energy_decimals, 2);
    assert_int_equal(c->led_when_idle, 1);
    assert_true(wh_meter_led(&made.meter)); /* there is no load */
    assert_int_equal(c->module_code, 64);
    assert_int_equal(c->module_io_code, 3);
    assert_int_equal(c->alarm_input, WH_ALARM_NORMAL);
    assert_int_equal(c->integration_min, 15);
    assert_int_equal(c->debiting_day, 15);
    assert_int_equal(c->debiting_interval, 13); /* yearly, in January */
    assert_int_equal(c->pulse_ms, 80);
    assert_int_equal(c->zone_min, 240);
    assert_int_equal(c->daylight, WH_DAYLIGHT_EUROPEAN);
    assert_int_equal(c->module_pulse_side, WH_SIDE_PRIMARY);
    assert_int_equal(c->pulse_unit, WH_PULSE_UNIT_M3);
    assert_int_equal(c->tariff_source, WH_TARIFF_BY_PLAN);
    assert_int_equal(c->profile_side, WH_SIDE_PRIMARY);
    assert_int_equal(c->radio_code, 319);
    assert_int_equal(c->debiting_2_interval, WH_DEBITING_2_WEEKLY);
    assert_int_equal(c->display_side, WH_SIDE_PRIMARY);
    assert_int_equal(wh_legal_ratio(&made.meter.legal), 40);
    assert_true(wh_legal_ratio_is_locked(&made.meter.legal));
    assert_int_equal(c->code[0], 3206403);
    assert_int_equal(c->code[1], 212315134);
    assert_int_equal(c->code[2], 100101);
    assert_int_equal(c->code[4], 31904022);
    board_memory_close(&made.memory);
}

/* VAR-7: a meter of A+ only has no reading of what it does not register, on display and in logs. */
static void test_energy_type_decides_what_there_is(void **state)
{
    (void)state;
    static const char *const texts[] = {"685-351C123010"};
    static struct made made;
    make(&made, texts, 1);
    const struct wh_config *c = &made.meter.application.config;
    uint8_t energies;
    assert_int_equal(c->energy_type, WH_ENERGY_TYPE_A_PLUS);
    assert_true(wh_config_has(c, WH_QUANTITY_A_PLUS));
    static const uint8_t absent[] = {
        WH_QUANTITY_A_MINUS,    WH_QUANTITY_R_PLUS,     WH_QUANTITY_R4,   WH_QUANTITY_R_MINUS_T2,
        WH_QUANTITY_Q_PLUS_MAX, WH_QUANTITY_S_PLUS_MAX, WH_QUANTITY_A_NET};
    for (size_t q = 0; q < sizeof absent; q++) {
        assert_false(wh_config_has(c, (enum wh_quantity_id)absent[q]));
        assert_null(memchr(c->manual_list, absent[q], sizeof c->manual_list));
        assert_null(memchr(c->automatic_list, absent[q], sizeof c->automatic_list));
        assert_null(memchr(c->logger, absent[q], sizeof c->logger));
    }
    (void)wh_profile_energies((enum wh_energy_type)c->energy_type, &energies);
    assert_int_equal(energies, 1);
    assert_false(wh_meter_led(&made.meter)); /* dark when idle, as the factory has it */
    board_memory_close(&made.memory);
}

/* VAR-13, VAR-14: a lock that is ordered holds, with any ratio and from the first start on. */
static void test_an_ordered_lock_holds(void **state)
{
    (void)state;
    static const uint16_t ratios[] = {0, 1, 600};
    for (size_t r = 0; r < sizeof ratios / sizeof ratios[0]; r++) {
        static struct made made;
        struct wh_meter_start_report found;
        const struct wh_order order = {.variant = wh_variant_find("351C"),
                                       .serial_number = 1,
                                       .meter_number = 2,
                                       .ratio = ratios[r],
                                       .ratio_locked = true};
        assert_int_equal(board_memory_open(&made.memory), WH_OK);
        assert_int_equal(wh_meter_manufacture(&made.memory.board, &order, NULL), WH_OK);
        assert_int_equal(wh_meter_start(&made.meter, &made.memory.board, &found), WH_OK);
        assert_true(wh_legal_ratio_is_locked(&made.meter.legal));
        assert_int_equal(wh_legal_ratio(&made.meter.legal), ratios[r] > 1 ? ratios[r] : 1);
        assert_int_equal(wh_meter_input(&made.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
        assert_int_equal(wh_application_set_ratio(&made.meter.application, &made.meter.legal, 20,
                                                  WH_ORIGIN_MODULE),
                         WH_ERR_SEALED);
        board_memory_close(&made.memory);
    }
}

/* A ratio that does not exist, or a model without one, is refused before anything is erased. */
static void test_an_impossible_ratio(void **state)
{
    (void)state;
    static struct board_memory memory;
    struct wh_meter_start_report found;
    static struct wh_meter meter;
    struct wh_order order = {
        .variant = wh_variant_find("351C"), .serial_number = 1, .meter_number = 2};
    assert_int_equal(board_memory_open(&memory), WH_OK);
    assert_int_equal(wh_meter_manufacture(&memory.board, &order, NULL), WH_OK);
    order.ratio = WH_RATIO_HIGHEST + 1;
    assert_int_equal(wh_meter_manufacture(&memory.board, &order, NULL), WH_ERR_ARGUMENT);
    order = (struct wh_order){.variant = wh_variant_find("382M"), .ratio = 20};
    assert_int_equal(wh_meter_manufacture(&memory.board, &order, NULL), WH_ERR_ARGUMENT);
    order = (struct wh_order){.variant = wh_variant_find("382M"), .ratio_locked = true};
    assert_int_equal(wh_meter_manufacture(&memory.board, &order, NULL), WH_ERR_ARGUMENT);
    assert_int_equal(wh_meter_start(&meter, &memory.board, &found), WH_OK);
    assert_string_equal(meter.variant->model, "351C");
    board_memory_close(&memory);
}

static void test_codes_of_another_model(void **state)
{
    (void)state;
    static const char *const texts[] = {"382LxB"};
    const struct wh_code_set set = parse(texts, 1);
    const struct wh_variant *variant = wh_variant_find("351C");
    struct wh_config config = wh_config_default(variant);
    const struct wh_config before = config;
    struct wh_order order = {.variant = variant};
    assert_int_equal(wh_order_apply_codes(&set, variant, &order, &config), WH_ERR_ARGUMENT);
    assert_memory_equal(&config, &before, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_codes),
        cmocka_unit_test(test_energy_type_decides_what_there_is),
        cmocka_unit_test(test_an_ordered_lock_holds),
        cmocka_unit_test(test_an_impossible_ratio),
        cmocka_unit_test(test_codes_of_another_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
