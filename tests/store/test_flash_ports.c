/* The two Linux flashes behave as store/flash.h says, and as each other: bits only fall, a sector
 * rises as a whole, a page is not crossed. The file is sparse, locked and durable in its name;
 * saving is all or nothing. */
#include "ports/linux/flash_file.h"
#include "store/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/flash-ports-XXXXXX";
static char path[64];
static char beside[64];
static char error[256];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/flash.bin", folder);
    snprintf(beside, sizeof beside, "%s/flash.bin.new", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

/* The contract of the seam, on any flash that is erased. */
static void check_seam(const struct wh_flash *flash)
{
    uint8_t page[256];
    uint8_t got[256];
    void *context = flash->context;
    assert_int_equal(flash->read(context, flash->size_bytes - 256, got, 256), WH_OK);
    memset(page, 0xff, sizeof page);
    assert_memory_equal(got, page, sizeof page);

    memset(page, 0xf5, sizeof page);
    assert_int_equal(flash->program(context, 8192, page, 256), WH_OK);
    memset(page, 0x3f, sizeof page);
    assert_int_equal(flash->program(context, 8192 + 10, page, 20), WH_OK);
    assert_int_equal(flash->read(context, 8192, got, 256), WH_OK);
    assert_int_equal(got[9], 0xf5);
    assert_int_equal(got[10], 0xf5 & 0x3f);
    assert_int_equal(got[29], 0xf5 & 0x3f);
    assert_int_equal(got[30], 0xf5);

    assert_int_equal(flash->program(context, 8192 + 250, page, 7), WH_ERR_ARGUMENT);
    assert_int_equal(flash->program(context, flash->size_bytes, page, 1), WH_ERR_ARGUMENT);
    assert_int_equal(flash->read(context, flash->size_bytes - 1, got, 2), WH_ERR_ARGUMENT);
    assert_int_equal(flash->erase(context, 8192 + 256), WH_ERR_ARGUMENT);
    assert_int_equal(flash->erase(context, flash->size_bytes), WH_ERR_ARGUMENT);

    assert_int_equal(flash->program(context, 4096 + 3840, page, 256), WH_OK);
    assert_int_equal(flash->erase(context, 8192), WH_OK);
    assert_int_equal(flash->read(context, 8192, got, 256), WH_OK);
    memset(page, 0xff, sizeof page);
    assert_memory_equal(got, page, sizeof page);
    assert_int_equal(flash->read(context, 8191, got, 1), WH_OK);
    assert_int_equal(got[0], 0x3f);
}

static void memory_keeps_the_contract(void **state)
{
    (void)state;
    struct flash_memory memory;
    assert_int_equal(flash_memory_open(&memory, 65536), WH_OK);
    check_seam(&memory.flash);
    flash_memory_close(&memory);
}

static void file_keeps_the_contract(void **state)
{
    (void)state;
    struct flash_file file;
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_OK);
    check_seam(&file.flash);
    flash_file_close(&file);
}

/* A thousand meters of 4 MiB that were only read from take no memory. */
static void untouched_sectors_cost_nothing(void **state)
{
    (void)state;
    enum { PAGE = 4096, PAGES = FLASH_MEMORY_SIZE / PAGE };
    static unsigned char resident[PAGES];
    struct flash_memory memory;
    uint8_t byte = 0;
    unsigned count = 0;
    assert_int_equal(flash_memory_open(&memory, FLASH_MEMORY_SIZE), WH_OK);
    assert_int_equal(memory.flash.erase(&memory, 40 * PAGE), WH_OK);
    assert_int_equal(memory.flash.program(&memory, 77 * PAGE, &byte, 1), WH_OK);
    assert_int_equal(mincore(memory.inverted, FLASH_MEMORY_SIZE, resident), 0);
    for (unsigned i = 0; i < PAGES; i++) {
        count += resident[i] & 1u;
    }
    assert_in_range(count, 1, 2); /* 77, and 40 as the kernel's shared page of zeros */
    flash_memory_close(&memory);
}

static uint64_t room_on_disk(const char *name, off_t *size)
{
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    *size = info.st_size;
    return (uint64_t)info.st_blocks * 512;
}

static void an_untouched_file_is_sparse(void **state)
{
    (void)state;
    struct flash_file file;
    off_t size;
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_OK);
    assert_in_range(room_on_disk(path, &size), 0, 4096);
    assert_int_equal(size, FLASH_MEMORY_SIZE);
    flash_file_close(&file);
}

static void a_file_is_for_one_meter(void **state)
{
    (void)state;
    struct flash_file file;
    struct flash_file other;
    struct flash_memory memory;
    assert_int_equal(flash_memory_open(&memory, FLASH_MEMORY_SIZE), WH_OK);
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_OK);
    assert_int_equal(flash_file_open(&other, path, error, sizeof error), WH_ERR_BUSY);
    assert_non_null(strstr(error, path));
    assert_int_equal(flash_file_load(&memory, path, error, sizeof error), WH_ERR_BUSY);
    assert_int_equal(flash_file_save(&memory, path, error, sizeof error), WH_ERR_BUSY);
    flash_file_close(&file);
    assert_int_equal(flash_file_save(&memory, path, error, sizeof error), WH_OK);
    flash_memory_close(&memory);
}

