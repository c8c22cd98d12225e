/* Finding an object, and what may be done with it. All access rules of an association are here: what
 * it cannot see does not exist for it, and attribute 1 needs nobody's help. */
#include "dlms/objects.h"

#include <string.h>

enum { REPLY_TO_HLS = 1 }; /* method of Association LN: all that a client not proven yet may do */

struct builtin {
    uint8_t flag; /* enum dlms_builtin, 0 for always there */
    struct dlms_object object;
    const struct dlms_behaviour *behaviour;
};

/* Secrets are not readable: attribute 7 of Association LN is left out. */
static const struct builtin builtins[] = {
    {0,
     {.class_id = 15,
      .logical_name = {0, 0, 40, 0, 0, 255},
      .attribute_count = 8,
      .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3) | DLMS_ATTRIBUTE(4) | DLMS_ATTRIBUTE(5) |
                  DLMS_ATTRIBUTE(6) | DLMS_ATTRIBUTE(8)},
     &dlms_association_ln},
    {DLMS_BUILTIN_SAP_ASSIGNMENT,
     {.class_id = 17,
      .logical_name = {0, 0, 41, 0, 0, 255},
      .attribute_count = 2,
      .readable = DLMS_ATTRIBUTE(2)},
     &dlms_sap_assignment},
    {DLMS_BUILTIN_DEVICE_NAME,
     {.class_id = 1,
      .logical_name = {0, 0, 42, 0, 0, 255},
      .attribute_count = 2,
      .readable = DLMS_ATTRIBUTE(2)},
     &dlms_device_name},
    {DLMS_BUILTIN_SECURITY_SETUP,
     {.class_id = 64,
      .version = 1,
      .attribute_count = 6,
      .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3) | DLMS_ATTRIBUTE(4) | DLMS_ATTRIBUTE(5) |
                  DLMS_ATTRIBUTE(6),
      .method_count = 3},
     &dlms_security_setup},
    {DLMS_BUILTIN_INVOCATION_COUNTER,
     {.class_id = 1, .attribute_count = 2, .readable = DLMS_ATTRIBUTE(2)},
     &dlms_invocation_counter},
};

enum { BUILTIN_COUNT = sizeof builtins / sizeof builtins[0] };

static bool builtin_at(const struct dlms_server *server, const struct dlms_association *association,
                       size_t index, struct dlms_entry *entry)
{
    const struct builtin *row = &builtins[index];
    entry->object = &row->object;
    entry->behaviour = row->behaviour;
    if (row->flag != 0 && (row->flag & association->builtins) == 0) {
        return false;
    }
    if (row->behaviour->adapt == NULL) {
        return true;
    }
    entry->made = row->object;
    entry->object = &entry->made;
    return row->behaviour->adapt(server, association, &entry->made);
}

static bool owned_at(const struct dlms_server *server, const struct dlms_association *association,
                     size_t index, struct dlms_entry *entry)
{
    entry->behaviour = NULL;
    if (server->objects != NULL) {
        entry->object = &server->objects[index];
    } else {
        entry->object = &entry->made;
        entry->made = (struct dlms_object){0};
        server->enumerate(server->context, index, &entry->made);
    }
    return (entry->object->groups & association->groups) != 0;
}

bool dlms_objects_next(const struct dlms_server *server, const struct dlms_association *association,
                       size_t *cursor, struct dlms_entry *entry)
{
    while (*cursor < BUILTIN_COUNT + server->object_count) {
        const size_t index = (*cursor)++;
        const bool visible = index < BUILTIN_COUNT
                                 ? builtin_at(server, association, index, entry)
                                 : owned_at(server, association, index - BUILTIN_COUNT, entry);
        if (visible) {
            return true;
        }
    }
    return false;
}

/* Groups C and E differ most from object to object, so they are looked at first. */
static bool has_name(const struct dlms_entry *entry, const uint8_t logical_name[6])
{
    const uint8_t *own = entry->object->logical_name;
    return own[2] == logical_name[2] && own[4] == logical_name[4] &&
           memcmp(own, logical_name, 6) == 0;
}

/* All names of the library's objects begin 0.0.40 … 0.0.43. */
static bool find_builtin(const struct dlms_server *server,
                         const struct dlms_association *association, const uint8_t logical_name[6],
                         struct dlms_entry *entry)
{
    if (logical_name[0] != 0 || logical_name[1] != 0 || logical_name[2] < 40 ||
        logical_name[2] > 43) {
        return false;
    }
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        if (builtin_at(server, association, i, entry) && has_name(entry, logical_name)) {
            return true;
        }
    }
    return false;
}

