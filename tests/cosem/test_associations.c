/* COM-2: who may associate with what, and how the devices are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

static struct client client;

enum { LONGEST_WAIT_S = 640 };

enum { PERMANENT = 1, TRANSIENT = 2 }; /* results of an AARE */

static int start(void **state)
{
    (void)state;
    client_start(&client);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

/* The dialogue recorded from a meter of the family, with our PDU size; its meter number is this one's. */
static void test_recorded_dialogue_of_the_public_client(void **state)
{
    (void)state;
    client.client_sap = 16;
    client.server_sap = 1;
    assert_string_equal(
        client_ask(&client, "601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001010"
        "04000007");
    assert_string_equal(client_ask(&client, "C0018100010101000001FF0200"), "C40181000600BC614F");
}

/* The same with the password; list access is what we offer beyond the recording. */
static void test_recorded_dialogue_with_password(void **state)
{
    (void)state;
    client.client_sap = 18;
    client.server_sap = 16;
    assert_string_equal(
        client_ask(&client, "6033A1090607608574050801018A0207808B0760857405080201AC078005313233"
                            "3435BE10040E01000000065F1F040000FE1FFFFF"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000121C"
        "04000007");
}

static void test_public_client_needs_no_password(void **state)
{
    (void)state;
    assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
    assert_non_null(dlms_link_association(&client.link, 16, 1));
}

static void test_password_clients(void **state)
{
    (void)state;
    for (uint16_t sap = 18; sap <= 20; sap++) {
        assert_int_equal(client_open(&client, sap, 16, CLIENT_PASSWORD, 0xFFFF), 0);
        assert_non_null(dlms_link_association(&client.link, sap, 16));
    }
    assert_int_equal(client.link.wrong_passwords, 0);
}

static void assert_refused(uint16_t sap, uint16_t server_sap, const char *password)
{
    assert_int_not_equal(client_open(&client, sap, server_sap, password, 0xFFFF), 0);
    assert_null(dlms_link_association(&client.link, sap, server_sap));
    static const uint8_t get[] = {0xC0, 1, 0xC1, 0, 1, 0, 0, 42, 0, 0, 255, 2, 0};
    client_send(&client, get, sizeof get);
    assert_true(client.reply_length == 0 || client.reply[0] == 0xD8); /* exception-response */
}

static void test_wrong_passwords_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      "1",     "1234",     "123456",     "12346",
                                        "02345", "54321", "1234\xB5", "1234512345", "     "};
    for (uint16_t sap = 18; sap <= 20; sap++) {
        for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
            assert_refused(sap, 16, wrong[w]);
            client.rig.meter.application.on_seconds += LONGEST_WAIT_S; /* so that each is judged */
        }
        assert_refused(sap, 16, NULL);
        assert_int_equal(client_open(&client, sap, 16, CLIENT_PASSWORD, 0xFFFF), 0);
    }
    assert_int_equal(client.link.wrong_passwords, 3 * sizeof wrong / sizeof wrong[0]);
}

static int try_password(uint16_t sap, const char *password)
{
    return client_open(&client, sap, WH_COSEM_DEVICE_METER, password, 0xFFFF);
}

static void assert_logged(unsigned count, enum wh_origin origin, uint32_t in_a_row)
{
    struct wh_event newest;
    assert_int_equal(rig_count_events(&client.rig, WH_EVENT_PASSWORD_WRONG, &newest), count);
    assert_int_equal(newest.value_a, origin);
    assert_int_equal(newest.value_b, in_a_row);
}

/* Two cost nothing, and a right one begins anew, whichever client it is. */
static void test_wrong_passwords_are_logged(void **state)
{
    (void)state;
    assert_int_equal(try_password(18, "1"), PERMANENT);
    assert_logged(1, WH_ORIGIN_MODULE, 1);
    assert_int_equal(try_password(19, "2"), PERMANENT);
    assert_logged(2, WH_ORIGIN_OPTICAL, 2);
    assert_int_equal(try_password(18, CLIENT_PASSWORD), 0);
    assert_int_equal(try_password(20, "1"), PERMANENT);
    assert_logged(3, WH_ORIGIN_CONSUMER, 1);
    assert_int_equal(try_password(20, CLIENT_PASSWORD), 0);
}

/* From the third on no password is judged, for twice as long after each; the public client neither
 * waits nor opens the guard. */
static void test_guessing_is_slowed_down(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(try_password(18, "1"), PERMANENT);
        assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
    }
    for (uint32_t wait_s = 10; wait_s <= 20; wait_s *= 2) {
        for (uint16_t sap = 18; sap <= 20; sap++) {
            assert_int_equal(try_password(sap, CLIENT_PASSWORD), TRANSIENT);
            assert_int_equal(try_password(sap, "1"), TRANSIENT);
        }
        assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
        rig_load(&client.rig, 0, 0, wait_s - 1);
        assert_int_equal(try_password(18, CLIENT_PASSWORD), TRANSIENT);
        rig_load(&client.rig, 0, 0, 1);
        assert_int_equal(try_password(18, "1"), PERMANENT);
    }
    assert_logged(3, WH_ORIGIN_MODULE, 4);
    rig_load(&client.rig, 0, 0, 40);
    assert_int_equal(try_password(18, CLIENT_PASSWORD), 0);
}

