/* A meter's DLMS server with security suite 0 and nothing else, to be weighed by footprint.py: associations
 * without security, with ciphering and GMAC; GET, SET, ACTION, ACCESS, block transfers, HDLC. Built a second time
 * without DLMS_FOOTPRINT it is what any image has. It is not run. */
#include <stddef.h>
#include <stdint.h>

#ifdef DLMS_FOOTPRINT
#include "dlms/hdlc_cosem.h"
#include "dlms/rows.h"
#include "ports/mps2/crypto_mbedtls.h"

enum { PDU = 256, LONG_BUFFER = 512 };

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    (void)context;
    (void)object;
    (void)attribute;
    (void)selection;
    dlms_put_u32(out, 1);
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result write_attribute(void *context, const struct dlms_association *association,
                                        const struct dlms_object *object, int8_t attribute,
                                        const struct dlms_selection *selection,
                                        struct dlms_span value)
{
    (void)context;
    (void)association;
    (void)object;
    (void)attribute;
    (void)selection;
    (void)value;
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result invoke_method(void *context, const struct dlms_association *association,
                                      const struct dlms_object *object, int8_t method,
                                      struct dlms_span parameters, struct dlms_writer *out)
{
    (void)context;
    (void)association;
    (void)object;
    (void)method;
    (void)parameters;
    (void)out;
    return DLMS_RESULT_SUCCESS;
}

static bool board_random(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)i;
    }
    return true;
}

static bool save(void *context, const struct dlms_security *old, const struct dlms_security *next)
{
    (void)context;
    (void)old;
    (void)next;
    return true;
}

static const uint32_t conformance = 0x60FEDF;
static struct dlms_security security;
static struct dlms_mbedtls mbedtls;
static const struct dlms_logical_device devices[] = {{1, "DEM0000000000001"}};
static const struct dlms_object objects[] = {
    {.class_id = 3, .logical_name = {1, 1, 1, 8, 0, 255}, .groups = 1, .attribute_count = 3}};
static const struct dlms_association associations[] = {
    {.client_sap = 16, .server_sap = 1, .conformance = conformance, .groups = 1, .builtins = 0x0F},
    {.client_sap = 1,
     .server_sap = 1,
     .mechanism = DLMS_MECHANISM_GMAC,
     .conformance = conformance,
     .groups = 1,
     .builtins = 0x1F,
     .ciphered = true,
     .security = &security},
};
static const struct dlms_server server = {
    .devices = devices,
    .device_count = 1,
    .associations = associations,
    .association_count = 2,
    .objects = objects,
    .object_count = 1,
    .read = read_attribute,
    .write = write_attribute,
    .invoke = invoke_method,
    .crypto = &mbedtls.crypto,
    .save_security = save,
    .max_receive_pdu = PDU,
};

static struct dlms_link link;
static struct dlms_link_security link_security;
static struct dlms_link_blocks link_blocks;
static struct dlms_hdlc_server station;
static uint8_t opened[PDU];
static uint8_t long_buffer[LONG_BUFFER];
static uint8_t blocks_buffer[LONG_BUFFER];
static uint8_t additional[PDU + 64];
static uint8_t request[PDU + DLMS_HDLC_LLC];
static uint8_t answer[PDU];
static uint8_t frame[128 + DLMS_HDLC_OVERHEAD];
static struct dlms_hdlc_link hdlc_links[] = {{.request = request,
                                              .request_size = sizeof request,
                                              .answer = answer,
                                              .answer_size = sizeof answer}};
static const struct dlms_hdlc_settings settings = {.physical_address = 17,
                                                   .forms = DLMS_HDLC_FORM_ANY,
                                                   .parameters = {128, 128, 1, 1, false},
                                                   .handler = &dlms_hdlc_link_handler,
                                                   .context = &link};

static void serve(volatile uint8_t *port)
{
    uint8_t octet = *port;
    dlms_mbedtls_init(&mbedtls, board_random, additional, sizeof additional);
    security.crypto = &mbedtls.crypto;
    dlms_link_init(&link, &server, long_buffer, sizeof long_buffer);
    dlms_link_secure(&link, &link_security, opened, sizeof opened);
    dlms_link_use_blocks(&link, &link_blocks, blocks_buffer, sizeof blocks_buffer, 1);
    dlms_hdlc_server_init(&station, &settings, hdlc_links, 1, frame, sizeof frame);
    for (;;) {
        dlms_hdlc_server_input(&station, 0, &octet, 1);
        while (dlms_hdlc_server_output(&station, 0, &octet, 1) > 0) {
            *port = octet;
        }
        octet = *port;
    }
}
#else
static void serve(volatile uint8_t *port)
{
    for (;;) {
        *port = (uint8_t)(*port + 1);
    }
}
#endif

int main(void)
{
    static volatile uint8_t port;
    serve(&port);
    return 0;
}
