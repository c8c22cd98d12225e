/* REG-7, COM-15: what can be written over DLMS/COSEM, by whom, and that nothing else can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/tariff_plan_bytes.h"
#include "client.h"

static struct client client;

static int start(void **state)
{
    (void)state;
    static const struct rig_phase load[WH_PHASES] = {{231234, 4321, 800000, 600000, 0},
                                                     {229876, 10000, -2000000, 1000000, 240},
                                                     {230555, 20000, 3000000, -3000000, 120}};
    client_start(&client);
    rig_set_energy(&client.rig, WH_A_PLUS, 987654321);
    rig_second(&client.rig, load);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

/* ---- All that a meter is: its memories and its RAM ---- */

struct image {
    uint8_t *eeprom, *flash;
    struct wh_meter meter;
};

static const struct board_memory *memory(void)
{
    return &client.rig.memory;
}

static struct image take_image(void)
{
    struct image image = {.meter = client.rig.meter};
    const uint32_t size = memory()->eeprom.nvm.size_bytes;
    image.eeprom = malloc(size);
    image.flash = malloc(FLASH_MEMORY_SIZE);
    assert_non_null(image.eeprom);
    assert_non_null(image.flash);
    memcpy(image.eeprom, memory()->eeprom.bytes, size);
    memcpy(image.flash, memory()->flash.inverted, FLASH_MEMORY_SIZE);
    return image;
}

static void assert_same_ram(const struct image *image)
{
    assert_memory_equal(&client.rig.meter, &image->meter, sizeof image->meter);
}

static void assert_same(struct image *image)
{
    assert_same_ram(image);
    assert_memory_equal(memory()->eeprom.bytes, image->eeprom, memory()->eeprom.nvm.size_bytes);
    assert_memory_equal(memory()->flash.inverted, image->flash, FLASH_MEMORY_SIZE);
    free(image->eeprom);
    free(image->flash);
}

/* ---- What is writable, written down here a second time ---- */

static const uint8_t nobody = 0, module = 1 << 2, all = 1 << 2 | 1 << 3 | 1 << 4; /* bit sap - 16 */

static const struct {
    uint16_t class_id;
    uint8_t logical_name[6];
    int8_t attribute;
    uint8_t writers;
    bool sealed; /* denied while seals and covers are closed */
} writable[] = {
    {8, {0, 1, 1, 0, 0, 255}, 2, all, false},    {8, {0, 1, 1, 0, 0, 255}, 8, all, false},
    {1, {1, 1, 0, 0, 0, 255}, 2, all, true},     {1, {1, 1, 0, 0, 1, 255}, 2, all, true},
    {1, {1, 1, 0, 0, 2, 255}, 2, all, false},    {1, {1, 1, 0, 0, 3, 255}, 2, all, false},
    {1, {1, 1, 0, 130, 1, 255}, 2, all, false},  {1, {1, 1, 0, 130, 2, 255}, 2, all, false},
    {1, {0, 1, 96, 10, 2, 255}, 2, all, false},  {3, {1, 1, 96, 51, 1, 255}, 2, all, false},
    {1, {1, 1, 129, 0, 0, 255}, 2, all, false},  {1, {1, 1, 0, 4, 2, 255}, 2, module, true},
    {1, {1, 1, 0, 128, 1, 255}, 2, all, false},  {1, {0, 1, 96, 3, 1, 255}, 2, all, false},
    {1, {1, 1, 0, 1, 5, 128}, 2, all, false},    {1, {1, 1, 0, 1, 6, 128}, 2, all, false},
    {1, {1, 1, 96, 5, 1, 255}, 2, all, false},   {1, {1, 1, 96, 52, 6, 255}, 2, all, false},
    {1, {1, 1, 96, 52, 11, 255}, 2, all, false}, {7, {1, 1, 99, 1, 0, 255}, 4, all, false},
    {7, {1, 1, 99, 1, 1, 255}, 4, all, false},   {1, {1, 1, 134, 0, 11, 255}, 2, module, false},
};

enum { WRITABLE = sizeof writable / sizeof writable[0] };

