/* A DLMS server with security on 127.0.0.1: every mechanism, and ciphered associations of every suite, for
 * foreign clients (tests/interop/). Keys are those of the Green Book's examples. A text of up to TEXT
 * octets is longer than a PDU, so it is written, read and handed to a method in blocks.
 *
 *     dlms_secure_tcp_server port
 *
 * Counters are kept in RAM, since the process is new for each test: a real device gives a store that
 * outlives its power (dlms/security.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "ports/linux/crypto_openssl.h"
#include "tcp_loop.h"

enum {
    GROUP = 1,
    LONG_BUFFER = 2048,
    TEXT = 1024,
    CLIENTS = 13,
    SUITES = 3,
    CONFORMANCE = 0x405E1D, /* all there is, general protection included */
    BUILTINS = DLMS_BUILTIN_DEVICE_NAME | DLMS_BUILTIN_SECURITY_SETUP |
               DLMS_BUILTIN_INVOCATION_COUNTER | DLMS_BUILTIN_CHANGE_SECRETS,
};

static const uint8_t secret[] = "SecretKey1234567";

/* The server's private key is 32 or 48 times 11, the client's 32 or 48 times 22. */
static const uint8_t client_p256[64] = {
    0xD6, 0x5A, 0x93, 0x97, 0x7C, 0xAA, 0x3D, 0x1B, 0x08, 0x18, 0x52, 0xFF, 0x57, 0xA7, 0x9E, 0x46,
    0x5F, 0x16, 0x60, 0x57, 0x73, 0x04, 0xBA, 0xEA, 0xD5, 0x05, 0xDD, 0x3A, 0x48, 0x58, 0x9C, 0xF3,
    0x50, 0x18, 0x5E, 0x89, 0x53, 0x72, 0xDF, 0x62, 0x21, 0xEA, 0x3A, 0x13, 0x75, 0x57, 0xE4, 0x73,
    0xFD, 0xDB, 0x67, 0x55, 0xF0, 0x5B, 0xD5, 0x07, 0xC3, 0xC5, 0x33, 0xFC, 0xE9, 0xC9, 0x12, 0x85,
};
static const uint8_t client_p384[96] = {
    0x4F, 0x2B, 0xDA, 0x7F, 0xD2, 0x10, 0x5F, 0x84, 0x67, 0xE2, 0x1F, 0x45, 0x22, 0x3A, 0xD5, 0x88,
    0x63, 0xFF, 0xA4, 0xC0, 0x84, 0x83, 0x2D, 0x9F, 0x6C, 0x64, 0xFF, 0xC4, 0x7F, 0xDD, 0x51, 0x97,
    0x27, 0xAB, 0x53, 0xCB, 0x71, 0xF9, 0xC4, 0x0D, 0xE2, 0x4B, 0x64, 0xAC, 0xDE, 0x61, 0xF0, 0x2F,
    0xC7, 0xDC, 0xE1, 0x30, 0xB6, 0x12, 0xFA, 0x5D, 0xBC, 0xAC, 0x94, 0x57, 0x3A, 0x23, 0x54, 0xFD,
    0x00, 0x5D, 0x8E, 0x9C, 0xAE, 0xFD, 0xC5, 0xFD, 0xE4, 0x83, 0x04, 0x47, 0x47, 0x08, 0xBB, 0xD8,
    0x2F, 0x77, 0xE1, 0xFD, 0x2C, 0x63, 0x0B, 0xEA, 0x23, 0x6F, 0x6F, 0x8D, 0xCC, 0xC1, 0x67, 0x8E,
};

struct demo {
    struct dlms_server server;
    struct dlms_association associations[CLIENTS];
    struct dlms_security security[SUITES];
    struct memory memory;
    uint8_t private_key[48];
    uint32_t number; /* the object that is written and read */
    uint8_t text[TEXT];
    size_t text_length;
    struct dlms_link_security link_security;
    uint8_t long_buffer[LONG_BUFFER];
    uint8_t buffer[TCP_LOOP_PDU];
};

static const struct dlms_logical_device devices[] = {{1, "DEM0000000000001"}};

static const struct dlms_object objects[] = {
    {.class_id = 1,
     .logical_name = {0, 0, 96, 50, 0, 255},
     .groups = GROUP,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .writers = GROUP,
     .writable = DLMS_ATTRIBUTE(2)},
    {.class_id = 3,
     .logical_name = {1, 0, 1, 8, 0, 255},
     .groups = GROUP,
     .attribute_count = 3,
     .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3),
     .writers = GROUP,
     .method_count = 1,
     .invocable = DLMS_METHOD(1)},
    {.class_id = 1,
     .logical_name = {0, 0, 96, 50, 1, 255},
     .groups = GROUP,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .writers = GROUP,
     .writable = DLMS_ATTRIBUTE(2)},
};

