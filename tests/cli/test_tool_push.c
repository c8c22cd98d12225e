/* COM-14. What comes as a push: taken when it is genuine and new, whatever became of the receiver in
 * between; taken apart with the names that it brings along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/tool_push.h"

enum { APDU = 1024 };

static const uint8_t title_a[DLMS_TITLE] = {'W', 'T', 'H', 0, 0, 0, 0, 1};
static const uint8_t title_b[DLMS_TITLE] = {'W', 'T', 'H', 0, 0, 0, 0, 2};

static char folder[64], key_file[80], received[96];
static struct tool_push_receiver receiver;
static struct dlms_openssl *openssl;
static struct tool_push push;

static int start(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/watthour-push-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(key_file, sizeof key_file, "%s/keys", folder);
    snprintf(received, sizeof received, "%s.received", key_file);
    openssl = dlms_openssl_new();
    return openssl == NULL;
}

static int stop(void **state)
{
    char lock[sizeof received + 8];
    (void)state;
    tool_push_close(&receiver);
    dlms_openssl_free(openssl);
    unlink(received);
    snprintf(lock, sizeof lock, "%s.lock", received);
    unlink(lock);
    return rmdir(folder);
}

static struct tool_secrets keys(void)
{
    struct tool_secrets secrets = {
        .key_file = key_file, .encryption_key.length = 16, .authentication_key.length = 16};
    memset(secrets.encryption_key.octets, 0x11, 16);
    memset(secrets.authentication_key.octets, 0x22, 16);
    return secrets;
}

static void open_receiver(void)
{
    const struct tool_secrets secrets = keys();
    struct tool_failure failure;
    assert_true(tool_push_open(&receiver, &secrets, &failure));
}

/* ---- A meter ---- */

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    return true;
}

static struct dlms_counter_store store = {NULL, reserve, 1};

static struct dlms_security meter(const uint8_t title[DLMS_TITLE], uint32_t counter)
{
    const struct tool_secrets secrets = keys();
    struct dlms_security security = {.crypto = dlms_openssl_crypto(openssl), .store = &store};
    security.counter[DLMS_COUNTER_SEND].next = counter;
    memcpy(security.own_title, title, DLMS_TITLE);
    memcpy(security.key[DLMS_KEY_UNICAST], secrets.encryption_key.octets, 16);
    memcpy(security.key[DLMS_KEY_AUTHENTICATION], secrets.authentication_key.octets, 16);
    return security;
}

static const struct dlms_date_time noon = {2026, 11, 20, 5, 12, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED,
                                           0};

static size_t protect(struct dlms_security *security, uint8_t control, const uint8_t *body,
                      size_t body_length, uint8_t apdu[APDU])
{
    const struct dlms_cover cover = {DLMS_ENVELOPE_GENERAL_GLO, control};
    struct dlms_writer out =
        dlms_writer(apdu + dlms_cover_head(&cover), APDU - dlms_cover_head(&cover) - 16);
    dlms_data_notification_write(&out, 1, &noon);
    dlms_raw_bytes(&out, body, body_length);
    size_t length = out.total;
    struct dlms_keys sealing;
    dlms_keys_take(security, NULL, &cover, &sealing);
    assert_int_equal(dlms_protect(security, &sealing, &cover, apdu, APDU, &length), DLMS_OK);
    return length;
}

/* A push of one number, with that counter. */
static size_t make(const uint8_t title[DLMS_TITLE], uint32_t counter, uint8_t apdu[APDU])
{
    static const uint8_t body[] = {DLMS_TAG_STRUCTURE, 1, DLMS_TAG_U8, 7};
    struct dlms_security security = meter(title, counter);
    return protect(&security, DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED, body,
                   sizeof body, apdu);
}

static enum tool_push_status take(const uint8_t *apdu, size_t length)
{
    tool_push_take(&receiver, (struct dlms_span){apdu, length}, &push);
    return push.status;
}

static enum tool_push_status take_new(const uint8_t title[DLMS_TITLE], uint32_t counter)
{
    uint8_t apdu[APDU];
    return take(apdu, make(title, counter, apdu));
}

/* ---- Judging ---- */

static void test_counters(void **state)
{
    (void)state;
    open_receiver();
    assert_int_equal(take_new(title_a, 0), TOOL_PUSH_GOOD);
    assert_memory_equal(push.title, title_a, DLMS_TITLE);
    assert_int_equal(take_new(title_a, 0), TOOL_PUSH_REPLAYED);
    assert_int_equal(take_new(title_a, 5), TOOL_PUSH_GOOD);
    assert_int_equal(push.counter, 5);
    assert_int_equal(take_new(title_a, 4), TOOL_PUSH_REPLAYED);
    assert_int_equal(take_new(title_b, 3), TOOL_PUSH_GOOD); /* each meter counts for itself */
    assert_int_equal(take_new(title_a, 6), TOOL_PUSH_GOOD);
}