/* 1.1.199: every parameter, and the tariff plan as id 0. */
static uint8_t writers_of_parameter(uint8_t id, bool *sealed)
{
    const struct wh_parameter *parameter = wh_parameter_of_id(id);
    if (parameter == NULL) {
        return id == 0 ? all : nobody;
    }
    *sealed = parameter->protection != WH_PROTECTED_BY_NOTHING;
    return parameter->is_of_module ? module : all;
}

static uint8_t writers_of(const uint8_t logical_name[6], int8_t attribute, bool *sealed)
{
    static const uint8_t parameters[] = {1, 1, 199};
    *sealed = false;
    if (memcmp(logical_name, parameters, sizeof parameters) == 0 && attribute == 2) {
        return writers_of_parameter(logical_name[3], sealed);
    }
    for (size_t w = 0; w < WRITABLE; w++) {
        if (memcmp(writable[w].logical_name, logical_name, 6) == 0 &&
            writable[w].attribute == attribute) {
            *sealed = writable[w].sealed;
            return writable[w].writers;
        }
    }
    return nobody;
}

static const struct {
    uint8_t length;
    uint8_t data[14];
} samples[] = {
    {5, {DLMS_TAG_U32, 0, 0, 0, 0}},
    {5, {DLMS_TAG_U32, 0, 0, 0, 1}},
    {3, {DLMS_TAG_U16, 0, 2}},
    {2, {DLMS_TAG_U8, 1}},
    {2, {DLMS_TAG_BOOL, 1}},
    {1, {DLMS_TAG_NULL}},
    {3, {DLMS_TAG_OCTET_STRING, 1, '1'}},
    {4, {DLMS_TAG_VISIBLE_STRING, 2, '1', '2'}},
    {14, {DLMS_TAG_OCTET_STRING, 12, 0x07, 0xE4, 2, 3, 0xFF, 4, 5, 6, 0xFF, 0x80, 0, 0}},
    {2, {DLMS_TAG_STRUCTURE, 0}},
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static bool is_there(uint16_t sap, const struct dlms_object *object)
{
    const uint8_t groups = client.face.associations[sap == 16 ? 0 : sap - 17].groups;
    return (object->groups & groups) != 0;
}

/* Every sample into an attribute that this client must not write: the right result, and all is as
 * it was. */
static void assert_refused(const struct image *before, const struct client_attribute *to,
                           int expected)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        assert_int_equal(client_set(&client, to, samples[s].data, samples[s].length), expected);
        assert_same_ram(before);
    }
}

static void try_object(const struct image *before, uint16_t sap, const struct dlms_object *object)
{
    struct client_attribute to = {.class_id = object->class_id};
    memcpy(to.logical_name, object->logical_name, 6);
    for (to.attribute = 1; to.attribute <= object->attribute_count; to.attribute++) {
        bool sealed;
        const uint8_t writers = writers_of(to.logical_name, to.attribute, &sealed);
        if (!is_there(sap, object)) {
            assert_refused(before, &to, DLMS_RESULT_OBJECT_UNDEFINED);
        } else if ((writers >> (sap - 16) & 1) == 0) {
            assert_refused(before, &to, DLMS_RESULT_READ_WRITE_DENIED);
        }
    }
}

/* REG-7: over all objects and clients; the public one has no SET at all. */
static void test_nothing_else_can_be_written(void **state)
{
    (void)state;
    struct image before = take_image();
    for (uint16_t sap = 18; sap <= 20; sap++) {
        client_open_meter(&client, sap, 0xFFFF);
        for (size_t o = 0; o < client.face.server.object_count; o++) {
            struct dlms_object object;
            client.face.server.enumerate(&client.face, o, &object);
            try_object(&before, sap, &object);
        }
    }
    assert_same(&before);
}

static void test_the_public_client_writes_nothing(void **state)
{
    (void)state;
    struct image before = take_image();
    assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
    for (size_t o = 0; o < client.face.server.object_count; o++) {
        struct dlms_object object;
        uint8_t set[15] = {0xC1, 1, 0xC1, 0};
        client.face.server.enumerate(&client.face, o, &object);
        set[4] = (uint8_t)object.class_id;
        memcpy(set + 5, object.logical_name, 6);
        set[11] = 2;
        set[13] = DLMS_TAG_U8;
        client_send(&client, set, sizeof set);
        assert_int_equal(client.reply[0], 0xD8); /* exception-response */
        assert_same_ram(&before);
    }
    assert_same(&before);
}

