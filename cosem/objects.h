/* COSEM objects out of catalog rows. Private to cosem/.
 */
#ifndef WH_COSEM_OBJECTS_H
#define WH_COSEM_OBJECTS_H

#include "dlms/server.h"

/* Groups of objects, as struct dlms_association sees them. */
enum {
    WH_COSEM_GROUP_PUBLIC = 1 << 0,
    WH_COSEM_GROUP_METER = 1 << 1,
};

/* Both as struct dlms_server wants them; context is a const struct wh_reading_source. */
dlms_enumerate wh_cosem_enumerate;
dlms_read wh_cosem_read;

#endif
