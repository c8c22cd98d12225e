/* The hardware facts: each printed sheet's figures are there, for its model and for no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/variant_fact.h"

/* How often a model has a fact of which name and value are these. */
static unsigned count_facts(const char *model, const char *name, const char *value)
{
    const struct wh_variant *variant = wh_variant_find(model);
    const struct wh_fact *fact;
    unsigned count = 0;
    for (size_t f = 0; (fact = wh_fact_at(f)) != NULL; f++) {
        count += wh_fact_is_of(fact, variant) && strcmp(fact->name, name) == 0 &&
                         strcmp(fact->value, value) == 0
                     ? 1
                     : 0;
    }
    return count;
}

/* Groups in order, every row of some model and of no unknown one, no name twice for one model and
 * value, and nothing empty. */
static void test_table_is_sound(void **state)
{
    (void)state;
    enum wh_fact_group group = WH_FACT_CONDITIONS;
    const struct wh_fact *fact;
    bool has[WH_FACT_GROUPS] = {false};
    for (size_t f = 0; (fact = wh_fact_at(f)) != NULL; f++) {
        assert_true(fact->group >= group);
        group = fact->group;
        has[group] = true;
        assert_in_range(fact->models, 1, (1 << WH_MODELS) - 1);
        assert_true(fact->name[0] != '\0' && fact->value[0] != '\0');
        for (size_t v = 0; v < WH_MODELS; v++) {
            if (wh_fact_is_of(fact, wh_variant_at(v))) {
                assert_int_equal(count_facts(wh_variant_at(v)->model, fact->name, fact->value), 1);
            }
        }
    }
    for (unsigned g = 0; g < WH_FACT_GROUPS; g++) {
        assert_true(has[g]);
        assert_true(wh_fact_group_text((enum wh_fact_group)g)[0] != '\0');
    }
    assert_string_equal(wh_fact_group_text(WH_FACT_GROUPS), "");
    assert_null(wh_fact_at(SIZE_MAX));
}

/* Figures in which the models differ, and one that they share. */
static void test_figures(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        bool of[WH_MODELS];
    } rows[] = {
        {"Protection", "IP54", {true, false, true}},
        {"Protection", "IP52", {false, true, false}},
        {"Operating temperature", "−40…+70 °C", {true, true, true}},
        {"Weight", "0.90 kg without breaker, 1.10 kg with breaker", {true, false, false}},
        {"Weight", "0.68 kg without breaker, 1.20 kg with breaker", {false, true, false}},
        {"Weight", "0.90 kg", {false, false, true}},
        {"Own consumption, voltage circuit", "0.2 VA 0.1 W per phase", {false, false, true}},
        {"Short-circuit current", "4500 A", {true, true, false}},
        {"METERTOOL", "68 99 580", {true, false, true}},
        {"METERTOOL", "68 99 570", {false, true, false}},
        {"Optical head, USB", "66 99 099", {true, true, true}},
        {"Optical head, 9-pin serial", "66 99 102", {true, true, false}},
        {"IP101i, TCP/IP", "68 50 040", {true, true, true}},
        {"Breaker", WH_BREAKER_IS_NO_SAFETY, {true, true, false}},
    };
    static const char *const models[WH_MODELS] = {"382M", "382L", "351C"};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        for (size_t v = 0; v < WH_MODELS; v++) {
            assert_int_equal(count_facts(models[v], rows[r].name, rows[r].value), rows[r].of[v]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