/* REG-7: with everything closed what a seal protects is denied to those who may write, for values
 * in range. */
static void test_sealed_data_is_denied(void **state)
{
    (void)state;
    struct image before = take_image();
    for (uint16_t sap = 18; sap <= 20; sap++) {
        client_open_meter(&client, sap, 0xFFFF);
        for (size_t w = 0; w < WRITABLE; w++) {
            struct client_attribute to = {.class_id = writable[w].class_id, .attribute = 2};
            memcpy(to.logical_name, writable[w].logical_name, 6);
            bool denied = false;
            for (size_t s = 0; writable[w].sealed && s < SAMPLES; s++) {
                const int result = client_set(&client, &to, samples[s].data, samples[s].length);
                assert_int_not_equal(result, 0);
                denied = denied || result == DLMS_RESULT_READ_WRITE_DENIED ||
                         result == DLMS_RESULT_OBJECT_UNDEFINED;
                assert_same_ram(&before);
            }
            assert_int_equal(denied, writable[w].sealed);
        }
    }
    assert_same(&before);
}

/* ---- Parameters, 1.1.199 ---- */

/* A value of the parameter's type into data; returns its length. */
static size_t put_parameter(const struct wh_parameter *parameter, int64_t number, uint8_t data[48])
{
    static const uint8_t tags[] = {[1] = DLMS_TAG_U8, [2] = DLMS_TAG_U16, [4] = DLMS_TAG_U32};
    struct dlms_writer writer = dlms_writer(data, 48);
    if (wh_parameter_is_list(parameter)) {
        uint8_t list[32];
        for (uint8_t i = 0; i < parameter->count; i++) {
            list[i] = (uint8_t)wh_parameter_get(parameter, &client.rig.meter.application.config, i);
        }
        list[0] = (uint8_t)number;
        dlms_put_octet_string(&writer, list, parameter->count);
        return writer.total;
    }
    data[0] = parameter->is_signed ? DLMS_TAG_I16 : tags[parameter->size];
    for (int b = 0; b < parameter->size; b++) {
        data[1 + b] = (uint8_t)(number >> 8 * (parameter->size - 1 - b));
    }
    return 1u + parameter->size;
}

static struct client_attribute place_of(const struct wh_parameter *parameter, uint8_t element)
{
    return (struct client_attribute){1, {1, 1, 199, parameter->id, element, 255}, 2};
}

/* VAR-15: each parameter has a place, which shows it; written as it is all is as it was; the next
 * number is what wh_meter_configure makes of it, and what a seal protects is denied (REG-7) also where
 * the rest of the configuration does not fit it. */
static void test_every_parameter(void **state)
{
    const struct wh_parameter *parameter;
    (void)state;
    client_open_meter(&client, 18, 0xFFFF);
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const bool is_list = wh_parameter_is_list(parameter);
        const uint8_t places = is_list ? 1 : parameter->count;
        for (uint8_t e = 0; e < places; e++) {
            struct wh_config *config = &client.rig.meter.application.config;
            const struct client_attribute place = place_of(parameter, e);
            uint8_t data[48];
            if (!wh_config_has_parameter(config, parameter)) {
                assert_int_not_equal(client_get(&client, &place), 0);
                continue;
            }
            const struct wh_config before = *config;
            const int64_t number = wh_parameter_get(parameter, config, e);
            size_t length = put_parameter(parameter, number, data);
            assert_int_equal(client_get(&client, &place), 0);
            assert_int_equal(client.answer_length, length);
            assert_memory_equal(client.answer, data, length);
            assert_int_equal(client_set(&client, &place, data, length), 0);
            assert_memory_equal(config, &before, sizeof before);
            length = put_parameter(parameter, number + 1, data);
            const int result = client_set(&client, &place, data, length);
            struct wh_config wanted = before;
            struct wh_config_fault fault;
            if (wh_parameter_set(parameter, &wanted, e, number + 1) != WH_OK) {
                assert_int_equal(result, DLMS_RESULT_OTHER_REASON);
            } else if (parameter->protection != WH_PROTECTED_BY_NOTHING) {
                assert_int_equal(result, DLMS_RESULT_READ_WRITE_DENIED);
            } else if (wh_config_check(&wanted, client.rig.meter.variant, &fault) != WH_OK) {
                assert_int_equal(result, DLMS_RESULT_OTHER_REASON);
            } else {
                assert_int_equal(result, 0);
                assert_int_equal(wh_parameter_get(parameter, config, e), number + 1);
            }
        }
    }
}

