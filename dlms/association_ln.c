/* Association LN, class 15 version 0, 6-2: the association a client has open, described to it. */
#include "dlms/acse.h"
#include "dlms/initiate.h"
#include "dlms/objects.h"

enum { ACCESS_READ = 1, ACCESS_WRITE = 2 }; /* access_mode of an attribute, 6-2, as bits */

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
    return (uint8_t)((readable ? ACCESS_READ : 0) | (writable ? ACCESS_WRITE : 0));
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
        dlms_put_bool(out, dlms_method_invocable(association, object, method));
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
    (void)exchange;
    put_name(out, 1, DLMS_CONTEXT_LN);
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
    dlms_put_octet_string(out, NULL, 0); /* no dedicated key */
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

typedef void put_attribute(const struct dlms_exchange *exchange, struct dlms_writer *out);

static put_attribute *const attributes[] = {
    [2] = put_object_list,  [3] = put_partners,       [4] = put_context_name,
    [5] = put_context_info, [6] = put_mechanism_name, [8] = put_status,
};

static enum dlms_result read_association(const struct dlms_exchange *exchange, int8_t attribute,
                                         struct dlms_writer *out)
{
    attributes[attribute](exchange, out);
    return DLMS_RESULT_SUCCESS;
}

const struct dlms_behaviour dlms_association_ln = {.read = read_association};
