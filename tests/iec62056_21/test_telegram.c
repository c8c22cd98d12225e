/* Telegrams of mode D and D0: whole, in any portions, one after the other, damaged, cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iec62056_21/data_set.h"
#include "iec62056_21/telegram.h"

/* The lines of a 382C (reference, section on read-outs of real meters). */
#define LINES                                                                                      \
    "0.0.0(14410000)\r\n1.8.0(0036886*kWh)\r\n1.8.1(0036886*kWh)\r\n96.8.0(0119899*h)\r\n"         \
    "1.6.0(1.078*kW)\r\n"
#define HEAD "/KAM 68438BC450000\r\n"

static char buffer[512];
static struct iec21_telegram telegram;
static unsigned ready, damaged, too_long;

static void start(enum iec21_coding coding, size_t size)
{
    ready = damaged = too_long = 0;
    assert_int_equal(iec21_telegram_init(&telegram, coding, buffer, size), WH_OK);
}

static void feed(const char *text, size_t length, size_t chunk)
{
    for (size_t at = 0; at < length;) {
        const size_t part = length - at < chunk ? length - at : chunk;
        size_t taken;
        const enum iec21_telegram_state state =
            iec21_telegram_feed(&telegram, (const uint8_t *)text + at, part, &taken);
        assert_in_range(taken, 1, part);
        assert_true(taken == part || state != IEC21_TELEGRAM_NONE);
        ready += state == IEC21_TELEGRAM_READY;
        damaged += state == IEC21_TELEGRAM_DAMAGED;
        too_long += state == IEC21_TELEGRAM_TOO_LONG;
        if (state == IEC21_TELEGRAM_READY) {
            assert_string_equal(telegram.block, LINES);
            assert_int_equal(iec21_telegram_length(&telegram), strlen(LINES));
            assert_string_equal(telegram.identification.flag, "KAM");
        }
        at += taken;
    }
}

static void feed_text(const char *text)
{
    feed(text, strlen(text), 7);
}

static void assert_counts(unsigned ready_count, unsigned damaged_count, unsigned too_long_count)
{
    assert_int_equal(ready, ready_count);
    assert_int_equal(damaged, damaged_count);
    assert_int_equal(too_long, too_long_count);
}

/* With and without the empty line, something behind "!", in any portions. */
static void test_telegrams(void **state)
{
    static const char *const forms[] = {HEAD LINES "!\r\n", HEAD "\r\n" LINES "!\r\n",
                                        HEAD LINES "!4F1A\r\n", HEAD "\r\n" LINES "\r\n!\r\n"};
    (void)state;
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        for (size_t chunk = 1; chunk < 40; chunk++) {
            start(IEC21_SEVEN_BITS, sizeof buffer);
            feed(forms[f], strlen(forms[f]), chunk);
            feed(forms[f], strlen(forms[f]), chunk);
            assert_counts(2, 0, 0);
        }
    }
}

static void test_data_sets(void **state)
{
    struct iec21_found found;
    size_t at = 0;
    unsigned count = 0;
    (void)state;
    start(IEC21_SEVEN_BITS, sizeof buffer);
    feed_text(HEAD LINES "!\r\n");
    const size_t length = iec21_telegram_length(&telegram);
    while (iec21_next_data_set(telegram.block, length, &at, &found) == WH_OK) {
        count++;
    }
    assert_int_equal(count, 5);
    assert_memory_equal(found.value.text, "1.078", found.value.length);
}

/* D0: the block of a read-out, whose check is looked at. */
static void test_check(void **state)
{
    static const char block[] = LINES "!\r\n\x03";
    char text[512];
    (void)state;
    const uint8_t bcc = iec21_bcc(0, block, sizeof block - 1);
    for (int wrong = 0; wrong < 2; wrong++) {
        start(IEC21_SEVEN_BITS, sizeof buffer);
        const int length = snprintf(text, sizeof text, HEAD "\x02%s%c", block, bcc ^ wrong);
        for (int at = 0; at < length; at++) {
            size_t taken;
            const enum iec21_telegram_state got =
                iec21_telegram_feed(&telegram, (uint8_t *)text + at, 1, &taken);
            ready += got == IEC21_TELEGRAM_READY;
            damaged += got == IEC21_TELEGRAM_DAMAGED;
        }
        assert_counts(!wrong, wrong != 0, 0);
    }
}

/* Somebody listens from the middle on; a telegram breaks off and a new one begins. */
static void test_cut(void **state)
{
    static const char whole[] = HEAD LINES "!\r\n";
    (void)state;
    for (size_t cut = 0; cut < sizeof whole - 1; cut++) {
        start(IEC21_SEVEN_BITS, sizeof buffer);
        feed(whole + cut, sizeof whole - 1 - cut, 5);
        ready = 0;
        feed(whole, sizeof whole - 1, 5);
        assert_counts(1, 0, 0);
        feed(whole, cut, 5);
        feed(whole, sizeof whole - 1, 5);
        assert_counts(2, 0, 0);
    }
}

static void test_what_is_none(void **state)
{
    (void)state;
    start(IEC21_SEVEN_BITS, sizeof buffer);
    feed_text(
        "1.8.0(0036886*kWh)\r\n!\r\n/?!\r\n/K\r\n!\r\nHTTP/1.1 400 Bad Request\r\n\r\n!\r\n//");
    assert_counts(0, 0, 0);
    feed_text(HEAD LINES "!\r\n");
    assert_counts(1, 0, 0);
}

static void test_parity(void **state)
{
    static const char whole[] = HEAD LINES "!\r\n";
    char text[sizeof whole];
    (void)state;
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        text[i] = (char)iec21_with_parity((uint8_t)whole[i]);
    }
    for (size_t wrong = 1; wrong < sizeof whole - 1; wrong++) {
        start(IEC21_SOFTWARE_PARITY, sizeof buffer);
        feed(text, sizeof whole - 1, 9);
        assert_counts(1, 0, 0);
        text[wrong] = (char)(text[wrong] ^ 0x80);
        feed(text, sizeof whole - 1, 9);
        text[wrong] = (char)(text[wrong] ^ 0x80);
        assert_int_equal(ready, 1);
        assert_true(damaged == 1 || wrong < strlen(HEAD));
    }
}

static void test_too_long(void **state)
{
    (void)state;
    start(IEC21_SEVEN_BITS, IEC21_TELEGRAM_MIN);
    feed_text(HEAD LINES "!\r\n");
    assert_counts(0, 0, 1);
    start(IEC21_SEVEN_BITS, strlen(HEAD) - 2 + 1 + strlen(LINES) + 1);
    feed_text(HEAD LINES "!\r\n");
    assert_counts(1, 0, 0);
    assert_int_equal(
        iec21_telegram_init(&telegram, IEC21_SEVEN_BITS, buffer, IEC21_TELEGRAM_MIN - 1),
        WH_ERR_ARGUMENT);
    assert_int_equal(iec21_telegram_init(&telegram, IEC21_FOLLOW, buffer, sizeof buffer),
                     WH_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_telegrams),    cmocka_unit_test(test_data_sets),
        cmocka_unit_test(test_check),        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_what_is_none), cmocka_unit_test(test_parity),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
