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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_supply_lost_within_a_step, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
