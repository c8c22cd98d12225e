/* A whole meter with logs behind a byte port. The first byte: bits 0-1 the port, bit 2 line or pipe, bit 3 that programming
 * mode is open. Then items, told by their first byte: 0 … 99 a KMP request of so many bytes of data, framed here (CID and data
 * follow); 100 … 199 a message of IEC 62056-21 of so many bytes less 100, its check put behind it; above that so many raw
 * bytes less 200, and 20 ms pass. Whatever comes, no register moves and no seal opens (REG-7). */
#include <stdlib.h>
#include <string.h>

#include "face/port.h"
#include "ports/linux/board_memory.h"

enum { KMP_UP_TO = 99, IEC_UP_TO = 199, UTC_S = 825760800 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static struct board_memory memory;
static struct wh_meter meter, fresh;
static uint8_t *eeprom, *flash;

/* Some hours of load, so that every kind of log that fills by itself has records. */
static void live(void)
{
    struct wh_bus_report report = {.sample_count = 60 * WH_SAMPLE_RATE_HZ,
                                   .duration_q14 = 60u * WH_SAMPLE_RATE_HZ << 14};
    for (int p = 0; p < WH_PHASES; p++) {
        report.phase[p] = (struct wh_element_report){.active_uj = 60000000000,
                                                     .u_rms_mv = 230000,
                                                     .i_rms_ua = 4347826,
                                                     .active_mw = 1000000,
                                                     .apparent_mva = 1000000,
                                                     .frequency_uhz = 50000000,
                                                     .locked = true,
                                                     .registering = true};
    }
    for (int minute = 0; minute < 150; minute++) {
        wh_meter_report(&meter, &report);
    }
    (void)wh_application_stop_debiting(&meter.application, &meter.legal, WH_DEBITING_BY_COMMAND);
}

static void make_meter(void)
{
    const struct wh_order order = {
        .variant = wh_variant_find("351C"), .serial_number = 12345678, .meter_number = 87654321};
    struct wh_meter_start_report report;
    require(board_memory_open(&memory) == WH_OK);
    memory.board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = UTC_S};
    require(wh_meter_manufacture(&memory.board, &order, NULL) == WH_OK);
    require(wh_meter_start(&meter, &memory.board, &report) == WH_OK);
    live();
    eeprom = malloc(memory.board.nvm->size_bytes);
    flash = malloc(FLASH_MEMORY_SIZE);
    require(eeprom != NULL && flash != NULL);
    memcpy(eeprom, memory.eeprom.bytes, memory.board.nvm->size_bytes);
    memcpy(flash, memory.flash.inverted, FLASH_MEMORY_SIZE);
    fresh = meter;
}

static void renew_meter(void)
{
    memcpy(memory.eeprom.bytes, eeprom, memory.board.nvm->size_bytes);
    memcpy(memory.flash.inverted, flash, FLASH_MEMORY_SIZE);
    meter = fresh;
}

static struct wh_port port;
static uint32_t now_ms;

static void pull(void)
{
    uint8_t out[300];
    while (wh_port_output(&port, now_ms, out, sizeof out) > 0) {
    }
}

static void send_bytes(const uint8_t *data, size_t length)
{
    size_t at = 0;
    unsigned stuck = 0;
    while (at < length) {
        const size_t taken = wh_port_input(&port, data + at, length - at, now_ms);
        at += taken;
        stuck = taken > 0 ? 0 : stuck + 1;
        require(stuck < 3);
        pull();
    }
}

static void send_kmp(const uint8_t *data, size_t length)
{
    uint8_t body[KMP_UP_TO + KMP_FRAME_OVERHEAD + 1] = {KMP_ADDRESS_METER};
    uint8_t wire[2 * sizeof body + 2];
    struct kmp_transmitter transmitter;
    memcpy(body + 1, data, length);
    kmp_transmitter_init(&transmitter);
    kmp_transmitter_frame(&transmitter, KMP_REQUEST, body, 1 + length);
    send_bytes(wire, kmp_transmitter_pull(&transmitter, wire, sizeof wire));
}

static void send_iec(const uint8_t *data, size_t length)
{
    uint8_t message[IEC_UP_TO + 3] = {IEC21_SOH};
    memcpy(message + 1, data, length);
    message[1 + length] = IEC21_ETX;
    message[2 + length] = iec21_bcc(0, (const char *)message + 1, length + 1);
    send_bytes(message, length + 3);
}

static void open_port(uint8_t how, struct wh_access *access, struct wh_cosem_face *cosem)
{
    static const enum wh_origin origins[] = {WH_ORIGIN_OPTICAL, WH_ORIGIN_MODULE,
                                             WH_ORIGIN_CONSUMER, WH_ORIGIN_MODULE};
    static const char open[] = "/?!\r\n\006051\r\n\001P1\002(12345)\003P";
    const struct wh_port_setup setup = {.access = access,
                                        .cosem = cosem,
                                        .origin = origins[how & 3],
                                        .kind = (how & 4) != 0 ? WH_PORT_LINE : WH_PORT_PIPE,
                                        .start_baud = 9600};
    wh_access_init(access, &meter, "12345", WH_ACCESS_KMP_PASSWORD);
    require(wh_cosem_face_init(cosem, &meter.application, &meter.legal, "12345") == WH_OK);
    require(wh_port_init(&port, &setup) == WH_OK);
    now_ms = 0;
    if ((how & 8) != 0) {
        send_bytes((const uint8_t *)open, sizeof open - 1);
    }
}

static void send_item(uint8_t first, const uint8_t *data, size_t length)
{
    if (first <= KMP_UP_TO) {
        send_kmp(data, length);
    } else if (first <= IEC_UP_TO) {
        send_iec(data, length);
    } else {
        send_bytes(data, length);
        now_ms += 20;
    }
}

static size_t length_of(uint8_t first)
{
    return first <= KMP_UP_TO ? 1u + first : first <= IEC_UP_TO ? first - 100u : first - 200u;
}

static void check_registers(void)
{
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        struct wh_energy_value was;
        struct wh_energy_value is;
        (void)wh_legal_energy(&fresh.legal, (enum wh_energy)e, &was);
        (void)wh_legal_energy(&meter.legal, (enum wh_energy)e, &is);
        require(was.count_dwh == is.count_dwh && was.rest_uj == is.rest_uj);
    }
    const struct wh_identity was = wh_legal_identity(&fresh.legal);
    const struct wh_identity is = wh_legal_identity(&meter.legal);
    require(memcmp(&was, &is, sizeof was) == 0);
    require(wh_legal_ratio(&meter.legal) == wh_legal_ratio(&fresh.legal));
    require(wh_legal_audit_count(&meter.legal) == wh_legal_audit_count(&fresh.legal));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_access access;
    static struct wh_cosem_face cosem;
    if (size == 0) {
        return 0;
    }
    if (flash == NULL) {
        make_meter();
    }
    renew_meter();
    open_port(data[0], &access, &cosem);
    for (size_t at = 1; at < size;) {
        const uint8_t first = data[at++];
        const size_t left = size - at;
        const size_t length = length_of(first) < left ? length_of(first) : left;
        send_item(first, data + at, length);
        at += length;
    }
    check_registers();
    return 0;
}
