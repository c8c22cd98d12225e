/* What software images need of OpenSSL (app/image_board.h), and the maker's keys from PEM files as
 * its own tools write them:
 *
 *     openssl ecparam -name prime256v1 -genkey -noout -out maker.pem
 *     openssl ec -in maker.pem -pubout -out maker.pub
 */
#ifndef PORTS_LINUX_IMAGE_OPENSSL_H
#define PORTS_LINUX_IMAGE_OPENSSL_H

#include "app/image_board.h"
#include "common/err.h"

struct image_openssl;

/* NULL: OpenSSL lacks an algorithm, or there is no memory. NULL may be freed. */
struct image_openssl *image_openssl_new(void);
void image_openssl_free(struct image_openssl *openssl);

/* For struct wh_image_board; valid as long as openssl is. */
const struct wh_image_crypto *image_openssl_crypto(const struct image_openssl *openssl);

/* A key in a PEM file: the private one, or the public one (of which either file will do). Errors, with
 * one line that names the file and the reason, but nothing of the key:
 *   WH_ERR_IO      the file cannot be read
 *   WH_ERR_FORMAT  it has no such key, or not one on P-256 */
enum wh_err image_openssl_public_key(const char *path, uint8_t key[WH_IMAGE_PUBLIC_KEY],
                                     char *error, size_t error_size);

/* Signs with the private key in a file; signature as wh_image_crypto verifies it. Errors as above. */
enum wh_err image_openssl_sign(const char *path, const uint8_t *message, size_t length,
                               uint8_t signature[WH_IMAGE_PUBLIC_KEY], char *error,
                               size_t error_size);

#endif
