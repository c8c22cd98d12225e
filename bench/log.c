/* Speed of a full ring log in memory: 4 MiB of records of 24 and 40 bytes. Aim: a day of a load
 * profile (96 records) in at most 10 µs, mounting well under a millisecond. Prints times of this
 * machine; it is no test. */
#include "store/log.h"
#include "ports/linux/flash_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { INTERVAL_S = 900, DAY_S = 86400, PAYLOAD_MAX = 64, ROUNDS = 2000 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void require(bool condition)
{
    if (!condition) {
        puts("the log does not do what it should");
        exit(1);
    }
}

/* More than a lap. The clock is set back a minute every so many records; 0: never. */
static double fill(struct wh_log *log, unsigned records, unsigned back_every)
{
    const double start_us = now_us();
    uint8_t payload[PAYLOAD_MAX] = {0};
    uint32_t time_s = 0;
    for (unsigned i = 0; i < records; i++) {
        payload[0] = (uint8_t)i;
        require(wh_log_append(log, 1, time_s, payload) == WH_OK);
        time_s += INTERVAL_S;
        time_s -= back_every != 0 && i % back_every == 0 ? INTERVAL_S + 60 : 0;
    }
    return (now_us() - start_us) / records;
}

static unsigned read_day(const struct wh_log *log, uint32_t from_s)
{
    struct wh_log_range range;
    struct wh_log_record record;
    uint8_t payload[PAYLOAD_MAX];
    unsigned count = 0;
    require(wh_log_range_begin(log, from_s, from_s + DAY_S - 1, &range) == WH_OK);
    while (wh_log_range_next(&range, payload, &record) == WH_OK) {
        count++;
    }
    return count;
}

static double time_days(const struct wh_log *log, uint32_t *records)
{
    struct wh_log_record oldest;
    struct wh_log_record newest;
    uint8_t payload[PAYLOAD_MAX];
    require(wh_log_read(log, wh_log_oldest(log), payload, &oldest) == WH_OK);
    require(wh_log_read(log, wh_log_newest(log), payload, &newest) == WH_OK);
    const uint32_t days = (newest.time_s - oldest.time_s) / DAY_S - 1;
    *records = 0;
    const double start_us = now_us();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        *records += read_day(log, oldest.time_s + (i * 7919u % days) * DAY_S);
    }
    return (now_us() - start_us) / ROUNDS;
}

static double time_mount(struct wh_log *log)
{
    const struct wh_flash *flash = log->flash;
    const struct wh_log_design *design = log->design;
    struct wh_log_report report;
    const double start_us = now_us();
    for (int i = 0; i < ROUNDS / 20; i++) {
        require(wh_log_mount(log, flash, design, &report) == WH_OK && report.damaged_count == 0);
    }
    return (now_us() - start_us) / (ROUNDS / 20.0);
}

static void bench(uint16_t payload_size, unsigned back_every)
{
    const struct wh_log_design design = {
        .id = 1, .payload_size = payload_size, .sector_count = 1024};
    struct flash_memory memory;
    struct wh_log log;
    struct wh_log_report report;
    uint32_t records;
    require(flash_memory_open(&memory, FLASH_MEMORY_SIZE) == WH_OK);
    require(wh_log_mount(&log, &memory.flash, &design, &report) == WH_OK);
    const unsigned count = wh_log_capacity(&design, &memory.flash) * 3 / 2;
    const double append_us = fill(&log, count, back_every);
    const double day_us = time_days(&log, &records);
    const double mount_us = time_mount(&log);
    printf(
        "%2u bytes, %6u records, %4u runs: a day %5.1f us (%.1f records), append %4.2f us, mount "
        "%3.0f us\n",
        payload_size, wh_log_newest(&log) - wh_log_oldest(&log) + 1,
        back_every == 0 ? 1 : (wh_log_newest(&log) - wh_log_oldest(&log)) / back_every + 1, day_us,
        (double)records / ROUNDS, append_us, mount_us);
    flash_memory_close(&memory);
}

int main(void)
{
    printf("sizeof(struct wh_log) %zu, sizeof(struct wh_log_range) %zu bytes\n",
           sizeof(struct wh_log), sizeof(struct wh_log_range));
    bench(24, 0);
    bench(40, 0);
    bench(24, 96 * 7);
    return 0;
}
