/* Which channels are taken for which phase. */
#include "sim/comtrade_phase.h"
#include "tests/recording/cmocka_all.h"

#include <stdio.h>
#include <string.h>

enum { CHANNELS_MAX = 8, NONE = SIM_NO_CHANNEL };

struct channel {
    const char *phase;
    const char *unit;
};

struct matching {
    struct channel channels[CHANNELS_MAX];
    int32_t u[SIM_PHASES];
    int32_t i[SIM_PHASES];
};

static bool choose(const struct channel *channels, struct sim_comtrade_choice *choice,
                   struct sim_comtrade_error *error)
{
    struct sim_comtrade_analog analogs[CHANNELS_MAX] = {0};
    struct sim_comtrade c = {.analogs = analogs};
    while (c.analog_count < CHANNELS_MAX && channels[c.analog_count].unit != NULL) {
        const struct channel *channel = &channels[c.analog_count];
        snprintf(analogs[c.analog_count].phase, SIM_COMTRADE_TEXT_SIZE, "%s", channel->phase);
        snprintf(analogs[c.analog_count].unit, SIM_COMTRADE_TEXT_SIZE, "%s", channel->unit);
        c.analog_count++;
    }
    return sim_comtrade_choose(&c, "a.cfg", choice, error);
}

static const struct matching MATCHINGS[] = {
    {{{"A", "V"}, {"A", "A"}}, {0, NONE, NONE}, {1, NONE, NONE}},
    {{{"A", "V"}, {"B", "V"}, {"C", "V"}, {"A", "A"}, {"B", "A"}, {"C", "A"}},
     {0, 1, 2},
     {3, 4, 5}},
    {{{"L3", "V"}, {"L2", "V"}, {"L1", "V"}, {"l1", "a"}, {"l2", "a"}, {"l3", "a"}},
     {2, 1, 0},
     {3, 4, 5}},
    {{{"R", "v"}, {"S", "KV"}, {"T", "mV"}, {"1", "kA"}, {"2", "ma"}, {"3", "A"}},
     {0, 1, 2},
     {3, 4, 5}},
    {{{"AN", "V"}, {"B-N", "V"}, {"L3 N", "V"}, {"a", "A"}, {"bn", "A"}, {"cN", "A"}},
     {0, 1, 2},
     {3, 4, 5}},
    /* Neutral, phase to phase and other units are passed over; the first of a kind wins. */
    {{{"N", "V"}, {"AB", "V"}, {"A", "Hz"}, {"B", "V"}, {"B", "V"}, {"B", "A"}, {"N", "A"}},
     {NONE, 3, NONE},
     {NONE, 5, NONE}},
    /* A current that is not recorded is 0. */
    {{{"A", "V"}, {"B", "V"}, {"B", "A"}}, {0, 1, NONE}, {NONE, 2, NONE}},
    /* Blank and unknown names: the first V and the first A, on the phase that is known. */
    {{{"", "V"}, {"", "A"}, {"", "A"}}, {0, NONE, NONE}, {1, NONE, NONE}},
    {{{"kitchen", "A"}, {"", "kV"}}, {1, NONE, NONE}, {0, NONE, NONE}},
    {{{"N", "A"}, {"L1L2", "V"}, {"", "A"}, {"C", "V"}}, {NONE, NONE, 3}, {NONE, NONE, 2}},
};

static void channels_are_matched(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof MATCHINGS / sizeof MATCHINGS[0]; k++) {
        struct sim_comtrade_choice choice;
        struct sim_comtrade_error error;
        assert_true(choose(MATCHINGS[k].channels, &choice, &error));
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            assert_int_equal(choice.channel[phase][SIM_VOLTAGE], MATCHINGS[k].u[phase]);
            assert_int_equal(choice.channel[phase][SIM_CURRENT], MATCHINGS[k].i[phase]);
        }
    }
}

static void units_are_scaled(void **state)
{
    (void)state;
    struct sim_comtrade_choice choice;
    struct sim_comtrade_error error;
    assert_true(choose(MATCHINGS[3].channels, &choice, &error));
    static const double scales[SIM_PHASES][SIM_QUANTITIES] = {{1, 1e3}, {1e3, 1e-3}, {1e-3, 1}};
    assert_memory_equal(choice.scale, scales, sizeof scales);
}

static void without_voltage_or_current_there_is_nothing_to_play(void **state)
{
    (void)state;
    static const struct {
        struct channel channels[3];
        const char *message;
    } cases[] = {
        {{{"A", "A"}, {"A", "MV"}}, "a.cfg: no channel is a phase voltage (unit V, kV or mV)"},
        {{{"A", "V"}, {"N", "A"}}, "a.cfg: no channel is a phase current (unit A, kA or mA)"},
    };
    for (size_t k = 0; k < 2; k++) {
        struct sim_comtrade_choice choice;
        struct sim_comtrade_error error;
        assert_false(choose(cases[k].channels, &choice, &error));
        assert_string_equal(error.text, cases[k].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_are_matched),
        cmocka_unit_test(units_are_scaled),
        cmocka_unit_test(without_voltage_or_current_there_is_nothing_to_play),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
