/* The kept image of format version 1 must mount for ever, with the records that were written to it,
 * and version 1 must still be written byte for byte as it was. With an argument, writes the image of the
 * present code to that file: how a golden image of a new version is made. */
#include "tests/store/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char golden_path[] = WH_SOURCE_DIR "/tests/store/golden/format-v1.bin";

/* Full rings, a half-filled one, and an interrupted write of ring 700. */
static void write_story(struct rig *rig)
{
    static const unsigned writes[RIG_RINGS] = {6, 2, 3};
    rig_open_formatted(rig);
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        for (unsigned n = 0; n < writes[i]; n++) {
            assert_int_equal(rig_write(rig, i), WH_OK);
        }
    }
    eeprom_sim_cut(&rig->sim, 40, EEPROM_TEAR_CLEAN, 0);
    assert_int_equal(rig_write(rig, 2), WH_ERR_IO);
}

static void read_golden(uint8_t image[RIG_MEMORY_SIZE])
{
    FILE *file = fopen(golden_path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(image, 1, RIG_MEMORY_SIZE, file), RIG_MEMORY_SIZE);
    fclose(file);
}

static void the_image_of_version_1_mounts(void **state)
{
    (void)state;
    struct rig rig;
    write_story(&rig);
    read_golden(rig.sim.cells);
    assert_int_equal(rig_restart(&rig), WH_OK);
    rig_check_report_of_cut(&rig);
    rig_check_records(&rig);
    assert_int_equal(rig.model.acknowledged[0], 6);
    assert_int_equal(rig.model.acknowledged[1], 2);
    assert_int_equal(rig.model.acknowledged[2], 3);
    assert_int_equal(rig.report.rings[2].torn_count, 1);
    rig_check_history(&rig);
    assert_int_equal(rig_write_many(&rig, 3 * RIG_RINGS), WH_OK);
    rig_check_records(&rig);
    rig_close(&rig);
}

static void version_1_is_written_as_it_was(void **state)
{
    (void)state;
    struct rig rig;
    uint8_t image[RIG_MEMORY_SIZE];
    read_golden(image);
    write_story(&rig);
    assert_memory_equal(rig.sim.cells, image, sizeof image);
    rig_close(&rig);
}

static int write_golden(const char *path)
{
    struct rig rig;
    write_story(&rig);
    FILE *file = fopen(path, "wb");
    const bool is_written = file != NULL &&
                            fwrite(rig.sim.cells, 1, RIG_MEMORY_SIZE, file) == RIG_MEMORY_SIZE &&
                            fclose(file) == 0;
    rig_close(&rig);
    return is_written ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_of_version_1_mounts),
        cmocka_unit_test(version_1_is_written_as_it_was),
    };
    return argc == 2 ? write_golden(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
