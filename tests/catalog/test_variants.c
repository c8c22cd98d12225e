/* The rows of the models against the figures of their data sheets, typed in here a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "accuracy/class.h"
#include "catalog/variant.h"
#include "legal/interface.h"

static const struct wh_variant *row(const char *model)
{
    const struct wh_variant *variant = wh_variant_find(model);
    assert_non_null(variant);
    return variant;
}

static void assert_connections(const char *model, const char *const *texts)
{
    const struct wh_connection_offer *offer = row(model)->connection;
    for (; *texts != NULL; texts++, offer++) {
        assert_string_equal(offer->text, *texts);
    }
    assert_null(offer->text);
}

/* VAR-2 */
static void test_connections(void **state)
{
    (void)state;
    static const char *const direct[] = {"3×230/400 V", "3×230 V", "1×230 V", "2×230/400 V", NULL};
    static const char *const transformer[] = {"3×230/400 V", "3×230 V", NULL};
    assert_connections("382M", direct);
    assert_connections("382L", direct);
    assert_connections("351C", transformer);
    static const uint8_t elements[WH_CONNECTIONS] = {7, 5, 1, 3};
    for (size_t v = 0; v < WH_MODELS; v++) {
        const struct wh_connection_offer *offer = wh_variant_at(v)->connection;
        assert_string_equal(offer->text, wh_variant_at(v)->plate_voltage);
        for (; offer->text != NULL; offer++) {
            assert_int_equal(offer->elements, elements[offer->connection]);
            const bool is_351c_aron = v == WH_MODEL_351C && offer->connection == WH_CONNECTION_ARON;
            assert_true(offer->at_50_hz);
            assert_int_equal(offer->at_60_hz, !is_351c_aron);
        }
    }
}

/* VAR-3, VAR-5 */
static void test_voltage_and_frequency(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint8_t low, high, max, frequency;
    } sheets[WH_MODELS] = {
        {"382M", 80, 115, 0, 5}, {"382L", 90, 110, 0, 2}, {"351C", 80, 115, 120, 2}};
    for (size_t v = 0; v < WH_MODELS; v++) {
        const struct wh_variant *variant = row(sheets[v].model);
        assert_int_equal(variant->id, v);
        assert_int_equal(variant->u_low_pct, sheets[v].low);
        assert_int_equal(variant->u_high_pct, sheets[v].high);
        assert_int_equal(variant->u_max_pct, sheets[v].max);
        assert_int_equal(variant->frequency_pct, sheets[v].frequency);
        assert_int_equal(variant->nominal_mv, 230000);
        assert_true(variant->voltage_on_mv * 100 < variant->nominal_mv * variant->u_low_pct);
    }
}

struct range {
    const char *text;
    uint32_t imin_ma, ib_ma, imax_ma;
    bool breaker;
};

static void assert_ranges(const char *model, const struct range *sheet, size_t count)
{
    const struct wh_variant *variant = row(model);
    assert_string_equal(variant->plate_current, variant->range[0].text);
    for (size_t r = 0; r < count; r++) {
        bool found = false;
        for (size_t k = 0; variant->range[k].text != NULL; k++) {
            const struct wh_current_range *range = &variant->range[k];
            found =
                found || (strcmp(range->text, sheet[r].text) == 0 &&
                          range->imin_ma == sheet[r].imin_ma && range->ib_ma == sheet[r].ib_ma &&
                          range->imax_ma == sheet[r].imax_ma && range->breaker == sheet[r].breaker);
        }
        assert_true(found);
    }
    assert_null(variant->range[count].text);
}

/* VAR-4 */
static void test_currents(void **state)
{
    (void)state;
    static const struct range m[] = {{"0.25–5(100) A", 250, 5000, 100000, false},
                                     {"0.25–5(85) A", 250, 5000, 85000, true}};
    static const struct range l[] = {
        {"0.25–5(105) A", 250, 5000, 105000, false}, {"0.5–10(60) A", 500, 10000, 60000, false},
        {"0.5–10(85) A", 500, 10000, 85000, false},  {"0.25–5(85) A", 250, 5000, 85000, false},
        {"0.5–10(65) A", 500, 10000, 65000, true},   {"0.5–10(85) A", 500, 10000, 85000, true},
        {"0.25–5(85) A", 250, 5000, 85000, true}};
    static const struct range c[] = {{"0.05–5(6) A", 50, 5000, 6000, false}};
    assert_ranges("382M", m, sizeof m / sizeof m[0]);
    assert_ranges("382L", l, sizeof l / sizeof l[0]);
    assert_ranges("351C", c, sizeof c / sizeof c[0]);
}

