/* A meter with something in its logs, and a client that has opened an association. The first byte
 * says which (bits 0-1: public, module, optical, consumer port) and what PDU it takes (bits 2-4);
 * then come APDUs, each behind an octet with its length. A long answer is fetched to its end.
 * Whatever is sent, registers and identity stay as they are (REG-7). */
#include <stdlib.h>
#include <string.h>

#include "cosem/face.h"
#include "meter/meter.h"
#include "ports/linux/board_memory.h"

enum { REPLY_SIZE = 2048, BLOCKS_MAX = 4000, PROFILE_ROWS = 300 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* The meter as each input finds it, and what brings it back there. */
static struct board_memory memory;
static struct wh_meter meter;
static struct wh_meter fresh;
static uint8_t *fresh_eeprom;
static uint8_t *fresh_flash;
static struct wh_flash flash;
static bool flash_is_dirty;

static enum wh_err program(void *context, uint32_t address, const void *data, size_t size)
{
    flash_is_dirty = true;
    return flash.program(context, address, data, size);
}

static enum wh_err erase(void *context, uint32_t address)
{
    flash_is_dirty = true;
    return flash.erase(context, address);
}

static void store_logs(void)
{
    struct wh_application *app = &meter.application;
    const struct wh_reading_source source = wh_meter_readings(&meter);
    for (uint32_t i = 0; i < PROFILE_ROWS; i++) {
        require(wh_profile_store(&app->logs.log[WH_LOG_PROFILE], &meter.legal, &app->config,
                                 i * 900, i, NULL, 0) == WH_OK);
        require(wh_logger_store(&app->logs.log[WH_LOG_LOGGER], &source, &app->config, i * 900, i) ==
                WH_OK);
    }
    require(wh_application_stop_debiting(app, &meter.legal, WH_DEBITING_BY_COMMAND) == WH_OK);
    require(wh_meter_input(&meter, WH_INPUT_UTILITY_SEAL, true) ==
            WH_OK); /* the number may be set */
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size);
    require(copy != NULL);
    memcpy(copy, bytes, size);
    return copy;
}

static void make_meter(void)
{
    struct wh_config config = wh_config_default(wh_variant_find("351C"));
    const struct wh_order order = {.variant = wh_variant_find("351C"),
                                   .serial_number = 1,
                                   .meter_number = 2,
                                   .config = &config};
    struct wh_meter_start_report report;
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    require(board_memory_open(&memory) == WH_OK);
    require(wh_meter_manufacture(&memory.board, &order, NULL) == WH_OK);
    require(wh_meter_start(&meter, &memory.board, &report) == WH_OK);
    store_logs();
    fresh = meter;
    fresh_eeprom = copy_of(memory.eeprom.bytes, memory.eeprom.nvm.size_bytes);
    fresh_flash = copy_of(memory.flash.inverted, FLASH_MEMORY_SIZE);
    flash = memory.flash.flash;
    memory.flash.flash.program = program;
    memory.flash.flash.erase = erase;
}

static void refresh(void)
{
    if (fresh_flash == NULL) {
        make_meter();
    }
    meter = fresh;
    memcpy(memory.eeprom.bytes, fresh_eeprom, memory.eeprom.nvm.size_bytes);
    if (flash_is_dirty) {
        memcpy(memory.flash.inverted, fresh_flash, FLASH_MEMORY_SIZE);
        flash_is_dirty = false;
    }
}

static const uint8_t open_public[] = {0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05,
                                      0x08, 0x01, 0x01, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00,
                                      0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF};
static const uint8_t open_meter[] = {
    0x60, 0x33, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01,
    0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x01,
    0xAC, 0x07, 0x80, 0x05, 0x31, 0x32, 0x33, 0x34, 0x35, 0xBE, 0x10, 0x04, 0x0E,
    0x01, 0x00, 0x00, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF};

struct client {
    struct dlms_link link;
    struct dlms_request request;
    uint8_t reply[REPLY_SIZE];
    size_t length;
};

static void ask(struct client *client, const uint8_t *apdu, size_t length)
{
    uint8_t *copy = malloc(length + 1); /* exact, so that an overrun is seen */
    require(copy != NULL);
    memcpy(copy, apdu, length);
    client->request.apdu = (struct dlms_span){copy, length};
    client->length =
        dlms_link_handle(&client->link, &client->request, client->reply, sizeof client->reply);
    free(copy);
}

static void open_association(struct client *client, uint8_t choice)
{
    static const uint16_t pdus[] = {64, 70, 128, 300, 512, 1024, 2048, 0xFFFF};
    const bool is_public = (choice & 3) == 0;
    uint8_t aarq[sizeof open_meter + 2];
    const size_t length = is_public ? sizeof open_public : sizeof open_meter;
    memcpy(aarq, is_public ? open_public : open_meter, length);
    aarq[length] = (uint8_t)(pdus[choice >> 2 & 7] >> 8);
    aarq[length + 1] = (uint8_t)pdus[choice >> 2 & 7];
    client->request.client_sap =
        is_public ? WH_COSEM_CLIENT_PUBLIC : (uint16_t)(WH_COSEM_CLIENT_MODULE - 1 + (choice & 3));
    client->request.server_sap = is_public ? WH_COSEM_DEVICE_MANAGEMENT : WH_COSEM_DEVICE_METER;
    ask(client, aarq, length + 2);
    require(client->length > 17 && client->reply[17] == 0);
}

/* GET response with data block, not the last. */
static bool goes_on(const struct client *client)
{
    return client->length > 8 && client->reply[0] == 0xC4 && client->reply[1] == 2 &&
           client->reply[3] == 0;
}

static void fetch_rest(struct client *client)
{
    for (int blocks = 0; goes_on(client); blocks++) {
        uint8_t next[7] = {0xC0, 2, client->reply[2]};
        memcpy(next + 3, client->reply + 4, 4);
        require(blocks < BLOCKS_MAX);
        ask(client, next, sizeof next);
    }
}

static void require_legal_untouched(void)
{
    require(memcmp(&meter.legal.registers, &fresh.legal.registers, sizeof meter.legal.registers) ==
            0);
    require(meter.legal.identity.serial_number == fresh.legal.identity.serial_number);
    require(memcmp(meter.legal.identity.model, fresh.legal.identity.model, 8) == 0);
    require(wh_legal_ratio(&meter.legal) == 1); /* its cover is closed */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wh_cosem_face face;
    static struct client client;
    static uint8_t long_buffer[WH_COSEM_LONG_BUFFER];
    if (size == 0) {
        return 0;
    }
    refresh();
    require(wh_cosem_face_init(&face, &meter.application, &meter.legal, "12345") == WH_OK);
    dlms_link_init(&client.link, &face.server, long_buffer, sizeof long_buffer);
    open_association(&client, data[0]);
    for (size_t at = 1; at < size;) {
        const size_t length = data[at] < size - at ? data[at] : size - at - 1;
        ask(&client, data + at + 1, length);
        fetch_rest(&client);
        at += 1 + length;
    }
    require_legal_untouched();
    return 0;
}
