/* HDLC frames and the TCP wrapper: header fields, checks, connection parameters; what they carry
 * goes to decode_apdu, segments joined. Invariant: a frame is read field by field as far as its
 * bytes go, so a cut or damaged one still shows what came of it. */
#include "decode/context.h"

#include <string.h>

#include "decode/text.h"
#include "dlms/hdlc_frame.h"
#include "dlms/wrapper.h"

enum {
    FORMAT = 2,
    CHECK = 2,
    ADDRESS_MAX = 4,
    LENGTH_BITS = 0x7FF,
    SEGMENTED = 0x0800,
};

/* A frame while it is read. */
struct hdlc {
    struct decode_context *context;
    const uint8_t *data; /* behind the opening flag */
    size_t length;       /* there, the closing flag not counted */
    size_t announced;    /* between the flags, by the format field */
    size_t at;
    struct dlms_hdlc_address address[2]; /* destination, source */
    struct dlms_hdlc_control control;
    bool is_segmented;
    bool is_good; /* so far */
};

static const char *const type_texts[] = {
    [DLMS_HDLC_I] = "I",     [DLMS_HDLC_RR] = "RR",           [DLMS_HDLC_RNR] = "RNR",
    [DLMS_HDLC_REJ] = "REJ", [DLMS_HDLC_SNRM] = "SNRM",       [DLMS_HDLC_DISC] = "DISC",
    [DLMS_HDLC_UA] = "UA",   [DLMS_HDLC_DM] = "DM",           [DLMS_HDLC_FRMR] = "FRMR",
    [DLMS_HDLC_UI] = "UI",   [DLMS_HDLC_UNKNOWN] = "unknown",
};

static const char *const type_meanings[] = {
    [DLMS_HDLC_I] = "information",
    [DLMS_HDLC_RR] = "receive ready",
    [DLMS_HDLC_RNR] = "receive not ready",
    [DLMS_HDLC_REJ] = "reject",
    [DLMS_HDLC_SNRM] = "set normal response mode",
    [DLMS_HDLC_DISC] = "disconnect",
    [DLMS_HDLC_UA] = "unnumbered acknowledgement",
    [DLMS_HDLC_DM] = "disconnected mode",
    [DLMS_HDLC_FRMR] = "frame reject",
    [DLMS_HDLC_UI] = "unnumbered information",
    [DLMS_HDLC_UNKNOWN] = "no control field of this protocol",
};

/* ---- Addresses ---- */

static bool read_address(struct hdlc *hdlc, struct dlms_hdlc_address *address)
{
    const uint8_t *data = hdlc->data + hdlc->at;
    size_t octets = 0;
    while (hdlc->at + octets < hdlc->length && octets < ADDRESS_MAX) {
        if ((data[octets++] & 1) != 0) {
            break;
        }
    }
    const bool is_ended = octets > 0 && (data[octets - 1] & 1) != 0;
    if (!is_ended || octets == 3) {
        decode_fault(&hdlc->context->tree, "address", data, octets,
                     is_ended ? "an address of 3 octets" : "an address without an end");
        return false;
    }
    *address = (struct dlms_hdlc_address){.length = (uint8_t)octets, .upper = data[0] >> 1};
    if (octets == ADDRESS_MAX) {
        address->upper = (uint16_t)((data[0] >> 1) << 7 | data[1] >> 1);
        address->lower = (uint16_t)((data[2] >> 1) << 7 | data[3] >> 1);
    } else if (octets == 2) {
        address->lower = data[1] >> 1;
    }
    hdlc->at += octets;
    return true;
}

/* Who sends: 0 the destination is the client, 1 the source is, -1 it cannot be told. */
static int client_end(const struct hdlc *hdlc)
{
    const struct decode_context *context = hdlc->context;
    const enum dlms_hdlc_type type = hdlc->control.type;
    if (context->direction != DECODE_UNKNOWN) {
        return context->direction == DECODE_TO_METER ? 1 : 0;
    }
    if (type == DLMS_HDLC_SNRM || type == DLMS_HDLC_DISC) {
        return 1;
    }
    if (type == DLMS_HDLC_UA || type == DLMS_HDLC_DM || type == DLMS_HDLC_FRMR) {
        return 0;
    }
    if (hdlc->address[0].length != hdlc->address[1].length) {
        return hdlc->address[1].length == 1 ? 1 : 0;
    }
    const bool source_fits = context->knows_client && hdlc->address[1].upper == context->client;
    const bool destination_fits =
        context->knows_client && hdlc->address[0].upper == context->client;
    return source_fits != destination_fits ? (source_fits ? 1 : 0) : -1;
}

