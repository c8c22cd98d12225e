/* Instantaneous values out of the last second's means (MET-4). Invariant: a value that is not known
 * is an error, never a zero that could be mistaken for a measurement. */
#include "common/intmath.h"
#include "legal/legal.h"

/* A power factor is shown from 1 VA: below it is noise divided by noise. */
enum { LEAST_APPARENT_MVA = 1000 };

typedef enum wh_err read_phase(const struct wh_second *second, int phase, int64_t *value);

static enum wh_err read_voltage(const struct wh_second *s, int phase, int64_t *value)
{
    *value = wh_second_u_mv(s, phase);
    return WH_OK;
}

static enum wh_err read_current(const struct wh_second *s, int phase, int64_t *value)
{
    *value = wh_second_i_ua(s, phase);
    return WH_OK;
}

static enum wh_err read_active(const struct wh_second *s, int phase, int64_t *value)
{
    *value = wh_second_active_mw(s, phase);
    return WH_OK;
}

static enum wh_err read_reactive(const struct wh_second *s, int phase, int64_t *value)
{
    *value = wh_second_reactive_mvar(s, phase);
    return WH_OK;
}

static enum wh_err read_apparent(const struct wh_second *s, int phase, int64_t *value)
{
    *value = wh_second_apparent_mva(s, phase);
    return WH_OK;
}

static enum wh_err factor_of(int64_t active_mw, int64_t apparent_mva, int64_t *value)
{
    if (apparent_mva < LEAST_APPARENT_MVA) {
        return WH_ERR_STATE;
    }
    *value = wh_div_round(active_mw * 10000, apparent_mva);
    return WH_OK;
}

static enum wh_err read_factor(const struct wh_second *s, int phase, int64_t *value)
{
    return factor_of(wh_second_active_mw(s, phase), wh_second_apparent_mva(s, phase), value);
}

/* Against L1's voltage; both angles are of the same sample, the last of the window. */
static enum wh_err read_angle(const struct wh_second *s, int phase, int64_t *value)
{
    if (!s->newest[phase].locked || !s->newest[0].locked) {
        return WH_ERR_STATE;
    }
    const uint32_t turns = s->newest[phase].u_angle - s->newest[0].u_angle;
    *value = (int64_t)(((uint64_t)turns * 360000u + 0x80000000u) >> 32) % 360000;
    return WH_OK;
}

static int64_t total(const struct wh_second *s, read_phase *read)
{
    int64_t sum = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        int64_t value = 0;
        (void)read(s, p, &value); /* the readers of powers cannot fail */
        sum += value;
    }
    return sum;
}

static enum wh_err total_active(const struct wh_second *s, int phase, int64_t *value)
{
    (void)phase;
    *value = total(s, read_active);
    return WH_OK;
}

static enum wh_err total_reactive(const struct wh_second *s, int phase, int64_t *value)
{
    (void)phase;
    *value = total(s, read_reactive);
    return WH_OK;
}

/* Arithmetic sum of the phases' U.I. */
static enum wh_err total_apparent(const struct wh_second *s, int phase, int64_t *value)
{
    (void)phase;
    *value = total(s, read_apparent);
    return WH_OK;
}

static enum wh_err total_factor(const struct wh_second *s, int phase, int64_t *value)
{
    (void)phase;
    return factor_of(total(s, read_active), total(s, read_apparent), value);
}

/* The mains frequency: of the first phase that knows it. */
static enum wh_err read_frequency(const struct wh_second *s, int phase, int64_t *value)
{
    (void)phase;
    for (int p = 0; p < WH_PHASES; p++) {
        if (s->newest[p].locked && s->newest[p].frequency_uhz != 0) {
            *value = s->newest[p].frequency_uhz;
            return WH_OK;
        }
    }
    return WH_ERR_STATE;
}

#define PER_PHASE(read)                                                                            \
    {read, 0}, {read, 1},                                                                          \
    {                                                                                              \
        read, 2                                                                                    \
    }

/* In the order of enum wh_instant. */
static const struct {
    read_phase *read;
    int phase;
} instants[] = {
    PER_PHASE(read_voltage),  PER_PHASE(read_current),  PER_PHASE(read_active),
    PER_PHASE(read_reactive), PER_PHASE(read_apparent), PER_PHASE(read_factor),
    PER_PHASE(read_angle),    {total_active, 0},        {total_reactive, 0},
    {total_apparent, 0},      {total_factor, 0},        {read_frequency, 0},
};

_Static_assert(sizeof instants / sizeof instants[0] == WH_INSTANT_COUNT,
               "one row for each instantaneous value");

enum wh_err wh_legal_instant(const struct wh_legal *legal, enum wh_instant instant, int64_t *value)
{
    *value = 0;
    if ((unsigned)instant >= WH_INSTANT_COUNT) {
        return WH_ERR_ARGUMENT;
    }
    if (legal->second.whole_count == 0) {
        return WH_ERR_STATE;
    }
    return instants[instant].read(&legal->second, instants[instant].phase, value);
}

static uint8_t phases_with_direction(const struct wh_legal *legal, bool exporting)
{
    uint8_t mask = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        const bool exports = legal->second.whole[p].active < 0;
        if (legal->second.newest[p].registering && exports == exporting) {
            mask |= (uint8_t)(1u << p);
        }
    }
    return mask;
}

uint8_t wh_legal_importing(const struct wh_legal *legal)
{
    return phases_with_direction(legal, false);
}

uint8_t wh_legal_exporting(const struct wh_legal *legal)
{
    return phases_with_direction(legal, true);
}

_Static_assert((int)WH_VOLTAGE_IS_NORMAL == (int)WH_VOLTAGE_NORMAL &&
                   (int)WH_VOLTAGE_IS_UNDER == (int)WH_VOLTAGE_UNDER &&
                   (int)WH_VOLTAGE_IS_OVER == (int)WH_VOLTAGE_OVER &&
                   (int)WH_VOLTAGE_IS_LOST == (int)WH_VOLTAGE_LOST &&
                   (int)WH_VOLTAGE_CONDITIONS == (int)WH_VOLTAGE_STATES,
               "conditions are the states of the element");

struct wh_voltage_window wh_legal_voltage(const struct wh_legal *legal, int phase)
{
    return legal->voltage[phase];
}

uint8_t wh_legal_disturbed(const struct wh_legal *legal)
{
    return legal->disturbed;
}
