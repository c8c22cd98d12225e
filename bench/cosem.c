/* Speed of the load profile over DLMS/COSEM: a meter in memory, its face and a link, without any
 * line. Aims: a range of 1000 rows of clock and one register in at most 0.15 ms; one row out of 10
 * 000 in at most 10 µs. Prints times of this machine; it is no test. */
#include "cosem/face.h"
#include "figure.h"
#include "meter/meter.h"
#include "ports/linux/board_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 10000, INTERVAL_S = 900, REPLY_SIZE = 65535, ROUNDS = 200 };

static struct board_memory memory;
static struct wh_meter meter;
static struct wh_cosem_face face;
static struct dlms_link link;
static uint8_t reply[REPLY_SIZE];
static uint8_t *long_buffer;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void require(bool condition)
{
    if (!condition) {
        puts("the meter does not do what it should");
        exit(1);
    }
}

static void make_meter(void)
{
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 1, .meter_number = 2};
    struct wh_meter_start_report report;
    require(board_memory_open(&memory) == WH_OK);
    require(wh_meter_manufacture(&memory.board, &order, NULL) == WH_OK);
    require(wh_meter_start(&meter, &memory.board, &report) == WH_OK);
    struct wh_application *app = &meter.application;
    for (uint32_t i = 1; i <= ROWS; i++) {
        require(wh_profile_store(&app->logs.log[WH_LOG_PROFILE], &meter.legal, &app->config,
                                 i * INTERVAL_S, 0, NULL, 0) == WH_OK);
    }
    require(wh_cosem_face_init(&face, app, &meter.legal, "12345") == WH_OK);
}

static size_t ask(const uint8_t *apdu, size_t length)
{
    const struct dlms_request request = {
        WH_COSEM_CLIENT_MODULE, WH_COSEM_DEVICE_METER, {apdu, length}};
    return dlms_link_handle(&link, &request, reply, sizeof reply);
}

static void associate(size_t long_buffer_size, uint16_t max_pdu)
{
    uint8_t aarq[] = {0x60, 0x33, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
                      0x01, 0x01, 0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74,
                      0x05, 0x08, 0x02, 0x01, 0xAC, 0x07, 0x80, 0x05, 0x31, 0x32, 0x33,
                      0x34, 0x35, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x06,
                      0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF, 0,    0};
    aarq[sizeof aarq - 2] = (uint8_t)(max_pdu >> 8);
    aarq[sizeof aarq - 1] = (uint8_t)max_pdu;
    long_buffer = malloc(long_buffer_size);
    require(long_buffer != NULL);
    dlms_link_init(&link, &face.server, long_buffer, long_buffer_size);
    require(ask(aarq, sizeof aarq) > 17 && reply[17] == 0);
}

static void put_place(struct dlms_writer *out, uint16_t class_id, const uint8_t name[6])
{
    dlms_put_structure(out, 4);
    dlms_put_u16(out, class_id);
    dlms_put_octet_string(out, name, 6);
    dlms_put_i8(out, 2);
    dlms_put_u16(out, 0);
}

static void put_moment(struct dlms_writer *out, uint32_t utc_s)
{
    const struct wh_datetime t = wh_calendar_datetime(utc_s);
    const struct dlms_date_time time = {t.year,   t.month,  t.day, 0xFF, t.hour,
                                        t.minute, t.second, 0,     0,    0};
    dlms_put_date_time(out, &time);
}

/* GET of the profile by range: clock and A+, or all columns. */
static size_t write_request(uint8_t *to, size_t size, uint32_t first, uint32_t last, bool two)
{
    static const uint8_t head[] = {0xC0, 1, 0xC1, 0, 7, 1, 1, 99, 1, 0, 255, 2, 1, 1};
    static const uint8_t clock[6] = {0, 1, 1, 0, 0, 255};
    static const uint8_t a_plus[6] = {1, 1, 1, 8, 0, 255};
    struct dlms_writer out = dlms_writer(to, size);
    dlms_raw_bytes(&out, head, sizeof head);
    dlms_put_structure(&out, 4);
    put_place(&out, 8, clock);
    put_moment(&out, first * INTERVAL_S);
    put_moment(&out, last * INTERVAL_S);
    dlms_put_array(&out, two ? 2 : 0);
    if (two) {
        put_place(&out, 8, clock);
        put_place(&out, 3, a_plus);
    }
    return out.total;
}

/* Fetches all blocks; returns how many. */
static unsigned fetch(const uint8_t *get, size_t length)
{
    unsigned blocks = 1;
    size_t got = ask(get, length);
    require(got > 4 && reply[0] == 0xC4 && reply[3] == 0);
    while (reply[1] == 2 && reply[3] == 0) {
        uint8_t next[7] = {0xC0, 2, 0xC1};
        memcpy(next + 3, reply + 4, 4);
        got = ask(next, sizeof next);
        require(got > 9 && reply[8] == 0);
        blocks++;
    }
    return blocks;
}

static double bench(const char *what, uint32_t rows, size_t long_buffer_size, uint16_t max_pdu,
                    bool two)
{
    uint8_t get[200];
    unsigned blocks = 0;
    double best_us = 1e9;
    associate(long_buffer_size, max_pdu);
    for (uint32_t r = 0; r < ROUNDS; r++) {
        const uint32_t first = 1 + r * 7919u % (ROWS - rows + 1);
        const size_t length = write_request(get, sizeof get, first, first + rows - 1, two);
        const double start_us = now_us();
        blocks = fetch(get, length);
        const double took_us = now_us() - start_us;
        best_us = took_us < best_us ? took_us : best_us;
    }
    printf("%-34s %6u rows, long buffer %6zu, PDU %5u: %8.1f us, %u blocks\n", what, rows,
           long_buffer_size, max_pdu, best_us, blocks);
    free(long_buffer);
    return best_us;
}

int main(void)
{
    make_meter();
    printf("sizeof(struct wh_cosem_face) %zu bytes\n", sizeof face);
    const double one_us = bench("one row of 10 000", 1, WH_COSEM_LONG_BUFFER, 1024, false);
    const double two_us = bench("clock and A+", 1000, WH_COSEM_LONG_BUFFER, 1024, true);
    bench("clock and A+", 1000, WH_COSEM_LONG_BUFFER, 0xFFFF, true);
    bench("all columns", 1000, WH_COSEM_LONG_BUFFER, 1024, false);
    bench("all columns", 1000, WH_COSEM_LONG_BUFFER, 128, false);
    bench("all columns", ROWS, WH_COSEM_LONG_BUFFER, 1024, false);
    figure("one row by range out of 10000, the meter, us", "5080", "<= 10", one_us);
    figure("1000 rows {clock, register}, the meter, plain, ms", "1.69", "<= 0.15", two_us / 1e3);
    board_memory_close(&memory);
    return 0;
}