/* REG-7: what the factory sets is denied while the seal is closed, whichever value of its range it is;
 * those that the lists or the model do not fit are among them. */
static void test_the_seal_comes_first(void **state)
{
    enum { GREATEST = 3 };
    const struct wh_config *config = &client.rig.meter.application.config;
    const struct wh_parameter *parameter;
    unsigned unfit = 0;
    (void)state;
    struct image before = take_image();
    client_open_meter(&client, 18, 0xFFFF);
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const struct client_attribute place = place_of(parameter, 0);
        for (int64_t number = 0; number <= GREATEST; number++) {
            struct wh_config wanted = *config;
            struct wh_config_fault fault;
            uint8_t data[48];
            const size_t length = put_parameter(parameter, number, data);
            if (parameter->protection == WH_PROTECTED_BY_NOTHING ||
                wh_parameter_get(parameter, config, 0) == number ||
                wh_parameter_set(parameter, &wanted, 0, number) != WH_OK) {
                continue;
            }
            assert_int_equal(client_set(&client, &place, data, length),
                             DLMS_RESULT_READ_WRITE_DENIED);
            unfit += wh_config_check(&wanted, client.rig.meter.variant, &fault) != WH_OK;
        }
    }
    assert_true(unfit >= 2);
    assert_same(&before);
}

/* TAR-1: the plan is read as it is, and taken as a whole. */
static void test_tariff_plan(void **state)
{
    static const struct client_attribute place = {1, {1, 1, 199, 0, 0, 255}, 2};
    static const struct wh_tariff_day day = {2, {{0, 2}, {420, 1}}};
    struct wh_tariff_plan *plan = &client.rig.meter.application.plan;
    struct wh_tariff_plan wanted = *plan;
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    uint8_t data[WH_PLAN_BYTES_MAX + 4];
    (void)state;
    client_open_meter(&client, 18, 0xFFFF);
    wanted.days[0][WH_DAY_WORKING] = day;
    wanted.exceptions[wanted.exception_count++] = 9500;
    for (int wrong = 1; wrong >= 0; wrong--) {
        struct dlms_writer writer = dlms_writer(data, sizeof data);
        const size_t length = wh_tariff_plan_encode(&wanted, bytes);
        bytes[0] = (uint8_t)(bytes[0] + wrong); /* another version */
        dlms_put_octet_string(&writer, bytes, length);
        const struct wh_tariff_plan before = *plan;
        assert_int_equal(client_set(&client, &place, data, writer.total),
                         wrong ? DLMS_RESULT_OTHER_REASON : 0);
        if (wrong) {
            assert_memory_equal(plan, &before, sizeof before);
        }
    }
    assert_int_equal(plan->days[0][WH_DAY_WORKING].switches[1].minute, 420);
    assert_int_equal(plan->exceptions[plan->exception_count - 1], 9500);
    assert_int_equal(client_get(&client, &place), 0);
    const size_t length = wh_tariff_plan_encode(&wanted, bytes);
    assert_memory_equal(client.answer + client.answer_length - length, bytes, length);
}

#define WRITE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITE_TEST(test_nothing_else_can_be_written),
        WRITE_TEST(test_the_public_client_writes_nothing),
        WRITE_TEST(test_sealed_data_is_denied),
        WRITE_TEST(test_every_parameter),
        WRITE_TEST(test_the_seal_comes_first),
        WRITE_TEST(test_tariff_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
