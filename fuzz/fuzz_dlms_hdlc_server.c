/* The secondary station with the COSEM server behind it, hearing a script of frames (hdlc_script.h).
 * What it says is always good frames to a client, none longer than agreed. */
#include <stdlib.h>
#include <string.h>

#include "dlms/hdlc_cosem.h"
#include "fuzz/hdlc_script.h"
#include "tests/dlms/device.h"

enum { LINKS = 2, FRAME = 128 + DLMS_HDLC_OVERHEAD, REQUEST = 300, ANSWER = 400 };

struct station {
    struct device device;
    struct dlms_server cosem;
    struct dlms_link link;
    uint8_t long_buffer[512];
    struct dlms_hdlc_server server;
    struct dlms_hdlc_link links[LINKS];
    struct dlms_hdlc_receiver listener;
    uint8_t heard[1024];
};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Everything the station says is a row of good frames, and nothing else. */
static void listen(struct station *station, uint32_t now_ms)
{
    uint8_t octets[97];
    size_t count;
    size_t total = 0;
    size_t in_frames = 0;
    while ((count = dlms_hdlc_server_output(&station->server, now_ms, octets, sizeof octets)) > 0) {
        const uint8_t *at = octets;
        struct dlms_hdlc_frame frame;
        size_t used;
        total += count;
        while (dlms_hdlc_receiver_feed(&station->listener, 0, at, count, &used, &frame) ==
               DLMS_OK) {
            require(frame.destination.length == 1);
            require(frame.information.length <= 300);
            in_frames += 8u + frame.source.length;
            in_frames += frame.information.length > 0 ? frame.information.length + 2 : 0;
            at += used;
            count -= used;
        }
    }
    require(in_frames == total);
}

static void take_step(struct station *station, const struct hdlc_step *step, uint32_t now_ms)
{
    static const struct dlms_hdlc_address addresses[] = {
        {1, DEVICE_MANAGEMENT, 0}, {2, DEVICE_METER, 32}, {4, DEVICE_MANAGEMENT, 32}, {2, 1, 127}};
    uint8_t octets[512];
    const struct dlms_hdlc_frame frame = {
        .segmented = step->segmented,
        .destination = addresses[step->who],
        .source = {1, step->who == 1 ? DEVICE_PASSWORD : DEVICE_EVERYTHING, 0},
        .control = step->control,
        .information = {step->octets, step->length},
    };
    const size_t length = dlms_hdlc_frame_write(&frame, octets, sizeof octets);
    dlms_hdlc_server_input(&station->server, now_ms, octets, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct station *station = calloc(1, sizeof *station);
    uint8_t *buffers = malloc(FRAME + LINKS * (REQUEST + ANSWER));
    uint32_t now_ms = 0;
    struct hdlc_step step;
    require(station != NULL && buffers != NULL);
    const struct dlms_hdlc_settings settings = {
        .physical_address = 32,
        .forms = DLMS_HDLC_FORM_ANY,
        .inter_octet_ms = 20,
        .inactivity_ms = 5000,
        .parameters = {300, 128, 7, 7, false},
        .handler = &dlms_hdlc_link_handler,
        .context = &station->link,
    };
    for (size_t i = 0; i < LINKS; i++) {
        uint8_t *room = buffers + FRAME + i * (REQUEST + ANSWER);
        station->links[i] = (struct dlms_hdlc_link){.request = room,
                                                    .request_size = REQUEST,
                                                    .answer = room + REQUEST,
                                                    .answer_size = ANSWER};
    }
    station->device.period = 7;
    station->cosem = device_server(&station->device);
    dlms_link_init(&station->link, &station->cosem, station->long_buffer,
                   sizeof station->long_buffer);
    dlms_hdlc_server_init(&station->server, &settings, station->links, LINKS, buffers, FRAME);
    dlms_hdlc_receiver_init(&station->listener, station->heard, sizeof station->heard, 0);
    while (hdlc_next_step(&data, &size, &step)) {
        now_ms += step.time_passes ? 2000 : 1;
        if (step.is_raw) {
            dlms_hdlc_server_input(&station->server, now_ms, step.octets, step.length);
        } else {
            take_step(station, &step, now_ms);
        }
        listen(station, now_ms);
    }
    free(buffers);
    free(station);
    return 0;
}
