/* general-signing around and inside ciphering, suites 1 and 2, 5-3. Invariant: nothing that is signed is
 * used before its signature is found good, and no number moves before all layers are.
 *
 * A signature is over everything between tag and content with its lengths, and over the content without
 * its length, as Gurux has it. */
#include <string.h>

#include "dlms/asymmetric.h"
#include "dlms/bytes.h"

bool dlms_may_sign(const struct dlms_security *security)
{
    return security->suite > 0 && security->crypto->sign != NULL &&
           security->private_key.length > 0;
}

static bool sign(const struct dlms_security *security, const uint8_t *recipient, uint32_t number,
                 uint8_t *apdu, size_t *length)
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    const size_t size = 2 * dlms_curve_size(curve);
    struct dlms_writer out = dlms_writer(apdu, DLMS_SIGNING_HEAD);
    dlms_raw_u8(&out, DLMS_TAG_SIGNED);
    dlms_general_header_write(&out, security, recipient, number);
    const struct dlms_span header = {apdu + 1, out.total - 1};
    dlms_raw_length(&out, *length);
    uint8_t *const content = apdu + out.total;
    memmove(content, apdu + DLMS_SIGNING_HEAD, *length);
    const struct dlms_span parts[] = {header, {content, *length}};
    content[*length] = (uint8_t)size; /* at most DLMS_POINT_MAX, below 128 */
    if (!dlms_may_sign(security) || !crypto->sign(crypto->context, curve, security->private_key,
                                                  parts, 2, content + *length + 1)) {
        return false;
    }
    *length = out.total + *length + 1 + size;
    return true;
}

/* ---- Putting on ---- */

/* At most one signature, and what has none is ciphered. */
bool dlms_sign_can_protect(const struct dlms_cover *cover, uint8_t plain)
{
    const struct dlms_cover inner = {cover->envelope & DLMS_ENVELOPE_KIND, cover->control};
    switch (cover->envelope & DLMS_SIGNED) {
    case 0:
        return dlms_can_cipher(&inner, plain);
    case DLMS_SIGNED_INSIDE:
        return inner.envelope > DLMS_ENVELOPE_DED && dlms_can_cipher(&inner, plain);
    case DLMS_SIGNED_AROUND:
        return inner.envelope == DLMS_ENVELOPE_NONE || dlms_can_cipher(&inner, plain);
    default:
        return false;
    }
}

/* From the inside out. */
static bool put_on(const struct dlms_security *security, struct dlms_keys *keys,
                   const struct dlms_cover *cover, uint32_t number, uint8_t *buffer, size_t *length)
{
    const struct dlms_cover inner = {cover->envelope & DLMS_ENVELOPE_KIND, cover->control};
    const bool is_inside = (cover->envelope & DLMS_SIGNED_INSIDE) != 0;
    const bool is_around = (cover->envelope & DLMS_SIGNED_AROUND) != 0;
    if (is_inside &&
        !sign(security, keys->peer_title, number, buffer + dlms_cipher_head(&inner), length)) {
        return false;
    }
    if (inner.envelope != DLMS_ENVELOPE_NONE &&
        !dlms_cipher(security, keys, keys, &inner, number,
                     buffer + (is_around ? DLMS_SIGNING_HEAD : 0), length)) {
        return false;
    }
    return !is_around || sign(security, keys->peer_title, number, buffer, length);
}

bool dlms_sign_protect(const struct dlms_security *security, const struct dlms_keys *keys,
                       const struct dlms_cover *cover, uint32_t number, uint8_t *buffer,
                       size_t *length)
{
    struct dlms_keys own = *keys;
    const bool done = put_on(security, &own, cover, number, buffer, length);
    dlms_wipe(&own, sizeof own);
    return done;
}

/* ---- Taking off ---- */

/* general-signing whose signature is right. */
struct seal {
    struct dlms_span content;
    bool has_number; /* the transaction-id is one that a counter can judge */
    uint32_t number;
};

/* The number that this side's peer puts there; another transaction-id has none. */
static void read_number(struct dlms_span transaction, struct seal *result)
{
    const bool is_number = transaction.length == DLMS_TRANSACTION_ID;
    const uint64_t number = is_number ? dlms_load(transaction.data, DLMS_TRANSACTION_ID) : 0;
    result->has_number = is_number && number <= UINT32_MAX;
    result->number = (uint32_t)number;
}

