/* The kept image of log format 1 must mount for ever, with the records that were appended to it,
 * and format 1 must still be written byte for byte as it was. With an argument, writes the image of
 * the present code to that file: how a golden image of a new format is made. */
#include "tests/store/log_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGE_SIZE = LOG_RIG_SECTORS * LOG_RIG_SECTOR_SIZE };

static const char golden_path[] = WH_SOURCE_DIR "/tests/store/golden/log-v1.bin";

/* More than a lap with the clock set back, a restart, and an interrupted append. */
static struct log_rig *write_story(void)
{
    struct log_rig *rig = test_malloc(sizeof *rig);
    log_rig_open(rig, &log_rig_designs[0]);
    assert_int_equal(log_rig_append_many(rig, 17), WH_OK);
    assert_int_equal(log_rig_append(rig, 500), WH_OK);
    assert_int_equal(log_rig_append_many(rig, 6), WH_OK);
    log_rig_restart(rig);
    assert_int_equal(log_rig_append_many(rig, 4), WH_OK);
    flash_sim_cut(&rig->sim, 22, FLASH_TEAR_CLEAN, 0);
    assert_int_equal(log_rig_append_many(rig, 1), WH_ERR_IO);
    return rig;
}

static void close_story(struct log_rig *rig)
{
    log_rig_close(rig);
    test_free(rig);
}

static void read_golden(uint8_t image[IMAGE_SIZE])
{
    FILE *file = fopen(golden_path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(image, 1, IMAGE_SIZE, file), IMAGE_SIZE);
    fclose(file);
}

static void the_image_of_format_1_mounts(void **state)
{
    (void)state;
    struct log_rig *rig = write_story();
    read_golden(rig->sim.cells);
    log_rig_restart(rig);
    assert_int_equal(rig->model.count, 28);
    assert_int_equal(wh_log_newest(&rig->log), 29); /* one number was left out at the restart */
    assert_int_equal(rig->report.torn_count, 1);
    log_rig_check(rig);
    assert_int_equal(log_rig_append_many(rig, 40), WH_OK);
    log_rig_check(rig);
    close_story(rig);
}

static void format_1_is_written_as_it_was(void **state)
{
    (void)state;
    uint8_t image[IMAGE_SIZE];
    read_golden(image);
    struct log_rig *rig = write_story();
    assert_memory_equal(rig->sim.cells, image, sizeof image);
    close_story(rig);
}

static int write_golden(const char *path)
{
    struct log_rig *rig = write_story();
    FILE *file = fopen(path, "wb");
    const bool is_written = file != NULL &&
                            fwrite(rig->sim.cells, 1, IMAGE_SIZE, file) == IMAGE_SIZE &&
                            fclose(file) == 0;
    close_story(rig);
    return is_written ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_of_format_1_mounts),
        cmocka_unit_test(format_1_is_written_as_it_was),
    };
    return argc == 2 ? write_golden(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
