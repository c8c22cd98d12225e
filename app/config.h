/* The configuration of a meter (VAR-15): every parameter that is neither calibration nor identity nor tariff plan, as one
 * value, with a table that says what each is. Check, storage, documentation and tools all come from that table.
 *
 * Parameters of the factory (protected by the verification seal) decide what the meter is; the others are the utility's.
 * Which protocol and client may write is not decided here.
 */
#ifndef WH_APP_CONFIG_H
#define WH_APP_CONFIG_H

#include "app/display.h"
#include "catalog/code.h"
#include "catalog/variant.h"
#include "common/err.h"
#include "legal/interface.h"
#include <stddef.h>
#include <stdint.h>

enum {
    WH_LOGGER_QUANTITIES = 16, /* LOG-4 */
    WH_CONFIG_CODES = 5,       /* configuration numbers 1 to 5 (VAR-10 to 13) */
    WH_QUANTITY_NONE = 255,    /* fills lists of readings up */
};

/* What decides the tariff (TAR-1). */
enum wh_tariff_source {
    WH_TARIFF_BY_NOTHING, /* always T1 */
    WH_TARIFF_BY_INPUTS,  /* of a tariff module */
    WH_TARIFF_BY_COMMAND, /* over a protocol */
    WH_TARIFF_BY_PLAN,    /* the internal schedule */
    WH_TARIFF_SOURCES,
};

/* What opens the breaker by itself, and how (BRK-2, BRK-4, BRK-5): bits as 1.1.128.0.11 has them. */
enum wh_cut_off {
    WH_CUT_OFF_LOAD = 1 << 0, /* Smart Disconnect */
    WH_CUT_OFF_PREPAYMENT = 1 << 1,
    WH_CUT_OFF_BY_POWER =
        1 << 2, /* thresholds are of the total power, kW; else of any current, A */
    WH_CUT_OFF_NEUTRAL = 1 << 3,
    WH_CUT_OFF_LOG_ONLY = 1 << 4,     /* all of them are logged only */
    WH_CUT_OFF_UNRESTRICTED = 1 << 5, /* prepayment opens on every day at every time */
    WH_CUT_OFF_OVER_VOLTAGE = 1 << 6,
    WH_CUT_OFF_BITS = 127,
};

enum { WH_DISCONNECT_STEPS = 3, WH_CONFIG_TARIFFS = 4 };

enum wh_alarm_input { WH_ALARM_OFF, WH_ALARM_NORMAL, WH_ALARM_INVERTED };

/* Every member is a row of the table; the units are in the names. */
struct wh_config {
    /* of the factory */
    uint8_t energy_type;     /* enum wh_energy_type (VAR-7) */
    uint8_t display_side;    /* enum wh_side: registers on display and in protocols (VAR-14) */
    uint8_t energy_decimals; /* 0 … 2 digits behind the point of kWh on the display (VAR-10 A) */
    uint8_t led_when_idle;   /* 1: the pulse LED is lit without load (VAR-10 B) */
    uint32_t code[WH_CONFIG_CODES];
    /* of the utility */
    int16_t zone_min;                     /* CLK-3 */
    uint8_t daylight;                     /* enum wh_daylight */
    uint8_t clock_log_s;                  /* changes of the clock from here on are logged */
    uint8_t integration_min;              /* 5, 15, 30, 60 (VAR-11 E) */
    uint8_t debiting_day;                 /* 1 … 28; 0: none (VAR-11 GG) */
    uint8_t debiting_interval;            /* code 0 … 24 (VAR-11 HH; app/debiting.h) */
    uint8_t debiting_2_interval;          /* enum wh_debiting_2 */
    uint8_t profile_min;                  /* 5, 15, 30, 60; 0: off (LOG-1) */
    uint8_t profile_side;                 /* enum wh_side (VAR-12 QQ) */
    uint8_t profile_of_power;             /* 1: powers beside the energies (LOG-3) */
    uint16_t logger_min;                  /* 1 … 1440, a divisor of a day; 0: off (LOG-4) */
    uint8_t logger[WH_LOGGER_QUANTITIES]; /* enum wh_quantity_id, then WH_QUANTITY_NONE */
    uint8_t tariff_source;                /* enum wh_tariff_source */
    uint8_t tariff_inputs;                /* 2: one input, T1 and T2; 4: two inputs */
    uint8_t tariff_inputs_inverted;
    uint32_t power_threshold_w;
    uint8_t pulse_unit;          /* enum wh_pulse_unit of the pulse input (PLS-3) */
    uint32_t pulse_factor_milli; /* thousandths of pulses for one unit: 100 … 1 000 000 */
    uint8_t alarm_input;         /* enum wh_alarm_input */
    uint8_t pulse_ms;            /* 30 or 80: pulse outputs of the module (VAR-11 I) */
    uint8_t module_pulse_side;   /* enum wh_side (VAR-12 M) */
    uint16_t module_code;        /* VAR-10 CCC */
    uint8_t module_io_code;      /* VAR-10 DD */
    uint8_t module_io;           /* inputs and outputs of the module: value of KMP register 1102 */
    uint16_t radio_code;         /* VAR-13 RRR */
    uint8_t tamper_on_display;   /* LOG-6 */
    uint32_t under_mv, over_mv, lost_mv, hysteresis_mv; /* voltage quality (LOG-7) */
    uint32_t number_2, number_3;                        /* meter numbers of the utility */
    uint32_t special_1, special_2;                      /* special data */
    uint8_t automatic_list[WH_DISPLAY_AUTOMATIC_MAX];   /* DSP-3: enum wh_quantity_id */
    uint8_t manual_list[WH_DISPLAY_MANUAL_MAX];
    uint8_t backup_list[WH_DISPLAY_BACKUP_MAX];
    /* breaker and prepayment (BRK; docs/breaker.md); breaker is of the factory, the others of the
     * module port */
    uint8_t breaker;                                  /* 1: this meter has one */
    uint8_t cut_off_basis;                            /* set of enum wh_cut_off */
    uint8_t disconnect_low;                           /* A or kW, of low load; 0: none */
    uint8_t disconnect_high;                          /* A or kW, of Smart Disconnect */
    uint8_t disconnect_k_tenths[WH_DISCONNECT_STEPS]; /* of the threshold, the first the highest */
    uint16_t disconnect_t_s[WH_DISCONNECT_STEPS];     /* the first the shortest */
    uint16_t reconnect_wait_s;                        /* before the meter closes */
    uint8_t reconnect_automatic; /* 1: the meter closes; 0: button or command */
    uint8_t button_opens;
    uint8_t button_connects;    /* enum wh_button_connect (BRK-3) */
    uint16_t over_disconnect_v; /* over-voltage: opens above this … */
    uint16_t over_disconnect_s; /* … for so long */
    uint16_t over_reconnect_v;  /* closes below this … */
    uint16_t over_reconnect_s;  /* … for so long */
    uint8_t neutral_shift_v;    /* neutral fault: one phase below nominal by this (MET-10) … */
    uint16_t neutral_high_v;    /* … and the others above this … */
    uint16_t neutral_s;         /* … for so long */
    uint16_t prepayment_alarm_kwh;
    uint16_t prepayment_emergency_kwh; /* emergency credit; 0: none */
    uint8_t prepayment_low_days;       /* of low load after disconnection; 0: none */
    uint8_t prepayment_days;           /* on which it may open: bit 0 Monday … 6 Sunday */
    uint16_t prepayment_hold_from_min; /* time of day, minutes: does not open from … */
    uint16_t prepayment_hold_to_min;   /* … to; the same: opens at any time */
    uint16_t prepayment_factor_milli[WH_CONFIG_TARIFFS]; /* charged for 1 Wh of T1 … T4 */
};

