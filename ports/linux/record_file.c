/* A record as a file. Invariant: the name always stands for a whole record that is on the disk. */
#include "ports/linux/record_file.h"

#include "ports/linux/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

struct record {
    const void *bytes;
    size_t size;
};

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
    } else {
        err = is_known ? image_file_read(descriptor, 0, record, size) : WH_ERR_IO;
    }
    close(descriptor);
    return err;
}

static enum wh_err write_whole(int descriptor, const void *content)
{
    const struct record *record = content;
    return image_file_write(descriptor, 0, record->bytes, record->size);
}

enum wh_err record_file_save(const char *path, const void *record, size_t size)
{
    return image_file_replace(path, IMAGE_FILE_MODE, write_whole,
                              &(struct record){.bytes = record, .size = size});
}
