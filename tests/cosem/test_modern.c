/* COM-2, COM-15. The secure associations of the modern profile: who gets in, what is taken, and
 * that no number is used twice whatever becomes of the supply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cosem/modern_kept.h"
#include "cosem/objects.h"
#include "dlms/acse.h"
#include "modern_client.h"

static struct modern_client modern;

static const uint8_t clock_name[6] = {0, 1, 1, 0, 0, 255};
static const uint8_t association_name[6] = {0, 0, 40, 0, 0, 255};
static const uint8_t setup_name[6] = {0, 0, 43, 0, 0, 255};
static const uint8_t special_data[6] = {1, 1, 0, 130, 1, 255};

static int start(void **state)
{
    (void)state;
    modern_start(&modern, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static int set_special_data(uint32_t value)
{
    uint8_t bytes[8];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u32(&data, value);
    return modern_set(&modern, 1, special_data, 2, &data);
}

static uint32_t stored_special_data(void)
{
    return modern.meter.rig.meter.application.config.special_1;
}

static void test_both_clients_read_and_one_writes(void **state)
{
    (void)state;
    modern_connect(&modern, 0);
    assert_int_equal(modern_get(&modern, 8, clock_name, 2), 0);
    assert_int_equal(dlms_client_value(&modern.client).length, 14);
    assert_int_equal(set_special_data(4711), 0);
    assert_int_equal(stored_special_data(), 4711);
    modern_connect(&modern, 1);
    assert_int_equal(modern_get(&modern, 1, special_data, 2), 0);
    assert_int_equal(dlms_client_value(&modern.client).data[4], 4711 & 0xFF);
    assert_int_not_equal(set_special_data(1), 0);
    assert_int_equal(stored_special_data(), 4711);
    assert_int_equal(modern_get(&modern, 15, association_name, 2), 0);
    assert_true(modern.meter.reply[0] == 0xCC); /* glo-get-response */
}

static uint8_t invokers_of(const struct dlms_object *object)
{
    return object->invokers != 0 ? object->invokers : object->writers;
}

/* Every object that a client of the meter can have, through the server's own tables: reading may
 * change and invoke nothing; management may change what the module port may, and what is only here.
 */
static void test_rights_over_all_objects(void **state)
{
    (void)state;
    const struct dlms_server *server = &modern.meter.face.server;
    const struct dlms_association *management = &server->associations[WH_COSEM_ASSOCIATIONS];
    const struct dlms_association *reading = management + 1;
    unsigned seen = 0;
    assert_int_equal(reading->client_sap, WH_COSEM_CLIENT_READING);
    for (size_t i = 0; i < server->object_count; i++) {
        struct dlms_object object;
        server->enumerate(server->context, i, &object);
        if (object.groups == 0) {
            continue;
        }
        seen++;
        assert_int_not_equal(object.groups & management->groups, 0);
        assert_int_not_equal(object.groups & reading->groups, 0);
        assert_int_equal((object.writers | object.invokers) & reading->groups, 0);
        if (object.writable != 0) {
            assert_int_not_equal(object.writers & management->groups, 0);
        }
        if (object.invocable != 0) {
            assert_int_not_equal(invokers_of(&object) & object.groups & management->groups, 0);
        }
    }
    assert_true(seen > 50);
}

/* Of what is new the other clients see the counters, which are public, and nothing else; they invoke
 * nothing. */
static void test_password_clients_are_as_before(void **state)
{
    (void)state;
    const struct dlms_server *server = &modern.meter.face.server;
    for (size_t i = 0; i < server->object_count; i++) {
        struct dlms_object object;
        server->enumerate(server->context, i, &object);
        if (object.writers == WH_COSEM_GROUP_MANAGEMENT) {
            const bool is_counter = object.logical_name[2] == 43;
            assert_int_equal((object.groups & server->associations[1].groups) != 0, is_counter);
        }
        for (size_t a = 0; a < WH_COSEM_ASSOCIATIONS; a++) {
            assert_int_equal(
                object.writers & server->associations[a].groups & WH_COSEM_GROUP_MANAGEMENT, 0);
            if (object.invocable != 0) {
                assert_int_equal(invokers_of(&object) & server->associations[a].groups, 0);
            }
        }
    }
    static const struct client_attribute setup = {64, {0, 0, 43, 0, 0, 255}, 3};
    client_open_meter(&modern.meter, WH_COSEM_CLIENT_MODULE, 0xFFFF);
    assert_int_equal(client_get(&modern.meter, &setup), DLMS_RESULT_OBJECT_UNDEFINED);
}

