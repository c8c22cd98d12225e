/* The verification seal, the sealed parameters and the audit log (REG-7, VAR-15; WELMEC 7.2 P6, P7).
 * Invariant: no sealed parameter changes without an entry written before it. */
#include "legal/legal.h"
#include "legal/persist.h"
#include <string.h>

bool wh_legal_seal_is_open(const struct wh_legal *legal)
{
    return legal->seal_open;
}

uint32_t wh_legal_audit_count(const struct wh_legal *legal)
{
    return legal->audit_count;
}

enum wh_err wh_legal_audit(const struct wh_legal *legal, uint32_t age, struct wh_audit_entry *entry)
{
    if (age >= legal->audit_count) {
        return WH_ERR_NOT_FOUND;
    }
    uint64_t sequence;
    return wh_persist_read_audit(&legal->store, (uint16_t)age, entry, &sequence);
}

/* Nothing in the log is ever overwritten: when the ring is full, no more changes. */
static enum wh_err append(struct wh_legal *legal, const struct wh_audit_entry *entry)
{
    if (legal->audit_count >= WH_PERSIST_AUDIT_SLOTS - 1) {
        return WH_ERR_SPACE;
    }
    const enum wh_err err = wh_persist_write_audit(&legal->store, entry);
    legal->audit_count += err == WH_OK;
    return err;
}

enum wh_err wh_legal_set_seal(struct wh_legal *legal, bool open, uint32_t utc_s)
{
    if (open == legal->seal_open) {
        return WH_OK;
    }
    const struct wh_audit_entry entry = {
        .utc_s = utc_s, .event = open ? WH_AUDIT_SEAL_OPENED : WH_AUDIT_SEAL_CLOSED};
    legal->seal_open = false;
    const enum wh_err err = append(legal, &entry);
    legal->seal_open = open && err == WH_OK;
    return err;
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
    if (!legal->seal_open) {
        return WH_ERR_SEALED;
    }
    if (!all_valid(calibration)) {
        return WH_ERR_ARGUMENT;
    }
    const struct wh_audit_entry entry = {
        .utc_s = utc_s,
        .event = WH_AUDIT_CALIBRATED,
        .old_checksum = wh_persist_calibration_checksum(legal->calibration),
        .new_checksum = wh_persist_calibration_checksum(calibration),
    };
    enum wh_err err = append(legal, &entry);
    if (err == WH_OK) {
        err = wh_persist_write_calibration(&legal->store, calibration);
    }
    if (err == WH_OK) {
        memcpy(legal->calibration, calibration, sizeof legal->calibration);
    }
    return err;
}
