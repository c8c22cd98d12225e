/* COM-2: which objects each client sees, and that each attribute is what the list promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

enum {
    OBJECTS_MAX = 256,
    ATTRIBUTES_MAX = 16,
    BUILTINS = 3,
    OBJECTS_WITHOUT_A_ROW = 10 + 4 + 1 + 9
};

struct listed {
    uint16_t class_id;
    uint8_t logical_name[6];
    uint8_t attribute_count;
    bool readable[ATTRIBUTES_MAX]; /* [0] is attribute 1 */
};

struct object_list {
    struct listed objects[OBJECTS_MAX];
    size_t count;
};

static struct client client;
static struct object_list list;

static int start(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    client_start(&client);
    rig_balanced(phases, 1500000, 400000);
    rig_second(&client.rig, phases); /* so that everything has a value */
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

static void expect(struct dlms_reader *reader, uint8_t tag, size_t count)
{
    const struct dlms_value value = dlms_read_value(reader);
    assert_int_equal(value.tag, tag);
    assert_int_equal(value.count, count);
}

static int64_t number(struct dlms_reader *reader, uint8_t tag)
{
    const struct dlms_value value = dlms_read_value(reader);
    assert_int_equal(value.tag, tag);
    return value.integer;
}

static void read_access(struct dlms_reader *reader, struct listed *object)
{
    expect(reader, DLMS_TAG_STRUCTURE, 2);
    const struct dlms_value attributes = dlms_read_value(reader);
    assert_int_equal(attributes.tag, DLMS_TAG_ARRAY);
    assert_in_range(attributes.count, 1, ATTRIBUTES_MAX);
    object->attribute_count = (uint8_t)attributes.count;
    for (size_t a = 0; a < attributes.count; a++) {
        expect(reader, DLMS_TAG_STRUCTURE, 3);
        assert_int_equal(number(reader, DLMS_TAG_I8), a + 1);
        const int64_t mode = number(reader, DLMS_TAG_ENUM);
        assert_in_range(mode, 0, 3); /* bit 0 read, bit 1 write */
        object->readable[a] = (mode & 1) != 0;
        dlms_skip_data(reader);
    }
    /* Methods: none that can be invoked, those of the association by its own rules. */
    const struct dlms_value methods = dlms_read_value(reader);
    assert_int_equal(methods.tag, DLMS_TAG_ARRAY);
    for (size_t m = 0; m < methods.count; m++) {
        expect(reader, DLMS_TAG_STRUCTURE, 2);
        assert_int_equal(number(reader, DLMS_TAG_I8), m + 1);
        dlms_skip_data(reader);
        assert_int_equal(object->class_id, 15);
    }
}

/* Profiles and the set-up of HDLC. */
static bool is_version_1(uint16_t class_id)
{
    return class_id == 7 || class_id == 23;
}

static void fetch_list(uint16_t sap)
{
    static const struct client_attribute attribute = {15, {0, 0, 40, 0, 0, 255}, 2};
    const bool is_public = sap == 16;
    assert_int_equal(
        client_open(&client, sap, is_public ? 1 : 16, is_public ? NULL : CLIENT_PASSWORD, 0xFFFF),
        0);
    assert_int_equal(client_get(&client, &attribute), 0);
    struct dlms_reader reader = dlms_reader(client.answer, client.answer_length);
    const struct dlms_value array = dlms_read_value(&reader);
    assert_int_equal(array.tag, DLMS_TAG_ARRAY);
    assert_in_range(array.count, 1, OBJECTS_MAX);
    list.count = array.count;
    for (size_t o = 0; o < list.count; o++) {
        expect(&reader, DLMS_TAG_STRUCTURE, 4);
        list.objects[o].class_id = (uint16_t)number(&reader, DLMS_TAG_U16);
        assert_int_equal(number(&reader, DLMS_TAG_U8), is_version_1(list.objects[o].class_id));
        const struct dlms_value name = dlms_read_value(&reader);
        assert_int_equal(name.bytes.length, 6);
        memcpy(list.objects[o].logical_name, name.bytes.data, 6);
        read_access(&reader, &list.objects[o]);
    }
    assert_true(dlms_reader_done(&reader));
}

static const struct listed *find(uint16_t class_id, const uint8_t logical_name[6])
{
    const struct listed *found = NULL;
    for (size_t o = 0; o < list.count; o++) {
        if (memcmp(list.objects[o].logical_name, logical_name, 6) == 0) {
            assert_null(found); /* once only */
            assert_int_equal(list.objects[o].class_id, class_id);
            found = &list.objects[o];
        }
    }
    return found;
}

/* The public association of the interface description: identification and clock, nothing measured.
 */
static void test_public_set(void **state)
{
    (void)state;
    static const struct {
        uint16_t class_id;
        uint8_t logical_name[6];
    } expected[] = {
        {15, {0, 0, 40, 0, 0, 255}}, {17, {0, 0, 41, 0, 0, 255}}, {1, {0, 0, 42, 0, 0, 255}},
        {8, {0, 1, 1, 0, 0, 255}},   {1, {1, 1, 0, 0, 0, 255}},   {1, {1, 1, 0, 0, 1, 255}},
        {1, {1, 1, 96, 1, 0, 255}},  {1, {1, 1, 96, 1, 1, 255}},  {1, {1, 1, 0, 2, 0, 255}},
        {1, {1, 1, 0, 0, 2, 255}},   {1, {1, 1, 0, 0, 3, 255}},   {1, {1, 1, 0, 130, 1, 255}},
        {1, {1, 1, 0, 130, 2, 255}}, {1, {1, 1, 0, 2, 2, 128}},   {23, {0, 0, 22, 0, 0, 255}},
    };
    fetch_list(16);
    assert_int_equal(list.count, sizeof expected / sizeof expected[0]);
    for (size_t e = 0; e < list.count; e++) {
        assert_non_null(find(expected[e].class_id, expected[e].logical_name));
    }
}

/* What is not in its list does not exist for the public client. */
static void test_public_client_reads_nothing_measured(void **state)
{
    (void)state;
    assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
    for (int q = 0; q <= WH_QUANTITY_FREQUENCY; q++) {
        for (int8_t attribute = 1; attribute <= 3; attribute++) {
            const struct client_attribute hidden = client_row((enum wh_quantity_id)q, attribute);
            assert_int_equal(client_get(&client, &hidden), DLMS_RESULT_OBJECT_UNDEFINED);
        }
    }
    const struct client_attribute checksum = client_row(WH_QUANTITY_CHECKSUM, 2);
    const struct client_attribute status = client_row(WH_QUANTITY_STATUS, 2);
    assert_int_equal(client_get(&client, &checksum), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(client_get(&client, &status), DLMS_RESULT_OBJECT_UNDEFINED);
}

static void check_row(const struct client_attribute *row, const struct listed *object)
{
    static const uint8_t attributes[] = {[1] = 2, [3] = 3, [4] = 5, [8] = 9};
    const bool is_register = row->class_id == 3 || row->class_id == 4;
    assert_non_null(object);
    if (object == NULL) {
        return; /* for the analyser, which does not know that asserts end a test */
    }
    assert_int_equal(object->attribute_count, attributes[row->class_id]);
    assert_true(object->readable[0]);
    assert_true(object->readable[1]);
    assert_true(!is_register || object->readable[2]);
    assert_true(row->class_id != 4 || (!object->readable[3] && object->readable[4]));
}

/* The tariff plan, and each parameter: with all its elements, a list as one. */
static size_t parameter_objects(void)
{
    const struct wh_config *config = &client.rig.meter.application.config;
    const struct wh_parameter *parameter;
    size_t count = 1;
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const uint8_t elements = wh_parameter_is_list(parameter) ? 1 : parameter->count;
        for (uint8_t e = 0; wh_config_has_parameter(config, parameter) && e < elements; e++) {
            const uint8_t name[] = {1, 1, 199, parameter->id, e, 255};
            assert_non_null(find(1, name));
            count++;
        }
    }
    return count;
}

/* Every row of the catalog that the model has, the objects without a row, the parameters and the
 * library's own, once each, for all three ports. */
static void test_list_is_complete(void **state)
{
    (void)state;
    for (uint16_t sap = 18; sap <= 20; sap++) {
        fetch_list(sap);
        size_t expected = BUILTINS + OBJECTS_WITHOUT_A_ROW + parameter_objects();
        for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
            const struct client_attribute row = client_row((enum wh_quantity_id)q, 2);
            const bool is_expected = client_expects((enum wh_quantity_id)q);
            const struct listed *object = find(row.class_id, row.logical_name);
            assert_int_equal(object != NULL, is_expected);
            if (is_expected) {
                check_row(&row, object);
                expected++;
            }
        }
        assert_int_equal(list.count, expected);
    }
}

