/* What the parts of `watthour keys` share. A key file is that of cli/tool_secret.h; a change that is not yet
 * known to have reached the meter stands beside it as FILE.next.
 */
#ifndef CLI_TOOL_KEYS_H
#define CLI_TOOL_KEYS_H

#include "cli/tool_command.h"
#include "ports/linux/crypto_openssl.h"

enum { TOOL_KEYS_PATH = 512, TOOL_KEYS_TEXT = 8192 };

/* ---- Files: tool_keys_file.c ---- */

/* Writes a file that was not there, for its owner only, through to the disk. CLI_BAD_INPUT: it is there, or cannot
 * be written; nothing is left of it then. */
bool tool_keys_create(const char *path, const char *text, struct tool_failure *failure);

/* A key file's text with other keys in the lines of these names ("encryption_key" …), all else as it was. False: it
 * cannot be read, is too long, or has no such line at the start of one. text is a secret: dlms_wipe. */
struct tool_keys_line {
    const char *name;
    const uint8_t *octets;
    size_t length;
};
bool tool_keys_rewrite(const char *path, const struct tool_keys_line *lines, size_t count,
                       char text[TOOL_KEYS_TEXT], struct tool_failure *failure);

/* FILE.next takes the name FILE, and its counter the place of FILE's: first the counter, so that no number under
 * the new key comes twice, wherever the supply goes. CLI_FAILED: run again. */
bool tool_keys_promote(const char *path, struct tool_failure *failure);

/* FILE.next and what belongs to it go. */
void tool_keys_drop(const char *path);

/* FILE.next */
void tool_keys_next(const char *path, char next[TOOL_KEYS_PATH]);

/* ---- Work ---- */

/* Makes a file of keys for `watthour run --keys`, and FILE.management.yaml and FILE.reading.yaml for its clients: all
 * three, or none. Exit code; what failed was told. tool_keys_generate.c */
int tool_keys_generate(const struct cli_command *command, const char *path, uint8_t suite);

/* New keys for the client of the key file. Exit code; what failed was told. tool_keys_change.c */
int tool_keys_change(struct tool_work *work);

#endif