static void test_the_wrong_key_opens_nothing_and_is_logged(void **state)
{
    (void)state;
    struct wh_event newest;
    for (int key = DLMS_KEY_UNICAST; key <= DLMS_KEY_AUTHENTICATION; key += 2) {
        modern_become(&modern, 0);
        modern.security.key[key][0] ^= 1;
        assert_int_not_equal(modern_open(&modern), DLMS_CLIENT_DONE);
        assert_false(modern.client.is_associated);
    }
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PASSWORD_WRONG, &newest), 2);
    assert_int_equal(newest.value_b, 2);
    modern_connect(&modern, 0);
    modern_become(&modern, 1); /* and the keys of one client are not those of the other */
    modern.meter.client_sap = WH_COSEM_CLIENT_MANAGEMENT;
    assert_int_not_equal(modern_open(&modern), DLMS_CLIENT_DONE);
}

/* From the fifth in a row on nobody is judged for a second, but who has the key is let in all the same. */
static void test_trying_keeps_nobody_out(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        modern_become(&modern, 0);
        modern.security.key[DLMS_KEY_UNICAST][0] ^= 1;
        assert_int_equal(modern_open(&modern), DLMS_CLIENT_ERR_REFUSED);
        assert_int_equal(modern.client.refusal.result, i < 4 ? DLMS_ASSOCIATE_REJECTED_PERMANENT
                                                             : DLMS_ASSOCIATE_REJECTED_TRANSIENT);
    }
    modern_connect(&modern, 0);
}

/* The guard of the passwords is there beside those of the keys; a right key does not open it. */
static void test_passwords_are_guarded_apart(void **state)
{
    (void)state;
    enum { PERMANENT = 1, TRANSIENT = 2 };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(client_open(&modern.meter, WH_COSEM_CLIENT_MODULE, WH_COSEM_DEVICE_METER,
                                     "54321", 0xFFFF),
                         PERMANENT);
    }
    for (int client = 0; client < 2; client++) {
        modern_connect(&modern, client);
        assert_int_equal(client_open(&modern.meter, WH_COSEM_CLIENT_MODULE, WH_COSEM_DEVICE_METER,
                                     CLIENT_PASSWORD, 0xFFFF),
                         TRANSIENT);
    }
    rig_load(&modern.meter.rig, 0, 0, 10);
    client_open_meter(&modern.meter, WH_COSEM_CLIENT_MODULE, 0xFFFF);
}

/* Less than authenticated and encrypted is not taken, neither to open nor in an open association.
 */
static void test_weaker_requests_are_refused(void **state)
{
    (void)state;
    static const uint8_t weaker[] = {0, DLMS_CONTROL_AUTHENTICATED, DLMS_CONTROL_ENCRYPTED};
    for (size_t i = 0; i < sizeof weaker; i++) {
        modern_become(&modern, 0);
        modern.control = weaker[i];
        assert_int_not_equal(modern_open(&modern), DLMS_CLIENT_DONE);
        assert_null(dlms_link_association(&modern.meter.link, WH_COSEM_CLIENT_MANAGEMENT, 1));
    }
    for (size_t i = 1; i < sizeof weaker; i++) {
        modern_connect(&modern, 0);
        modern.cover.cover.control = weaker[i];
        assert_int_not_equal(set_special_data(99), 0);
        assert_int_equal(stored_special_data(), 0);
    }
    modern_connect(&modern, 0);
    client_ask(&modern.meter, "C101C100010101008201FF020006000000FF"); /* not protected at all */
    assert_int_equal(stored_special_data(), 0);
    assert_int_not_equal(modern.meter.reply[0], 0xC5);
}

