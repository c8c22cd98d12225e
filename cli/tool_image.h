/* Files with software images (app/image_header.h), for the tool.
 */
#ifndef CLI_TOOL_IMAGE_H
#define CLI_TOOL_IMAGE_H

#include "app/image_header.h"
#include "cli/options.h"
#include "cli/tool_failure.h"
#include <stddef.h>

struct tool_image {
    uint8_t *octets; /* header and body */
    size_t size;
    struct wh_image_header header;
};

/* Reads a file. CLI_BAD_INPUT: it cannot be read, is no image, is damaged or cut. */
bool tool_image_load(struct tool_image *image, const char *path, struct tool_failure *failure);

/* Reads a body, and makes header (all but digest and body_length) the image's, signed with the private
 * key in a PEM file. CLI_BAD_INPUT: a file cannot be read, or is too long, or the header's texts are. */
bool tool_image_make(struct tool_image *image, const char *body,
                     const struct wh_image_header *header, const char *key,
                     struct tool_failure *failure);

/* The signature is that of the key in a PEM file. CLI_BAD_INPUT: no; or it is no key. */
bool tool_image_is_signed(const struct tool_image *image, const char *key,
                          struct tool_failure *failure);

/* Also of one that is all zero. */
void tool_image_free(struct tool_image *image);

/* "watthour firmware make" and "check", which need no meter. Values are by row of the options. */
struct tool_firmware_options {
    const char *key, *output, *model, *number, *revision, *hardware, *legal;
};
int tool_firmware_make(const struct cli_command *command, const char *body,
                       const struct tool_firmware_options *options);
int tool_firmware_check(const struct cli_command *command, const char *path, const char *key,
                        bool is_json);

#endif
