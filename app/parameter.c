/* The table of parameters. Invariant: each member of struct wh_config is exactly one row, and a number that was ever stored
 * as an id is never used for another. */
#include "app/config.h"
#include <string.h>

enum { ANY_U8 = 255, NO_QUANTITY = WH_QUANTITY_NONE };

static const uint8_t periods_min[] = {5, 15, 30, 60, 60};
static const uint8_t profile_intervals_min[] = {0, 5, 15, 30, 60, 60};
static const uint8_t pulse_lengths_ms[] = {30, 80, 80};
static const uint8_t tariff_inputs[] = {2, 4, 4};
static const uint8_t module_ios[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 18};

#define MEMBER(member) offsetof(struct wh_config, member), sizeof((struct wh_config *)0)->member
#define U(id, member, least, greatest, protection, text)                                           \
    {                                                                                              \
#member, id, MEMBER(member), 1, false, least, greatest, NULL,                              \
            WH_PROTECTED_BY_##protection, false, text                                              \
    }
#define S(id, member, least, greatest, protection, text)                                           \
    {                                                                                              \
#member, id, MEMBER(member), 1, true, least, greatest, NULL, WH_PROTECTED_BY_##protection, \
            false, text                                                                            \
    }
#define ONLY(id, member, values, text)                                                             \
    {                                                                                              \
#member, id, MEMBER(member), 1, false, 0, ANY_U8, values, WH_PROTECTED_BY_NOTHING, false,  \
            text                                                                                   \
    }
#define LIST(id, member, length, text)                                                             \
    {                                                                                              \
#member, id, offsetof(struct wh_config, member), 1, length, false, 0, NO_QUANTITY, NULL,   \
            WH_PROTECTED_BY_NOTHING, false, text                                                   \
    }
#define CODES(id, member, length, greatest, protection, text)                                      \
    {                                                                                              \
#member, id, offsetof(struct wh_config, member), 4, length, false, 0, greatest, NULL,      \
            WH_PROTECTED_BY_##protection, false, text                                              \
    }
#define MODULE(id, member, least, greatest, text)                                                  \
    {                                                                                              \
#member, id, MEMBER(member), 1, false, least, greatest, NULL, WH_PROTECTED_BY_NOTHING,     \
            true, text                                                                             \
    }
#define MODULE_LIST(id, member, length, least, greatest, text)                                     \
    {                                                                                              \
#member, id, offsetof(struct wh_config, member),                                           \
            sizeof((struct wh_config *)0)                                                          \
                ->member[0], length, false, least, greatest, NULL, WH_PROTECTED_BY_NOTHING, true,  \
                         text                                                                      \
    }

