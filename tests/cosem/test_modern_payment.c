/* BRK-5, COM-15. Account, credits, charge and token gateway as a secure client finds them: amounts
 * are those of the meter's prepayment, a token is taken once, and nothing else changes anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

static struct modern_client modern;

static const uint8_t account[6] = {0, 0, 19, 0, 0, 255};
static const uint8_t paid_credit[6] = {0, 0, 19, 10, 0, 255};
static const uint8_t emergency[6] = {0, 0, 19, 10, 1, 255};
static const uint8_t charge[6] = {0, 0, 19, 20, 0, 255};
static const uint8_t gateway[6] = {0, 0, 19, 40, 0, 255};

enum { ACCOUNT = 111, CREDIT = 112, CHARGE = 113, GATEWAY = 115 };

static struct wh_config with_prepayment(void)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    wh_config_set_breaker(&config);
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_UNRESTRICTED;
    config.prepayment_alarm_kwh = 2;
    config.prepayment_emergency_kwh = 3;
    config.prepayment_factor_milli[1] = 1500;
    return config;
}

static void begin(const struct wh_config *config)
{
    modern_start(&modern, config);
    modern_connect(&modern, 0);
}

static int start(void **state)
{
    (void)state;
    const struct wh_config config = with_prepayment();
    begin(&config);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static int32_t amount(uint16_t class_id, const uint8_t name[6], int8_t attribute)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const struct dlms_value number = dlms_read_value(&reader);
    assert_int_equal(number.tag, DLMS_TAG_I32);
    assert_true(dlms_reader_done(&reader));
    return (int32_t)number.integer;
}

static uint8_t last_of(uint16_t class_id, const uint8_t name[6], int8_t attribute)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    return value.data[value.length - 1];
}

static int enter(const uint8_t *token, size_t length)
{
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_octet_string(&data, token, length);
    return modern_invoke(&modern, GATEWAY, gateway, 1, &data);
}

static int pay(uint16_t amount_wh, uint8_t number)
{
    const uint8_t token[9] = {1, 0, 0,     (uint8_t)(amount_wh >> 8), (uint8_t)amount_wh, 0,
                              0, 0, number};
    return enter(token, sizeof token);
}

/* What the last token came to: enum and an empty bit-string. */
static void assert_status(uint8_t status)
{
    const uint8_t bytes[] = {DLMS_TAG_STRUCTURE, 2, DLMS_TAG_ENUM, status, DLMS_TAG_BIT_STRING, 0};
    modern_assert_value(&modern, GATEWAY, gateway, 6, bytes, sizeof bytes);
}

/* A token is a payment, taken once; what it came to goes out with the answer and can be read. */
static void test_tokens(void **state)
{
    (void)state;
    static const uint8_t executed[] = {DLMS_TAG_STRUCTURE,  2, DLMS_TAG_ENUM, 3,
                                       DLMS_TAG_BIT_STRING, 0};
    static const uint8_t nothing[] = {DLMS_TAG_OCTET_STRING, 0};
    static const uint8_t taken[] = {DLMS_TAG_OCTET_STRING, 9, 1, 0, 0, 0x1F, 0x40, 0, 0, 0, 5};
    modern_assert_value(&modern, GATEWAY, gateway, 2, nothing, sizeof nothing);
    assert_status(0);
    assert_int_equal(pay(8000, 5), 0);
    const struct dlms_span returned = dlms_client_value(&modern.client);
    assert_int_equal(returned.length, sizeof executed);
    assert_memory_equal(returned.data, executed, sizeof executed);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 8000);
    assert_int_equal(pay(8000, 5), DLMS_RESULT_TEMPORARY_FAILURE);
    assert_status(6);
    assert_int_equal(pay(0, 6), DLMS_RESULT_OTHER_REASON);
    assert_status(6);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 8000);
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PAID, NULL), 1);
    assert_int_equal(modern_restart(&modern), WH_OK); /* and a cut loses neither */
    modern_connect(&modern, 0);
    modern_assert_value(&modern, GATEWAY, gateway, 2, taken, sizeof taken);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 8000);
    assert_int_equal(pay(8000, 5), DLMS_RESULT_TEMPORARY_FAILURE);
}

