/* A meter on a line, in a hundred lines: DLMS/COSEM over HDLC on standard input and output. Whatever
 * makes a line of those two will do:
 *
 *     dlms_example_client dlms_example_server
 *     socat TCP-LISTEN:4060,reuseaddr EXEC:dlms_example_server
 *
 * Client 16 without security, or 18 with password 12345, at logical device 1, physical address 17. The
 * register 1.0.1.8.0.255 counts a Wh every second; the second client may write the text
 * 0.0.96.1.0.255.
 */
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dlms/hdlc_cosem.h"

enum { EVERYBODY = 1, OWNER = 2, PDU = 512, LONG_BUFFER = 1024, LINKS = 2 };
enum { ENERGY, TEXT, OBJECTS };

struct meter {
    time_t started;
    char text[32];
};

static const struct dlms_logical_device devices[] = {{1, "DEM0000000000001"}};

static const struct dlms_association associations[] = {
    {.client_sap = 16,
     .server_sap = 1,
     .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET,
     .groups = EVERYBODY,
     .builtins = DLMS_BUILTIN_DEVICE_NAME},
    {.client_sap = 18,
     .server_sap = 1,
     .mechanism = DLMS_MECHANISM_PASSWORD,
     .password = {(const uint8_t *)"12345", 5},
     .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET | DLMS_CONFORMANCE_SET |
                    DLMS_CONFORMANCE_BLOCK_SET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES,
     .groups = EVERYBODY | OWNER,
     .builtins = DLMS_BUILTIN_DEVICE_NAME},
};

static const struct dlms_object objects[OBJECTS] = {
    [ENERGY] = {.class_id = 3,
                .logical_name = {1, 0, 1, 8, 0, 255},
                .groups = EVERYBODY,
                .attribute_count = 3,
                .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3),
                .tag = ENERGY},
    [TEXT] = {.class_id = 1,
              .logical_name = {0, 0, 96, 1, 0, 255},
              .groups = EVERYBODY | OWNER,
              .attribute_count = 2,
              .readable = DLMS_ATTRIBUTE(2),
              .writable = DLMS_ATTRIBUTE(2),
              .writers = OWNER,
              .tag = TEXT},
};

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    const struct meter *meter = context;
    (void)selection;
    if (object->tag == TEXT) {
        dlms_put_visible_string(out, meter->text);
    } else if (attribute == 2) {
        dlms_put_u32(out, (uint32_t)(time(NULL) - meter->started));
    } else {
        dlms_put_scaler_unit(out, 0, 30); /* Wh */
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result write_attribute(void *context, const struct dlms_association *association,
                                        const struct dlms_object *object, int8_t attribute,
                                        const struct dlms_selection *selection,
                                        struct dlms_span value)
{
    struct meter *meter = context;
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const struct dlms_value text = dlms_read_value(&reader);
    (void)association, (void)object, (void)attribute, (void)selection; /* only TEXT is writable */
    if (text.tag != DLMS_TAG_VISIBLE_STRING) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (text.bytes.length >= sizeof meter->text) {
        return DLMS_RESULT_OTHER_REASON;
    }
    memset(meter->text, 0, sizeof meter->text);
    memcpy(meter->text, text.bytes.data, text.bytes.length);
    return DLMS_RESULT_SUCCESS;
}

static uint32_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* Until the line is closed. */
static int serve(struct dlms_hdlc_server *station)
{
    for (;;) {
        uint8_t octets[256];
        struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&line, 1, 50) > 0) {
            const ssize_t got = read(STDIN_FILENO, octets, sizeof octets);
            if (got <= 0) {
                return 0;
            }
            dlms_hdlc_server_input(station, now_ms(), octets, (size_t)got);
        } else {
            dlms_hdlc_server_tick(station, now_ms());
        }
        size_t count;
        while ((count = dlms_hdlc_server_output(station, now_ms(), octets, sizeof octets)) > 0) {
            if (write(STDOUT_FILENO, octets, count) != (ssize_t)count) {
                return 1;
            }
        }
    }
}

int main(void)
{
    static uint8_t long_buffer[LONG_BUFFER];
    static uint8_t frame[128 + DLMS_HDLC_OVERHEAD];
    static uint8_t requests[LINKS][PDU + DLMS_HDLC_LLC];
    static uint8_t answers[LINKS][PDU];
    struct meter meter = {.started = time(NULL), .text = "example"};
    const struct dlms_server cosem = {.devices = devices,
                                      .device_count = 1,
                                      .associations = associations,
                                      .association_count = 2,
                                      .objects = objects,
                                      .object_count = OBJECTS,
                                      .read = read_attribute,
                                      .write = write_attribute,
                                      .context = &meter,
                                      .max_receive_pdu = PDU,
                                      .ignore_service_class = true};
    struct dlms_link link;
    dlms_link_init(&link, &cosem, long_buffer, sizeof long_buffer);

    const struct dlms_hdlc_settings settings = {.physical_address = 17,
                                                .forms = DLMS_HDLC_FORM_ANY,
                                                .inter_octet_ms = 500,
                                                .inactivity_ms = 120000,
                                                .parameters = {128, 128, 1, 1, false},
                                                .handler = &dlms_hdlc_link_handler,
                                                .context = &link};
    struct dlms_hdlc_link links[LINKS];
    for (size_t i = 0; i < LINKS; i++) {
        links[i] = (struct dlms_hdlc_link){.request = requests[i],
                                           .request_size = sizeof requests[i],
                                           .answer = answers[i],
                                           .answer_size = sizeof answers[i]};
    }
    struct dlms_hdlc_server station;
    dlms_hdlc_server_init(&station, &settings, links, LINKS, frame, sizeof frame);

    return serve(&station);
}
