/* The protective interface of the legally relevant software (WELMEC 7.2 S3, REG-7): the only header
 * of legal/ that other folders include. Values come out as copies; nothing here can change a
 * register, and there is no pointer to the inside.
 *
 * Energies are counted in 0.1 Wh (dWh): 10 000 make a kWh, the finest resolution that the meter
 * shows (verification resolution), with the rest below it in microwattseconds. Reactive energies
 * likewise in 0.1 varh.
 */
#ifndef WH_LEGAL_INTERFACE_H
#define WH_LEGAL_INTERFACE_H

#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

struct wh_legal; /* complete only for the legal part and for who composes a meter */

/* Main registers by vector sum (REG-1, MET-3): P = P1+P2+P3 of a window decides between A+ and A-,
 * P and Q together decide the quadrant. The energies of a phase are split by that phase's own
 * direction. */
enum wh_energy {
    WH_A_PLUS,
    WH_A_MINUS,
    WH_R1, /* import, lagging */
    WH_R2, /* export, leading */
    WH_R3, /* export, lagging */
    WH_R4, /* import, leading */
    WH_A_PLUS_L1,
    WH_A_PLUS_L2,
    WH_A_PLUS_L3,
    WH_A_MINUS_L1,
    WH_A_MINUS_L2,
    WH_A_MINUS_L3,
    WH_STORED_ENERGY_COUNT,
    WH_R_PLUS = WH_STORED_ENERGY_COUNT, /* R1 + R2 */
    WH_R_MINUS,                         /* R3 + R4 */
    WH_ENERGY_COUNT,
};

enum { WH_UJ_PER_DWH = 360000000 };

struct wh_energy_value {
    uint64_t count_dwh; /* 0.1 Wh or 0.1 varh; never falls */
    uint32_t rest_uj;   /* below a count; twice that for R+ and R-. Falls when energy of less than a
                           count flows back the other way, which nets it (legal/registers.h) */
};

/* Which side of current transformers a register counts (VAR-14): what passes the meter, or that times the
 * transformer ratio. The same on a direct connected meter. */
enum wh_side { WH_SIDE_SECONDARY, WH_SIDE_PRIMARY };

enum {
    WH_TARIFFS = 4,          /* T1 to T4 (TAR-1) */
    WH_RATIO_HIGHEST = 600,  /* 3000/5 A (VAR-13) */
    WH_MAIN_ENERGY_COUNT = 6 /* A+, A-, R1 to R4: those with a primary side */
};

/* Instantaneous values (MET-4): means of the last second. Per phase in the order L1, L2, L3. */
enum wh_instant {
    WH_U_L1_MV,
    WH_U_L2_MV,
    WH_U_L3_MV,
    WH_I_L1_UA,
    WH_I_L2_UA,
    WH_I_L3_UA,
    WH_P_L1_MW, /* signed, positive for import */
    WH_P_L2_MW,
    WH_P_L3_MW,
    WH_Q_L1_MVAR, /* signed, of the fundamental */
    WH_Q_L2_MVAR,
    WH_Q_L3_MVAR,
    WH_S_L1_MVA, /* U.I, with distortion */
    WH_S_L2_MVA,
    WH_S_L3_MVA,
    WH_PF_L1_E4, /* P/S times 10 000, signed */
    WH_PF_L2_E4,
    WH_PF_L3_E4,
    WH_ANGLE_L1_MDEG, /* of the voltage against that of L1, 0 … 359 999 */
    WH_ANGLE_L2_MDEG,
    WH_ANGLE_L3_MDEG,
    WH_P_MW, /* totals */
    WH_Q_MVAR,
    WH_S_MVA,
    WH_PF_E4,
    WH_F_UHZ,
    WH_INSTANT_COUNT,
};

/* Bits of wh_legal_status. */
enum wh_legal_status_bit {
    WH_STATUS_STORE_FAILED = 1 << 0,  /* the memory refused the last store of the registers */
    WH_STATUS_STORE_DAMAGED = 1 << 1, /* damaged records were found at power-up */
    WH_STATUS_NEWEST_LOST = 1 << 2,   /* the newest registers were damaged; older ones are in use */
    WH_STATUS_PROGRAM_CHANGED = 1 << 3, /* the running program is not what it was (self-check) */
    WH_STATUS_PARAMETER_CHANGED = 1
                                  << 4, /* a parameter in use is not the one stored (self-check) */
};

/* The switches under the covers. Closed is the state in use. */
enum wh_switch {
    WH_SWITCH_VERIFICATION_SEAL,
    WH_SWITCH_UTILITY_SEAL,
    WH_SWITCH_TERMINAL_COVER,
    WH_SWITCH_COUNT,
};

/* What must be open for a command to be obeyed. */
enum wh_protection {
    WH_PROTECTED_BY_NOTHING,
    WH_PROTECTED_BY_UTILITY_SEAL,
    WH_PROTECTED_BY_TERMINAL_COVER,
    WH_PROTECTED_BY_VERIFICATION_SEAL,
    WH_PROTECTION_COUNT,
};

