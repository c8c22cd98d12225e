#include "dlms_meter.h"

#include <string.h>

const uint8_t dlms_meter_get[13] = {0xC0, 0x01, 0xC1, 0x00, 0x03, 0x01, 0x01,
                                    0x2D, 0x08, 0x00, 0xFF, 0x02, 0x00};

static const uint8_t password[] = {'1', '2', '3', '4', '5', '6', '7', '8'};

static const struct dlms_logical_device devices[] = {{1, "BEN0000000000001"}};

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    (void)context;
    (void)selection;
    if (attribute == 2) {
        dlms_put_u32(out, 1000 + (uint32_t)object->tag);
    } else {
        dlms_put_scaler_unit(out, 0, 30);
    }
    return DLMS_RESULT_SUCCESS;
}

/* By halves: the names are in order. */
static size_t locate(void *context, const uint8_t logical_name[6])
{
    const struct dlms_meter *meter = context;
    size_t low = 0;
    size_t high = DLMS_METER_REGISTERS;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = memcmp(meter->objects[middle].logical_name, logical_name, 6);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return DLMS_METER_REGISTERS;
}

void dlms_meter_locates(struct dlms_meter *meter, bool locates)
{
    meter->server.locate = locates ? locate : NULL;
}

void dlms_meter_init(struct dlms_meter *meter, const struct dlms_crypto *crypto,
                     struct dlms_security *security)
{
    *meter = (struct dlms_meter){0};
    for (int i = 0; i < DLMS_METER_REGISTERS; i++) {
        meter->objects[i] = (struct dlms_object){
            .class_id = 3,
            .logical_name = {1, 1, (uint8_t)i, 8, 0, 255},
            .groups = 1,
            .attribute_count = 3,
            .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3),
            .tag = (uintptr_t)i,
        };
    }
    for (int i = 0; i < 2; i++) {
        meter->associations[i] = (struct dlms_association){
            .client_sap = (uint16_t)(DLMS_METER_PLAIN + i),
            .server_sap = 1,
            .mechanism = i == 0 ? DLMS_MECHANISM_NONE : DLMS_MECHANISM_PASSWORD,
            .password = {password, sizeof password},
            .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET,
            .groups = 1,
            .ciphered = i == 1,
            .security = security,
        };
    }
    meter->server = (struct dlms_server){
        .devices = devices,
        .device_count = 1,
        .associations = meter->associations,
        .association_count = security != NULL ? 2 : 1,
        .objects = meter->objects,
        .object_count = DLMS_METER_REGISTERS,
        .read = read_attribute,
        .crypto = crypto,
        .context = meter,
        .max_receive_pdu = DLMS_METER_PDU,
    };
    dlms_link_init(&meter->link, &meter->server, meter->long_buffer, sizeof meter->long_buffer);
    if (security != NULL) {
        dlms_link_secure(&meter->link, &meter->link_security, meter->buffer, sizeof meter->buffer);
    }
    dlms_meter_locates(meter, true);
}

size_t dlms_meter_handle(struct dlms_meter *meter, uint16_t client, const uint8_t *apdu,
                         size_t length, uint8_t reply[DLMS_METER_PDU])
{
    const struct dlms_request request = {client, 1, {apdu, length}};
    return dlms_link_handle(&meter->link, &request, reply, DLMS_METER_PDU);
}

bool dlms_meter_open(struct dlms_meter *meter)
{
    static const uint8_t aarq[] = {0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
                                   0x01, 0x01, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x06,
                                   0x5F, 0x1F, 0x04, 0x00, 0x00, 0x7E, 0x1F, 0x04, 0xB0};
    uint8_t reply[DLMS_METER_PDU];
    return dlms_meter_handle(meter, DLMS_METER_PLAIN, aarq, sizeof aarq, reply) > 0 &&
           dlms_link_association(&meter->link, DLMS_METER_PLAIN, 1) != NULL;
}
