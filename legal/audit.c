/* The audit log. Invariant: nothing in it is ever overwritten; when it is full, what would need an entry is refused. */
#include "legal/audit.h"
#include "legal/persist.h"

enum wh_err wh_audit_append(struct wh_legal *legal, const struct wh_audit_entry *entry)
{
    if (legal->audit_count >= WH_PERSIST_AUDIT_SLOTS - 1) {
        return WH_ERR_SPACE;
    }
    const enum wh_err err = wh_persist_write_audit(&legal->store, entry);
    legal->audit_count += err == WH_OK;
    return err;
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
