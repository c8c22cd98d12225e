/* The catalog: every quantity of the meter once, in one table row. The display, COSEM objects, KMP
 * registers and the names in JSON are projections of the row.
 *
 * A row says what a quantity is and how each view writes it; it does not fetch it. app/reading.h
 * turns a row into a value.
 */
#ifndef WH_CATALOG_CATALOG_H
#define WH_CATALOG_CATALOG_H

#include "catalog/unit.h"
#include <stddef.h>
#include <stdint.h>

/* Every row, so that code can name one. Same order as the table. The numbers are stored in display lists, logger set-ups
 * and records: a later version only appends. */
enum wh_quantity_id {
    /* main registers */
    WH_QUANTITY_A_PLUS,
    WH_QUANTITY_A_MINUS,
    WH_QUANTITY_R_PLUS,
    WH_QUANTITY_R_MINUS,
    WH_QUANTITY_R1,
    WH_QUANTITY_R2,
    WH_QUANTITY_R3,
    WH_QUANTITY_R4,
    /* the same in verification resolution */
    WH_QUANTITY_A_PLUS_FINE,
    WH_QUANTITY_A_MINUS_FINE,
    WH_QUANTITY_R_PLUS_FINE,
    WH_QUANTITY_R_MINUS_FINE,
    /* energies of the phases, and sums */
    WH_QUANTITY_A_PLUS_L1,
    WH_QUANTITY_A_PLUS_L2,
    WH_QUANTITY_A_PLUS_L3,
    WH_QUANTITY_A_MINUS_L1,
    WH_QUANTITY_A_MINUS_L2,
    WH_QUANTITY_A_MINUS_L3,
    WH_QUANTITY_A_ABSOLUTE,
    WH_QUANTITY_A_NET,
    /* power, totals */
    WH_QUANTITY_P_PLUS,
    WH_QUANTITY_P_MINUS,
    WH_QUANTITY_Q_PLUS,
    WH_QUANTITY_Q_MINUS,
    /* per phase */
    WH_QUANTITY_P_PLUS_L1,
    WH_QUANTITY_P_PLUS_L2,
    WH_QUANTITY_P_PLUS_L3,
    WH_QUANTITY_P_MINUS_L1,
    WH_QUANTITY_P_MINUS_L2,
    WH_QUANTITY_P_MINUS_L3,
    WH_QUANTITY_Q_PLUS_L1,
    WH_QUANTITY_Q_PLUS_L2,
    WH_QUANTITY_Q_PLUS_L3,
    WH_QUANTITY_Q_MINUS_L1,
    WH_QUANTITY_Q_MINUS_L2,
    WH_QUANTITY_Q_MINUS_L3,
    WH_QUANTITY_S_L1,
    WH_QUANTITY_S_L2,
    WH_QUANTITY_S_L3,
    WH_QUANTITY_U_L1,
    WH_QUANTITY_U_L2,
    WH_QUANTITY_U_L3,
    WH_QUANTITY_I_L1,
    WH_QUANTITY_I_L2,
    WH_QUANTITY_I_L3,
    WH_QUANTITY_PF_L1,
    WH_QUANTITY_PF_L2,
    WH_QUANTITY_PF_L3,
    WH_QUANTITY_PF,
    WH_QUANTITY_FREQUENCY,
    /* data */
    WH_QUANTITY_CLOCK,
    WH_QUANTITY_METER_NUMBER,
    WH_QUANTITY_METER_NUMBER_1,
    WH_QUANTITY_SERIAL_NUMBER,
    WH_QUANTITY_TYPE,
    WH_QUANTITY_SOFTWARE,
    WH_QUANTITY_CHECKSUM,
    WH_QUANTITY_STATUS,
    /* per tariff (REG-1) */
    WH_QUANTITY_A_PLUS_T1,
    WH_QUANTITY_A_PLUS_T2,
    WH_QUANTITY_A_PLUS_T3,
    WH_QUANTITY_A_PLUS_T4,
    WH_QUANTITY_A_MINUS_T1,
    WH_QUANTITY_A_MINUS_T2,
    WH_QUANTITY_A_MINUS_T3,
    WH_QUANTITY_A_MINUS_T4,
    WH_QUANTITY_R_PLUS_T1,
    WH_QUANTITY_R_PLUS_T2,
    WH_QUANTITY_R_PLUS_T3,
    WH_QUANTITY_R_PLUS_T4,
    WH_QUANTITY_R_MINUS_T1,
    WH_QUANTITY_R_MINUS_T2,
    WH_QUANTITY_R_MINUS_T3,
    WH_QUANTITY_R_MINUS_T4,
    /* secondary side of transformers (VAR-14) */
    WH_QUANTITY_A_PLUS_SECONDARY,
    WH_QUANTITY_A_MINUS_SECONDARY,
    WH_QUANTITY_R_PLUS_SECONDARY,
    WH_QUANTITY_R_MINUS_SECONDARY,
    WH_QUANTITY_R1_SECONDARY,
    WH_QUANTITY_R4_SECONDARY,
    /* apparent power, totals by direction */
    WH_QUANTITY_S_TOTAL,
    /* mean power of the last integration period, its peaks, their times, and accumulated (REG-2) */
    WH_QUANTITY_P_PLUS_MEAN,
    WH_QUANTITY_P_MINUS_MEAN,
    WH_QUANTITY_Q_PLUS_MEAN,
    WH_QUANTITY_Q_MINUS_MEAN,
    WH_QUANTITY_S_PLUS_MEAN,
    WH_QUANTITY_S_MINUS_MEAN,
    WH_QUANTITY_P_PLUS_MAX,
    WH_QUANTITY_P_MINUS_MAX,
    WH_QUANTITY_Q_PLUS_MAX,
    WH_QUANTITY_Q_MINUS_MAX,
    WH_QUANTITY_S_PLUS_MAX,
    WH_QUANTITY_S_MINUS_MAX,
    WH_QUANTITY_P_PLUS_T1_MAX,
    WH_QUANTITY_P_PLUS_T2_MAX,
    WH_QUANTITY_Q_PLUS_T1_MAX,
    WH_QUANTITY_Q_PLUS_T2_MAX,
    WH_QUANTITY_P_PLUS_MAX_TIME,
    WH_QUANTITY_P_MINUS_MAX_TIME,
    WH_QUANTITY_Q_PLUS_MAX_TIME,
    WH_QUANTITY_Q_MINUS_MAX_TIME,
    WH_QUANTITY_S_PLUS_MAX_TIME,
    WH_QUANTITY_S_MINUS_MAX_TIME,
    WH_QUANTITY_P_PLUS_T1_MAX_TIME,
    WH_QUANTITY_P_PLUS_T2_MAX_TIME,
    WH_QUANTITY_Q_PLUS_T1_MAX_TIME,
    WH_QUANTITY_Q_PLUS_T2_MAX_TIME,
    WH_QUANTITY_P_PLUS_MAX_SUM,
    WH_QUANTITY_P_MINUS_MAX_SUM,
    WH_QUANTITY_Q_PLUS_MAX_SUM,
    WH_QUANTITY_Q_MINUS_MAX_SUM,
    WH_QUANTITY_S_PLUS_MAX_SUM,
    WH_QUANTITY_S_MINUS_MAX_SUM,
    WH_QUANTITY_P_PLUS_T1_MAX_SUM,
    WH_QUANTITY_P_PLUS_T2_MAX_SUM,
    WH_QUANTITY_Q_PLUS_T1_MAX_SUM,
    WH_QUANTITY_Q_PLUS_T2_MAX_SUM,
    /* counters and state (REG-3) */
    WH_QUANTITY_HOURS,
    WH_QUANTITY_PULSE_INPUT,
    WH_QUANTITY_POWER_THRESHOLD,
    WH_QUANTITY_DEBITING_COUNT,
    WH_QUANTITY_THRESHOLD_COUNT,
    WH_QUANTITY_TARIFF,
    WH_QUANTITY_RATIO,
    WH_QUANTITY_EVENTS_A,
    WH_QUANTITY_EVENTS_B,
    WH_QUANTITY_UNDER_VOLTAGES,
    WH_QUANTITY_OVER_VOLTAGES,
    WH_QUANTITY_PHASE_LOSSES,
    WH_QUANTITY_INTERRUPTIONS_SHORT,
    WH_QUANTITY_INTERRUPTIONS_LONG,
    WH_QUANTITY_CONFIGURATION_COUNT,
    WH_QUANTITY_METER_NUMBER_2,
    WH_QUANTITY_METER_NUMBER_3,
    WH_QUANTITY_SPECIAL_1,
    WH_QUANTITY_SPECIAL_2,
    WH_QUANTITY_CONFIG_1,
    WH_QUANTITY_CONFIG_2,
    WH_QUANTITY_CONFIG_3,
    WH_QUANTITY_CONFIG_4,
    WH_QUANTITY_CONFIG_5,
    /* breaker and prepayment (BRK) */
    WH_QUANTITY_BREAKER_STATE,
    WH_QUANTITY_BREAKER_FEEDBACK,
    WH_QUANTITY_DISCONNECT_THRESHOLD,
    WH_QUANTITY_PREPAYMENT_BALANCE,
    WH_QUANTITY_PREPAYMENT_CREDIT,
    WH_QUANTITY_COUNT,
};