static bool is_title(struct dlms_span told, const uint8_t *title)
{
    return dlms_equal(told, (struct dlms_span){title, DLMS_TITLE});
}

static enum dlms_err check(const struct dlms_security *security, const uint8_t *peer_title,
                           struct dlms_span apdu, struct seal *result)
{
    const struct dlms_crypto *crypto = security->crypto;
    const enum dlms_curve curve = dlms_suite_curve(security->suite);
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    struct dlms_general_header header;
    dlms_read_u8(&reader);
    dlms_general_header_read(&reader, &header);
    result->content = dlms_read_bytes(&reader, dlms_read_length(&reader));
    const struct dlms_span signature = dlms_read_bytes(&reader, dlms_read_length(&reader));
    if (reader.failed || reader.length > 0 || result->content.length == 0 || security->suite == 0) {
        return DLMS_ERR_FORMAT;
    }
    read_number(header.transaction, result);
    const struct dlms_span parts[] = {header.whole, result->content};
    const bool is_good =
        is_title(header.originator, peer_title) &&
        is_title(header.recipient, security->own_title) && crypto->verify != NULL &&
        security->public_key.length > 0 && signature.length == 2 * dlms_curve_size(curve) &&
        crypto->verify(crypto->context, curve, security->public_key, parts, 2, signature.data);
    return is_good ? DLMS_OK : DLMS_ERR_CIPHER;
}

/* What is signed only; the answer goes out with the global keys. */
static enum dlms_err copy_plain(const struct dlms_taking_off *taking_off, struct dlms_span apdu,
                                struct dlms_unprotected *result)
{
    if (apdu.length > taking_off->size) {
        return DLMS_ERR_SPACE;
    }
    memcpy(taking_off->plain, apdu.data, apdu.length);
    result->apdu = (struct dlms_span){taking_off->plain, apdu.length};
    result->cover = (struct dlms_cover){DLMS_ENVELOPE_NONE, taking_off->security->suite};
    dlms_keys_take(taking_off->security, NULL, &result->cover, &result->keys);
    memcpy(result->keys.peer_title, taking_off->title, DLMS_TITLE);
    return DLMS_OK;
}

/* The transaction-id stands in for the number that only authenticated ciphering protects. */
static enum dlms_err accept_seal(struct dlms_security *security, const struct seal *seal,
                                 struct dlms_unprotected *result)
{
    result->lowest = security->counter[DLMS_COUNTER_RECEIVE_OTHER].next;
    return seal->has_number
               ? dlms_counter_accept(security, DLMS_COUNTER_RECEIVE_OTHER, seal->number)
               : DLMS_ERR_REPLAY;
}

/* Takes off the layers from the outside in, at most one of each. */
static enum dlms_err open_layers(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                                 struct seal *seal, struct dlms_unprotected *result)
{
    const struct dlms_security *security = taking_off->security;
    const bool is_around = dlms_is_signed(apdu);
    enum dlms_err err = is_around ? check(security, taking_off->title, apdu, seal) : DLMS_OK;
    if (err != DLMS_OK) {
        return err;
    }
    apdu = is_around ? seal->content : apdu;
    const bool is_ciphered = !is_around || dlms_envelope_of(apdu) != DLMS_ENVELOPE_NONE;
    err = is_ciphered ? dlms_decipher(taking_off, apdu, result)
                      : copy_plain(taking_off, apdu, result);
    result->cover.envelope |= is_around ? DLMS_SIGNED_AROUND : 0;
    if (err == DLMS_OK && !is_around && dlms_is_signed(result->apdu)) {
        result->cover.envelope |= DLMS_SIGNED_INSIDE;
        err = check(security, taking_off->title, result->apdu, seal);
        result->apdu = seal->content;
    }
    return err;
}

enum dlms_err dlms_sign_unprotect(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                                  struct dlms_unprotected *result)
{
    struct seal seal = {0};
    const enum dlms_err err = open_layers(taking_off, apdu, &seal, result);
    if (err != DLMS_OK) {
        return err;
    }
    const bool is_signed = (result->cover.envelope & DLMS_SIGNED) != 0;
    return is_signed && taking_off->parts.tag == NULL
               ? accept_seal(taking_off->security, &seal, result)
               : dlms_accept_number(taking_off, result);
}