static bool find_owned(const struct dlms_server *server, const struct dlms_association *association,
                       const uint8_t logical_name[6], struct dlms_entry *entry)
{
    if (server->locate != NULL) {
        const size_t index = server->locate(server->context, logical_name);
        return index < server->object_count && owned_at(server, association, index, entry) &&
               has_name(entry, logical_name);
    }
    for (size_t i = 0; i < server->object_count; i++) {
        if (owned_at(server, association, i, entry) && has_name(entry, logical_name)) {
            return true;
        }
    }
    return false;
}

/* OBJECT_UNDEFINED: the association sees no object of this name; OBJECT_CLASS_INCONSISTENT: it does,
 * but of another class. */
static enum dlms_result find_object(const struct dlms_exchange *exchange,
                                    const struct dlms_reference *reference,
                                    struct dlms_entry *entry)
{
    const struct dlms_association *association = exchange->session->association;
    const struct dlms_server *server = exchange->link->server;
    if (!find_builtin(server, association, reference->logical_name, entry) &&
        !find_owned(server, association, reference->logical_name, entry)) {
        return DLMS_RESULT_OBJECT_UNDEFINED;
    }
    return entry->object->class_id == reference->class_id ? DLMS_RESULT_SUCCESS
                                                          : DLMS_RESULT_OBJECT_CLASS_INCONSISTENT;
}

/* ---- Rights ---- */

static bool has_bit(uint32_t set, int8_t bit)
{
    return bit > 0 && bit < 32 && (set >> bit & 1) != 0;
}

/* An object of the library has no groups: what its row allows is allowed to all. */
static bool is_among(const struct dlms_association *association, const struct dlms_object *object,
                     uint8_t groups)
{
    return object->groups == 0 || (groups & object->groups & association->groups) != 0;
}

bool dlms_attribute_readable(const struct dlms_object *object, int8_t attribute)
{
    return attribute == 1 || has_bit(object->readable, attribute);
}

bool dlms_attribute_writable(const struct dlms_association *association,
                             const struct dlms_object *object, int8_t attribute)
{
    return attribute != 1 && has_bit(object->writable, attribute) &&
           is_among(association, object, object->writers);
}

bool dlms_method_invocable(const struct dlms_association *association,
                           const struct dlms_object *object, int8_t method)
{
    return has_bit(object->invocable, method) &&
           is_among(association, object,
                    object->invokers != 0 ? object->invokers : object->writers);
}

/* Selective access is there for attribute 2 of an object that lists the selector, in an association
 * that agreed on it. Anything else reaches beyond what was granted. */
static bool selection_allowed(const struct dlms_session *session, const struct dlms_object *object,
                              const struct dlms_reference *reference)
{
    return !reference->has_selection ||
           ((session->conformance & DLMS_CONFORMANCE_SELECTIVE_ACCESS) != 0 &&
            reference->index == 2 && reference->selection.selector < 8 &&
            (object->selectors >> reference->selection.selector & 1) != 0);
}

/* The request is protected as the object asks. */
static bool is_protected(const struct dlms_exchange *exchange, const struct dlms_object *object)
{
    static const uint8_t requests = DLMS_POLICY_REQUEST_AUTHENTICATED |
                                    DLMS_POLICY_REQUEST_ENCRYPTED | DLMS_POLICY_REQUEST_SIGNED;
    return (object->protection & requests & ~exchange->protection) == 0;
}

static bool index_exists(const struct dlms_reference *reference, uint8_t count)
{
    return reference->index >= 1 && reference->index <= count;
}

static enum dlms_result check_read(const struct dlms_exchange *exchange,
                                   const struct dlms_object *object,
                                   const struct dlms_reference *reference)
{
    if (!index_exists(reference, object->attribute_count)) {
        return DLMS_RESULT_OBJECT_UNDEFINED;
    }
    if (reference->index == 1) {
        return DLMS_RESULT_SUCCESS;
    }
    if (!dlms_attribute_readable(object, reference->index) || !is_protected(exchange, object)) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    return selection_allowed(exchange->session, object, reference)
               ? DLMS_RESULT_SUCCESS
               : DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
}

static enum dlms_result check_write(const struct dlms_exchange *exchange,
                                    const struct dlms_entry *entry,
                                    const struct dlms_reference *reference)
{
    const struct dlms_association *association = exchange->session->association;
    const bool has_function = entry->behaviour != NULL ? entry->behaviour->write != NULL
                                                       : exchange->link->server->write != NULL;
    if (!index_exists(reference, entry->object->attribute_count)) {
        return DLMS_RESULT_OBJECT_UNDEFINED;
    }
    if (!has_function || !is_protected(exchange, entry->object) ||
        !dlms_attribute_writable(association, entry->object, reference->index)) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    return selection_allowed(exchange->session, entry->object, reference)
               ? DLMS_RESULT_SUCCESS
               : DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
}

