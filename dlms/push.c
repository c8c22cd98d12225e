/* What the server sends unasked. Invariant: it goes out no less protected than the policy asks of answers,
 * and in no blocks while others are under way. */
#include <string.h>

#include "dlms/secure.h"

enum { TAG_EVENT_NOTIFICATION = 0xC2 };

struct sending {
    struct dlms_link *link;
    const struct dlms_association *association;
    struct dlms_session *session; /* NULL: not associated */
    struct dlms_cover cover;      /* envelope NONE: plain */
    struct dlms_span apdu;
};

static bool can_send(const struct dlms_push *push, const struct sending *sending)
{
    const bool has_keys = sending->cover.envelope == DLMS_ENVELOPE_NONE ||
                          dlms_can_secure(sending->link, sending->association);
    return push->apdu.length > 0 && has_keys &&
           (sending->session == NULL || !sending->session->is_pending);
}

static struct dlms_cover choose_cover(const struct dlms_push *push,
                                      const struct dlms_association *association)
{
    const bool has_glo = push->apdu.length > 0 && push->apdu.data[0] == TAG_EVENT_NOTIFICATION;
    struct dlms_cover cover = {has_glo ? DLMS_ENVELOPE_GLO : DLMS_ENVELOPE_GENERAL_GLO,
                               push->control};
    if (association->ciphered && association->security != NULL) {
        cover = dlms_answer_cover(association->security, &cover);
    }
    const bool is_signed = (cover.envelope & DLMS_SIGNED) != 0;
    if ((cover.control & (DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED)) == 0 &&
        !is_signed) {
        return (struct dlms_cover){DLMS_ENVELOPE_NONE, 0};
    }
    cover.control |= association->security != NULL ? association->security->suite : 0;
    return cover;
}

/* The APDU to buffer, protected; 0: it cannot be. */
static size_t protect(const struct sending *sending, uint8_t *buffer, size_t size)
{
    static const uint8_t no_title[DLMS_TITLE];
    struct dlms_security *security = sending->association->security;
    const size_t head = dlms_cover_head(&sending->cover);
    const size_t tail = dlms_cover_tail(&sending->cover);
    size_t length = sending->apdu.length;
    if (length > size || head + tail > size - length) {
        return 0;
    }
    memcpy(buffer + head, sending->apdu.data, length);
    if (sending->cover.envelope == DLMS_ENVELOPE_NONE) {
        return length;
    }
    struct dlms_keys keys;
    dlms_keys_take(security, NULL, &sending->cover, &keys);
    if (sending->session != NULL && memcmp(keys.peer_title, no_title, DLMS_TITLE) == 0) {
        memcpy(keys.peer_title, dlms_secured(sending->link, sending->session)->peer_title,
               DLMS_TITLE);
    }
    const enum dlms_err err = dlms_protect(security, &keys, &sending->cover, buffer, size, &length);
    dlms_wipe(&keys, sizeof keys);
    return err == DLMS_OK ? length : 0;
}

/* A stream that was left off is none: all of it was sent, or it is of another session. */
static bool is_idle(const struct dlms_general_block *stream)
{
    return stream->is_sending ? stream->next > stream->count : stream->gathered == 0;
}

static size_t send_in_blocks(const struct sending *sending, uint8_t *out, size_t size)
{
    struct dlms_link_blocks *blocks = sending->link->blocks;
    if (blocks == NULL || sending->session == NULL || !is_idle(&blocks->stream) ||
        (sending->session->conformance & DLMS_CONFORMANCE_GENERAL_BLOCK) == 0) {
        return 0;
    }
    const size_t length = protect(sending, blocks->buffer, blocks->buffer_size);
    struct dlms_general_block *stream = dlms_blocks_claim(sending->link, sending->session);
    dlms_general_block_reset(stream);
    if (length == 0 ||
        !dlms_general_block_send(stream, (struct dlms_span){blocks->buffer, length}, size)) {
        return 0;
    }
    return dlms_general_block_write(stream, out, size);
}

size_t dlms_link_push(struct dlms_link *link, const struct dlms_push *push, uint8_t *out,
                      size_t size)
{
    struct sending sending = {
        .link = link,
        .association = dlms_find_association(link->server, push->client_sap, push->server_sap),
        .session = dlms_find_session(link, push->client_sap, push->server_sap),
        .apdu = push->apdu,
    };
    if (sending.association == NULL) {
        return 0;
    }
    sending.cover = choose_cover(push, sending.association);
    if (!can_send(push, &sending)) {
        return 0;
    }
    if (sending.session != NULL && size > sending.session->max_send_pdu) {
        size = sending.session->max_send_pdu;
    }
    const size_t most =
        push->apdu.length + dlms_cover_head(&sending.cover) + dlms_cover_tail(&sending.cover);
    return most <= size ? protect(&sending, out, size) : send_in_blocks(&sending, out, size);
}
