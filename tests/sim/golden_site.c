/* The same bits with every compiler: hashes of three weeks of each shipped site. A change of the
 * simulation changes them, and is seen to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "site_life.h"

static void assert_hash(const char *name, uint32_t start_mva, uint64_t expected)
{
    static struct sim_site_config config;
    struct sim_site *site = NULL;
    read_shipped(&config, name);
    config.start_s += 150 * DAY_S; /* June: sun, and people on all devices */
    assert_int_equal(sim_site_create(&site, &config, start_mva), WH_OK);
    uint64_t hash = HASH_START;
    struct sim_site_second second;
    for (uint32_t s = 0; s < 21 * DAY_S; s++) {
        sim_site_next(site, &second);
        hash = hash_second(hash, &second);
    }
    sim_site_free(site);
    if (hash != expected) {
        fail_msg("%s: 0x%016llx", name, (unsigned long long)hash);
    }
}

static void test_home(void **state)
{
    (void)state;
    assert_hash("home-year.yaml", START_MVA, UINT64_C(0x84978e197d2d9a41));
}

static void test_industry(void **state)
{
    (void)state;
    assert_hash("industry-year.yaml", START_CT_MVA, UINT64_C(0xeb055cc8f68ba18b));
}

static void test_bad_grid(void **state)
{
    (void)state;
    assert_hash("bad-grid.yaml", START_MVA, UINT64_C(0x6fc8d0e39e738ad1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_industry),
        cmocka_unit_test(test_bad_grid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
