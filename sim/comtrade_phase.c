/* Matching channels to phases by two tables, of units and of phase names. */
#include "sim/comtrade_phase.h"

#include "sim/comtrade_text.h"

#include <string.h>

enum { PHASE_UNKNOWN = -1, PHASE_NONE = -2 };

static const struct {
    const char *name; /* any case, except that MV and MA, mega or milli, are not taken */
    int quantity;
    double scale;
} units[] = {
    {"V", SIM_VOLTAGE, 1}, {"kV", SIM_VOLTAGE, 1e3}, {"mV", SIM_VOLTAGE, 1e-3},
    {"A", SIM_CURRENT, 1}, {"kA", SIM_CURRENT, 1e3}, {"mA", SIM_CURRENT, 1e-3},
};

/* Without "N", "-" and blanks. What carries current or voltage but is not a phase is listed so that
 * it is never taken for want of a better one. */
static const struct {
    const char *name;
    int phase;
} phases[] = {
    {"A", 0},           {"L1", 0},          {"R", 0},           {"1", 0},
    {"B", 1},           {"L2", 1},          {"S", 1},           {"2", 1},
    {"C", 2},           {"L3", 2},          {"T", 2},           {"3", 2},
    {"N", PHASE_NONE},  {"G", PHASE_NONE},  {"E", PHASE_NONE},  {"PE", PHASE_NONE},
    {"AB", PHASE_NONE}, {"BC", PHASE_NONE}, {"CA", PHASE_NONE}, {"L1L2", PHASE_NONE},
    {"RS", PHASE_NONE}, {"ST", PHASE_NONE}, {"TR", PHASE_NONE}, {"L2L3", PHASE_NONE},
    {"12", PHASE_NONE}, {"23", PHASE_NONE}, {"31", PHASE_NONE}, {"L3L1", PHASE_NONE},
    {"BA", PHASE_NONE}, {"CB", PHASE_NONE}, {"AC", PHASE_NONE}, {"L12", PHASE_NONE},
    {"SR", PHASE_NONE}, {"TS", PHASE_NONE}, {"RT", PHASE_NONE}, {"L23", PHASE_NONE},
    {"21", PHASE_NONE}, {"32", PHASE_NONE}, {"13", PHASE_NONE}, {"L31", PHASE_NONE},
};

static int find_phase(const char *field)
{
    char bare[SIM_COMTRADE_TEXT_SIZE];
    size_t length = 0;
    for (const char *c = field; *c != '\0'; c++) {
        if (*c != ' ' && *c != '-') {
            bare[length++] = *c;
        }
    }
    if (length > 1 && (bare[length - 1] == 'N' || bare[length - 1] == 'n')) {
        length--;
    }
    for (size_t k = 0; k < sizeof phases / sizeof phases[0]; k++) {
        if (sim_comtrade_is((struct sim_comtrade_slice){bare, length}, phases[k].name)) {
            return phases[k].phase;
        }
    }
    return PHASE_UNKNOWN;
}

/* Index into units, or -1. */
static int find_unit(const char *field)
{
    struct sim_comtrade_slice slice = {field, strlen(field)};
    if (strcmp(field, "MV") == 0 || strcmp(field, "MA") == 0) {
        return -1;
    }
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
        if (sim_comtrade_is(slice, units[k].name)) {
            return (int)k;
        }
    }
    return -1;
}

static void take(struct sim_comtrade_choice *choice, int phase, int unit, uint32_t channel)
{
    int32_t *chosen = &choice->channel[phase][units[unit].quantity];
    if (*chosen == SIM_NO_CHANNEL) {
        *chosen = (int32_t)channel;
        choice->scale[phase][units[unit].quantity] = units[unit].scale;
    }
}

/* The first phase on which the quantity was found, or PHASE_UNKNOWN. */
static int first_phase(const struct sim_comtrade_choice *choice, int quantity)
{
    for (int k = 0; k < SIM_PHASES; k++) {
        if (choice->channel[k][quantity] != SIM_NO_CHANNEL) {
            return k;
        }
    }
    return PHASE_UNKNOWN;
}

static void take_unnamed(const struct sim_comtrade *c, struct sim_comtrade_choice *choice,
                         int quantity)
{
    if (first_phase(choice, quantity) != PHASE_UNKNOWN) {
        return;
    }
    int phase = first_phase(choice, quantity == SIM_VOLTAGE ? SIM_CURRENT : SIM_VOLTAGE);
    for (uint32_t k = 0; k < c->analog_count; k++) {
        int unit = find_unit(c->analogs[k].unit);
        if (unit >= 0 && units[unit].quantity == quantity &&
            find_phase(c->analogs[k].phase) == PHASE_UNKNOWN) {
            take(choice, phase == PHASE_UNKNOWN ? 0 : phase, unit, k);
        }
    }
}

bool sim_comtrade_choose(const struct sim_comtrade *comtrade, const char *file_name,
                         struct sim_comtrade_choice *choice, struct sim_comtrade_error *error)
{
    static const char *const missing[] = {
        [SIM_VOLTAGE] = "%.64s: no channel is a phase voltage (unit V, kV or mV)",
        [SIM_CURRENT] = "%.64s: no channel is a phase current (unit A, kA or mA)"};
    memset(choice->channel, 0xff, sizeof choice->channel);
    for (uint32_t k = 0; k < comtrade->analog_count; k++) {
        int unit = find_unit(comtrade->analogs[k].unit);
        int phase = find_phase(comtrade->analogs[k].phase);
        if (unit >= 0 && phase >= 0) {
            take(choice, phase, unit, k);
        }
    }
    for (int quantity = 0; quantity < SIM_QUANTITIES; quantity++) {
        take_unnamed(comtrade, choice, quantity);
        if (first_phase(choice, quantity) == PHASE_UNKNOWN) {
            return sim_comtrade_fail(error, missing[quantity], file_name);
        }
    }
    return true;
}
