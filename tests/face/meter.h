/* A meter in memory behind one byte port, and somebody at the other end of the line. */
#ifndef TESTS_FACE_METER_H
#define TESTS_FACE_METER_H

#include "face/port.h"
#include "kmp/client.h"
#include "tests/app/rig.h"

#define FACE_PASSWORD "12345"

enum { FACE_OUT = 16384 };

struct face {
    struct rig rig;
    struct wh_access access;
    struct wh_cosem_face cosem;
    struct wh_port port;
    uint32_t now_ms;
    uint8_t out[FACE_OUT]; /* what the meter said since it was last asked */
    size_t length;
    struct kmp_frame frame; /* in answer */
    uint8_t answer[1024];
    struct kmp_receiver receiver;
};

/* A new 382M behind a pipe at the optical head, its clock set to 2026-03-02 10:00 UTC. */
void face_open(struct face *face);

/* The same of a model, with a configuration (NULL: its default). */
void face_open_as(struct face *face, const char *model, const struct wh_config *config);

void face_close(struct face *face);

/* Another port of the same meter in place of the one before. */
void face_at(struct face *face, enum wh_origin origin, enum wh_port_kind kind);

/* Sends bytes in portions of chunk and collects what the meter says meanwhile. */
void face_send(struct face *face, const void *bytes, size_t length, size_t chunk);
void face_send_text(struct face *face, const char *text);

/* Lets time pass and collects likewise. */
void face_wait(struct face *face, uint32_t ms);

/* The bytes of a text in hexadecimal; returns how many. */
size_t face_bytes(const char *hex, uint8_t *bytes);

/* Bytes in hexadecimal, sent; what the meter says, in hexadecimal, in static storage. */
const char *face_hex(struct face *face, const char *hex);

/* A KMP request. False: no frame came; whether it was acknowledged is told then. */
bool face_ask(struct face *face, const struct kmp_request *request, bool *is_acknowledged);

/* One register; false if the meter leaves it out. */
bool face_register(struct face *face, uint16_t id, struct kmp_value *value);
int64_t face_number(struct face *face, uint16_t id);

/* PutRegister: acknowledged or not. */
bool face_put(struct face *face, uint16_t password, uint16_t id, uint8_t unit, int8_t exponent,
              int64_t number);

/* IEC 62056-21: sign-on and programming mode with the password; a command, and what stands between STX and ETX (or SOH and
 * ETX), "ACK" for an acknowledgement, in static storage. */
void face_program(struct face *face);
const char *face_command(struct face *face, const char *code, const char *data);

/* CRC-32 of all that lasts, EEPROM and flash. */
uint32_t face_memory(const struct face *face);

#endif