/* Where a command comes from: for the audit log. */
enum wh_origin {
    WH_ORIGIN_METER, /* the meter itself: schedule, buttons, inputs */
    WH_ORIGIN_FACTORY,
    WH_ORIGIN_OPTICAL,
    WH_ORIGIN_MODULE,
    WH_ORIGIN_CONSUMER, /* consumer channel */
    WH_ORIGIN_COUNT,
};

/* What is on the name plate and can be read back; written once at the factory. */
struct wh_identity {
    uint32_t serial_number;
    uint32_t meter_number;   /* of the utility, up to 8 digits */
    uint32_t pulses_per_kwh; /* meter constant (MET-9), a divisor of 10 000 */
    uint32_t
        s0_pulses_per_kwh; /* of the S0 output (PLS-1), likewise; 0 at the factory: as the LED */
    char model[8];         /* "382M", NUL-padded */
};

/* What the legal audit log records (WELMEC 7.2 P7): it cannot be erased, and a change that it has no
 * room for is refused. */
enum wh_audit_event {
    WH_AUDIT_SEAL_OPENED = 1,
    WH_AUDIT_SEAL_CLOSED = 2,
    WH_AUDIT_CALIBRATED = 3,
    WH_AUDIT_RATIO = 4,
    WH_AUDIT_RATIO_LOCK = 5,
    WH_AUDIT_METER_NUMBER = 6,
    WH_AUDIT_SOFTWARE = 7,      /* another legally relevant software runs than before */
    WH_AUDIT_FACTORY_SETUP = 8, /* the set-up that only the factory gives: CRC-32 of it */
};

struct wh_audit_entry {
    uint32_t utc_s; /* since 2000-01-01 00:00:00 UTC; 0 while the clock was not set */
    enum wh_audit_event event;
    enum wh_origin origin;
    uint32_t
        old_value; /* before and after; of a calibration a CRC-32; 0 for the seal, and before a factory set-up */
    uint32_t new_value;
};

/* The commands of the protective interface: all there are. Dispatcher, docs/legal/commands.md and tests come from this
 * table. A row: name, least and greatest argument, what must be open, entry in the audit log (0: none), effect. */
#define WH_COMMAND_LIST(X)                                                                         \
    X(SELECT_TARIFF, 1, WH_TARIFFS, NOTHING, 0,                                                    \
      "energy is counted in this tariff's registers from now on")                                  \
    X(SELECT_LED, 0, 3, NOTHING, 0,                                                                \
      "LED and pulse output follow A+ (0), A- (1), R+ (2) or R- (3): verification mode")           \
    X(SET_METER_NUMBER, 0, 99999999, UTILITY_SEAL, WH_AUDIT_METER_NUMBER,                          \
      "the utility's number of the meter")                                                         \
    X(SET_RATIO, 1, WH_RATIO_HIGHEST, TERMINAL_COVER, WH_AUDIT_RATIO,                              \
      "transformer ratio of the primary registers from now on; refused while locked")              \
    X(LOCK_RATIO, 0, 1, VERIFICATION_SEAL, WH_AUDIT_RATIO_LOCK,                                    \
      "whether the transformer ratio is locked (1)")                                               \
    X(NOTE_FACTORY_SETUP, 0, 0xffffffff, VERIFICATION_SEAL, WH_AUDIT_FACTORY_SETUP,                \
      "enters in the audit log that the factory's set-up has changed; the argument is its CRC-32")

enum wh_command {
#define WH_COMMAND_ENUM(name, least, greatest, protection, audit, text) WH_COMMAND_##name,
    WH_COMMAND_LIST(WH_COMMAND_ENUM)
#undef WH_COMMAND_ENUM
        WH_COMMAND_COUNT
};

/* A row of the table above as data. Static storage; NULL if there is no such command. */
struct wh_command_row {
    const char *name;
    uint32_t least, greatest;
    enum wh_protection protection;
    uint8_t audit_event; /* of enum wh_audit_event, 0 for none */
    const char *text;
};
const struct wh_command_row *wh_legal_command_row(enum wh_command command);

/* Who commands, and when. */
struct wh_command_context {
    enum wh_origin origin;
    uint32_t utc_s; /* since 2000-01-01 00:00:00 UTC; 0 while the clock is not valid */
};

/* Carries out a command:
 *   WH_ERR_UNSUPPORTED  there is no such command
 *   WH_ERR_ARGUMENT     the argument is out of its row's range
 *   WH_ERR_SEALED       what protects it is closed, or the transformer ratio is locked
 *   WH_ERR_SPACE        the audit log is full
 *   others              the memory refused, as wh_store_write
 * On every error nothing has changed, except that a tariff is selected although it could not be stored:
 * WH_STATUS_STORE_FAILED is set and the next store tries again. */
enum wh_err wh_legal_command(struct wh_legal *legal, enum wh_command command, uint32_t argument,
                             const struct wh_command_context *context);

