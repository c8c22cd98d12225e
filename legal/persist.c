/* Records of the legal part, docs/store.md chapter "Records". Invariant: a record that is read has
 * the version and length that were written; anything else is WH_ERR_VERSION or WH_ERR_CORRUPT. */
#include "legal/persist.h"
#include "common/bytes.h"
#include "common/crc32.h"
#include <string.h>

enum {
    RING_IDENTITY = 1,
    RING_REGISTERS = 2,
    IDENTITY_VERSION = 2,
    IDENTITY_SIZE = 28,
    REGISTERS_VERSION = 2,
    REGISTERS_SIZE = WH_REGISTERS_STORED_SIZE + 4,
    RING_CALIBRATION = 3,
    CALIBRATION_VERSION = 1,
    POINT_SIZE = 12,
    ELEMENT_WORDS = 9,
    ELEMENT_SIZE = ELEMENT_WORDS * 4 + 1 + WH_CALIBRATION_POINTS * POINT_SIZE,
    CALIBRATION_SIZE = WH_PHASES * ELEMENT_SIZE,
    RING_AUDIT = 4,
    AUDIT_VERSION = 2,
    AUDIT_SIZE = 16,
    RING_TARIFFS = 5,
    TARIFFS_VERSION = 1,
};

/* Sized for an EEPROM of 512 KiB: docs/store.md computes the lifetime. */
static const struct wh_store_ring rings[] = {
    [WH_PERSIST_IDENTITY_INDEX] = {.id = RING_IDENTITY,
                                   .payload_size = IDENTITY_SIZE,
                                   .slot_count = 4},
    [WH_PERSIST_REGISTERS_INDEX] = {.id = RING_REGISTERS,
                                    .payload_size = REGISTERS_SIZE,
                                    .slot_count = 4352},
    [WH_PERSIST_CALIBRATION_INDEX] = {.id = RING_CALIBRATION,
                                      .payload_size = CALIBRATION_SIZE,
                                      .slot_count = 8},
    [WH_PERSIST_AUDIT_INDEX] = {.id = RING_AUDIT,
                                .payload_size = AUDIT_SIZE,
                                .slot_count = WH_PERSIST_AUDIT_SLOTS},
    [WH_PERSIST_TARIFFS_INDEX] = {.id = RING_TARIFFS,
                                  .payload_size = WH_TARIFFS_STORED_SIZE,
                                  .slot_count = 64},
};

const struct wh_store_layout wh_legal_layout = {
    .rings = rings,
    .ring_count = sizeof rings / sizeof rings[0],
};

enum wh_err wh_persist_write_identity(struct wh_store *store, const struct wh_identity *identity,
                                      uint32_t software)
{
    uint8_t stored[IDENTITY_SIZE];
    wh_put_u32le(stored, identity->serial_number);
    wh_put_u32le(stored + 4, identity->meter_number);
    wh_put_u32le(stored + 8, identity->pulses_per_kwh);
    memcpy(stored + 12, identity->model, sizeof identity->model);
    wh_put_u32le(stored + 20, identity->s0_pulses_per_kwh);
    wh_put_u32le(stored + 24, software);
    return wh_store_write(store, RING_IDENTITY, IDENTITY_VERSION, stored, sizeof stored);
}

/* Reads a record of a ring, which must have that version and length. */
static enum wh_err read_aged_record(const struct wh_store *store, uint16_t ring, uint16_t age,
                                    uint16_t version, void *stored, size_t size, uint64_t *sequence)
{
    struct wh_store_record record;
    const enum wh_err err = wh_store_read(store, ring, age, stored, size, &record);
    if (err != WH_OK) {
        return err;
    }
    if (record.version != version) {
        return WH_ERR_VERSION;
    }
    *sequence = record.sequence;
    return record.length == size ? WH_OK : WH_ERR_CORRUPT;
}

/* The newest one. */
static enum wh_err read_record(const struct wh_store *store, uint16_t ring, uint16_t version,
                               void *stored, size_t size)
{
    uint64_t sequence;
    return read_aged_record(store, ring, 0, version, stored, size, &sequence);
}

enum wh_err wh_persist_read_identity(const struct wh_store *store, struct wh_identity *identity,
                                     uint32_t *software)
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
    identity->s0_pulses_per_kwh = wh_get_u32le(stored + 20);
    *software = wh_get_u32le(stored + 24);
    return WH_OK;
}

enum wh_err wh_persist_write_registers(struct wh_store *store, const struct wh_registers *registers,
                                       uint32_t utc_s)
{
    uint8_t stored[REGISTERS_SIZE];
    wh_registers_encode(registers, stored);
    wh_put_u32le(stored + WH_REGISTERS_STORED_SIZE, utc_s);
    return wh_store_write(store, RING_REGISTERS, REGISTERS_VERSION, stored, sizeof stored);
}

enum wh_err wh_persist_read_registers(const struct wh_store *store, struct wh_registers *registers,
                                      uint32_t *utc_s)
{
    uint8_t stored[REGISTERS_SIZE];
    const enum wh_err err =
        read_record(store, RING_REGISTERS, REGISTERS_VERSION, stored, sizeof stored);
    *utc_s = err == WH_OK ? wh_get_u32le(stored + WH_REGISTERS_STORED_SIZE) : 0;
    return err == WH_OK ? wh_registers_decode(registers, stored) : err;
}

enum wh_err wh_persist_write_tariffs(struct wh_store *store, const struct wh_tariffs *tariffs)
{
    uint8_t stored[WH_TARIFFS_STORED_SIZE];
    wh_tariffs_encode(tariffs, stored);
    return wh_store_write(store, RING_TARIFFS, TARIFFS_VERSION, stored, sizeof stored);
}