static const char *client_text(uint16_t client)
{
    static const struct decode_name names[] = {
        {0, ", no station"}, {1, ", management"}, {16, ", public"}, {0x7F, ", all stations"}};
    return decode_name_of(names, sizeof names / sizeof names[0], client, "");
}

static void show_address(struct hdlc *hdlc, size_t end, const uint8_t *bytes, int client)
{
    const struct dlms_hdlc_address *address = &hdlc->address[end];
    char text[64] = "";
    if (client == (int)end) {
        decode_append(text, sizeof text, "client %u%s", address->upper,
                      client_text(address->upper));
    } else {
        decode_append(text, sizeof text, "%s%u", client >= 0 ? "server " : "", address->upper);
        if (address->length > 1) {
            decode_append(text, sizeof text, ", physical device %u", address->lower);
        }
    }
    decode_field(&hdlc->context->tree, end == 0 ? "destination" : "source", bytes, address->length,
                 "%s", text);
}

/* ---- Header ---- */

static bool take_format(struct hdlc *hdlc)
{
    struct decode_tree *tree = &hdlc->context->tree;
    if (hdlc->length < FORMAT) {
        return false;
    }
    const unsigned format = (unsigned)hdlc->data[0] << 8 | hdlc->data[1];
    hdlc->announced = format & LENGTH_BITS;
    hdlc->is_segmented = (format & SEGMENTED) != 0;
    decode_field(tree, "format", hdlc->data, FORMAT, "type 3, %zu octets%s", hdlc->announced,
                 hdlc->is_segmented ? ", more segments follow" : "");
    if (hdlc->length > hdlc->announced) {
        decode_fault(tree, "length", NULL, 0, "%zu octets between the flags", hdlc->length);
        hdlc->is_good = false;
    }
    hdlc->at = FORMAT;
    return true;
}

static void show_control(struct hdlc *hdlc)
{
    const uint8_t *octet = &hdlc->data[hdlc->at++];
    char text[96] = "";
    hdlc->control = dlms_hdlc_control_parse(*octet);
    const struct dlms_hdlc_control *control = &hdlc->control;
    decode_append(text, sizeof text, "%s", type_texts[control->type]);
    if (control->type == DLMS_HDLC_I) {
        decode_append(text, sizeof text, ", N(S)=%u", control->send_number);
    }
    if (control->type <= DLMS_HDLC_REJ) {
        decode_append(text, sizeof text, ", N(R)=%u", control->receive_number);
    }
    decode_append(text, sizeof text, "%s: %s", control->poll ? ", P/F" : "",
                  type_meanings[control->type]);
    if (control->type == DLMS_HDLC_UNKNOWN) {
        decode_fault(&hdlc->context->tree, "control", octet, 1, "%s", text);
    } else {
        decode_field(&hdlc->context->tree, "control", octet, 1, "%s", text);
    }
}

/* Over everything from the format field on; low octet first. */
static void show_check(struct hdlc *hdlc, const char *name)
{
    const uint8_t *bytes = hdlc->data + hdlc->at;
    const uint16_t is = (uint16_t)(bytes[0] | (unsigned)bytes[1] << 8);
    const uint16_t should = (uint16_t)~dlms_hdlc_check(DLMS_HDLC_CHECK_START, hdlc->data, hdlc->at);
    if (is == should) {
        decode_field(&hdlc->context->tree, name, bytes, CHECK, "right");
    } else {
        decode_fault(&hdlc->context->tree, name, bytes, CHECK, "wrong, should be %02X %02X",
                     should & 0xFF, should >> 8);
        hdlc->is_good = false;
    }
    hdlc->at += CHECK;
}