static enum dlms_result check_invoke(const struct dlms_exchange *exchange,
                                     const struct dlms_entry *entry,
                                     const struct dlms_reference *reference)
{
    const bool has_function = entry->behaviour != NULL ? entry->behaviour->invoke != NULL
                                                       : exchange->link->server->invoke != NULL;
    if (!index_exists(reference, entry->object->method_count)) {
        return DLMS_RESULT_OBJECT_UNDEFINED;
    }
    if (exchange->session->is_pending &&
        (entry->behaviour != &dlms_association_ln || reference->index != REPLY_TO_HLS)) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    return has_function && is_protected(exchange, entry->object) &&
                   dlms_method_invocable(exchange->session->association, entry->object,
                                         reference->index)
               ? DLMS_RESULT_SUCCESS
               : DLMS_RESULT_READ_WRITE_DENIED;
}

/* ---- Requests ---- */

struct dlms_reference dlms_read_descriptor(struct dlms_reader *reader)
{
    struct dlms_reference reference = {.class_id = dlms_read_u16(reader)};
    reference.logical_name = dlms_read_bytes(reader, 6).data;
    reference.index = (int8_t)dlms_read_u8(reader);
    return reference;
}

struct dlms_reference dlms_read_reference(struct dlms_reader *reader)
{
    struct dlms_reference reference = dlms_read_descriptor(reader);
    const uint8_t presence = dlms_read_u8(reader);
    if (presence > 1) {
        dlms_reader_fail(reader);
    }
    reference.has_selection = presence == 1;
    if (reference.has_selection) {
        reference.selection.selector = dlms_read_u8(reader);
        reference.selection.parameters = dlms_skip_data(reader);
    }
    return reference;
}

static const struct dlms_selection *selection_of(const struct dlms_reference *reference)
{
    return reference->has_selection ? &reference->selection : NULL;
}

static uint8_t rows_form(const struct dlms_session *session)
{
    const uint8_t form = session->association->rows;
    const bool has_delta = (session->conformance & DLMS_CONFORMANCE_DELTA_VALUE) != 0;
    return form == DLMS_ROWS_DELTA && !has_delta ? DLMS_ROWS_NULL : form;
}

enum dlms_result dlms_attribute_read(const struct dlms_exchange *exchange,
                                     const struct dlms_reference *reference,
                                     struct dlms_writer *out)
{
    const struct dlms_server *server = exchange->link->server;
    struct dlms_entry entry;
    enum dlms_result result = find_object(exchange, reference, &entry);
    if (result == DLMS_RESULT_SUCCESS) {
        result = check_read(exchange, entry.object, reference);
    }
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    if (reference->index == 1) {
        dlms_put_octet_string(out, entry.object->logical_name, 6);
        return DLMS_RESULT_SUCCESS;
    }
    if (entry.behaviour != NULL) {
        return entry.behaviour->read(exchange, reference->index, out);
    }
    out->rows = rows_form(exchange->session);
    return server->read(server->context, entry.object, reference->index, selection_of(reference),
                        out);
}

enum dlms_result dlms_attribute_check_write(const struct dlms_exchange *exchange,
                                            const struct dlms_reference *reference)
{
    struct dlms_entry entry;
    const enum dlms_result result = find_object(exchange, reference, &entry);
    return result == DLMS_RESULT_SUCCESS ? check_write(exchange, &entry, reference) : result;
}

enum dlms_result dlms_attribute_write(struct dlms_exchange *exchange,
                                      const struct dlms_reference *reference,
                                      struct dlms_span value)
{
    const struct dlms_server *server = exchange->link->server;
    struct dlms_entry entry;
    enum dlms_result result = find_object(exchange, reference, &entry);
    if (result == DLMS_RESULT_SUCCESS) {
        result = check_write(exchange, &entry, reference);
    }
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    if (entry.behaviour != NULL) {
        return entry.behaviour->write(exchange, reference->index, value);
    }
    return server->write(server->context, exchange->session->association, entry.object,
                         reference->index, selection_of(reference), value);
}

enum dlms_result dlms_method_invoke(struct dlms_exchange *exchange,
                                    const struct dlms_reference *reference,
                                    struct dlms_span parameters, struct dlms_writer *out)
{
    const struct dlms_server *server = exchange->link->server;
    struct dlms_entry entry;
    enum dlms_result result = find_object(exchange, reference, &entry);
    if (result == DLMS_RESULT_SUCCESS) {
        result = check_invoke(exchange, &entry, reference);
    }
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    if (entry.behaviour != NULL) {
        return entry.behaviour->invoke(exchange, reference->index, parameters, out);
    }
    return server->invoke(server->context, exchange->session->association, entry.object,
                          reference->index, parameters, out);
}
