/* Certificates of a running meter. Invariant: keys that a certificate replaced do not come back because its record cannot be
 * read. */
#include "cli/modern_certificates.h"
#include "ports/linux/record_file.h"
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wh_err cli_certificates_open(struct cli_certificates *certificates, const char *state,
                                  const char *pem, char *error, size_t error_size)
{
    FILE *file = fopen(pem, "re");
    if (file == NULL) {
        snprintf(error, error_size, "%s: %s", pem, strerror(errno));
        return WH_ERR_IO;
    }
    X509 *authority = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    const int length = authority != NULL ? i2d_X509(authority, NULL) : -1;
    if (length > 0 && length <= CLI_ANCHOR_MAX) {
        uint8_t *at = certificates->anchor;
        certificates->anchor_length = (size_t)i2d_X509(authority, &at);
    }
    X509_free(authority);
    snprintf(certificates->path, sizeof certificates->path, "%s/certificates.bin", state);
    if (certificates->anchor_length == 0) {
        snprintf(error, error_size, "%s: holds no certificate in PEM", pem);
        return WH_ERR_FORMAT;
    }
    return WH_OK;
}

static bool save(void *context, const uint8_t kept[CERTIFICATES_OPENSSL_KEPT])
{
    const struct cli_certificates *certificates = context;
    return record_file_save(certificates->path, kept, CERTIFICATES_OPENSSL_KEPT) == WH_OK;
}

enum wh_err cli_certificates_offer(struct cli_certificates *certificates,
                                   struct dlms_security *security)
{
    static uint8_t kept[CERTIFICATES_OPENSSL_KEPT];
    const struct certificates_openssl_setup setup = {
        .security = security,
        .anchor = {certificates->anchor, certificates->anchor_length},
        .save = save,
        .context = certificates,
    };
    if (certificates->anchor_length == 0) {
        return WH_OK;
    }
    certificates_openssl_free(certificates->store);
    certificates->store = NULL;
    const enum wh_err err = record_file_load(certificates->path, kept, sizeof kept);
    if (err == WH_OK || err == WH_ERR_NOT_FOUND) {
        certificates->store = certificates_openssl_new(&setup, err == WH_OK ? kept : NULL);
    }
    dlms_wipe(kept, sizeof kept);
    if (certificates->store == NULL) {
        return err == WH_ERR_IO ? WH_ERR_IO : WH_ERR_CORRUPT;
    }
    security->certificates = certificates_openssl_seam(certificates->store);
    return WH_OK;
}

void cli_certificates_close(struct cli_certificates *certificates)
{
    certificates_openssl_free(certificates->store);
    certificates->store = NULL;
}
