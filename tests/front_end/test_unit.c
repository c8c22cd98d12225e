/* Units: reproducible, spread as their rows say, within their limits; every row says its source. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/front_end_kind.h"

enum { UNITS = 2000 };

static void test_kinds_are_found(void **state)
{
    (void)state;
    assert_string_equal(sim_front_end_kind_find("382")->name, "382");
    assert_string_equal(sim_front_end_kind_find("351C")->name, "351C");
    assert_int_equal(sim_front_end_kind_find("ideal")->row_count, 0);
    assert_null(sim_front_end_kind_find("351"));
    assert_null(sim_front_end_kind_at(3));
}

static void check_row(const struct sim_front_end_row *row)
{
    assert_true(strlen(row->source) > 2);
    assert_true(row->source[1] == ' ' && strchr("VSDU", row->source[0]) != NULL);
    assert_true(row->sigma > 0);
    assert_true(row->limit >= 2 * row->sigma);
}

static void test_rows_state_their_sources(void **state)
{
    (void)state;
    const struct sim_front_end_kind *kind;
    for (size_t k = 0; (kind = sim_front_end_kind_at(k)) != NULL; k++) {
        for (size_t r = 0; r < kind->row_count; r++) {
            check_row(&kind->rows[r]);
            for (size_t other = 0; other < r; other++) {
                assert_int_not_equal(kind->rows[r].offset, kind->rows[other].offset);
            }
        }
    }
}

static void test_number_decides_all(void **state)
{
    (void)state;
    const struct sim_front_end_kind *kind = sim_front_end_kind_find("382");
    struct sim_front_end_unit first;
    struct sim_front_end_unit again;
    struct sim_front_end_unit other;
    sim_front_end_draw(kind, 17, &first);
    sim_front_end_draw(kind, 17, &again);
    sim_front_end_draw(kind, 18, &other);
    for (size_t r = 0; r < kind->row_count; r++) {
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            const double value = sim_front_end_value(&first, &kind->rows[r], phase);
            assert_true(value == sim_front_end_value(&again, &kind->rows[r], phase));
            assert_true(value != sim_front_end_value(&other, &kind->rows[r], phase));
        }
    }
    /* Kept as they are: published reports name units by number. */
    assert_true(fabs(first.phase[0].shunt_uohm - 299.32451082) < 1e-6);
    assert_true(fabs(first.sensor_offset_k - 0.02815719) < 1e-6);
}

/* A drawn distribution cut at limit has a somewhat smaller sigma: by the second moment of the normal
 * distribution between -c and c. */
static double cut_sigma(const struct sim_front_end_row *row)
{
    const double c = row->limit / row->sigma;
    const double inside = erf(c / M_SQRT2);
    const double density = exp(-c * c / 2) / sqrt(2 * M_PI);
    return row->sigma * sqrt(1 - 2 * c * density / inside);
}

/* Means of 2000 units within 5 standard errors, sigma within 8 % (its standard error is 1.6 %). */
static void check_spread(const struct sim_front_end_kind *kind, const struct sim_front_end_row *row,
                         int phase)
{
    double sum = 0;
    double squares = 0;
    for (uint32_t n = 0; n < UNITS; n++) {
        struct sim_front_end_unit unit;
        sim_front_end_draw(kind, n, &unit);
        const double off = sim_front_end_value(&unit, row, phase) - row->nominal;
        assert_true(fabs(off) <= row->limit * (1 + 1e-9));
        sum += off;
        squares += off * off;
    }
    const double sigma = cut_sigma(row);
    const double seen = sqrt(squares / UNITS);
    if (phase == 0) {
        printf("%-5s %-22s mean %+.3g of sigma, sigma %.3f of expected\n", kind->name, row->name,
               sum / UNITS / sigma, seen / sigma);
    }
    assert_true(fabs(sum / UNITS) < 5 * sigma / sqrt(UNITS));
    assert_true(fabs(seen / sigma - 1) < 0.08);
}

static void test_spread_of_2000_units(void **state)
{
    (void)state;
    const struct sim_front_end_kind *kind;
    for (size_t k = 0; (kind = sim_front_end_kind_at(k)) != NULL; k++) {
        for (size_t r = 0; r < kind->row_count; r++) {
            check_spread(kind, &kind->rows[r], 0);
            check_spread(kind, &kind->rows[r], 2);
        }
    }
}

/* The 382 has a converter in each phase, the 351C one for all; so the reference's drift is
 * each phase's own or the same. */
static void test_shared_converter_has_one_reference(void **state)
{
    (void)state;
    struct sim_front_end_unit unit;
    sim_front_end_draw(sim_front_end_kind_find("351C"), 5, &unit);
    assert_true(unit.phase[0].reference_ppm_per_k == unit.phase[1].reference_ppm_per_k);
    assert_true(unit.phase[0].reference_ppm_per_k == unit.phase[2].reference_ppm_per_k);
    assert_true(unit.phase[0].i_adc_ppm != unit.phase[1].i_adc_ppm);
    sim_front_end_draw(sim_front_end_kind_find("382"), 5, &unit);
    assert_true(unit.phase[0].reference_ppm_per_k != unit.phase[1].reference_ppm_per_k);
}

static void test_phases_are_independent(void **state)
{
    (void)state;
    const struct sim_front_end_kind *kind = sim_front_end_kind_find("382");
    double product = 0;
    for (uint32_t n = 0; n < UNITS; n++) {
        struct sim_front_end_unit unit;
        sim_front_end_draw(kind, n, &unit);
        product += (unit.phase[0].shunt_uohm - 300) / 2 * (unit.phase[1].shunt_uohm - 300) / 2;
    }
    assert_true(fabs(product / UNITS) < 5 / sqrt(UNITS));
}

static void test_prints_every_row(void **state)
{
    (void)state;
    const struct sim_front_end_kind *kind = sim_front_end_kind_find("351C");
    struct sim_front_end_unit unit;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    sim_front_end_draw(kind, 3, &unit);
    sim_front_end_print(kind, &unit, out);
    fclose(out);
    for (size_t r = 0; r < kind->row_count; r++) {
        assert_non_null(strstr(text, kind->rows[r].name));
        assert_non_null(strstr(text, kind->rows[r].source));
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_are_found),
        cmocka_unit_test(test_rows_state_their_sources),
        cmocka_unit_test(test_number_decides_all),
        cmocka_unit_test(test_spread_of_2000_units),
        cmocka_unit_test(test_shared_converter_has_one_reference),
        cmocka_unit_test(test_phases_are_independent),
        cmocka_unit_test(test_prints_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
