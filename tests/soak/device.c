/* Memories that lose power. Invariant: nothing changes while off, and the operation that was cut changes nothing outside its
 * range. */
#include "tests/soak/device.h"
#include "common/crc32.h"
#include <stdlib.h>
#include <string.h>

/* Whether the operation that is beginning is done in full; else it is the one that is cut. */
static bool survives(struct device *d)
{
    if (d->cut_in_changes == 0) {
        d->is_off = true;
        return false;
    }
    d->cut_in_changes -= d->cut_in_changes != DEVICE_NEVER;
    d->changes++;
    return true;
}

static enum wh_err read_nvm(void *context, uint32_t address, void *dst, size_t length)
{
    struct device *d = context;
    const struct wh_nvm *nvm = &d->memory.eeprom.nvm;
    return d->is_off ? WH_ERR_IO : nvm->read(nvm->context, address, dst, length);
}

static enum wh_err write_nvm(void *context, uint32_t address, const void *src, size_t length)
{
    struct device *d = context;
    const struct wh_nvm *nvm = &d->memory.eeprom.nvm;
    if (d->is_off) {
        return WH_ERR_IO;
    }
    if (survives(d)) {
        return nvm->write(nvm->context, address, src, length);
    }
    const size_t part = sim_random_bits(&d->random) % (length + 1);
    (void)nvm->write(nvm->context, address, src, part);
    return WH_ERR_IO;
}

static enum wh_err read_flash(void *context, uint32_t address, void *dst, size_t length)
{
    struct device *d = context;
    const struct wh_flash *flash = d->memory.board.flash;
    return d->is_off ? WH_ERR_IO : flash->read(flash->context, address, dst, length);
}

static enum wh_err program_flash(void *context, uint32_t address, const void *src, size_t length)
{
    struct device *d = context;
    const struct wh_flash *flash = d->memory.board.flash;
    if (d->is_off) {
        return WH_ERR_IO;
    }
    if (survives(d)) {
        return flash->program(flash->context, address, src, length);
    }
    const size_t part = sim_random_bits(&d->random) % (length + 1);
    (void)flash->program(flash->context, address, src, part);
    return WH_ERR_IO;
}

/* A cut erase leaves bits of any value: erased, then programmed with noise. */
static enum wh_err erase_flash(void *context, uint32_t address)
{
    struct device *d = context;
    const struct wh_flash *flash = d->memory.board.flash;
    if (d->is_off) {
        return WH_ERR_IO;
    }
    if (survives(d)) {
        return flash->erase(flash->context, address);
    }
    (void)flash->erase(flash->context, address);
    for (uint32_t at = 0; at < flash->sector_size_bytes; at += 8) {
        const uint64_t noise = sim_random_bits(&d->random);
        (void)flash->program(flash->context, address + at, &noise, sizeof noise);
    }
    return WH_ERR_IO;
}

void device_open(struct device *device, uint64_t seed)
{
    *device = (struct device){.random = {seed}, .cut_in_changes = DEVICE_NEVER};
    if (board_memory_open(&device->memory) != WH_OK) {
        abort();
    }
    device->nvm = *device->memory.board.nvm;
    device->nvm.read = read_nvm;
    device->nvm.write = write_nvm;
    device->nvm.context = device;
    device->flash = *device->memory.board.flash;
    device->flash.read = read_flash;
    device->flash.program = program_flash;
    device->flash.erase = erase_flash;
    device->flash.context = device;
}

void device_close(struct device *device)
{
    board_memory_close(&device->memory);
}

void device_power_on(struct device *device)
{
    device->is_off = false;
    device->cut_in_changes = DEVICE_NEVER;
}

uint32_t device_checksum(const struct device *device)
{
    const struct nvm_memory *eeprom = &device->memory.eeprom;
    const struct flash_memory *flash = &device->memory.flash;
    const uint32_t crc = wh_crc32(0, eeprom->bytes, eeprom->nvm.size_bytes);
    return wh_crc32(crc, flash->inverted, flash->flash.size_bytes);
}