static void test_malformed_tokens(void **state)
{
    (void)state;
    static const uint8_t token[10] = {1, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    static const uint8_t other_kind[9] = {2, 0, 0, 1, 0, 0, 0, 0, 1};
    uint8_t bytes[8];
    struct dlms_writer number = dlms_writer(bytes, sizeof bytes);
    dlms_put_u32(&number, 1000);
    for (size_t length = 0; length <= sizeof token; length++) {
        if (length != 9) {
            assert_int_equal(enter(token, length), DLMS_RESULT_OTHER_REASON);
            assert_status(4);
        }
    }
    assert_int_equal(enter(other_kind, sizeof other_kind), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(modern_invoke(&modern, GATEWAY, gateway, 1, &number),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 0);
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PAID, NULL), 0);
}

/* 4 kW for so many Wh. */
static void draw(uint32_t wh)
{
    rig_load(&modern.meter.rig, 4000000, 0, wh * 9 / 10);
}

/* From paid over low to emergency credit to nothing, and back: the amounts at each step. */
static void test_amounts(void **state)
{
    (void)state;
    static const uint8_t full[] = {DLMS_TAG_BIT_STRING, 8, 0xA0};
    static const uint8_t low[] = {DLMS_TAG_BIT_STRING, 8, 0xE0};
    static const uint8_t emergency_used[] = {DLMS_TAG_BIT_STRING, 8, 0xC0};
    static const uint8_t out[] = {DLMS_TAG_BIT_STRING, 8, 0x42};
    assert_int_equal(pay(5000, 1), 0);
    modern_assert_value(&modern, ACCOUNT, account, 4, full, sizeof full);
    assert_int_equal(last_of(ACCOUNT, account, 3), 1);
    assert_int_equal(amount(ACCOUNT, account, 5), 8000);
    assert_int_equal(amount(ACCOUNT, account, 6), 0);
    assert_int_equal(amount(ACCOUNT, account, 16), 2000);
    assert_int_equal(last_of(CREDIT, paid_credit, 8), 3);
    assert_int_equal(last_of(CREDIT, emergency, 8), 0);
    draw(4000);
    modern_assert_value(&modern, ACCOUNT, account, 4, low, sizeof low);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 1000);
    draw(2000);
    modern_assert_value(&modern, ACCOUNT, account, 4, emergency_used, sizeof emergency_used);
    assert_int_equal(last_of(ACCOUNT, account, 3), 2);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 0);
    assert_int_equal(amount(CREDIT, emergency, 2), 2000);
    assert_int_equal(amount(CREDIT, emergency, 9), 3000);
    assert_int_equal(amount(ACCOUNT, account, 5), 2000);
    assert_int_equal(amount(ACCOUNT, account, 6), -1000);
    assert_int_equal(last_of(CREDIT, paid_credit, 8), 4);
    assert_int_equal(last_of(CREDIT, emergency, 8), 3);
    draw(2000);
    modern_assert_value(&modern, ACCOUNT, account, 4, out, sizeof out);
    assert_int_equal(last_of(ACCOUNT, account, 3), 0);
    assert_int_equal(last_of(CREDIT, emergency, 8), 4);
    assert_int_equal(pay(4000, 2), 0);
    assert_int_equal(amount(CREDIT, paid_credit, 2), 1000);
    assert_int_equal(amount(CREDIT, emergency, 2), 3000);
}