/* Whatever becomes of the receiver. */
static void test_counters_are_kept(void **state)
{
    (void)state;
    open_receiver();
    assert_int_equal(take_new(title_a, 70), TOOL_PUSH_GOOD);
    assert_int_equal(take_new(title_b, 80), TOOL_PUSH_GOOD);
    tool_push_close(&receiver);
    open_receiver();
    assert_int_equal(take_new(title_a, 70), TOOL_PUSH_REPLAYED);
    assert_int_equal(take_new(title_b, 80), TOOL_PUSH_REPLAYED);
    assert_int_equal(take_new(title_b, 81), TOOL_PUSH_GOOD);
    assert_int_equal(take_new(title_a, 71), TOOL_PUSH_GOOD);
}

/* Two would each take what the other has taken already. */
static void test_one_receiver_at_a_time(void **state)
{
    (void)state;
    static struct tool_push_receiver second;
    const struct tool_secrets secrets = keys();
    struct tool_failure failure;
    open_receiver();
    assert_false(tool_push_open(&second, &secrets, &failure));
    assert_non_null(strstr(failure.text, "another receiver"));
    tool_push_close(&second);
    tool_push_close(&receiver);
    open_receiver();
}

/* One that cannot be told from a new one after a restart is not taken. */
static void test_a_file_that_cannot_be_written(void **state)
{
    (void)state;
    open_receiver();
    snprintf(receiver.path, sizeof receiver.path, "%s/nowhere/keys.received", folder);
    assert_int_equal(take_new(title_a, 1), TOOL_PUSH_NOT_KEPT);
    assert_int_equal(receiver.meter_count, 0);
    snprintf(receiver.path, sizeof receiver.path, "%s", received);
    assert_int_equal(take_new(title_a, 1), TOOL_PUSH_GOOD);
}

static void test_a_file_of_something_else(void **state)
{
    (void)state;
    static const char *const texts[] = {"5754480000000001 12\nnonsense\n", "5754480000000001 12x\n",
                                        "57544800000001 12\n", "5754480000000001\n"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        const struct tool_secrets secrets = keys();
        struct tool_failure failure;
        FILE *file = fopen(received, "w");
        assert_non_null(file);
        fputs(texts[t], file);
        fclose(file);
        assert_false(tool_push_open(&receiver, &secrets, &failure));
        assert_non_null(strstr(failure.text, "keys.received: line"));
        tool_push_close(&receiver);
    }
}

/* Every octet of it counts, and a forged one leaves no trace: nobody can keep a meter out. */
static void test_forged(void **state)
{
    (void)state;
    uint8_t apdu[APDU];
    open_receiver();
    const size_t length = make(title_a, 9, apdu);
    for (size_t i = 0; i < length; i++) {
        apdu[i] ^= 1;
        assert_int_not_equal(take(apdu, length), TOOL_PUSH_GOOD);
        apdu[i] ^= 1;
    }
    for (size_t shorter = 0; shorter < length; shorter++) {
        assert_int_not_equal(take(apdu, shorter), TOOL_PUSH_GOOD);
    }
    assert_int_equal(receiver.meter_count, 0);
    assert_int_equal(take(apdu, length), TOOL_PUSH_GOOD);
}

static void test_less_protection(void **state)
{
    (void)state;
    static const uint8_t clear[] = {0x0F, 0, 0, 0, 1, 0, DLMS_TAG_STRUCTURE, 1, DLMS_TAG_U8, 7};
    static const uint8_t body[] = {DLMS_TAG_U8, 7};
    uint8_t apdu[APDU];
    struct dlms_security security = meter(title_a, 1);
    open_receiver();
    assert_int_equal(take(clear, sizeof clear), TOOL_PUSH_UNPROTECTED);
    const size_t length = protect(&security, DLMS_CONTROL_ENCRYPTED, body, sizeof body, apdu);
    assert_int_equal(take(apdu, length), TOOL_PUSH_UNPROTECTED); /* that anybody can forge */
    assert_int_equal(take(body, sizeof body), TOOL_PUSH_SENSELESS);
    assert_int_equal(take(clear, 0), TOOL_PUSH_SENSELESS);
}

static void test_without_keys(void **state)
{
    (void)state;
    static const uint8_t clear[] = {0x0F, 0, 0, 0, 1, 0, DLMS_TAG_STRUCTURE, 1, DLMS_TAG_U8, 7};
    const struct tool_secrets none = {.suite = 0};
    struct tool_failure failure;
    assert_true(tool_push_open(&receiver, &none, &failure));
    assert_int_equal(take(clear, sizeof clear), TOOL_PUSH_GOOD);
    assert_int_equal(take_new(title_a, 1), TOOL_PUSH_ENCRYPTED);
    struct tool_secrets half = keys();
    half.authentication_key.length = 0;
    assert_false(tool_push_open(&receiver, &half, &failure));
    assert_int_equal(failure.code, CLI_BAD_INPUT);
}

/* ---- What it says ---- */

static void put_entry(struct dlms_writer *out, uint16_t class_id, const uint8_t name[6])
{
    dlms_put_structure(out, 4);
    dlms_put_u16(out, class_id);
    dlms_put_octet_string(out, name, 6);
    dlms_put_i8(out, 2);
    dlms_put_u16(out, 0);
}

