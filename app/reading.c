/* Readings. Invariant: every source of the catalog has exactly one reader in the table below. */
#include "app/reading.h"
#include "app/reading_state.h"
#include "common/intmath.h"
#include <string.h>

enum {
    ENERGY_EXPONENT = -1, /* 0.1 Wh */
    PREPAYMENT_EXPONENT = -4,
    MILLI = -3,
    MICRO = -6,
};

static enum wh_err read_secondary_energy(const struct wh_reading_source *source, uint8_t index,
                                         struct wh_reading *reading)
{
    struct wh_energy_value value;
    const enum wh_err err = wh_legal_energy(source->legal, (enum wh_energy)index, &value);
    reading->number = (int64_t)value.count_dwh;
    return err;
}

/* The energies of a phase have no primary side of their own: they are as measured. */
static enum wh_err read_energy(const struct wh_reading_source *source, uint8_t index,
                               struct wh_reading *reading)
{
    uint64_t count_dwh;
    if (wh_legal_energy_of_side(source->legal, (enum wh_energy)index, wh_reading_side(source),
                                &count_dwh) != WH_OK) {
        return read_secondary_energy(source, index, reading);
    }
    reading->number = (int64_t)count_dwh;
    return WH_OK;
}

static enum wh_err read_tariff_energy(const struct wh_reading_source *source, uint8_t index,
                                      struct wh_reading *reading)
{
    static const uint8_t energies[] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};
    uint64_t count_dwh;
    const enum wh_err err = wh_legal_tariff_energy(source->legal, (uint8_t)(index / 4 + 1),
                                                   (enum wh_energy)energies[index % 4],
                                                   wh_reading_side(source), &count_dwh);
    reading->number = (int64_t)count_dwh;
    return err;
}

/* A+ plus or minus A-. */
static enum wh_err combine(const struct wh_reading_source *source, int sign,
                           struct wh_reading *reading)
{
    struct wh_reading minus = {0};
    enum wh_err err = read_energy(source, WH_A_PLUS, reading);
    if (err == WH_OK) {
        err = read_energy(source, WH_A_MINUS, &minus);
    }
    reading->number += sign * minus.number;
    return err;
}

static enum wh_err read_absolute(const struct wh_reading_source *source, uint8_t index,
                                 struct wh_reading *reading)
{
    (void)index;
    return combine(source, 1, reading);
}

static enum wh_err read_net(const struct wh_reading_source *source, uint8_t index,
                            struct wh_reading *reading)
{
    (void)index;
    return combine(source, -1, reading);
}

static int8_t instant_exponent(uint8_t index)
{
    switch (index) {
    case WH_I_L1_UA:
    case WH_I_L2_UA:
    case WH_I_L3_UA:
    case WH_F_UHZ:
        return MICRO;
    case WH_PF_L1_E4:
    case WH_PF_L2_E4:
    case WH_PF_L3_E4:
    case WH_PF_E4:
        return -4;
    default:
        return MILLI;
    }
}

/* Currents and powers pass the transformers; voltages, angles, factors and the frequency do not. */
static bool is_transformed(uint8_t index)
{
    return (index >= WH_I_L1_UA && index <= WH_S_L3_MVA) || (index >= WH_P_MW && index <= WH_S_MVA);
}

static enum wh_err read_instant(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    const enum wh_err err =
        wh_legal_instant(source->legal, (enum wh_instant)index, &reading->number);
    if (wh_reading_side(source) == WH_SIDE_PRIMARY && is_transformed(index)) {
        reading->number *= wh_legal_ratio(source->legal);
    }
    return err;
}

static enum wh_err read_positive(const struct wh_reading_source *source, uint8_t index,
                                 struct wh_reading *reading)
{
    const enum wh_err err = read_instant(source, index, reading);
    reading->number = reading->number > 0 ? reading->number : 0;
    return err;
}

static enum wh_err read_negative(const struct wh_reading_source *source, uint8_t index,
                                 struct wh_reading *reading)
{
    const enum wh_err err = read_instant(source, index, reading);
    reading->number = reading->number < 0 ? -reading->number : 0;
    return err;
}

static enum wh_err read_clock(const struct wh_reading_source *source, uint8_t index,
                              struct wh_reading *reading)
{
    (void)index;
    const struct wh_datetime t = wh_clock_local(source->clock);
    reading->kind = WH_READING_CLOCK;
    reading->number =
        t.hour * 10000 + t.minute * 100 + t.second; /* hhmmss, as displays and KMP write it */
    return WH_OK;
}

static enum wh_err read_serial_number(const struct wh_reading_source *source, uint8_t index,
                                      struct wh_reading *reading)
{
    (void)index;
    reading->number = wh_legal_identity(source->legal).serial_number;
    return WH_OK;
}

static enum wh_err read_meter_number(const struct wh_reading_source *source, uint8_t index,
                                     struct wh_reading *reading)
{
    (void)index;
    reading->number = wh_legal_identity(source->legal).meter_number;
    return WH_OK;
}

static enum wh_err set_text(struct wh_reading *reading, const char *text)
{
    reading->kind = WH_READING_TEXT;
    strncpy(reading->text, text, sizeof reading->text - 1);
    return WH_OK;
}

static enum wh_err read_meter_number_text(const struct wh_reading_source *source, uint8_t index,
                                          struct wh_reading *reading)
{
    (void)index;
    char digits[9];
    uint32_t rest = wh_legal_identity(source->legal).meter_number;
    for (int d = 8; d-- > 0;) {
        digits[d] = (char)('0' + rest % 10);
        rest /= 10;
    }
    digits[8] = '\0';
    return set_text(reading, digits);
}

