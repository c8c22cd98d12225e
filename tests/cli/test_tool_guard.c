/* The invocation counters of a key that several processes work with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/tool_dlms_guard.h"

/* More counters in a session than are reserved at a time. */
enum { PROCESSES = 4, SESSIONS = 3, COUNTERS = 130, ALL = PROCESSES * SESSIONS * COUNTERS };

struct folder {
    char path[64];
    char key_file[80];
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    snprintf(folder->path, sizeof folder->path, "/tmp/watthour-guard-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->key_file, sizeof folder->key_file, "%s/keys", folder->path);
    *state = folder;
    return 0;
}

static int drop_folder(void **state)
{
    static const char *const names[] = {"keys.counter", "keys.counter.lock"};
    struct folder *folder = *state;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder->path, names[n]);
        unlink(path);
    }
    const int left = rmdir(folder->path);
    free(folder);
    return left;
}

static bool open_guard(struct tool_dlms_guard *guard, const struct tool_secrets *secrets,
                       struct tool_failure *failure)
{
    static struct dlms_client client;
    static struct dlms_client_settings settings;
    *guard = (struct tool_dlms_guard){0};
    return tool_dlms_guard_init(guard, secrets, DLMS_MECHANISM_GMAC, true, &client, &settings,
                                failure);
}

static struct tool_secrets keys_at(const char *key_file)
{
    return (struct tool_secrets){.key_file = key_file,
                                 .encryption_key.length = 16,
                                 .authentication_key.length = 16,
                                 .system_title.length = 8};
}

/* In a process of its own. -> its exit code, 0: every counter was given and told */
static int use_counters(const char *key_file, int fd)
{
    static struct tool_dlms_guard guard;
    const struct tool_secrets secrets = keys_at(key_file);
    for (int s = 0; s < SESSIONS; s++) {
        uint32_t numbers[COUNTERS];
        struct tool_failure failure;
        bool done = open_guard(&guard, &secrets, &failure);
        for (int c = 0; done && c < COUNTERS; c++) {
            done = dlms_counter_take(&guard.security, &numbers[c]);
        }
        tool_dlms_guard_close(&guard);
        if (!done || write(fd, numbers, sizeof numbers) != (ssize_t)sizeof numbers) {
            return 1;
        }
    }
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t first = *(const uint32_t *)a;
    const uint32_t second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* A nonce of AES-GCM that comes twice gives the key away. */
static void test_processes_at_once_share_no_counter(void **state)
{
    const struct folder *folder = *state;
    static uint32_t numbers[ALL];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < PROCESSES; p++) {
        const pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            _exit(use_counters(folder->key_file, ends[1]));
        }
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], (char *)numbers + length, sizeof numbers - length)) > 0) {
        length += (size_t)got;
    }
    close(ends[0]);
    for (int p = 0; p < PROCESSES; p++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(length, sizeof numbers);
    qsort(numbers, ALL, sizeof numbers[0], by_number);
    for (int n = 1; n < ALL; n++) {
        assert_true(numbers[n] > numbers[n - 1]);
    }
}

/* A key file where nothing can be kept beside it: no session. */
static void test_no_place_for_the_lock(void **state)
{
    static struct tool_dlms_guard guard;
    struct tool_failure failure;
    (void)state;
    const struct tool_secrets secrets = keys_at("/no such folder/keys");
    assert_false(open_guard(&guard, &secrets, &failure));
    assert_int_equal(failure.code, CLI_BAD_INPUT);
    assert_non_null(strstr(failure.text, "keys.counter.lock"));
    tool_dlms_guard_close(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_processes_at_once_share_no_counter, make_folder,
                                        drop_folder),
        cmocka_unit_test(test_no_place_for_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
