/* The other end of the line in the tests: requests and answers in hexadecimal, and a client that
 * collects the blocks of a long answer. */
#ifndef TEST_DLMS_PEER_H
#define TEST_DLMS_PEER_H

#include <stdio.h>

#include "device.h"

enum { PEER_LONG_BUFFER = 4096, PEER_REPLY = 2048, PEER_ANSWER = 8192 };

struct peer {
    struct device device;
    struct dlms_server server;
    struct dlms_link link;
    uint16_t client_sap;
    uint16_t server_sap;
    size_t reply_size;
    uint8_t long_buffer[PEER_LONG_BUFFER];
    uint8_t reply[PEER_REPLY];
    size_t reply_length;
    char hex[2 * PEER_REPLY + 1]; /* the last answer */
    uint8_t answer[PEER_ANSWER];  /* what peer_collect put together */
    size_t answer_length;
    size_t blocks;
};

/* Bytes of a string of hexadecimal digits and blanks; returns how many. */
size_t peer_bytes(const char *hex, uint8_t *bytes, size_t size);

/* A link to the device, nothing associated, as one of the clients of device.h. */
void peer_init(struct peer *peer, uint16_t client_sap, size_t long_buffer_size);

/* Sends bytes; the answer is in reply, and returned in hexadecimal, "" when there is none. */
const char *peer_send(struct peer *peer, const uint8_t *apdu, size_t length);
const char *peer_ask(struct peer *peer, const char *hex);

/* Opens the association with this PDU size on the client's side. Returns the AARE. */
const char *peer_open(struct peer *peer, uint16_t max_pdu);

/* Sends a GET and follows all blocks. Returns -1 when the answer is complete in answer (of a normal
 * GET the Data, of a list the count and results), or the data-access-result. */
int peer_collect(struct peer *peer, const char *get);

/* GET with-list of attribute 2 of the first count registers, in hexadecimal, into text. */
void peer_register_list(char *text, size_t size, int count);

#endif
