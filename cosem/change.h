/* Changes by writing: who may, of which type, and what it does. Private to cosem/.
 */
#ifndef WH_COSEM_CHANGE_H
#define WH_COSEM_CHANGE_H

#include "cosem/objects.h"

struct wh_cosem_change {
    uint8_t writers;   /* set of WH_COSEM_GROUP_… */
    enum wh_form form; /* U8, U16, U32, or OCTETS for up to 8 digits */
    /* One of the two: a function, or the name of a parameter of the configuration. */
    enum wh_err (*apply)(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value);
    const char *parameter;
    uint8_t element; /* of a parameter that is a list */
};

/* What writing the value of a quantity does; NULL: it cannot be written. */
const struct wh_cosem_change *wh_cosem_change_of(enum wh_quantity_id id);

/* Carries a change out. change NULL: READ_WRITE_DENIED. */
enum dlms_result wh_cosem_change(struct wh_cosem_face *face, const struct wh_cosem_change *change,
                                 const struct wh_cosem_write *write);

/* What the client is told. */
enum dlms_result wh_cosem_result(enum wh_err err);

/* Sets a parameter of the configuration, or an element of one that is a list. Errors as
 * wh_application_configure. */
enum wh_err wh_cosem_configure(struct wh_cosem_face *face, enum wh_origin origin,
                               const char *parameter, int64_t value);
enum wh_err wh_cosem_configure_element(struct wh_cosem_face *face, enum wh_origin origin,
                                       const char *parameter, uint8_t element, int64_t value);

#endif
