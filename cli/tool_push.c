/* Judging pushes. Invariant: a counter that was taken is in the file before its push is believed. */
#include "cli/tool_push.h"
#include "ports/linux/record_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    TAG_GENERAL_GLO = 0xDB,
    LINE = 2 * DLMS_TITLE + 1 + 10 + 1, /* "5754480000000001 4294967295\n" */
};

static const char *const texts[] = {
    [TOOL_PUSH_GOOD] = "good",
    [TOOL_PUSH_REPLAYED] = "replayed",
    [TOOL_PUSH_FORGED] = "not genuine",
    [TOOL_PUSH_UNPROTECTED] = "not protected",
    [TOOL_PUSH_ENCRYPTED] = "encrypted, and there is no key",
    [TOOL_PUSH_SENSELESS] = "no push",
    [TOOL_PUSH_NOT_KEPT] = "its counter cannot be kept",
};

const char *tool_push_status_text(enum tool_push_status status)
{
    return texts[status];
}

/* ---- Counters ---- */

/* All of it anew, with limit for the meter that is being judged. */
static bool save(const struct tool_push_receiver *receiver, uint32_t limit)
{
    const size_t size = receiver->meter_count * LINE + 1;
    char *text = malloc(size);
    size_t used = 0;
    if (text == NULL) {
        return false;
    }
    for (size_t m = 0; m < receiver->meter_count; m++) {
        const uint8_t *t = receiver->meters[m].title;
        const uint32_t next = m == receiver->present ? limit : receiver->meters[m].next;
        used += (size_t)snprintf(text + used, size - used,
                                 "%02X%02X%02X%02X%02X%02X%02X%02X %" PRIu32 "\n", t[0], t[1], t[2],
                                 t[3], t[4], t[5], t[6], t[7], next);
    }
    const bool is_saved = record_file_save(receiver->path, text, used) == WH_OK;
    free(text);
    return is_saved;
}

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)id; /* nothing is sent, and nothing comes under a broadcast key */
    return save(context, limit);
}

/* The number of a hexadecimal digit; above 15 for anything else. */
static unsigned digit_of(char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (unsigned)(at - digits) : sizeof digits;
}

static bool read_line(struct tool_push_meter *meter, const char *line)
{
    char *end;
    for (int i = 0; i < DLMS_TITLE; i++) {
        const unsigned high = digit_of(line[2 * i]);
        const unsigned low = high < 16 ? digit_of(line[2 * i + 1]) : high;
        if (high > 15 || low > 15) {
            return false;
        }
        meter->title[i] = (uint8_t)(high << 4 | low);
    }
    const char *number = line + 2 * (size_t)DLMS_TITLE;
    if (number[0] != ' ' || number[1] < '0' || number[1] > '9') {
        return false;
    }
    errno = 0;
    const unsigned long next = strtoul(number + 1, &end, 10);
    meter->next = (uint32_t)next;
    return errno == 0 && next <= UINT32_MAX && end[0] == '\n' && end[1] == '\0';
}

/* No file: nothing was ever taken. */
static bool load(struct tool_push_receiver *receiver, struct tool_failure *failure)
{
    char line[2 * LINE];
    FILE *file = fopen(receiver->path, "re");
    if (file == NULL && errno == ENOENT) {
        return true;
    }
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", receiver->path);
    }
    bool is_good = true;
    while (is_good && fgets(line, sizeof line, file) != NULL) {
        is_good = receiver->meter_count < TOOL_PUSH_METERS &&
                  read_line(&receiver->meters[receiver->meter_count], line);
        receiver->meter_count += is_good;
    }
    fclose(file);
    return is_good || tool_fail(failure, CLI_BAD_INPUT, "%s: line %zu holds no counter",
                                receiver->path, receiver->meter_count + 1);
}

/* The meter's place; a new one is remembered once a push of it was genuine. */
static bool find(struct tool_push_receiver *receiver, const uint8_t title[DLMS_TITLE])
{
    size_t m = 0;
    while (m < receiver->meter_count && memcmp(receiver->meters[m].title, title, DLMS_TITLE) != 0) {
        m++;
    }
    if (m == TOOL_PUSH_METERS) {
        return false;
    }
    if (m == receiver->meter_count) {
        memcpy(receiver->meters[m].title, title, DLMS_TITLE);
        receiver->meters[m].next = 0;
    }
    receiver->present = m;
    return true;
}

/* A file beside it: that of the counters is another one after each push. */
static bool lock(struct tool_push_receiver *receiver, struct tool_failure *failure)
{
    char path[sizeof receiver->path + 8];
    snprintf(path, sizeof path, "%s.lock", receiver->path);
    receiver->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    receiver->has_lock = receiver->lock_fd >= 0;
    if (!receiver->has_lock) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    return flock(receiver->lock_fd, LOCK_EX | LOCK_NB) == 0 ||
           tool_fail(failure, CLI_BAD_INPUT, "%s: another receiver is using this key", path);
}

