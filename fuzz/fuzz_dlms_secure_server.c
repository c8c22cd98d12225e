/* The server with security, before, during and after an association is opened. Its cryptography is a
 * stand-in that anybody can compute (text stays as it is, tags, digests and random numbers are zero),
 * so that what is behind a good tag is reached as well as what is in front of it.
 *
 * The first byte: bits 0-1 what was done before (nothing, a ciphered association half open, open, an
 * unciphered one proven), bit 2: each APDU is put under a cover first, bits 3-4: which, bit 5: a policy
 * that asks for everything, bit 6: a long buffer, bit 7: suite 1, with signatures and agreed keys. Then
 * APDUs, each behind a length of one octet. */
#include <stdlib.h>
#include <string.h>

#include "dlms/certificates.h"
#include "tests/dlms/device.h"
#include "tests/dlms/keys.h"

enum {
    REPLY = 512,
    CIPHERED = 48,
    PROVEN = 34,
    GROUP_WRITER = 4,
    FULL_POLICY = 0x6C,
    SIGNED_POLICY = 0xFC,
    LONG_BUFFER = 400,
    COVERS = 4,
};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* ---- The stand-in ---- */

static bool zeros(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    memset(bytes, 0, length);
    return true;
}

static bool seal(void *context, const struct dlms_gcm *gcm, uint8_t *tag)
{
    (void)context;
    if (gcm->length > 0) {
        memmove(gcm->out, gcm->in, gcm->length);
    }
    if (tag != NULL) {
        memset(tag, 0, DLMS_GCM_TAG);
    }
    return true;
}

static bool unseal(void *context, const struct dlms_gcm *gcm, const uint8_t *tag)
{
    static const uint8_t good[DLMS_GCM_TAG];
    (void)context;
    if (gcm->length > 0) {
        memmove(gcm->out, gcm->in, gcm->length);
    }
    return tag == NULL || memcmp(tag, good, sizeof good) == 0;
}

static bool hash(void *context, enum dlms_hash kind, const struct dlms_span *parts, size_t count,
                 uint8_t *digest)
{
    (void)context;
    (void)parts;
    (void)count;
    memset(digest, 0, dlms_hash_size(kind));
    return true;
}

/* A wrapped key is the key behind eight zeros. */
static bool wrap(void *context, struct dlms_span kek, const uint8_t *key, size_t length,
                 uint8_t *wrapped)
{
    (void)context;
    (void)kek;
    memset(wrapped, 0, DLMS_KEY_WRAP);
    memcpy(wrapped + DLMS_KEY_WRAP, key, length);
    return true;
}

static bool unwrap(void *context, struct dlms_span kek, const uint8_t *wrapped, size_t length,
                   uint8_t *key)
{
    static const uint8_t good[DLMS_KEY_WRAP];
    (void)context;
    (void)kek;
    memcpy(key, wrapped + DLMS_KEY_WRAP, length - DLMS_KEY_WRAP);
    return memcmp(wrapped, good, sizeof good) == 0;
}

static bool sign(void *context, enum dlms_curve curve, struct dlms_span private_key,
                 const struct dlms_span *parts, size_t count, uint8_t *signature)
{
    (void)context;
    (void)private_key;
    (void)parts;
    (void)count;
    memset(signature, 0, 2 * dlms_curve_size(curve));
    return true;
}

static bool verify(void *context, enum dlms_curve curve, struct dlms_span public_key,
                   const struct dlms_span *parts, size_t count, const uint8_t *signature)
{
    static const uint8_t good[DLMS_POINT_MAX];
    (void)context;
    (void)public_key;
    (void)parts;
    (void)count;
    return memcmp(signature, good, 2 * dlms_curve_size(curve)) == 0;
}

static bool generate(void *context, enum dlms_curve curve, uint8_t *private_key,
                     uint8_t *public_key)
{
    (void)context;
    memset(private_key, 0, dlms_curve_size(curve));
    memset(public_key, 0, 2 * dlms_curve_size(curve));
    return true;
}

static bool agree(void *context, enum dlms_curve curve, struct dlms_span private_key,
                  struct dlms_span public_key, uint8_t *secret)
{
    (void)context;
    (void)private_key;
    (void)public_key;
    memset(secret, 0, dlms_curve_size(curve));
    return true;
}