/* With its own list: names, units, words. */
static void test_names_and_words(void **state)
{
    (void)state;
    static const uint8_t names[4][6] = {{0, 4, 25, 9, 0, 255},
                                        {0, 0, 97, 98, 20, 255},
                                        {0, 0, 97, 98, 21, 255},
                                        {1, 1, 1, 8, 0, 255}};
    uint8_t body[256];
    uint8_t apdu[APDU];
    struct dlms_writer out = dlms_writer(body, sizeof body);
    struct dlms_security security = meter(title_a, 1);
    dlms_put_structure(&out, 4);
    dlms_put_array(&out, 4);
    for (int n = 0; n < 4; n++) {
        put_entry(&out, n == 0 ? 40 : n == 3 ? 3 : 1, names[n]);
    }
    dlms_put_u32(&out, 1 << 13);
    dlms_put_u32(&out, 1 | 1 << 3);
    dlms_put_u32(&out, 12345);
    open_receiver();
    const size_t length = protect(&security, DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED,
                                  body, out.total, apdu);
    assert_int_equal(take(apdu, length), TOOL_PUSH_GOOD);
    json_t *json = tool_push_json(&push);
    assert_string_equal(json_string_value(json_object_get(json, "system_title")),
                        "5754480000000001");
    assert_string_equal(json_string_value(json_object_get(json, "time")), "2026-11-20T12:00:00");
    const json_t *alarms = json_object_get(json, "alarms");
    assert_int_equal(json_array_size(alarms), 3);
    assert_string_equal(json_string_value(json_array_get(alarms, 0)), "fraud attempt");
    assert_string_equal(json_string_value(json_array_get(alarms, 1)), "power failed");
    assert_string_equal(json_string_value(json_array_get(alarms, 2)), "voltage missing L2");
    const json_t *values = json_object_get(json, "values");
    assert_int_equal(json_array_size(values), 3);
    const json_t *second = json_array_get(values, 1);
    assert_string_equal(json_string_value(json_object_get(second, "name")), "alarm_descriptor_2");
    assert_string_equal(json_string_value(json_object_get(second, "text")),
                        "power failed, voltage missing L2");
    const json_t *energy = json_array_get(values, 2);
    assert_string_equal(json_string_value(json_object_get(energy, "name")), "a_plus");
    assert_string_equal(json_string_value(json_object_get(energy, "unit")), "Wh");
    json_decref(json);
}

/* A list that does not fit the values names none; anything else is shown as it is. */
static void test_bodies_of_other_forms(void **state)
{
    (void)state;
    static const struct {
        uint8_t octets[32];
        size_t length, values;
    } bodies[] = {
        {{DLMS_TAG_NULL}, 1, 1},
        {{DLMS_TAG_STRUCTURE, 0}, 2, 1},
        {{DLMS_TAG_STRUCTURE, 2, DLMS_TAG_ARRAY, 0, DLMS_TAG_U8, 1}, 6, 2},
        {{DLMS_TAG_STRUCTURE, 1, DLMS_TAG_ARRAY, 1, DLMS_TAG_U8, 1}, 6, 1},
        {{DLMS_TAG_ARRAY, 1, DLMS_TAG_U8, 1}, 4, 1},
        {{DLMS_TAG_STRUCTURE, 1, DLMS_TAG_ARRAY, 1, DLMS_TAG_STRUCTURE, 3, DLMS_TAG_U16, 0, 40,
          DLMS_TAG_OCTET_STRING, 6, 0, 4, 25, 9, 0, 255, DLMS_TAG_I8, 2},
         19,
         0}, /* nothing but the list */
    };
    uint32_t counter = 1;
    open_receiver();
    for (size_t b = 0; b < sizeof bodies / sizeof bodies[0]; b++) {
        uint8_t apdu[APDU];
        struct dlms_security security = meter(title_a, counter++);
        const size_t length =
            protect(&security, DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED,
                    bodies[b].octets, bodies[b].length, apdu);
        assert_int_equal(take(apdu, length), TOOL_PUSH_GOOD);
        json_t *json = tool_push_json(&push);
        assert_int_equal(json_array_size(json_object_get(json, "values")), bodies[b].values);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counters, start, stop),
        cmocka_unit_test_setup_teardown(test_counters_are_kept, start, stop),
        cmocka_unit_test_setup_teardown(test_one_receiver_at_a_time, start, stop),
        cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_written, start, stop),
        cmocka_unit_test_setup_teardown(test_a_file_of_something_else, start, stop),
        cmocka_unit_test_setup_teardown(test_forged, start, stop),
        cmocka_unit_test_setup_teardown(test_less_protection, start, stop),
        cmocka_unit_test_setup_teardown(test_without_keys, start, stop),
        cmocka_unit_test_setup_teardown(test_names_and_words, start, stop),
        cmocka_unit_test_setup_teardown(test_bodies_of_other_forms, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
