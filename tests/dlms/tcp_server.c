/* A DLMS server on 127.0.0.1 in a hundred lines (and tcp_loop.c): the library's example of use, and what
 * foreign clients are tried against (tests/interop/). secure_tcp_server.c is the same with security.
 *
 *     dlms_tcp_server [port]      4059 unless told; client 16, no security, or 18, password 12345
 */
#include <stdlib.h>
#include <time.h>

#include "dlms/wrapper.h"
#include "tcp_loop.h"

enum { PUBLIC = 1, METER = 2, REGISTERS = 60, LONG_BUFFER = 2048, BLOCKS = 8192, WINDOW = 8 };

static const struct dlms_logical_device devices[] = {{1, "DEM0000000000001"}};
static const uint8_t password[] = {'1', '2', '3', '4', '5'};
static const uint32_t conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET |
                                    DLMS_CONFORMANCE_MULTIPLE_REFERENCES |
                                    DLMS_CONFORMANCE_GENERAL_BLOCK;
static const uint8_t builtins = DLMS_BUILTIN_SAP_ASSIGNMENT | DLMS_BUILTIN_DEVICE_NAME;

static const struct dlms_association associations[] = {
    {.client_sap = 16,
     .server_sap = 1,
     .conformance = conformance,
     .groups = PUBLIC,
     .builtins = builtins},
    {.client_sap = 18,
     .server_sap = 1,
     .mechanism = DLMS_MECHANISM_PASSWORD,
     .password = {password, sizeof password},
     .conformance = conformance,
     .groups = METER,
     .builtins = builtins},
};

/* A clock for both clients, then registers 1.1.1.8.n.255 for the one with the password. */
static void enumerate(void *context, size_t index, struct dlms_object *object)
{
    (void)context;
    if (index == 0) {
        *object = (struct dlms_object){
            .class_id = 8,
            .logical_name = {0, 0, 1, 0, 0, 255},
            .groups = PUBLIC | METER,
            .attribute_count = 9,
            .readable = DLMS_ATTRIBUTE(2),
        };
        return;
    }
    *object = (struct dlms_object){
        .class_id = 3,
        .logical_name = {1, 1, 1, 8, (uint8_t)(index - 1), 255},
        .groups = METER,
        .attribute_count = 3,
        .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3),
        .tag = index,
    };
}

static void put_clock(struct dlms_writer *out)
{
    const time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    const struct dlms_date_time date_time = {(uint16_t)(utc.tm_year + 1900),
                                             (uint8_t)(utc.tm_mon + 1),
                                             (uint8_t)utc.tm_mday,
                                             (uint8_t)((utc.tm_wday + 6) % 7 + 1),
                                             (uint8_t)utc.tm_hour,
                                             (uint8_t)utc.tm_min,
                                             (uint8_t)utc.tm_sec,
                                             DLMS_UNSPECIFIED,
                                             0,
                                             0};
    dlms_put_date_time(out, &date_time);
}

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    (void)context;
    (void)selection;
    if (object->class_id == 8) {
        put_clock(out);
    } else if (attribute == 2) {
        dlms_put_u32(out, (uint32_t)(1000 * object->tag));
    } else {
        dlms_put_scaler_unit(out, 1, 30); /* 10 Wh */
    }
    return DLMS_RESULT_SUCCESS;
}

static const struct dlms_server server = {
    .devices = devices,
    .device_count = sizeof devices / sizeof devices[0],
    .associations = associations,
    .association_count = sizeof associations / sizeof associations[0],
    .object_count = 1 + REGISTERS,
    .enumerate = enumerate,
    .read = read_attribute,
    .max_receive_pdu = TCP_LOOP_PDU,
};

static void new_connection(void *context, struct dlms_link *link)
{
    static uint8_t long_buffer[LONG_BUFFER];
    static uint8_t buffer[BLOCKS];
    static struct dlms_link_blocks blocks;
    (void)context;
    dlms_link_init(link, &server, long_buffer, sizeof long_buffer);
    dlms_link_use_blocks(link, &blocks, buffer, sizeof buffer, WINDOW);
}

int main(int argc, char **argv)
{
    const long port = argc > 1 ? strtol(argv[1], NULL, 10) : DLMS_WRAPPER_TCP_PORT;
    return tcp_loop((uint16_t)port, new_connection, NULL);
}
