/* The objects of the face, by kind. Private to cosem/.
 */
#ifndef WH_COSEM_OBJECTS_H
#define WH_COSEM_OBJECTS_H

#include "cosem/face.h"

/* Groups of objects, as struct dlms_association sees them. */
enum {
    WH_COSEM_GROUP_PUBLIC = 1 << 0,
    WH_COSEM_GROUP_METER = 1 << 1,      /* every client with a password */
    WH_COSEM_GROUP_MODULE = 1 << 2,     /* the module port only */
    WH_COSEM_GROUP_MODERN = 1 << 3,     /* sees all that METER sees, and writes nothing */
    WH_COSEM_GROUP_MANAGEMENT = 1 << 4, /* may write and invoke what only the modern profile has */
};

enum wh_cosem_class {
    WH_COSEM_DATA = 1,
    WH_COSEM_REGISTER = 3,
    WH_COSEM_EXTENDED_REGISTER = 4,
    WH_COSEM_PROFILE = 7,
    WH_COSEM_CLOCK = 8,
};

enum { WH_COSEM_VALUE = 2 }; /* attribute of most classes */

/* A request for one attribute. */
struct wh_cosem_read {
    size_t index; /* of the object in its kind */
    int8_t attribute;
    const struct dlms_selection *selection; /* or NULL */
};

struct wh_cosem_write {
    size_t index;
    int8_t attribute;
    enum wh_origin origin;
    struct dlms_value value; /* of a container only the head */
    struct dlms_span data;   /* the whole */
};

struct wh_cosem_invoke {
    size_t index;
    int8_t method;
    enum wh_origin origin;
    struct dlms_span parameters;  /* data NULL: none */
    struct dlms_writer *returned; /* at most one Data; goes out with success only */
};

/* Objects of one kind: a table of its own. An object that this meter does not have is described
 * without groups, and so nobody sees it; numbers of objects thus never change. */
struct wh_cosem_kind {
    size_t (*count)(void);
    const uint8_t *(*name)(size_t index);
    void (*describe)(const struct wh_cosem_face *face, size_t index, struct dlms_object *object);
    enum dlms_result (*read)(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out);
    enum dlms_result (*write)(struct wh_cosem_face *face, const struct wh_cosem_write *write);
    /* or NULL: it has no methods */
    enum dlms_result (*invoke)(struct wh_cosem_face *face, const struct wh_cosem_invoke *invoke);
};

extern const struct wh_cosem_kind wh_cosem_quantities; /* quantity.c: rows of the catalog */
extern const struct wh_cosem_kind wh_cosem_data;       /* data.c: what has no row there */
extern const struct wh_cosem_kind wh_cosem_limits;     /* limits.c: registers without a row */
extern const struct wh_cosem_kind wh_cosem_line;       /* line.c: set-up of HDLC */
extern const struct wh_cosem_kind wh_cosem_profiles;   /* profile.c: logs */
extern const struct wh_cosem_kind wh_cosem_parameters; /* parameters.c: the configuration */
extern const struct wh_cosem_kind wh_cosem_modern;     /* modern_objects.c */

/* As struct dlms_server wants them; context is the face. */
size_t wh_cosem_object_count(void);
dlms_enumerate wh_cosem_enumerate;
dlms_locate wh_cosem_locate;
dlms_read wh_cosem_read;
dlms_write wh_cosem_write;
dlms_invoke wh_cosem_invoke;

/* The port that a client with an association stands for. */
enum wh_origin wh_cosem_origin(const struct dlms_association *association);

/* As struct dlms_server wants them, too: the guard against trying passwords, for the clients that
 * have one. context is the face. */
dlms_notify wh_cosem_notify;
dlms_admit wh_cosem_admit;

/* Names the logical devices after the meter number. */
void wh_cosem_name_devices(struct wh_cosem_face *face);

#endif
