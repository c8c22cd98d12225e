/* The reader, hearing anything. The first byte: bits 0-2 the purpose, bit 3 parity; each later
 * byte FFh lets two seconds pass, FEh half a second, and every other is heard. When data came,
 * commands are sent in turn. It always ends. */
#include <stdlib.h>
#include <string.h>

#include "iec62056_21/reader.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void send_all(struct iec21_reader *reader, uint32_t now_ms)
{
    uint8_t out[IEC21_COMMAND_SIZE];
    require(iec21_reader_output(reader, now_ms, out, sizeof out) <= sizeof out);
}

static void check_block(const struct iec21_reader *reader)
{
    size_t length;
    size_t at = 0;
    struct iec21_found found;
    const char *block = iec21_reader_block(reader, &length);
    require(block[length] == '\0');
    while (iec21_next_data_set(block, length, &at, &found) == WH_OK) {
        require(at <= length);
    }
}

/* A session goes on with whatever is possible. */
static void go_on(struct iec21_reader *reader, unsigned turn, uint32_t now_ms)
{
    static const char *const codes[] = {"P1", "R1", "R6", "W1", "E2"};
    if (iec21_reader_go_on(reader, now_ms) != WH_OK) {
        iec21_reader_command(reader, codes[turn % 5], "1.8.0()", now_ms);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct iec21_reader reader;
    char buffer[128];
    uint32_t now_ms = 0;
    if (size == 0) {
        return 0;
    }
    const struct iec21_reader_setup setup = {.coding = (data[0] & 8) != 0 ? IEC21_SOFTWARE_PARITY
                                                                          : IEC21_SEVEN_BITS,
                                             .tries = 2,
                                             .answer_ms = 2000,
                                             .character_ms = 1500,
                                             .reaction_ms = 200,
                                             .buffer = buffer,
                                             .size = sizeof buffer};
    const struct iec21_plan plan = {.purpose = (enum iec21_purpose)((data[0] & 7) % 5),
                                    .start_baud = 300,
                                    .fastest_baud = 9600};
    memset(buffer, 0, sizeof buffer);
    require(iec21_reader_init(&reader, &setup) == WH_OK);
    require(iec21_reader_start(&reader, &plan, now_ms) == WH_OK);
    for (size_t i = 1; i < size; i++) {
        now_ms += data[i] == 0xFF ? 2001 : data[i] == 0xFE ? 500 : 0;
        send_all(&reader, now_ms + 200);
        if (data[i] < 0xFE) {
            iec21_reader_input(&reader, data + i, 1, now_ms);
        }
        const enum iec21_reader_state state = iec21_reader_run(&reader, now_ms);
        if (state == IEC21_READER_DATA || state == IEC21_READER_MORE_DATA) {
            check_block(&reader);
        }
        if (state != IEC21_READER_BUSY) {
            go_on(&reader, (unsigned)i, now_ms);
        }
    }
    for (int i = 0; i < 20; i++) {
        now_ms += 5000;
        send_all(&reader, now_ms);
        iec21_reader_run(&reader, now_ms);
    }
    require(iec21_reader_run(&reader, now_ms) != IEC21_READER_BUSY);
    return 0;
}
