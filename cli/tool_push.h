/* What comes as a push (DataNotification): deciphered, judged by its counter, and taken apart.
 *
 * A push is worth something if it could be deciphered and its counter is above all that were taken
 * from that meter; those are kept in FILE.received beside the key file, a line "title counter" each,
 * through the receiver's restarts. One receiver at a time has FILE.received.lock. */
#ifndef CLI_TOOL_PUSH_H
#define CLI_TOOL_PUSH_H

#include "cli/tool_secret.h"
#include "dlms/notification.h"
#include "ports/linux/crypto_openssl.h"
#include <jansson.h>

enum { TOOL_PUSH_APDU = 16384, TOOL_PUSH_METERS = 1024 };

enum tool_push_status {
    TOOL_PUSH_GOOD,        /* with keys: genuine and new; without: it came in clear */
    TOOL_PUSH_REPLAYED,    /* genuine, but its counter was there before, or one above it */
    TOOL_PUSH_FORGED,      /* not deciphered: another key, or changed on its way */
    TOOL_PUSH_UNPROTECTED, /* in clear, or not authenticated, where there are keys */
    TOOL_PUSH_ENCRYPTED,   /* no keys are here */
    TOOL_PUSH_SENSELESS,   /* no DataNotification */
    TOOL_PUSH_NOT_KEPT,    /* its counter could not be put into the file, so it is not taken */
};

/* "good", "replayed" … Static text. */
const char *tool_push_status_text(enum tool_push_status status);

struct tool_push {
    enum tool_push_status status;
    bool is_ciphered;
    uint8_t title[DLMS_TITLE]; /* of the sender, if it is ciphered; … */
    uint32_t counter;          /* … as it says: sure only of a good or replayed one */
    struct dlms_data_notification notification; /* of a good one; in the receiver until the next */
};

struct tool_push_meter {
    uint8_t title[DLMS_TITLE];
    uint32_t next; /* the lowest counter that is taken */
};

struct tool_push_receiver {
    bool has_keys;
    struct dlms_openssl *openssl;
    struct dlms_counter_store store;
    struct dlms_security security;
    struct tool_push_meter meters[TOOL_PUSH_METERS];
    size_t meter_count, present; /* present: who is being judged */
    char path[512];
    int lock_fd; /* when has_lock: held until close */
    bool has_lock;
    uint8_t plain[TOOL_PUSH_APDU];
};

/* CLI_BAD_INPUT: a key is missing, FILE.received holds something else, or another receiver is at work
 * with it. Close it in any case. */
bool tool_push_open(struct tool_push_receiver *receiver, const struct tool_secrets *secrets,
                    struct tool_failure *failure);

void tool_push_take(struct tool_push_receiver *receiver, struct dlms_span apdu,
                    struct tool_push *push);

void tool_push_close(struct tool_push_receiver *receiver);

/* ---- What it says (tool_push_text.c) ---- */

/* A value of the body, with the attribute it is of, if the body begins with its own
 * push_object_list; else class_id is 0. */
struct tool_push_value {
    uint16_t class_id;
    uint8_t obis[6];
    int8_t attribute;
    struct dlms_span data;
};

struct tool_push_walk {
    struct dlms_reader list, values;
    size_t left;
    bool has_list;
};

/* Values one by one, the list itself left out. False: no more. */
struct tool_push_walk tool_push_values(const struct tool_push *push);
bool tool_push_next(struct tool_push_walk *walk, struct tool_push_value *value);

/* Everything about a push: status, title and counter; of a good one time, name of the meter, alarms
 * in words, and the values. A new reference. */
json_t *tool_push_json(const struct tool_push *push);

/* The same for people: a line, and of a good one a line for each value. peer: the address that it
 * came from, which names the sender of one that is in clear or not taken. */
void tool_push_print(const struct tool_push *push, const char *peer);

#endif
