/* Readings. Invariant: every source of the catalog has exactly one reader in the table below. */
#include "app/reading.h"
#include "common/intmath.h"
#include <string.h>

enum {
    ENERGY_EXPONENT = -1, /* 0.1 Wh */
    MILLI = -3,
    MICRO = -6,
};

typedef enum wh_err reader(const struct wh_reading_source *source, uint8_t index,
                           struct wh_reading *reading);

static enum wh_err read_energy(const struct wh_reading_source *source, uint8_t index,
                               struct wh_reading *reading)
{
    struct wh_energy_value value;
    const enum wh_err err = wh_legal_energy(source->legal, (enum wh_energy)index, &value);
    reading->number = (int64_t)value.count_dwh;
    reading->exponent = ENERGY_EXPONENT;
    reading->counter = true;
    return err;
}

/* A+ plus or minus A-. */
static enum wh_err combine(const struct wh_reading_source *source, int sign,
                           struct wh_reading *reading)
{
    struct wh_energy_value plus;
    struct wh_energy_value minus;
    enum wh_err err = wh_legal_energy(source->legal, WH_A_PLUS, &plus);
    if (err == WH_OK) {
        err = wh_legal_energy(source->legal, WH_A_MINUS, &minus);
    }
    if (err != WH_OK) {
        return err;
    }
    reading->number = (int64_t)plus.count_dwh + sign * (int64_t)minus.count_dwh;
    reading->exponent = ENERGY_EXPONENT;
    reading->counter = true;
    return WH_OK;
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

static enum wh_err read_instant(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    reading->exponent = instant_exponent(index);
    return wh_legal_instant(source->legal, (enum wh_instant)index, &reading->number);
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
    const uint32_t status = wh_legal_status(source->legal);
    reading->number = status != 0 ? 1 << 1 : 0;
    return WH_OK;
}

static reader *const readers[] = {
    [WH_SOURCE_ENERGY] = read_energy,
    [WH_SOURCE_ENERGY_ABSOLUTE] = read_absolute,
    [WH_SOURCE_ENERGY_NET] = read_net,
    [WH_SOURCE_INSTANT] = read_instant,
    [WH_SOURCE_INSTANT_POSITIVE] = read_positive,
    [WH_SOURCE_INSTANT_NEGATIVE] = read_negative,
    [WH_SOURCE_CLOCK] = read_clock,
    [WH_SOURCE_SERIAL_NUMBER] = read_serial_number,
    [WH_SOURCE_METER_NUMBER] = read_meter_number,
    [WH_SOURCE_METER_NUMBER_TEXT] = read_meter_number_text,
    [WH_SOURCE_TYPE_TEXT] = read_type_text,
    [WH_SOURCE_SOFTWARE_TEXT] = read_software_text,
    [WH_SOURCE_CHECKSUM] = read_checksum,
    [WH_SOURCE_STATUS] = read_status,
};

enum wh_err wh_read(const struct wh_reading_source *source, const struct wh_quantity *quantity,
                    struct wh_reading *reading)
{
    *reading = (struct wh_reading){.kind = WH_READING_NUMBER};
    return readers[quantity->source](source, quantity->index, reading);
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
