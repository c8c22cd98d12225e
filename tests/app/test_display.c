/* The three lists of the display and their timing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/display.h"
#include "tests/app/rig.h"
#include "tests/common/random.h"

enum {
    TICKS = 4096,
    CHANGE = 10 * TICKS,
    RETURN = 120 * TICKS,
    STEPS_MAX = 300000,
};

static struct wh_display new_display(void)
{
    struct wh_display display;
    wh_display_init(&display, 160000);
    return display;
}

/* DSP-3: the automatic list changes every 10 s to the sample, in steps of any length. */
static void test_automatic_list_changes_every_10_s(void **state)
{
    (void)state;
    static const uint32_t steps[] = {1,          7,      40,         819,       820,
                                     4095,       4096,   CHANGE - 1, CHANGE,    CHANGE + 1,
                                     2 * CHANGE, 100000, 1234567,    UINT32_MAX};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        struct wh_display display = new_display();
        for (uint64_t n = 1; n <= STEPS_MAX; n++) {
            wh_display_run(&display, steps[s]);
            const uint64_t changes = n * steps[s] / CHANGE;
            assert_int_equal(display.list, WH_LCD_LIST_AUTOMATIC);
            assert_int_equal(display.position, changes % display.automatic.count);
        }
    }
}

static void test_a_list_of_one_stays(void **state)
{
    (void)state;
    struct wh_display display = new_display();
    display.automatic.count = 1;
    wh_display_run(&display, UINT32_MAX);
    assert_int_equal(display.position, 0);
}

/* DSP-3: the left button leads into the manual list, through every reading of it and round. */
static void test_button_goes_through_the_manual_list(void **state)
{
    (void)state;
    struct wh_display display = new_display();
    wh_display_run(&display, 3 * CHANGE);
    for (int round = 0; round < 3; round++) {
        for (uint8_t position = 0; position < display.manual.count; position++) {
            wh_display_button(&display);
            assert_int_equal(display.list, WH_LCD_LIST_MANUAL);
            assert_int_equal(display.position, position);
            wh_display_run(&display, RETURN - 1); /* a reading stays as long as one looks */
            assert_int_equal(display.position, position);
        }
    }
}

/* DSP-4: back two minutes after the last press, to the sample; the time until then starts anew with
 * each press. */
static void test_back_after_two_minutes(void **state)
{
    (void)state;
    struct wh_display display = new_display();
    wh_display_button(&display);
    wh_display_run(&display, RETURN - 1);
    assert_int_equal(display.list, WH_LCD_LIST_MANUAL);
    wh_display_button(&display);
    wh_display_run(&display, RETURN - 1);
    assert_int_equal(display.list, WH_LCD_LIST_MANUAL);
    wh_display_run(&display, 1);
    assert_int_equal(display.list, WH_LCD_LIST_AUTOMATIC);
    assert_int_equal(display.position, 0);
    wh_display_run(&display, CHANGE - 1);
    assert_int_equal(display.position, 0);
    wh_display_run(&display, 1);
    assert_int_equal(display.position, 1);
}

/* DSP-4, DSP-3: a step past the two minutes goes on in the automatic list. */
static void test_a_long_step_after_the_button(void **state)
{
    (void)state;
    struct wh_display display = new_display();
    wh_display_button(&display);
    wh_display_run(&display, RETURN + 2 * CHANGE + 5);
    assert_int_equal(display.list, WH_LCD_LIST_AUTOMATIC);
    assert_int_equal(display.position, 2);
    wh_display_run(&display, CHANGE - 6);
    assert_int_equal(display.position, 2);
    wh_display_run(&display, 1);
    assert_int_equal(display.position, 3);
    wh_display_button(&display);
    wh_display_run(&display, 1);
    wh_display_run(&display, UINT32_MAX); /* the sum does not fit 32 bits */
    assert_int_equal(display.list, WH_LCD_LIST_AUTOMATIC);
}