/* Tariff by tariff as it is configured; which credit the charge is taken from, and how. */
static void test_charge(void **state)
{
    (void)state;
    static const char expected[] =
        "\x02\x03\x02\x02\x0F\x00\x0F\xFD"
        "\x02\x03\x12\x00\x03\x09\x06\x01\x01\x01\x08\x00\xFF\x0F\x02"
        "\x01\x04\x02\x02\x09\x02T1\x10\x03\xE8\x02\x02\x09\x02T2\x10\x05\xDC"
        "\x02\x02\x09\x02T3\x10\x03\xE8\x02\x02\x09\x02T4\x10\x03\xE8";
    modern_assert_value(&modern, CHARGE, charge, 5, expected, sizeof expected - 1);
    modern_assert_value(&modern, CHARGE, charge, 9, "\x04\x02\x40", 3);
    assert_int_equal(modern_get(&modern, CHARGE, charge, 2), DLMS_RESULT_READ_WRITE_DENIED);
    modern_assert_value(&modern, ACCOUNT, account, 15, "\x02\x03\x0C\x02Wh\x0F\x00\x16\x01", 10);
    modern_assert_value(&modern, ACCOUNT, account, 12,
                        "\x01\x01\x02\x02\x09\x06\x00\x00\x13\x0A\x00\xFF\x11\x64", 14);
}

struct payment_object {
    uint16_t class_id;
    const uint8_t *name;
    int8_t attributes, methods; /* methods that are refused */
};

static void assert_reads_only(const struct payment_object *object, bool may_set)
{
    uint8_t bytes[8];
    struct dlms_writer number = dlms_writer(bytes, sizeof bytes);
    dlms_put_i32(&number, 1000);
    for (int8_t a = 2; a <= object->attributes; a++) {
        const bool is_denied = object->class_id == CHARGE && a == 2;
        assert_int_equal(modern_get(&modern, object->class_id, object->name, a),
                         is_denied ? DLMS_RESULT_READ_WRITE_DENIED : 0);
        if (may_set) {
            assert_int_equal(modern_set(&modern, object->class_id, object->name, a, &number),
                             DLMS_RESULT_READ_WRITE_DENIED);
        }
    }
    for (int8_t m = 1; m <= object->methods; m++) {
        assert_int_not_equal(modern_invoke(&modern, object->class_id, object->name, m, &number), 0);
    }
}

/* All attributes read; nobody writes them, and nothing but a token can be invoked. */
static void test_nothing_else(void **state)
{
    (void)state;
    static const struct payment_object objects[] = {{ACCOUNT, account, 19, 3},
                                                    {CREDIT, paid_credit, 11, 3},
                                                    {CREDIT, emergency, 11, 3},
                                                    {CHARGE, charge, 13, 5},
                                                    {GATEWAY, gateway, 6, 0}};
    for (int client = 0; client <= 1; client++) {
        modern_connect(&modern, client);
        for (size_t o = 0; o < sizeof objects / sizeof objects[0]; o++) {
            assert_reads_only(&objects[o], client == 0);
        }
    }
    assert_int_not_equal(pay(1000, 1), 0); /* the reading client */
    assert_int_equal(amount(CREDIT, paid_credit, 2), 0);
}

/* Without breaker there is none of it; with prepayment out of use the account is inactive, and a
 * token is refused. */
static void test_out_of_use(void **state)
{
    (void)state;
    struct wh_config config = with_prepayment();
    modern_stop(&modern);
    begin(NULL);
    assert_int_equal(modern_get(&modern, ACCOUNT, account, 2), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(pay(1000, 1), DLMS_RESULT_OBJECT_UNDEFINED);
    modern_stop(&modern);
    config.cut_off_basis = 0;
    config.prepayment_emergency_kwh = 0;
    begin(&config);
    modern_assert_value(&modern, ACCOUNT, account, 2, "\x02\x02\x16\x02\x16\x01", 6);
    assert_int_equal(pay(1000, 1), DLMS_RESULT_OBJECT_UNAVAILABLE);
    assert_status(7);
    assert_int_equal(modern_get(&modern, CREDIT, emergency, 2), DLMS_RESULT_OBJECT_UNDEFINED);
    modern_assert_value(&modern, ACCOUNT, account, 9, "\x01\x01\x09\x06\x00\x00\x13\x0A\x00\xFF",
                        10);
}

#define PAYMENT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAYMENT_TEST(test_tokens),       PAYMENT_TEST(test_malformed_tokens),
        PAYMENT_TEST(test_amounts),      PAYMENT_TEST(test_charge),
        PAYMENT_TEST(test_nothing_else), PAYMENT_TEST(test_out_of_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
