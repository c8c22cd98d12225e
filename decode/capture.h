/* Capture files of TCP and UDP: pcap (micro- and nanoseconds, either byte order) and pcapng, over
 * Ethernet, Linux cooked, loopback and raw IP, versions 4 and 6. Source: the format descriptions of
 * tcpdump.org (draft-ietf-opsawg-pcap, -pcapng). The file is in memory, and borrowed.
 */
#ifndef DECODE_CAPTURE_H
#define DECODE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECODE_CAPTURE_INTERFACES = 16 };

struct decode_capture_interface {
    uint32_t link;  /* LINKTYPE_… */
    uint64_t ticks; /* a second */
};

struct decode_capture {
    const uint8_t *data;
    size_t length;
    size_t at;
    bool is_ng;
    bool is_big_endian;
    size_t interface_count;
    struct decode_capture_interface interfaces[DECODE_CAPTURE_INTERFACES];
    const char *error; /* why it ended before its end; NULL: it did not */
};

struct decode_packet {
    uint64_t time_us; /* since 1970 */
    uint32_t link;
    const uint8_t *data;
    size_t length;
};

/* What a packet carries for a port; what is not TCP or UDP does not come this far. */
struct decode_transport {
    bool is_tcp;
    uint8_t ip_version;
    uint8_t address[2][16]; /* source, destination; of version 4 the first 4 */
    uint16_t port[2];
    uint32_t sequence;
    bool is_opening; /* SYN */
    bool is_closing; /* FIN or RST */
    const uint8_t *payload;
    size_t length;
};

/* The first octets are those of a capture file. */
bool decode_is_capture(const uint8_t *data, size_t length);

/* False: it is none, or of a kind that is not read; error says which. */
bool decode_capture_open(struct decode_capture *capture, const uint8_t *data, size_t length);

/* The next packet. False at the end; error then says whether it was the file's own. */
bool decode_capture_next(struct decode_capture *capture, struct decode_packet *packet);

/* False: the packet is neither TCP nor UDP, a later fragment, or cut in its headers. */
bool decode_transport_read(const struct decode_packet *packet, struct decode_transport *transport);

#endif