static void run_singly(struct wh_display *display, uint32_t sample_count)
{
    while (sample_count-- > 0) {
        wh_display_run(display, 1);
    }
}

static void random_event(struct test_random *random, struct wh_display *a, struct wh_display *b)
{
    switch (random_u64(random) % 8) {
    case 0:
        wh_display_supply(a, false);
        wh_display_supply(b, false);
        break;
    case 1:
        wh_display_supply(a, true);
        wh_display_supply(b, true);
        break;
    default:
        wh_display_button(a);
        wh_display_button(b);
    }
}

/* DSP-3, DSP-4: one long step does what as many single samples do, whatever happened before. */
static void test_long_steps_equal_single_samples(void **state)
{
    (void)state;
    struct test_random random = {11};
    struct wh_display stepped = new_display();
    struct wh_display single = new_display();
    for (int n = 0; n < 300; n++) {
        const uint32_t sample_count = (uint32_t)(random_u64(&random) % (2 * RETURN));
        const uint32_t first = (uint32_t)(random_u64(&random) % (sample_count + 1));
        wh_display_run(&stepped, first);
        wh_display_run(&stepped, sample_count - first);
        run_singly(&single, sample_count);
        assert_int_equal(stepped.list, single.list);
        assert_int_equal(stepped.position, single.position);
        random_event(&random, &stepped, &single);
    }
}

static bool list_has(const struct wh_display_list *list, enum wh_quantity_id id)
{
    return memchr(list->quantity, (int)id, list->count) != NULL;
}

/* DSP-3: the legal readings are in the manual list: A+, A-, R+, R-; and the software identification. */
static void test_legal_readings_are_selected(void **state)
{
    (void)state;
    static const enum wh_quantity_id legal[] = {WH_QUANTITY_A_PLUS,   WH_QUANTITY_A_MINUS,
                                                WH_QUANTITY_R_PLUS,   WH_QUANTITY_R_MINUS,
                                                WH_QUANTITY_SOFTWARE, WH_QUANTITY_CHECKSUM};
    const struct wh_display display = new_display();
    for (size_t q = 0; q < sizeof legal / sizeof legal[0]; q++) {
        assert_true(list_has(&display.manual, legal[q]));
    }
    assert_true(list_has(&display.backup, WH_QUANTITY_A_PLUS));
}

static void check_list(const struct wh_display_list *list, uint8_t count_max)
{
    assert_in_range(list->count, 1, count_max);
    for (uint8_t p = 0; p < list->count; p++) {
        const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)list->quantity[p]);
        assert_non_null(quantity);
        assert_true(quantity->display.id[0] != '\0');
        assert_null(memchr(list->quantity, list->quantity[p], p)); /* none twice */
    }
}

/* DSP-3: up to 16, 30 and 8 readings, each of which has a place on the glass. */
static void test_limits_of_the_lists(void **state)
{
    (void)state;
    assert_int_equal(WH_DISPLAY_AUTOMATIC_MAX, 16);
    assert_int_equal(WH_DISPLAY_MANUAL_MAX, 30);
    assert_int_equal(WH_DISPLAY_BACKUP_MAX, 8);
    const struct wh_display display = new_display();
    check_list(&display.automatic, 16);
    check_list(&display.manual, 30);
    check_list(&display.backup, 8);
}

static bool is_dark(const struct wh_lcd *lcd)
{
    static const struct wh_lcd dark;
    return lcd->list == WH_LCD_LIST_OFF && lcd->symbols == 0 && lcd->quadrant == 0 &&
           lcd->sequence == WH_LCD_SEQUENCE_NONE && lcd->decimals == 0 &&
           memcmp(lcd->value, dark.value, sizeof dark.value) == 0 &&
           memcmp(lcd->id, dark.id, sizeof dark.id) == 0 &&
           memcmp(lcd->text, dark.text, sizeof dark.text) == 0 &&
           memcmp(lcd->unit, dark.unit, sizeof dark.unit) == 0 &&
           memcmp(lcd->voltage_on, dark.voltage_on, sizeof dark.voltage_on) == 0;
}

