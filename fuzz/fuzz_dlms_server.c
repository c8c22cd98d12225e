/* A server behind the TCP wrapper. The first byte says what it hears before the stream: bits 0-1
 * the association opened (none, public, password, everything), bit 2 a small PDU, bit 3 a long GET
 * under way, bits 4-7 the size of the long buffer. 0x0C alone, a long GET of nobody, opens the one
 * that may write and invoke instead. The rest is the stream. */
#include <stdlib.h>
#include <string.h>

#include "dlms/wrapper.h"
#include "tests/dlms/device.h"

enum { REQUEST_SIZE = 256, REPLY_SIZE = 512 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void handle(struct dlms_link *link, struct dlms_request request)
{
    uint8_t reply[REPLY_SIZE];
    const size_t length = dlms_link_handle(link, &request, reply, sizeof reply);
    require(length <= sizeof reply);
    for (size_t i = 0; i < DLMS_LINK_SESSIONS; i++) {
        const struct dlms_session *session = &link->sessions[i];
        const bool is_sender = session->association != NULL &&
                               session->association->client_sap == request.client_sap &&
                               session->association->server_sap == request.server_sap;
        /* ACSE comes before the size is agreed on. */
        require(!is_sender || length <= session->max_send_pdu || reply[0] == 0x61);
    }
}

static const uint8_t aarq_public[] = {
    0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01, 0xBE, 0x10, 0x04,
    0x0E, 0x01, 0x00, 0x00, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF, 0x02, 0x00};

static const uint8_t aarq_password[] = {
    0x60, 0x33, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01, 0x8A,
    0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x01, 0xAC, 0x07,
    0x80, 0x05, 0x31, 0x32, 0x33, 0x34, 0x35, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00,
    0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0xFF, 0xFF, 0xFF, 0x02, 0x00};

static const uint8_t get_object_list[] = {0xC0, 0x01, 0xC1, 0x00, 0x0F, 0x00, 0x00,
                                          0x28, 0x00, 0x00, 0xFF, 0x02, 0x00};

static const struct opening {
    uint16_t client_sap;
    uint16_t server_sap;
    const uint8_t *aarq;
    size_t length;
} openings[] = {
    {0, 0, NULL, 0},
    {DEVICE_PUBLIC, DEVICE_MANAGEMENT, aarq_public, sizeof aarq_public},
    {DEVICE_PASSWORD, DEVICE_METER, aarq_password, sizeof aarq_password},
    {DEVICE_EVERYTHING, DEVICE_MANAGEMENT, aarq_public, sizeof aarq_public},
    {DEVICE_WRITER, DEVICE_MANAGEMENT, aarq_public, sizeof aarq_public},
};

enum { OPENING_WRITER = 4, CHOOSE_WRITER = 0x0C };

static void prepare(struct dlms_link *link, uint8_t choice)
{
    const bool is_writer = (choice & 0x0F) == CHOOSE_WRITER;
    const struct opening *opening = &openings[is_writer ? OPENING_WRITER : choice & 3];
    uint8_t aarq[sizeof aarq_password];
    if (opening->aarq == NULL) {
        return;
    }
    memcpy(aarq, opening->aarq, opening->length);
    if ((choice & 4) != 0) { /* 0200 becomes 0020 */
        aarq[opening->length - 2] = 0x00;
        aarq[opening->length - 1] = 0x20;
    }
    handle(link, (struct dlms_request){
                     opening->client_sap, opening->server_sap, {aarq, opening->length}});
    if ((choice & 8) != 0 && !is_writer) {
        handle(link, (struct dlms_request){opening->client_sap,
                                           opening->server_sap,
                                           {get_object_list, sizeof get_object_list}});
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const size_t long_buffer_size = (size_t)(data[0] >> 4) * 64;
    uint8_t *long_buffer = malloc(long_buffer_size + 1); /* exact, so that an overrun is seen */
    uint8_t buffer[REQUEST_SIZE];
    struct device device = {.period = 7};
    struct dlms_server server = device_server(&device);
    struct dlms_link link;
    struct dlms_wrapper wrapper;
    require(long_buffer != NULL);
    server.max_receive_pdu = 200;
    dlms_link_init(&link, &server, long_buffer, long_buffer_size);
    dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
    prepare(&link, data[0]);
    data++;
    size--;
    while (size > 0) {
        size_t used;
        struct dlms_wrapper_frame frame;
        const enum dlms_err err = dlms_wrapper_feed(&wrapper, data, size, &used, &frame);
        if (err == DLMS_OK) {
            handle(&link, (struct dlms_request){frame.source, frame.destination, frame.apdu});
        } else if (err != DLMS_ERR_MORE) {
            break;
        }
        require(used > 0 && used <= size);
        data += used;
        size -= used;
    }
    free(long_buffer);
    return 0;
}
