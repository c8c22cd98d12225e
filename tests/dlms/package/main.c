/* The use of the README against the installed headers: every one of them, and a GET that is answered. */
#include <stdio.h>

#include "dlms/acse.h"
#include "dlms/axdr.h"
#include "dlms/client.h"
#include "dlms/client_acse.h"
#include "dlms/client_security.h"
#include "dlms/client_selection.h"
#include "dlms/crypto.h"
#include "dlms/general_block.h"
#include "dlms/hdlc_client.h"
#include "dlms/hdlc_cosem.h"
#include "dlms/hdlc_frame.h"
#include "dlms/hdlc_parameters.h"
#include "dlms/hdlc_server.h"
#include "dlms/initiate.h"
#include "dlms/notification.h"
#include "dlms/rows.h"
#include "dlms/security.h"
#include "dlms/server.h"
#include "dlms/types.h"
#include "dlms/wrapper.h"

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    (void)context;
    (void)object;
    (void)attribute;
    (void)selection;
    dlms_put_u32(out, 1234);
    return DLMS_RESULT_SUCCESS;
}

int main(void)
{
    static const struct dlms_logical_device devices[] = {{1, "DEM0000000000001"}};
    static const struct dlms_association associations[] = {
        {.client_sap = 16, .server_sap = 1, .conformance = DLMS_CONFORMANCE_GET, .groups = 1}};
    static const struct dlms_object objects[] = {{.class_id = 3,
                                                  .logical_name = {1, 1, 1, 8, 0, 255},
                                                  .groups = 1,
                                                  .attribute_count = 3,
                                                  .readable = DLMS_ATTRIBUTE(2)}};
    static const struct dlms_server server = {.devices = devices,
                                              .device_count = 1,
                                              .associations = associations,
                                              .association_count = 1,
                                              .objects = objects,
                                              .object_count = 1,
                                              .read = read_attribute,
                                              .max_receive_pdu = 200};
    static const struct dlms_client_settings settings = {.conformance = DLMS_CONFORMANCE_GET};
    static const struct dlms_client_attribute energy = {
        .class_id = 3, .logical_name = {1, 1, 1, 8, 0, 255}, .index = 2};
    uint8_t request[200];
    uint8_t value[200];
    uint8_t reply[200];
    struct dlms_link link;
    struct dlms_client client;
    dlms_link_init(&link, &server, NULL, 0);
    dlms_client_init(&client, &settings, request, sizeof request, value, sizeof value);
    enum dlms_client_status status = dlms_client_associate(&client);
    for (int i = 0; i < 2; i++) {
        const struct dlms_request apdu = {16, 1, dlms_client_output(&client)};
        const size_t length = dlms_link_handle(&link, &apdu, reply, sizeof reply);
        status = dlms_client_received(&client, (struct dlms_span){reply, length});
        status = i == 0 && status == DLMS_CLIENT_DONE ? dlms_client_get(&client, &energy) : status;
    }
    struct dlms_reader reader = dlms_reader(value, dlms_client_value(&client).length);
    printf("%s: %lld Wh\n", dlms_client_status_text(status),
           (long long)dlms_read_value(&reader).integer);
    return status == DLMS_CLIENT_DONE ? 0 : 1;
}
