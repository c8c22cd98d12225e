/* Keys of general-ciphering that both sides derive, suites 1 and 2, 5-3 and NIST SP 800-56A: C(1e, 1s)
 * and C(0e, 2s). Invariant: no ephemeral key is used before its signature is found good, and no secret
 * outlives the call but the key asked for. */
#include <string.h>

#include "dlms/asymmetric.h"
#include "dlms/bytes.h"

enum { TRANSACTION_MAX = 32 };

/* Whose APDU it is. */
struct agreed {
    bool is_static;            /* C(0e, 2s) */
    const uint8_t *originator; /* system titles */
    const uint8_t *recipient;
    struct dlms_span transaction; /* transaction-id */
};

/* The key from the shared secret: of C(0e, 2s) the transaction-id makes one for each APDU. */
static bool derive(const struct dlms_security *security, const struct agreed *agreed,
                   struct dlms_span own, struct dlms_span peer, uint8_t key[DLMS_KEY_MAX])
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const struct dlms_span transaction = agreed->transaction;
    uint8_t party_v[1 + TRANSACTION_MAX + DLMS_TITLE];
    uint8_t secret[DLMS_HASH_MAX];
    if (transaction.length > TRANSACTION_MAX || crypto->agree == NULL || own.length == 0 ||
        peer.length == 0) {
        return false;
    }
    struct dlms_writer out = dlms_writer(party_v, sizeof party_v);
    if (agreed->is_static) {
        dlms_raw_u8(&out, (uint8_t)transaction.length);
        dlms_raw_bytes(&out, transaction.data, transaction.length);
    }
    dlms_raw_bytes(&out, agreed->recipient, DLMS_TITLE);
    const bool done =
        crypto->agree(crypto->context, curve, own, peer, secret) &&
        dlms_derive_key(crypto, security->suite, (struct dlms_span){secret, dlms_curve_size(curve)},
                        (struct dlms_span){agreed->originator, DLMS_TITLE},
                        (struct dlms_span){party_v, out.total}, key);
    dlms_wipe(secret, sizeof secret);
    return done;
}

/* C(1e, 1s): a key pair of its own for the APDU; its public key goes along, signed. */
static bool make_ephemeral(const struct dlms_security *security, const struct agreed *agreed,
                           struct dlms_writer *out, uint8_t key[DLMS_KEY_MAX])
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const size_t size = dlms_curve_size(curve);
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t offer[2 * DLMS_POINT_MAX];
    const struct dlms_span parts[] = {{offer, 2 * size}};
    const bool done =
        crypto->generate != NULL && dlms_may_sign(security) &&
        crypto->generate(crypto->context, curve, private_key, offer) &&
        crypto->sign(crypto->context, curve, security->private_key, parts, 1, offer + 2 * size) &&
        derive(security, agreed, (struct dlms_span){private_key, size}, security->agreement_public,
               key);
    dlms_wipe(private_key, sizeof private_key);
    if (done) {
        dlms_raw_length(out, 4 * size);
        dlms_raw_bytes(out, offer, 4 * size);
    }
    return done;
}

bool dlms_agreed_key_make(const struct dlms_security *security, const struct dlms_cover *cover,
                          uint32_t number, struct dlms_keys *keys, struct dlms_writer *out)
{
    uint8_t transaction[DLMS_TRANSACTION_ID] = {0};
    const bool is_ephemeral = cover->envelope == DLMS_ENVELOPE_GENERAL_ONE_PASS;
    const struct agreed agreed = {
        .is_static = !is_ephemeral,
        .originator = security->own_title,
        .recipient = keys->peer_title,
        .transaction = {transaction, sizeof transaction},
    };
    if (security->suite == 0 || (cover->control & DLMS_CONTROL_BROADCAST) != 0) {
        return false;
    }
    dlms_store_u32(transaction + 4, number); /* as the header has it */
    dlms_raw_u8(out, 1);                     /* key-info is there */
    dlms_raw_u8(out, DLMS_KEY_INFO_AGREED);
    dlms_raw_u8(out, 1);
    dlms_raw_u8(out, is_ephemeral ? DLMS_AGREED_ONE_PASS : DLMS_AGREED_STATIC);
    if (is_ephemeral) {
        return make_ephemeral(security, &agreed, out, keys->encryption);
    }
    dlms_raw_length(out, 0);
    return derive(security, &agreed, security->agreement_private, security->agreement_public,
                  keys->encryption);
}

void dlms_agreed_key_read(struct dlms_reader *reader, uint8_t third, struct dlms_parts *parts)
{
    const uint8_t scheme = dlms_read_u8(reader);
    parts->envelope = scheme == DLMS_AGREED_ONE_PASS ? DLMS_ENVELOPE_GENERAL_ONE_PASS
                                                     : DLMS_ENVELOPE_GENERAL_STATIC;
    parts->key = dlms_read_bytes(reader, dlms_read_length(reader));
    if (third != 1 || scheme < DLMS_AGREED_ONE_PASS || scheme > DLMS_AGREED_STATIC) {
        dlms_reader_fail(reader);
    }
}

/* The signature is over the public key, or, as Gurux has it, over key-parameters and the public key. */
static bool is_signed_offer(const struct dlms_security *security, struct dlms_span offer)
{
    static const uint8_t one_pass[] = {DLMS_AGREED_ONE_PASS};
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const size_t point = 2 * dlms_curve_size(curve);
    const struct dlms_span parts[] = {{one_pass, 1}, {offer.data, point}};
    if (offer.length != 2 * point || crypto->verify == NULL || security->public_key.length == 0) {
        return false;
    }
    const uint8_t *signature = offer.data + point;
    return crypto->verify(crypto->context, curve, security->public_key, parts + 1, 1, signature) ||
           crypto->verify(crypto->context, curve, security->public_key, parts, 2, signature);
}

bool dlms_agreed_key_find(const struct dlms_security *security, const struct dlms_parts *parts,
                          struct dlms_keys *keys)
{
    const struct dlms_span offer = parts->key;
    const struct agreed agreed = {
        .is_static = parts->envelope == DLMS_ENVELOPE_GENERAL_STATIC,
        .originator = keys->peer_title,
        .recipient = security->own_title,
        .transaction = parts->header.transaction,
    };
    if (security->suite == 0) {
        return false;
    }
    if (agreed.is_static) {
        return offer.length == 0 && derive(security, &agreed, security->agreement_private,
                                           security->agreement_public, keys->encryption);
    }
    return is_signed_offer(security, offer) &&
           derive(security, &agreed, security->agreement_private,
                  (struct dlms_span){offer.data, offer.length / 2}, keys->encryption);
}