/* Identification of the legally relevant software (WELMEC 7.2 P2). Static storage. */
struct wh_software_id {
    const char *version;      /* "LR-0.1" */
    const char *checksum_hex; /* SHA-256 of its sources, 64 digits */
    uint32_t checksum_32;     /* its first four bytes, for displays and small registers */
};

/* Copies a register. WH_ERR_ARGUMENT if there is no such energy; then *value is zero. */
enum wh_err wh_legal_energy(const struct wh_legal *legal, enum wh_energy energy,
                            struct wh_energy_value *value);

/* Copies the count of a main register on a side, in 0.1 Wh of that side: energy is A+, A-, R1 to R4,
 * R+ or R-, else WH_ERR_ARGUMENT. The primary count is the sum of what was counted times the ratio in force then. */
enum wh_err wh_legal_energy_of_side(const struct wh_legal *legal, enum wh_energy energy,
                                    enum wh_side side, uint64_t *count_dwh);

/* The same of one tariff, 1 to 4: energy is A+, A-, R+ or R-. The four tariffs add up to the register,
 * exactly (REG-1). */
enum wh_err wh_legal_tariff_energy(const struct wh_legal *legal, uint8_t tariff,
                                   enum wh_energy energy, enum wh_side side, uint64_t *count_dwh);

/* The tariff in force, 1 to 4. */
uint8_t wh_legal_tariff(const struct wh_legal *legal);

/* Transformer ratio: primary over secondary current, 1 to 600; 1 on a direct connected meter. */
uint16_t wh_legal_ratio(const struct wh_legal *legal);
bool wh_legal_ratio_is_locked(const struct wh_legal *legal);

/* Copies an instantaneous value in the unit of its name. WH_ERR_STATE while it is not known (no
 * second measured yet, no voltage for a frequency or angle, no load for a power factor),
 * WH_ERR_ARGUMENT if there is no such value; then *value is zero. */
enum wh_err wh_legal_instant(const struct wh_legal *legal, enum wh_instant instant, int64_t *value);

/* Voltages of the last window of a phase 0 … 2, of half cycles (LOG-7). */
enum wh_voltage_condition {
    WH_VOLTAGE_IS_NORMAL,
    WH_VOLTAGE_IS_UNDER,
    WH_VOLTAGE_IS_OVER,
    WH_VOLTAGE_IS_LOST,
    WH_VOLTAGE_CONDITIONS,
};

enum { WH_VOLTAGE_PHASES = 3 };

struct wh_voltage_window {
    uint32_t min_mv, max_mv; /* of Urms(1/2) */
    uint16_t half_cycles[WH_VOLTAGE_CONDITIONS];
    enum wh_voltage_condition condition; /* at the end */
};

struct wh_voltage_window wh_legal_voltage(const struct wh_legal *legal, int phase);

/* Phases (bit 0 = L1) whose last window had any half cycle that was not normal: a quick look. */
uint8_t wh_legal_disturbed(const struct wh_legal *legal);

/* Bit masks over phases (bit 0 = L1): load above the start of registration, by direction. */
uint8_t wh_legal_importing(const struct wh_legal *legal);
uint8_t wh_legal_exporting(const struct wh_legal *legal);

/* Tells the legal part what time it is, for what it stores: s since 2000-01-01 UTC, 0 while the clock is not valid. Nothing
 * else depends on it. */
void wh_legal_set_time(struct wh_legal *legal, uint32_t utc_s);

/* Pulses of the LED since power-up or since SELECT_LED: the register divided by the pulse weight, the same
 * accumulator, so that they cannot differ (MET-9). The LED may be a window behind. */
uint64_t wh_legal_pulse_count(const struct wh_legal *legal);

/* Whether the LED is lit now; and whether the S0 output is closed, which follows the same energy with its own
 * constant (PLS-1). */
bool wh_legal_led(const struct wh_legal *legal);
bool wh_legal_s0(const struct wh_legal *legal);

/* The energy that LED and S0 follow: A+, or another in verification mode. */
enum wh_energy wh_legal_led_energy(const struct wh_legal *legal);

/* Set of enum wh_legal_status_bit. */
uint32_t wh_legal_status(const struct wh_legal *legal);

/* Whether a switch is open; of the verification seal: sealed parameters can be written. */
bool wh_legal_is_open(const struct wh_legal *legal, enum wh_switch which);
bool wh_legal_seal_is_open(const struct wh_legal *legal);

/* When the newest registers were stored, s since 2000-01-01 UTC: the meter lived then. 0: never with a valid clock. */
uint32_t wh_legal_stored_s(const struct wh_legal *legal);

/* Entries in the audit log, and one of them: age 0 is the newest. WH_ERR_NOT_FOUND if there is none
 * that old; others as wh_store_read. */
uint32_t wh_legal_audit_count(const struct wh_legal *legal);
enum wh_err wh_legal_audit(const struct wh_legal *legal, uint32_t age,
                           struct wh_audit_entry *entry);

struct wh_identity wh_legal_identity(const struct wh_legal *legal);
struct wh_software_id wh_legal_software_id(void);

#endif
