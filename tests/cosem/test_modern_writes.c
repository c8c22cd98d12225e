/* REG-7, COM-15: what the clients with keys can change, over the line and in envelopes: reading nothing, management nothing
 * that no client of the family may change but in objects that only the modern profile has, and the reset of two logs
 * (test_modern_logs.c). A refusal leaves RAM and memories as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cosem/objects.h"
#include "modern_client.h"

enum { MANAGEMENT, READING };
enum { METHODS = 12 }; /* more than any class here has */

static struct modern_client modern;

static int start(void **state)
{
    (void)state;
    modern_start(&modern, NULL);
    rig_set_energy(&modern.meter.rig, WH_A_PLUS, 987654321);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

/* ---- All that a meter is ---- */

struct image {
    uint8_t *eeprom, *flash;
    struct wh_meter meter;
};

static const struct board_memory *memory(void)
{
    return &modern.meter.rig.memory;
}

static uint8_t *copy(const uint8_t *bytes, size_t size)
{
    uint8_t *result = malloc(size);
    assert_non_null(result);
    memcpy(result, bytes, size);
    return result;
}

static struct image take_image(void)
{
    return (struct image){
        .eeprom = copy(memory()->eeprom.bytes, memory()->eeprom.nvm.size_bytes),
        .flash = copy(memory()->flash.inverted, FLASH_MEMORY_SIZE),
        .meter = modern.meter.rig.meter,
    };
}

static void assert_same_ram(const struct image *image)
{
    assert_memory_equal(&modern.meter.rig.meter, &image->meter, sizeof image->meter);
}

static void assert_same(struct image *image)
{
    assert_same_ram(image);
    assert_memory_equal(memory()->eeprom.bytes, image->eeprom, memory()->eeprom.nvm.size_bytes);
    assert_memory_equal(memory()->flash.inverted, image->flash, FLASH_MEMORY_SIZE);
    free(image->eeprom);
    free(image->flash);
}

/* ---- Every request there can be ---- */

static const struct {
    uint8_t length;
    uint8_t data[14];
} samples[] = {
    {5, {DLMS_TAG_U32, 0, 0, 0, 1}},
    {3, {DLMS_TAG_U16, 0, 2}},
    {2, {DLMS_TAG_U8, 1}},
    {2, {DLMS_TAG_BOOL, 1}},
    {2, {DLMS_TAG_I8, 0}},
    {1, {DLMS_TAG_NULL}},
    {4, {DLMS_TAG_VISIBLE_STRING, 2, '1', '2'}},
    {14, {DLMS_TAG_OCTET_STRING, 12, 0x07, 0xE4, 2, 3, 0xFF, 4, 5, 6, 0xFF, 0x80, 0, 0}},
    {2, {DLMS_TAG_STRUCTURE, 0}},
    {2, {DLMS_TAG_ARRAY, 0}},
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static struct dlms_writer sample(size_t s, uint8_t *bytes, size_t size)
{
    struct dlms_writer out = dlms_writer(bytes, size);
    dlms_raw_bytes(&out, samples[s].data, samples[s].length);
    return out;
}

static void assert_not_set(const struct image *before, const struct dlms_object *object,
                           int8_t attribute, int expected)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        uint8_t bytes[16];
        const struct dlms_writer data = sample(s, bytes, sizeof bytes);
        assert_int_equal(
            modern_set(&modern, object->class_id, object->logical_name, attribute, &data),
            expected);
        assert_same_ram(before);
    }
}

static void assert_not_invoked(const struct image *before, const struct dlms_object *object,
                               int8_t method)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        uint8_t bytes[16];
        const struct dlms_writer data = sample(s, bytes, sizeof bytes);
        const int result =
            modern_invoke(&modern, object->class_id, object->logical_name, method, &data);
        assert_true(result == DLMS_RESULT_READ_WRITE_DENIED ||
                    result == DLMS_RESULT_OBJECT_UNDEFINED);
        assert_same_ram(before);
    }
}

/* Writing is for somebody of these groups. */
static bool may_change(const struct dlms_object *object, uint8_t groups)
{
    return (object->writers & groups) != 0;
}

/* Everything that the tables do not give these groups is tried. */
static void try_object(const struct image *before, const struct dlms_object *object, uint8_t groups,
                       int expected)
{
    const bool may = may_change(object, groups);
    for (int8_t a = 1; a <= object->attribute_count; a++) {
        if (!may || (object->writable & DLMS_ATTRIBUTE(a)) == 0) {
            assert_not_set(before, object, a, expected);
        }
    }
    for (int m = 1; m <= METHODS; m++) {
        if (!may || (object->invocable & DLMS_METHOD(m)) == 0) {
            assert_not_invoked(before, object, (int8_t)m);
        }
    }
}

static unsigned try_all(uint8_t groups, int expected)
{
    const struct dlms_server *server = &modern.meter.face.server;
    struct image before = take_image();
    unsigned seen = 0;
    for (size_t i = 0; i < server->object_count; i++) {
        struct dlms_object object;
        server->enumerate(server->context, i, &object);
        if ((object.groups & (WH_COSEM_GROUP_MODERN | WH_COSEM_GROUP_MANAGEMENT)) != 0) {
            try_object(&before, &object, groups, expected);
            seen++;
        }
    }
    assert_same(&before);
    return seen;
}

/* The tables themselves: what the family has, management changes where the module port may. So all that holds for legal
 * data there (test_writes.c) holds here. */
static void test_management_has_the_rights_of_the_module_port(void **state)
{
    (void)state;
    const struct dlms_server *server = &modern.meter.face.server;
    const uint8_t family = WH_COSEM_GROUP_METER | WH_COSEM_GROUP_MODULE;
    for (size_t i = 0; i < server->object_count; i++) {
        struct dlms_object object;
        server->enumerate(server->context, i, &object);
        const bool is_only_here = (object.groups & family) == 0;
        assert_true(is_only_here || may_change(&object, family) ||
                    !may_change(&object, WH_COSEM_GROUP_MANAGEMENT));
    }
}

static void test_management_changes_nothing_else(void **state)
{
    (void)state;
    modern_connect(&modern, MANAGEMENT);
    const uint8_t groups = modern.meter.face.server.associations[WH_COSEM_ASSOCIATIONS].groups;
    assert_true(try_all(groups, DLMS_RESULT_READ_WRITE_DENIED) > 50);
}

/* SET is not agreed on; sent all the same. (ACTION is, for the proof.) */
static void test_reading_changes_nothing(void **state)
{
    (void)state;
    modern_connect(&modern, READING);
    assert_int_equal(modern.client.conformance & DLMS_CONFORMANCE_SET, 0);
    modern.client.conformance |= DLMS_CONFORMANCE_SET;
    assert_true(try_all(0, 1000 + DLMS_CLIENT_ERR_EXCEPTION) > 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_management_has_the_rights_of_the_module_port),
        TEST(test_management_changes_nothing_else),
        TEST(test_reading_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
