/* The socket side of the example servers: what comes in goes through the wrapper into a link. */
#include "tcp_loop.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dlms/wrapper.h"

/* Answers one frame, with several where blocks go in a window. False when the connection is lost. */
static bool answer(int connection, struct dlms_link *link, const struct dlms_wrapper_frame *frame)
{
    uint8_t reply[DLMS_WRAPPER_HEADER + TCP_LOOP_PDU];
    uint8_t *const apdu = reply + DLMS_WRAPPER_HEADER;
    const struct dlms_request request = {frame->source, frame->destination, frame->apdu};
    size_t length = dlms_link_handle(link, &request, apdu, TCP_LOOP_PDU);
    while (length > 0) {
        dlms_wrapper_header(reply, frame->destination, frame->source, (uint16_t)length);
        const size_t size = DLMS_WRAPPER_HEADER + length;
        if (send(connection, reply, size, MSG_NOSIGNAL) != (ssize_t)size) {
            return false;
        }
        length = dlms_link_more(link, frame->source, frame->destination, apdu, TCP_LOOP_PDU);
    }
    return true;
}

/* Feeds what came in. False when the stream is no wrapper stream, or the connection is lost. */
static bool feed(int connection, struct dlms_link *link, struct dlms_wrapper *wrapper,
                 const uint8_t *data, size_t length)
{
    while (length > 0) {
        size_t used;
        struct dlms_wrapper_frame frame;
        const enum dlms_err err = dlms_wrapper_feed(wrapper, data, length, &used, &frame);
        if (err == DLMS_OK ? !answer(connection, link, &frame) : err != DLMS_ERR_MORE) {
            return false;
        }
        data += used;
        length -= used;
    }
    return true;
}

static void serve(int connection, tcp_loop_connected *connected, void *context)
{
    uint8_t apdu[TCP_LOOP_PDU];
    uint8_t data[256];
    struct dlms_link link;
    struct dlms_wrapper wrapper;
    ssize_t got;
    connected(context, &link);
    dlms_wrapper_init(&wrapper, apdu, sizeof apdu);
    do {
        got = recv(connection, data, sizeof data, 0);
    } while (got > 0 && feed(connection, &link, &wrapper, data, (size_t)got));
    close(connection);
}

int tcp_loop(uint16_t port, tcp_loop_connected *connected, void *context)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 1) != 0) {
        perror("tcp_loop");
        return 1;
    }
    for (;;) {
        const int connection = accept(listener, NULL, NULL);
        if (connection >= 0) {
            serve(connection, connected, context);
        }
    }
}
