/* The head of a software image: what it is, for which meter, and the maker's signature.
 *
 *     octets    what
 *       0        "WHIMAGE", 0
 *       8        format: 1                                   u16, all numbers little-endian
 *      10        kind: 1 application                         u8
 *      11        0
 *      12        model, "382M", NUL-padded                   8 octets
 *      20        hardware that it is built for               u32
 *      24        software number                             u32
 *      28        revision                                    u32
 *      32        version of the legally relevant part in it  16 octets, NUL-padded
 *      48        checksum of that part                       32 octets
 *      80        length of the body                          u32
 *      84        zeros                                       12 octets
 *      96        SHA-256 of the body                         32 octets
 *     128        ECDSA P-256 with SHA-256 over octets 0 … 127: r, s, 32 octets each
 *     192        the body
 *
 * The signature covers the body by its SHA-256, so nothing of an image is outside of it. Source:
 * WELMEC 7.2, extension D (integrity, authenticity, traceability of a download); docs/firmware.md.
 */
#ifndef WH_APP_IMAGE_HEADER_H
#define WH_APP_IMAGE_HEADER_H

#include "app/software.h"
#include "common/err.h"

enum {
    WH_IMAGE_HEADER = 192, /* octets */
    WH_IMAGE_SIGNED = 128, /* of them before the signature, which is over these */
    WH_IMAGE_SIGNATURE = WH_IMAGE_HEADER - WH_IMAGE_SIGNED,
    WH_IMAGE_MODEL = 8,
    WH_IMAGE_LEGAL_VERSION = 16,
    WH_IMAGE_KIND_APPLICATION = 1,
    WH_IMAGE_SIZE_MAX = 512 * 1024, /* header and body */
};

struct wh_image_header {
    char model[WH_IMAGE_MODEL]; /* NUL-padded, as in struct wh_identity */
    uint32_t hardware;
    struct wh_software software; /* with the digest of the body */
    char legal_version[WH_IMAGE_LEGAL_VERSION];
    uint8_t legal_checksum[WH_SOFTWARE_DIGEST];
    uint32_t body_length;
    uint8_t signature[WH_IMAGE_SIGNATURE];
};

/* Whether a header is one that can be encoded. WH_ERR_ARGUMENT: a text is empty or not printable
 * ASCII up to its padding, or the body has no octet or too many. */
enum wh_err wh_image_header_check(const struct wh_image_header *header);

/* header has passed the check. */
void wh_image_header_encode(const struct wh_image_header *header, uint8_t bytes[WH_IMAGE_HEADER]);

/* Errors, with *header as it was:
 *   WH_ERR_FORMAT       these are not the octets of a header
 *   WH_ERR_UNSUPPORTED  a header, of a format or kind that this version does not know
 * Encoding what was decoded gives the same octets. The signature is not looked at. */
enum wh_err wh_image_header_decode(struct wh_image_header *header,
                                   const uint8_t bytes[WH_IMAGE_HEADER]);

#endif