enum wh_err wh_persist_read_tariffs(const struct wh_store *store, struct wh_tariffs *tariffs)
{
    uint8_t stored[WH_TARIFFS_STORED_SIZE];
    const enum wh_err err =
        read_record(store, RING_TARIFFS, TARIFFS_VERSION, stored, sizeof stored);
    return err == WH_OK ? wh_tariffs_decode(tariffs, stored) : err;
}

static void encode_element(const struct wh_calibration *c, uint8_t *to)
{
    const uint32_t words[ELEMENT_WORDS] = {
        c->u_gain_q30,
        c->i_gain_q30,
        (uint32_t)c->u_tempco_ppb_per_k,
        (uint32_t)c->i_tempco_ppb_per_k,
        (uint32_t)c->i_curvature_ppb_per_k2,
        (uint32_t)c->delay_q15,
        (uint32_t)c->active_offset_uw,
        (uint32_t)c->reactive_offset_uvar,
        c->i_noise_codes2,
    };
    for (int w = 0; w < ELEMENT_WORDS; w++, to += 4) {
        wh_put_u32le(to, words[w]);
    }
    *to++ = c->point_count;
    for (int p = 0; p < WH_CALIBRATION_POINTS; p++, to += POINT_SIZE) {
        wh_put_u32le(to, c->point[p].i_ma);
        wh_put_u32le(to + 4, (uint32_t)c->point[p].gain_ppm);
        wh_put_u32le(to + 8, (uint32_t)c->point[p].lead_urad);
    }
}

static void decode_element(const uint8_t *from, struct wh_calibration *c)
{
    c->u_gain_q30 = wh_get_u32le(from);
    c->i_gain_q30 = wh_get_u32le(from + 4);
    c->u_tempco_ppb_per_k = (int32_t)wh_get_u32le(from + 8);
    c->i_tempco_ppb_per_k = (int32_t)wh_get_u32le(from + 12);
    c->i_curvature_ppb_per_k2 = (int32_t)wh_get_u32le(from + 16);
    c->delay_q15 = (int32_t)wh_get_u32le(from + 20);
    c->active_offset_uw = (int32_t)wh_get_u32le(from + 24);
    c->reactive_offset_uvar = (int32_t)wh_get_u32le(from + 28);
    c->i_noise_codes2 = wh_get_u32le(from + 32);
    c->point_count = from[ELEMENT_WORDS * 4];
    from += ELEMENT_WORDS * 4 + 1;
    for (int p = 0; p < WH_CALIBRATION_POINTS; p++, from += POINT_SIZE) {
        c->point[p].i_ma = wh_get_u32le(from);
        c->point[p].gain_ppm = (int32_t)wh_get_u32le(from + 4);
        c->point[p].lead_urad = (int32_t)wh_get_u32le(from + 8);
    }
}

static void encode_calibration(const struct wh_calibration calibration[WH_PHASES],
                               uint8_t stored[CALIBRATION_SIZE])
{
    for (int p = 0; p < WH_PHASES; p++) {
        encode_element(&calibration[p], stored + p * ELEMENT_SIZE);
    }
}

enum wh_err wh_persist_write_calibration(struct wh_store *store,
                                         const struct wh_calibration calibration[WH_PHASES])
{
    uint8_t stored[CALIBRATION_SIZE];
    encode_calibration(calibration, stored);
    return wh_store_write(store, RING_CALIBRATION, CALIBRATION_VERSION, stored, sizeof stored);
}

enum wh_err wh_persist_read_calibration(const struct wh_store *store,
                                        struct wh_calibration calibration[WH_PHASES])
{
    uint8_t stored[CALIBRATION_SIZE];
    const enum wh_err err =
        read_record(store, RING_CALIBRATION, CALIBRATION_VERSION, stored, sizeof stored);
    for (int p = 0; err == WH_OK && p < WH_PHASES; p++) {
        decode_element(stored + p * ELEMENT_SIZE, &calibration[p]);
        if (!wh_calibration_is_valid(&calibration[p])) {
            return WH_ERR_CORRUPT;
        }
    }
    return err;
}

uint32_t wh_persist_calibration_checksum(const struct wh_calibration calibration[WH_PHASES])
{
    uint8_t stored[CALIBRATION_SIZE];
    encode_calibration(calibration, stored);
    return wh_crc32(0, stored, sizeof stored);
}

enum wh_err wh_persist_write_audit(struct wh_store *store, const struct wh_audit_entry *entry)
{
    uint8_t stored[AUDIT_SIZE];
    wh_put_u32le(stored, entry->utc_s);
    wh_put_u16le(stored + 4, (uint16_t)entry->event);
    wh_put_u16le(stored + 6, (uint16_t)entry->origin);
    wh_put_u32le(stored + 8, entry->old_value);
    wh_put_u32le(stored + 12, entry->new_value);
    return wh_store_write(store, RING_AUDIT, AUDIT_VERSION, stored, sizeof stored);
}

enum wh_err wh_persist_read_audit(const struct wh_store *store, uint16_t age,
                                  struct wh_audit_entry *entry, uint64_t *sequence)
{
    uint8_t stored[AUDIT_SIZE];
    const enum wh_err err =
        read_aged_record(store, RING_AUDIT, age, AUDIT_VERSION, stored, sizeof stored, sequence);
    if (err != WH_OK) {
        return err;
    }
    entry->utc_s = wh_get_u32le(stored);
    entry->event = (enum wh_audit_event)wh_get_u16le(stored + 4);
    entry->origin = (enum wh_origin)wh_get_u16le(stored + 6);
    entry->old_value = wh_get_u32le(stored + 8);
    entry->new_value = wh_get_u32le(stored + 12);
    return WH_OK;
}
