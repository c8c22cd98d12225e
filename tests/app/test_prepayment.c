/* Prepayment as a value (BRK-5): sums that are exact, payments that are taken once; and the stored
 * form that it shares with the breaker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/breaker_record.h"
#include "tests/common/random.h"

enum { TARIFFS = WH_PREPAYMENT_TARIFFS };

static enum wh_err take(struct wh_prepayment *p, const uint64_t *counts, uint32_t wh,
                        uint32_t token)
{
    const struct wh_payment payment = {.amount_wh = wh, .token = token, .utc_s = 5000 + token};
    return wh_prepayment_take(p, counts, &payment);
}

/* BRK-5: what is left is what was paid less each tariff's growth times its factor, whatever the
 * order of growth, payments, other factors and pauses: exact to a ten-thousandth of a Wh, against
 * a sum made step by step. */
static void test_sums_are_exact(void **state)
{
    (void)state;
    struct test_random random = {5};
    for (int run = 0; run < 40; run++) {
        struct wh_prepayment p = {0};
        uint64_t counts[TARIFFS] = {1234567890123u, 0, 99, 7};
        uint16_t factor[TARIFFS] = {1000, 1000, 1000, 1000};
        bool counting = true;
        int64_t left_mdwh = 0;
        uint32_t token = 0;
        assert_true(wh_prepayment_set(&p, counts, factor, true));
        for (int n = 0; n < 2000; n++) {
            const unsigned what = (unsigned)(random_u64(&random) % 40);
            const int t = (int)(random_u64(&random) % TARIFFS);
            if (what == 0) {
                const uint32_t wh = 1 + (uint32_t)(random_u64(&random) % 100000000);
                assert_int_equal(take(&p, counts, wh, ++token), WH_OK);
                left_mdwh += (int64_t)wh * 10000;
            } else if (what == 1) {
                factor[t] = (uint16_t)(random_u64(&random) % 10001);
                (void)wh_prepayment_set(&p, counts, factor, counting);
            } else if (what == 2) {
                counting = !counting;
                assert_true(wh_prepayment_set(&p, counts, factor, counting));
                assert_false(wh_prepayment_set(&p, counts, factor, counting));
            } else {
                const uint64_t growth = random_u64(&random) % 50000;
                counts[t] += growth;
                left_mdwh -= counting ? (int64_t)growth * factor[t] : 0;
            }
            assert_true(wh_prepayment_left_mdwh(&p, counts) == left_mdwh);
        }
        assert_int_equal(p.payments, token);
    }
}

/* Registers that come back behind what they were, after their memory was damaged, give the
 * difference back. */
static void test_registers_that_fell(void **state)
{
    (void)state;
    struct wh_prepayment p = {0};
    const uint16_t factor[TARIFFS] = {1000, 1000, 1000, 1000};
    const uint64_t before[TARIFFS] = {500, 0, 0, 0};
    const uint64_t after[TARIFFS] = {497, 0, 0, 0};
    (void)wh_prepayment_set(&p, before, factor, true);
    assert_true(wh_prepayment_left_mdwh(&p, after) == 3000);
}

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* BRK-5: no number is taken twice, whatever came in between and in whatever order; one above all
 * of those remembered always is, and up to the 50th any new one. */
static void test_a_number_is_taken_once(void **state)
{
    (void)state;
    enum { NUMBERS = 400, TRIES = 4000 };
    struct test_random random = {23};
    const uint64_t counts[TARIFFS] = {0};
    for (int run = 0; run < 20; run++) {
        struct wh_prepayment p = {0};
        bool taken[NUMBERS + TRIES] = {false};
        uint32_t highest = 0;
        for (int n = 0; n < TRIES; n++) {
            const uint32_t token = random_u64(&random) % 8 == 0
                                       ? highest + 1
                                       : (uint32_t)(random_u64(&random) % NUMBERS);
            const struct wh_prepayment before = p;
            const enum wh_err err = take(&p, counts, 1, token);
            if (taken[token]) {
                assert_int_equal(err, WH_ERR_STATE);
            }
            if (!taken[token] && (token > highest || before.token_count < WH_PREPAYMENT_TOKENS)) {
                assert_int_equal(err, WH_OK);
            }
            if (err != WH_OK) {
                assert_memory_equal(&p, &before, sizeof p);
                continue;
            }
            taken[token] = true;
            highest = token > highest ? token : highest;
            uint32_t sorted[WH_PREPAYMENT_TOKENS];
            memcpy(sorted, p.token, sizeof sorted);
            qsort(sorted, p.token_count, sizeof sorted[0], compare);
            assert_memory_equal(sorted, p.token, p.token_count * sizeof sorted[0]);
        }
        assert_int_equal(p.token_count, WH_PREPAYMENT_TOKENS);
    }
}

/* A payment of nothing, or of more than the register holds, changes nothing. */
static void test_amounts(void **state)
{
    (void)state;
    struct wh_prepayment p = {0};
    const uint64_t counts[TARIFFS] = {0};
    assert_int_equal(take(&p, counts, 0, 1), WH_ERR_ARGUMENT);
    assert_int_equal(take(&p, counts, UINT32_MAX, 1), WH_OK);
    const struct wh_prepayment full = p;
    assert_int_equal(take(&p, counts, 1, 2), WH_ERR_ARGUMENT);
    assert_memory_equal(&p, &full, sizeof p);
}