static void check_attribute(const struct listed *object, uint8_t number_1)
{
    struct client_attribute attribute = {.class_id = object->class_id,
                                         .attribute = (int8_t)number_1};
    memcpy(attribute.logical_name, object->logical_name, 6);
    const int result = client_get(&client, &attribute);
    if (number_1 > object->attribute_count) {
        assert_int_equal(result, DLMS_RESULT_OBJECT_UNDEFINED);
    } else if (!object->readable[number_1 - 1]) {
        assert_int_equal(result, DLMS_RESULT_READ_WRITE_DENIED);
    } else {
        assert_int_equal(result, DLMS_RESULT_SUCCESS);
        struct dlms_reader reader = dlms_reader(client.answer, client.answer_length);
        dlms_skip_data(&reader);
        assert_true(dlms_reader_done(&reader)); /* one well-formed Data */
    }
}

/* Each attribute reads as its access right says, and none beyond the last is there. */
static void test_access_is_as_listed(void **state)
{
    (void)state;
    static const uint16_t saps[] = {16, 18, 19, 20};
    for (size_t s = 0; s < sizeof saps / sizeof saps[0]; s++) {
        fetch_list(saps[s]);
        for (size_t o = 0; o < list.count; o++) {
            for (uint8_t a = 1; a <= list.objects[o].attribute_count + 1; a++) {
                check_attribute(&list.objects[o], a);
            }
        }
    }
}

