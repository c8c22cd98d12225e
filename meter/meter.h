/* A meter is a value: this struct is all of it.
 *
 * Inputs: samples (or, for fleets, element reports), time given by their count, the button, the inputs at terminals and
 * under covers, commands of protocols (app/application.h, on meter->application and meter->legal). Outputs: the display, the
 * LED, the readings that protocols take, and writes to the memories. No allocation, no globals, no clock: the same
 * inputs give the same registers and records, bit for bit, on every machine.
 *
 * Life: wh_meter_manufacture once for a board, then for every power-up wh_meter_start. A power cut
 * needs no call: throw the struct away (or not) and start again from the memories.
 */
#ifndef WH_METER_METER_H
#define WH_METER_METER_H

#include "app/application.h"
#include "app/display.h"
#include "catalog/variant.h"
#include "legal/legal.h"
#include "metrology/measuring.h"

struct wh_meter {
    struct wh_measuring measuring;
    struct wh_legal legal;
    struct wh_application application;
    struct wh_display display;
    const struct wh_variant *variant;
    uint32_t held_samples; /* of the button, since it was pressed */
    bool is_held;
};

/* The hardware around a meter; what the pointers lead to is borrowed as long as the meter is used. */
struct wh_board {
    const struct wh_nvm *nvm;     /* EEPROM of the legal part, wh_meter_memory_size */
    const struct wh_flash *flash; /* serial flash of the application, WH_LOGS_FLASH_SIZE */
    struct wh_rtc_reading rtc;    /* the clock chip as it stands at power-up */
    const void *program; /* image of the running program, for the self-check; NULL: not watched */
    size_t program_size; /* bytes */
    const struct wh_image_board *image; /* for software images; NULL: none are taken */
};

/* A meter as it is ordered. */
struct wh_order {
    const struct wh_variant *variant;
    uint32_t serial_number;
    uint32_t meter_number;          /* the utility's, up to 8 digits */
    const struct wh_config *config; /* NULL: wh_config_default */
    uint16_t ratio;                 /* of transformers (VAR-14); 0: 1 */
    bool ratio_locked;
};

/* Factory: formats the memories as those of a new meter. See wh_legal_manufacture and wh_application_manufacture for
 * errors; *fault, unless NULL, names what is wrong with the configuration. WH_ERR_ARGUMENT for a ratio that the model
 * does not have. */
enum wh_err wh_meter_manufacture(const struct wh_board *board, const struct wh_order *order,
                                 struct wh_config_fault *fault);

/* Size of the EEPROM a meter needs with that page size, bytes. */
uint32_t wh_meter_memory_size(uint32_t page_size_bytes);

/* What a start found in the memories. */
struct wh_meter_start_report {
    struct wh_legal_start_report legal;
    struct wh_application_start application;
    enum wh_err image; /* of wh_application_start_image: an error takes image transfer away */
};

/* Power-up. The model is the one in the memory's identity. Errors as wh_legal_start, WH_ERR_UNSUPPORTED if the memory is
 * that of a model this software does not know; then as wh_application_start. */
enum wh_err wh_meter_start(struct wh_meter *meter, const struct wh_board *board,
                           struct wh_meter_start_report *report);

/* Whether that EEPROM holds a meter that can start, and which, without touching the rest of a board: all that
 * wh_legal_start does. *identity is filled on WH_OK. */
enum wh_err wh_meter_inspect(const struct wh_nvm *nvm, struct wh_legal_start_report *report,
                             struct wh_identity *identity);

/* Called after each report of the elements has been taken, if given; context is the caller's. */
typedef void wh_meter_observer(void *context, const struct wh_bus_report *report);

/* Feeds count sample sets, 4096 per second of mains. observer may be NULL. */
void wh_meter_sample(struct wh_meter *meter, const struct wh_sample_set *sets, size_t count,
                     wh_meter_observer *observer, void *context);

/* Feeds one report behind the internal bus, instead of samples. */
void wh_meter_report(struct wh_meter *meter, const struct wh_bus_report *report);

/* The verification seal was opened or closed. See wh_legal_set_seal. */
enum wh_err wh_meter_set_seal(struct wh_meter *meter, bool open);

/* Level of an input (app/inputs.h); switches under covers act on the legal part as well. Errors as wh_application_input and
 * wh_legal_set_switch. */
enum wh_err wh_meter_input(struct wh_meter *meter, enum wh_input input, bool high);

/* Another configuration or clock: wh_application_configure and wh_application_set_clock, and what they mean for elements and
 * display. */
enum wh_err wh_meter_configure(struct wh_meter *meter, const struct wh_config *config,
                               enum wh_origin origin, struct wh_config_fault *fault);
enum wh_err wh_meter_set_clock(struct wh_meter *meter, uint32_t utc_s);

/* Calibrates the elements: stored and in use at once. See wh_legal_calibrate. */
enum wh_err wh_meter_calibrate(struct wh_meter *meter,
                               const struct wh_calibration calibration[WH_PHASES]);

/* The meter's own temperature in hundredths of a degree, for the compensation. 23 degrees until told. */
void wh_meter_set_temperature(struct wh_meter *meter, int32_t centi_c);

/* Mains went away: while the capacitors last, registers and counters are stored with all digits. Then the meter lives
 * on backup supply, its display dark until the button is pressed; time passes by wh_meter_idle. When mains is back, start
 * anew with wh_meter_start. */
void wh_meter_lose_mains(struct wh_meter *meter);

/* Time without mains, in units of samples: clock and display go on. */
void wh_meter_idle(struct wh_meter *meter, uint32_t sample_count);

/* The left button, pressed and let go. */
void wh_meter_button(struct wh_meter *meter);

/* The same button by its level, for those who can hold it. Let go within 6 s it is a press. Held
 * for 6 s on the reading of the breaker in the list of the button it opens or closes the breaker,
 * if that is allowed (BRK-2, BRK-3); the breaker is never a safety function. */
void wh_meter_button_level(struct wh_meter *meter, bool pressed);

/* Orderly stop: stores registers with all digits, and all that wh_meter_lose_mains stores. Errors as wh_legal_save. */
enum wh_err wh_meter_stop(struct wh_meter *meter);

/* The pulse LED as it is lit: by its pulses, and without load as the factory chose (VAR-10 B). */
bool wh_meter_led(const struct wh_meter *meter);

/* For wh_read: where this meter's values come from. */
struct wh_reading_source wh_meter_readings(const struct wh_meter *meter);

/* The glass as it is now. */
void wh_meter_lcd(const struct wh_meter *meter, struct wh_lcd *lcd);

#endif
