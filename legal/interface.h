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
};

/* What is on the name plate and can be read back; written once at the factory. */
struct wh_identity {
    uint32_t serial_number;
    uint32_t meter_number;   /* of the utility, up to 8 digits */
    uint32_t pulses_per_kwh; /* meter constant (MET-9), a divisor of 10 000 */
    char model[8];           /* "382M", NUL-padded */
};

/* What the legal audit log records (WELMEC 7.2 P7): it cannot be erased, and a change that it has no
 * room for is refused. */
enum wh_audit_event {
    WH_AUDIT_SEAL_OPENED = 1,
    WH_AUDIT_SEAL_CLOSED = 2,
    WH_AUDIT_CALIBRATED = 3,
};

struct wh_audit_entry {
    uint32_t utc_s; /* since 2000-01-01 00:00:00 UTC; 0 while the clock was not set */
    enum wh_audit_event event;
    uint32_t old_checksum; /* CRC-32 over the parameters before and after; 0 for the seal */
    uint32_t new_checksum;
};

/* Identification of the legally relevant software (WELMEC 7.2 P2). Static storage. */
struct wh_software_id {
    const char *version;      /* "LR-0.1" */
    const char *checksum_hex; /* SHA-256 of its sources, 64 digits */
    uint32_t checksum_32;     /* its first four bytes, for displays and small registers */
};

/* Copies a register. WH_ERR_ARGUMENT if there is no such energy; then *value is zero. */
enum wh_err wh_legal_energy(const struct wh_legal *legal, enum wh_energy energy,
                            struct wh_energy_value *value);

/* Copies an instantaneous value in the unit of its name. WH_ERR_STATE while it is not known (no
 * second measured yet, no voltage for a frequency or angle, no load for a power factor),
 * WH_ERR_ARGUMENT if there is no such value; then *value is zero. */
enum wh_err wh_legal_instant(const struct wh_legal *legal, enum wh_instant instant, int64_t *value);

/* Bit masks over phases (bit 0 = L1): load above the start of registration, by direction. */
uint8_t wh_legal_importing(const struct wh_legal *legal);
uint8_t wh_legal_exporting(const struct wh_legal *legal);

/* Pulses of the LED for A+ since power-up, the register of A+ divided by the pulse weight: the same
 * accumulator, so that they cannot differ (MET-9). The LED may be a window behind. */
uint64_t wh_legal_pulse_count(const struct wh_legal *legal);

/* Whether the LED is lit now; and the S0 output closed, which is in step with it (PLS-1). */
bool wh_legal_led(const struct wh_legal *legal);

/* Set of enum wh_legal_status_bit. */
uint32_t wh_legal_status(const struct wh_legal *legal);

/* Whether the verification seal is open: sealed parameters can be written. */
bool wh_legal_seal_is_open(const struct wh_legal *legal);

/* Entries in the audit log, and one of them: age 0 is the newest. WH_ERR_NOT_FOUND if there is none
 * that old; others as wh_store_read. */
uint32_t wh_legal_audit_count(const struct wh_legal *legal);
enum wh_err wh_legal_audit(const struct wh_legal *legal, uint32_t age,
                           struct wh_audit_entry *entry);

struct wh_identity wh_legal_identity(const struct wh_legal *legal);
struct wh_software_id wh_legal_software_id(void);

#endif