static const struct dlms_crypto stand_in = {
    .random = zeros,
    .gcm_encrypt = seal,
    .gcm_decrypt = unseal,
    .hash = hash,
    .wrap = wrap,
    .unwrap = unwrap,
    .sign = sign,
    .verify = verify,
    .generate = generate,
    .agree = agree,
};

/* ---- Certificates: two, which come and go ---- */

static const uint8_t certificate[] = {0x30, 3, 1, 2, 3};

static bool list(void *context, size_t index, struct dlms_certificate *told)
{
    (void)context;
    *told = (struct dlms_certificate){.serial = {certificate, 1}, .issuer = {certificate, 5}};
    return index < 2;
}

static enum dlms_result generate_pair(void *context, uint8_t type)
{
    (void)context;
    require(type < 3);
    return type < 2 ? DLMS_RESULT_SUCCESS : DLMS_RESULT_OTHER_REASON;
}

static enum dlms_result request(void *context, uint8_t type, uint8_t *made, size_t size,
                                size_t *length)
{
    (void)context;
    require(type < 3);
    memset(made, 0x30, size);
    *length = size / 2;
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result import(void *context, struct dlms_span octets)
{
    (void)context;
    return octets.length > 0 && octets.data[octets.length - 1] == 3 ? DLMS_RESULT_SUCCESS
                                                                    : DLMS_RESULT_OTHER_REASON;
}

static enum dlms_result export(void *context, const struct dlms_certificate_choice *choice,
                               struct dlms_span *octets) {
    (void)context;
    const struct dlms_span key = choice->is_by_serial ? choice->issuer : choice->title;
    *octets = (struct dlms_span){certificate, sizeof certificate};
    return key.length > 0 && key.data[key.length - 1] != 0 ? DLMS_RESULT_SUCCESS
                                                           : DLMS_RESULT_OTHER_REASON;
}

static enum dlms_result remove_one(void *context, const struct dlms_certificate_choice *choice)
{
    struct dlms_span octets;
    return export(context, choice, &octets);
}

static const struct dlms_certificates certificates = {
    .methods = &dlms_certificate_methods,
    .list = list,
    .generate = generate_pair,
    .request = request,
    .import = import,
    .export = export,
    .remove = remove_one,
};

/* ---- The device ---- */

static enum dlms_result change_secret(void *context, const struct dlms_association *association,
                                      struct dlms_span secret)
{
    (void)context;
    (void)association;
    require(secret.length > 0);
    return DLMS_RESULT_SUCCESS;
}

static bool save_security(void *context, const struct dlms_security *old,
                          const struct dlms_security *next)
{
    (void)context;
    require((old->policy & ~next->policy) == 0);
    require(old->suite == next->suite);
    require(next->counter[DLMS_COUNTER_SEND].next >= old->counter[DLMS_COUNTER_SEND].next);
    return true;
}

struct rig {
    struct device device; /* first: the context of its functions */
    struct dlms_server server;
    struct dlms_association associations[2];
    struct dlms_security security;
    struct dlms_security peer; /* of the client: its keys */
    struct key_pairs pairs;
    struct memory memory;
    struct dlms_link link;
    struct dlms_link_security link_security;
    uint8_t buffer[200];
    uint32_t counter; /* of the client, for APDUs that are covered here */
    uint16_t client;
};

static void init_rig(struct rig *rig, uint8_t suite, uint8_t *long_buffer, size_t long_buffer_size)
{
    memory_init(&rig->memory, 5);
    keys_init(&rig->security, &stand_in, &rig->memory, suite);
    keys_init(&rig->peer, &stand_in, &rig->memory, suite);
    require(suite == 0 || keys_exchange(&rig->pairs, &rig->peer, &rig->security));
    memcpy(rig->security.own_title, keys_server_title, DLMS_TITLE);
    rig->security.certificates = suite > 0 ? &certificates : NULL;
    for (int i = 0; i < 2; i++) {
        rig->associations[i] = (struct dlms_association){
            .client_sap = i == 0 ? CIPHERED : PROVEN,
            .server_sap = DEVICE_MANAGEMENT,
            .mechanism = i == 0 ? DLMS_MECHANISM_GMAC : DLMS_MECHANISM_SHA1,
            .password = {keys_client_title, DLMS_TITLE},
            .conformance = 0x405E1D,
            .groups = GROUP_WRITER,
            .builtins = 0x1F,
            .version = (uint8_t)(3 - i),
            .ciphered = i == 0,
            .security = &rig->security,
        };
    }
    rig->server = device_server(&rig->device);
    rig->server.associations = rig->associations;
    rig->server.association_count = 2;
    rig->server.crypto = &stand_in;
    rig->server.change_secret = change_secret;
    rig->server.save_security = save_security;
    rig->server.max_receive_pdu = sizeof rig->buffer;
    dlms_link_init(&rig->link, &rig->server, long_buffer, long_buffer_size);
    dlms_link_secure(&rig->link, &rig->link_security, rig->buffer, sizeof rig->buffer);
}

static void handle(struct rig *rig, const uint8_t *apdu, size_t length)
{
    uint8_t reply[REPLY];
    const struct dlms_request request = {rig->client, DEVICE_MANAGEMENT, {apdu, length}};
    const uint32_t sent = rig->security.counter[DLMS_COUNTER_SEND].next;
    const bool was_strict = (rig->security.policy & FULL_POLICY) == FULL_POLICY;
    const size_t reply_length = dlms_link_handle(&rig->link, &request, reply, sizeof reply);
    require(reply_length <= sizeof reply);
    /* no number is sent that is not below the limit kept, nor taken back */
    require(rig->security.counter[DLMS_COUNTER_SEND].next >= sent);
    require(rig->security.counter[DLMS_COUNTER_SEND].next <= rig->memory.limit[DLMS_COUNTER_SEND]);
    if (was_strict && rig->client == CIPHERED && reply_length > 0) {
        /* where everything must be protected nothing plain gets out but ACSE and exceptions */
        static const uint8_t plain[] = {0xC4, 0xC5, 0xC7};
        require(memchr(plain, reply[0], sizeof plain) == NULL);
    }
}

/* ---- What was done before ---- */

enum { AARQ_CONTROL = 56 }; /* where the suite is */
static const uint8_t aarq_ciphered[] = {
    0x60, 0x66, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x03, 0xA6, 0x0A,
    0x04, 0x08, 0x4D, 0x4D, 0x4D, 0x00, 0x00, 0x00, 0x00, 0x01, 0x8A, 0x02, 0x07, 0x80, 0x8B,
    0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x05, 0xAC, 0x0A, 0x80, 0x08, 0x31, 0x32, 0x33,
    0x34, 0x35, 0x36, 0x37, 0x38, 0xBE, 0x34, 0x04, 0x32, 0x21, 0x30, 0x30, 0x00, 0x00, 0x00,
    0x01, 0x01, 0x01, 0x10, 1,    1,    1,    1,    1,    1,    1,    1,    1,    1,    1,
    1,    1,    1,    1,    1,    0x00, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0x40, 0x5E, 0x1D,
    0x00, 0x80, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0};

static const uint8_t aarq_proven[] = {
    0x60, 0x36, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01, 0x8A,
    0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x04, 0xAC, 0x0A,
    0x80, 0x08, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0xBE, 0x10, 0x04, 0x0E,
    0x01, 0x00, 0x00, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF, 0x00, 0x80};

/* reply_to_HLS_authentication; the proof that follows is of the stand-in. */
static const uint8_t reply_to_hls[] = {0xC3, 0x01, 0xC1, 0x00, 0x0F, 0x00, 0x00,
                                       0x28, 0x00, 0x00, 0xFF, 0x01, 0x01, 0x09};

static void prove(struct rig *rig, const uint8_t *head, size_t head_size, size_t proof_size)
{
    uint8_t apdu[sizeof reply_to_hls + 1 + 32] = {0};
    memcpy(apdu, reply_to_hls, sizeof reply_to_hls);
    apdu[sizeof reply_to_hls] = (uint8_t)proof_size;
    memcpy(apdu + sizeof reply_to_hls + 1, head, head_size);
    handle(rig, apdu, sizeof reply_to_hls + 1 + proof_size);
}

static void prepare(struct rig *rig, uint8_t choice)
{
    const uint8_t suite = rig->security.suite;
    const uint8_t gmac[] = {(uint8_t)(0x10 | suite), 0, 0, 0, 2};
    uint8_t aarq[sizeof aarq_ciphered];
    memcpy(aarq, aarq_ciphered, sizeof aarq);
    require(aarq[AARQ_CONTROL] == 0x30);
    aarq[AARQ_CONTROL] |= suite;
    rig->client = (choice & 3) == 3 ? PROVEN : CIPHERED;
    rig->counter = 3;
    switch (choice & 3) {
    case 1:
        handle(rig, aarq, sizeof aarq);
        break;
    case 2:
        handle(rig, aarq, sizeof aarq);
        prove(rig, gmac, sizeof gmac, 17);
        require(dlms_link_association(&rig->link, CIPHERED, DEVICE_MANAGEMENT) != NULL);
        break;
    case 3:
        handle(rig, aarq_proven, sizeof aarq_proven);
        prove(rig, gmac, 0, 20);
        require(dlms_link_association(&rig->link, PROVEN, DEVICE_MANAGEMENT) != NULL);
        break;
    default:
        break;
    }
    if ((choice & 0x20) != 0) {
        rig->security.policy = suite == 0 ? FULL_POLICY : SIGNED_POLICY;
    }
}

/* Under a cover with the next number; as it is, if it has no tag for that. */
static void handle_covered(struct rig *rig, const uint8_t *plain, size_t length, unsigned which)
{
    static const struct dlms_cover covers[2][COVERS] = {
        {
            {DLMS_ENVELOPE_GLO, 0x30},
            {DLMS_ENVELOPE_DED, 0x30},
            {DLMS_ENVELOPE_GENERAL_GLO, 0x10},
            {DLMS_ENVELOPE_GENERAL, 0x30},
        },
        {
            {DLMS_SIGNED_AROUND, 0x01},
            {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE, 0x31},
            {DLMS_ENVELOPE_GENERAL_ONE_PASS, 0x31},
            {DLMS_ENVELOPE_GENERAL_STATIC | DLMS_SIGNED_AROUND, 0x31},
        },
    };
    struct memory memory;
    struct dlms_security client;
    struct dlms_keys keys;
    uint8_t apdu[700];
    struct dlms_cover how = covers[rig->security.suite][which];
    const struct dlms_cover *cover = &how;
    if (how.envelope == DLMS_ENVELOPE_GENERAL && rig->counter % 2 == 1) {
        how.envelope = DLMS_ENVELOPE_GENERAL_WRAPPED;
    }
    memory_init(&memory, 1);
    client = rig->peer;
    client.store = &memory.store;
    memcpy(client.own_title, keys_client_title, DLMS_TITLE);
    memcpy(client.peer_title, keys_server_title, DLMS_TITLE);
    client.counter[DLMS_COUNTER_SEND].next = rig->counter++;
    dlms_keys_take(&client, NULL, cover, &keys);
    memcpy(apdu + dlms_cover_head(cover), plain, length);
    if (length == 0 || dlms_protect(&client, &keys, cover, apdu, sizeof apdu, &length) != DLMS_OK) {
        handle(rig, plain, length);
        return;
    }
    handle(rig, apdu, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const uint8_t choice = data[0];
    const size_t long_buffer_size = (choice & 0x40) != 0 ? LONG_BUFFER : 0;
    uint8_t *long_buffer = malloc(long_buffer_size + 1); /* exact, so that an overrun is seen */
    struct rig rig = {.device = {.period = 7}};
    require(long_buffer != NULL);
    init_rig(&rig, choice >> 7, long_buffer, long_buffer_size);
    prepare(&rig, choice);
    data++;
    size--;
    while (size > 0) {
        const size_t length = data[0] < size ? data[0] : size - 1;
        uint8_t *apdu = malloc(length > 0 ? length : 1);
        require(apdu != NULL);
        memcpy(apdu, data + 1, length);
        if ((choice & 4) != 0) {
            handle_covered(&rig, apdu, length, choice >> 3 & 3);
        } else {
            handle(&rig, apdu, length);
        }
        free(apdu);
        data += length + 1;
        size -= length + 1;
    }
    free(long_buffer);
    return 0;
}