/* False: the frame ends before its header does. */
static bool take_header(struct hdlc *hdlc)
{
    struct decode_tree *tree = &hdlc->context->tree;
    if (!take_format(hdlc)) {
        return false;
    }
    const size_t start = hdlc->at;
    if (!read_address(hdlc, &hdlc->address[0]) || !read_address(hdlc, &hdlc->address[1]) ||
        hdlc->at >= hdlc->length) {
        return false;
    }
    hdlc->control = dlms_hdlc_control_parse(hdlc->data[hdlc->at]);
    const int client = client_end(hdlc);
    show_address(hdlc, 0, hdlc->data + start, client);
    show_address(hdlc, 1, hdlc->data + start + hdlc->address[0].length, client);
    show_control(hdlc);
    decode_summarise(tree, "%u>%u %s", hdlc->address[1].upper, hdlc->address[0].upper,
                     type_texts[hdlc->control.type]);
    if (hdlc->control.type == DLMS_HDLC_I) {
        decode_summarise(tree, "%u", hdlc->control.send_number);
    }
    const bool has_apdu = hdlc->control.type == DLMS_HDLC_I || hdlc->control.type == DLMS_HDLC_UI;
    decode_summarise(tree, "%s", has_apdu ? " " : "");
    if (hdlc->length < hdlc->at + CHECK) {
        return false;
    }
    show_check(hdlc, hdlc->at + CHECK >= hdlc->announced ? "FCS" : "HCS");
    return true;
}

/* ---- SNRM and UA ---- */

static void show_parameter(struct decode_tree *tree, const uint8_t *bytes, size_t length)
{
    static const struct decode_name names[] = {
        {5, "longest information sent"},
        {6, "longest information received"},
        {7, "window for sending"},
        {8, "window for receiving"},
    };
    uint32_t value = 0;
    for (size_t i = 2; i < length; i++) {
        value = value << 8 | bytes[i];
    }
    decode_field(tree, DECODE_NAME(names, bytes[0]), bytes, length, "%u%s", (unsigned)value,
                 bytes[0] <= 6 ? " octets"
                 : value == 1  ? " frame"
                               : " frames");
}

static void show_parameters(struct decode_tree *tree, const uint8_t *bytes, size_t length)
{
    const size_t head = 3;
    if (length < head || bytes[0] != 0x81 || bytes[1] != 0x80) {
        decode_field(tree, "user data", bytes, length, "%s", "");
        return;
    }
    decode_open(tree, "parameters", bytes, head, "format 81, group 80, %u octets", bytes[2]);
    size_t at = head;
    while (at + 2 <= length && at + 2 + bytes[at + 1] <= length) {
        show_parameter(tree, bytes + at, 2u + bytes[at + 1]);
        at += 2u + bytes[at + 1];
    }
    if (at < length) {
        decode_fault(tree, "parameter", bytes + at, length - at, "ends inside");
    } else if (length - head != bytes[2]) {
        decode_fault(tree, "length", bytes + 2, 1, "should be %zu", length - head);
    }
    decode_close(tree);
}

/* ---- Information ---- */

/* Segments of one APDU until the last; only the first has an LLC header. */
static void take_segment(struct hdlc *hdlc, const uint8_t *bytes, size_t length)
{
    struct decode_context *context = hdlc->context;
    struct decode_tree *tree = &context->tree;
    struct decode_segments *segments = &context->segments[context->direction];
    if (!segments->is_running) {
        segments->apdu.length = 0;
    }
    if (segments->apdu.length + length > DECODE_SEGMENTS_MAX ||
        !decode_buffer_add(&segments->apdu, bytes, length)) {
        decode_fault(tree, "segment", bytes, length, "too much to join");
        segments->is_running = false;
        return;
    }
    segments->is_running = hdlc->is_segmented;
    decode_field(tree, "segment", bytes, length, "%zu octets so far", segments->apdu.length);
    if (hdlc->is_segmented) {
        decode_summarise(tree, "segment, %zu octets so far", segments->apdu.length);
        return;
    }
    const size_t joined = segments->apdu.length;
    const uint8_t *apdu = decode_keep(tree, segments->apdu.bytes, joined);
    if (apdu != NULL) {
        decode_open(tree, "joined", NULL, 0, "%zu octets of segments", joined);
        decode_apdu(context, apdu, joined);
        decode_close(tree);
    }
}

static void show_information(struct hdlc *hdlc, const uint8_t *bytes, size_t length)
{
    struct decode_context *context = hdlc->context;
    const enum dlms_hdlc_type type = hdlc->control.type;
    if (type == DLMS_HDLC_SNRM || type == DLMS_HDLC_UA) {
        show_parameters(&context->tree, bytes, length);
    } else if (type != DLMS_HDLC_I && type != DLMS_HDLC_UI) {
        decode_field(&context->tree, "information", bytes, length, "%zu octets", length);
    } else if (hdlc->is_good &&
               (hdlc->is_segmented || context->segments[context->direction].is_running)) {
        take_segment(hdlc, bytes, length);
    } else {
        decode_apdu(context, bytes, length);
    }
}

