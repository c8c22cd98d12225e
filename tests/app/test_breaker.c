/* The breaker as a value: every action in every state under every rule, and when the coil moves
 * the contacts (BRK-1, BRK-2, BRK-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/breaker.h"
#include "tests/common/random.h"

/* What an allowed action needs. */
enum need { NOTHING, BUTTON_OPENS, BUTTON_CLOSES, BUTTON_CLOSES_RELEASED, CAUSE_GONE };

/* Every allowed action there is; written from the interface description, not from the code. */
static const struct allowed {
    uint8_t state, action, next;
    enum need need;
} allowed[] = {
    /* 1 is always allowed */
    {1, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {4, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {6, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {7, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {8, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {9, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {11, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {12, WH_BREAKER_DISCONNECT, 1, NOTHING},
    {14, WH_BREAKER_DISCONNECT, 1, NOTHING},
    /* 2 only in state 1, 3 only in state 8 */
    {1, WH_BREAKER_RELEASE, 8, NOTHING},
    {8, WH_BREAKER_RECONNECT, 4, NOTHING},
    /* the button */
    {4, WH_BREAKER_BUTTON, 11, BUTTON_OPENS},
    {8, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES_RELEASED},
    {6, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES},
    {7, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES},
    {11, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES},
    {12, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES},
    {14, WH_BREAKER_BUTTON, 4, BUTTON_CLOSES},
    /* the meter */
    {4, WH_BREAKER_ON_LOAD, 6, NOTHING},
    {4, WH_BREAKER_ON_PREPAYMENT, 7, NOTHING},
    {4, WH_BREAKER_ON_LOW_LOAD_EXPIRED, 9, NOTHING},
    {7, WH_BREAKER_ON_LOW_LOAD_EXPIRED, 9, NOTHING},
    {4, WH_BREAKER_ON_NEUTRAL, 12, NOTHING},
    {4, WH_BREAKER_ON_OVER_VOLTAGE, 14, NOTHING},
    {7, WH_BREAKER_ON_PAYMENT, 8, NOTHING},
    {9, WH_BREAKER_ON_PAYMENT, 8, NOTHING},
    {6, WH_BREAKER_ON_CLOSE, 4, CAUSE_GONE},
    {7, WH_BREAKER_ON_CLOSE, 4, CAUSE_GONE},
    {9, WH_BREAKER_ON_CLOSE, 4, CAUSE_GONE},
    {12, WH_BREAKER_ON_CLOSE, 4, CAUSE_GONE},
    {14, WH_BREAKER_ON_CLOSE, 4, CAUSE_GONE},
};

static bool is_met(enum need need, const struct wh_breaker_rules *rules)
{
    switch (need) {
    case BUTTON_OPENS:
        return rules->button_opens;
    case BUTTON_CLOSES:
        return rules->button_connects == WH_BUTTON_CONNECTS && rules->may_close;
    case BUTTON_CLOSES_RELEASED:
        return rules->button_connects != WH_BUTTON_CONNECTS_NEVER && rules->may_close;
    case CAUSE_GONE:
        return rules->may_close;
    default:
        return true;
    }
}

/* 0 if it is not allowed. */
static uint8_t expected_next(int state, int action, const struct wh_breaker_rules *rules)
{
    for (size_t a = 0; a < sizeof allowed / sizeof allowed[0]; a++) {
        if (allowed[a].state == state && allowed[a].action == action &&
            is_met(allowed[a].need, rules)) {
            return allowed[a].next;
        }
    }
    return 0;
}

static bool is_a_state(int state)
{
    return wh_breaker_state_text((enum wh_breaker_state)state)[0] != '\0' && state != 0 &&
           state != WH_BREAKER_WARNING && state != WH_BREAKER_LOG_ONLY;
}

/* BRK-2, BRK-3: all states times all actions times all rules, numbers that are none of them
 * included. */
static void test_every_action_in_every_state(void **state)
{
    (void)state;
    unsigned moved = 0;
    for (int s = 0; s <= WH_BREAKER_STATES; s++) {
        for (int action = 0; action <= WH_BREAKER_ACTIONS; action++) {
            for (int r = 0; r < 2 * 3 * 2; r++) {
                const struct wh_breaker_rules rules = {.button_opens = r % 2 != 0,
                                                       .button_connects =
                                                           (enum wh_button_connect)(r / 2 % 3),
                                                       .may_close = r / 6 != 0};
                enum wh_breaker_state next = (enum wh_breaker_state)99;
                const enum wh_err err = wh_breaker_next(
                    (enum wh_breaker_state)s, (enum wh_breaker_action)action, &rules, &next);
                const uint8_t expected = expected_next(s, action, &rules);
                const bool known = action > 0 && action < WH_BREAKER_ACTIONS;
                const enum wh_err why = s == 0                             ? WH_ERR_UNSUPPORTED
                                        : s == WH_BREAKER_STATES || !known ? WH_ERR_ARGUMENT
                                                                           : WH_ERR_STATE;
                assert_int_equal(err, expected != 0 ? WH_OK : why);
                assert_int_equal(next, expected != 0 ? expected : 99);
                moved += expected != 0;
            }
        }
    }
    assert_true(moved > 150);
}

/* Whatever happens, only a state of the list is reached, and every one of them is. */
static void test_only_states_of_the_list(void **state)
{
    (void)state;
    struct test_random random = {3};
    unsigned seen = 0;
    enum wh_breaker_state now = WH_BREAKER_CONNECTED;
    for (int n = 0; n < 20000; n++) {
        const struct wh_breaker_rules rules = {true, WH_BUTTON_CONNECTS, true};
        const enum wh_breaker_action action =
            (enum wh_breaker_action)(random_u64(&random) % WH_BREAKER_ACTIONS);
        (void)wh_breaker_next(now, action, &rules, &now);
        assert_true(is_a_state((int)now));
        seen |= 1u << now;
    }
    for (int s = 0; s < WH_BREAKER_STATES; s++) {
        assert_int_equal(seen >> s & 1u, is_a_state(s));
        assert_int_equal(wh_breaker_is_closed_in((enum wh_breaker_state)s), s == 4 || s == 5);
    }
}

/* A board: contacts that a pulse of the coil moves. */
struct contacts {
    bool closed;
    unsigned opened, closed_count;
};

static void second(struct wh_breaker *breaker, struct contacts *contacts)
{
    wh_breaker_pass(breaker, 1, 7);
    if (wh_breaker_coil(breaker) == WH_COIL_OPEN && contacts->closed) {
        contacts->closed = false;
        contacts->opened++;
    } else if (wh_breaker_coil(breaker) == WH_COIL_CLOSE && !contacts->closed) {
        contacts->closed = true;
        contacts->closed_count++;
    }
}

/* BRK-1: opens at once; closes five seconds after it was opened, and not in the fourth. */
static void test_rest_before_closing(void **state)
{
    (void)state;
    struct wh_breaker breaker;
    struct contacts contacts = {.closed = true};
    wh_breaker_start(&breaker, WH_BREAKER_CONNECTED, 0);
    for (int s = 0; s < 20; s++) {
        second(&breaker, &contacts);
    }
    wh_breaker_set(&breaker, WH_BREAKER_BY_COMMAND);
    assert_int_equal(wh_breaker_coil(&breaker), WH_COIL_OPEN);
    second(&breaker, &contacts);
    assert_false(contacts.closed);
    wh_breaker_set(&breaker, WH_BREAKER_RELEASED);
    wh_breaker_set(&breaker, WH_BREAKER_CONNECTED);
    for (int s = 1; s < WH_BREAKER_REST_S; s++) {
        assert_false(contacts.closed);
        assert_true(wh_breaker_feedback_bits(&breaker, true) & WH_FEEDBACK_PENDING);
        second(&breaker, &contacts);
    }
    assert_true(contacts.closed);
    for (int s = 0; s < 3; s++) {
        second(&breaker, &contacts);
    }
    assert_int_equal(wh_breaker_coil(&breaker), WH_COIL_OFF);
    assert_int_equal(wh_breaker_feedback_bits(&breaker, true), WH_FEEDBACK_HIGH);
}

static void power_up(enum wh_breaker_state state, bool closed)
{
    struct wh_breaker breaker;
    struct contacts contacts = {.closed = closed};
    wh_breaker_start(&breaker, state, 0);
    for (int t = 0; t < 100; t++) {
        second(&breaker, &contacts);
        assert_true(t <= WH_BREAKER_REST_S || contacts.closed == (state == WH_BREAKER_CONNECTED));
        assert_true(t <= WH_BREAKER_REST_S + 2 || wh_breaker_coil(&breaker) == WH_COIL_OFF);
    }
    assert_true(contacts.opened + contacts.closed_count <= 1);
}

/* BRK-1: whatever the contacts are at power-up, they are where the state says within six seconds,
 * and stay; a coil is not pulsed again. */
static void test_power_up_drives_the_contacts(void **state)
{
    (void)state;
    for (int s = 1; s < WH_BREAKER_STATES; s++) {
        if (is_a_state(s)) {
            power_up((enum wh_breaker_state)s, false);
            power_up((enum wh_breaker_state)s, true);
        }
    }
}

/* On backup supply nothing moves, whatever the state becomes. */
static void test_nothing_moves_without_supply(void **state)
{
    (void)state;
    struct wh_breaker breaker;
    struct contacts contacts = {.closed = true};
    wh_breaker_start(&breaker, WH_BREAKER_CONNECTED, 0);
    wh_breaker_stop(&breaker);
    wh_breaker_set(&breaker, WH_BREAKER_BY_COMMAND);
    for (int s = 0; s < 20; s++) {
        second(&breaker, &contacts);
        assert_int_equal(wh_breaker_coil(&breaker), WH_COIL_OFF);
    }
    assert_true(contacts.closed);
    wh_breaker_start(&breaker, WH_BREAKER_CONNECTED, 0);
    wh_breaker_set(&breaker, WH_BREAKER_BY_BUTTON);
    wh_breaker_stop(&breaker);
    assert_int_equal(wh_breaker_coil(&breaker), WH_COIL_OFF);
}

static uint8_t bits_after(struct wh_breaker *breaker, bool known, uint8_t before, uint8_t behind)
{
    breaker->feedback = (struct wh_breaker_feedback){true, known, behind};
    wh_breaker_pass(breaker, 1, before);
    return wh_breaker_feedback_bits(breaker, false);
}

/* Feedback: voltage behind the contacts, and the error of contacts that are not where they were
 * driven. */
static void test_feedback(void **state)
{
    (void)state;
    struct wh_breaker breaker;
    wh_breaker_start(&breaker, WH_BREAKER_BY_COMMAND, 0);
    assert_int_equal(bits_after(&breaker, true, 7, 7),
                     0x1F | WH_FEEDBACK_PENDING); /* may still be moving */
    for (int s = 0; s < 3; s++) {
        (void)bits_after(&breaker, true, 7, 0);
    }
    assert_int_equal(bits_after(&breaker, true, 7, 0), 0x18);
    assert_int_equal(bits_after(&breaker, true, 7, 2), 0x1A | WH_FEEDBACK_ERROR);
    assert_int_equal(bits_after(&breaker, false, 7, 2), 0x10); /* nothing is known */
    assert_int_equal(bits_after(&breaker, true, 7, 0), 0x18);
    wh_breaker_set(&breaker, WH_BREAKER_CONNECTED);
    for (int s = 0; s < 4; s++) {
        (void)bits_after(&breaker, true, 7, 7);
    }
    assert_int_equal(bits_after(&breaker, true, 7, 7), 0x1F);
    assert_int_equal(bits_after(&breaker, true, 3, 3), 0x1B); /* a phase is missing in front */
    assert_int_equal(bits_after(&breaker, true, 7, 3), 0x1B | WH_FEEDBACK_ERROR);
    wh_breaker_start(&breaker, WH_BREAKER_NONE, 0);
    assert_int_equal(bits_after(&breaker, true, 7, 7), 0);
    assert_int_equal(wh_breaker_coil(&breaker), WH_COIL_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_action_in_every_state),
        cmocka_unit_test(test_only_states_of_the_list),
        cmocka_unit_test(test_rest_before_closing),
        cmocka_unit_test(test_power_up_drives_the_contacts),
        cmocka_unit_test(test_nothing_moves_without_supply),
        cmocka_unit_test(test_feedback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
