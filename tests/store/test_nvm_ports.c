/* The EEPROM image for who runs in memory (MEM-1, MEM-2): loading changes nothing and is shared,
 * saving is all or nothing and keeps out of the way of a meter that lives on the file. */
#include "ports/linux/nvm_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/nvm-ports-XXXXXX";
static char path[64];
static char beside[80];
static char error[256];
static struct nvm_memory memory, other;

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/eeprom.bin", folder);
    snprintf(beside, sizeof beside, "%s.new", path);
    return nvm_memory_open(&memory, NVM_FILE_SIZE, NVM_FILE_PAGE_SIZE) == WH_OK &&
                   nvm_memory_open(&other, NVM_FILE_SIZE, NVM_FILE_PAGE_SIZE) == WH_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    nvm_memory_close(&memory);
    nvm_memory_close(&other);
    return rmdir(folder);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return access(beside, F_OK) == 0 ? -1 : 0; /* nothing is left beside it */
}

static void fill(struct nvm_memory *m, unsigned seed)
{
    for (uint32_t b = 0; b < NVM_FILE_SIZE; b++) {
        m->bytes[b] = (uint8_t)(b * 7919u + seed);
    }
}

static enum wh_err load(struct nvm_memory *m)
{
    return nvm_file_load(m, path, error, sizeof error);
}

static enum wh_err save(const struct nvm_memory *m)
{
    return nvm_file_save(m, path, error, sizeof error);
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    struct nvm_file file;
    uint8_t page[NVM_FILE_PAGE_SIZE];
    fill(&memory, 1);
    assert_int_equal(save(&memory), WH_OK);
    assert_int_equal(load(&other), WH_OK);
    assert_memory_equal(other.bytes, memory.bytes, NVM_FILE_SIZE);
    assert_int_equal(nvm_file_open(&file, path, error, sizeof error), WH_OK);
    assert_int_equal(file.nvm.read(file.nvm.context, 1000, page, sizeof page), WH_OK);
    assert_memory_equal(page, memory.bytes + 1000, sizeof page);
    nvm_file_close(&file);
}

static void a_meter_on_the_file_is_left_alone(void **state)
{
    (void)state;
    struct nvm_file file;
    assert_int_equal(nvm_file_open(&file, path, error, sizeof error), WH_OK);
    fill(&other, 3);
    assert_int_equal(load(&other), WH_ERR_BUSY);
    assert_non_null(strstr(error, path));
    assert_int_equal(other.bytes[100], (uint8_t)(100 * 7919u + 3)); /* as before */
    assert_int_equal(save(&memory), WH_ERR_BUSY);
    nvm_file_close(&file);
    assert_int_equal(load(&other), WH_OK);
}

static void readers_share(void **state)
{
    (void)state;
    assert_int_equal(save(&memory), WH_OK);
    const int reader = open(path, O_RDONLY);
    assert_int_equal(flock(reader, LOCK_SH), 0);
    assert_int_equal(load(&other), WH_OK);
    assert_int_equal(save(&memory), WH_ERR_BUSY);
    close(reader);
}

static void what_is_no_image_is_refused(void **state)
{
    (void)state;
    static const struct {
        off_t size;
        int byte;
        enum wh_err err;
    } files[] = {
        {0, 0xff, WH_ERR_NOT_FOUND},
        {1000, 0xff, WH_ERR_NOT_FOUND}, /* its making was interrupted */
        {1000, 0x00, WH_ERR_FORMAT},
        {NVM_FILE_SIZE - 1, 0x00, WH_ERR_FORMAT},
        {NVM_FILE_SIZE + 1, 0xff, WH_ERR_FORMAT},
    };
    assert_int_equal(load(&other), WH_ERR_NOT_FOUND);
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        struct stat info;
        FILE *file = fopen(path, "wb");
        for (off_t b = 0; b < files[f].size; b++) {
            fputc(files[f].byte, file);
        }
        fclose(file);
        assert_int_equal(load(&other), files[f].err);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_size, files[f].size); /* loading changes nothing */
    }
}

static void a_save_that_fails_leaves_the_old_image(void **state)
{
    (void)state;
    fill(&memory, 5);
    assert_int_equal(save(&memory), WH_OK);
    assert_int_equal(mkdir(beside, 0700), 0);
    fill(&memory, 6);
    assert_int_equal(save(&memory), WH_ERR_IO);
    assert_int_equal(rmdir(beside), 0);
    assert_int_equal(load(&other), WH_OK);
    assert_int_equal(other.bytes[0], 5);
    assert_int_equal(nvm_file_save(&memory, "/nowhere/eeprom.bin", error, sizeof error), WH_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_saved_is_loaded, remove_file),
        cmocka_unit_test_teardown(a_meter_on_the_file_is_left_alone, remove_file),
        cmocka_unit_test_teardown(readers_share, remove_file),
        cmocka_unit_test_teardown(what_is_no_image_is_refused, remove_file),
        cmocka_unit_test_teardown(a_save_that_fails_leaves_the_old_image, remove_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
