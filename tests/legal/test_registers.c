/* Main registers: vector sum, quadrants, netting below a count, exactness (REG-1, MET-2, MET-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "legal/registers.h"

static const int64_t count_uj = WH_UJ_PER_DWH;

static struct wh_bus_report report_of(int64_t p1, int64_t p2, int64_t p3, int64_t q1)
{
    struct wh_bus_report report = {0};
    report.phase[0].active_uj = p1;
    report.phase[1].active_uj = p2;
    report.phase[2].active_uj = p3;
    report.phase[0].reactive_uj = q1;
    return report;
}

static uint64_t count_of(const struct wh_registers *r, enum wh_energy energy)
{
    return wh_registers_get(r, energy).count_dwh;
}

/* Each sign of P and Q has its quadrant: R1 +P+Q, R2 -P+Q, R3 -P-Q, R4 +P-Q; R+ and R- are their sums. */
static void test_each_quadrant_has_its_register(void **state)
{
    (void)state;
    static const struct {
        int p_sign, q_sign;
        enum wh_energy active, reactive, sum;
    } quadrants[] = {
        {1, 1, WH_A_PLUS, WH_R1, WH_R_PLUS},
        {-1, 1, WH_A_MINUS, WH_R2, WH_R_PLUS},
        {-1, -1, WH_A_MINUS, WH_R3, WH_R_MINUS},
        {1, -1, WH_A_PLUS, WH_R4, WH_R_MINUS},
    };
    for (size_t q = 0; q < 4; q++) {
        struct wh_registers r = {0};
        const struct wh_bus_report report =
            report_of(quadrants[q].p_sign * 5 * count_uj, 0, 0, quadrants[q].q_sign * 3 * count_uj);
        assert_true(wh_registers_add(&r, &report));
        uint64_t all = 0;
        for (int e = 0; e < WH_A_PLUS_L1; e++) {
            all += count_of(&r, (enum wh_energy)e);
        }
        assert_int_equal(all, 8);
        assert_int_equal(count_of(&r, quadrants[q].active), 5);
        assert_int_equal(count_of(&r, quadrants[q].reactive), 3);
        assert_int_equal(count_of(&r, quadrants[q].sum), 3);
    }
}

/* Vector sum: import on L1 and export on L2 meet before the split; the phases' own registers see both. */
static void test_phases_are_summed_with_their_signs(void **state)
{
    (void)state;
    struct wh_registers r = {0};
    const struct wh_bus_report report = report_of(10 * count_uj, -7 * count_uj, 2 * count_uj, 0);
    wh_registers_add(&r, &report);
    assert_int_equal(count_of(&r, WH_A_PLUS), 5);
    assert_int_equal(count_of(&r, WH_A_MINUS), 0);
    assert_int_equal(count_of(&r, WH_A_PLUS_L1), 10);
    assert_int_equal(count_of(&r, WH_A_MINUS_L2), 7);
    assert_int_equal(count_of(&r, WH_A_PLUS_L3), 2);
}