/* The device of the one is closed to the other, and nobody else is let in. */
static void test_other_pairs_are_refused(void **state)
{
    (void)state;
    for (uint16_t sap = 0; sap < 128; sap++) {
        for (uint16_t server = 0; server < 20; server++) {
            const bool is_public = sap == 16 && server == 1;
            const bool has_password = sap >= 18 && sap <= 20 && server == 16;
            if (!is_public) {
                assert_refused(sap, server, NULL);
            }
            if (!has_password) {
                assert_refused(sap, server, CLIENT_PASSWORD);
            }
        }
    }
}

static void get_name(uint16_t sap, uint16_t server, char name[32])
{
    static const struct client_attribute attribute = {1, {0, 0, 42, 0, 0, 255}, 2};
    const char *password = sap == 16 ? NULL : CLIENT_PASSWORD;
    assert_int_equal(client_open(&client, sap, server, password, 0xFFFF), 0);
    assert_int_equal(client_get(&client, &attribute), 0);
    assert_int_equal(client.answer[0], 9);
    assert_int_equal(client.answer_length, 2u + client.answer[1]);
    assert_in_range(client.answer[1], 4, 16);
    memcpy(name, client.answer + 2, client.answer[1]);
    name[client.answer[1]] = '\0';
}

/* At most 16 characters, first the manufacturer's three letters, different for each device and meter. */
static void test_logical_device_names(void **state)
{
    (void)state;
    char management[32];
    char meter[32];
    get_name(16, 1, management);
    assert_string_equal(management, "WTH382M12345679M");
    for (uint16_t sap = 18; sap <= 20; sap++) {
        get_name(sap, 16, meter);
        assert_string_equal(meter, "WTH382M12345679E");
    }
}

static void make_name(const char *model, uint32_t meter_number, char names[2][32])
{
    struct wh_cosem_face face;
    struct wh_identity *identity = &client.rig.meter.legal.identity;
    memset(identity->model, 0, sizeof identity->model);
    memcpy(identity->model, model, strlen(model));
    identity->meter_number = meter_number;
    assert_int_equal(
        wh_cosem_face_init(&face, &client.rig.meter.application, &client.rig.meter.legal, "x"),
        WH_OK);
    for (int d = 0; d < 2; d++) {
        assert_in_range(strlen(face.devices[d].name), 3, 16);
        assert_memory_equal(face.devices[d].name, "WTH", 3);
        memcpy(names[d], face.names[d], sizeof face.names[d]);
    }
    assert_string_not_equal(names[0], names[1]);
}

/* Also with short and long models, and numbers of few digits. */
static void test_names_of_other_meters(void **state)
{
    (void)state;
    char names[2][32];
    make_name("382M", 0, names);
    assert_string_equal(names[0], "WTH382M00000000M");
    make_name("382M", 99999999, names);
    assert_string_equal(names[1], "WTH382M99999999E");
    make_name("1", 7, names);
    assert_string_equal(names[0], "WTH100000007M");
    make_name("1234567", 7, names);
    assert_string_equal(names[0], "WTH123400000007M");
}

/* SAP assignment: both devices with their names. */
static void test_sap_assignment(void **state)
{
    (void)state;
    static const struct client_attribute attribute = {17, {0, 0, 41, 0, 0, 255}, 2};
    static const char expected[] = "\x01\x02"
                                   "\x02\x02\x12\x00\x01\x09\x10"
                                   "WTH382M12345679M"
                                   "\x02\x02\x12\x00\x10\x09\x10"
                                   "WTH382M12345679E";
    assert_int_equal(client_open(&client, 16, 1, NULL, 0xFFFF), 0);
    assert_int_equal(client_get(&client, &attribute), 0);
    assert_int_equal(client.answer_length, sizeof expected - 1);
    assert_memory_equal(client.answer, expected, sizeof expected - 1);
}

static void test_an_empty_password_is_no_password(void **state)
{
    (void)state;
    struct wh_cosem_face face;
    assert_int_equal(
        wh_cosem_face_init(&face, &client.rig.meter.application, &client.rig.meter.legal, ""),
        WH_ERR_ARGUMENT);
}

#define ASSOCIATION_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASSOCIATION_TEST(test_recorded_dialogue_of_the_public_client),
        ASSOCIATION_TEST(test_recorded_dialogue_with_password),
        ASSOCIATION_TEST(test_public_client_needs_no_password),
        ASSOCIATION_TEST(test_password_clients),
        ASSOCIATION_TEST(test_wrong_passwords_are_refused),
        ASSOCIATION_TEST(test_wrong_passwords_are_logged),
        ASSOCIATION_TEST(test_guessing_is_slowed_down),
        ASSOCIATION_TEST(test_other_pairs_are_refused),
        ASSOCIATION_TEST(test_logical_device_names),
        ASSOCIATION_TEST(test_names_of_other_meters),
        ASSOCIATION_TEST(test_sap_assignment),
        ASSOCIATION_TEST(test_an_empty_password_is_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
