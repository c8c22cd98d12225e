/* The primary station, connecting, exchanging and disconnecting over and over while it hears a script
 * of frames (hdlc_script.h). Its operations end with one event each, an answer is no longer than its
 * buffer, and with silence everything ends. */
#include <stdlib.h>
#include <string.h>

#include "dlms/hdlc_client.h"
#include "fuzz/hdlc_script.h"

enum { FRAME = 128 + DLMS_HDLC_OVERHEAD, ANSWER = 400 };

static const uint8_t request[300] = {0xC0, 0x01};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

struct reader {
    struct dlms_hdlc_client client;
    uint32_t now_ms;
    bool is_up;
    bool is_busy;
    bool is_closing;
    unsigned count;
};

/* The next operation, as far as one may begin. */
static void begin(struct reader *reader)
{
    const struct dlms_span apdu = {request, 1 + reader->count % sizeof request};
    if (reader->is_busy) {
        require(!dlms_hdlc_client_send(&reader->client, reader->now_ms, apdu, true));
        return;
    }
    reader->count += 37;
    reader->is_closing = reader->is_up && reader->count % 4 == 0;
    if (!reader->is_up) {
        require(dlms_hdlc_client_connect(&reader->client, reader->now_ms));
    } else if (reader->is_closing) {
        require(dlms_hdlc_client_disconnect(&reader->client, reader->now_ms));
    } else {
        require(
            dlms_hdlc_client_send(&reader->client, reader->now_ms, apdu, reader->count % 3 > 0));
    }
    reader->is_busy = true;
}

static void end(struct reader *reader)
{
    struct dlms_span apdu;
    const enum dlms_hdlc_event event = dlms_hdlc_client_event(&reader->client, &apdu);
    require(apdu.length == 0 || event == DLMS_HDLC_ANSWER || event == DLMS_HDLC_NOTIFICATION);
    if (event == DLMS_HDLC_NOTHING || event == DLMS_HDLC_NOTIFICATION) {
        return;
    }
    require(reader->is_busy);
    require(event != DLMS_HDLC_CONNECTED || !reader->is_up);
    require((event == DLMS_HDLC_ANSWER || event == DLMS_HDLC_DELIVERED) <= reader->is_up);
    require(apdu.length <= ANSWER);
    reader->is_busy = false;
    reader->is_up = event != DLMS_HDLC_FAILED && event != DLMS_HDLC_DISCONNECTED;
    require(dlms_hdlc_client_connected(&reader->client) == reader->is_up);
}

static void drain(struct reader *reader)
{
    uint8_t octets[100];
    size_t total = 0;
    size_t count;
    while ((count = dlms_hdlc_client_output(&reader->client, reader->now_ms, octets,
                                            sizeof octets)) > 0) {
        total += count;
    }
    require(total < 7 * FRAME);
}

static void hear(struct reader *reader, const uint8_t *octets, size_t length)
{
    do {
        const size_t used = dlms_hdlc_client_input(&reader->client, reader->now_ms, octets, length);
        end(reader);
        octets += used;
        length -= used;
    } while (length > 0);
    begin(reader);
    drain(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dlms_hdlc_client_settings settings = {
        .client_sap = 16,
        .server = {2, 1, 17},
        .parameters = {128, 128, 7, 7, false},
        .inter_octet_ms = 20,
        .response_ms = 500,
        .poll_ms = 100,
        .answer_ms = 10000,
        .retries = 3,
    };
    uint8_t *buffers = malloc(FRAME + ANSWER);
    struct reader reader = {0};
    struct hdlc_step step;
    require(buffers != NULL);
    dlms_hdlc_client_init(&reader.client, &settings, buffers, FRAME, buffers + FRAME, ANSWER);
    begin(&reader);
    while (hdlc_next_step(&data, &size, &step)) {
        uint8_t octets[512];
        const struct dlms_hdlc_frame frame = {
            .segmented = step.segmented,
            .destination = {1, 16, 0},
            .source = {2, 1, step.who == 3 ? 18 : 17},
            .control = step.control,
            .information = {step.octets, step.length},
        };
        const size_t length = dlms_hdlc_frame_write(&frame, octets, sizeof octets);
        reader.now_ms += step.time_passes ? 300 : 1;
        hear(&reader, step.is_raw ? step.octets : octets, step.is_raw ? step.length : length);
    }
    for (int i = 0; i < 200 && reader.is_busy; i++) {
        reader.now_ms += 100;
        dlms_hdlc_client_tick(&reader.client, reader.now_ms);
        end(&reader);
        drain(&reader);
    }
    require(!reader.is_busy);
    free(buffers);
    return 0;
}
