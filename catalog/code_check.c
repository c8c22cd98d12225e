/* What two fields may not say together, one rule a row. Invariant: a rule speaks only where all
 * the codes that it looks at are known. */
#include "catalog/code.h"
#include "catalog/code_text.h"

enum port {
    PORT_NONE,
    PORT_INPUT,
    PORT_OUTPUT,
    PORT_ANY, /* by the module's own description */
};

enum { MODULE_GSM = 53 }; /* GSM8i/RF has a radio of its own */

/* Ports of the modules of CCC. */
static const struct {
    uint16_t module;
    enum port port[2];
} modules[] = {
    {0, {PORT_NONE, PORT_NONE}},     {1, {PORT_NONE, PORT_OUTPUT}},
    {8, {PORT_INPUT, PORT_INPUT}},   {18, {PORT_INPUT, PORT_INPUT}},
    {40, {PORT_INPUT, PORT_NONE}},   {MODULE_GSM, {PORT_ANY, PORT_ANY}},
    {58, {PORT_INPUT, PORT_OUTPUT}}, {64, {PORT_INPUT, PORT_NONE}},
    {68, {PORT_INPUT, PORT_INPUT}},  {69, {PORT_OUTPUT, PORT_OUTPUT}},
    {71, {PORT_ANY, PORT_ANY}},      {72, {PORT_INPUT, PORT_OUTPUT}},
};

/* What DD makes of the ports. */
static const struct {
    enum wh_io io;
    enum port port[2];
} ios[] = {
    {WH_IO_NONE, {PORT_NONE, PORT_NONE}},
    {WH_IO_PULSE_ALARM, {PORT_INPUT, PORT_INPUT}},
    {WH_IO_PULSE_ALARM_INVERTED, {PORT_INPUT, PORT_INPUT}},
    {WH_IO_PULSE_A_PLUS, {PORT_INPUT, PORT_OUTPUT}},
    {WH_IO_R_PLUS_A_PLUS, {PORT_OUTPUT, PORT_OUTPUT}},
    {WH_IO_A_MINUS_A_PLUS, {PORT_OUTPUT, PORT_OUTPUT}},
    {WH_IO_LOAD_CONTROL_ERROR, {PORT_INPUT, PORT_OUTPUT}},
};

static const enum port *ports_of_module(uint16_t module)
{
    for (size_t m = 0; m < sizeof modules / sizeof modules[0]; m++) {
        if (modules[m].module == module) {
            return modules[m].port;
        }
    }
    return modules[0].port;
}

static const enum port *ports_of_io(enum wh_io io)
{
    for (size_t i = 0; i < sizeof ios / sizeof ios[0]; i++) {
        if (ios[i].io == io) {
            return ios[i].port;
        }
    }
    return ios[0].port;
}

static bool both(const struct wh_code_set *set, enum wh_code_kind one, enum wh_code_kind other)
{
    return set->has[one] && set->has[other];
}

static bool other_model(const struct wh_code_set *set)
{
    bool is_351c = false;
    for (unsigned k = WH_CODE_TYPE_351C; k < WH_CODE_KINDS; k++) {
        is_351c = is_351c || set->has[k];
    }
    return set->has[WH_CODE_TYPE_382L] && is_351c;
}

static bool ports_without_module(const struct wh_code_set *set)
{
    return set->has[WH_CODE_CONFIG_1] && set->config_1.module == 0 &&
           set->config_1.io != WH_IO_NONE;
}

/* A port that a module does not have is not set up; one that it has works in one direction only. */
static bool port_against_module(const struct wh_code_set *set)
{
    const enum port *has = ports_of_module(set->config_1.module);
    const enum port *wanted = ports_of_io(set->config_1.io);
    bool against = false;
    for (int p = 0; p < 2; p++) {
        against = against || (has[p] == PORT_INPUT && wanted[p] == PORT_OUTPUT) ||
                  (has[p] == PORT_OUTPUT && wanted[p] == PORT_INPUT);
    }
    return set->has[WH_CODE_CONFIG_1] && against;
}

