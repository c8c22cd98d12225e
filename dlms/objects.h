/* The objects an association sees: those of the library, then those of the owner. Internal. */
#ifndef DLMS_OBJECTS_H
#define DLMS_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/server.h"

/* Reads an attribute of an object of the library. */
typedef enum dlms_result dlms_builtin_read(const struct dlms_server *server,
                                           const struct dlms_session *session, int8_t attribute,
                                           struct dlms_writer *out);

dlms_builtin_read dlms_association_ln_read;
dlms_builtin_read dlms_sap_assignment_read;
dlms_builtin_read dlms_device_name_read;

struct dlms_entry {
    struct dlms_object object;
    dlms_builtin_read *read; /* NULL: the owner reads it */
};

/* The next object the association sees. *cursor is 0 to start with; false when there is none. */
bool dlms_objects_next(const struct dlms_server *server, const struct dlms_association *association,
                       size_t *cursor, struct dlms_entry *entry);

/* The same for which the class and name match. OBJECT_UNDEFINED: the association sees no object of
 * this name; OBJECT_CLASS_INCONSISTENT: it does, but of another class. */
enum dlms_result dlms_objects_find(const struct dlms_server *server,
                                   const struct dlms_association *association, uint16_t class_id,
                                   const uint8_t logical_name[6], struct dlms_entry *entry);

/* The association may read this attribute of an object it sees. */
bool dlms_object_readable(const struct dlms_object *object, int8_t attribute);

/* An attribute or method descriptor of 5-3, with the access selection that may follow the former.
 */
struct dlms_reference {
    uint16_t class_id;
    const uint8_t *logical_name;
    int8_t index;
    bool has_selection;
    struct dlms_selection selection;
};

struct dlms_reference dlms_read_descriptor(struct dlms_reader *reader);
struct dlms_reference dlms_read_reference(struct dlms_reader *reader);

/* Answers a reference of a GET: one Data to out, or the reason why not. */
enum dlms_result dlms_attribute_read(const struct dlms_server *server,
                                     const struct dlms_session *session,
                                     const struct dlms_reference *reference,
                                     struct dlms_writer *out);

#endif
