/* Passwords and keys: from files or the environment, never from the command line.
 *
 * A password file holds the password in its first line. A key file is YAML:
 *
 *     encryption_key: 000102030405060708090A0B0C0D0E0F   16, in suite 2 32 octets
 *     authentication_key: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
 *     system_title: 5754480000000001                     of this client
 *     secret: text                                       of mechanisms md5, sha1 and sha256
 *     suite: 0
 *
 * Beside a key file with an encryption key stands FILE.counter: the lowest invocation counter
 * that was never used. It is written before a counter is used, and belongs to the key.
 */
#ifndef CLI_TOOL_SECRET_H
#define CLI_TOOL_SECRET_H

#include "cli/tool_failure.h"
#include "dlms/security.h"

enum { TOOL_PASSWORD_SIZE = 65 };

#define TOOL_DEFAULT_PASSWORD "12345" /* of the meter family as delivered */

struct tool_secrets {
    bool has_password;
    bool is_default; /* it is the one of a meter as delivered: in KMP that is the number 0 */
    char password[TOOL_PASSWORD_SIZE];
    const char *key_file; /* NULL: none; borrowed */
    char secret[TOOL_PASSWORD_SIZE];
    uint8_t encryption_key[DLMS_KEY_MAX];
    uint8_t authentication_key[DLMS_KEY_MAX];
    size_t encryption_length, authentication_length; /* 0: not given */
    uint8_t system_title[DLMS_TITLE];
    bool has_title;
    uint8_t suite;
};

/* What the command line says about secrets; NULL where it says nothing. The environment stands in:
 * WATTHOUR_PASSWORD, WATTHOUR_PASSWORD_FILE, WATTHOUR_KEY_FILE. */
struct tool_secret_options {
    const char *password_file;
    const char *key_file;
    bool default_password;
};

/* CLI_BAD_INPUT: a file that cannot be read or means nothing. */
bool tool_secrets_load(struct tool_secrets *secrets, const struct tool_secret_options *options,
                       struct tool_failure *failure);

#endif
