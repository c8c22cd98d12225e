/* General block transfer, ACCESS and notifications. The first octet says who hears the rest, a row of
 * APDUs, each behind its length (one octet): 0 a server with blocks, 1 a client with blocks that asked for
 * a list by ACCESS, 2 the parsers of notifications; bits 2-7 the window, 0 as 1. */
#include <stdlib.h>
#include <string.h>

#include "dlms/client.h"
#include "dlms/client_acse.h"
#include "dlms/notification.h"
#include "tests/dlms/device.h"

enum { CONFORMANCE = 0x205EDF, BUFFER = 300, FRAME = 64 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Exact, so that an overrun is seen. */
static uint8_t *room(size_t size)
{
    uint8_t *memory = malloc(size);
    require(memory != NULL);
    return memory;
}

typedef void hear(void *context, struct dlms_span apdu);

static void tell(const uint8_t *data, size_t size, hear *heard, void *context)
{
    while (size > 0) {
        const size_t length = data[0] < size - 1 ? data[0] : size - 1;
        heard(context, (struct dlms_span){data + 1, length});
        data += 1 + length;
        size -= 1 + length;
    }
}

/* ---- The server ---- */

static void serve(void *context, struct dlms_span apdu)
{
    struct dlms_link *link = context;
    const struct dlms_request request = {DEVICE_WRITER, DEVICE_MANAGEMENT, apdu};
    uint8_t *reply = room(FRAME);
    size_t length = dlms_link_handle(link, &request, reply, FRAME);
    for (int i = 0; length > 0; i++) {
        const struct dlms_session *session = &link->sessions[0];
        require(length <= FRAME && i <= DLMS_WINDOW_MAX);
        require(session->association == NULL || length <= session->max_send_pdu ||
                reply[0] == DLMS_TAG_AARE);
        length = dlms_link_more(link, DEVICE_WRITER, DEVICE_MANAGEMENT, reply, FRAME);
    }
    require(link->blocks->stream.gathered <= BUFFER);
    free(reply);
}

static void fuzz_server(uint8_t window, const uint8_t *data, size_t size)
{
    static const uint8_t aarq[] = {0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
                                   0x01, 0x01, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x06,
                                   0x5F, 0x1F, 0x04, 0x00, 0x20, 0x5E, 0xDF, 0x00, 0x14};
    struct device device = {.period = 7};
    struct dlms_server server = device_server(&device);
    struct dlms_association associations[8];
    struct dlms_link link;
    struct dlms_link_blocks blocks;
    uint8_t *buffer = room(BUFFER);
    uint8_t *long_buffer = room(BUFFER);
    memcpy(associations, server.associations, server.association_count * sizeof associations[0]);
    for (size_t i = 0; i < server.association_count; i++) {
        associations[i].conformance = CONFORMANCE;
    }
    server.associations = associations;
    dlms_link_init(&link, &server, long_buffer, BUFFER);
    dlms_link_use_blocks(&link, &blocks, buffer, BUFFER, window);
    serve(&link, (struct dlms_span){aarq, sizeof aarq});
    tell(data, size, serve, &link);
    free(buffer);
    free(long_buffer);
}

/* ---- The client ---- */

static enum dlms_client_status ask(struct dlms_client *client)
{
    static const uint8_t data[] = {DLMS_TAG_U8, 1};
    static const struct dlms_client_access list[] = {
        {DLMS_ACCESS_GET, {.class_id = 3, .logical_name = {1, 0, 1, 8, 0, 255}, .index = 2}, {0}},
        {DLMS_ACCESS_SET, {.class_id = 3, .index = 2}, {data, 2}},
    };
    client->long_invoke = 0;
    return dlms_client_access(client, list, 2, false);
}

static void take(void *context, struct dlms_span apdu)
{
    struct dlms_client *client = context;
    enum dlms_client_status status = dlms_client_received(client, apdu);
    while (status == DLMS_CLIENT_SEND) {
        const size_t length = dlms_client_output(client).length;
        require(length > 0 && length <= client->max_send_pdu);
        status = dlms_client_more(client);
    }
    if (status == DLMS_CLIENT_DONE) {
        struct dlms_client_access_items items = dlms_client_access_list(client);
        struct dlms_client_item item;
        size_t count = 0;
        while (dlms_client_access_next(&items, &item)) {
            struct dlms_reader reader = dlms_reader(item.data.data, item.data.length);
            dlms_skip_data(&reader);
            require(dlms_reader_done(&reader));
            count++;
        }
        require(count == 2);
    }
    if (status != DLMS_CLIENT_WAIT) {
        ask(client);
    }
    require(client->blocks->gathered <= BUFFER);
}

static void fuzz_client(uint8_t window, const uint8_t *data, size_t size)
{
    static const struct dlms_client_settings settings = {.conformance = CONFORMANCE};
    struct dlms_client client;
    struct dlms_general_block blocks;
    uint8_t *request = room(BUFFER);
    uint8_t *value = room(BUFFER);
    uint8_t *buffer = room(BUFFER);
    dlms_client_init(&client, &settings, request, BUFFER, value, BUFFER);
    dlms_client_use_blocks(&client, &blocks, buffer, BUFFER, window);
    client.is_associated = true;
    client.conformance = CONFORMANCE;
    client.max_send_pdu = 30;
    require(ask(&client) == DLMS_CLIENT_SEND);
    tell(data, size, take, &client);
    free(request);
    free(value);
    free(buffer);
}

/* ---- Notifications ---- */

static void parse(void *context, struct dlms_span apdu)
{
    struct dlms_data_notification data;
    struct dlms_event_notification event;
    (void)context;
    if (dlms_data_notification_parse(apdu, &data) == DLMS_OK) {
        require(apdu.length == 6 + data.time.length + data.body.length || apdu.data[5] >= 0x80);
    }
    if (dlms_event_notification_parse(apdu, &event) == DLMS_OK) {
        require(event.value.length > 0 && event.value.length < apdu.length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const uint8_t window = data[0] / 4 > 0 ? data[0] / 4 : 1;
    switch (data[0] & 3) {
    case 0:
        fuzz_server(window, data + 1, size - 1);
        break;
    case 1:
        fuzz_client(window, data + 1, size - 1);
        break;
    default:
        tell(data + 1, size - 1, parse, NULL);
        break;
    }
    return 0;
}
