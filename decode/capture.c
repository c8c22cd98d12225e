/* Capture files, and the headers of their packets. Invariant: every offset is checked against
 * what is left before it is read. */
#include "decode/capture.h"

#include <string.h>

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    MAGIC_US = 0xA1B2C3D4,
    MAGIC_NS = 0xA1B23C4D,
    NG_SECTION = 0x0A0D0D0A,
    NG_INTERFACE = 1,
    NG_SIMPLE = 3,
    NG_PACKET = 6,
    NG_ORDER = 0x1A2B3C4D,
    NG_MIN = 12, /* type, length, length */
    NG_RESOLUTION = 9,
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_BSD = 12,
    LINK_RAW = 101,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_COOKED_2 = 276,
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86DD,
    TYPE_VLAN = 0x8100,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    MICRO = 1000000,
};

static uint32_t load(const struct decode_capture *capture, size_t at, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        const size_t octet = capture->is_big_endian ? at + i : at + width - 1 - i;
        value = value << 8 | capture->data[octet];
    }
    return value;
}

static uint32_t load_be(const uint8_t *data, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value = value << 8 | data[i];
    }
    return value;
}

bool decode_is_capture(const uint8_t *data, size_t length)
{
    if (length < 4) {
        return false;
    }
    const uint32_t big = load_be(data, 4);
    const uint32_t little = big >> 24 | (big >> 8 & 0xFF00) | (big << 8 & 0xFF0000) | big << 24;
    return big == NG_SECTION || big == MAGIC_US || big == MAGIC_NS || little == MAGIC_US ||
           little == MAGIC_NS;
}

/* ---- pcap ---- */

static bool open_classic(struct decode_capture *capture)
{
    if (capture->length < FILE_HEADER) {
        capture->error = "the file header is cut";
        return false;
    }
    uint32_t magic = load(capture, 0, 4);
    if (magic != MAGIC_US && magic != MAGIC_NS) {
        capture->is_big_endian = true;
        magic = load(capture, 0, 4);
    }
    capture->interfaces[0] = (struct decode_capture_interface){
        .link = load(capture, 20, 4) & 0x0FFFFFFF,
        .ticks = magic == MAGIC_NS ? 1000u * MICRO : MICRO,
    };
    capture->interface_count = 1;
    capture->at = FILE_HEADER;
    return true;
}

static bool next_classic(struct decode_capture *capture, struct decode_packet *packet)
{
    const size_t left = capture->length - capture->at;
    if (left < RECORD_HEADER) {
        capture->error = left > 0 ? "the last packet is cut" : NULL;
        return false;
    }
    const uint32_t length = load(capture, capture->at + 8, 4);
    if (length > left - RECORD_HEADER) {
        capture->error = "the last packet is cut";
        return false;
    }
    const struct decode_capture_interface *interface = &capture->interfaces[0];
    *packet = (struct decode_packet){
        .time_us = (uint64_t)load(capture, capture->at, 4) * MICRO +
                   load(capture, capture->at + 4, 4) / (interface->ticks / MICRO),
        .link = interface->link,
        .data = capture->data + capture->at + RECORD_HEADER,
        .length = length,
    };
    capture->at += RECORD_HEADER + length;
    return true;
}

/* ---- pcapng ---- */

/* if_tsresol: a negative power of ten, or of two. */
static uint64_t ticks_of(uint8_t resolution)
{
    uint64_t ticks = 1;
    const uint64_t base = (resolution & 0x80) != 0 ? 2 : 10;
    for (unsigned i = 0; i < (resolution & 0x7Fu) && ticks < UINT64_MAX / 100; i++) {
        ticks *= base;
    }
    return ticks;
}

