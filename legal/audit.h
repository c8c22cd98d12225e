/* The legal audit log (WELMEC 7.2 P7). Private to legal/. */
#ifndef WH_LEGAL_AUDIT_H
#define WH_LEGAL_AUDIT_H

#include "legal/legal.h"

/* Appends an entry. WH_ERR_SPACE if the log is full: nothing in it is ever overwritten. Others as
 * wh_store_write. */
enum wh_err wh_audit_append(struct wh_legal *legal, const struct wh_audit_entry *entry);

#endif