/* What was taken once is not taken again, on the same link or another, nor with any bit changed. */
static void test_replayed_and_forged_requests_are_refused(void **state)
{
    (void)state;
    modern_connect(&modern, 0);
    assert_int_equal(set_special_data(1), 0);
    uint8_t apdu[MODERN_REQUEST];
    const size_t length = modern.sent_length;
    memcpy(apdu, modern.sent, length);
    assert_int_equal(set_special_data(2), 0);
    client_send(&modern.meter, apdu, length);
    assert_int_equal(modern.meter.reply[0], 0xD8);
    assert_int_equal(stored_special_data(), 2);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    client_send(&modern.meter, apdu, length);
    assert_int_equal(modern.meter.reply[0], 0xD8);
    assert_int_equal(set_special_data(3), 0);
    memcpy(apdu, modern.sent, length);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        apdu[bit / 8] ^= (uint8_t)(1u << bit % 8);
        client_send(&modern.meter, apdu, length);
        apdu[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(modern.meter.reply_length == 0 || modern.meter.reply[0] != 0xCD);
    }
    assert_int_equal(stored_special_data(), 3);
    assert_int_equal(set_special_data(4), 0); /* and the association is still there */
    assert_int_equal(stored_special_data(), 4);
}

/* The number of the last protected answer: behind tag, length and security control. */
static uint32_t number_of_reply(void)
{
    const uint8_t *reply = modern.meter.reply;
    const size_t head = reply[1] < 0x80 ? 3 : 3 + (reply[1] & 0x7Fu);
    struct dlms_reader reader = dlms_reader(reply + head, 4);
    return dlms_read_u32(&reader);
}

/* The supply may go after any answer: numbers of the meter only rise, over the whole life of its
 * keys. */
static void test_no_number_is_used_twice(void **state)
{
    (void)state;
    uint32_t last = 0;
    for (unsigned life = 0; life < 12; life++) {
        modern_connect(&modern, 0);
        for (unsigned i = 0; i < 13 * life; i++) {
            assert_int_equal(modern_get(&modern, 8, clock_name, 8), 0);
            assert_true(number_of_reply() > last);
            last = number_of_reply();
        }
        assert_int_equal(modern_restart(&modern), WH_OK);
    }
}

/* A store that refuses: nothing goes out under a number that is not safe. */
static void test_without_store_nothing_is_answered(void **state)
{
    (void)state;
    unsigned answered = 0;
    modern_connect(&modern, 0);
    modern.store_fails = true;
    while (modern_get(&modern, 8, clock_name, 8) == 0) {
        assert_true(++answered < 200);
    }
    modern.store_fails = false;
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
}

enum { KEY = 16 /* octets of a key of suite 0 */ };

static int transfer(enum dlms_key id, const uint8_t key[KEY])
{
    uint8_t wrapped[KEY + DLMS_KEY_WRAP];
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    const struct dlms_crypto *crypto = modern.security.crypto;
    assert_true(crypto->wrap(crypto->context, (struct dlms_span){modern.keys.master, KEY}, key, KEY,
                             wrapped));
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 2);
    dlms_put_enum(&data, (uint8_t)id);
    dlms_put_octet_string(&data, wrapped, sizeof wrapped);
    return modern_invoke(&modern, 64, setup_name, 2, &data);
}

/* A key that a client changed outlives the supply; going back to the keys given takes other keys.
 */
static void test_keys_that_a_client_changed_are_kept(void **state)
{
    (void)state;
    static const uint8_t other[KEY] = {0xA5, 1, 2, 3};
    modern_connect(&modern, 0);
    struct wh_event event;
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_KEYS_CHANGED, NULL), 0);
    assert_int_equal(transfer(DLMS_KEY_UNICAST, other), 0);
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_KEYS_CHANGED, &event), 1);
    assert_int_equal(event.value_a, WH_COSEM_CLIENT_MANAGEMENT);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_become(&modern, 0);
    assert_int_not_equal(modern_open(&modern), DLMS_CLIENT_DONE);
    modern_become(&modern, 0);
    memcpy(modern.security.key[DLMS_KEY_UNICAST], other, KEY);
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_DONE);
    modern_connect(&modern, 1);
}

static void test_a_key_of_the_other_client_is_refused(void **state)
{
    (void)state;
    modern_connect(&modern, 0);
    assert_int_not_equal(transfer(DLMS_KEY_UNICAST, modern.keys.encryption[1]), 0);
    assert_int_equal(modern_get(&modern, 8, clock_name, 8), 0);
}

/* Other keys in the file take the place of the old; numbers go on, so old traffic stays old even
 * when the first keys come back. */
