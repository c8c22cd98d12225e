/* Image files. Invariant: an image that was loaded or made has a header that says its length and the
 * SHA-256 of its body rightly. */
#include "cli/tool_image.h"
#include "ports/linux/image_openssl.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole file behind head octets that are left free. */
static bool read_file(struct tool_image *image, const char *path, size_t head,
                      struct tool_failure *failure)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    image->octets = calloc(1, WH_IMAGE_SIZE_MAX + 1);
    if (image->octets == NULL) {
        fclose(file);
        return tool_fail(failure, CLI_FAILED, "no memory");
    }
    image->size = head + fread(image->octets + head, 1, WH_IMAGE_SIZE_MAX + 1 - head, file);
    const bool is_bad = ferror(file) != 0;
    const int number = errno;
    fclose(file);
    if (is_bad) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, number, "%s", path);
    }
    return image->size <= WH_IMAGE_SIZE_MAX ||
           tool_fail(failure, CLI_BAD_INPUT, "%s: longer than an image can be (%d octets)", path,
                     WH_IMAGE_SIZE_MAX);
}

static bool digest_body(const struct tool_image *image, uint8_t digest[WH_SOFTWARE_DIGEST])
{
    struct image_openssl *openssl = image_openssl_new();
    bool done = false;
    if (openssl != NULL) {
        const struct wh_image_crypto *crypto = image_openssl_crypto(openssl);
        done = crypto->begin(crypto->context) &&
               crypto->add(crypto->context, image->octets + WH_IMAGE_HEADER,
                           image->size - WH_IMAGE_HEADER) &&
               crypto->end(crypto->context, digest);
    }
    image_openssl_free(openssl);
    return done;
}

static bool check(struct tool_image *image, const char *path, struct tool_failure *failure)
{
    uint8_t digest[WH_SOFTWARE_DIGEST];
    const enum wh_err err = image->size > WH_IMAGE_HEADER
                                ? wh_image_header_decode(&image->header, image->octets)
                                : WH_ERR_FORMAT;
    if (err != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: %s", path,
                         err == WH_ERR_FORMAT ? "is no software image (watthour firmware make)"
                                              : "a software image of a format not known here");
    }
    if (image->header.body_length != image->size - WH_IMAGE_HEADER) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: has %zu octets, and should have %lu", path,
                         image->size, (unsigned long)image->header.body_length + WH_IMAGE_HEADER);
    }
    if (!digest_body(image, digest)) {
        return tool_fail(failure, CLI_FAILED, "OpenSSL lacks an algorithm");
    }
    return memcmp(digest, image->header.software.digest, sizeof digest) == 0 ||
           tool_fail(failure, CLI_BAD_INPUT, "%s: is damaged: its SHA-256 is another", path);
}

bool tool_image_load(struct tool_image *image, const char *path, struct tool_failure *failure)
{
    *image = (struct tool_image){0};
    const bool done = read_file(image, path, 0, failure) && check(image, path, failure);
    if (!done) {
        tool_image_free(image);
    }
    return done;
}

static bool make(struct tool_image *image, const char *body, const char *key,
                 struct tool_failure *failure)
{
    char error[CLI_ERROR_SIZE];
    struct wh_image_header *header = &image->header;
    if (!read_file(image, body, WH_IMAGE_HEADER, failure)) {
        return false;
    }
    header->body_length = (uint32_t)(image->size - WH_IMAGE_HEADER);
    if (!digest_body(image, header->software.digest)) {
        return tool_fail(failure, CLI_FAILED, "OpenSSL lacks an algorithm");
    }
    if (wh_image_header_check(header) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "%s: an image needs a body of at least one octet, and a model and legal "
                         "version of printable characters without space",
                         body);
    }
    wh_image_header_encode(header, image->octets);
    if (image_openssl_sign(key, image->octets, WH_IMAGE_SIGNED, header->signature, error,
                           sizeof error) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "--key %s", error);
    }
    wh_image_header_encode(header, image->octets);
    return true;
}

bool tool_image_make(struct tool_image *image, const char *body,
                     const struct wh_image_header *header, const char *key,
                     struct tool_failure *failure)
{
    *image = (struct tool_image){.header = *header};
    const bool done = make(image, body, key, failure);
    if (!done) {
        tool_image_free(image);
    }
    return done;
}

bool tool_image_is_signed(const struct tool_image *image, const char *key,
                          struct tool_failure *failure)
{
    char error[CLI_ERROR_SIZE];
    uint8_t public_key[WH_IMAGE_PUBLIC_KEY];
    if (image_openssl_public_key(key, public_key, error, sizeof error) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "--key %s", error);
    }
    struct image_openssl *openssl = image_openssl_new();
    bool is_good = false;
    if (openssl != NULL) {
        const struct wh_image_crypto *crypto = image_openssl_crypto(openssl);
        is_good = crypto->verify(crypto->context, public_key, image->octets, WH_IMAGE_SIGNED,
                                 image->header.signature);
    }
    image_openssl_free(openssl);
    return is_good || tool_fail(failure, CLI_BAD_INPUT, "is not signed with the key in %s", key);
}

void tool_image_free(struct tool_image *image)
{
    free(image->octets);
    image->octets = NULL;
    image->size = 0;
}
