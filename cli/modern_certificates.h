/* Certificates of client 1, management, of a running meter: an authority from a file, the record in the meter's folder.
 */
#ifndef CLI_MODERN_CERTIFICATES_H
#define CLI_MODERN_CERTIFICATES_H

#include "common/err.h"
#include "ports/linux/certificates_openssl.h"

enum { CLI_ANCHOR_MAX = 4096 };

/* All zero is none. */
struct cli_certificates {
    uint8_t anchor[CLI_ANCHOR_MAX]; /* DER */
    size_t anchor_length;           /* 0: no certificates */
    struct certificates_openssl *store;
    char path[4096 + 32]; /* of the record, "certificates.bin" */
};

/* The authority's certificate, PEM, for the meter whose memory is in folder state. WH_ERR_IO, WH_ERR_FORMAT: error has one
 * line. */
enum wh_err cli_certificates_open(struct cli_certificates *certificates, const char *state,
                                  const char *pem, char *error, size_t error_size);

/* After each wh_cosem_modern_init: security, of suite 1 or 2, gets the keys and the certificates that are kept. Without an
 * authority it does nothing and is WH_OK. WH_ERR_CORRUPT: the record is damaged, or of another suite, authority or title, or the authority's
 * certificate is none for this suite; WH_ERR_IO. */
enum wh_err cli_certificates_offer(struct cli_certificates *certificates,
                                   struct dlms_security *security);

/* Also of one that is all zero. */
void cli_certificates_close(struct cli_certificates *certificates);

#endif
