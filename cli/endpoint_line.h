/* The bytes to and from an endpoint: a TCP connection or a serial port, blocking with time limits.
 */
#ifndef CLI_ENDPOINT_LINE_H
#define CLI_ENDPOINT_LINE_H

#include "cli/endpoint.h"
#include "cli/tool_failure.h"

enum endpoint_format { ENDPOINT_8N1, ENDPOINT_8N2, ENDPOINT_7E1 };

struct endpoint_line {
    int fd; /* -1: closed */
    bool is_serial;
    bool has_no_parity; /* a byte pipe or pseudo-terminal: 7E1 is 7-bit characters in 8 bits */
    uint32_t baud;
    enum endpoint_format format;
    char name[ENDPOINT_TEXT_SIZE];
};

enum { ENDPOINT_CONNECT_MS = 5000 };

/* Milliseconds of a clock that only runs forward. */
uint32_t endpoint_now_ms(void);

/* Connects within timeout_ms, or opens the port. TOOL_NO_ANSWER when it cannot. */
bool endpoint_line_open(struct endpoint_line *line, const struct endpoint *endpoint,
                        uint32_t timeout_ms, struct tool_failure *failure);

/* Nothing for TCP. What was written before leaves at the old speed. */
bool endpoint_line_set(struct endpoint_line *line, uint32_t baud, enum endpoint_format format,
                       struct tool_failure *failure);

bool endpoint_line_write(struct endpoint_line *line, const uint8_t *data, size_t length,
                         struct tool_failure *failure);

/* Waits up to wait_ms for bytes. *length 0: none came. False: the other side hung up. */
bool endpoint_line_read(struct endpoint_line *line, uint8_t *data, size_t size, uint32_t wait_ms,
                        size_t *length, struct tool_failure *failure);

void endpoint_line_close(struct endpoint_line *line);

#endif
