/* The client: against the server over lines that lose, damage and double bytes, and every way an
 * exchange can fail, by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_meter.h"
#include "hex.h"
#include "kmp/client.h"

struct pair {
    struct kmp_client client;
    struct fake_line line;
    uint8_t answer[256];
    uint32_t now_ms;
    unsigned requests; /* first bytes of frames that went out */
};

static void pair_init(struct pair *pair, uint8_t tries)
{
    memset(pair, 0, sizeof *pair);
    pair->now_ms = UINT32_MAX - 3000; /* the count of time wraps during the test */
    fake_line_init(&pair->line, 256);
    pair->line.meter.serial_number = 19088743;
    pair->line.meter.type = (struct kmp_type){0x6200, 8, 1};
    kmp_client_init(&pair->client, &(struct kmp_client_setup){.address = KMP_ADDRESS_METER,
                                                              .tries = tries,
                                                              .answer_ms = KMP_CLIENT_ANSWER_MS,
                                                              .gap_ms = KMP_CLIENT_GAP_MS,
                                                              .answer = pair->answer,
                                                              .answer_size = sizeof pair->answer});
}

static void start(struct pair *pair, uint8_t command)
{
    struct kmp_request request;
    assert_int_equal(kmp_request_plain(&request, command), WH_OK);
    assert_int_equal(kmp_client_start(&pair->client, &request, pair->now_ms), WH_OK);
}

/* Takes what the client sends, as hex. */
static const char *sent(struct pair *pair, char *text)
{
    uint8_t out[128];
    size_t length = 0;
    size_t got;
    while ((got = kmp_client_output(&pair->client, pair->now_ms, out + length, 1)) > 0) {
        length += got;
    }
    pair->requests += length > 0;
    return hex_text(out, length, text);
}

static void hear(struct pair *pair, const char *hex)
{
    uint8_t data[HEX_SIZE];
    const size_t length = hex_bytes(hex, data, sizeof data);
    kmp_client_input(&pair->client, data, length, pair->now_ms);
}

static enum kmp_client_state wait(struct pair *pair, uint32_t ms)
{
    pair->now_ms += ms;
    return kmp_client_run(&pair->client, pair->now_ms);
}

static void test_an_exchange(void **state)
{
    (void)state;
    char text[2 * HEX_SIZE + 1];
    struct pair pair;
    uint32_t serial_number;
    pair_init(&pair, 3);
    assert_int_equal(kmp_client_run(&pair.client, 0), KMP_CLIENT_IDLE);
    start(&pair, KMP_GET_SERIAL_NUMBER);
    assert_string_equal(sent(&pair, text), "803F0235E90D");
    assert_int_equal(wait(&pair, 1600), KMP_CLIENT_BUSY);
    hear(&pair, "803F0235E90D 00"); /* echo and noise */
    hear(&pair, "403F0201");
    assert_int_equal(wait(&pair, 500), KMP_CLIENT_BUSY);
    hear(&pair, "234567E9560D");
    assert_int_equal(wait(&pair, 0), KMP_CLIENT_DONE);
    assert_int_equal(kmp_answer_serial_number(kmp_client_answer(&pair.client), &serial_number),
                     WH_OK);
    assert_int_equal(serial_number, 19088743);
    hear(&pair, "403F0200000000E9560D"); /* what comes later changes nothing */
    assert_int_equal(wait(&pair, 5000), KMP_CLIENT_DONE);
}

