/* Security setup, class 64 version 1, and the invocation counter beside it, 6-2. Invariant: keys and
 * policy change all at once or not at all, after the owner has put them into lasting memory; and the
 * answer still goes out with the keys of its request (struct dlms_keys). */
#include <string.h>

#include "dlms/asymmetric.h"
#include "dlms/certificates.h"
#include "dlms/objects.h"

enum {
    POLICY = 2,
    SUITE = 3,
    CLIENT_TITLE = 4,
    SERVER_TITLE = 5,
    SECURITY_ACTIVATE = 1,
    KEY_TRANSFER = 2,
    KEY_AGREEMENT = 3,
    CERTIFICATE_METHODS = 0x1F0, /* 4 … 8 */
    GROUP_C_COUNTER = 1,         /* 0.0.43.1.e beside 0.0.43.0.e */
};

static const struct dlms_security *security_of(const struct dlms_exchange *exchange)
{
    return exchange->session->association->security;
}

/* ---- Reading ---- */

static enum dlms_result read_setup(const struct dlms_exchange *exchange, int8_t attribute,
                                   struct dlms_writer *out)
{
    const struct dlms_security *security = security_of(exchange);
    switch (attribute) {
    case POLICY:
        dlms_put_enum(out, security->policy);
        break;
    case SUITE:
        dlms_put_enum(out, security->suite);
        break;
    case CLIENT_TITLE:
        dlms_put_octet_string(out, security->peer_title, DLMS_TITLE);
        break;
    case SERVER_TITLE:
        dlms_put_octet_string(out, security->own_title, DLMS_TITLE);
        break;
    default:
        if (security->certificates != NULL) {
            security->certificates->methods->read(security->certificates, out);
        } else {
            dlms_put_array(out, 0); /* there are none, public keys are known beforehand */
        }
    }
    return DLMS_RESULT_SUCCESS;
}

/* The number taken last: a client goes on with the next. */
static enum dlms_result read_counter(const struct dlms_exchange *exchange, int8_t attribute,
                                     struct dlms_writer *out)
{
    (void)attribute;
    dlms_put_u32(out, dlms_counter_received(security_of(exchange)));
    return DLMS_RESULT_SUCCESS;
}

/* ---- Changing ---- */

static enum dlms_result save(struct dlms_exchange *exchange, struct dlms_security *next,
                             enum dlms_event event)
{
    const struct dlms_server *server = exchange->link->server;
    const struct dlms_association *association = exchange->session->association;
    const bool is_saved = server->save_security(server->context, association->security, next);
    if (is_saved) {
        *association->security = *next;
        dlms_tell(exchange, association, event);
    }
    dlms_wipe(next, sizeof *next);
    return is_saved ? DLMS_RESULT_SUCCESS : DLMS_RESULT_HARDWARE_FAULT;
}

/* Another key begins a new count of what is received with it; with the same one, what came under it could
 * come again. The count of what is sent goes on. */
static void begin_counts(const struct dlms_security *before, struct dlms_security *next)
{
    static const struct {
        enum dlms_key key;
        enum dlms_counter_id counter;
    } counts[] = {{DLMS_KEY_UNICAST, DLMS_COUNTER_RECEIVE},
                  {DLMS_KEY_BROADCAST, DLMS_COUNTER_RECEIVE_BROADCAST}};
    const size_t size = dlms_suite_key_size(next->suite);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const struct dlms_span old_key = {before->key[counts[i].key], size};
        const struct dlms_span new_key = {next->key[counts[i].key], size};
        if (!dlms_equal(old_key, new_key)) {
            next->counter[counts[i].counter] = (struct dlms_counter){0, 0};
        }
    }
}

enum dlms_result dlms_save_keys(struct dlms_exchange *exchange, struct dlms_security *next)
{
    begin_counts(security_of(exchange), next);
    return save(exchange, next, DLMS_EVENT_KEYS_CHANGED);
}

/* 6-2: a policy may be made stronger only. */
static enum dlms_result activate(struct dlms_exchange *exchange, struct dlms_span parameters)
{
    static const uint8_t known = DLMS_POLICY_REQUEST_AUTHENTICATED | DLMS_POLICY_REQUEST_ENCRYPTED |
                                 DLMS_POLICY_RESPONSE_AUTHENTICATED |
                                 DLMS_POLICY_RESPONSE_ENCRYPTED;
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    const struct dlms_value value = dlms_read_value(&reader);
    struct dlms_security next = *security_of(exchange);
    if (value.tag != DLMS_TAG_ENUM) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const uint8_t policy = (uint8_t)value.integer;
    const uint8_t possible =
        known | (next.asymmetric != NULL ? next.asymmetric->possible_policy(&next) : 0);
    if ((policy & ~possible) != 0 || (next.policy & ~policy) != 0) {
        return DLMS_RESULT_OTHER_REASON;
    }
    next.policy = policy;
    return save(exchange, &next, DLMS_EVENT_POLICY_CHANGED);
}

void dlms_put_key(struct dlms_security *security, enum dlms_key id, const uint8_t *key)
{
    memcpy(security->key[id], key, dlms_suite_key_size(security->suite));
}

