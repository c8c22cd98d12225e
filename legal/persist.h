/* The records of the legal part in the store, docs/store.md. Private to legal/. */
#ifndef WH_LEGAL_PERSIST_H
#define WH_LEGAL_PERSIST_H

#include "legal/interface.h"
#include "legal/registers.h"
#include "legal/tariffs.h"
#include "metrology/calibration.h"
#include "store/store.h"

extern const struct wh_store_layout wh_legal_layout;

/* software: version of the legally relevant software that ran last. */
enum wh_err wh_persist_write_identity(struct wh_store *store, const struct wh_identity *identity,
                                      uint32_t software);
enum wh_err wh_persist_read_identity(const struct wh_store *store, struct wh_identity *identity,
                                     uint32_t *software);

/* utc_s: when; 0 while the clock is not valid. */
enum wh_err wh_persist_write_registers(struct wh_store *store, const struct wh_registers *registers,
                                       uint32_t utc_s);
enum wh_err wh_persist_read_registers(const struct wh_store *store, struct wh_registers *registers,
                                      uint32_t *utc_s);

/* Reading gives WH_ERR_NOT_FOUND before the first change of tariff or ratio. */
enum wh_err wh_persist_write_tariffs(struct wh_store *store, const struct wh_tariffs *tariffs);
enum wh_err wh_persist_read_tariffs(const struct wh_store *store, struct wh_tariffs *tariffs);

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
    WH_PERSIST_TARIFFS_INDEX,
};

enum { WH_PERSIST_AUDIT_SLOTS = 256 };

#endif
