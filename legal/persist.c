/* Records of the legal part, docs/store.md chapter "Records". Invariant: a record that is read has
 * the version and length that were written; anything else is WH_ERR_VERSION or WH_ERR_CORRUPT. */
#include "legal/persist.h"
#include "common/bytes.h"
#include <string.h>

enum {
    RING_IDENTITY = 1,
    RING_REGISTERS = 2,
    IDENTITY_VERSION = 1,
    IDENTITY_SIZE = 20,
    REGISTERS_VERSION = 1,
};

/* Sized for an EEPROM of 512 KiB: docs/store.md computes the lifetime. */
static const struct wh_store_ring rings[] = {
    [WH_PERSIST_IDENTITY_INDEX] = {.id = RING_IDENTITY,
                                   .payload_size = IDENTITY_SIZE,
                                   .slot_count = 4},
    [WH_PERSIST_REGISTERS_INDEX] = {.id = RING_REGISTERS,
                                    .payload_size = WH_REGISTERS_STORED_SIZE,
                                    .slot_count = 4608},
};

const struct wh_store_layout wh_legal_layout = {
    .rings = rings,
    .ring_count = sizeof rings / sizeof rings[0],
};

enum wh_err wh_persist_write_identity(struct wh_store *store, const struct wh_identity *identity)
{
    uint8_t stored[IDENTITY_SIZE];
    wh_put_u32le(stored, identity->serial_number);
    wh_put_u32le(stored + 4, identity->meter_number);
    wh_put_u32le(stored + 8, identity->pulses_per_kwh);
    memcpy(stored + 12, identity->model, sizeof identity->model);
    return wh_store_write(store, RING_IDENTITY, IDENTITY_VERSION, stored, sizeof stored);
}

/* Reads the newest record of a ring, which must have that version and length. */
static enum wh_err read_record(const struct wh_store *store, uint16_t ring, uint16_t version,
                               void *stored, size_t size)
{
    struct wh_store_record record;
    const enum wh_err err = wh_store_read(store, ring, 0, stored, size, &record);
    if (err != WH_OK) {
        return err;
    }
    if (record.version != version) {
        return WH_ERR_VERSION;
    }
    return record.length == size ? WH_OK : WH_ERR_CORRUPT;
}

enum wh_err wh_persist_read_identity(const struct wh_store *store, struct wh_identity *identity)
{
    uint8_t stored[IDENTITY_SIZE];
    const enum wh_err err =
        read_record(store, RING_IDENTITY, IDENTITY_VERSION, stored, sizeof stored);
    if (err != WH_OK) {
        return err;
    }
    identity->serial_number = wh_get_u32le(stored);
    identity->meter_number = wh_get_u32le(stored + 4);
    identity->pulses_per_kwh = wh_get_u32le(stored + 8);
    memcpy(identity->model, stored + 12, sizeof identity->model);
    identity->model[sizeof identity->model - 1] = '\0';
    return WH_OK;
}

enum wh_err wh_persist_write_registers(struct wh_store *store, const struct wh_registers *registers)
{
    uint8_t stored[WH_REGISTERS_STORED_SIZE];
    wh_registers_encode(registers, stored);
    return wh_store_write(store, RING_REGISTERS, REGISTERS_VERSION, stored, sizeof stored);
}

enum wh_err wh_persist_read_registers(const struct wh_store *store, struct wh_registers *registers)
{
    uint8_t stored[WH_REGISTERS_STORED_SIZE];
    const enum wh_err err =
        read_record(store, RING_REGISTERS, REGISTERS_VERSION, stored, sizeof stored);
    return err == WH_OK ? wh_registers_decode(registers, stored) : err;
}
