/* Serves a DLMS link over TCP on 127.0.0.1, one connection at a time. */
#ifndef TEST_DLMS_TCP_LOOP_H
#define TEST_DLMS_TCP_LOOP_H

#include "dlms/server.h"

enum { TCP_LOOP_PDU = 512 };

/* A client has connected: make a new link. */
typedef void tcp_loop_connected(void *context, struct dlms_link *link);

/* Returns 1 when the port cannot be had, else not at all. */
int tcp_loop(uint16_t port, tcp_loop_connected *connected, void *context);

#endif
