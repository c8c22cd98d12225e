/* Readers of the application's quantities, for the table in reading.c. Private to app/. */
#ifndef WH_APP_READING_STATE_H
#define WH_APP_READING_STATE_H

#include "app/reading.h"

typedef enum wh_err wh_reader(const struct wh_reading_source *source, uint8_t index,
                              struct wh_reading *reading);

wh_reader wh_read_demand_mean;
wh_reader wh_read_demand_peak;
wh_reader wh_read_demand_time;
wh_reader wh_read_demand_sum;
wh_reader wh_read_hours;
wh_reader wh_read_threshold;
wh_reader wh_read_pulse_input;
wh_reader wh_read_state;
wh_reader wh_read_parameter;
wh_reader wh_read_breaker;
wh_reader wh_read_prepayment;

/* The side that registers are shown of (VAR-14). */
enum wh_side wh_reading_side(const struct wh_reading_source *source);

/* Bits of the meter status that the application knows (1.1.97.97.0). */
uint32_t wh_reading_status(const struct wh_reading_source *source);

/* For the glass: digits of kWh behind the point, -1 if not configured; the tariff, 0 if tariffs are not in use; symbols
 * (LOG-6: tampering, where configured, until released). */
int wh_reading_energy_decimals(const struct wh_reading_source *source);
uint8_t wh_reading_tariff_shown(const struct wh_reading_source *source);
uint8_t wh_reading_symbols(const struct wh_reading_source *source);

#endif
