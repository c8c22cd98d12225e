/* One request and its answer. Invariant: while the state is BUSY either bytes wait to be sent,
 * or the request is out and last_ms is when it, or a byte of an answer, was last on the line.
 * Each try keeps the reason it failed for, and the last one's is the result. */
#include "kmp/client.h"

#include <string.h>

const char *kmp_client_text(enum kmp_client_state state)
{
    static const char *const texts[] = {
#define KMP_CLIENT_TEXT(name, text) text,
        KMP_CLIENT_LIST(KMP_CLIENT_TEXT)
#undef KMP_CLIENT_TEXT
    };
    return state < KMP_CLIENT_STATES ? texts[state] : "unknown state";
}

void kmp_client_init(struct kmp_client *client, const struct kmp_client_setup *setup)
{
    *client = (struct kmp_client){.setup = *setup};
    kmp_receiver_init(&client->receiver, KMP_ANSWER, setup->answer, setup->answer_size, 0);
    kmp_transmitter_init(&client->transmitter);
}

static void send(struct kmp_client *client, uint32_t now_ms)
{
    kmp_receiver_init(&client->receiver, KMP_ANSWER, client->setup.answer,
                      client->setup.answer_size, client->setup.gap_ms);
    kmp_transmitter_frame(&client->transmitter, KMP_REQUEST, client->body, client->length);
    client->is_sending = true;
    client->tries_left--;
    client->sent_ms = now_ms;
    client->last_ms = now_ms;
    client->fault = client->is_acknowledged ? KMP_CLIENT_NOT_ACKNOWLEDGED : KMP_CLIENT_NO_ANSWER;
}

enum wh_err kmp_client_start(struct kmp_client *client, const struct kmp_request *request,
                             uint32_t now_ms)
{
    if (request->length > KMP_REQUEST_DATA) {
        return WH_ERR_ARGUMENT;
    }
    client->body[0] = client->setup.address;
    client->body[1] = request->cid;
    memcpy(client->body + 2, request->data, request->length);
    client->length = (uint8_t)(2 + request->length);
    client->cid = request->cid;
    client->is_acknowledged = request->is_acknowledged;
    client->tries_left = client->setup.tries == 0 || request->is_once ? 1 : client->setup.tries;
    client->state = KMP_CLIENT_BUSY;
    send(client, now_ms);
    return WH_OK;
}

size_t kmp_client_output(struct kmp_client *client, uint32_t now_ms, uint8_t *out, size_t size)
{
    const size_t count = kmp_transmitter_pull(&client->transmitter, out, size);
    if (count > 0) {
        client->sent_ms = now_ms;
        client->last_ms = now_ms;
    }
    if (count < size) {
        client->is_sending = false;
    }
    return count;
}

static void finish(struct kmp_client *client, enum kmp_client_state state)
{
    client->state = state;
    kmp_transmitter_init(&client->transmitter);
}

/* The vendor's example answers ClearEventStatus with the CID of GetEventStatus. */
static bool is_answer_to(const struct kmp_frame *frame, uint8_t cid)
{
    return frame->cid == cid || (cid == KMP_CLEAR_EVENTS && frame->cid == KMP_GET_EVENTS);
}

static void take_frame(struct kmp_client *client, const struct kmp_frame *frame)
{
    if (client->is_acknowledged || frame->address != client->setup.address ||
        !is_answer_to(frame, client->cid)) {
        client->fault = KMP_CLIENT_OTHER_ANSWER;
        return;
    }
    client->frame = *frame;
    finish(client, KMP_CLIENT_DONE);
}

static void take_ack(struct kmp_client *client)
{
    if (client->is_acknowledged) {
        client->frame = (struct kmp_frame){
            .address = client->setup.address, .cid = client->cid, .data = client->setup.answer};
        finish(client, KMP_CLIENT_DONE);
    }
}

static void take(struct kmp_client *client, enum kmp_reception reception,
                 const struct kmp_frame *frame)
{
    switch (reception) {
    case KMP_RECEIVED_FRAME:
        take_frame(client, frame);
        break;
    case KMP_RECEIVED_ACK:
        take_ack(client);
        break;
    case KMP_RECEIVED_DAMAGE:
        client->fault = KMP_CLIENT_DAMAGED;
        break;
    case KMP_RECEIVED_EXCESS:
        client->fault = KMP_CLIENT_TOO_LONG;
        break;
    default:
        break;
    }
}

void kmp_client_input(struct kmp_client *client, const uint8_t *data, size_t length,
                      uint32_t now_ms)
{
    size_t at = 0;
    /* Before the request is out nothing can be its answer. */
    while (at < length && client->state == KMP_CLIENT_BUSY && !client->is_sending) {
        struct kmp_frame frame;
        size_t used;
        const enum kmp_reception reception =
            kmp_receiver_feed(&client->receiver, data + at, length - at, now_ms, &used, &frame);
        take(client, reception, &frame);
        at += used;
        /* Noise between frames does not put the time-out off. */
        if (reception != KMP_RECEIVED_NOTHING || kmp_receiver_is_inside(&client->receiver)) {
            client->last_ms = now_ms;
        }
    }
}

enum kmp_client_state kmp_client_run(struct kmp_client *client, uint32_t now_ms)
{
    if (client->state != KMP_CLIENT_BUSY || client->is_sending) {
        return client->state;
    }
    const bool is_inside = kmp_receiver_is_inside(&client->receiver);
    const uint16_t limit_ms = is_inside ? client->setup.gap_ms : client->setup.answer_ms;
    if (now_ms - client->last_ms <= limit_ms && now_ms - client->sent_ms <= KMP_CLIENT_TRY_MS) {
        return client->state;
    }
    if (is_inside) {
        client->fault = KMP_CLIENT_CUT_SHORT;
    }
    if (client->tries_left > 0) {
        send(client, now_ms);
    } else {
        finish(client, client->fault);
    }
    return client->state;
}

const struct kmp_frame *kmp_client_answer(const struct kmp_client *client)
{
    return &client->frame;
}
