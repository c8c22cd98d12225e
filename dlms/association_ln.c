/* Association LN, class 15 versions 0 to 3, 6-2: the association a client has open, described to it;
 * and where its client proves itself. Versions differ in the attributes behind 8, and in how access
 * rights are written. Invariant: what is listed is what objects.c lets pass. */
#include "dlms/acse.h"
#include "dlms/initiate.h"
#include "dlms/objects.h"
#include "dlms/secure.h"

enum {
    SECRET = 7,
    SECURITY_SETUP = 9, /* version 1 */
    USER_LIST = 10,     /* version 2 */
    CURRENT_USER = 11,  /* version 2 */
    REPLY_TO_HLS = 1,
    CHANGE_HLS_SECRET = 2,
    ACCESS_READ = 1, /* access_mode of an attribute: bits in every version … */
    ACCESS_WRITE = 2,
    ACCESS_AUTHENTICATED =
        3, /* … to which versions 0 to 2 add this, and 3 the bits of the policy */
};

static void put_selectors(const struct dlms_object *object, int8_t attribute,
                          struct dlms_writer *out)
{
    if (attribute != 2 || object->selectors == 0) {
        dlms_put_null(out);
        return;
    }
    size_t count = 0;
    for (int8_t selector = 0; selector < 8; selector++) {
        count += object->selectors >> selector & 1;
    }
    dlms_put_array(out, count);
    for (int8_t selector = 0; selector < 8; selector++) {
        if ((object->selectors >> selector & 1) != 0) {
            dlms_put_i8(out, selector);
        }
    }
}

static uint8_t attribute_mode(const struct dlms_association *association,
                              const struct dlms_object *object, int8_t attribute)
{
    const bool readable = dlms_attribute_readable(object, attribute);
    const bool writable = dlms_attribute_writable(association, object, attribute);
    const unsigned mode = (readable ? ACCESS_READ : 0) | (writable ? ACCESS_WRITE : 0);
    if (mode == 0 || object->protection == 0 || attribute == 1) {
        return (uint8_t)mode;
    }
    return (uint8_t)(association->version < 3 ? mode + ACCESS_AUTHENTICATED
                                              : mode | object->protection);
}

/* Version 0 has a boolean, 1 and 2 an enumeration, 3 bits. */
static void put_method_mode(const struct dlms_association *association,
                            const struct dlms_object *object, int8_t method,
                            struct dlms_writer *out)
{
    const bool is_invocable = dlms_method_invocable(association, object, method);
    const bool is_protected = object->protection != 0;
    if (association->version == 0) {
        dlms_put_bool(out, is_invocable);
    } else if (association->version < 3) {
        dlms_put_enum(out, (uint8_t)(is_invocable ? 1 + is_protected : 0));
    } else {
        dlms_put_enum(out, (uint8_t)(is_invocable ? 1 | object->protection : 0));
    }
}

/* access_right: {attributes {id, mode, selectors}, methods {id, mode}}. */
static void put_access_rights(const struct dlms_association *association,
                              const struct dlms_object *object, struct dlms_writer *out)
{
    dlms_put_structure(out, 2);
    dlms_put_array(out, object->attribute_count);
    for (int8_t attribute = 1; attribute <= object->attribute_count; attribute++) {
        dlms_put_structure(out, 3);
        dlms_put_i8(out, attribute);
        dlms_put_enum(out, attribute_mode(association, object, attribute));
        put_selectors(object, attribute, out);
    }
    dlms_put_array(out, object->method_count);
    for (int8_t method = 1; method <= object->method_count; method++) {
        dlms_put_structure(out, 2);
        dlms_put_i8(out, method);
        put_method_mode(association, object, method, out);
    }
}

