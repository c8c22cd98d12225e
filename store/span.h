/* Runs of bytes on the memory, longer than a page or a stack buffer. Private to store/. */
#ifndef WH_STORE_SPAN_H
#define WH_STORE_SPAN_H

#include "store/nvm.h"
#include <stdbool.h>

/* Writes length bytes in ascending order, one write per page touched. */
enum wh_err wh_span_write(const struct wh_nvm *nvm, uint32_t address, const void *src,
                          size_t length);

/* Makes the bytes from address to end FFh and checks that they read so. Bytes that are FFh already
 * are not written: a factory-fresh memory costs no cycle. */
enum wh_err wh_span_erase(const struct wh_nvm *nvm, uint32_t address, uint32_t end);

/* Says whether all bytes from address to end have one value. */
enum wh_err wh_span_is_filled(const struct wh_nvm *nvm, uint32_t address, uint32_t end,
                              uint8_t value, bool *is_filled);

#endif
