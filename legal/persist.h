/* The records of the legal part in the store: identity and main registers. Private to legal/. */
#ifndef WH_LEGAL_PERSIST_H
#define WH_LEGAL_PERSIST_H

#include "legal/interface.h"
#include "legal/registers.h"
#include "store/store.h"

extern const struct wh_store_layout wh_legal_layout;

enum wh_err wh_persist_write_identity(struct wh_store *store, const struct wh_identity *identity);
enum wh_err wh_persist_read_identity(const struct wh_store *store, struct wh_identity *identity);
enum wh_err wh_persist_write_registers(struct wh_store *store,
                                       const struct wh_registers *registers);
enum wh_err wh_persist_read_registers(const struct wh_store *store, struct wh_registers *registers);

/* Index of the ring in a struct wh_store_report. */
enum { WH_PERSIST_IDENTITY_INDEX, WH_PERSIST_REGISTERS_INDEX };

#endif