/* Each row: what is heard after each request, and how it ends after all tries. */
static void test_failures_by_name(void **state)
{
    (void)state;
    static const struct {
        uint8_t command;
        const char *heard;
        enum kmp_client_state result;
        unsigned requests;
    } rows[] = {
        {KMP_GET_TYPE, "", KMP_CLIENT_NO_ANSWER, 3},
        {KMP_GET_TYPE, "06", KMP_CLIENT_NO_ANSWER, 3},
        {KMP_GET_TYPE, "0000", KMP_CLIENT_NO_ANSWER, 3},
        {KMP_GET_TYPE, "403F0100041BF90126980D", KMP_CLIENT_DAMAGED, 3},
        {KMP_GET_TYPE, "403F0100041B000126990D", KMP_CLIENT_DAMAGED, 3},
        {KMP_GET_TYPE, "403F010004", KMP_CLIENT_CUT_SHORT, 3},
        {KMP_GET_TYPE, "403F0201234567E9560D", KMP_CLIENT_OTHER_ANSWER, 3},
        {KMP_GET_TYPE, "407F0100041BF9014C890D", KMP_CLIENT_OTHER_ANSWER, 3},
        {KMP_DEBITING_STOP, "", KMP_CLIENT_NOT_ACKNOWLEDGED, 1}, /* never twice */
        {KMP_SET_DISPLAY_YES, "", KMP_CLIENT_NOT_ACKNOWLEDGED, 3},
        {KMP_SET_DISPLAY_YES, "403F0201234567E9560D", KMP_CLIENT_OTHER_ANSWER, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[2 * HEX_SIZE + 1];
        struct pair pair;
        pair_init(&pair, 3);
        start(&pair, rows[i].command);
        for (int k = 0; k < 3; k++) {
            sent(&pair, text);
            hear(&pair, rows[i].heard);
            assert_int_equal(wait(&pair, 500), kmp_client_run(&pair.client, pair.now_ms));
            wait(&pair, 1101);
        }
        assert_int_equal(kmp_client_run(&pair.client, pair.now_ms), rows[i].result);
        assert_int_equal(pair.requests, rows[i].requests);
        assert_true(strlen(kmp_client_text(rows[i].result)) > 0);
    }
    assert_string_equal(kmp_client_text(KMP_CLIENT_STATES), "unknown state");
}

static void test_too_long_an_answer(void **state)
{
    (void)state;
    char text[2 * HEX_SIZE + 1];
    struct pair pair;
    pair_init(&pair, 1);
    pair.client.setup.answer_size = 7;
    start(&pair, KMP_GET_SERIAL_NUMBER);
    sent(&pair, text);
    hear(&pair, "403F0201234567E9560D");
    assert_int_equal(wait(&pair, 1601), KMP_CLIENT_TOO_LONG);
}

/* A repeat waits until the line was silent for the whole time, and a babbling line has an end. */
static void test_when_repeats_go_out(void **state)
{
    (void)state;
    char text[2 * HEX_SIZE + 1];
    struct pair pair;
    pair_init(&pair, 2);
    start(&pair, KMP_GET_TYPE);
    sent(&pair, text);
    wait(&pair, 1000);
    hear(&pair, "403F0100041BF90126980D");
    assert_int_equal(wait(&pair, 1600), KMP_CLIENT_BUSY);
    assert_string_equal(sent(&pair, text), "");
    assert_int_equal(wait(&pair, 1), KMP_CLIENT_BUSY);
    assert_string_equal(sent(&pair, text), "803F01058A0D");
    for (int i = 0; i < 50; i++) {
        hear(&pair, "403F0D");
        if (wait(&pair, 1000) != KMP_CLIENT_BUSY) {
            assert_int_equal(i, 20);
            break;
        }
    }
    assert_int_equal(kmp_client_run(&pair.client, pair.now_ms), KMP_CLIENT_DAMAGED);
    pair_init(&pair, 1);
    start(&pair, KMP_GET_TYPE);
    sent(&pair, text);
    for (int i = 0; i < 3; i++) {
        hear(&pair, "00");
        wait(&pair, 600);
    }
    assert_int_equal(kmp_client_run(&pair.client, pair.now_ms), KMP_CLIENT_NO_ANSWER);
}

static void test_a_request_that_cannot_be(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, 1);
    assert_int_equal(
        kmp_client_start(&pair.client, &(struct kmp_request){.length = KMP_REQUEST_DATA + 1}, 0),
        WH_ERR_ARGUMENT);
}

/* ClearEventStatus: answered with its own CID, or as the vendor's example with that of the
 * other. */