static void take_information(struct hdlc *hdlc)
{
    struct decode_tree *tree = &hdlc->context->tree;
    const uint8_t *bytes = hdlc->data + hdlc->at;
    const size_t left = hdlc->length - hdlc->at;
    const bool is_whole = hdlc->length >= hdlc->announced && left > CHECK;
    const size_t length = is_whole ? left - CHECK : left;
    if (left == 0) {
        return;
    }
    if (!is_whole) {
        decode_field(tree, "information", bytes, length, "%zu octets of it", length);
        return;
    }
    /* The check comes behind but is shown in front of what stands or falls with it. */
    const size_t at = hdlc->at;
    hdlc->at += length;
    show_check(hdlc, "FCS");
    if (hdlc->is_good) {
        show_information(hdlc, bytes, length);
    } else {
        decode_field(tree, "information", hdlc->data + at, length, "not decoded");
    }
}

/* Remembers the client, and resets what ends with a connection. */
static void follow_connection(struct hdlc *hdlc)
{
    struct decode_context *context = hdlc->context;
    const enum dlms_hdlc_type type = hdlc->control.type;
    if (type == DLMS_HDLC_SNRM && hdlc->is_good) {
        context->knows_client = true;
        context->client = hdlc->address[1].upper;
    }
    if (type == DLMS_HDLC_SNRM || type == DLMS_HDLC_DISC) {
        for (int d = 0; d < DECODE_DIRECTIONS; d++) {
            context->segments[d].is_running = false;
            context->blocks[d].is_running = false;
            context->general_blocks[d].next = 0;
        }
    }
}

void decode_hdlc(struct decode_context *context, const uint8_t *data, size_t length)
{
    const bool is_closed = length > 1 && data[length - 1] == DLMS_HDLC_FLAG;
    struct hdlc hdlc = {
        .context = context, .data = data + 1, .length = length - 1, .is_good = true};
    struct decode_tree *tree = &context->tree;
    decode_open(tree, "HDLC", NULL, 0, "%s", "");
    /* A shared flag is left to the next frame: whether the last octet is one, the length says. */
    const size_t announced =
        length > 2 ? ((size_t)data[1] << 8 | data[2]) & LENGTH_BITS : LENGTH_BITS;
    hdlc.length -= is_closed && length - 1 != announced ? 1 : 0;
    const bool has_header = take_header(&hdlc);
    if (has_header) {
        const int client = client_end(&hdlc);
        if (client >= 0) {
            decode_direct(context, client == 1 ? DECODE_TO_METER : DECODE_FROM_METER);
        }
        follow_connection(&hdlc);
        take_information(&hdlc);
    }
    if (hdlc.length < hdlc.announced || !has_header) {
        decode_fault(tree, "end", NULL, 0, "the frame ends after %zu of %zu octets", hdlc.length,
                     hdlc.announced);
    } else if (context->is_cut) {
        decode_fault(tree, "end", NULL, 0, "no closing flag");
    }
    decode_close(tree);
}

/* ---- TCP wrapper ---- */

void decode_wrapper(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    decode_open(tree, "wrapper", NULL, 0, "%s", "");
    if (length < DLMS_WRAPPER_HEADER) {
        decode_fault(tree, "end", data, length, "the header ends after %zu of 8 octets", length);
        decode_close(tree);
        return;
    }
    const unsigned source = (unsigned)data[2] << 8 | data[3];
    const unsigned destination = (unsigned)data[4] << 8 | data[5];
    const size_t announced = (size_t)data[6] << 8 | data[7];
    decode_field(tree, "version", data, 2, "1");
    decode_field(tree, "source", data + 2, 2, "%u", source);
    decode_field(tree, "destination", data + 4, 2, "%u", destination);
    decode_field(tree, "length", data + 6, 2, "%zu octets", announced);
    decode_summarise(tree, "%u>%u ", source, destination);
    if (length - DLMS_WRAPPER_HEADER < announced) {
        decode_field(tree, "APDU", data + DLMS_WRAPPER_HEADER, length - DLMS_WRAPPER_HEADER,
                     "not decoded");
        decode_fault(tree, "end", NULL, 0, "the APDU ends after %zu of %zu octets",
                     length - DLMS_WRAPPER_HEADER, announced);
    } else {
        decode_apdu(context, data + DLMS_WRAPPER_HEADER, announced);
    }
    decode_close(tree);
}