static bool registers(const struct wh_code_set *set, enum wh_energy energy)
{
    return (wh_energy_type_energies(set->type_351c.energy_type) >> energy & 1) != 0;
}

static bool pulses_of_no_r_plus(const struct wh_code_set *set)
{
    return both(set, WH_CODE_TYPE_351C, WH_CODE_CONFIG_1) &&
           set->config_1.io == WH_IO_R_PLUS_A_PLUS && !registers(set, WH_R_PLUS);
}

static bool pulses_of_no_a_minus(const struct wh_code_set *set)
{
    return both(set, WH_CODE_TYPE_351C, WH_CODE_CONFIG_1) &&
           set->config_1.io == WH_IO_A_MINUS_A_PLUS && !registers(set, WH_A_MINUS);
}

static bool reading_without_day(const struct wh_code_set *set)
{
    return set->has[WH_CODE_CONFIG_2] && set->config_2.debiting != WH_AUTO_READING_NONE &&
           set->config_2.debiting_day == 0;
}

static bool alarm_without_input(const struct wh_code_set *set)
{
    return both(set, WH_CODE_CONFIG_1, WH_CODE_CONFIG_2) && set->config_2.alarm_input &&
           set->config_1.io != WH_IO_PULSE_ALARM && set->config_1.io != WH_IO_PULSE_ALARM_INVERTED;
}

static bool unit_without_pulses(const struct wh_code_set *set)
{
    const enum wh_io io = set->config_1.io;
    return both(set, WH_CODE_CONFIG_1, WH_CODE_CONFIG_3) &&
           set->config_3.pulse_unit != WH_PULSE_UNIT_NONE && io != WH_IO_PULSE_ALARM &&
           io != WH_IO_PULSE_ALARM_INVERTED && io != WH_IO_PULSE_A_PLUS;
}

static bool radio_code_without_radio(const struct wh_code_set *set)
{
    return both(set, WH_CODE_TYPE_351C, WH_CODE_CONFIG_5) && set->has[WH_CODE_CONFIG_1] &&
           set->config_5.radio_code != 0 && !set->type_351c.radio &&
           set->config_1.module != MODULE_GSM;
}

static const struct {
    bool (*broken)(const struct wh_code_set *set);
    const char *field;
    const char *text;
} rules[] = {
    {other_model, "letter", "letter is of a 382L, the other codes are of a 351C"},
    {ports_without_module, "DD", "DD (input and output) sets up ports, but CCC is 000: no module"},
    {port_against_module, "DD",
     "DD (input and output) has an output where the module of CCC has an input, or the reverse"},
    {pulses_of_no_r_plus, "DD",
     "DD is 06: R+ output, but the energy type of X5 registers no R+; 3 and 4 do"},
    {pulses_of_no_a_minus, "DD",
     "DD is 16: A− output, but the energy type of X5 registers no A−; 2 and 4 do"},
    {reading_without_day, "HH", "HH (auto-reading interval) needs a day, but GG is 00: none"},
    {alarm_without_input, "I",
     "I has an alarm input, but DD makes none of the ports; 03 and 04 do"},
    {unit_without_pulses, "NN",
     "NN has a unit, but DD makes none of the ports a pulse input; 03, 04 and 05 do"},
    {radio_code_without_radio, "RRR",
     "RRR has a radio code, but neither X6 (5) nor CCC (053) has a radio"},
};

enum wh_err wh_code_check(const struct wh_code_set *set, struct wh_code_fault *fault)
{
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        if (rules[r].broken(set)) {
            struct wh_code_text text = wh_code_text(fault->text, sizeof fault->text);
            wh_code_put(&text, rules[r].text);
            fault->field = rules[r].field;
            fault->position = 0;
            return WH_ERR_FORMAT;
        }
    }
    return WH_OK;
}