static bool is_in(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* VAR-6, and the name plate has the first of each. */
static void test_classes(void **state)
{
    (void)state;
    static const struct {
        const char *model, *mid[2], *iec[2], *reactive, *plate;
    } sheets[] = {{"382M", {"A", "B"}, {"2", "1"}, NULL, "MID B, IEC 1"},
                  {"382L", {"A", "B"}, {"2", "1"}, NULL, "MID B, IEC 1"},
                  {"351C", {"B", "C"}, {"1", "0.5"}, "2", "MID C, IEC 0.5"}};
    for (size_t s = 0; s < WH_MODELS; s++) {
        const struct wh_variant *variant = row(sheets[s].model);
        for (size_t k = 0; k < 2; k++) {
            assert_true(is_in(variant->mid_class, sheets[s].mid[k]));
            assert_true(is_in(variant->iec_class, sheets[s].iec[k]));
        }
        assert_null(variant->mid_class[2]);
        assert_null(variant->iec_class[2]);
        if (sheets[s].reactive == NULL) {
            assert_null(variant->reactive_class);
        } else {
            assert_string_equal(variant->reactive_class, sheets[s].reactive);
        }
        assert_string_equal(variant->plate_class, sheets[s].plate);
    }
}

/* The type test has limits of its own: they must be those of the models. */
static void test_type_test_agrees(void **state)
{
    (void)state;
    for (size_t v = 0; v < WH_MODELS; v++) {
        const struct wh_variant *variant = wh_variant_at(v);
        const struct acc_approval *approval = acc_approval_find(variant->model);
        assert_non_null(approval);
        assert_int_equal(approval->u_low_pct, variant->u_low_pct);
        assert_int_equal(approval->u_high_pct, variant->u_high_pct);
        assert_int_equal(approval->f_pct, variant->frequency_pct);
        for (size_t k = 0; k < 2; k++) {
            assert_true(is_in(approval->classes, variant->mid_class[k]));
            assert_true(is_in(approval->classes, variant->iec_class[k]));
        }
        size_t wirings = 0;
        while (variant->connection[wirings].text != NULL) {
            assert_non_null(approval->wirings[wirings]);
            wirings++;
        }
        assert_null(approval->wirings[wirings]);
    }
}

/* Days at 5, 15, 30, 60 min: the tables of the three sheets. */
static void test_profile_depths(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint16_t days[WH_ENERGY_TYPES][WH_INTERVALS];
    } sheets[] = {
        {"382M", {{92, 275, 550, 1100}, {77, 231, 462, 924}, {0}, {58, 175, 350, 700}}},
        {"382L", {{199, 597, 1194, 2388}, {113, 341, 682, 1364}, {0}, {61, 183, 367, 734}}},
        {"351C",
         {{92, 275, 550, 1100}, {77, 231, 462, 924}, {77, 231, 462, 924}, {58, 175, 350, 700}}}};
    static const uint8_t minutes[WH_INTERVALS] = {5, 15, 30, 60};
    for (size_t s = 0; s < WH_MODELS; s++) {
        const struct wh_variant *variant = row(sheets[s].model);
        assert_memory_equal(variant->profile_days, sheets[s].days, sizeof sheets[s].days);
        assert_true(wh_variant_has_energy_type(variant, variant->energy_type));
    }
    for (unsigned i = 0; i < WH_INTERVALS; i++) {
        assert_int_equal(wh_interval_min((enum wh_interval)i), minutes[i]);
    }
    assert_int_equal(wh_interval_min(WH_INTERVALS), 0);
}

/* A+/R+ is a type of the 351C alone; a type has a sum exactly if it has all that is in it. */
static void test_energy_types(void **state)
{
    (void)state;
    assert_false(wh_variant_has_energy_type(row("382M"), WH_ENERGY_TYPE_A_R_PLUS));
    assert_false(wh_variant_has_energy_type(row("382L"), WH_ENERGY_TYPE_A_R_PLUS));
    assert_true(wh_variant_has_energy_type(row("351C"), WH_ENERGY_TYPE_A_R_PLUS));
    assert_false(wh_variant_has_energy_type(row("351C"), WH_ENERGY_TYPES));
    static const struct {
        const char *text;
        bool a_minus, r_plus, r_minus;
    } types[WH_ENERGY_TYPES] = {{"A+", false, false, false},
                                {"A+/A−", true, false, false},
                                {"A+/R+", false, true, false},
                                {"A+/A−/R+/R−", true, true, true}};
    for (unsigned t = 0; t < WH_ENERGY_TYPES; t++) {
        const uint32_t has = wh_energy_type_energies((enum wh_energy_type)t);
        const bool wanted[WH_ENERGY_COUNT] = {
            [WH_A_PLUS] = true,
            [WH_A_PLUS_L1] = true,
            [WH_A_PLUS_L2] = true,
            [WH_A_PLUS_L3] = true,
            [WH_A_MINUS] = types[t].a_minus,
            [WH_A_MINUS_L1] = types[t].a_minus,
            [WH_A_MINUS_L2] = types[t].a_minus,
            [WH_A_MINUS_L3] = types[t].a_minus,
            [WH_R_PLUS] = types[t].r_plus,
            [WH_R1] = types[t].r_plus,
            [WH_R2] = types[t].r_plus,
            [WH_R_MINUS] = types[t].r_minus,
            [WH_R3] = types[t].r_minus,
            [WH_R4] = types[t].r_minus,
        };
        for (unsigned e = 0; e < WH_ENERGY_COUNT; e++) {
            assert_int_equal((has >> e) & 1, wanted[e]);
        }
        assert_string_equal(wh_energy_type_text((enum wh_energy_type)t), types[t].text);
    }
    assert_string_equal(wh_energy_type_text(WH_ENERGY_TYPES), "");
    assert_int_equal(wh_energy_type_energies(WH_ENERGY_TYPES), 0);
}

