/* Finding an object and reading an attribute. All access rules of an association are here: what it
 * cannot see does not exist for it, and attribute 1 needs nobody's help. */
#include "dlms/objects.h"

#include <string.h>

struct builtin {
    uint8_t flag; /* enum dlms_builtin, 0 for always there */
    struct dlms_entry entry;
};

/* Secrets are not readable: attribute 7 of Association LN is left out. */
static const struct builtin builtins[] = {
    {0,
     {{.class_id = 15,
       .logical_name = {0, 0, 40, 0, 0, 255},
       .attribute_count = 8,
       .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3) | DLMS_ATTRIBUTE(4) | DLMS_ATTRIBUTE(5) |
                   DLMS_ATTRIBUTE(6) | DLMS_ATTRIBUTE(8)},
      dlms_association_ln_read}},
    {DLMS_BUILTIN_SAP_ASSIGNMENT,
     {{.class_id = 17,
       .logical_name = {0, 0, 41, 0, 0, 255},
       .attribute_count = 2,
       .readable = DLMS_ATTRIBUTE(2)},
      dlms_sap_assignment_read}},
    {DLMS_BUILTIN_DEVICE_NAME,
     {{.class_id = 1,
       .logical_name = {0, 0, 42, 0, 0, 255},
       .attribute_count = 2,
       .readable = DLMS_ATTRIBUTE(2)},
      dlms_device_name_read}},
};

enum { BUILTIN_COUNT = sizeof builtins / sizeof builtins[0] };

static bool builtin_at(const struct dlms_association *association, size_t index,
                       struct dlms_entry *entry)
{
    *entry = builtins[index].entry;
    return builtins[index].flag == 0 || (builtins[index].flag & association->builtins) != 0;
}

static bool owned_at(const struct dlms_server *server, const struct dlms_association *association,
                     size_t index, struct dlms_entry *entry)
{
    entry->read = NULL;
    if (server->objects != NULL) {
        entry->object = server->objects[index];
    } else {
        entry->object = (struct dlms_object){0};
        server->enumerate(server->context, index, &entry->object);
    }
    return (entry->object.groups & association->groups) != 0;
}

bool dlms_objects_next(const struct dlms_server *server, const struct dlms_association *association,
                       size_t *cursor, struct dlms_entry *entry)
{
    while (*cursor < BUILTIN_COUNT + server->object_count) {
        const size_t index = (*cursor)++;
        const bool visible = index < BUILTIN_COUNT
                                 ? builtin_at(association, index, entry)
                                 : owned_at(server, association, index - BUILTIN_COUNT, entry);
        if (visible) {
            return true;
        }
    }
    return false;
}

enum dlms_result dlms_objects_find(const struct dlms_server *server,
                                   const struct dlms_association *association, uint16_t class_id,
                                   const uint8_t logical_name[6], struct dlms_entry *entry)
{
    enum dlms_result result = DLMS_RESULT_OBJECT_UNDEFINED;
    size_t cursor = 0;
    while (dlms_objects_next(server, association, &cursor, entry)) {
        if (memcmp(entry->object.logical_name, logical_name, 6) != 0) {
            continue;
        }
        if (entry->object.class_id == class_id) {
            return DLMS_RESULT_SUCCESS;
        }
        result = DLMS_RESULT_OBJECT_CLASS_INCONSISTENT;
    }
    return result;
}

bool dlms_object_readable(const struct dlms_object *object, int8_t attribute)
{
    if (attribute == 1) {
        return true;
    }
    return attribute > 1 && attribute < 32 && (object->readable & DLMS_ATTRIBUTE(attribute)) != 0;
}

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

static enum dlms_result check_access(const struct dlms_session *session,
                                     const struct dlms_object *object,
                                     const struct dlms_reference *reference)
{
    if (reference->index < 1 || reference->index > object->attribute_count) {
        return DLMS_RESULT_OBJECT_UNDEFINED;
    }
    if (!dlms_object_readable(object, reference->index)) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    if (!selection_allowed(session, object, reference)) {
        return DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
    }
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result dlms_attribute_read(const struct dlms_server *server,
                                     const struct dlms_session *session,
                                     const struct dlms_reference *reference,
                                     struct dlms_writer *out)
{
    struct dlms_entry entry;
    enum dlms_result result = dlms_objects_find(server, session->association, reference->class_id,
                                                reference->logical_name, &entry);
    if (result == DLMS_RESULT_SUCCESS) {
        result = check_access(session, &entry.object, reference);
    }
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    if (reference->index == 1) {
        dlms_put_octet_string(out, entry.object.logical_name, 6);
        return DLMS_RESULT_SUCCESS;
    }
    if (entry.read != NULL) {
        return entry.read(server, session, reference->index, out);
    }
    return server->read(server->context, &entry.object, reference->index,
                        reference->has_selection ? &reference->selection : NULL, out);
}
