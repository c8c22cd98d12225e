/* The whole decoder of overheard traffic. The first byte chooses what the rest is: a stream, by
 * bytes or at once, in one direction or both, with keys or without; lines of hex; a capture file.
 * Every report is printed in every form. Of a stream, each byte is in one report, in order; only
 * idle flags are not. */
#include <stdlib.h>
#include <string.h>

#include "decode/capture.h"
#include "decode/hexline.h"
#include "decode/print.h"
#include "decode/reassembly.h"
#include "ports/linux/crypto_openssl.h"

enum { KIND_TEXT = 0x01, KIND_CAPTURE = 0x02, BY_BYTE = 0x04, TWO_WAYS = 0x08, KEYS = 0x10 };

struct check {
    FILE *sink;
    const uint8_t *data;
    size_t size;
    size_t at;
    bool is_stream; /* of one direction: offsets are those of data */
};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void print_all(struct check *check, const struct decode_report *report,
                      const struct decode_origin *origin)
{
    decode_print_tree(check->sink, report, origin);
    decode_print_brief(check->sink, report, origin);
    json_t *json = decode_json(report, origin);
    require(json != NULL && json_dumpf(json, check->sink, JSON_COMPACT) == 0);
    require(json_object_size(json) >= 9);
    json_decref(json);
}

static void take_flow(void *context, const struct decode_report *report,
                      const struct decode_origin *origin)
{
    print_all(context, report, origin);
}

static void take(void *context, const struct decode_report *report)
{
    struct check *check = context;
    const struct decode_origin origin = {0};
    require(report->length > 0);
    if (check->is_stream) {
        while (check->at < report->offset) {
            require(check->data[check->at++] == 0x7E);
        }
        require(report->offset == check->at && report->length <= check->size - check->at);
        require(memcmp(report->bytes, check->data + check->at, report->length) == 0);
        check->at += report->length;
    }
    print_all(check, report, &origin);
}

static void feed_stream(struct decode_session *session, struct check *check, uint8_t kind)
{
    const size_t portion = (kind & BY_BYTE) != 0 ? 1 : check->size;
    check->is_stream = (kind & TWO_WAYS) == 0;
    for (size_t at = 0; at < check->size; at += portion) {
        const enum decode_direction direction = check->is_stream ? DECODE_UNKNOWN
                                                : at % 3 == 0    ? DECODE_TO_METER
                                                                 : DECODE_FROM_METER;
        require(decode_feed(session, direction, check->data + at, portion));
    }
    decode_flush(session);
    require(!decode_is_waiting(session));
    for (size_t at = check->at; check->is_stream && at < check->size; at++) {
        require(check->data[at] == 0x7E);
    }
}

static void feed_text(struct decode_session *session, const struct check *check)
{
    size_t at = 0;
    while (at < check->size) {
        const char *line = (const char *)check->data + at;
        const char *end = memchr(line, '\n', check->size - at);
        const size_t length = end != NULL ? (size_t)(end - line) : check->size - at;
        uint8_t *bytes = malloc(length / 2 + 1);
        struct decode_hexline hex;
        require(bytes != NULL);
        decode_hexline_read(line, length, bytes, &hex);
        require(hex.length <= length / 2 && (hex.error == NULL || hex.column <= length + 1));
        if (hex.error == NULL) {
            require(decode_feed_line(session, hex.direction, bytes, hex.length));
        }
        free(bytes);
        at += length + 1;
    }
    decode_flush(session);
}

static void feed_capture(struct check *check, const struct decode_keys *keys)
{
    static const uint16_t ports[] = {4059, 1025};
    struct decode_capture capture;
    struct decode_packet packet;
    struct decode_transport transport;
    struct decode_flows *flows = decode_flows_new(ports, 2, keys, take_flow, check);
    require(flows != NULL);
    if (decode_capture_open(&capture, check->data, check->size)) {
        while (decode_capture_next(&capture, &packet)) {
            if (decode_transport_read(&packet, &transport)) {
                decode_flows_take(flows, &transport, packet.time_us);
            }
        }
    }
    decode_flows_end(flows);
    decode_flows_free(flows);
}

/* Those of the known answers of IEC 62056-5-3. */
static void make_keys(struct decode_keys *keys, const struct dlms_crypto *crypto)
{
    static const uint8_t title[DLMS_TITLE] = {0x4D, 0x4D, 0x4D, 0x00, 0x00, 0xBC, 0x61, 0x4E};
    *keys = (struct decode_keys){.crypto = crypto};
    for (uint8_t i = 0; i < 16; i++) {
        keys->key[DLMS_KEY_UNICAST][i] = i;
        keys->key[DLMS_KEY_AUTHENTICATION][i] = (uint8_t)(0xD0 + i);
    }
    keys->knows_key[DLMS_KEY_UNICAST] = true;
    for (int d = 0; d < DECODE_DIRECTIONS; d++) {
        memcpy(keys->title[d], title, DLMS_TITLE);
        keys->knows_title[d] = d != DECODE_TO_METER;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dlms_openssl *openssl;
    static FILE *sink;
    struct decode_keys keys;
    if (size < 2) {
        return 0;
    }
    if (sink == NULL) {
        sink = fopen("/dev/null", "w");
        openssl = dlms_openssl_new();
        require(sink != NULL && openssl != NULL);
    }
    struct check check = {.sink = sink, .data = data + 1, .size = size - 1};
    make_keys(&keys, dlms_openssl_crypto(openssl));
    const struct decode_keys *given = (data[0] & KEYS) != 0 ? &keys : NULL;
    if ((data[0] & KIND_CAPTURE) != 0) {
        feed_capture(&check, given);
        return 0;
    }
    struct decode_session *session = decode_session_new(given, take, &check);
    require(session != NULL);
    if ((data[0] & KIND_TEXT) != 0) {
        feed_text(session, &check);
    } else {
        feed_stream(session, &check, data[0]);
    }
    decode_session_free(session);
    return 0;
}
