/* watthour firmware make and check: images as files. Invariant: a file that is there is never
 * overwritten by one that is not whole. */
#include "app/software.h"
#include "cli/image_board.h"
#include "cli/tool_image.h"
#include "legal/interface.h"
#include "ports/linux/image_file.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HEX_SIZE = 2 * WH_SOFTWARE_DIGEST + 1, READABLE = 0644 };

static int tell(const struct cli_command *command, const struct tool_failure *failure)
{
    fprintf(stderr, "watthour %s: %s\n", command->name, failure->text);
    return failure->code;
}

static bool copy_text(char *to, size_t size, const char *from, size_t length)
{
    if (length > size) {
        return false;
    }
    memcpy(to, from, length);
    return true;
}

static bool read_checksum(const char *hex, uint8_t checksum[WH_SOFTWARE_DIGEST])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 2 * WH_SOFTWARE_DIGEST; i++) {
        const char *digit = hex[i] != '\0' ? strchr(digits, hex[i]) : NULL;
        if (digit == NULL) {
            return false;
        }
        const uint8_t value = (uint8_t)(digit - digits);
        checksum[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : checksum[i / 2] | value);
    }
    return hex[2 * WH_SOFTWARE_DIGEST] == '\0';
}

/* "LR-0.2:CHECKSUM"; NULL is the legally relevant part of this program. */
static bool take_legal(struct wh_image_header *header, const char *text)
{
    const struct wh_software_id own = wh_legal_software_id();
    const char *colon = text != NULL ? strchr(text, ':') : NULL;
    if (text == NULL) {
        return copy_text(header->legal_version, sizeof header->legal_version, own.version,
                         strlen(own.version)) &&
               read_checksum(own.checksum_hex, header->legal_checksum);
    }
    return colon != NULL &&
           copy_text(header->legal_version, sizeof header->legal_version, text,
                     (size_t)(colon - text)) &&
           read_checksum(colon + 1, header->legal_checksum);
}

static bool take_number(const struct cli_command *command, const char *option, const char *text,
                        uint32_t *number)
{
    double value = *number;
    if (!cli_number(command, option, text, 0, UINT32_MAX, &value)) {
        return false;
    }
    *number = (uint32_t)value;
    if (value != floor(value)) {
        cli_refuse(command, "%s: %s is not whole", option, text);
        return false;
    }
    return true;
}

/* False after a line on stderr. */
static bool take_options(const struct cli_command *command,
                         const struct tool_firmware_options *options,
                         struct wh_image_header *header)
{
    const char *missing = options->key == NULL        ? "--key"
                          : options->model == NULL    ? "--model"
                          : options->revision == NULL ? "--revision"
                          : options->output == NULL   ? "--output"
                                                      : NULL;
    if (missing != NULL) {
        cli_refuse(command, "make: %s is missing", missing);
        return false;
    }
    if (!copy_text(header->model, sizeof header->model, options->model, strlen(options->model))) {
        cli_refuse(command, "--model: %s is longer than a model's name", options->model);
        return false;
    }
    if (!take_legal(header, options->legal)) {
        cli_refuse(command, "--legal: \"%s\" is not VERSION:CHECKSUM with 64 digits",
                   options->legal);
        return false;
    }
    header->software.number = WH_SOFTWARE_NUMBER;
    header->hardware = CLI_IMAGE_HARDWARE;
    return take_number(command, "--number", options->number, &header->software.number) &&
           take_number(command, "--revision", options->revision, &header->software.revision) &&
           take_number(command, "--hardware", options->hardware, &header->hardware);
}

static enum wh_err write_octets(int descriptor, const void *content)
{
    const struct tool_image *image = content;
    return image_file_write(descriptor, 0, image->octets, image->size);
}

int tool_firmware_make(const struct cli_command *command, const char *body,
                       const struct tool_firmware_options *options)
{
    struct wh_image_header header = {.hardware = CLI_IMAGE_HARDWARE};
    struct tool_image image;
    struct tool_failure failure;
    if (!take_options(command, options, &header)) {
        return CLI_BAD_INPUT;
    }
    if (!tool_image_make(&image, body, &header, options->key, &failure)) {
        return tell(command, &failure);
    }
    const enum wh_err err = image_file_replace(options->output, READABLE, write_octets, &image);
    tool_image_free(&image);
    if (err != WH_OK) {
        return cli_refuse(command, "--output %s: cannot be written", options->output);
    }
    return CLI_OK;
}

static void put_hex(const uint8_t *octets, char text[HEX_SIZE])
{
    for (size_t i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
    }
}

static int print_json(const struct wh_image_header *header, const char *digest, const char *legal,
                      const char *signature)
{
    json_t *json = json_pack(
        "{s:s#, s:I, s:I, s:I, s:s#, s:s, s:I, s:s, s:s}", "model", header->model,
        (int)strnlen(header->model, sizeof header->model), "hardware", (json_int_t)header->hardware,
        "number", (json_int_t)header->software.number, "revision",
        (json_int_t)header->software.revision, "legal_version", header->legal_version,
        (int)strnlen(header->legal_version, sizeof header->legal_version), "legal_checksum", legal,
        "body_length", (json_int_t)header->body_length, "body_sha256", digest, "signature",
        signature);
    const bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0;
    json_decref(json);
    putchar('\n');
    return printed ? CLI_OK : CLI_FAILED;
}

static int print(const struct wh_image_header *header, bool is_json, const char *signature)
{
    char digest[HEX_SIZE];
    char legal[HEX_SIZE];
    put_hex(header->software.digest, digest);
    put_hex(header->legal_checksum, legal);
    if (is_json) {
        return print_json(header, digest, legal, signature);
    }
    printf("model           %.8s, hardware %lu\n", header->model, (unsigned long)header->hardware);
    printf("software        %lu revision %lu\n", (unsigned long)header->software.number,
           (unsigned long)header->software.revision);
    printf("legal part      %.16s, SHA-256 %s\n", header->legal_version, legal);
    printf("body            %lu octets, SHA-256 %s\n", (unsigned long)header->body_length, digest);
    printf("signature       %s\n", signature);
    return CLI_OK;
}

int tool_firmware_check(const struct cli_command *command, const char *path, const char *key,
                        bool is_json)
{
    struct tool_image image;
    struct tool_failure failure;
    if (!tool_image_load(&image, path, &failure)) {
        return tell(command, &failure);
    }
    const bool is_good = key == NULL || tool_image_is_signed(&image, key, &failure);
    const char *signature = key == NULL ? "not checked without --key" : is_good ? "good" : "wrong";
    const int status = print(&image.header, is_json, signature);
    tool_image_free(&image);
    return is_good ? status : tell(command, &failure);
}
