/* Page splitting and chunk-wise scanning. Invariant: no write handed to the seam crosses a page. */
#include "store/span.h"

#include <string.h>

enum { CHUNK_SIZE = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum wh_err wh_span_write(const struct wh_nvm *nvm, uint32_t address, const void *src,
                          size_t length)
{
    const uint8_t *from = src;
    while (length > 0) {
        const size_t room = nvm->page_size_bytes - (address & (nvm->page_size_bytes - 1));
        const size_t part = smaller(length, room);
        const enum wh_err err = nvm->write(nvm->context, address, from, part);
        if (err != WH_OK) {
            return err;
        }
        address += (uint32_t)part;
        from += part;
        length -= part;
    }
    return WH_OK;
}

static bool bytes_are(const uint8_t *bytes, size_t length, uint8_t value)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

enum wh_err wh_span_is_filled(const struct wh_nvm *nvm, uint32_t address, uint32_t end,
                              uint8_t value, bool *is_filled)
{
    uint8_t chunk[CHUNK_SIZE];
    *is_filled = true;
    while (address < end && *is_filled) {
        const size_t part = smaller(end - address, sizeof chunk);
        const enum wh_err err = nvm->read(nvm->context, address, chunk, part);
        if (err != WH_OK) {
            return err;
        }
        *is_filled = bytes_are(chunk, part, value);
        address += (uint32_t)part;
    }
    return WH_OK;
}

static enum wh_err erase_chunk(const struct wh_nvm *nvm, uint32_t address, size_t length)
{
    uint8_t erased[CHUNK_SIZE];
    memset(erased, 0xff, sizeof erased);
    return wh_span_write(nvm, address, erased, length);
}

enum wh_err wh_span_erase(const struct wh_nvm *nvm, uint32_t address, uint32_t end)
{
    while (address < end) {
        const uint32_t part = (uint32_t)smaller(end - address, CHUNK_SIZE);
        bool is_erased;
        enum wh_err err = wh_span_is_filled(nvm, address, address + part, 0xff, &is_erased);
        if (err == WH_OK && !is_erased) {
            err = erase_chunk(nvm, address, part);
            if (err == WH_OK) {
                err = wh_span_is_filled(nvm, address, address + part, 0xff, &is_erased);
            }
        }
        if (err != WH_OK) {
            return err;
        }
        if (!is_erased) {
            return WH_ERR_IO;
        }
        address += part;
    }
    return WH_OK;
}