static bool is_text(const struct dlms_object *object)
{
    return object == &objects[2];
}

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    const struct demo *demo = context;
    (void)selection;
    if (attribute == 3) {
        dlms_put_scaler_unit(out, 0, 30);
    } else if (is_text(object)) {
        dlms_put_octet_string(out, demo->text, demo->text_length);
    } else {
        dlms_put_u32(out, object->class_id == 3 ? 5009 : demo->number);
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result write_text(struct demo *demo, const struct dlms_value *value)
{
    if (value->tag != DLMS_TAG_OCTET_STRING || value->bytes.length > TEXT) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    memcpy(demo->text, value->bytes.data, value->bytes.length);
    demo->text_length = value->bytes.length;
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result write_attribute(void *context, const struct dlms_association *association,
                                        const struct dlms_object *object, int8_t attribute,
                                        const struct dlms_selection *selection,
                                        struct dlms_span value)
{
    struct demo *demo = context;
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const struct dlms_value number = dlms_read_value(&reader);
    (void)association;
    (void)attribute;
    (void)selection;
    if (is_text(object)) {
        return write_text(demo, &number);
    }
    if (number.tag != DLMS_TAG_U32) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    demo->number = (uint32_t)number.integer;
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result invoke_method(void *context, const struct dlms_association *association,
                                      const struct dlms_object *object, int8_t method,
                                      struct dlms_span parameters, struct dlms_writer *out)
{
    struct demo *demo = context;
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    const struct dlms_value value = dlms_read_value(&reader);
    (void)association;
    (void)object;
    (void)method;
    demo->number = 0;
    if (value.tag == DLMS_TAG_OCTET_STRING) { /* comes back, in blocks when it came in blocks */
        dlms_put_octet_string(out, value.bytes.data, value.bytes.length);
    }
    return DLMS_RESULT_SUCCESS;
}

static bool save_security(void *context, const struct dlms_security *old,
                          const struct dlms_security *next)
{
    (void)context;
    (void)old;
    (void)next;
    return true;
}

static void make_associations(struct demo *demo)
{
    static const struct {
        uint16_t client;
        enum dlms_mechanism mechanism;
        bool ciphered;
        uint8_t suite;
    } rows[CLIENTS] = {
        {16, DLMS_MECHANISM_NONE, false, 0},   {33, DLMS_MECHANISM_MD5, false, 0},
        {34, DLMS_MECHANISM_SHA1, false, 0},   {35, DLMS_MECHANISM_GMAC, false, 0},
        {36, DLMS_MECHANISM_SHA256, false, 0}, {37, DLMS_MECHANISM_ECDSA, false, 1},
        {48, DLMS_MECHANISM_GMAC, true, 0},    {49, DLMS_MECHANISM_PASSWORD, true, 0},
        {50, DLMS_MECHANISM_SHA256, true, 0},  {51, DLMS_MECHANISM_GMAC, true, 1},
        {52, DLMS_MECHANISM_GMAC, true, 2},    {53, DLMS_MECHANISM_ECDSA, true, 1},
        {54, DLMS_MECHANISM_ECDSA, true, 2},
    };
    for (size_t i = 0; i < CLIENTS; i++) {
        demo->associations[i] = (struct dlms_association){
            .client_sap = rows[i].client,
            .server_sap = 1,
            .mechanism = rows[i].mechanism,
            .password = {secret, sizeof secret - 1},
            .conformance = CONFORMANCE,
            .groups = GROUP,
            .builtins = rows[i].client == 16 ? DLMS_BUILTIN_INVOCATION_COUNTER : BUILTINS,
            .version = 1,
            .ciphered = rows[i].ciphered,
            .security = &demo->security[rows[i].suite],
        };
    }
}

static void make_server(struct demo *demo, const struct dlms_crypto *crypto)
{
    memory_init(&demo->memory, 1);
    memset(demo->private_key, 0x11, sizeof demo->private_key);
    for (unsigned suite = 0; suite < SUITES; suite++) {
        struct dlms_security *security = &demo->security[suite];
        keys_init(security, crypto, &demo->memory, (uint8_t)suite);
        memcpy(security->own_title, keys_server_title, DLMS_TITLE);
        security->asymmetric = &dlms_asymmetric;
        const bool large = suite == 2; /* P-384 */
        security->private_key = (struct dlms_span){demo->private_key, large ? 48 : 32};
        security->public_key = large ? (struct dlms_span){client_p384, sizeof client_p384}
                                     : (struct dlms_span){client_p256, sizeof client_p256};
    }
    make_associations(demo);
    demo->server = (struct dlms_server){
        .devices = devices,
        .device_count = 1,
        .associations = demo->associations,
        .association_count = CLIENTS,
        .objects = objects,
        .object_count = sizeof objects / sizeof objects[0],
        .read = read_attribute,
        .write = write_attribute,
        .invoke = invoke_method,
        .crypto = crypto,
        .save_security = save_security,
        .context = demo,
        .max_receive_pdu = TCP_LOOP_PDU,
    };
}

static void new_connection(void *context, struct dlms_link *link)
{
    struct demo *demo = context;
    dlms_link_init(link, &demo->server, demo->long_buffer, sizeof demo->long_buffer);
    dlms_link_secure(link, &demo->link_security, demo->buffer, sizeof demo->buffer);
}

int main(int argc, char **argv)
{
    static struct demo demo;
    struct dlms_openssl *openssl = dlms_openssl_new();
    if (argc != 2 || openssl == NULL) {
        fprintf(stderr, "usage: dlms_secure_tcp_server port (and OpenSSL must work)\n");
        return 1;
    }
    make_server(&demo, dlms_openssl_crypto(openssl));
    return tcp_loop((uint16_t)strtol(argv[1], NULL, 10), new_connection, &demo);
}
