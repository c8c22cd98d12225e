/* High level authentication, 5-3: f of each mechanism, computed by the one who proves itself and again
 * by the one who checks. Invariant: a check never accepts what this side could have sent itself. */
#include "dlms/security.h"

#include <string.h>

#include "dlms/bytes.h"

enum { GMAC_ANSWER = 1 + 4 + DLMS_GCM_TAG };

bool dlms_hls_challenge(const struct dlms_crypto *crypto, enum dlms_mechanism mechanism,
                        uint8_t challenge[DLMS_CHALLENGE_MAX], size_t *length)
{
    *length = mechanism == DLMS_MECHANISM_ECDSA ? 32 : 16;
    return crypto->random(crypto->context, challenge, *length);
}

/* Who proves itself to whom. */
struct proof {
    const uint8_t *prover_title;
    const uint8_t *checker_title;
    struct dlms_span challenge; /* of the checker */
    struct dlms_span other;     /* of the prover */
};

static struct proof own_proof(const struct dlms_hls *hls)
{
    return (struct proof){hls->own_title, hls->peer_title, hls->peer_challenge, hls->own_challenge};
}

static struct proof peer_proof(const struct dlms_hls *hls)
{
    return (struct proof){hls->peer_title, hls->own_title, hls->own_challenge, hls->peer_challenge};
}

/* Mechanisms 3, 4 and 6. */
static bool digest(const struct dlms_hls *hls, const struct proof *proof, uint8_t *answer,
                   size_t *length)
{
    const struct dlms_span simple[] = {proof->challenge, hls->secret};
    const struct dlms_span full[] = {
        hls->secret,
        {proof->prover_title, DLMS_TITLE},
        {proof->checker_title, DLMS_TITLE},
        proof->challenge,
        proof->other,
    };
    const struct dlms_crypto *crypto = hls->crypto;
    const bool is_full = hls->mechanism == DLMS_MECHANISM_SHA256;
    const enum dlms_hash hash = is_full                                 ? DLMS_HASH_SHA256
                                : hls->mechanism == DLMS_MECHANISM_SHA1 ? DLMS_HASH_SHA1
                                                                        : DLMS_HASH_MD5;
    *length = dlms_hash_size(hash);
    return hls->secret.length > 0 &&
           crypto->hash(crypto->context, hash, is_full ? full : simple, is_full ? 5 : 2, answer);
}

/* Mechanism 5: SC, IC, GMAC over SC, AK and the challenge. */
static bool gmac(const struct dlms_hls *hls, const struct proof *proof, uint32_t number,
                 uint8_t answer[GMAC_ANSWER])
{
    const struct dlms_security *security = hls->security;
    const struct dlms_crypto *crypto = hls->crypto;
    const size_t key_size = dlms_suite_key_size(security->suite);
    uint8_t iv[DLMS_GCM_IV];
    answer[0] = (uint8_t)(DLMS_CONTROL_AUTHENTICATED | security->suite);
    dlms_store_u32(answer + 1, number);
    memcpy(iv, proof->prover_title, DLMS_TITLE);
    memcpy(iv + DLMS_TITLE, answer + 1, 4);
    const struct dlms_span aad[] = {
        {answer, 1},
        {security->key[DLMS_KEY_AUTHENTICATION], key_size},
        proof->challenge,
    };
    const struct dlms_gcm gcm = {
        .key = {security->key[DLMS_KEY_UNICAST], key_size},
        .iv = iv,
        .aad = aad,
        .aad_count = 3,
    };
    return crypto->gcm_encrypt(crypto->context, &gcm, answer + 5);
}

/* Mechanism 7: a signature over titles and challenges. */
static void signed_parts(const struct proof *proof, struct dlms_span parts[4])
{
    parts[0] = (struct dlms_span){proof->prover_title, DLMS_TITLE};
    parts[1] = (struct dlms_span){proof->checker_title, DLMS_TITLE};
    parts[2] = proof->challenge;
    parts[3] = proof->other;
}