static void add_interface(struct decode_capture *capture, size_t body, size_t length)
{
    if (length < 8 || capture->interface_count == DECODE_CAPTURE_INTERFACES) {
        return;
    }
    struct decode_capture_interface *interface = &capture->interfaces[capture->interface_count++];
    *interface = (struct decode_capture_interface){load(capture, body, 2), MICRO};
    size_t at = 8;
    while (at + 4 <= length) {
        const uint32_t code = load(capture, body + at, 2);
        const uint32_t size = load(capture, body + at + 2, 2);
        if (code == NG_RESOLUTION && size == 1 && at + 4 < length) {
            interface->ticks = ticks_of(capture->data[body + at + 4]);
        }
        at += 4 + (size + 3) / 4 * 4;
    }
}

/* False: the block holds no packet that can be read. */
static bool read_packet(const struct decode_capture *capture, uint32_t type, size_t body,
                        size_t length, struct decode_packet *packet)
{
    const size_t head = type == NG_PACKET ? 20 : 4;
    if (length < head) {
        return false;
    }
    const uint32_t index = type == NG_PACKET ? load(capture, body, 4) : 0;
    const uint32_t size = load(capture, body + head - (type == NG_PACKET ? 8 : 4), 4);
    if (index >= capture->interface_count) {
        return false;
    }
    const struct decode_capture_interface *interface = &capture->interfaces[index];
    *packet = (struct decode_packet){
        .link = interface->link,
        .data = capture->data + body + head,
        .length = size < length - head ? size : length - head,
    };
    if (type == NG_PACKET) {
        const uint64_t ticks =
            (uint64_t)load(capture, body + 4, 4) << 32 | load(capture, body + 8, 4);
        packet->time_us =
            ticks / interface->ticks * MICRO +
            (uint64_t)((double)(ticks % interface->ticks) * MICRO / (double)interface->ticks);
    }
    return true;
}

static bool take_section(struct decode_capture *capture)
{
    if (capture->length - capture->at < NG_MIN) {
        return false;
    }
    capture->is_big_endian = load_be(capture->data + capture->at + 8, 4) == NG_ORDER;
    capture->interface_count = 0;
    return load(capture, capture->at + 8, 4) == NG_ORDER;
}

static bool next_ng(struct decode_capture *capture, struct decode_packet *packet)
{
    while (capture->length - capture->at >= NG_MIN) {
        const bool is_section = load_be(capture->data + capture->at, 4) == NG_SECTION;
        if (is_section && !take_section(capture)) {
            capture->error = "a section without its byte order";
            return false;
        }
        const uint32_t type = load(capture, capture->at, 4);
        const uint32_t total = load(capture, capture->at + 4, 4);
        if (total < NG_MIN || total % 4 != 0 || total > capture->length - capture->at) {
            capture->error = "a block is cut or has no length";
            return false;
        }
        const size_t body = capture->at + 8;
        const size_t length = total - NG_MIN;
        capture->at += total;
        if (type == NG_INTERFACE) {
            add_interface(capture, body, length);
        } else if ((type == NG_PACKET || type == NG_SIMPLE) &&
                   read_packet(capture, type, body, length, packet)) {
            return true;
        }
    }
    capture->error = capture->at < capture->length ? "the last block is cut" : NULL;
    return false;
}

bool decode_capture_open(struct decode_capture *capture, const uint8_t *data, size_t length)
{
    *capture = (struct decode_capture){.data = data, .length = length};
    if (!decode_is_capture(data, length)) {
        capture->error = "no capture file";
        return false;
    }
    capture->is_ng = load_be(data, 4) == NG_SECTION;
    return capture->is_ng || open_classic(capture);
}

bool decode_capture_next(struct decode_capture *capture, struct decode_packet *packet)
{
    return capture->is_ng ? next_ng(capture, packet) : next_classic(capture, packet);
}

/* ---- Packets ---- */

/* What is left of a packet. */
struct rest {
    const uint8_t *data;
    size_t length;
};

static bool skip(struct rest *rest, size_t length)
{
    if (rest->length < length) {
        return false;
    }
    rest->data += length;
    rest->length -= length;
    return true;
}

