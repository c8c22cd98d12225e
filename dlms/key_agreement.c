/* key_agreement of class 64, 6-2: new keys that client and server derive (agreement.c). Invariant: all keys
 * of a request are taken, or none; and none that the client cannot learn of. */
#include "dlms/asymmetric.h"
#include "dlms/service.h"

static const struct dlms_security *security_of(const struct dlms_exchange *exchange)
{
    return exchange->session->association->security;
}

/* One key agreed on: into next, and the server's offer to the answer. */
static bool agree_key(const struct dlms_exchange *exchange, struct dlms_security *next,
                      enum dlms_key id, struct dlms_span peer_offer, struct dlms_writer *out)
{
    const struct dlms_security *security = security_of(exchange);
    const uint8_t *client = dlms_secured(exchange->link, exchange->session)->peer_title;
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t offer[DLMS_AGREEMENT_MAX];
    uint8_t key[DLMS_KEY_MAX];
    const bool done = dlms_agreement_offer(security, id, private_key, offer) &&
                      dlms_agreement_derive(security, id, private_key, peer_offer, client,
                                            security->own_title, key);
    if (done) {
        dlms_put_key(next, id, key);
        dlms_put_structure(out, 2);
        dlms_put_enum(out, (uint8_t)id);
        dlms_put_octet_string(out, offer, dlms_agreement_size(security));
    }
    dlms_wipe(private_key, sizeof private_key);
    dlms_wipe(key, sizeof key);
    return done;
}

enum dlms_result dlms_agree_keys(struct dlms_exchange *exchange, struct dlms_span parameters,
                                 struct dlms_writer *out)
{
    struct dlms_security next = *security_of(exchange);
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    enum dlms_result result = DLMS_RESULT_SUCCESS;
    const size_t count = dlms_read_key_count(&reader);
    if (count == 0) {
        result = DLMS_RESULT_TYPE_UNMATCHED;
    }
    dlms_put_array(out, count);
    for (size_t i = 0; i < count && result == DLMS_RESULT_SUCCESS; i++) {
        enum dlms_key id;
        struct dlms_span offer;
        if (!dlms_read_key(&reader, &id, &offer)) {
            result = DLMS_RESULT_TYPE_UNMATCHED;
        } else if (!agree_key(exchange, &next, id, offer, out)) {
            result = DLMS_RESULT_OTHER_REASON;
        }
    }
    if (result == DLMS_RESULT_SUCCESS && dlms_writer_overflowed(out)) {
        result = DLMS_RESULT_OTHER_REASON; /* a key the client could not learn of is not taken */
    }
    if (result == DLMS_RESULT_SUCCESS) {
        return dlms_save_keys(exchange, &next);
    }
    dlms_wipe(&next, sizeof next);
    return result;
}
