/* Objects that only the modern profile has, as rows. Private to cosem/.
 */
#ifndef WH_COSEM_MODERN_OBJECTS_H
#define WH_COSEM_MODERN_OBJECTS_H

#include "cosem/modern.h"
#include "cosem/objects.h"

struct wh_modern_row {
    uint8_t name[6];
    uint16_t class_id;
    uint8_t attribute_count;
    uint8_t method_count;
    uint32_t readable;
    uint32_t writable;  /* by management */
    uint32_t invocable; /* by management */
    uint8_t index;      /* among rows of the same functions */
    bool is_public;
    bool needs_breaker; /* not there in a meter without */
    enum dlms_result (*read)(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out);
    enum dlms_result (*write)(struct wh_cosem_face *face, const struct wh_cosem_write *write);
    enum dlms_result (*invoke)(struct wh_cosem_face *face, const struct wh_cosem_invoke *invoke);
};

/* Readable attributes 2 to last. */
#define WH_MODERN_UP_TO(last) ((UINT32_C(2) << (last)) - 4u)

#endif
