/* From data link to association: one line each. */
#include "dlms/hdlc_cosem.h"

static size_t handle(void *context, uint16_t client_sap, uint16_t server_sap, struct dlms_span apdu,
                     uint8_t *reply, size_t reply_size)
{
    const struct dlms_request request = {client_sap, server_sap, apdu};
    return dlms_link_handle(context, &request, reply, reply_size);
}

static bool is_device(void *context, uint16_t client_sap, uint16_t server_sap)
{
    const struct dlms_link *link = context;
    (void)client_sap; /* whom the device does not know is told so by its AARE */
    for (size_t i = 0; i < link->server->device_count; i++) {
        if (link->server->devices[i].sap == server_sap) {
            return true;
        }
    }
    return false;
}

static void end_association(void *context, uint16_t client_sap, uint16_t server_sap)
{
    dlms_link_disconnect(context, client_sap, server_sap);
}

static void carry_out(void *context, uint16_t client_sap, uint16_t server_sap,
                      struct dlms_span apdu)
{
    uint8_t dropped[64];
    handle(context, client_sap, server_sap, apdu, dropped, sizeof dropped);
}

const struct dlms_hdlc_handler dlms_hdlc_link_handler = {handle, is_device, end_association,
                                                         carry_out};