static void put_object_list(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    struct dlms_entry entry;
    size_t count = 0;
    size_t cursor = 0;
    while (dlms_objects_next(exchange->link->server, exchange->session->association, &cursor,
                             &entry)) {
        count++;
    }
    dlms_put_array(out, count);
    cursor = 0;
    while (dlms_objects_next(exchange->link->server, exchange->session->association, &cursor,
                             &entry)) {
        dlms_put_structure(out, 4);
        dlms_put_u16(out, entry.object->class_id);
        dlms_put_u8(out, entry.object->version);
        dlms_put_octet_string(out, entry.object->logical_name, 6);
        put_access_rights(exchange->session->association, entry.object, out);
    }
}

static void put_partners(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    dlms_put_structure(out, 2);
    dlms_put_i8(out, (int8_t)exchange->session->association->client_sap);
    dlms_put_u16(out, exchange->session->association->server_sap);
}

/* 2.16.756.5.8.arc.last as the structure of 6-2. */
static void put_name(struct dlms_writer *out, uint8_t arc, uint8_t last)
{
    dlms_put_structure(out, 7);
    dlms_put_u8(out, 2);
    dlms_put_u8(out, 16);
    dlms_put_u16(out, 756);
    dlms_put_u8(out, 5);
    dlms_put_u8(out, 8);
    dlms_put_u8(out, arc);
    dlms_put_u8(out, last);
}

static void put_context_name(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    put_name(out, 1,
             exchange->session->association->ciphered ? DLMS_CONTEXT_LN_CIPHERED : DLMS_CONTEXT_LN);
}

static void put_context_info(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    const uint32_t conformance = exchange->session->conformance;
    const uint8_t bits[] = {(uint8_t)(conformance >> 16), (uint8_t)(conformance >> 8),
                            (uint8_t)conformance};
    dlms_put_structure(out, 6);
    dlms_put_bit_string(out, bits, 24);
    dlms_put_u16(out, exchange->link->server->max_receive_pdu);
    dlms_put_u16(out, exchange->session->max_send_pdu);
    dlms_put_u8(out, DLMS_VERSION);
    dlms_put_i8(out, 0);                 /* quality of service: not used */
    dlms_put_octet_string(out, NULL, 0); /* a dedicated key is not told */
}

static void put_mechanism_name(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    put_name(out, 2, (uint8_t)exchange->session->association->mechanism);
}

static void put_status(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    (void)exchange;
    dlms_put_enum(out, 2); /* associated: nobody else can ask */
}

static void put_security_setup(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    static const uint8_t none[6];
    const struct dlms_security *security = exchange->session->association->security;
    dlms_put_octet_string(out, security != NULL ? security->logical_name : none, 6);
}

static void put_user(const struct dlms_user *user, struct dlms_writer *out)
{
    dlms_put_structure(out, 2);
    dlms_put_u8(out, user->id);
    dlms_put_visible_string(out, user->name);
}

static void put_user_list(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    const struct dlms_association *association = exchange->session->association;
    dlms_put_array(out, association->user_count);
    for (size_t i = 0; i < association->user_count; i++) {
        put_user(&association->users[i], out);
    }
}

static void put_current_user(const struct dlms_exchange *exchange, struct dlms_writer *out)
{
    static const struct dlms_user nobody = {0, ""};
    const struct dlms_session *session = exchange->session;
    put_user(session->user > 0 ? &session->association->users[session->user - 1] : &nobody, out);
}

typedef void put_attribute(const struct dlms_exchange *exchange, struct dlms_writer *out);

static put_attribute *const attributes[] = {
    [2] = put_object_list,
    [3] = put_partners,
    [4] = put_context_name,
    [5] = put_context_info,
    [6] = put_mechanism_name,
    [8] = put_status,
    [SECURITY_SETUP] = put_security_setup,
    [USER_LIST] = put_user_list,
    [CURRENT_USER] = put_current_user,
};

static enum dlms_result read_association(const struct dlms_exchange *exchange, int8_t attribute,
                                         struct dlms_writer *out)
{
    attributes[attribute](exchange, out);
    return DLMS_RESULT_SUCCESS;
}