/* A row: one member of the struct. */
struct wh_parameter {
    const char *name; /* as the member, in tools and messages */
    uint8_t id;       /* in storage; never used again for another */
    uint16_t offset;  /* in struct wh_config */
    uint8_t size;     /* of an element: 1, 2 or 4 bytes */
    uint8_t count;    /* elements */
    bool is_signed;
    int64_t least, greatest;
    const uint8_t *only; /* if not NULL: the values allowed, ends with the last of them repeated */
    enum wh_protection protection;
    bool is_of_module; /* written through the module port only (BRK) */
    const char *text;  /* what it is, with unit */
};

/* Row by number, NULL past the last; by name or id, NULL if there is none. */
const struct wh_parameter *wh_parameter_at(size_t index);
const struct wh_parameter *wh_parameter_find(const char *name);
const struct wh_parameter *wh_parameter_of_id(uint8_t id);

/* A list of quantities, filled up with WH_QUANTITY_NONE: right as a whole only. */
bool wh_parameter_is_list(const struct wh_parameter *parameter);

/* Element of a parameter; index < count. */
int64_t wh_parameter_get(const struct wh_parameter *parameter, const struct wh_config *config,
                         uint8_t index);
/* WH_ERR_ARGUMENT if the value is not allowed; then nothing has changed. */
enum wh_err wh_parameter_set(const struct wh_parameter *parameter, struct wh_config *config,
                             uint8_t index, int64_t value);

/* What is wrong with a configuration: static text. */
struct wh_config_fault {
    const struct wh_parameter *parameter;
    uint8_t index; /* of the element */
    const char *reason;
};

/* As the model leaves the factory without special wishes. */
struct wh_config wh_config_default(const struct wh_variant *variant);

/* Another energy type (VAR-7), with display lists and logger set-up of the factory for it. */
void wh_config_set_energy_type(struct wh_config *config, enum wh_energy_type type);

/* A meter with a breaker (factory): its reading goes into the list of the button. */
void wh_config_set_breaker(struct wh_config *config);

/* Whether the energy type registers what a quantity is made of, and the breaker it tells of is
 * there. */
bool wh_config_has(const struct wh_config *config, enum wh_quantity_id id);

/* Ranges, what the model can do, and contradictions between parameters. WH_OK or WH_ERR_ARGUMENT, then
 * *fault names the first. */
enum wh_err wh_config_check(const struct wh_config *config, const struct wh_variant *variant,
                            struct wh_config_fault *fault);

/* Whether a parameter means anything to this meter: those of breaker and prepayment need a
 * breaker. */
bool wh_config_has_parameter(const struct wh_config *config, const struct wh_parameter *parameter);

/* Which protections a change touches: bit by enum wh_protection. */
uint8_t wh_config_protections(const struct wh_config *from, const struct wh_config *to);

/* Stored form, docs/store.md: id, length and value of each parameter. Decoding starts from what *config holds, so that
 * parameters of later versions default; ids it does not know are passed over.
 * WH_ERR_CORRUPT for anything malformed; then *config is unchanged. */
enum { WH_CONFIG_STORED_MAX = 498 };
size_t wh_config_encode(const struct wh_config *config, uint8_t stored[WH_CONFIG_STORED_MAX]);
enum wh_err wh_config_decode(struct wh_config *config, const uint8_t *stored, size_t length);

/* CRC-32 of the factory's parameters, for the audit log. */
uint32_t wh_config_factory_checksum(const struct wh_config *config);

#endif
