/* Passwords and keys: from files or the environment, never from the command line.
 *
 * A password file holds the password in its first line. A key file is YAML; keys are hexadecimal:
 *
 *     suite: 0
 *     system_title: 5754480000000001     of this client
 *     encryption_key: 000102…   16, in suite 2 32 octets
 *     authentication_key: D0D1…
 *     master_key: …             wraps new keys (watthour keys change)
 *     signing_key: …            suites 1 and 2: private, of this client, …
 *     agreement_key: …
 *     meter_signing_key: …      … and public, of the meter: x and y
 *     meter_agreement_key: …
 *     signed: false             requests and answers are signed, too
 *     dedicated: false          each association has a key of its own; without this line where nothing else
 *                               in it would be new: with no authentication or a password
 *     secret: text              of mechanisms md5, sha1 and sha256
 *     client: 1                 where the endpoint does not say
 *     server: 1
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

/* Octets of a key file; length 0: not given. */
struct tool_key {
    size_t length;
    uint8_t octets[DLMS_POINT_MAX];
};

struct tool_secrets {
    bool has_password;
    bool is_default; /* it is the one of a meter as delivered: in KMP that is the number 0 */
    char password[TOOL_PASSWORD_SIZE];
    const char *key_file; /* NULL: none; borrowed */
    char secret[TOOL_PASSWORD_SIZE];
    struct tool_key encryption_key, authentication_key, master_key;
    struct tool_key signing_key, agreement_key;             /* private, of this client */
    struct tool_key meter_signing_key, meter_agreement_key; /* public */
    struct tool_key system_title;
    uint8_t suite;
    bool is_signed;
    bool says_dedicated, is_dedicated; /* is: what it says */
    uint32_t client, server;           /* 0: not said */
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
