/* The modern DLMS profile of a running meter: its keys from a file, its record in the meter's
 * folder.
 *
 * A file of keys has a line "name = hexadecimal digits" for each of
 *
 *     management.encryption   management.authentication   management.master
 *     reading.encryption      reading.authentication
 *
 * of 16 octets, with "suite = 2" 32. With "suite = 1" or 2 besides private keys of 32 or 48 octets, and public
 * ones (x and y) of 64 or 96:
 *
 *     meter.signing_private        meter.agreement_private
 *     management.signing_public    management.agreement_public
 *     reading.signing_public       reading.agreement_public
 *
 * With "management.title" or "reading.title", a system title of 8 octets, nobody with another title is that
 * client. The suite comes first; without it it is 0. Empty lines and those that begin with # are passed over. */
#ifndef CLI_MODERN_H
#define CLI_MODERN_H

#include "cli/modern_certificates.h"
#include "cosem/modern.h"
#include "ports/linux/crypto_openssl.h"

/* Reads a file of keys. *keys is of no use after an error. WH_ERR_IO, WH_ERR_FORMAT: error has one line that names file, line and
 * reason, but never a key. */
enum wh_err cli_modern_read_keys(struct wh_modern_keys *keys, const char *path, char *error,
                                 size_t error_size);

/* All zero is a profile that is not offered. */
struct cli_modern {
    struct wh_modern modern;
    struct wh_modern_keys keys;
    struct wh_modern_store store;
    struct dlms_openssl *openssl; /* NULL: not offered */
    struct cli_certificates certificates;
    bool is_certificates; /* err is theirs */
    enum wh_err err;      /* of the last offer */
    struct wh_modern_tcp tcp;
    char
        push_to[WH_PUSH_DESTINATION + 1]; /* wh_modern_push_to; "": nobody. Given before an offer */
    char path[4096 + 32];                 /* of the record, "dlms.bin" */
};

/* Keys from a file for the meter whose memory is in folder state; nothing is offered yet. Errors as
 * above, and WH_ERR_UNSUPPORTED if OpenSSL lacks an algorithm. */
enum wh_err cli_modern_open(struct cli_modern *modern, const char *state, const char *keys,
                            char *error, size_t error_size);

/* Certificates for management, after cli_modern_open: of the authority in the file, PEM. WH_ERR_UNSUPPORTED: in suite 0 there
 * are none; others as cli_certificates_open. */
enum wh_err cli_modern_trust(struct cli_modern *modern, const char *state, const char *authority,
                             char *error, size_t error_size);

/* After each wh_cosem_face_init. Without keys it does nothing and is WH_OK. Errors as
 * wh_cosem_modern_init and cli_certificates_offer. */
enum wh_err cli_modern_offer(struct cli_modern *modern, struct wh_cosem_face *face);

/* Where the profile is offered: told in the meter's set-up of TCP, from now on at every offer. */
void cli_modern_is_at(struct cli_modern *modern, const struct wh_modern_tcp *tcp);

/* One line on the error of the last cli_modern_offer. */
void cli_modern_explain(const struct cli_modern *modern, char *error, size_t error_size);

/* Forgets all keys; also of one that is all zero. */
void cli_modern_close(struct cli_modern *modern);

#endif
