#include "peer.h"

#include <stdlib.h>
#include <string.h>

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
}

size_t peer_bytes(const char *hex, uint8_t *bytes, size_t size)
{
    size_t digits = 0;
    for (; *hex != '\0' && digits < 2 * size; hex++) {
        if (*hex != ' ') {
            const unsigned high = digits % 2 == 0 ? 0 : bytes[digits / 2];
            bytes[digits / 2] = (uint8_t)(high << 4 | digit(*hex));
            digits++;
        }
    }
    return digits / 2;
}

void peer_init(struct peer *peer, uint16_t client_sap, size_t long_buffer_size)
{
    memset(peer, 0, sizeof *peer);
    peer->server = device_server(&peer->device);
    peer->client_sap = client_sap;
    peer->server_sap = client_sap == DEVICE_PASSWORD ? DEVICE_METER : DEVICE_MANAGEMENT;
    peer->reply_size = PEER_REPLY;
    dlms_link_init(&peer->link, &peer->server, peer->long_buffer, long_buffer_size);
}

const char *peer_send(struct peer *peer, const uint8_t *apdu, size_t length)
{
    /* Exact copies, so that AddressSanitizer sees one byte too many on either side. */
    uint8_t *request = malloc(length > 0 ? length : 1);
    uint8_t *reply = malloc(peer->reply_size);
    if (request == NULL || reply == NULL) {
        abort();
    }
    memcpy(request, apdu, length);
    const struct dlms_request exchange = {peer->client_sap, peer->server_sap, {request, length}};
    peer->reply_length = dlms_link_handle(&peer->link, &exchange, reply, peer->reply_size);
    memcpy(peer->reply, reply, peer->reply_length);
    free(request);
    free(reply);
    peer->hex[0] = '\0';
    for (size_t i = 0; i < peer->reply_length; i++) {
        snprintf(peer->hex + 2 * i, 3, "%02X", peer->reply[i]);
    }
    return peer->hex;
}

const char *peer_ask(struct peer *peer, const char *hex)
{
    uint8_t apdu[PEER_REPLY];
    const size_t length = peer_bytes(hex, apdu, sizeof apdu);
    return peer_send(peer, apdu, length);
}

const char *peer_open(struct peer *peer, uint16_t max_pdu)
{
    const char *format =
        peer->client_sap == DEVICE_PASSWORD
            ? "6033A1090607608574050801018A0207808B0760857405080201AC07800531323334"
              "35BE10040E01000000065F1F0400FFFFFF%04X"
            : "601DA109060760857405080101BE10040E01000000065F1F0400FFFFFF%04X";
    char aarq[256];
    snprintf(aarq, sizeof aarq, format, max_pdu);
    return peer_ask(peer, aarq);
}

/* Keeps the raw data of the block in reply. Returns 1 when it was the last, 0 when more follow, or
 * minus the data-access-result. */
static int take_block(struct peer *peer)
{
    struct dlms_reader reader = dlms_reader(peer->reply, peer->reply_length);
    dlms_read_u16(&reader);
    dlms_read_u8(&reader);
    const uint8_t last = dlms_read_u8(&reader);
    const uint32_t number = dlms_read_u32(&reader);
    if (dlms_read_u8(&reader) != 0) {
        return -(int)dlms_read_u8(&reader);
    }
    const struct dlms_span raw = dlms_read_bytes(&reader, dlms_read_length(&reader));
    if (!dlms_reader_done(&reader) || number != peer->blocks + 1 || last > 1) {
        abort();
    }
    memcpy(peer->answer + peer->answer_length, raw.data, raw.length);
    peer->answer_length += raw.length;
    peer->blocks++;
    return last;
}

static int take_whole(struct peer *peer)
{
    const bool is_list = peer->reply[1] == 3;
    if (!is_list && peer->reply[3] != 0) {
        return peer->reply[4];
    }
    const size_t head = is_list ? 3 : 4;
    peer->answer_length = peer->reply_length - head;
    memcpy(peer->answer, peer->reply + head, peer->answer_length);
    return -1;
}

int peer_collect(struct peer *peer, const char *get)
{
    peer->answer_length = 0;
    peer->blocks = 0;
    peer_ask(peer, get);
    if (peer->reply_length < 5 || peer->reply[0] != 0xC4) {
        abort();
    }
    if (peer->reply[1] != 2) {
        return take_whole(peer);
    }
    int last;
    while ((last = take_block(peer)) == 0) {
        char next[32];
        snprintf(next, sizeof next, "C002C1%08X", (unsigned)peer->blocks);
        peer_ask(peer, next);
    }
    return last == 1 ? -1 : -last;
}

void peer_register_list(char *text, size_t size, int count)
{
    int used = snprintf(text, size, "C003C1%02X", (unsigned)count);
    for (int i = 0; i < count; i++) {
        used += snprintf(text + used, size - (size_t)used, "000301010108%02XFF0200", (unsigned)i);
    }
}