/* DSP-3: without mains the display is dark; the button leads through the backup list, and two minutes
 * after the last press it is dark again. */
static void test_backup_list_without_mains(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_lcd lcd;
    rig_open(&rig);
    wh_meter_lose_mains(&rig.meter);
    wh_meter_idle(&rig.meter, 1000 * TICKS);
    wh_meter_lcd(&rig.meter, &lcd);
    assert_true(is_dark(&lcd));
    const struct wh_display_list *backup = &rig.meter.display.backup;
    for (int press = 0; press < 2 * backup->count; press++) {
        wh_meter_button(&rig.meter);
        wh_meter_lcd(&rig.meter, &lcd);
        const uint8_t id = backup->quantity[press % backup->count];
        assert_int_equal(lcd.list, WH_LCD_LIST_BACKUP);
        assert_string_equal(lcd.id, wh_catalog_get((enum wh_quantity_id)id)->display.id);
        wh_meter_idle(&rig.meter, RETURN - 1);
    }
    wh_meter_idle(&rig.meter, 1);
    wh_meter_lcd(&rig.meter, &lcd);
    assert_true(is_dark(&lcd));
    wh_meter_button(&rig.meter);
    wh_meter_lcd(&rig.meter, &lcd);
    assert_int_equal(lcd.list, WH_LCD_LIST_BACKUP);
    assert_string_equal(lcd.id, "1.8.0");
    rig_close(&rig);
}

/* DSP-3: mains lost out of the manual list is the same, and its return shows the automatic list. */
static void test_supply_comes_back(void **state)
{
    (void)state;
    struct wh_display display = new_display();
    wh_display_button(&display);
    wh_display_button(&display);
    wh_display_supply(&display, false);
    assert_int_equal(display.list, WH_LCD_LIST_OFF);
    wh_display_button(&display);
    wh_display_button(&display);
    assert_int_equal(display.list, WH_LCD_LIST_BACKUP);
    wh_display_supply(&display, true);
    assert_int_equal(display.list, WH_LCD_LIST_AUTOMATIC);
    assert_int_equal(display.position, 0);
    wh_display_run(&display, CHANGE - 1);
    assert_int_equal(display.position, 0);
}

/* DSP-1, DSP-3: every reading of every list appears with its identification, text and unit. */
static void test_every_manual_reading_reaches_the_glass(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    for (uint8_t p = 0; p < rig.meter.display.manual.count; p++) {
        struct wh_lcd lcd;
        wh_meter_button(&rig.meter);
        wh_meter_lcd(&rig.meter, &lcd);
        const struct wh_display_format *format =
            &wh_catalog_get((enum wh_quantity_id)rig.meter.display.manual.quantity[p])->display;
        assert_int_equal(lcd.list, WH_LCD_LIST_MANUAL);
        assert_string_equal(lcd.id, format->id);
        assert_string_equal(lcd.text, format->text);
        assert_string_equal(lcd.unit, format->unit);
        assert_int_equal(strlen(lcd.value), WH_LCD_VALUE_DIGITS);
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_automatic_list_changes_every_10_s),
        cmocka_unit_test(test_a_list_of_one_stays),
        cmocka_unit_test(test_button_goes_through_the_manual_list),
        cmocka_unit_test(test_back_after_two_minutes),
        cmocka_unit_test(test_a_long_step_after_the_button),
        cmocka_unit_test(test_long_steps_equal_single_samples),
        cmocka_unit_test(test_legal_readings_are_selected),
        cmocka_unit_test(test_limits_of_the_lists),
        cmocka_unit_test(test_backup_list_without_mains),
        cmocka_unit_test(test_supply_comes_back),
        cmocka_unit_test(test_every_manual_reading_reaches_the_glass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