/* ---- Proof and secrets ---- */

static bool is_octet_string(struct dlms_span data, struct dlms_span *contents)
{
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value value = dlms_read_value(&reader);
    *contents = value.bytes;
    return value.tag == DLMS_TAG_OCTET_STRING && dlms_reader_done(&reader);
}

/* Where the association can be ciphered, a new secret must come encrypted. */
static enum dlms_result change_secret(struct dlms_exchange *exchange, struct dlms_span value)
{
    const struct dlms_server *server = exchange->link->server;
    const struct dlms_association *association = exchange->session->association;
    struct dlms_span secret;
    if (!is_octet_string(value, &secret) || secret.length == 0) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (association->ciphered && (exchange->protection & DLMS_POLICY_REQUEST_ENCRYPTED) == 0) {
        return DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
    }
    const enum dlms_result result = server->change_secret(server->context, association, secret);
    if (result == DLMS_RESULT_SUCCESS) {
        dlms_tell(exchange, association, DLMS_EVENT_SECRET_CHANGED);
    }
    return result;
}

static enum dlms_result write_association(struct dlms_exchange *exchange, int8_t attribute,
                                          struct dlms_span value)
{
    (void)attribute; /* only the secret is writable */
    return change_secret(exchange, value);
}

static enum dlms_result reply_to_hls(struct dlms_exchange *exchange, struct dlms_span parameters,
                                     struct dlms_writer *out)
{
    uint8_t answer[DLMS_HLS_ANSWER_MAX];
    size_t length = 0;
    struct dlms_span proof;
    if (!is_octet_string(parameters, &proof)) {
        proof = (struct dlms_span){NULL, 0}; /* proves nothing */
    }
    const enum dlms_result result = dlms_handshake_finish(exchange, proof, answer, &length);
    if (result == DLMS_RESULT_SUCCESS) {
        dlms_put_octet_string(out, answer, length);
    }
    return result;
}

static enum dlms_result invoke_association(struct dlms_exchange *exchange, int8_t method,
                                           struct dlms_span parameters, struct dlms_writer *out)
{
    return method == REPLY_TO_HLS ? reply_to_hls(exchange, parameters, out)
                                  : change_secret(exchange, parameters);
}

static bool adapt_association(const struct dlms_server *server,
                              const struct dlms_association *association,
                              struct dlms_object *object)
{
    static const int8_t attribute_counts[] = {8, SECURITY_SETUP, CURRENT_USER, CURRENT_USER};
    const uint8_t version = association->version < 4 ? association->version : 3;
    const enum dlms_mechanism mechanism = association->mechanism;
    const bool may_change =
        server->change_secret != NULL && (association->builtins & DLMS_BUILTIN_CHANGE_SECRETS) != 0;
    const bool has_secret = mechanism == DLMS_MECHANISM_MD5 || mechanism == DLMS_MECHANISM_SHA1 ||
                            mechanism == DLMS_MECHANISM_SHA256;
    object->version = version;
    object->attribute_count = (uint8_t)attribute_counts[version];
    for (int8_t attribute = SECURITY_SETUP; attribute <= attribute_counts[version]; attribute++) {
        object->readable |= DLMS_ATTRIBUTE(attribute);
    }
    object->writable =
        may_change && mechanism == DLMS_MECHANISM_PASSWORD ? DLMS_ATTRIBUTE(SECRET) : 0;
    object->method_count = mechanism >= DLMS_MECHANISM_MD5 ? CHANGE_HLS_SECRET : 0;
    object->invocable = (mechanism >= DLMS_MECHANISM_MD5 ? DLMS_METHOD(REPLY_TO_HLS) : 0) |
                        (may_change && has_secret ? DLMS_METHOD(CHANGE_HLS_SECRET) : 0);
    return true;
}

const struct dlms_behaviour dlms_association_ln = {
    .adapt = adapt_association,
    .read = read_association,
    .write = write_association,
    .invoke = invoke_association,
};
