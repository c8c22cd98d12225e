/* The virtual meter in single steps, where real time is in the way: mains as the tests say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/virtual_meter.h"

enum { SECOND = WH_SAMPLE_RATE_HZ };

/* A home without loads, in a new folder. */
struct bench {
    char folder[64];
    struct virtual_meter vm;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct sim_scenario scenario;
    struct virtual_mains mains = {0};
    char error[512];
    assert_non_null(bench);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/watthour-test-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    sim_scenario_default(&scenario);
    assert_int_equal(sim_home_create(&mains.home, &scenario, SECOND), WH_OK);
    bench->vm.with_breaker = true;
    assert_int_equal(
        virtual_meter_open(&bench->vm, bench->folder, "382M", &mains, error, sizeof error), WH_OK);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    char path[128];
    assert_int_equal(virtual_meter_close(&bench->vm), WH_OK);
    snprintf(path, sizeof path, "%s/eeprom.bin", bench->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/flash.bin", bench->folder);
    unlink(path);
    rmdir(bench->folder);
    free(bench);
    return 0;
}

/* The home's mains with a gap in it. */
struct gap {
    struct sim_source source;
    unsigned at, first, last; /* samples */
};

static size_t pull_with_gap(void *context, struct sim_instant *instants, size_t count)
{
    struct gap *gap = context;
    const size_t got = gap->source.pull(gap->source.context, instants, count);
    for (size_t k = 0; k < got; k++, gap->at++) {
        if (gap->at >= gap->first && gap->at < gap->last) {
            memset(&instants[k], 0, sizeof instants[k]);
        }
    }
    return got;
}

/* What happens within one step is not missed: connections are to be dropped. */
static void test_supply_lost_within_a_step(void **state)
{
    struct virtual_meter *vm = &((struct bench *)*state)->vm;
    struct gap gap = {vm->feed.source, 0, SECOND, 3 * SECOND};
    vm->feed.source = (struct sim_source){pull_with_gap, &gap};
    virtual_meter_run(vm, SECOND);
    assert_int_equal(vm->supply_losses, 0);
    virtual_meter_run(vm, 3 * SECOND);
    assert_true(vm->powered);
    assert_int_equal(vm->supply_losses, 1);
}

static enum wh_err command(struct virtual_meter *vm, enum wh_breaker_action action)
{
    return wh_application_breaker(&vm->meter.application, &vm->meter.legal, action,
                                  WH_ORIGIN_MODULE);
}

static int64_t current_ua(const struct virtual_meter *vm)
{
    int64_t highest = 0;
    for (int i = WH_I_L1_UA; i <= WH_I_L3_UA; i++) {
        int64_t value = 0;
        (void)wh_legal_instant(&vm->meter.legal, (enum wh_instant)i, &value);
        highest = value > highest ? value : highest;
    }
    return highest;
}

static uint8_t feedback(const struct virtual_meter *vm)
{
    return wh_breaker_feedback_bits(&vm->meter.application.breaker, true);
}

/* BRK-1, BRK-2: open contacts cut the load's current, not the voltage; they stay open through a
 * power cut, and close five seconds after reconnection at the earliest. */
static void test_breaker_cuts_the_current(void **state)
{
    struct virtual_meter *vm = &((struct bench *)*state)->vm;
    virtual_meter_run(vm, 8 * SECOND);
    assert_true(current_ua(vm) > 100000);
    assert_int_equal(feedback(vm), 0x3F); /* as the family's test vector has it */
    assert_int_equal(command(vm, WH_BREAKER_DISCONNECT), WH_OK);
    virtual_meter_run(vm, 4 * SECOND);
    assert_true(vm->contacts_open);
    assert_true(current_ua(vm) < 20000); /* noise of the converter */
    assert_int_equal(feedback(vm), 0x38);
    virtual_meter_cut(vm, true);
    virtual_meter_run(vm, 3 * SECOND);
    assert_false(vm->powered);
    assert_int_equal(command(vm, WH_BREAKER_RELEASE), WH_ERR_STATE);
    virtual_meter_cut(vm, false);
    virtual_meter_run(vm, 10 * SECOND);
    assert_true(vm->powered && vm->contacts_open);
    assert_int_equal(command(vm, WH_BREAKER_RELEASE), WH_OK);
    assert_int_equal(command(vm, WH_BREAKER_RECONNECT), WH_OK);
    virtual_meter_run(vm, 2 * SECOND);
    assert_false(vm->contacts_open); /* open for long enough before */
    virtual_meter_run(vm, 2 * SECOND);
    assert_true(current_ua(vm) > 100000);
}

/* BRK-2: the button of the bench, held on the reading of the breaker. */
static void test_button_is_held(void **state)
{
    struct virtual_meter *vm = &((struct bench *)*state)->vm;
    virtual_meter_run(vm, 8 * SECOND);
    for (int press = 0;
         press < 64 && (vm->meter.display.list != WH_LCD_LIST_MANUAL ||
                        wh_display_quantity(&vm->meter.display) != WH_QUANTITY_BREAKER_STATE);
         press++) {
        wh_meter_button(&vm->meter);
    }
    virtual_meter_hold_button(vm);
    virtual_meter_run(vm, 5 * SECOND);
    assert_false(vm->contacts_open);
    virtual_meter_run(vm, 2 * SECOND);
    assert_true(vm->contacts_open);
    assert_int_equal(wh_display_quantity(&vm->meter.display), WH_QUANTITY_BREAKER_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_supply_lost_within_a_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_breaker_cuts_the_current, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_button_is_held, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