static enum dlms_err sign(const struct dlms_hls *hls, uint8_t *answer, size_t *length)
{
    const struct proof proof = own_proof(hls);
    const struct dlms_crypto *crypto = hls->crypto;
    struct dlms_span parts[4];
    if (crypto->sign == NULL || hls->security->private_key.length == 0) {
        return DLMS_ERR_CIPHER;
    }
    signed_parts(&proof, parts);
    const enum dlms_curve curve = dlms_suite_curve(hls->security->suite);
    *length = 2 * dlms_curve_size(curve);
    return crypto->sign(crypto->context, curve, hls->security->private_key, parts, 4, answer)
               ? DLMS_OK
               : DLMS_ERR_CIPHER;
}

static bool verify(const struct dlms_hls *hls, struct dlms_span answer)
{
    const struct proof proof = peer_proof(hls);
    const struct dlms_crypto *crypto = hls->crypto;
    const enum dlms_curve curve = dlms_suite_curve(hls->security->suite);
    struct dlms_span parts[4];
    signed_parts(&proof, parts);
    return crypto->verify != NULL && hls->security->public_key.length > 0 &&
           answer.length == 2 * dlms_curve_size(curve) &&
           crypto->verify(crypto->context, curve, hls->security->public_key, parts, 4, answer.data);
}

static bool is_complete(const struct dlms_hls *hls)
{
    const bool needs_security =
        hls->mechanism == DLMS_MECHANISM_GMAC || hls->mechanism == DLMS_MECHANISM_ECDSA;
    return hls->crypto != NULL && hls->mechanism >= DLMS_MECHANISM_MD5 &&
           hls->mechanism <= DLMS_MECHANISM_ECDSA && hls->own_challenge.length > 0 &&
           hls->peer_challenge.length > 0 && (!needs_security || hls->security != NULL);
}

enum dlms_err dlms_hls_answer(const struct dlms_hls *hls, uint8_t *answer, size_t *length)
{
    const struct proof proof = own_proof(hls);
    uint32_t number;
    if (!is_complete(hls)) {
        return DLMS_ERR_CIPHER;
    }
    switch (hls->mechanism) {
    case DLMS_MECHANISM_GMAC:
        *length = GMAC_ANSWER;
        if (!dlms_counter_take(hls->security, &number)) {
            return DLMS_ERR_COUNTER;
        }
        return gmac(hls, &proof, number, answer) ? DLMS_OK : DLMS_ERR_CIPHER;
    case DLMS_MECHANISM_ECDSA:
        return sign(hls, answer, length);
    default:
        return digest(hls, &proof, answer, length) ? DLMS_OK : DLMS_ERR_CIPHER;
    }
}

/* The number in the answer is fresh because the challenge is. It moves the counter on, if it is ahead;
 * in a ciphered association it may as well be that of the APDU around it, or one before. */
static bool check_gmac(const struct dlms_hls *hls, const struct proof *proof,
                       struct dlms_span answer)
{
    uint8_t expected[GMAC_ANSWER];
    if (answer.length != GMAC_ANSWER) {
        return false;
    }
    const uint32_t number = dlms_load_u32(answer.data + 1);
    if (!gmac(hls, proof, number, expected) ||
        !dlms_equal(answer, (struct dlms_span){expected, sizeof expected})) {
        return false;
    }
    const struct dlms_counter *counter = &hls->security->counter[DLMS_COUNTER_RECEIVE];
    return number < counter->next ||
           dlms_counter_accept(hls->security, DLMS_COUNTER_RECEIVE, number) == DLMS_OK;
}

bool dlms_hls_check(const struct dlms_hls *hls, struct dlms_span answer)
{
    const struct proof proof = peer_proof(hls);
    uint8_t expected[DLMS_HASH_MAX];
    size_t length;
    if (!is_complete(hls) || dlms_equal(hls->own_challenge, hls->peer_challenge)) {
        return false;
    }
    switch (hls->mechanism) {
    case DLMS_MECHANISM_GMAC:
        return check_gmac(hls, &proof, answer);
    case DLMS_MECHANISM_ECDSA:
        return verify(hls, answer);
    default:
        return digest(hls, &proof, expected, &length) &&
               dlms_equal(answer, (struct dlms_span){expected, length});
    }
}