static void other_files_are_refused_and_kept(void **state)
{
    (void)state;
    struct flash_file file;
    struct flash_memory memory;
    off_t size;
    assert_int_equal(flash_memory_open(&memory, FLASH_MEMORY_SIZE), WH_OK);
    assert_int_equal(flash_file_load(&memory, path, error, sizeof error), WH_ERR_NOT_FOUND);
    FILE *text = fopen(path, "w");
    assert_non_null(text);
    fputs("a letter", text);
    fclose(text);
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_ERR_FORMAT);
    assert_int_equal(flash_file_load(&memory, path, error, sizeof error), WH_ERR_FORMAT);
    assert_non_null(strstr(error, path));
    (void)room_on_disk(path, &size);
    assert_int_equal(size, 8);
    assert_int_equal(flash_file_open(&file, "/nowhere/flash.bin", error, sizeof error), WH_ERR_IO);
    assert_int_equal(flash_file_save(&memory, "/nowhere/flash.bin", error, sizeof error),
                     WH_ERR_IO);
    flash_memory_close(&memory);
}

static const struct wh_log_design design = {
    .id = 1, .payload_size = 24, .first_sector = 100, .sector_count = 4};

static void append_to(const struct wh_flash *flash, uint32_t first, uint32_t count)
{
    struct wh_log log;
    struct wh_log_report report;
    uint8_t payload[24];
    assert_int_equal(wh_log_mount(&log, flash, &design, &report), WH_OK);
    for (uint32_t i = first; i < first + count; i++) {
        memset(payload, (int)(i & 0xff), sizeof payload);
        assert_int_equal(wh_log_append(&log, 1, i, payload), WH_OK);
    }
}

static void check_log(const struct wh_flash *flash, uint32_t expected)
{
    struct wh_log log;
    struct wh_log_report report;
    struct wh_log_record record;
    uint8_t payload[24];
    uint32_t count;
    assert_int_equal(wh_log_mount(&log, flash, &design, &report), WH_OK);
    assert_int_equal(wh_log_count(&log, &count), WH_OK);
    assert_int_equal(count, expected);
    assert_int_equal(wh_log_read(&log, wh_log_newest(&log), payload, &record), WH_OK);
    assert_int_equal(record.time_s, expected - 1);
}

/* MEM-2: what was acknowledged is in the file, with no closing in between; and a simulator takes it
 * from there. */
static void a_log_goes_from_file_to_memory_and_back(void **state)
{
    (void)state;
    struct flash_file file;
    struct flash_memory memory;
    off_t size;
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_OK);
    append_to(&file.flash, 0, 10);
    check_log(&file.flash, 10);
    flash_file_close(&file);

    assert_int_equal(flash_memory_open(&memory, FLASH_MEMORY_SIZE), WH_OK);
    assert_int_equal(memory.flash.program(&memory, 0, "x", 1), WH_OK); /* loading replaces all */
    assert_int_equal(flash_file_load(&memory, path, error, sizeof error), WH_OK);
    assert_int_equal(memory.inverted[0], 0);
    append_to(&memory.flash, 10, 100);
    assert_int_equal(flash_file_save(&memory, path, error, sizeof error), WH_OK);
    flash_memory_close(&memory);

    assert_in_range(room_on_disk(path, &size), 4096, 65536);
    assert_int_equal(flash_file_open(&file, path, error, sizeof error), WH_OK);
    check_log(&file.flash, 110);
    flash_file_close(&file);
}

/* Saving fails, here for a folder in its way: the old image is as it was, and nothing is left
 * beside it. */
static void a_save_that_fails_leaves_the_old_image(void **state)
{
    (void)state;
    struct flash_memory memory;
    assert_int_equal(flash_memory_open(&memory, FLASH_MEMORY_SIZE), WH_OK);
    append_to(&memory.flash, 0, 10);
    assert_int_equal(flash_file_save(&memory, path, error, sizeof error), WH_OK);
    append_to(&memory.flash, 10, 10);
    assert_int_equal(mkdir(beside, 0755), 0);
    assert_int_equal(flash_file_save(&memory, path, error, sizeof error), WH_ERR_IO);
    assert_non_null(strstr(error, path));
    assert_int_equal(rmdir(beside), 0);
    assert_int_equal(flash_file_load(&memory, path, error, sizeof error), WH_OK);
    check_log(&memory.flash, 10);
    flash_memory_close(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_keeps_the_contract),
        cmocka_unit_test_teardown(file_keeps_the_contract, remove_file),
        cmocka_unit_test(untouched_sectors_cost_nothing),
        cmocka_unit_test_teardown(an_untouched_file_is_sparse, remove_file),
        cmocka_unit_test_teardown(a_file_is_for_one_meter, remove_file),
        cmocka_unit_test_teardown(other_files_are_refused_and_kept, remove_file),
        cmocka_unit_test_teardown(a_log_goes_from_file_to_memory_and_back, remove_file),
        cmocka_unit_test_teardown(a_save_that_fails_leaves_the_old_image, remove_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