static enum wh_err read_type_text(const struct wh_reading_source *source, uint8_t index,
                                  struct wh_reading *reading)
{
    (void)index;
    const struct wh_identity identity = wh_legal_identity(source->legal);
    return set_text(reading, identity.model);
}

static enum wh_err read_software_text(const struct wh_reading_source *source, uint8_t index,
                                      struct wh_reading *reading)
{
    (void)source;
    (void)index;
    return set_text(reading, wh_legal_software_id().version);
}

static enum wh_err read_checksum(const struct wh_reading_source *source, uint8_t index,
                                 struct wh_reading *reading)
{
    (void)source;
    (void)index;
    static const char digits[] = "0123456789ABCDEF";
    const uint32_t checksum = wh_legal_software_id().checksum_32;
    for (int d = 0; d < 8; d++) {
        reading->text[d] = digits[checksum >> (28 - 4 * d) & 15u];
    }
    reading->kind = WH_READING_TEXT; /* on the glass; protocols take the number */
    reading->number = checksum;
    return WH_OK;
}

/* Meter status as the DLMS object 1.1.97.97.0 has it: bit 1 is EEPROM or backup failure. */
static enum wh_err read_status(const struct wh_reading_source *source, uint8_t index,
                               struct wh_reading *reading)
{
    (void)index;
    const uint32_t legal = wh_legal_status(source->legal) != 0 ? 1u << 1 : 0;
    reading->number = legal | wh_reading_status(source);
    return WH_OK;
}

/* How the number of a source comes; instants by index. */
static const struct {
    wh_reader *read;
    int8_t exponent;
    bool counter;
} sources[WH_SOURCE_COUNT] = {
    [WH_SOURCE_ENERGY] = {read_energy, ENERGY_EXPONENT, true},
    [WH_SOURCE_ENERGY_ABSOLUTE] = {read_absolute, ENERGY_EXPONENT, true},
    [WH_SOURCE_ENERGY_NET] = {read_net, ENERGY_EXPONENT, true},
    [WH_SOURCE_INSTANT] = {read_instant, 0, false},
    [WH_SOURCE_INSTANT_POSITIVE] = {read_positive, 0, false},
    [WH_SOURCE_INSTANT_NEGATIVE] = {read_negative, 0, false},
    [WH_SOURCE_CLOCK] = {read_clock, 0, false},
    [WH_SOURCE_SERIAL_NUMBER] = {read_serial_number, 0, false},
    [WH_SOURCE_METER_NUMBER] = {read_meter_number, 0, false},
    [WH_SOURCE_METER_NUMBER_TEXT] = {read_meter_number_text, 0, false},
    [WH_SOURCE_TYPE_TEXT] = {read_type_text, 0, false},
    [WH_SOURCE_SOFTWARE_TEXT] = {read_software_text, 0, false},
    [WH_SOURCE_CHECKSUM] = {read_checksum, 0, false},
    [WH_SOURCE_STATUS] = {read_status, 0, false},
    [WH_SOURCE_TARIFF_ENERGY] = {read_tariff_energy, ENERGY_EXPONENT, true},
    [WH_SOURCE_SECONDARY_ENERGY] = {read_secondary_energy, ENERGY_EXPONENT, true},
    [WH_SOURCE_DEMAND_MEAN] = {wh_read_demand_mean, MILLI, false},
    [WH_SOURCE_DEMAND_PEAK] = {wh_read_demand_peak, MILLI, false},
    [WH_SOURCE_DEMAND_SUM] = {wh_read_demand_sum, MILLI, false},
    [WH_SOURCE_DEMAND_TIME] = {wh_read_demand_time, 0, false},
    [WH_SOURCE_HOURS] = {wh_read_hours, 0, true},
    [WH_SOURCE_POWER_THRESHOLD] = {wh_read_threshold, 0, false},
    [WH_SOURCE_PULSE_INPUT] = {wh_read_pulse_input, MILLI, true},
    [WH_SOURCE_STATE] = {wh_read_state, 0, false},
    [WH_SOURCE_PARAMETER] = {wh_read_parameter, 0, false},
    [WH_SOURCE_PREPAYMENT] = {wh_read_prepayment, PREPAYMENT_EXPONENT, true},
    [WH_SOURCE_BREAKER] = {wh_read_breaker, 0, false},
};

struct wh_reading wh_reading_blank(const struct wh_quantity *quantity)
{
    const bool instant =
        quantity->source >= WH_SOURCE_INSTANT && quantity->source <= WH_SOURCE_INSTANT_NEGATIVE;
    const struct wh_reading blank = {
        .kind = quantity->form == WH_FORM_TIME ? WH_READING_TIME : WH_READING_NUMBER,
        .exponent =
            instant ? instant_exponent(quantity->index) : sources[quantity->source].exponent,
        .counter = sources[quantity->source].counter,
    };
    return blank;
}

enum wh_err wh_read(const struct wh_reading_source *source, const struct wh_quantity *quantity,
                    struct wh_reading *reading)
{
    *reading = wh_reading_blank(quantity);
    return sources[quantity->source].read(source, quantity->index, reading);
}

static int64_t divide(int64_t number, int64_t divisor, bool cut_off)
{
    return cut_off ? number / divisor : wh_div_round(number, divisor);
}

int64_t wh_reading_scaled(const struct wh_reading *reading, int8_t exponent)
{
    int64_t factor = 1;
    for (int e = reading->exponent; e > exponent; e--) {
        factor *= 10;
    }
    int64_t divisor = 1;
    for (int e = reading->exponent; e < exponent; e++) {
        divisor *= 10;
    }
    return divide(reading->number * factor, divisor, reading->counter);
}