/* Octets of the link header, and where in it the type of what follows stands. */
struct link_row {
    uint32_t link;
    uint8_t header;
    int8_t type_at; /* -1: none, it is IP */
};

static const struct link_row links[] = {
    {LINK_NULL, 4, -1},    {LINK_ETHERNET, 14, 12}, {LINK_RAW_BSD, 0, -1}, {LINK_RAW, 0, -1},
    {LINK_COOKED, 16, 14}, {LINK_IPV4, 0, -1},      {LINK_IPV6, 0, -1},    {LINK_COOKED_2, 20, 0},
};

static bool skip_link(const struct decode_packet *packet, struct rest *rest)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        const struct link_row *row = &links[i];
        if (row->link != packet->link || rest->length < row->header) {
            continue;
        }
        uint32_t type = row->type_at >= 0 ? load_be(rest->data + row->type_at, 2) : TYPE_IPV4;
        skip(rest, row->header);
        while (type == TYPE_VLAN && rest->length >= 4) {
            type = load_be(rest->data + 2, 2);
            skip(rest, 4);
        }
        return type == TYPE_IPV4 || type == TYPE_IPV6;
    }
    return false;
}

static bool take_ipv4(struct rest *rest, struct decode_transport *transport, uint8_t *protocol)
{
    if (rest->length < 20) {
        return false;
    }
    const size_t header = (rest->data[0] & 0x0Fu) * 4u;
    const size_t total = load_be(rest->data + 2, 2);
    const bool is_later_fragment = (load_be(rest->data + 6, 2) & 0x1FFF) != 0;
    if (header < 20 || total < header || is_later_fragment) {
        return false;
    }
    rest->length = rest->length < total ? rest->length : total; /* padding of the link */
    *protocol = rest->data[9];
    memcpy(transport->address[0], rest->data + 12, 4);
    memcpy(transport->address[1], rest->data + 16, 4);
    return skip(rest, header);
}

static bool take_ipv6(struct rest *rest, struct decode_transport *transport, uint8_t *protocol)
{
    if (rest->length < 40) {
        return false;
    }
    const size_t total = 40u + load_be(rest->data + 4, 2);
    rest->length = rest->length < total ? rest->length : total;
    *protocol = rest->data[6];
    memcpy(transport->address[0], rest->data + 8, 16);
    memcpy(transport->address[1], rest->data + 24, 16);
    return skip(rest, 40);
}

static bool take_tcp(struct rest *rest, struct decode_transport *transport)
{
    if (rest->length < 20) {
        return false;
    }
    const size_t header = (rest->data[12] >> 4) * 4u;
    const uint8_t flags = rest->data[13];
    transport->is_tcp = true;
    transport->sequence = load_be(rest->data + 4, 4);
    transport->is_opening = (flags & 0x02) != 0;
    transport->is_closing = (flags & 0x05) != 0;
    return header >= 20 && skip(rest, header);
}

bool decode_transport_read(const struct decode_packet *packet, struct decode_transport *transport)
{
    struct rest rest = {packet->data, packet->length};
    uint8_t protocol = 0;
    *transport = (struct decode_transport){0};
    if (!skip_link(packet, &rest) || rest.length == 0) {
        return false;
    }
    transport->ip_version = rest.data[0] >> 4;
    const bool is_ip = transport->ip_version == 4   ? take_ipv4(&rest, transport, &protocol)
                       : transport->ip_version == 6 ? take_ipv6(&rest, transport, &protocol)
                                                    : false;
    if (!is_ip || rest.length < 8 || (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP)) {
        return false;
    }
    transport->port[0] = (uint16_t)load_be(rest.data, 2);
    transport->port[1] = (uint16_t)load_be(rest.data + 2, 2);
    if (protocol == PROTOCOL_TCP ? !take_tcp(&rest, transport) : !skip(&rest, 8)) {
        return false;
    }
    transport->payload = rest.data;
    transport->length = rest.length;
    return true;
}