static void test_either_answer_to_clear_events(void **state)
{
    (void)state;
    static const char *const answers[] = {"403F9C00000000472E0D", "403F9B1BBF0000004E660D"};
    for (size_t i = 0; i < 2; i++) {
        char text[2 * HEX_SIZE + 1];
        struct pair pair;
        struct kmp_request request;
        struct kmp_events events = {{0}};
        pair_init(&pair, 1);
        kmp_request_clear_events(&request, &events, &events);
        kmp_client_start(&pair.client, &request, pair.now_ms);
        sent(&pair, text);
        hear(&pair, answers[i]);
        assert_int_equal(wait(&pair, 0), KMP_CLIENT_DONE);
        assert_int_equal(kmp_answer_events(kmp_client_answer(&pair.client), &events), WH_OK);
    }
}

/* ---- Over a bad line ------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* One byte over the line: lost, damaged or doubled with one chance each in `one_in`. */
static size_t carry(uint8_t byte, uint8_t out[2], uint32_t one_in, uint32_t *random)
{
    const uint32_t fate = next_random(random) % one_in;
    out[0] = fate == 1 ? (uint8_t)(byte ^ 1u << next_random(random) % 8) : byte;
    out[1] = byte;
    return fate == 0 ? 0 : fate == 2 ? 2 : 1;
}

static void client_to_server(struct pair *pair, uint32_t one_in, uint32_t *random)
{
    uint8_t byte;
    uint8_t carried[2];
    while (kmp_client_output(&pair->client, pair->now_ms, &byte, 1) == 1) {
        const size_t count = carry(byte, carried, one_in, random);
        kmp_server_input(&pair->line.server, carried, count, pair->now_ms);
    }
}

static void server_to_client(struct pair *pair, uint32_t one_in, uint32_t *random)
{
    uint8_t byte;
    uint8_t carried[2];
    while (kmp_server_output(&pair->line.server, &byte, 1) == 1) {
        const size_t count = carry(byte, carried, one_in, random);
        kmp_client_input(&pair->client, carried, count, pair->now_ms);
    }
}

/* However bad the line: what is answered is right, and every exchange ends. */
static void test_a_bad_line_never_gives_a_wrong_number(void **state)
{
    (void)state;
    uint32_t random = 7;
    unsigned done = 0;
    for (int round = 0; round < 3000; round++) {
        static const uint16_t ids[] = {1, 2, 3, 4, 5, 6, 7, 8};
        struct pair pair;
        struct kmp_request request;
        const uint32_t one_in = 4u << round % 12;
        pair_init(&pair, 3);
        for (uint16_t id = 1; id <= 8; id++) {
            fake_number(&pair.line.meter, id, 2, 4, -2, 1000000 + id);
        }
        kmp_request_registers(&request, ids, 8);
        kmp_client_start(&pair.client, &request, pair.now_ms);
        for (int step = 0; step < 10; step++) {
            client_to_server(&pair, one_in, &random);
            server_to_client(&pair, one_in, &random);
            pair.line.now_ms = pair.now_ms;
            wait(&pair, 2000);
        }
        const enum kmp_client_state result = kmp_client_run(&pair.client, pair.now_ms);
        assert_int_not_equal(result, KMP_CLIENT_BUSY);
        if (result != KMP_CLIENT_DONE) {
            continue;
        }
        size_t offset = 0;
        uint16_t id;
        struct kmp_value value;
        const struct kmp_frame *frame = kmp_client_answer(&pair.client);
        done++;
        while (kmp_answer_register(frame, &offset, &id, &value) == WH_OK) {
            int64_t number;
            assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
            assert_int_equal(number, 1000000 + id);
        }
    }
    assert_true(done > 1000 && done < 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_exchange),
        cmocka_unit_test(test_failures_by_name),
        cmocka_unit_test(test_too_long_an_answer),
        cmocka_unit_test(test_when_repeats_go_out),
        cmocka_unit_test(test_a_request_that_cannot_be),
        cmocka_unit_test(test_either_answer_to_clear_events),
        cmocka_unit_test(test_a_bad_line_never_gives_a_wrong_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
