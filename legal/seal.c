/* The switches under the covers and the calibration behind the verification seal (REG-7, VAR-15; WELMEC 7.2 P6, P7).
 * Invariant: no sealed parameter changes without an entry written before it. */
#include "legal/audit.h"
#include "legal/legal.h"
#include "legal/persist.h"
#include <string.h>

bool wh_legal_is_open(const struct wh_legal *legal, enum wh_switch which)
{
    return (unsigned)which < WH_SWITCH_COUNT && (legal->open_switches >> which & 1u) != 0;
}

bool wh_legal_seal_is_open(const struct wh_legal *legal)
{
    return wh_legal_is_open(legal, WH_SWITCH_VERIFICATION_SEAL);
}

static void put_switch(struct wh_legal *legal, enum wh_switch which, bool open)
{
    const uint8_t bit = (uint8_t)(1u << which);
    legal->open_switches =
        (uint8_t)(open ? legal->open_switches | bit : legal->open_switches & ~bit);
}

enum wh_err wh_legal_set_seal(struct wh_legal *legal, bool open, uint32_t utc_s)
{
    if (open == wh_legal_seal_is_open(legal)) {
        return WH_OK;
    }
    const struct wh_audit_entry entry = {
        .utc_s = utc_s, .event = open ? WH_AUDIT_SEAL_OPENED : WH_AUDIT_SEAL_CLOSED};
    put_switch(legal, WH_SWITCH_VERIFICATION_SEAL, false);
    const enum wh_err err = wh_audit_append(legal, &entry);
    put_switch(legal, WH_SWITCH_VERIFICATION_SEAL, open && err == WH_OK);
    return err;
}

enum wh_err wh_legal_set_switch(struct wh_legal *legal, enum wh_switch which, bool open)
{
    if ((unsigned)which >= WH_SWITCH_COUNT) {
        return WH_ERR_ARGUMENT;
    }
    if (which == WH_SWITCH_VERIFICATION_SEAL) {
        return wh_legal_set_seal(legal, open, legal->utc_s);
    }
    put_switch(legal, which, open);
    return WH_OK;
}

static bool all_valid(const struct wh_calibration calibration[WH_PHASES])
{
    bool valid = true;
    for (int p = 0; p < WH_PHASES; p++) {
        valid = valid && wh_calibration_is_valid(&calibration[p]);
    }
    return valid;
}

enum wh_err wh_legal_calibrate(struct wh_legal *legal,
                               const struct wh_calibration calibration[WH_PHASES], uint32_t utc_s)
{
    if (!wh_legal_seal_is_open(legal)) {
        return WH_ERR_SEALED;
    }
    if (!all_valid(calibration)) {
        return WH_ERR_ARGUMENT;
    }
    const struct wh_audit_entry entry = {
        .utc_s = utc_s,
        .event = WH_AUDIT_CALIBRATED,
        .old_value = wh_persist_calibration_checksum(legal->calibration),
        .new_value = wh_persist_calibration_checksum(calibration),
    };
    enum wh_err err = wh_audit_append(legal, &entry);
    if (err == WH_OK) {
        err = wh_persist_write_calibration(&legal->store, calibration);
    }
    if (err == WH_OK) {
        memcpy(legal->calibration, calibration, sizeof legal->calibration);
        wh_legal_trust_parameters(legal);
    }
    return err;
}
