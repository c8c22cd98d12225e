/* States of the server, and programming mode. Internal. */
#ifndef IEC21_SERVER_SESSION_H
#define IEC21_SERVER_SESSION_H

#include "iec62056_21/server.h"

enum iec21_state {
    IEC21_LISTENING,
    IEC21_SENDING,        /* then the state in after */
    IEC21_AWAIT_OPTION,   /* identification is out */
    IEC21_AWAIT_CONFIRM,  /* read-out of mode C is out */
    IEC21_AWAIT_PASSWORD, /* P0 is out */
    IEC21_OPEN,
    IEC21_HANDED_OVER,
};

enum iec21_producer { IEC21_PRODUCE_NOTHING, IEC21_PRODUCE_READ_OUT, IEC21_PRODUCE_LOG };

/* Ends whatever is under way. */
void iec21_server_listen(struct iec21_server *server);

/* Sends length characters of the output buffer, then goes to the state after. */
void iec21_server_send(struct iec21_server *server, size_t length, uint8_t after, uint32_t now_ms);

/* Sends a text. */
void iec21_server_send_text(struct iec21_server *server, const char *text, uint8_t after,
                            uint32_t now_ms);

/* Sends start, text and ETX with its check. */
void iec21_server_send_block(struct iec21_server *server, const char *start, const char *text,
                             uint8_t after, uint32_t now_ms);

/* Begins pieces made one after the other, until one is the last. */
void iec21_server_produce(struct iec21_server *server, uint8_t producer, uint8_t after,
                          uint32_t now_ms);

/* The next piece of a log block, put into the output buffer; returns its length. */
size_t iec21_server_log_piece(struct iec21_server *server);

/* Ends a block: adds ETX or EOT and the check behind length characters. */
size_t iec21_server_end_block(struct iec21_server *server, size_t length, char end);

/* A message in programming mode. */
void iec21_server_programming(struct iec21_server *server, const struct iec21_message *message,
                              uint32_t now_ms);

#endif
