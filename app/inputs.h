/* What comes in at terminals and under covers: pulse input, alarm input, tariff inputs, covers, magnet (PLS-3, TAR-1,
 * LOG-6). Levels are those that hardware has debounced.
 */
#ifndef WH_APP_INPUTS_H
#define WH_APP_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

enum wh_input {
    WH_INPUT_TARIFF_1, /* terminals 13 and 33 */
    WH_INPUT_TARIFF_2,
    WH_INPUT_ALARM,
    WH_INPUT_TERMINAL_COVER, /* high: open */
    WH_INPUT_UTILITY_SEAL,
    WH_INPUT_VERIFICATION_SEAL,
    WH_INPUT_MAGNET, /* high: a strong field */
    WH_INPUT_COUNT,
};

/* Tampering that stays on the display until released (LOG-6). */
enum wh_tamper { WH_TAMPER_COVER = 1 << 0, WH_TAMPER_MAGNET = 1 << 1 };

/* Tariff 1 … 4 by the levels of the tariff inputs: none T1, the first T2, the second T3, both T4; inverted T4, T3, T2,
 * T1. With one input T1 and T2. */
uint8_t wh_inputs_tariff(uint8_t levels, uint8_t inputs, bool inverted);

/* Pulse input: pulses divided by the factor, exact; the register is renewed and stored every 10 s. */
struct wh_pulse_input {
    uint64_t count_milli; /* thousandths of the unit, as shown and stored */
    uint32_t rest_parts;  /* below a thousandth, in parts of it: below the factor */
    uint32_t pending;     /* pulses since the register was renewed */
};

void wh_pulse_input_add(struct wh_pulse_input *input, uint32_t pulses);

/* Renews the register; returns whether it has changed. factor_milli as in struct wh_config. */
bool wh_pulse_input_renew(struct wh_pulse_input *input, uint32_t factor_milli);

/* Another factor from now on: what is left over keeps its worth, below a thousandth. */
void wh_pulse_input_convert(struct wh_pulse_input *input, uint32_t from_milli, uint32_t to_milli);

#endif
