/* Loading recordings. The data file has the name of the configuration with another extension,
 * written in the case of the configuration's extension or in the other one. */
#include "sim/comtrade_file.h"

#include "sim/comtrade_text.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { EXTENSION_LENGTH = 4 };

static const off_t FILE_LENGTH_MAX = (off_t)1 << 30;

static bool fail_errno(struct sim_comtrade_error *error, const char *path)
{
    return sim_comtrade_fail(error, "cannot read %.180s: %s", path, strerror(errno));
}

static bool read_open(FILE *file, const char *path, uint8_t **memory, size_t *length,
                      struct sim_comtrade_error *error)
{
    struct stat status;
    if (fstat(fileno(file), &status) != 0) {
        return fail_errno(error, path);
    }
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_LENGTH_MAX) {
        return sim_comtrade_fail(error, "cannot read %.180s: not a file of at most 1 GiB", path);
    }
    *length = (size_t)status.st_size;
    *memory = malloc(*length + 1);
    if (*memory == NULL) {
        return fail_errno(error, path);
    }
    if (fread(*memory, 1, *length, file) != *length) {
        return sim_comtrade_fail(error, "cannot read %.180s: it changes while being read", path);
    }
    return true;
}

/* Loads path as file number slot. */
static bool load(struct sim_comtrade_files *files, int slot, const char *path,
                 struct sim_comtrade_bytes *bytes, struct sim_comtrade_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fail_errno(error, path);
    }
    const char *slash = strrchr(path, '/');
    files->names[slot] = strdup(slash == NULL ? path : slash + 1);
    bool ok = files->names[slot] != NULL || fail_errno(error, path);
    ok = ok && read_open(file, path, &files->memory[slot], &bytes->length, error);
    fclose(file);
    bytes->name = files->names[slot];
    bytes->bytes = files->memory[slot];
    bytes->line = 1;
    return ok;
}

static bool has_extension(const char *path, const char *extension)
{
    size_t length = strlen(path);
    return length > EXTENSION_LENGTH &&
           strcasecmp(path + length - EXTENSION_LENGTH, extension) == 0;
}

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

static bool load_dat(struct sim_comtrade_files *files, const char *cfg_path,
                     struct sim_comtrade_error *error)
{
    static const char *const extensions[] = {".dat", ".DAT", ".Dat"};
    size_t stem = strlen(cfg_path) - EXTENSION_LENGTH;
    char *path = strdup(cfg_path);
    if (path == NULL) {
        return fail_errno(error, cfg_path);
    }
    size_t first =
        cfg_path[stem + 1] == 'C'; /* NAME.CFG goes with NAME.DAT, if there is a choice */
    size_t count = sizeof extensions / sizeof extensions[0];
    for (size_t k = 0; k < count; k++) {
        memcpy(path + stem, extensions[(first + k) % count], EXTENSION_LENGTH);
        if (exists(path)) {
            break;
        }
        memcpy(path + stem, extensions[first], EXTENSION_LENGTH);
    }
    bool ok = load(files, 1, path, &files->dat, error);
    free(path);
    return ok;
}

static bool load_cff(struct sim_comtrade_files *files, const char *path,
                     struct sim_comtrade_error *error)
{
    struct sim_comtrade_bytes cff = {0};
    return load(files, 0, path, &cff, error) &&
           sim_comtrade_split(&cff, &files->cfg, &files->dat, error);
}

bool sim_comtrade_load(struct sim_comtrade_files *files, const char *path,
                       struct sim_comtrade_error *error)
{
    memset(files, 0, sizeof *files);
    bool ok;
    if (has_extension(path, ".cff")) {
        ok = load_cff(files, path, error);
    } else if (has_extension(path, ".cfg")) {
        ok = load(files, 0, path, &files->cfg, error) && load_dat(files, path, error);
    } else {
        ok = sim_comtrade_fail(error, "%.180s: neither a .cfg nor a .cff file", path);
    }
    if (!ok) {
        sim_comtrade_unload(files);
    }
    return ok;
}

void sim_comtrade_unload(struct sim_comtrade_files *files)
{
    for (int k = 0; k < 2; k++) {
        free(files->memory[k]);
        free(files->names[k]);
    }
    memset(files, 0, sizeof *files);
}
