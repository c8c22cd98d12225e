/* The objects an association sees: those of the library, then those of the owner. Internal. */
#ifndef DLMS_OBJECTS_H
#define DLMS_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/service.h"

/* What an object of the library does, with the same duties as the functions of struct dlms_server.
 * write and invoke may be NULL where nothing is writable or invocable. adapt, unless NULL, changes the
 * object to what it is in this association; false: the association has none. */
struct dlms_behaviour {
    bool (*adapt)(const struct dlms_server *server, const struct dlms_association *association,
                  struct dlms_object *object);
    enum dlms_result (*read)(const struct dlms_exchange *exchange, int8_t attribute,
                             struct dlms_writer *out);
    enum dlms_result (*write)(struct dlms_exchange *exchange, int8_t attribute,
                              struct dlms_span value);
    enum dlms_result (*invoke)(struct dlms_exchange *exchange, int8_t method,
                               struct dlms_span parameters, struct dlms_writer *out);
};

extern const struct dlms_behaviour dlms_association_ln;     /* association_ln.c */
extern const struct dlms_behaviour dlms_sap_assignment;     /* logical_device.c */
extern const struct dlms_behaviour dlms_device_name;        /* logical_device.c */
extern const struct dlms_behaviour dlms_security_setup;     /* security_setup.c */
extern const struct dlms_behaviour dlms_invocation_counter; /* security_setup.c */

struct dlms_entry {
    const struct dlms_object *object;       /* a row of a table, or made */
    const struct dlms_behaviour *behaviour; /* NULL: the owner's */
    struct dlms_object made;
};

/* The next object the association sees. *cursor is 0 to start with; false when there is none. entry
 * must stay in place while its object is used. */
bool dlms_objects_next(const struct dlms_server *server, const struct dlms_association *association,
                       size_t *cursor, struct dlms_entry *entry);

/* What the association may do with one attribute or method. */
bool dlms_attribute_readable(const struct dlms_object *object, int8_t attribute);
bool dlms_attribute_writable(const struct dlms_association *association,
                             const struct dlms_object *object, int8_t attribute);
bool dlms_method_invocable(const struct dlms_association *association,
                           const struct dlms_object *object, int8_t method);

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
enum dlms_result dlms_attribute_read(const struct dlms_exchange *exchange,
                                     const struct dlms_reference *reference,
                                     struct dlms_writer *out);

/* The association may write what is referred to; OBJECT_UNDEFINED, READ_WRITE_DENIED … if not. */
enum dlms_result dlms_attribute_check_write(const struct dlms_exchange *exchange,
                                            const struct dlms_reference *reference);

/* Carries out a reference of a SET. value is one well-formed Data. */
enum dlms_result dlms_attribute_write(struct dlms_exchange *exchange,
                                      const struct dlms_reference *reference,
                                      struct dlms_span value);

/* Carries out a reference of an ACTION. parameters is one well-formed Data, or absent. */
enum dlms_result dlms_method_invoke(struct dlms_exchange *exchange,
                                    const struct dlms_reference *reference,
                                    struct dlms_span parameters, struct dlms_writer *out);

#endif
