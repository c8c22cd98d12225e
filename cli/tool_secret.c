/* Secrets from files and environment. Invariant: no message ever holds one. */
#include "cli/tool_secret.h"
#include "cli/tool_yaml.h"
#include "dlms/crypto.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take_password(struct tool_secrets *secrets, const char *text, const char *from,
                          struct tool_failure *failure)
{
    const size_t length = strcspn(text, "\r\n");
    if (length == 0 || length >= sizeof secrets->password) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: a password has 1 … %zu characters", from,
                         sizeof secrets->password - 1);
    }
    memcpy(secrets->password, text, length);
    secrets->password[length] = '\0';
    secrets->has_password = true;
    return true;
}

static bool read_password_file(struct tool_secrets *secrets, const char *path,
                               struct tool_failure *failure)
{
    char line[2 * TOOL_PASSWORD_SIZE] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "--password-file %s", path);
    }
    const bool got = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const bool taken = take_password(secrets, got ? line : "", path, failure);
    dlms_wipe(line, sizeof line);
    return taken;
}

/* Octets from hexadecimal digits; 0: none, an odd number of digits or more than size octets. */
static size_t read_hex(const char *text, uint8_t *octets, size_t size)
{
    const size_t length = strlen(text) / 2;
    if (strlen(text) % 2 != 0 || length > size) {
        return 0;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned octet;
        if (!isxdigit((unsigned char)text[2 * i]) || !isxdigit((unsigned char)text[2 * i + 1]) ||
            sscanf(text + 2 * i, "%2x", &octet) != 1) { /* NOLINT(cert-err34-c): two digits */
            return 0;
        }
        octets[i] = (uint8_t)octet;
    }
    return length;
}

enum key_kind { TITLE, SYMMETRIC, PRIVATE, PUBLIC };

#define AT(member) offsetof(struct tool_secrets, member)

static const struct {
    const char *name;
    enum key_kind kind;
    size_t offset;
} keys[] = {
    {"system_title", TITLE, AT(system_title)},
    {"encryption_key", SYMMETRIC, AT(encryption_key)},
    {"authentication_key", SYMMETRIC, AT(authentication_key)},
    {"master_key", SYMMETRIC, AT(master_key)},
    {"signing_key", PRIVATE, AT(signing_key)},
    {"agreement_key", PRIVATE, AT(agreement_key)},
    {"meter_signing_key", PUBLIC, AT(meter_signing_key)},
    {"meter_agreement_key", PUBLIC, AT(meter_agreement_key)},
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static struct tool_key *key_at(struct tool_secrets *secrets, int k)
{
    return (struct tool_key *)((char *)secrets + keys[k].offset);
}

static size_t size_of(enum key_kind kind, uint8_t suite)
{
    const size_t sizes[] = {
        [TITLE] = DLMS_TITLE,
        [SYMMETRIC] = dlms_suite_key_size(suite),
        [PRIVATE] = dlms_suite_coordinate(suite),
        [PUBLIC] = 2 * dlms_suite_coordinate(suite),
    };
    return sizes[kind];
}

static bool take_flag(bool *flag, const char *value)
{
    *flag = strcmp(value, "true") == 0;
    return *flag || strcmp(value, "false") == 0;
}

static bool take_address(uint32_t *address, const char *value)
{
    char *end;
    const unsigned long number = strtoul(value, &end, 10);
    *address = (uint32_t)number;
    return isdigit((unsigned char)value[0]) && *end == '\0' && number >= 1 && number <= UINT16_MAX;
}

static bool take_text(char text[TOOL_PASSWORD_SIZE], const char *value)
{
    snprintf(text, TOOL_PASSWORD_SIZE, "%s", value);
    return value[0] != '\0' && strlen(value) < TOOL_PASSWORD_SIZE;
}

static bool take_suite(uint8_t *suite, const char *value)
{
    *suite = (uint8_t)(value[0] - '0');
    return value[0] >= '0' && value[0] <= '2' && value[1] == '\0';
}

/* One line of a key file. -1: the name is not known; 0: the value is none. */
static int take_key_line(struct tool_secrets *secrets, const char *name, const char *value)
{
    for (int k = 0; k < KEYS; k++) {
        if (strcmp(keys[k].name, name) == 0) {
            struct tool_key *key = key_at(secrets, k);
            key->length = read_hex(value, key->octets, sizeof key->octets);
            return key->length > 0;
        }
    }
    if (strcmp(name, "secret") == 0) {
        return take_text(secrets->secret, value);
    }
    if (strcmp(name, "suite") == 0) {
        return take_suite(&secrets->suite, value);
    }
    if (strcmp(name, "signed") == 0) {
        return take_flag(&secrets->is_signed, value);
    }
    if (strcmp(name, "dedicated") == 0) {
        secrets->says_dedicated = true;
        return take_flag(&secrets->is_dedicated, value);
    }
    if (strcmp(name, "client") == 0) {
        return take_address(&secrets->client, value);
    }
    return strcmp(name, "server") == 0 ? take_address(&secrets->server, value) : -1;
}

static bool take_line(void *context, const char *name, const char *value, size_t line,
                      struct tool_failure *failure)
{
    struct tool_secrets *secrets = context;
    const int taken = take_key_line(secrets, name, value);
    if (taken == 1) {
        return true;
    }
    return tool_fail(failure, CLI_BAD_INPUT, "%s:%zu: %s %s", secrets->key_file, line, name,
                     taken < 0 ? "is not known" : "has not this form; see docs/tool.md");
}

static bool read_key_file(struct tool_secrets *secrets, const char *path,
                          struct tool_failure *failure)
{
    secrets->key_file = path;
    if (!tool_yaml_read(path, take_line, secrets, failure)) {
        return false;
    }
    for (int k = 0; k < KEYS; k++) {
        const size_t length = key_at(secrets, k)->length;
        const size_t size = size_of(keys[k].kind, secrets->suite);
        if (length != 0 && length != size) {
            return tool_fail(failure, CLI_BAD_INPUT, "%s: %s has %zu octets, in suite %u %zu", path,
                             keys[k].name, length, secrets->suite, size);
        }
    }
    return true;
}

static const char *from_environment(const char *option, const char *name)
{
    const char *value = option != NULL ? option : getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

bool tool_secrets_load(struct tool_secrets *secrets, const struct tool_secret_options *options,
                       struct tool_failure *failure)
{
    *secrets = (struct tool_secrets){0};
    const char *file = from_environment(options->password_file, "WATTHOUR_PASSWORD_FILE");
    const char *plain = from_environment(NULL, "WATTHOUR_PASSWORD");
    const char *key_file = from_environment(options->key_file, "WATTHOUR_KEY_FILE");
    if (options->default_password && options->password_file != NULL) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "--default-password and --password-file exclude each other");
    }
    if (key_file != NULL && !read_key_file(secrets, key_file, failure)) {
        return false;
    }
    secrets->is_default = options->default_password;
    if (options->default_password) {
        return take_password(secrets, TOOL_DEFAULT_PASSWORD, "--default-password", failure);
    }
    if (options->password_file == NULL && plain != NULL) {
        return take_password(secrets, plain, "WATTHOUR_PASSWORD", failure);
    }
    return file == NULL || read_password_file(secrets, file, failure);
}
