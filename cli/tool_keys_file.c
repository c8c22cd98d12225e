/* Key files that are made, rewritten and put in the place of others. Invariant: whatever is cut when, the keys that the
 * meter has are in FILE or in FILE.next, and no counter file is below a number that was used with its key. */
#include "cli/tool_keys.h"
#include "ports/linux/image_file.h"
#include "ports/linux/record_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No longer than the counter's path in cli/tool_dlms_guard.h. */
enum { SUFFIX = 32 };

void tool_keys_next(const char *path, char next[TOOL_KEYS_PATH])
{
    snprintf(next, TOOL_KEYS_PATH, "%s.next", path);
}

bool tool_keys_create(const char *path, const char *text, struct tool_failure *failure)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    const bool done = image_file_write(descriptor, 0, text, strlen(text)) == WH_OK &&
                      fsync(descriptor) == 0 && image_file_sync_folder(path) == WH_OK;
    close(descriptor);
    if (!done) {
        unlink(path);
        return tool_fail(failure, CLI_BAD_INPUT, "%s: cannot be written", path);
    }
    return true;
}

/* ---- Other keys in the same lines ---- */

static bool read_all(const char *path, char text[TOOL_KEYS_TEXT], struct tool_failure *failure)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    setvbuf(file, NULL, _IONBF, 0); /* no copy of the keys is left in a buffer */
    const size_t length = fread(text, 1, TOOL_KEYS_TEXT - 1, file);
    const bool is_whole = ferror(file) == 0 && length < TOOL_KEYS_TEXT - 1;
    fclose(file);
    text[length] = '\0';
    return is_whole ||
           tool_fail(failure, CLI_BAD_INPUT, "%s: cannot be read, or is too long", path);
}

/* "name:" at the start of a line; NULL: there is none. */
static char *find_line(char *text, const char *name)
{
    const size_t length = strlen(name);
    for (char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            return line;
        }
    }
    return NULL;
}

static bool replace_line(char text[TOOL_KEYS_TEXT], const struct tool_keys_line *with)
{
    char line[64 + 2 * DLMS_POINT_MAX];
    char *at = find_line(text, with->name);
    if (at == NULL) {
        return false;
    }
    size_t length = (size_t)snprintf(line, sizeof line, "%s: ", with->name);
    for (size_t i = 0; i < with->length; i++) {
        length += (size_t)snprintf(line + length, sizeof line - length, "%02X", with->octets[i]);
    }
    char *end = at + strcspn(at, "\n");
    const size_t rest = strlen(end) + 1;
    const bool fits = (size_t)(at - text) + length + rest <= TOOL_KEYS_TEXT;
    if (fits) {
        memmove(at + length, end, rest);
        memcpy(at, line, length);
    }
    dlms_wipe(line, sizeof line);
    return fits;
}

bool tool_keys_rewrite(const char *path, const struct tool_keys_line *lines, size_t count,
                       char text[TOOL_KEYS_TEXT], struct tool_failure *failure)
{
    if (!read_all(path, text, failure)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!replace_line(text, &lines[i])) {
            return tool_fail(failure, CLI_BAD_INPUT,
                             "%s: no line begins with \"%s:\", so no new key can be put there",
                             path, lines[i].name);
        }
    }
    return true;
}

/* ---- The new file in the place of the old ---- */

static uint32_t counter_of(const char *path)
{
    char name[TOOL_KEYS_PATH + SUFFIX];
    char text[16] = "0";
    snprintf(name, sizeof name, "%s.counter", path);
    FILE *file = fopen(name, "re");
    if (file != NULL) {
        const char *got = fgets(text, sizeof text, file);
        fclose(file);
        return got != NULL ? (uint32_t)strtoul(text, NULL, 10) : 0;
    }
    return 0;
}

static bool raise_counter(const char *path, uint32_t counter)
{
    char name[TOOL_KEYS_PATH + SUFFIX];
    char text[16];
    snprintf(name, sizeof name, "%s.counter", path);
    snprintf(text, sizeof text, "%" PRIu32 "\n", counter);
    return counter <= counter_of(path) || record_file_save(name, text, strlen(text)) == WH_OK;
}

static void drop_beside(const char *next)
{
    static const char *const suffixes[] = {".counter", ".counter.lock"};
    for (size_t s = 0; s < sizeof suffixes / sizeof suffixes[0]; s++) {
        char name[TOOL_KEYS_PATH + SUFFIX];
        snprintf(name, sizeof name, "%s%s", next, suffixes[s]);
        unlink(name);
    }
}

bool tool_keys_promote(const char *path, struct tool_failure *failure)
{
    char next[TOOL_KEYS_PATH];
    tool_keys_next(path, next);
    if (!raise_counter(path, counter_of(next)) || rename(next, path) != 0 ||
        image_file_sync_folder(path) != WH_OK) {
        return tool_fail_errno(failure, CLI_FAILED, errno,
                               "%s has the keys that are in force, but cannot take the place of %s",
                               next, path);
    }
    drop_beside(next);
    return true;
}

void tool_keys_drop(const char *path)
{
    char next[TOOL_KEYS_PATH];
    tool_keys_next(path, next);
    unlink(next);
    drop_beside(next);
}
