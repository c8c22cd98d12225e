/* COM-2: everything in one request, in one piece and in blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

static struct client client;
enum { LIST = 100 }; /* a request of WH_COSEM_MAX_PDU holds some more */

static struct client_attribute everything[WH_QUANTITY_COUNT];
static size_t everything_count;

static int start(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    client_start(&client);
    rig_balanced(phases, -1500000, 400000);
    rig_second(&client.rig, phases);
    wh_clock_set(&client.rig.meter.application.clock, 400608153);
    everything_count = 0;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (client_expects((enum wh_quantity_id)q)) {
            everything[everything_count++] = client_row((enum wh_quantity_id)q, 2);
        }
    }
    assert_in_range(everything_count, LIST + 1, 2 * LIST);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

/* What single reads give, as a list would: the count, then for each 0 and Data, or 1 and the result. */
static size_t read_singly(const struct client_attribute *attributes, size_t count, uint8_t *results)
{
    size_t length = 0;
    results[length++] = (uint8_t)count;
    for (size_t a = 0; a < count; a++) {
        const int result = client_get(&client, &attributes[a]);
        results[length++] = result != 0;
        if (result != 0) {
            results[length++] = (uint8_t)result;
        } else {
            memcpy(results + length, client.answer, client.answer_length);
            length += client.answer_length;
        }
    }
    return length;
}

static void check_part(const struct client_attribute *attributes, size_t count, uint16_t max_pdu)
{
    static uint8_t expected[CLIENT_ANSWER];
    const size_t length = read_singly(attributes, count, expected);
    client_get_list(&client, attributes, count);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, expected, length);
    assert_int_equal(client.blocks > 1, client.answer_length + 3 > max_pdu);
}

static void check_list(uint16_t sap, uint16_t max_pdu)
{
    client_open_meter(&client, sap, max_pdu);
    check_part(everything, LIST, max_pdu);
    check_part(everything + LIST, everything_count - LIST, max_pdu);
}

static void test_list_of_everything(void **state)
{
    (void)state;
    for (uint16_t sap = 18; sap <= 20; sap++) {
        check_list(sap, 0xFFFF);
        assert_int_equal(client.blocks, 0);
    }
}

/* With values that are not known among them. */
static void test_list_without_load(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES] = {{0}};
    rig_second(&client.rig, phases);
    check_list(18, 0xFFFF);
    check_list(18, 125);
}

/* Each block fits the PDU that the client announced; put together they are the same answer. */
static void test_list_in_blocks_of_every_size(void **state)
{
    (void)state;
    for (uint16_t max_pdu = 64; max_pdu <= 512; max_pdu += 7) {
        check_list(19, max_pdu);
    }
}

static void test_object_list_in_blocks(void **state)
{
    (void)state;
    static const struct client_attribute object_list = {15, {0, 0, 40, 0, 0, 255}, 2};
    static uint8_t whole[CLIENT_ANSWER];
    client_open_meter(&client, 18, 0xFFFF);
    assert_int_equal(client_get(&client, &object_list), 0);
    const size_t length = client.answer_length;
    memcpy(whole, client.answer, length);
    static const uint16_t sizes[] = {64, 125, 128, 500, 1024};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        client_open_meter(&client, 18, sizes[s]);
        assert_int_equal(client_get(&client, &object_list), 0);
        assert_true(client.blocks > 1);
        assert_int_equal(client.answer_length, length);
        assert_memory_equal(client.answer, whole, length);
    }
}

static void another_second(struct client *changing)
{
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 9000000, -3000000);
    rig_second(&changing->rig, phases);
}

/* Values that change meanwhile: what the client puts together is one moment's, that of its request. */
static void test_blocks_are_of_one_moment(void **state)
{
    (void)state;
    static uint8_t expected[CLIENT_ANSWER];
    client_open_meter(&client, 20, 64);
    const size_t length = read_singly(everything, LIST, expected);
    client.between_blocks = another_second;
    client_get_list(&client, everything, LIST);
    assert_true(client.blocks > 3);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, expected, length);
}

/* The longest list a request can hold: its answer fits the long buffer beside it, in one moment. */
static void test_the_longest_list(void **state)
{
    (void)state;
    enum { LONGEST = (WH_COSEM_MAX_PDU - 4) / 10 };
    struct client_attribute clocks[LONGEST];
    for (int c = 0; c < LONGEST; c++) {
        clocks[c] = client_row(WH_QUANTITY_CLOCK, 2); /* 15 octets each, the longest that changes */
    }
    client_open_meter(&client, 18, 128);
    client.between_blocks = another_second;
    client_get_list(&client, clocks, LONGEST);
    assert_int_equal(client.answer_length, 1 + 15 * LONGEST);
    for (int c = 1; c < LONGEST; c++) {
        assert_memory_equal(client.answer + 1, client.answer + 1 + 15 * c, 15);
    }
}

/* The face states how much it takes: one attribute more is not read. */
static void test_a_request_beyond_the_pdu_is_refused(void **state)
{
    (void)state;
    uint8_t get[WH_COSEM_MAX_PDU + 20] = {0xC0, 3, 0xC1, (WH_COSEM_MAX_PDU + 6) / 10};
    client_open_meter(&client, 18, 0xFFFF);
    client_send(&client, get, 4 + 10 * (size_t)get[3]);
    assert_true(client.reply_length == 0 || client.reply[0] != 0xC4);
    const struct client_attribute a_plus = client_row(WH_QUANTITY_A_PLUS, 2);
    client_open_meter(&client, 18, 0xFFFF);
    assert_int_equal(client_get(&client, &a_plus), 0); /* and the link lives on */
}

#define LIST_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIST_TEST(test_list_of_everything),
        LIST_TEST(test_list_without_load),
        LIST_TEST(test_list_in_blocks_of_every_size),
        LIST_TEST(test_object_list_in_blocks),
        LIST_TEST(test_blocks_are_of_one_moment),
        LIST_TEST(test_the_longest_list),
        LIST_TEST(test_a_request_beyond_the_pdu_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
