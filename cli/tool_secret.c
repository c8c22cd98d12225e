/* Secrets from files and environment. Invariant: no message ever holds one. */
#include "cli/tool_secret.h"
#include "cli/tool_yaml.h"
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
    memset(line, 0, sizeof line);
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

static bool take_key(uint8_t key[DLMS_KEY_MAX], size_t *length, const char *value)
{
    *length = read_hex(value, key, DLMS_KEY_MAX);
    return *length == 16 || *length == 32;
}

/* One line of a key file. -1: the name is not known; 0: the value is none. */
static int take_key_line(struct tool_secrets *secrets, const char *name, const char *value)
{
    if (strcmp(name, "encryption_key") == 0) {
        return take_key(secrets->encryption_key, &secrets->encryption_length, value);
    }
    if (strcmp(name, "authentication_key") == 0) {
        return take_key(secrets->authentication_key, &secrets->authentication_length, value);
    }
    if (strcmp(name, "system_title") == 0) {
        secrets->has_title = read_hex(value, secrets->system_title, DLMS_TITLE) == DLMS_TITLE;
        return secrets->has_title;
    }
    if (strcmp(name, "secret") == 0) {
        snprintf(secrets->secret, sizeof secrets->secret, "%s", value);
        return value[0] != '\0' && strlen(value) < sizeof secrets->secret;
    }
    if (strcmp(name, "suite") == 0) {
        secrets->suite = (uint8_t)(value[0] - '0');
        return value[0] >= '0' && value[0] <= '2' && value[1] == '\0';
    }
    return -1;
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
    if (secrets->encryption_length != 0 &&
        secrets->encryption_length != dlms_suite_key_size(secrets->suite)) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: keys of suite %u have %zu octets", path,
                         secrets->suite, dlms_suite_key_size(secrets->suite));
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
    const char *keys = from_environment(options->key_file, "WATTHOUR_KEY_FILE");
    if (options->default_password && options->password_file != NULL) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "--default-password and --password-file exclude each other");
    }
    if (keys != NULL && !read_key_file(secrets, keys, failure)) {
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