/* Where a value comes from; index is of the enum named. */
enum wh_source {
    WH_SOURCE_ENERGY,           /* enum wh_energy, 0.1 Wh */
    WH_SOURCE_ENERGY_ABSOLUTE,  /* A+ plus A-, 0.1 Wh */
    WH_SOURCE_ENERGY_NET,       /* A+ minus A-, 0.1 Wh, signed */
    WH_SOURCE_INSTANT,          /* enum wh_instant */
    WH_SOURCE_INSTANT_POSITIVE, /* its positive part */
    WH_SOURCE_INSTANT_NEGATIVE, /* its negative part, without the sign */
    WH_SOURCE_TARIFF_ENERGY,    /* 4 * (tariff - 1) + A+, A-, R+, R- */
    WH_SOURCE_SECONDARY_ENERGY, /* enum wh_energy */
    WH_SOURCE_DEMAND_MEAN,      /* enum wh_demand_channel, here and below */
    WH_SOURCE_DEMAND_PEAK,
    WH_SOURCE_DEMAND_SUM,
    WH_SOURCE_HOURS,
    WH_SOURCE_POWER_THRESHOLD,
    WH_SOURCE_PREPAYMENT, /* 0: balance, 1: credit used; thousandths of 0.1 Wh */
    WH_SOURCE_CLOCK,
    WH_SOURCE_SERIAL_NUMBER,
    WH_SOURCE_METER_NUMBER,
    WH_SOURCE_METER_NUMBER_TEXT,
    WH_SOURCE_TYPE_TEXT,
    WH_SOURCE_SOFTWARE_TEXT,
    WH_SOURCE_CHECKSUM,
    WH_SOURCE_STATUS,
    WH_SOURCE_DEMAND_TIME,
    WH_SOURCE_PULSE_INPUT, /* thousandths of its unit */
    WH_SOURCE_STATE,       /* enum wh_state_number */
    WH_SOURCE_PARAMETER,   /* enum wh_parameter_number */
    WH_SOURCE_BREAKER,     /* enum wh_breaker_number */
    WH_SOURCE_COUNT,
};

