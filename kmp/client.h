/* The reader's side of a KMP line: one request at a time, its answer, repeats and time-outs.
 * Bytes in, bytes out, time handed in; what is asked and what the answer means is in message.h.
 *
 *     kmp_client_start(&client, &request, now_ms);
 *     while (kmp_client_run(&client, now_ms) == KMP_CLIENT_BUSY) {
 *         send what kmp_client_output gives; feed what comes to kmp_client_input
 *     }
 *     kmp_answer_…(kmp_client_answer(&client), …)
 *
 * No allocation, no globals. */
#ifndef KMP_CLIENT_H
#define KMP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmp/message.h"

/* What became of a request. */
#define KMP_CLIENT_LIST(X)                                                                         \
    X(KMP_CLIENT_IDLE, "nothing was asked")                                                        \
    X(KMP_CLIENT_BUSY, "waiting for the answer")                                                   \
    X(KMP_CLIENT_DONE, "answered")                                                                 \
    X(KMP_CLIENT_NO_ANSWER, "no answer: the meter is not there, or does not know the request")     \
    X(KMP_CLIENT_NOT_ACKNOWLEDGED, "not acknowledged: the meter is not there, or refuses")         \
    X(KMP_CLIENT_DAMAGED, "the answer was damaged")                                                \
    X(KMP_CLIENT_CUT_SHORT, "the answer stopped before its end")                                   \
    X(KMP_CLIENT_TOO_LONG, "the answer is longer than the buffer")                                 \
    X(KMP_CLIENT_OTHER_ANSWER, "the answer is to another command or from another address")

enum kmp_client_state {
#define KMP_CLIENT_ENUM(name, text) name,
    KMP_CLIENT_LIST(KMP_CLIENT_ENUM)
#undef KMP_CLIENT_ENUM
        KMP_CLIENT_STATES
};

/* The text of a state, in static storage. */
const char *kmp_client_text(enum kmp_client_state state);

enum {
    KMP_CLIENT_ANSWER_MS = 1600, /* a meter begins its answer within this time */
    KMP_CLIENT_GAP_MS = 500,     /* longest pause inside an answer */
    KMP_CLIENT_TRIES = 3,
    KMP_CLIENT_TRY_MS = 20000, /* a line that never falls silent is given up after this time */
};

struct kmp_client_setup {
    uint8_t address;    /* usually KMP_ADDRESS_METER */
    uint8_t tries;      /* how often a request goes out at most; 0 as 1 */
    uint16_t answer_ms; /* 1600 by the protocol */
    uint16_t gap_ms;
    uint8_t *answer; /* the caller's; an answer from address to CRC must fit */
    size_t answer_size;
};

/* Internal. */
struct kmp_client {
    struct kmp_client_setup setup;
    struct kmp_receiver receiver;
    struct kmp_transmitter transmitter;
    struct kmp_frame frame;
    enum kmp_client_state state;
    enum kmp_client_state fault; /* of the last try */
    uint8_t tries_left;
    bool is_acknowledged;
    bool is_sending;
    uint8_t cid;
    uint8_t length;   /* of the body, without CRC */
    uint32_t sent_ms; /* of the last byte sent */
    uint32_t last_ms; /* of that, or of the last byte of a frame received */
    uint8_t body[KMP_REQUEST_DATA + KMP_FRAME_OVERHEAD];
};

/* setup's answer buffer stays the caller's and in place as long as the client is used. */
void kmp_client_init(struct kmp_client *client, const struct kmp_client_setup *setup);

/* Begins to ask; drops what was asked before. WH_ERR_ARGUMENT: the request's length is impossible.
 * A request marked is_once goes out one time only: nobody knows whether one without acknowledgement
 * was carried out. */
enum wh_err kmp_client_start(struct kmp_client *client, const struct kmp_request *request,
                             uint32_t now_ms);

/* Writes bytes for the line to out, at most size; returns how many. */
size_t kmp_client_output(struct kmp_client *client, uint32_t now_ms, uint8_t *out, size_t size);

/* Takes bytes from the line. All are taken; what is no answer is ignored. */
void kmp_client_input(struct kmp_client *client, const uint8_t *data, size_t length,
                      uint32_t now_ms);

/* Lets time pass: repeats or gives up when there was silence for answer_ms (gap_ms inside an
 * answer). Returns the state. After a damaged answer, too, a repeat waits for the line to be
 * silent. */
enum kmp_client_state kmp_client_run(struct kmp_client *client, uint32_t now_ms);

/* The answer when the state is KMP_CLIENT_DONE (for an acknowledgement: its data is empty); valid
 * until the next start. */
const struct kmp_frame *kmp_client_answer(const struct kmp_client *client);

#endif
