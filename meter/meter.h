/* A meter is a value: this struct is all of it.
 *
 * Inputs: samples (or, for fleets, element reports), time given by their count, the button.
 * Outputs: the display, the LED, the readings that protocols take, and writes to the memory. No
 * allocation, no globals, no clock: the same inputs give the same registers, bit for bit, on every
 * machine.
 *
 * Life: wh_meter_manufacture once for a memory, then for every power-up wh_meter_start. A power cut
 * needs no call: throw the struct away (or not) and start again from the memory.
 */
#ifndef WH_METER_METER_H
#define WH_METER_METER_H

#include "app/clock.h"
#include "app/display.h"
#include "app/reading.h"
#include "catalog/variant.h"
#include "legal/legal.h"
#include "metrology/measuring.h"

struct wh_meter {
    struct wh_measuring measuring;
    struct wh_legal legal;
    struct wh_clock clock;
    struct wh_display display;
    const struct wh_variant *variant;
};

/* Factory: formats a memory as that of a new meter of that model, with its serial number and the
 * utility's number (up to 8 digits). See wh_legal_manufacture for errors. */
enum wh_err wh_meter_manufacture(const struct wh_nvm *nvm, const struct wh_variant *variant,
                                 uint32_t serial_number, uint32_t meter_number);

/* Size of the memory a meter needs with that page size, bytes. */
uint32_t wh_meter_memory_size(uint32_t page_size_bytes);

/* Power-up. The model is the one in the memory's identity; nvm is borrowed as long as the meter is
 * used. The clock is invalid until wh_clock_set. Errors as wh_legal_start, and WH_ERR_UNSUPPORTED
 * if the memory is that of a model this software does not know. */
enum wh_err wh_meter_start(struct wh_meter *meter, const struct wh_nvm *nvm,
                           struct wh_legal_start_report *report);

/* Called after each report of the elements has been taken, if given; context is the caller's. */
typedef void wh_meter_observer(void *context, const struct wh_bus_report *report);

/* Feeds count sample sets, 4096 per second of mains. observer may be NULL. */
void wh_meter_sample(struct wh_meter *meter, const struct wh_sample_set *sets, size_t count,
                     wh_meter_observer *observer, void *context);

/* Feeds one report behind the internal bus, instead of samples. */
void wh_meter_report(struct wh_meter *meter, const struct wh_bus_report *report);

/* The verification seal was opened or closed. See wh_legal_set_seal. */
enum wh_err wh_meter_set_seal(struct wh_meter *meter, bool open);

/* Calibrates the elements: stored and in use at once. See wh_legal_calibrate. */
enum wh_err wh_meter_calibrate(struct wh_meter *meter,
                               const struct wh_calibration calibration[WH_PHASES]);

/* The meter's own temperature in hundredths of a degree, for the compensation. 23 degrees until told. */
void wh_meter_set_temperature(struct wh_meter *meter, int32_t centi_c);

/* Mains went away: the meter lives on backup supply, its display dark until the button is pressed; time
 * passes by wh_meter_idle. When mains is back, start anew with wh_meter_start. */
void wh_meter_lose_mains(struct wh_meter *meter);

/* Time without mains, in units of samples: clock and display go on. */
void wh_meter_idle(struct wh_meter *meter, uint32_t sample_count);

/* The left button. */
void wh_meter_button(struct wh_meter *meter);

/* Orderly stop: stores registers with all digits. Errors as wh_legal_save. */
enum wh_err wh_meter_stop(struct wh_meter *meter);

/* For wh_read: where this meter's values come from. */
struct wh_reading_source wh_meter_readings(const struct wh_meter *meter);

/* The glass as it is now. */
void wh_meter_lcd(const struct wh_meter *meter, struct wh_lcd *lcd);

#endif