/* What mean power is formed of. Apparent power is that of the period's active and reactive energy of its direction. */
enum wh_demand_channel {
    WH_DEMAND_P_PLUS,
    WH_DEMAND_P_MINUS,
    WH_DEMAND_Q_PLUS,
    WH_DEMAND_Q_MINUS,
    WH_DEMAND_S_PLUS,
    WH_DEMAND_S_MINUS,
    WH_DEMAND_P_PLUS_T1, /* of the energy counted in that tariff */
    WH_DEMAND_P_PLUS_T2,
    WH_DEMAND_Q_PLUS_T1,
    WH_DEMAND_Q_PLUS_T2,
    WH_DEMAND_CHANNELS,
};

/* Counters and state of the application. */
enum wh_state_number {
    WH_STATE_DEBITING_COUNT,
    WH_STATE_THRESHOLD_COUNT,
    WH_STATE_TARIFF,
    WH_STATE_RATIO,
    WH_STATE_EVENTS_A,
    WH_STATE_EVENTS_B,
    WH_STATE_UNDER_VOLTAGES, /* then as enum wh_quality_count */
    WH_STATE_OVER_VOLTAGES,
    WH_STATE_PHASE_LOSSES,
    WH_STATE_INTERRUPTIONS_SHORT,
    WH_STATE_INTERRUPTIONS_LONG,
    WH_STATE_CONFIGURATION_COUNT,
    WH_STATE_NUMBERS,
};

