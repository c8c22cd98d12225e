/* A start of a meter from any records on its flash (app/application_start.c and the decoders behind it). The input is a row of
 * records: log, length of what is not zero, payload. Properties: the meter starts or says why not; it then runs over two
 * midnights, is read in full, and starts again. */
#include "meter/meter.h"
#include "ports/linux/board_memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAYLOAD_MAX = 4096, RECORDS_MAX = 32, NOON_S = 848060000, DAY_S = 86400 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Payloads are cut to the size of their log. */
static void append_records(struct wh_logs *logs, const uint8_t *data, size_t size)
{
    for (int r = 0; r < RECORDS_MAX && size >= 2; r++) {
        uint8_t payload[PAYLOAD_MAX] = {0};
        const enum wh_log_name name = (enum wh_log_name)(data[0] % WH_LOG_COUNT);
        const size_t room = logs->design[name].payload_size;
        size_t length = data[1] < size - 2 ? data[1] : size - 2;
        if (data[1] == 255) { /* all that is left */
            length = size - 2;
        }
        memcpy(payload, data + 2, length < room ? length : room);
        require(wh_log_append(&logs->log[name], 1, NOON_S - 600, payload) == WH_OK);
        data += 2 + length;
        size -= 2 + length;
    }
}

static void read_everything(const struct wh_meter *meter)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        struct wh_reading reading;
        (void)wh_read(&source, wh_catalog_get((enum wh_quantity_id)q), &reading);
    }
    struct wh_lcd lcd;
    wh_meter_lcd(meter, &lcd);
}

static void read_records(const struct wh_application *app)
{
    struct wh_log_range range;
    struct wh_profile_record profile;
    struct wh_logger_record logger;
    struct wh_debiting_record debiting;
    struct wh_event event;
    const struct wh_log *log = app->logs.log;
    require(wh_log_range_begin_entries(&log[WH_LOG_PROFILE], 40, 0, &range) == WH_OK);
    while (wh_profile_next(&range, &app->config, &profile) == WH_OK) {
    }
    require(wh_log_range_begin_entries(&log[WH_LOG_LOGGER], 40, 0, &range) == WH_OK);
    while (wh_logger_next(&range, &app->config, &logger) == WH_OK) {
    }
    require(wh_log_range_begin_entries(&log[WH_LOG_DEBITING], 40, 0, &range) == WH_OK);
    while (wh_debiting_next(&range, &debiting) == WH_OK) {
    }
    for (int name = 0; name < WH_LOG_COUNT; name++) { /* those without events refuse */
        require(wh_log_range_begin_entries(&log[name], 40, 0, &range) == WH_OK);
        while (wh_event_next(&range, &event) == WH_OK) {
            require(wh_event_row(event.code) != NULL);
        }
    }
}

static void run(struct wh_meter *meter)
{
    const struct wh_bus_report minute = {.sample_count = 60 * WH_SAMPLE_RATE_HZ,
                                         .duration_q14 = (UINT32_C(60) * WH_SAMPLE_RATE_HZ) << 14};
    for (int m = 0; m < 100; m++) {
        wh_meter_report(meter, &minute);
    }
    (void)wh_meter_set_clock(meter, meter->application.clock.utc_s + DAY_S);
    wh_meter_report(meter, &minute);
}

static void use(struct wh_board *board)
{
    static struct wh_meter meter;
    struct wh_meter_start_report found;
    board->rtc = (struct wh_rtc_reading){.valid = true, .utc_s = NOON_S};
    for (int start = 0; start < 2; start++) {
        require(wh_meter_start(&meter, board, &found) == WH_OK);
        run(&meter);
        read_everything(&meter);
        read_records(&meter.application);
        board->rtc.utc_s = meter.application.clock.utc_s;
    }
}

/* A board whose flash is erased and whose EEPROM is that of a new meter: formatted once for each model. */
static void open_board(struct board_memory *memory, size_t model)
{
    static uint8_t *image[WH_MODELS];
    require(board_memory_open(memory) == WH_OK);
    const size_t size = memory->eeprom.nvm.size_bytes;
    if (image[model] == NULL) {
        const struct wh_order order = {
            .variant = wh_variant_at(model), .serial_number = 7, .meter_number = 8};
        require(wh_meter_manufacture(&memory->board, &order, NULL) == WH_OK);
        image[model] = malloc(size);
        require(image[model] != NULL);
        memcpy(image[model], memory->eeprom.bytes, size);
        board_memory_close(memory);
        require(board_memory_open(memory) == WH_OK);
    }
    memcpy(memory->eeprom.bytes, image[model], size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board_memory memory;
    static struct wh_meter meter;
    struct wh_meter_start_report found;
    open_board(&memory, size % WH_MODELS);
    require(wh_meter_start(&meter, &memory.board, &found) == WH_OK);
    append_records(&meter.application.logs, data, size);
    use(&memory.board);
    board_memory_close(&memory);
    return 0;
}
