/* A meter of 90 registers behind a DLMS server, and the GET of one of them: what the benchmarks of the
 * server measure, on the Cortex-M4 and on this machine. */
#ifndef BENCH_DLMS_METER_H
#define BENCH_DLMS_METER_H

#include "dlms/server.h"

enum {
    DLMS_METER_REGISTERS = 90,
    DLMS_METER_PLAIN = 16,    /* client without security */
    DLMS_METER_CIPHERED = 17, /* client with ciphering and a password */
    DLMS_METER_PDU = 256,
};

struct dlms_meter {
    struct dlms_server server;
    struct dlms_association associations[2];
    struct dlms_object objects[DLMS_METER_REGISTERS];
    struct dlms_link link;
    struct dlms_link_security link_security;
    uint8_t buffer[DLMS_METER_PDU];
    uint8_t long_buffer[512];
};

/* security may be NULL: then there is only the client without. */
void dlms_meter_init(struct dlms_meter *meter, const struct dlms_crypto *crypto,
                     struct dlms_security *security);

/* The meter finds its objects by a function of its own, or the library by comparing names. */
void dlms_meter_locates(struct dlms_meter *meter, bool locates);

/* Handles an APDU of the client; gives the length of the answer. */
size_t dlms_meter_handle(struct dlms_meter *meter, uint16_t client, const uint8_t *apdu,
                         size_t length, uint8_t reply[DLMS_METER_PDU]);

/* Opens the association without security. */
bool dlms_meter_open(struct dlms_meter *meter);

/* GET of attribute 2 of register 45 of 90. */
extern const uint8_t dlms_meter_get[13];

#endif