/* Numbers of the utility and configuration numbers. */
enum wh_parameter_number {
    WH_PARAMETER_METER_NUMBER_2,
    WH_PARAMETER_METER_NUMBER_3,
    WH_PARAMETER_SPECIAL_1,
    WH_PARAMETER_SPECIAL_2,
    WH_PARAMETER_CONFIG_1, /* to 5 */
    WH_PARAMETER_NUMBERS = WH_PARAMETER_CONFIG_1 + 5,
};

/* State of the breaker: a text on the display, a number elsewhere. */
enum wh_breaker_number {
    WH_BREAKER_NUMBER_STATE,
    WH_BREAKER_NUMBER_FEEDBACK,
    WH_BREAKER_NUMBER_THRESHOLD, /* in use, A or kW */
};

/* How a number or text is carried. */
enum wh_form {
    WH_FORM_U8,
    WH_FORM_U16,
    WH_FORM_I16,
    WH_FORM_U32,
    WH_FORM_I32,
    WH_FORM_OCTETS,
    WH_FORM_TEXT,
    WH_FORM_CLOCK,
    WH_FORM_TIME, /* of something past: UTC seconds, 0 for never */
};

/* On the LCD (DSP-1). */
struct wh_display_format {
    const char *id;   /* identification field, "" when the quantity is not shown */
    const char *text; /* text field */
    const char *unit; /* unit field */
    int8_t exponent;  /* the last digit is worth 10^exponent of the base unit */
    uint8_t decimals; /* digits behind the point */
};

/* As a KMP register (reference: vendor register lists). */
struct wh_kmp_format {
    uint16_t id; /* 0: not a KMP register */
    uint8_t unit;
    int8_t exponent; /* of the KMP unit */
    uint8_t size;    /* bytes of the value */
};

struct wh_quantity {
    const char *name; /* in JSON and on the command line */
    uint8_t obis[6];
    enum wh_source source;
    uint8_t index;
    enum wh_form form;
    enum wh_unit unit;
    int8_t scaler; /* a protocol's number is in 10^scaler of the unit */
    struct wh_display_format display;
    struct wh_kmp_format kmp;
};

/* The row; NULL if id is not below WH_QUANTITY_COUNT. Static storage. */
const struct wh_quantity *wh_catalog_get(enum wh_quantity_id id);

/* The energies that a quantity is made of: bit by enum wh_energy. 0 for what every meter has. */
uint32_t wh_quantity_energies(const struct wh_quantity *quantity);

/* The row with that OBIS code or that name; NULL if there is none. */
const struct wh_quantity *wh_catalog_find_obis(const uint8_t obis[6]);
const struct wh_quantity *wh_catalog_find_name(const char *name);

#endif
