/* Where a meter is and which language is spoken there, as the command line says it:
 *
 *     dlms://HOST[:4059]   DLMS/COSEM in the TCP wrapper (IEC 62056-47)
 *     hdlc://HOST[:1025]   DLMS/COSEM in HDLC (IEC 62056-46)
 *     kmp://HOST[:1025]    KMP
 *     iec://HOST[:1025]    IEC 62056-21
 *     hdlc:///dev/ttyUSB0  any but dlms on a serial port
 *     HOST:PORT, HOST, /dev/ttyUSB0   whatever answers
 *
 * with ?name=value&name=value behind it; endpoint_parameters names all. Secrets are no part of it.
 */
#ifndef CLI_ENDPOINT_H
#define CLI_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum endpoint_language {
    ENDPOINT_DETECT, /* not said */
    ENDPOINT_DLMS,
    ENDPOINT_HDLC,
    ENDPOINT_KMP,
    ENDPOINT_IEC,
    ENDPOINT_LANGUAGES,
};

enum {
    ENDPOINT_PLACE_SIZE = 256,
    ENDPOINT_TEXT_SIZE = ENDPOINT_PLACE_SIZE + 32,
    ENDPOINT_ADDRESS_SIZE = 33,
    ENDPOINT_PORT_DLMS = 4059,
    ENDPOINT_PORT_LINE = 1025, /* the module's line behind TCP, all but the wrapper */
};

/* What "auth=" says; the numbers are enum dlms_mechanism. */
enum endpoint_auth { ENDPOINT_AUTH_BY_SECRET = 0xFF };

struct endpoint {
    enum endpoint_language language;
    bool is_serial;
    char place[ENDPOINT_PLACE_SIZE]; /* host or device */
    uint16_t port;                   /* 0: that of the language */
    /* Of the parameters; 0 where not given. */
    uint32_t baud;
    uint32_t timeout_ms;
    uint32_t client; /* SAP */
    uint32_t server; /* SAP of the logical device */
    uint32_t physical;
    uint32_t auth;                           /* enum endpoint_auth or enum dlms_mechanism */
    uint32_t cipher;                         /* 1: with an encryption key all is encrypted */
    uint32_t kmp_address;                    /* 0: the meter's */
    char iec_address[ENDPOINT_ADDRESS_SIZE]; /* "": whoever is there */
    bool is_listened_to;                     /* IEC 62056-21, mode D: the meter sends by itself */
};

/* False, with one line in error that names what is wrong. */
bool endpoint_parse(const char *text, struct endpoint *endpoint, char *error, size_t error_size);

/* The same endpoint spoken to in that language. */
struct endpoint endpoint_in(const struct endpoint *endpoint, enum endpoint_language language);

/* "hdlc://127.0.0.1:1025", without parameters. */
void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE]);

/* "dlms", …; "" for ENDPOINT_DETECT. Static storage. */
const char *endpoint_language_text(enum endpoint_language language);

#endif