/* Less than a count to and fro is no energy; more is, in both directions. */
static void test_what_flows_to_and_fro_nets_below_a_count(void **state)
{
    (void)state;
    struct wh_registers r = {0};
    for (int k = 0; k < 1000; k++) {
        const struct wh_bus_report report =
            report_of(k % 2 ? -count_uj / 3 : count_uj / 3, 0, 0, k % 2 ? -100 : 100);
        assert_false(wh_registers_add(&r, &report));
    }
    assert_int_equal(count_of(&r, WH_A_PLUS) + count_of(&r, WH_A_MINUS), 0);
    for (int k = 0; k < 1000; k++) {
        const struct wh_bus_report report =
            report_of(k % 2 ? -5 * count_uj : 5 * count_uj, 0, 0, 0);
        wh_registers_add(&r, &report);
    }
    assert_int_equal(count_of(&r, WH_A_PLUS), 2500);
    assert_int_equal(count_of(&r, WH_A_MINUS), 2500);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static int64_t random_uj(uint32_t *seed)
{
    const int64_t magnitude = (int64_t)(next_random(seed) % 1000) * (next_random(seed) % 5000000);
    return next_random(seed) % 2 ? magnitude : -magnitude;
}

/* Over any reports: counts never fall; count difference plus rest is the exact sum, for active energy, for both
 * reactive pairs and for each phase. */
static void test_sums_are_exact_and_counts_only_grow(void **state)
{
    (void)state;
    struct wh_registers r = {0};
    int64_t active = 0;
    int64_t reactive_import = 0;
    int64_t reactive_export = 0;
    int64_t l2 = 0;
    uint32_t seed = 3;
    for (int k = 0; k < 200000; k++) {
        const struct wh_registers before = r;
        const struct wh_bus_report report =
            report_of(random_uj(&seed), random_uj(&seed), random_uj(&seed), random_uj(&seed));
        const int64_t p =
            report.phase[0].active_uj + report.phase[1].active_uj + report.phase[2].active_uj;
        active += p;
        *(p < 0 ? &reactive_export : &reactive_import) += report.phase[0].reactive_uj;
        l2 += report.phase[1].active_uj;
        const bool changed = wh_registers_add(&r, &report);
        assert_int_equal(changed, memcmp(before.count_dwh, r.count_dwh, sizeof r.count_dwh) != 0);
        for (int e = 0; e < WH_ENERGY_COUNT; e++) {
            assert_true(count_of(&r, (enum wh_energy)e) >= count_of(&before, (enum wh_energy)e));
        }
    }
    const int64_t counts[] = {
        (int64_t)(r.count_dwh[WH_A_PLUS] - r.count_dwh[WH_A_MINUS]) * count_uj,
        (int64_t)(r.count_dwh[WH_R1] - r.count_dwh[WH_R4]) * count_uj,
        (int64_t)(r.count_dwh[WH_R2] - r.count_dwh[WH_R3]) * count_uj,
        (int64_t)(r.count_dwh[WH_A_PLUS_L2] - r.count_dwh[WH_A_MINUS_L2]) * count_uj,
    };
    assert_true(counts[0] + r.rest_uj[WH_PAIR_ACTIVE] == active);
    assert_true(counts[1] + r.rest_uj[WH_PAIR_REACTIVE_IMPORT] == reactive_import);
    assert_true(counts[2] + r.rest_uj[WH_PAIR_REACTIVE_EXPORT] == reactive_export);
    assert_true(counts[3] + r.rest_uj[WH_PAIR_L2] == l2);
}

/* The stored form gives back the same registers; a rest that cannot be is refused and changes nothing. */
static void test_stored_form_round_trip(void **state)
{
    (void)state;
    struct wh_registers r;
    struct wh_registers back;
    uint8_t stored[WH_REGISTERS_STORED_SIZE];
    memset(&r, 0, sizeof r);
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        r.count_dwh[e] = ((uint64_t)0xFF << 32) + (uint64_t)e * 0x01234567u;
    }
    for (int pair = 0; pair < WH_PAIR_COUNT; pair++) {
        r.rest_uj[pair] = (pair % 2 ? -1 : 1) * (WH_UJ_PER_DWH - 1 - pair);
    }
    wh_registers_encode(&r, stored);
    assert_int_equal(wh_registers_decode(&back, stored), WH_OK);
    assert_memory_equal(r.count_dwh, back.count_dwh, sizeof r.count_dwh);
    assert_memory_equal(r.rest_uj, back.rest_uj, sizeof r.rest_uj);
    r.rest_uj[2] = WH_UJ_PER_DWH;
    wh_registers_encode(&r, stored);
    const struct wh_registers untouched = back;
    assert_int_equal(wh_registers_decode(&back, stored), WH_ERR_CORRUPT);
    assert_memory_equal(&untouched, &back, sizeof back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_quadrant_has_its_register),
        cmocka_unit_test(test_phases_are_summed_with_their_signs),
        cmocka_unit_test(test_what_flows_to_and_fro_nets_below_a_count),
        cmocka_unit_test(test_sums_are_exact_and_counts_only_grow),
        cmocka_unit_test(test_stored_form_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