static void test_new_keys_go_on_counting(void **state)
{
    (void)state;
    modern_connect(&modern, 0);
    assert_int_equal(set_special_data(1), 0);
    uint8_t apdu[MODERN_REQUEST];
    const size_t length = modern.sent_length;
    memcpy(apdu, modern.sent, length);
    const uint32_t last = number_of_reply();
    modern.keys.encryption[0][0] ^= 0x80;
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_int_equal(set_special_data(2), 0);
    modern.keys.encryption[0][0] ^= 0x80;
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_int_equal(modern_get(&modern, 8, clock_name, 8), 0);
    assert_true(number_of_reply() > last);
    client_send(&modern.meter, apdu, length);
    assert_int_equal(modern.meter.reply[0], 0xD8);
    assert_int_equal(stored_special_data(), 2);
}

/* Nor when a client had changed the key meanwhile, which began a count of its own. */
static void test_the_first_keys_come_back_after_a_transfer(void **state)
{
    (void)state;
    static const uint8_t other[KEY] = {0xA5, 1, 2, 3};
    uint8_t apdu[MODERN_REQUEST];
    modern_connect(&modern, 0);
    modern.security.counter[DLMS_COUNTER_SEND].next = 1000;
    assert_int_equal(set_special_data(1), 0);
    const size_t length = modern.sent_length;
    memcpy(apdu, modern.sent, length);
    assert_int_equal(set_special_data(2), 0);
    assert_int_equal(transfer(DLMS_KEY_UNICAST, other), 0);
    modern_become(&modern, 0);
    memcpy(modern.security.key[DLMS_KEY_UNICAST], other, KEY);
    modern.security.counter[DLMS_COUNTER_SEND].next = 1; /* as a new key allows */
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_DONE);
    for (int change = 0; change < 2; change++) {
        modern.keys.encryption[0][0] ^= 0x80;
        assert_int_equal(modern_restart(&modern), WH_OK);
        modern_connect(&modern, 0);
    }
    client_send(&modern.meter, apdu, length);
    assert_int_equal(modern.meter.reply[0], 0xD8);
    assert_int_equal(stored_special_data(), 2);
}

static void test_unsafe_keys_are_refused(void **state)
{
    (void)state;
    const struct wh_modern_keys good = modern.keys;
    uint8_t *bytes = (uint8_t *)&modern.keys;
    for (size_t k = 0; k < WH_MODERN_SYMMETRIC; k++) {
        memset(bytes + k * WH_MODERN_KEY, 0, WH_MODERN_KEY);
        assert_int_equal(modern_restart(&modern), WH_ERR_ARGUMENT);
        assert_null(modern.meter.face.modern);
        for (size_t other = 0; other < k; other++) {
            memcpy(bytes + k * WH_MODERN_KEY, bytes + other * WH_MODERN_KEY, WH_MODERN_KEY);
            assert_int_equal(modern_restart(&modern), WH_ERR_ARGUMENT);
        }
        modern.keys = good;
    }
    assert_int_equal(modern_restart(&modern), WH_OK);
}

/* Any octet of the record changed: the profile is not offered, and the meter is as without it. */
static void test_a_damaged_record_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < WH_MODERN_KEPT_SIZE; i++) {
        struct wh_modern_kept kept;
        modern.kept[i] ^= 0x10;
        assert_int_equal(wh_modern_kept_decode(&kept, modern.kept), WH_ERR_CORRUPT);
        modern.kept[i] ^= 0x10;
    }
    modern.kept[100] ^= 1;
    assert_int_equal(modern_restart(&modern), WH_ERR_CORRUPT);
    assert_null(modern.meter.face.modern);
    assert_int_equal(modern.meter.face.server.association_count, WH_COSEM_ASSOCIATIONS);
    client_open_meter(&modern.meter, WH_COSEM_CLIENT_MODULE, 0xFFFF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_both_clients_read_and_one_writes),
        TEST(test_rights_over_all_objects),
        TEST(test_password_clients_are_as_before),
        TEST(test_the_wrong_key_opens_nothing_and_is_logged),
        TEST(test_trying_keeps_nobody_out),
        TEST(test_passwords_are_guarded_apart),
        TEST(test_weaker_requests_are_refused),
        TEST(test_replayed_and_forged_requests_are_refused),
        TEST(test_no_number_is_used_twice),
        TEST(test_without_store_nothing_is_answered),
        TEST(test_keys_that_a_client_changed_are_kept),
        TEST(test_a_key_of_the_other_client_is_refused),
        TEST(test_new_keys_go_on_counting),
        TEST(test_the_first_keys_come_back_after_a_transfer),
        TEST(test_unsafe_keys_are_refused),
        TEST(test_a_damaged_record_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
