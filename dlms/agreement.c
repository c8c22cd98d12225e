/* Key agreement of suites 1 and 2, 6-2 class 64 method 3: ephemeral unified model C(2e, 0s) of NIST SP
 * 800-56A. Either side sends a fresh public key, signed; both derive the same key. Invariant: nothing is
 * derived before the peer's signature is found good, and the ephemeral private key does not outlive the
 * call. */
#include "dlms/security.h"

#include <string.h>

size_t dlms_agreement_size(const struct dlms_security *security)
{
    return 4 * dlms_curve_size(dlms_suite_curve(security->suite));
}

bool dlms_derive_key(const struct dlms_crypto *crypto, uint8_t suite, struct dlms_span secret,
                     struct dlms_span party_u, struct dlms_span party_v, uint8_t key[DLMS_KEY_MAX])
{
    static const uint8_t counter[] = {0, 0, 0, 1};
    const uint8_t algorithm[] = {0x60, 0x85, 0x74, 0x05, 0x08, 0x03, suite == 2};
    const struct dlms_span parts[] = {
        {counter, sizeof counter}, secret, {algorithm, sizeof algorithm}, party_u, party_v,
    };
    uint8_t digest[DLMS_HASH_MAX];
    const bool done = crypto->hash(
        crypto->context, suite == 2 ? DLMS_HASH_SHA384 : DLMS_HASH_SHA256, parts, 5, digest);
    memcpy(key, digest, dlms_suite_key_size(suite));
    dlms_wipe(digest, sizeof digest);
    return done;
}

/* The signature is over the key_id and the public key. */
static bool is_signed(const struct dlms_security *security, const uint8_t *id,
                      struct dlms_span offer)
{
    const struct dlms_crypto *crypto = security->crypto;
    const struct dlms_span parts[] = {{id, 1}, {offer.data, offer.length / 2}};
    return offer.length == dlms_agreement_size(security) && crypto->verify != NULL &&
           security->public_key.length > 0 &&
           crypto->verify(crypto->context, dlms_suite_curve(security->suite), security->public_key,
                          parts, 2, offer.data + offer.length / 2);
}

static bool make_offer(const struct dlms_security *security, const uint8_t *id,
                       uint8_t *private_key, uint8_t *offer)
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const size_t point = 2 * dlms_curve_size(curve);
    const struct dlms_span parts[] = {{id, 1}, {offer, point}};
    return crypto->generate != NULL && crypto->sign != NULL && security->private_key.length > 0 &&
           crypto->generate(crypto->context, curve, private_key, offer) &&
           crypto->sign(crypto->context, curve, security->private_key, parts, 2, offer + point);
}

bool dlms_agreement_offer(const struct dlms_security *security, enum dlms_key id,
                          uint8_t private_key[DLMS_HASH_MAX], uint8_t offer[DLMS_AGREEMENT_MAX])
{
    const uint8_t name = (uint8_t)id;
    return security->suite > 0 && make_offer(security, &name, private_key, offer);
}

bool dlms_agreement_derive(const struct dlms_security *security, enum dlms_key id,
                           const uint8_t private_key[DLMS_HASH_MAX], struct dlms_span peer_offer,
                           const uint8_t *originator, const uint8_t *recipient,
                           uint8_t key[DLMS_KEY_MAX])
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const size_t size = dlms_curve_size(curve);
    const uint8_t name = (uint8_t)id;
    uint8_t secret[DLMS_HASH_MAX];
    const bool done = security->suite > 0 && crypto->agree != NULL &&
                      is_signed(security, &name, peer_offer) &&
                      crypto->agree(crypto->context, curve, (struct dlms_span){private_key, size},
                                    (struct dlms_span){peer_offer.data, 2 * size}, secret) &&
                      dlms_derive_key(crypto, security->suite, (struct dlms_span){secret, size},
                                      (struct dlms_span){originator, DLMS_TITLE},
                                      (struct dlms_span){recipient, DLMS_TITLE}, key);
    dlms_wipe(secret, sizeof secret);
    return done;
}
