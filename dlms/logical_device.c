/* What tells a client which logical devices there are: SAP assignment (class 17) and the logical
 * device name (class 1 at 0.0.42.0.0.255), 6-2. */
#include <string.h>

#include "dlms/objects.h"

static enum dlms_result read_sap_assignment(const struct dlms_exchange *exchange, int8_t attribute,
                                            struct dlms_writer *out)
{
    const struct dlms_server *server = exchange->link->server;
    (void)attribute;
    dlms_put_array(out, server->device_count);
    for (size_t i = 0; i < server->device_count; i++) {
        dlms_put_structure(out, 2);
        dlms_put_u16(out, server->devices[i].sap);
        dlms_put_octet_string(out, server->devices[i].name, strlen(server->devices[i].name));
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result read_device_name(const struct dlms_exchange *exchange, int8_t attribute,
                                         struct dlms_writer *out)
{
    const struct dlms_server *server = exchange->link->server;
    (void)attribute;
    for (size_t i = 0; i < server->device_count; i++) {
        if (server->devices[i].sap == exchange->session->association->server_sap) {
            dlms_put_octet_string(out, server->devices[i].name, strlen(server->devices[i].name));
            return DLMS_RESULT_SUCCESS;
        }
    }
    return DLMS_RESULT_OBJECT_UNAVAILABLE;
}

const struct dlms_behaviour dlms_sap_assignment = {.read = read_sap_assignment};
const struct dlms_behaviour dlms_device_name = {.read = read_device_name};
