/* Files that stand for memories. Invariant: what was replaced is either the old content or the new one, whole. */
#include "ports/linux/image_file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum wh_err image_file_read(int descriptor, uint32_t offset, void *dst, size_t length)
{
    uint8_t *to = dst;
    while (length > 0) {
        const ssize_t got = pread(descriptor, to, length, (off_t)offset);
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return WH_ERR_IO;
        }
        to += got;
        offset += (uint32_t)got;
        length -= (size_t)got;
    }
    return WH_OK;
}

enum wh_err image_file_write(int descriptor, uint32_t offset, const void *src, size_t length)
{
    const uint8_t *from = src;
    while (length > 0) {
        const ssize_t put = pwrite(descriptor, from, length, (off_t)offset);
        if (put <= 0) {
            errno = put < 0 ? errno : EIO;
            return WH_ERR_IO;
        }
        from += put;
        offset += (uint32_t)put;
        length -= (size_t)put;
    }
    return WH_OK;
}

enum wh_err image_file_lock(int descriptor, int how)
{
    if (flock(descriptor, how | LOCK_NB) == 0) {
        return WH_OK;
    }
    return errno == EWOULDBLOCK ? WH_ERR_BUSY : WH_ERR_IO;
}

enum wh_err image_file_sync_folder(const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        const int length = slash == path ? 1 : (int)(slash - path);
        snprintf(folder, sizeof folder, "%.*s", length, path);
    }
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return WH_ERR_IO;
    }
    const enum wh_err err = fsync(descriptor) == 0 ? WH_OK : WH_ERR_IO;
    close(descriptor);
    return err;
}

static enum wh_err write_new(const char *path, mode_t mode, image_file_writer *writer,
                             const void *content)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor < 0) {
        return WH_ERR_IO;
    }
    enum wh_err err = writer(descriptor, content);
    if (err == WH_OK && fsync(descriptor) != 0) {
        err = WH_ERR_IO;
    }
    const int os_error = errno;
    if (close(descriptor) != 0 && err == WH_OK) {
        return WH_ERR_IO;
    }
    errno = os_error;
    return err;
}

enum wh_err image_file_replace(const char *path, mode_t mode, image_file_writer *writer,
                               const void *content)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return WH_ERR_IO;
    }
    enum wh_err err = write_new(beside, mode, writer, content);
    if (err == WH_OK && rename(beside, path) != 0) {
        err = WH_ERR_IO;
    }
    if (err != WH_OK) {
        const int os_error = errno;
        unlink(beside);
        errno = os_error;
        return err;
    }
    return image_file_sync_folder(path);
}

enum wh_err image_file_describe(enum wh_err err, const char *what, uint32_t size_bytes,
                                const char *path, int os_error, char *error, size_t error_size)
{
    if (err == WH_ERR_BUSY) {
        snprintf(error, error_size, "%s: in use by another meter; stop it or give another --state",
                 path);
    } else if (err == WH_ERR_FORMAT) {
        snprintf(error, error_size, "%s: not %s, its size is not %u bytes", path, what, size_bytes);
    } else if (err != WH_OK) {
        snprintf(error, error_size, "%s: %s", path, strerror(os_error));
    }
    return err;
}
