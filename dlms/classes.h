/* The interface classes of COSEM (6-2) by name: what a browser, a decoder or a log calls an
 * attribute or a method. Usable on its own. Names are those of the standard; of each class the
 * newest version that is listed here, and earlier ones only lack the last attributes and methods,
 * which a table of names does no harm with.
 */
#ifndef DLMS_CLASSES_H
#define DLMS_CLASSES_H

#include <stddef.h>
#include <stdint.h>

enum { DLMS_CLASS_ATTRIBUTES = 18, DLMS_CLASS_METHODS = 8 };

struct dlms_class {
    uint16_t id;
    uint8_t version;                              /* the newest of those named here */
    const char *name;                             /* "disconnect control" */
    const char *attribute[DLMS_CLASS_ATTRIBUTES]; /* from attribute 2 on, NULL behind the last */
    const char *method[DLMS_CLASS_METHODS];       /* from method 1 on; NULL: not there */
};

/* The row of a class, NULL if it is not listed; row by number, by rising class, NULL past the last.
 * Static storage. */
const struct dlms_class *dlms_class_find(uint16_t id);
const struct dlms_class *dlms_class_at(size_t index);

/* "output_state": names by number, "logical_name" for attribute 1. NULL if the class is not listed
 * or has none of that number. Static storage. */
const char *dlms_class_attribute(uint16_t id, int attribute);
const char *dlms_class_method(uint16_t id, int method);

#endif
