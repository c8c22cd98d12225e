/* Which Host and Origin headers are believed. */
#include "web/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_loopback_believes_names_of_this_machine_only(void **state)
{
    const struct web_guard guard = {.loopback = true, .host = "127.0.0.2"};
    (void)state;
    assert_true(web_host_allowed(&guard, "127.0.0.2:8382"));
    assert_true(web_host_allowed(&guard, "localhost"));
    assert_true(web_host_allowed(&guard, "LocalHost:1"));
    assert_true(web_host_allowed(&guard, "127.0.0.1:65535"));
    assert_true(web_host_allowed(&guard, "[::1]:8382"));
    assert_true(web_host_allowed(&guard, "[::1]"));

    assert_false(web_host_allowed(&guard, ""));
    assert_false(web_host_allowed(&guard, "evil.example"));
    assert_false(web_host_allowed(&guard, "localhost.evil.example:8382"));
    assert_false(web_host_allowed(&guard, "localhost:"));
    assert_false(web_host_allowed(&guard, "localhost:80:80"));
    assert_false(web_host_allowed(&guard, "localhost:80x"));
    assert_false(web_host_allowed(&guard, "[::1"));
    assert_false(web_host_allowed(&guard, "[::1]x"));
    assert_false(web_host_allowed(&guard, "localhost,evil.example"));
    assert_false(web_host_allowed(&guard, "[]"));
}

static void test_an_ipv6_listening_host_needs_no_brackets(void **state)
{
    const struct web_guard bare = {.loopback = true, .host = "::1"};
    const struct web_guard bracketed = {.loopback = true, .host = "[::1]"};
    (void)state;
    assert_true(web_host_allowed(&bare, "[::1]:8382"));
    assert_true(web_host_allowed(&bracketed, "[::1]:8382"));
    assert_false(web_host_allowed(&bare, "[::2]:8382"));
}

static void test_other_addresses_go_by_any_name(void **state)
{
    const struct web_guard guard = {.loopback = false, .host = "0.0.0.0"};
    (void)state;
    assert_true(web_host_allowed(&guard, "bench.example:8382"));
    assert_false(web_host_allowed(&guard, ""));
}

static void test_only_the_own_page_has_the_same_origin(void **state)
{
    (void)state;
    assert_true(web_same_origin(NULL, "localhost:8382"));
    assert_true(web_same_origin("http://localhost:8382", "localhost:8382"));
    assert_false(web_same_origin("http://localhost:8383", "localhost:8382"));
    assert_false(web_same_origin("https://localhost:8382", "localhost:8382"));
    assert_false(web_same_origin("http://evil.example", "localhost:8382"));
    assert_false(web_same_origin("null", "localhost:8382"));
    assert_false(web_same_origin("", "localhost:8382"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loopback_believes_names_of_this_machine_only),
        cmocka_unit_test(test_an_ipv6_listening_host_needs_no_brackets),
        cmocka_unit_test(test_other_addresses_go_by_any_name),
        cmocka_unit_test(test_only_the_own_page_has_the_same_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
