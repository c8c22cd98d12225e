/* The records of the legal part in the store: identity and main registers. Private to legal/. */
#ifndef WH_LEGAL_PERSIST_H
#define WH_LEGAL_PERSIST_H

#include "legal/interface.h"
#include "legal/registers.h"
#include "metrology/calibration.h"
#include "store/store.h"

extern const struct wh_store_layout wh_legal_layout;

enum wh_err wh_persist_write_identity(struct wh_store *store, const struct wh_identity *identity);
enum wh_err wh_persist_read_identity(const struct wh_store *store, struct wh_identity *identity);
enum wh_err wh_persist_write_registers(struct wh_store *store,
                                       const struct wh_registers *registers);
enum wh_err wh_persist_read_registers(const struct wh_store *store, struct wh_registers *registers);

/* The calibration of three elements; reading gives WH_ERR_NOT_FOUND before the first was written. The
 * checksum is a CRC-32 over the stored form. */
enum wh_err wh_persist_write_calibration(struct wh_store *store,
                                         const struct wh_calibration calibration[WH_PHASES]);
enum wh_err wh_persist_read_calibration(const struct wh_store *store,
                                        struct wh_calibration calibration[WH_PHASES]);
uint32_t wh_persist_calibration_checksum(const struct wh_calibration calibration[WH_PHASES]);

enum wh_err wh_persist_write_audit(struct wh_store *store, const struct wh_audit_entry *entry);

/* *sequence receives the number of the entry, counted from 1. */
enum wh_err wh_persist_read_audit(const struct wh_store *store, uint16_t age,
                                  struct wh_audit_entry *entry, uint64_t *sequence);

/* Index of the ring in a struct wh_store_report. */
enum {
    WH_PERSIST_IDENTITY_INDEX,
    WH_PERSIST_REGISTERS_INDEX,
    WH_PERSIST_CALIBRATION_INDEX,
    WH_PERSIST_AUDIT_INDEX,
};

enum { WH_PERSIST_AUDIT_SLOTS = 256 };

#endif
