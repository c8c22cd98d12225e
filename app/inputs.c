/* Inputs. Invariant of the pulse input: units times factor plus what is left over is exactly the pulses that came in, as
 * long as the factor stays. */
#include "app/inputs.h"

enum { MILLI = 1000 };

uint8_t wh_inputs_tariff(uint8_t levels, uint8_t inputs, bool inverted)
{
    const uint8_t mask = (uint8_t)(inputs - 1); /* 2 tariffs: one input; 4: two */
    const uint8_t code = levels & mask;
    return (uint8_t)(inverted ? mask + 1 - code : code + 1);
}

void wh_pulse_input_add(struct wh_pulse_input *input, uint32_t pulses)
{
    input->pending += pulses;
}

bool wh_pulse_input_renew(struct wh_pulse_input *input, uint32_t factor_milli)
{
    if (input->pending == 0) {
        return false;
    }
    /* A pulse is 1000 / factor_milli units, that is 10^6 / factor_milli thousandths. */
    const uint64_t parts = input->rest_parts + (uint64_t)input->pending * MILLI * MILLI;
    input->count_milli += parts / factor_milli;
    input->rest_parts = (uint32_t)(parts % factor_milli);
    input->pending = 0;
    return true;
}

void wh_pulse_input_convert(struct wh_pulse_input *input, uint32_t from_milli, uint32_t to_milli)
{
    input->rest_parts = (uint32_t)((uint64_t)input->rest_parts * to_milli / from_milli);
}
