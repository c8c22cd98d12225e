#include "secure_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CONFORMANCE = 0x405E1D, WRITER = 4 };

/* ---- The device ---- */

static void notify(void *context, const struct dlms_association *association, enum dlms_event event)
{
    struct secure_peer *secure = (struct secure_peer *)context;
    assert_non_null(association);
    if (secure->event_count < SECURE_EVENTS) {
        secure->events[secure->event_count++] = event;
    }
}

static bool admit(void *context, const struct dlms_association *association)
{
    const struct secure_peer *secure = (struct secure_peer *)context;
    (void)association;
    return !secure->is_locked;
}

static enum dlms_result change_secret(void *context, const struct dlms_association *association,
                                      struct dlms_span secret)
{
    struct secure_peer *secure = (struct secure_peer *)context;
    if (secret.length > sizeof secure->secret) {
        return DLMS_RESULT_OTHER_REASON;
    }
    memcpy(secure->secret, secret.data, secret.length);
    secure->secret_length = secret.length;
    for (size_t i = 0; i < 8; i++) {
        if (&secure->associations[i] == association) {
            secure->associations[i].password.length = secret.length;
        }
    }
    return DLMS_RESULT_SUCCESS;
}

static bool save_security(void *context, const struct dlms_security *old,
                          const struct dlms_security *next)
{
    struct secure_peer *secure = (struct secure_peer *)context;
    assert_ptr_equal(old, &secure->server);
    assert_ptr_not_equal(next, old);
    secure->saves += !secure->save_fails;
    return !secure->save_fails;
}

static struct dlms_association row(struct secure_peer *secure, uint16_t client,
                                   enum dlms_mechanism mechanism)
{
    return (struct dlms_association){
        .client_sap = client,
        .server_sap = DEVICE_MANAGEMENT,
        .mechanism = mechanism,
        .password = {secure->secret, secure->secret_length},
        .conformance = CONFORMANCE,
        .groups = WRITER,
        .builtins = DLMS_BUILTIN_DEVICE_NAME | DLMS_BUILTIN_SECURITY_SETUP |
                    DLMS_BUILTIN_INVOCATION_COUNTER | DLMS_BUILTIN_CHANGE_SECRETS,
        .version = (uint8_t)(mechanism % 4),
        .ciphered = client == SECURE_CIPHERED || client == SECURE_PASSWORD,
        .security = &secure->server,
    };
}