/* Attribute 1 of every object is its logical name. */
static void test_logical_names(void **state)
{
    (void)state;
    client_open_meter(&client, 19, 0xFFFF);
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct client_attribute name = client_row((enum wh_quantity_id)q, 1);
        if (!client_expects((enum wh_quantity_id)q)) {
            assert_int_equal(client_get(&client, &name), DLMS_RESULT_OBJECT_UNDEFINED);
            continue;
        }
        assert_int_equal(client_get(&client, &name), 0);
        assert_int_equal(client.answer_length, 8);
        assert_memory_equal(client.answer, "\x09\x06", 2);
        assert_memory_equal(client.answer + 2, wh_catalog_get((enum wh_quantity_id)q)->obis, 6);
    }
}

/* A known name with another class is an inconsistency, an unknown one is undefined. */
static void test_wrong_references(void **state)
{
    (void)state;
    client_open_meter(&client, 18, 0xFFFF);
    struct client_attribute attribute = client_row(WH_QUANTITY_A_PLUS, 2);
    attribute.class_id = 1;
    assert_int_equal(client_get(&client, &attribute), DLMS_RESULT_OBJECT_CLASS_INCONSISTENT);
    attribute.class_id = 3;
    attribute.logical_name[5] = 254;
    assert_int_equal(client_get(&client, &attribute), DLMS_RESULT_OBJECT_UNDEFINED);
    attribute.logical_name[5] = 255;
    static const int8_t beyond[] = {0, -1, 4, 31, 32, 127, -128};
    for (size_t b = 0; b < sizeof beyond; b++) {
        attribute.attribute = beyond[b];
        assert_int_not_equal(client_get(&client, &attribute), 0);
    }
}

/* The figures of the family; the same for every client. */
static void test_hdlc_setup(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[3];
        size_t length;
    } expected[] = {
        [2] = {{DLMS_TAG_ENUM, 5}, 2},         [3] = {{DLMS_TAG_U8, 1}, 2},
        [4] = {{DLMS_TAG_U8, 1}, 2},           [5] = {{DLMS_TAG_U16, 0x02, 0x00}, 3},
        [6] = {{DLMS_TAG_U16, 0x00, 0x80}, 3}, [7] = {{DLMS_TAG_U16, 0x01, 0xF4}, 3},
        [8] = {{DLMS_TAG_U16, 0x00, 0x14}, 3}, [9] = {{DLMS_TAG_U16, 0x00, 0x20}, 3},
    };
    static const uint8_t address[] = {DLMS_TAG_U16, 0, 17};
    struct client_attribute setup = {23, {0, 0, 22, 0, 0, 255}, 2};
    for (uint16_t sap = 16; sap <= 20; sap++) {
        if (sap == 17) {
            continue;
        }
        fetch_list(sap);
        for (setup.attribute = 2; setup.attribute <= 9; setup.attribute++) {
            assert_int_equal(client_get(&client, &setup), 0);
            assert_int_equal(client.answer_length, expected[setup.attribute].length);
            assert_memory_equal(client.answer, expected[setup.attribute].bytes,
                                client.answer_length);
        }
        setup.attribute = 9;
        if (sap == 16) {
            continue; /* it has no SET */
        }
        assert_int_not_equal(client_set(&client, &setup, address, sizeof address), 0);
    }
}

#define OBJECT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OBJECT_TEST(test_public_set),       OBJECT_TEST(test_public_client_reads_nothing_measured),
        OBJECT_TEST(test_list_is_complete), OBJECT_TEST(test_access_is_as_listed),
        OBJECT_TEST(test_logical_names),    OBJECT_TEST(test_wrong_references),
        OBJECT_TEST(test_hdlc_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