/* clang-format off */
static const struct wh_parameter parameters[] = {
    U(1, energy_type, 0, 3, VERIFICATION_SEAL, "0 A+, 1 A+/A-, 2 A+/R+, 3 A+/A-/R+/R- (VAR-7)"),
    U(2, display_side, 0, 1, VERIFICATION_SEAL, "registers on display and in protocols: 0 secondary, 1 primary side (VAR-14)"),
    U(3, energy_decimals, 0, 2, VERIFICATION_SEAL, "digits of kWh behind the point on the display (VAR-10 A)"),
    U(4, led_when_idle, 0, 1, VERIFICATION_SEAL, "pulse LED without load: 0 dark, 1 lit (VAR-10 B)"),
    CODES(5, code, WH_CONFIG_CODES, UINT32_MAX, VERIFICATION_SEAL, "configuration numbers 1 to 5 as ordered"),
    S(6, zone_min, -720, 840, NOTHING, "normal time minus UTC, minutes (CLK-3)"),
    U(7, daylight, 0, 1, NOTHING, "daylight saving: 0 none, 1 European (CLK-3)"),
    U(8, clock_log_s, 1, ANY_U8, NOTHING, "changes of the clock from so many seconds on are logged"),
    ONLY(9, integration_min, periods_min, "integration period of peak power, minutes (VAR-11 E)"),
    U(10, debiting_day, 0, 28, NOTHING, "auto-reading day, 0 none (VAR-11 GG)"),
    U(11, debiting_interval, 0, 24, NOTHING, "auto-reading interval: 0 none, 1 monthly, 2-3 every second, 4-6 every third, 7-12 every sixth month, 13-24 yearly (VAR-11 HH)"),
    U(12, debiting_2_interval, 0, 2, NOTHING, "second auto-reading register: 0 daily, 1 weekly, 2 monthly (VAR-13 U)"),
    ONLY(13, profile_min, profile_intervals_min, "interval of the load profile, minutes, 0 off (LOG-1)"),
    U(14, profile_side, 0, 1, NOTHING, "load profile: 0 secondary, 1 primary side (VAR-12 QQ)"),
    U(15, profile_of_power, 0, 1, NOTHING, "load profile with mean powers (LOG-3)"),
    U(16, logger_min, 0, 1440, NOTHING, "interval of the analysis logger, minutes, 0 off (LOG-4)"),
    LIST(17, logger, WH_LOGGER_QUANTITIES, "quantities of the analysis logger (LOG-4)"),
    U(18, tariff_source, 0, 3, NOTHING, "tariff by: 0 nothing (T1), 1 inputs, 2 command, 3 internal plan (TAR-1)"),
    ONLY(19, tariff_inputs, tariff_inputs, "tariffs that the inputs choose from: 2 or 4"),
    U(20, tariff_inputs_inverted, 0, 1, NOTHING, "tariff inputs inverted"),
    U(21, power_threshold_w, 0, 10000000, NOTHING, "power threshold, W: periods above it are counted (REG-3)"),
    U(22, pulse_unit, 0, 3, NOTHING, "pulse input counts: 0 nothing, 1 kWh, 2 m3, 3 l (PLS-3)"),
    U(23, pulse_factor_milli, 100, 1000000, NOTHING, "pulses for one unit, thousandths (PLS-3)"),
    U(24, alarm_input, 0, 2, NOTHING, "alarm input: 0 off, 1 normal, 2 inverted (PLS-3)"),
    ONLY(25, pulse_ms, pulse_lengths_ms, "pulse outputs of the module, ms (VAR-11 I)"),
    U(26, module_pulse_side, 0, 1, NOTHING, "pulse outputs of the module: 0 secondary, 1 primary side (VAR-12 M)"),
    U(27, module_code, 0, 999, NOTHING, "communication module as ordered (VAR-10 CCC)"),
    U(28, module_io_code, 0, 99, NOTHING, "inputs and outputs of the module as ordered (VAR-10 DD)"),
    U(29, radio_code, 0, 999, NOTHING, "radio as ordered (VAR-13 RRR)"),
    U(30, tamper_on_display, 0, 1, NOTHING, "tampering is shown on the display until released (LOG-6)"),
    U(31, under_mv, 50000, 500000, NOTHING, "under-voltage below, mV (LOG-7)"),
    U(32, over_mv, 50000, 500000, NOTHING, "over-voltage above, mV (LOG-7)"),
    U(33, lost_mv, 1000, 500000, NOTHING, "phase lost below, mV (LOG-7)"),
    U(34, hysteresis_mv, 0, 50000, NOTHING, "back to normal by so much, mV (LOG-7)"),
    U(35, number_2, 0, 99999999, NOTHING, "meter number 2"),
    U(36, number_3, 0, 99999999, NOTHING, "meter number 3"),
    U(37, special_1, 0, 99999999, NOTHING, "special data 1"),
    U(38, special_2, 0, 99999999, NOTHING, "special data 2"),
    LIST(39, automatic_list, WH_DISPLAY_AUTOMATIC_MAX, "display, automatic list (DSP-3)"),
    LIST(40, manual_list, WH_DISPLAY_MANUAL_MAX, "display, list of the button (DSP-3)"),
    ONLY(42, module_io, module_ios, "inputs and outputs of the module, as KMP register 1102"),
    LIST(41, backup_list, WH_DISPLAY_BACKUP_MAX, "display, list without mains (DSP-3)"),
    U(60, breaker, 0, 1, VERIFICATION_SEAL, "1: with breaker, which is never a safety function (BRK-1)"),
    MODULE(61, cut_off_basis, 0, WH_CUT_OFF_BITS, "what disconnects by itself, sum of: 1 load, 2 prepayment, 4 load is power (else current), 8 neutral fault, 16 log only, 32 prepayment without restriction, 64 over-voltage (BRK-2)"),
    MODULE(62, disconnect_low, 0, 80, "threshold of low load, A or kW, 0 none (BRK-5)"),
    MODULE(63, disconnect_high, 0, 80, "threshold of Smart Disconnect, A or kW (BRK-4)"),
    MODULE_LIST(64, disconnect_k_tenths, WH_DISCONNECT_STEPS, 0, 99, "factors k1 to k3 of the threshold, tenths, falling (BRK-4)"),
    MODULE_LIST(65, disconnect_t_s, WH_DISCONNECT_STEPS, 0, UINT16_MAX, "times t1 to t3, s, rising (BRK-4)"),
    MODULE(66, reconnect_wait_s, 0, UINT16_MAX, "wait before reconnection, s (BRK-4)"),
    MODULE(67, reconnect_automatic, 0, 1, "reconnection: 0 manual, 1 automatic (BRK-4)"),
    MODULE(68, button_opens, 0, 1, "the button may disconnect (BRK-2)"),
    MODULE(69, button_connects, 0, 2, "the button may connect: 0 never, 1 always, 2 after a release only (BRK-3)"),
    MODULE(70, over_disconnect_v, 260, 320, "over-voltage disconnects above, V"),
    MODULE(71, over_disconnect_s, 1, 3600, "over-voltage disconnects after, s"),
    MODULE(72, over_reconnect_v, 250, 270, "over-voltage reconnects below, V"),
    MODULE(73, over_reconnect_s, 1, 3600, "over-voltage reconnects after, s"),
    MODULE(74, neutral_shift_v, 1, 100, "neutral fault: one phase so far below nominal, V (MET-10)"),
    MODULE(75, neutral_high_v, 230, 300, "neutral fault: and two phases above, V (MET-10)"),
    MODULE(76, neutral_s, 1, UINT16_MAX, "neutral fault: for so long, s (MET-10)"),
    MODULE(77, prepayment_alarm_kwh, 0, UINT16_MAX, "prepayment: alarm below, kWh, 0 none (BRK-5)"),
    MODULE(78, prepayment_emergency_kwh, 0, UINT16_MAX, "prepayment: emergency credit, kWh, 0 none (BRK-5)"),
    MODULE(79, prepayment_low_days, 0, ANY_U8, "prepayment: days of low load after disconnection, 0 none (BRK-5)"),
    MODULE(80, prepayment_days, 1, 127, "prepayment disconnects on these days, sum of: 1 Monday to 64 Sunday (BRK-5)"),
    MODULE(81, prepayment_hold_from_min, 0, 1439, "prepayment does not disconnect from this minute of the day (BRK-5)"),
    MODULE(82, prepayment_hold_to_min, 0, 1439, "to this one; the same: no such time (BRK-5)"),
    MODULE_LIST(83, prepayment_factor_milli, WH_CONFIG_TARIFFS, 0, 10000, "prepayment: charged for 1 Wh of T1 to T4, thousandths of 1 Wh (BRK-5)"),
};
/* clang-format on */

