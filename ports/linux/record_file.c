/* A record as a file. Invariant: the name always stands for a whole record that is on the disk. */
#include "ports/linux/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool get(int descriptor, uint8_t *to, size_t length)
{
    while (length > 0) {
        const ssize_t got = read(descriptor, to, length);
        if (got <= 0) {
            return false;
        }
        to += got;
        length -= (size_t)got;
    }
    return true;
}

static bool put(int descriptor, const uint8_t *from, size_t length)
{
    while (length > 0) {
        const ssize_t done = write(descriptor, from, length);
        if (done <= 0) {
            return false;
        }
        from += done;
        length -= (size_t)done;
    }
    return true;
}

enum wh_err record_file_load(const char *path, void *record, size_t size)
{
    struct stat info;
    enum wh_err err = WH_OK;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno == ENOENT ? WH_ERR_NOT_FOUND : WH_ERR_IO;
    }
    const bool is_known = fstat(descriptor, &info) == 0;
    if (is_known && (uintmax_t)info.st_size != size) {
        err = WH_ERR_CORRUPT;
    } else if (!is_known || !get(descriptor, record, size)) {
        err = WH_ERR_IO;
    }
    close(descriptor);
    return err;
}

/* A new name is there after a power cut only once its folder is on the disk, too. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        const int length = slash == path ? 1 : (int)(slash - path);
        snprintf(folder, sizeof folder, "%.*s", length, path);
    }
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    const bool is_synced = fsync(descriptor) == 0;
    close(descriptor);
    return is_synced;
}

static bool write_new(const char *path, const void *record, size_t size)
{
    const int descriptor =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return false;
    }
    const bool is_written = put(descriptor, record, size) && fsync(descriptor) == 0;
    return close(descriptor) == 0 && is_written;
}

enum wh_err record_file_save(const char *path, const void *record, size_t size)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) {
        return WH_ERR_IO;
    }
    if (!write_new(beside, record, size) || rename(beside, path) != 0) {
        unlink(beside);
        return WH_ERR_IO;
    }
    return sync_folder(path) ? WH_OK : WH_ERR_IO;
}