static struct wh_breaker_record random_record(struct test_random *random)
{
    static const uint8_t states[] = {0, 1, 4, 6, 7, 8, 9, 11, 12, 14};
    struct wh_breaker_record r = {
        .state = (enum wh_breaker_state)states[random_u64(random) % sizeof states],
        .changes = (uint32_t)random_u64(random),
        .utc_s = (uint32_t)random_u64(random),
        .event = (uint8_t)(random_u64(random) % 30),
        .origin = (uint8_t)(random_u64(random) % 5),
        .clock_valid = random_u64(random) % 2 != 0,
        .prepayment = {.paid_mdwh = (int64_t)random_u64(random),
                       .is_counting = random_u64(random) % 2 != 0,
                       .is_in_credit = random_u64(random) % 2 != 0,
                       .is_low_spent = random_u64(random) % 2 != 0,
                       .low_start_s = (uint32_t)random_u64(random),
                       .payments = (uint32_t)random_u64(random),
                       .last_wh = (uint32_t)random_u64(random),
                       .last_s = (uint32_t)random_u64(random),
                       .last_token = (uint32_t)random_u64(random),
                       .last_clock_valid = random_u64(random) % 2 != 0,
                       .token_count = (uint8_t)(random_u64(random) % 51)}};
    for (int t = 0; t < TARIFFS; t++) {
        r.prepayment.start_dwh[t] = random_u64(random);
        r.prepayment.factor_milli[t] = (uint16_t)random_u64(random);
    }
    for (uint32_t t = 0; t < r.prepayment.token_count; t++) {
        r.prepayment.token[t] = t * 1000000 + (uint32_t)(random_u64(random) % 1000000);
    }
    return r;
}

/* What is stored comes back, and nothing else is taken for a record. */
static void test_stored_form(void **state)
{
    (void)state;
    struct test_random random = {61};
    for (int n = 0; n < 500; n++) {
        const struct wh_breaker_record record = random_record(&random);
        struct wh_breaker_record back = {0};
        uint8_t stored[WH_BREAKER_RECORD_SIZE];
        uint8_t again[WH_BREAKER_RECORD_SIZE];
        wh_breaker_record_encode(&record, stored);
        assert_int_equal(wh_breaker_record_decode(&back, stored), WH_OK);
        wh_breaker_record_encode(&back, again);
        assert_memory_equal(stored, again, sizeof stored);
        assert_true(back.prepayment.paid_mdwh == record.prepayment.paid_mdwh);
        assert_memory_equal(back.prepayment.token, record.prepayment.token,
                            sizeof back.prepayment.token);
        const struct wh_breaker_record kept = back;
        stored[0] = 2; /* no such state */
        assert_int_equal(wh_breaker_record_decode(&back, stored), WH_ERR_CORRUPT);
        stored[0] = 5; /* is not stored */
        assert_int_equal(wh_breaker_record_decode(&back, stored), WH_ERR_CORRUPT);
        memcpy(stored, again, sizeof stored);
        stored[WH_BREAKER_RECORD_SIZE - 1] = 1; /* a later version's */
        assert_int_equal(wh_breaker_record_decode(&back, stored), WH_ERR_CORRUPT);
        assert_memory_equal(&kept, &back, sizeof back);
    }
}

/* The stored form, byte by byte: it may never change (docs/breaker.md). */
static void test_golden_bytes(void **state)
{
    (void)state;
    static const uint8_t golden[] = {
        7,    39,   0,    0x13, 0x04, 0x03, 0x02, 0x01, 0x40, 0x42, 0x0F, 0x00, /* state … time */
        0x10, 0x27, 0,    0,    0,    0,    0,    0,                            /* paid */
        1,    0,    0,    0,    0,    0,    0,    0,    2,    0,    0,    0,    0, 0, 0, 0, /* counts */
        3,    0,    0,    0,    0,    0,    0,    0,    4,    0,    0,    0,    0, 0, 0, 0, /* */
        0xE8, 0x03, 0xD0, 0x07, 0xB8, 0x0B, 0xA0, 0x0F, /* factors */
        5,    0,    0,    0,    2,    0,    0,    0,    1,    0,    0,    0,    6, 0, 0, 0, 9,
        0,    0,    0,    2,    0,    0,    0,       /* low … count */
        8,    0,    0,    0,    9,    0,    0,    0, /* numbers */
    };
    const struct wh_breaker_record record = {
        .state = WH_BREAKER_BY_PREPAYMENT,
        .changes = 0x01020304,
        .utc_s = 1000000,
        .event = 39,
        .clock_valid = true,
        .prepayment = {.paid_mdwh = 10000,
                       .start_dwh = {1, 2, 3, 4},
                       .factor_milli = {1000, 2000, 3000, 4000},
                       .is_counting = true,
                       .low_start_s = 5,
                       .payments = 2,
                       .last_wh = 1,
                       .last_s = 6,
                       .last_token = 9,
                       .last_clock_valid = true,
                       .token_count = 2,
                       .token = {8, 9}},
    };
    uint8_t stored[WH_BREAKER_RECORD_SIZE];
    wh_breaker_record_encode(&record, stored);
    assert_memory_equal(stored, golden, sizeof golden);
    for (size_t b = sizeof golden; b < sizeof stored; b++) {
        assert_int_equal(stored[b], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_are_exact),
        cmocka_unit_test(test_registers_that_fell),
        cmocka_unit_test(test_a_number_is_taken_once),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_stored_form),
        cmocka_unit_test(test_golden_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