const struct wh_parameter *wh_parameter_at(size_t index)
{
    return index < sizeof parameters / sizeof parameters[0] ? &parameters[index] : NULL;
}

const struct wh_parameter *wh_parameter_find(const char *name)
{
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (strcmp(parameter->name, name) == 0) {
            return parameter;
        }
    }
    return NULL;
}

const struct wh_parameter *wh_parameter_of_id(uint8_t id)
{
    const struct wh_parameter *parameter;
    size_t i = 0;
    while ((parameter = wh_parameter_at(i)) != NULL && parameter->id != id) {
        i++;
    }
    return parameter;
}

bool wh_parameter_is_list(const struct wh_parameter *parameter)
{
    return parameter->count > 1 && parameter->size == 1 && parameter->greatest == NO_QUANTITY;
}

bool wh_config_has_parameter(const struct wh_config *config, const struct wh_parameter *parameter)
{
    enum { NEUTRAL_FIRST = 74, NEUTRAL_LAST = 76 }; /* of every meter (MET-10) */
    const bool is_of_neutral = parameter->id >= NEUTRAL_FIRST && parameter->id <= NEUTRAL_LAST;
    return !parameter->is_of_module || is_of_neutral || config->breaker != 0;
}

static size_t offset_of(const struct wh_parameter *parameter, uint8_t index)
{
    return (size_t)parameter->offset + (size_t)index * parameter->size;
}

int64_t wh_parameter_get(const struct wh_parameter *parameter, const struct wh_config *config,
                         uint8_t index)
{
    const uint8_t *member = (const uint8_t *)config + offset_of(parameter, index);
    uint16_t half;
    uint32_t word;
    switch (parameter->size) {
    case sizeof half:
        memcpy(&half, member, sizeof half);
        return parameter->is_signed ? (int64_t)(int16_t)half : (int64_t)half;
    case sizeof word:
        memcpy(&word, member, sizeof word);
        return parameter->is_signed ? (int64_t)(int32_t)word : (int64_t)word;
    default:
        return *member;
    }
}

static bool is_allowed(const struct wh_parameter *parameter, int64_t value)
{
    if (value < parameter->least || value > parameter->greatest) {
        return false;
    }
    const uint8_t *only = parameter->only;
    while (only != NULL && *only != value) {
        if (only[0] == only[1]) {
            return false;
        }
        only++;
    }
    return true;
}

enum wh_err wh_parameter_set(const struct wh_parameter *parameter, struct wh_config *config,
                             uint8_t index, int64_t value)
{
    if (index >= parameter->count || !is_allowed(parameter, value)) {
        return WH_ERR_ARGUMENT;
    }
    uint8_t *member = (uint8_t *)config + offset_of(parameter, index);
    const uint8_t byte = (uint8_t)value;
    const uint16_t half = (uint16_t)value;
    const uint32_t word = (uint32_t)value;
    const void *from = parameter->size == sizeof half   ? (const void *)&half
                       : parameter->size == sizeof word ? (const void *)&word
                                                        : (const void *)&byte;
    memcpy(member, from, parameter->size);
    return WH_OK;
}