/* What only some models have, and the other figures that differ. */
static void test_features(void **state)
{
    (void)state;
    static const char *const models[WH_MODELS] = {"382M", "382L", "351C"};
    static const bool has[WH_FEATURES][WH_MODELS] = {
        [WH_FEATURE_BREAKER] = {true, true, false},
        [WH_FEATURE_RADIO] = {true, true, true},
        [WH_FEATURE_PREPAYMENT] = {true, true, false},
        [WH_FEATURE_NEUTRAL_LOSS] = {true, true, false},
        [WH_FEATURE_PROFILE_OF_POWER] = {false, true, false},
        [WH_FEATURE_VOLTAGE_QUALITY] = {false, false, true},
        [WH_FEATURE_APPARENT] = {false, false, true},
        [WH_FEATURE_TRANSFORMER_RATIO] = {false, false, true},
        [WH_FEATURE_DEBITING_2] = {false, false, true},
        [WH_FEATURE_REACTIVE_PEAKS] = {false, false, true},
        [WH_FEATURE_PULSES_OF_REACTIVE] = {false, false, true},
    };
    static const uint32_t s0[WH_MODELS] = {1000, 1000, 5000};
    static const uint8_t slots[WH_MODELS] = {1, 2, 1};
    static const uint16_t kmp[WH_MODELS][2] = {{0x6800, 0x6900}, {0x6200, 0x6300}, {0x7500, 0}};
    for (size_t v = 0; v < WH_MODELS; v++) {
        const struct wh_variant *variant = row(models[v]);
        for (unsigned f = 0; f < WH_FEATURES; f++) {
            assert_int_equal(wh_variant_has(variant, (enum wh_feature)f), has[f][v]);
        }
        assert_false(wh_variant_has(variant, WH_FEATURES));
        bool ranges_with_breaker = false;
        for (size_t r = 0; variant->range[r].text != NULL; r++) {
            ranges_with_breaker = ranges_with_breaker || variant->range[r].breaker;
        }
        assert_int_equal(ranges_with_breaker, wh_variant_has(variant, WH_FEATURE_BREAKER));
        assert_int_equal(variant->s0_pulses_per_kwh, s0[v]);
        assert_int_equal(variant->module_slots, slots[v]);
        assert_int_equal(variant->supercap_days, 7);
        assert_int_equal(variant->battery_and_supercap, v == WH_MODEL_351C);
        assert_int_equal(variant->kmp_type, kmp[v][0]);
        assert_int_equal(variant->kmp_type_breaker, kmp[v][1]);
    }
}

/* All models in one line, cut where there is no room, never past it. */
static void test_list(void **state)
{
    (void)state;
    static const char all[] = "382M, 382L, 351C";
    for (size_t size = 0; size <= sizeof all + 1; size++) {
        char text[sizeof all + 3];
        memset(text, '#', sizeof text);
        wh_variant_list(text, size);
        const size_t length = size == 0 ? 0 : size - 1 < sizeof all - 1 ? size - 1 : sizeof all - 1;
        assert_memory_equal(text, all, length);
        assert_int_equal(text[length], size == 0 ? '#' : '\0');
        assert_int_equal(text[length + 1], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),    cmocka_unit_test(test_voltage_and_frequency),
        cmocka_unit_test(test_currents),       cmocka_unit_test(test_classes),
        cmocka_unit_test(test_profile_depths), cmocka_unit_test(test_type_test_agrees),
        cmocka_unit_test(test_energy_types),   cmocka_unit_test(test_features),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
