/* The running program as the self-check sees it: readable from end to end, and the same every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/crc32.h"
#include "ports/linux/program_image.h"

/* A function of this program lies in it. */
static void test_the_image_is_this_program(void **state)
{
    (void)state;
    size_t size;
    const uint8_t *start = program_image(&size);
    const uintptr_t here = (uintptr_t)test_the_image_is_this_program;
    assert_in_range(here, (uintptr_t)start, (uintptr_t)start + size - 1);
    const uint32_t first = wh_crc32(0, start, size);
    assert_int_equal(wh_crc32(0, start, size), first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_image_is_this_program)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