/* The next {key_id, octets} of an array. */
bool dlms_read_key(struct dlms_reader *reader, enum dlms_key *id, struct dlms_span *octets)
{
    const struct dlms_value pair = dlms_read_value(reader);
    const struct dlms_value name = dlms_read_value(reader);
    const struct dlms_value bytes = dlms_read_value(reader);
    *id = (enum dlms_key)(name.integer & 3);
    *octets = bytes.bytes;
    return pair.tag == DLMS_TAG_STRUCTURE && pair.count == 2 && name.tag == DLMS_TAG_ENUM &&
           name.integer < DLMS_KEY_COUNT && bytes.tag == DLMS_TAG_OCTET_STRING;
}

/* The elements of an array of keys, 1 … DLMS_KEY_COUNT; 0: it is none. */
size_t dlms_read_key_count(struct dlms_reader *reader)
{
    const struct dlms_value list = dlms_read_value(reader);
    return list.tag == DLMS_TAG_ARRAY && list.count <= DLMS_KEY_COUNT ? list.count : 0;
}

/* All keys are unwrapped with the master key that was in force before. */
static enum dlms_result transfer_keys(struct dlms_exchange *exchange, struct dlms_span parameters)
{
    const struct dlms_crypto *crypto = exchange->link->server->crypto;
    const struct dlms_security *security = security_of(exchange);
    const size_t size = dlms_suite_key_size(security->suite);
    struct dlms_security next = *security;
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    const size_t count = dlms_read_key_count(&reader);
    enum dlms_result result = count > 0 ? DLMS_RESULT_SUCCESS : DLMS_RESULT_TYPE_UNMATCHED;
    for (size_t i = 0; i < count && result == DLMS_RESULT_SUCCESS; i++) {
        uint8_t key[DLMS_KEY_MAX];
        enum dlms_key id;
        struct dlms_span wrapped;
        if (!dlms_read_key(&reader, &id, &wrapped)) {
            result = DLMS_RESULT_TYPE_UNMATCHED;
        } else if (wrapped.length != size + DLMS_KEY_WRAP ||
                   !crypto->unwrap(crypto->context,
                                   (struct dlms_span){security->key[DLMS_KEY_MASTER], size},
                                   wrapped.data, wrapped.length, key)) {
            result = DLMS_RESULT_OTHER_REASON;
        } else {
            dlms_put_key(&next, id, key);
        }
        dlms_wipe(key, sizeof key);
    }
    if (result == DLMS_RESULT_SUCCESS) {
        return dlms_save_keys(exchange, &next);
    }
    dlms_wipe(&next, sizeof next);
    return result;
}

/* Wrapped keys say nothing of when they were made: who could send old ones again could bring old keys
 * back. So they must come in an authenticated APDU, which cannot be sent again. */
static enum dlms_result invoke_setup(struct dlms_exchange *exchange, int8_t method,
                                     struct dlms_span parameters, struct dlms_writer *out)
{
    const struct dlms_certificates *certificates = security_of(exchange)->certificates;
    if ((exchange->protection & DLMS_POLICY_REQUEST_AUTHENTICATED) == 0) {
        return DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
    }
    switch (method) {
    case SECURITY_ACTIVATE:
        return activate(exchange, parameters);
    case KEY_TRANSFER:
        return transfer_keys(exchange, parameters);
    case KEY_AGREEMENT:
        return security_of(exchange)->asymmetric->agree_keys(exchange, parameters, out);
    default:
        return certificates->methods->invoke(certificates, method, parameters, out);
    }
}

/* ---- Objects ---- */

static bool adapt_setup(const struct dlms_server *server,
                        const struct dlms_association *association, struct dlms_object *object)
{
    const bool may_change = server->save_security != NULL && server->crypto != NULL &&
                            (association->builtins & DLMS_BUILTIN_CHANGE_SECRETS) != 0;
    if (association->security == NULL) {
        return false;
    }
    const bool can_agree =
        association->security->suite > 0 && association->security->asymmetric != NULL;
    memcpy(object->logical_name, association->security->logical_name, 6);
    object->method_count = association->security->certificates != NULL ? 8 : 3;
    if (may_change) {
        object->invocable = DLMS_METHOD(SECURITY_ACTIVATE) | DLMS_METHOD(KEY_TRANSFER);
        object->invocable |= can_agree ? DLMS_METHOD(KEY_AGREEMENT) : 0;
        object->invocable |= association->security->certificates != NULL ? CERTIFICATE_METHODS : 0;
    }
    return true;
}

static bool adapt_counter(const struct dlms_server *server,
                          const struct dlms_association *association, struct dlms_object *object)
{
    (void)server;
    if (association->security == NULL) {
        return false;
    }
    memcpy(object->logical_name, association->security->logical_name, 6);
    object->logical_name[3] = GROUP_C_COUNTER;
    return true;
}

const struct dlms_behaviour dlms_security_setup = {
    .adapt = adapt_setup,
    .read = read_setup,
    .invoke = invoke_setup,
};
const struct dlms_behaviour dlms_invocation_counter = {
    .adapt = adapt_counter,
    .read = read_counter,
};