static void make_associations(struct secure_peer *secure)
{
    static const struct {
        uint16_t client;
        enum dlms_mechanism mechanism;
    } rows[] = {
        {SECURE_MD5, DLMS_MECHANISM_MD5},           {SECURE_SHA1, DLMS_MECHANISM_SHA1},
        {SECURE_GMAC, DLMS_MECHANISM_GMAC},         {SECURE_SHA256, DLMS_MECHANISM_SHA256},
        {SECURE_ECDSA, DLMS_MECHANISM_ECDSA},       {SECURE_CIPHERED, DLMS_MECHANISM_GMAC},
        {SECURE_PASSWORD, DLMS_MECHANISM_PASSWORD}, {SECURE_COUNTER, DLMS_MECHANISM_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        secure->associations[i] = row(secure, rows[i].client, rows[i].mechanism);
    }
    secure->associations[7].builtins = DLMS_BUILTIN_INVOCATION_COUNTER;
}

/* Functions of the plain device know a struct device; it is the first member of all that is here. */
void secure_init(struct secure_peer *secure, const struct dlms_crypto *crypto, uint8_t suite,
                 uint16_t client_sap)
{
    memset(secure, 0, sizeof *secure);
    peer_init(&secure->peer, client_sap, PEER_LONG_BUFFER);
    memory_init(&secure->server_memory, 1);
    memory_init(&secure->client_memory, 1);
    keys_init(&secure->server, crypto, &secure->server_memory, suite);
    keys_init(&secure->client, crypto, &secure->client_memory, suite);
    memcpy(secure->client.own_title, keys_client_title, DLMS_TITLE);
    memcpy(secure->server.own_title, keys_server_title, DLMS_TITLE);
    secure->client.counter[DLMS_COUNTER_SEND].next = 1;
    memcpy(secure->secret, "SecretKey1234567", 16);
    secure->secret_length = 16;
    if (suite > 0) {
        assert_true(keys_exchange(&secure->pairs, &secure->client, &secure->server));
    }
    make_associations(secure);
    struct dlms_server *server = &secure->peer.server;
    server->associations = secure->associations;
    server->association_count = 8;
    server->crypto = crypto;
    server->notify = notify;
    server->admit = admit;
    server->change_secret = change_secret;
    server->save_security = save_security;
    server->context = secure;
    server->max_receive_pdu = 600;
    dlms_link_secure(&secure->peer.link, &secure->link_security, secure->buffer,
                     sizeof secure->buffer);
}

/* ---- The client ---- */

static const struct dlms_association *association_of(const struct secure_peer *secure)
{
    for (size_t i = 0; i < 8; i++) {
        if (secure->associations[i].client_sap == secure->peer.client_sap) {
            return &secure->associations[i];
        }
    }
    abort();
}

static size_t cover_bytes(struct secure_peer *secure, struct dlms_cover cover, const uint8_t *plain,
                          size_t length, uint8_t *out)
{
    const size_t head = dlms_cover_head(&cover);
    struct dlms_keys keys;
    memcpy(out + head, plain, length);
    if (cover.envelope == DLMS_ENVELOPE_NONE) {
        return length;
    }
    dlms_keys_take(&secure->client, &secure->dedicated, &cover, &keys);
    assert_int_equal(dlms_protect(&secure->client, &keys, &cover, out, SECURE_APDU, &length),
                     DLMS_OK);
    return length;
}

static void element(struct dlms_writer *out, uint8_t tag, const void *data, size_t length)
{
    dlms_raw_u8(out, tag);
    dlms_raw_length(out, length);
    dlms_raw_bytes(out, data, length);
}

static void explicit_element(struct dlms_writer *out, uint8_t tag, uint8_t inner, const void *data,
                             size_t length)
{
    uint8_t head[4];
    struct dlms_writer inner_length = dlms_writer(head, sizeof head);
    dlms_raw_length(&inner_length, length);
    dlms_raw_u8(out, tag);
    dlms_raw_length(out, 1 + inner_length.total + length);
    element(out, inner, data, length);
}

static size_t initiate_request(const struct secure_peer *secure, uint8_t *apdu, size_t size)
{
    struct dlms_writer out = dlms_writer(apdu, size);
    dlms_raw_u8(&out, 1);
    dlms_raw_u8(&out, secure->dedicated.size > 0);
    if (secure->dedicated.size > 0) {
        dlms_raw_u8(&out, secure->dedicated.size);
        dlms_raw_bytes(&out, secure->dedicated.key, secure->dedicated.size);
    }
    dlms_raw_u16(&out, 0);
    dlms_raw_u8(&out, 6);
    dlms_raw_u32(&out, 0x5F1F0400);
    dlms_raw_u8(&out, CONFORMANCE >> 16);
    dlms_raw_u16(&out, CONFORMANCE & 0xFFFF);
    dlms_raw_u16(&out, 500);
    return out.total;
}

static void put_authentication(struct secure_peer *secure,
                               const struct dlms_association *association, struct dlms_writer *out)
{
    static const uint8_t requirements[] = {0x07, 0x80};
    const uint8_t name[] = {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, (uint8_t)association->mechanism};
    if (association->mechanism == DLMS_MECHANISM_NONE) {
        return;
    }
    element(out, 0x8A, requirements, sizeof requirements);
    element(out, 0x8B, name, sizeof name);
    if (association->mechanism == DLMS_MECHANISM_PASSWORD) {
        explicit_element(out, 0xAC, 0x80, secure->secret, secure->secret_length);
        return;
    }
    assert_true(dlms_hls_challenge(secure->client.crypto, association->mechanism,
                                   secure->client_challenge, &secure->client_challenge_length));
    explicit_element(out, 0xAC, 0x80, secure->client_challenge, secure->client_challenge_length);
}

/* Keeps the server's title and challenge. */
static void read_aare(struct secure_peer *secure)
{
    struct dlms_reader reader = dlms_reader(secure->peer.reply, secure->peer.reply_length);
    dlms_read_u8(&reader);
    dlms_read_length(&reader);
    while (reader.length > 0) {
        const uint8_t tag = dlms_read_u8(&reader);
        const struct dlms_span contents = dlms_read_bytes(&reader, dlms_read_length(&reader));
        if (tag == 0xA4) {
            memcpy(secure->client.peer_title, contents.data + 2, DLMS_TITLE);
        } else if (tag == 0xAA) {
            secure->challenge_length = contents.length - 2;
            memcpy(secure->challenge, contents.data + 2, secure->challenge_length);
        }
    }
    assert_false(reader.failed);
}

const char *secure_aarq(struct secure_peer *secure, struct dlms_cover cover)
{
    const struct dlms_association *association = association_of(secure);
    const uint8_t context[] = {0x60, 0x85, 0x74, 0x05, 0x08, 0x01, association->ciphered ? 3 : 1};
    uint8_t initiate[64];
    uint8_t covered[SECURE_APDU];
    uint8_t body[SECURE_APDU];
    uint8_t apdu[SECURE_APDU];
    const size_t length = cover_bytes(secure, cover, initiate,
                                      initiate_request(secure, initiate, sizeof initiate), covered);
    struct dlms_writer fields = dlms_writer(body, sizeof body);
    struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
    explicit_element(&fields, 0xA1, 0x06, context, sizeof context);
    explicit_element(&fields, 0xA6, 0x04, secure->client.own_title, DLMS_TITLE);
    put_authentication(secure, association, &fields);
    explicit_element(&fields, 0xBE, 0x04, covered, length);
    element(&out, 0x60, body, fields.total);
    const char *answer = peer_send(&secure->peer, apdu, out.total);
    if (secure->peer.reply_length > 0) {
        read_aare(secure);
    }
    return answer;
}

static struct dlms_hls handshake(struct secure_peer *secure)
{
    return (struct dlms_hls){
        .mechanism = association_of(secure)->mechanism,
        .crypto = secure->client.crypto,
        .security = &secure->client,
        .secret = {secure->secret, secure->secret_length},
        .own_title = keys_client_title,
        .peer_title = keys_server_title,
        .own_challenge = {secure->client_challenge, secure->client_challenge_length},
        .peer_challenge = {secure->challenge, secure->challenge_length},
    };
}

const char *secure_prove(struct secure_peer *secure, struct dlms_cover cover)
{
    const struct dlms_hls hls = handshake(secure);
    uint8_t proof[DLMS_HLS_ANSWER_MAX];
    size_t length;
    char text[2 * DLMS_HLS_ANSWER_MAX + 64];
    assert_int_equal(dlms_hls_answer(&hls, proof, &length), DLMS_OK);
    int used = snprintf(text, sizeof text, "C301C1000F0000280000FF010109%02X", (unsigned)length);
    for (size_t i = 0; i < length; i++) {
        used += snprintf(text + used, 3, "%02X", proof[i]);
    }
    return secure_ask(secure, cover, text);
}

void secure_open(struct secure_peer *secure, struct dlms_cover cover)
{
    secure_aarq(secure, cover);
    const struct dlms_association *association = association_of(secure);
    if (association->mechanism >= DLMS_MECHANISM_MD5) {
        const char *answer = secure_prove(secure, cover);
        const struct dlms_hls hls = handshake(secure);
        uint8_t bytes[128];
        const size_t length = peer_bytes(answer, bytes, sizeof bytes);
        assert_true(length > 8);
        assert_memory_equal(bytes, "\xC7\x01\xC1\x00\x01\x00\x09", 7);
        assert_true(dlms_hls_check(&hls, (struct dlms_span){bytes + 8, length - 8}));
    }
    assert_ptr_equal(
        dlms_link_association(&secure->peer.link, secure->peer.client_sap, secure->peer.server_sap),
        association);
}

const char *secure_ask(struct secure_peer *secure, struct dlms_cover cover, const char *plain)
{
    uint8_t bytes[SECURE_APDU];
    uint8_t apdu[SECURE_APDU];
    uint8_t answer[PEER_REPLY];
    struct dlms_unprotected opened;
    const size_t plain_length = peer_bytes(plain, bytes, sizeof bytes);
    const size_t length = cover_bytes(secure, cover, bytes, plain_length, apdu);
    const char *raw = peer_send(&secure->peer, apdu, length);
    if (cover.envelope == DLMS_ENVELOPE_NONE || secure->peer.reply_length == 0 ||
        secure->peer.reply[0] == 0xD8) {
        return raw;
    }
    secure->client.counter[DLMS_COUNTER_RECEIVE].limit = UINT32_MAX;
    assert_int_equal(
        dlms_unprotect(&secure->client, &secure->dedicated, keys_server_title,
                       (struct dlms_span){secure->peer.reply, secure->peer.reply_length}, answer,
                       sizeof answer, &opened),
        DLMS_OK);
    assert_int_equal(opened.cover.envelope, cover.envelope);
    assert_int_equal(opened.cover.control & cover.control, cover.control);
    secure->text[0] = '\0';
    for (size_t i = 0; i < opened.apdu.length; i++) {
        snprintf(secure->text + 2 * i, 3, "%02X", opened.apdu.data[i]);
    }
    return secure->text;
}

void secure_assert_event(const struct secure_peer *secure, enum dlms_event event, size_t count)
{
    assert_int_equal(secure->event_count, count);
    assert_int_equal(secure->events[count - 1], event);
}
