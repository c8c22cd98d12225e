/* State folders. Invariant: nothing below a folder is written but by cli_state_save. */
#include "cli/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/linux/flash_file.h"
#include "ports/linux/nvm_file.h"

enum { FILE_PATH_MAX = CLI_STATE_PATH_MAX + 16 };

static void path_of(const struct cli_state *state, const char *name, char path[FILE_PATH_MAX])
{
    snprintf(path, FILE_PATH_MAX, "%s/%s", state->folder, name);
}

static enum wh_err open_memories(struct cli_state *state)
{
    struct board_memory *memory = &state->memory;
    enum wh_err err = nvm_memory_open(&memory->eeprom, NVM_FILE_SIZE, NVM_FILE_PAGE_SIZE);
    if (err == WH_OK) {
        err = flash_memory_open(&memory->flash, FLASH_MEMORY_SIZE);
    }
    memory->board.nvm = &memory->eeprom.nvm;
    memory->board.flash = &memory->flash.flash;
    return err;
}

static enum wh_err begin(struct cli_state *state, const char *folder, char *error, size_t size)
{
    *state = (struct cli_state){.folder_lock = -1, .eeprom_lock = -1};
    if (strlen(folder) >= sizeof state->folder) {
        snprintf(error, size, "the name of the folder has %zu characters, more than %zu",
                 strlen(folder), sizeof state->folder - 1);
        return WH_ERR_ARGUMENT;
    }
    snprintf(state->folder, sizeof state->folder, "%s", folder);
    const enum wh_err err = open_memories(state);
    if (err != WH_OK) {
        snprintf(error, size, "no memory for the images");
    }
    return err;
}

static enum wh_err load(struct cli_state *state, char *error, size_t size)
{
    char path[FILE_PATH_MAX];
    path_of(state, "eeprom.bin", path);
    enum wh_err err = nvm_file_load(&state->memory.eeprom, path, error, size);
    if (err != WH_OK) {
        return err;
    }
    path_of(state, "flash.bin", path);
    err = flash_file_load(&state->memory.flash, path, error, size);
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* Locks a file or folder. -1 with *err. */
static int lock(const char *path, int how, enum wh_err *err, char *error, size_t size)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    *err = WH_OK;
    if (descriptor >= 0 && flock(descriptor, how | LOCK_NB) == 0) {
        return descriptor;
    }
    *err = descriptor < 0 && errno == ENOENT         ? WH_ERR_NOT_FOUND
           : descriptor >= 0 && errno == EWOULDBLOCK ? WH_ERR_BUSY
                                                     : WH_ERR_IO;
    snprintf(error, size, "%s: %s", path,
             *err == WH_ERR_BUSY ? "in use by another meter; stop it or give another --state"
                                 : strerror(errno));
    if (descriptor >= 0) {
        close(descriptor);
    }
    return -1;
}

static void unlock(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
    *descriptor = -1;
}

enum wh_err cli_state_read(struct cli_state *state, const char *folder, char *error, size_t size)
{
    enum wh_err err = begin(state, folder, error, size);
    if (err == WH_OK) {
        state->folder_lock = lock(folder, LOCK_SH, &err, error, size);
    }
    if (err == WH_OK) {
        err = load(state, error, size);
    }
    unlock(&state->folder_lock);
    if (err != WH_OK) {
        cli_state_close(state);
    }
    return err;
}

enum wh_err cli_state_make_folder(const char *path, char *error, size_t size)
{
    char part[CLI_STATE_PATH_MAX];
    if (strlen(path) >= sizeof part) {
        snprintf(error, size, "%s: %s", path, strerror(ENAMETOOLONG));
        return WH_ERR_IO;
    }
    for (size_t i = 1; path[0] != '\0' && path[i - 1] != '\0'; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST) {
            snprintf(error, size, "%s: %s", path, strerror(errno));
            return WH_ERR_IO;
        }
    }
    return WH_OK;
}

/* A meter that lives on its files looks at this lock. */
static enum wh_err lock_eeprom(struct cli_state *state, char *error, size_t size)
{
    char path[FILE_PATH_MAX];
    enum wh_err err;
    path_of(state, "eeprom.bin", path);
    state->eeprom_lock = lock(path, LOCK_EX, &err, error, size);
    return err;
}

enum wh_err cli_state_take(struct cli_state *state, const char *folder, char *error, size_t size)
{
    enum wh_err err = begin(state, folder, error, size);
    if (err == WH_OK) {
        err = cli_state_make_folder(folder, error, size);
    }
    if (err == WH_OK) {
        state->folder_lock = lock(folder, LOCK_EX, &err, error, size);
    }
    if (err == WH_OK) {
        err = load(state, error, size);
    }
    if (err == WH_OK) {
        err = lock_eeprom(state, error, size);
    }
    if (err != WH_OK && err != WH_ERR_NOT_FOUND) {
        cli_state_close(state);
    }
    return err;
}

enum wh_err cli_state_save(struct cli_state *state, char *error, size_t size)
{
    char path[FILE_PATH_MAX];
    unlock(&state->eeprom_lock); /* of the file that is replaced */
    path_of(state, "eeprom.bin", path);
    enum wh_err err = nvm_file_save(&state->memory.eeprom, path, error, size);
    if (err == WH_OK) {
        err = lock_eeprom(state, error, size);
    }
    if (err == WH_OK) {
        path_of(state, "flash.bin", path);
        err = flash_file_save(&state->memory.flash, path, error, size);
    }
    return err;
}

void cli_state_close(struct cli_state *state)
{
    if (state->memory.board.nvm == NULL) {
        return; /* never opened */
    }
    unlock(&state->folder_lock);
    unlock(&state->eeprom_lock);
    board_memory_close(&state->memory);
    *state = (struct cli_state){.folder_lock = -1, .eeprom_lock = -1};
}

void cli_state_explain(const char *folder, enum wh_err err,
                       const struct wh_legal_start_report *found, char *error, size_t size)
{
    const char *what = wh_err_text(err);
    if (err == WH_ERR_CORRUPT) {
        what = found->registers_lost  ? "all records of the main registers are damaged"
               : found->identity_lost ? "all records of the identity are damaged"
               : found->parameters_lost
                   ? "all records of the calibration or of the audit log are damaged"
               : found->store.superblock_count == 0 ? "both superblocks (offset 0) are damaged"
                                                    : what;
    }
    snprintf(error, size,
             "%s/eeprom.bin: %s; nothing was changed: restore the file from a copy, or start a new "
             "meter with another --state",
             folder, what);
}