/* ---- Set-up ---- */

bool tool_push_open(struct tool_push_receiver *receiver, const struct tool_secrets *secrets,
                    struct tool_failure *failure)
{
    *receiver = (struct tool_push_receiver){.has_keys = secrets->encryption_key.length != 0};
    if (!receiver->has_keys) {
        return true;
    }
    if (secrets->authentication_key.length != secrets->encryption_key.length) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "the key file (--key-file) has no authentication_key (as long as the "
                         "encryption key)");
    }
    receiver->openssl = dlms_openssl_new();
    if (receiver->openssl == NULL) {
        return tool_fail(failure, CLI_FAILED, "OpenSSL lacks an algorithm");
    }
    snprintf(receiver->path, sizeof receiver->path, "%s.received", secrets->key_file);
    receiver->store = (struct dlms_counter_store){receiver, reserve, 1};
    receiver->security.crypto = dlms_openssl_crypto(receiver->openssl);
    receiver->security.store = &receiver->store;
    receiver->security.suite = secrets->suite;
    memcpy(receiver->security.key[DLMS_KEY_UNICAST], secrets->encryption_key.octets, DLMS_KEY_MAX);
    memcpy(receiver->security.key[DLMS_KEY_AUTHENTICATION], secrets->authentication_key.octets,
           DLMS_KEY_MAX);
    return lock(receiver, failure) && load(receiver, failure);
}

void tool_push_close(struct tool_push_receiver *receiver)
{
    dlms_openssl_free(receiver->openssl);
    if (receiver->has_lock) {
        close(receiver->lock_fd);
    }
    dlms_wipe(receiver, sizeof *receiver);
}

/* ---- Taking one ---- */

static enum tool_push_status status_of(enum dlms_err err, uint8_t control)
{
    switch (err) {
    case DLMS_OK:
        return (control & DLMS_CONTROL_AUTHENTICATED) != 0 ? TOOL_PUSH_GOOD : TOOL_PUSH_UNPROTECTED;
    case DLMS_ERR_REPLAY:
        return TOOL_PUSH_REPLAYED;
    case DLMS_ERR_COUNTER:
        return TOOL_PUSH_NOT_KEPT;
    default:
        return TOOL_PUSH_FORGED;
    }
}

/* general-glo: tag, title with its length, length, SC, counter. */
static bool read_head(struct dlms_span apdu, struct tool_push *push)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&reader);
    const struct dlms_span title = dlms_read_bytes(&reader, dlms_read_length(&reader));
    dlms_read_length(&reader);
    dlms_read_u8(&reader);
    push->counter = dlms_read_u32(&reader);
    if (reader.failed || tag != TAG_GENERAL_GLO || title.length != DLMS_TITLE) {
        return false;
    }
    memcpy(push->title, title.data, DLMS_TITLE);
    return true;
}

static struct dlms_span decipher(struct tool_push_receiver *receiver, struct dlms_span apdu,
                                 struct tool_push *push)
{
    struct dlms_counter *counter = &receiver->security.counter[DLMS_COUNTER_RECEIVE];
    struct dlms_unprotected opened;
    if (!find(receiver, push->title)) {
        push->status = TOOL_PUSH_NOT_KEPT;
        return (struct dlms_span){NULL, 0};
    }
    struct tool_push_meter *meter = &receiver->meters[receiver->present];
    const bool is_new = receiver->present == receiver->meter_count;
    *counter = (struct dlms_counter){meter->next, meter->next};
    receiver->meter_count += is_new;
    const enum dlms_err err = dlms_unprotect(&receiver->security, NULL, push->title, apdu,
                                             receiver->plain, sizeof receiver->plain, &opened);
    push->status = status_of(err, err == DLMS_OK ? opened.cover.control : 0);
    if (push->status == TOOL_PUSH_GOOD) {
        meter->next = counter->next;
    } else {
        receiver->meter_count -= is_new;
    }
    if (err != DLMS_OK) {
        return (struct dlms_span){NULL, 0};
    }
    dlms_wipe(&opened.keys, sizeof opened.keys);
    return opened.apdu;
}

void tool_push_take(struct tool_push_receiver *receiver, struct dlms_span apdu,
                    struct tool_push *push)
{
    struct dlms_span plain = apdu;
    *push = (struct tool_push){.status = TOOL_PUSH_GOOD};
    push->is_ciphered = read_head(apdu, push);
    if (push->is_ciphered && !receiver->has_keys) {
        push->status = TOOL_PUSH_ENCRYPTED;
    } else if (push->is_ciphered) {
        plain = decipher(receiver, apdu, push);
    }
    if (push->status != TOOL_PUSH_GOOD) {
        return;
    }
    if (dlms_data_notification_parse(plain, &push->notification) != DLMS_OK) {
        push->status = TOOL_PUSH_SENSELESS;
    } else if (!push->is_ciphered && receiver->has_keys) {
        push->status = TOOL_PUSH_UNPROTECTED;
    }
}
