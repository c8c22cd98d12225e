/* A file as serial flash. Invariant: programming and erasing return WH_OK only after fdatasync. */
#include "ports/linux/flash_file.h"

#include "ports/linux/flash_limits.h"
#include "ports/linux/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR_SIZE = FLASH_MEMORY_SECTOR_SIZE };

static enum wh_err put_durably(int descriptor, uint32_t address, const uint8_t *from, size_t length)
{
    const enum wh_err err = image_file_write(descriptor, address, from, length);
    return err == WH_OK && fdatasync(descriptor) != 0 ? WH_ERR_IO : err;
}

static enum wh_err read_image(void *context, uint32_t address, void *dst, size_t length)
{
    const struct flash_file *file = context;
    uint8_t *to = dst;
    if (!flash_may_read(&file->flash, address, length)) {
        return WH_ERR_ARGUMENT;
    }
    const enum wh_err err = image_file_read(file->descriptor, address, to, length);
    for (size_t i = 0; i < length && err == WH_OK; i++) {
        to[i] = (uint8_t)~to[i];
    }
    return err;
}

static enum wh_err program_image(void *context, uint32_t address, const void *src, size_t length)
{
    const struct flash_file *file = context;
    const uint8_t *from = src;
    uint8_t page[FLASH_MEMORY_PAGE_SIZE];
    if (!flash_may_program(&file->flash, address, length)) {
        return WH_ERR_ARGUMENT;
    }
    const enum wh_err err = image_file_read(file->descriptor, address, page, length);
    for (size_t i = 0; i < length && err == WH_OK; i++) {
        page[i] |= (uint8_t)~from[i];
    }
    return err == WH_OK ? put_durably(file->descriptor, address, page, length) : err;
}

static enum wh_err erase_image(void *context, uint32_t address)
{
    static const uint8_t erased[SECTOR_SIZE];
    const struct flash_file *file = context;
    if (!flash_may_erase(&file->flash, address)) {
        return WH_ERR_ARGUMENT;
    }
    return put_durably(file->descriptor, address, erased, sizeof erased);
}

/* WH_ERR_BLANK: the file is new, or its making was interrupted. */
static enum wh_err check_size(int descriptor)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0) {
        return WH_ERR_IO;
    }
    if (info.st_size == 0) {
        return WH_ERR_BLANK;
    }
    return info.st_size == FLASH_MEMORY_SIZE ? WH_OK : WH_ERR_FORMAT;
}

static enum wh_err lock_and_size(int descriptor, const char *path)
{
    enum wh_err err = image_file_lock(descriptor, LOCK_EX);
    if (err == WH_OK) {
        err = check_size(descriptor);
    }
    if (err == WH_ERR_BLANK) {
        const bool is_made =
            ftruncate(descriptor, FLASH_MEMORY_SIZE) == 0 && fsync(descriptor) == 0;
        err = is_made ? image_file_sync_folder(path) : WH_ERR_IO;
    }
    return err;
}

static enum wh_err describe(enum wh_err err, const char *path, int os_error, char *error,
                            size_t size)
{
    return image_file_describe(err, "an image of the flash", FLASH_MEMORY_SIZE, path, os_error,
                               error, size);
}

enum wh_err flash_file_open(struct flash_file *file, const char *path, char *error,
                            size_t error_size)
{
    *file = (struct flash_file){.descriptor =
                                    open(path, O_RDWR | O_CREAT | O_CLOEXEC, IMAGE_FILE_MODE)};
    const enum wh_err err =
        file->descriptor < 0 ? WH_ERR_IO : lock_and_size(file->descriptor, path);
    if (err != WH_OK) {
        describe(err, path, errno, error, error_size);
        flash_file_close(file);
        return err;
    }
    file->flash = (struct wh_flash){
        .read = read_image,
        .program = program_image,
        .erase = erase_image,
        .context = file,
        .size_bytes = FLASH_MEMORY_SIZE,
        .sector_size_bytes = FLASH_MEMORY_SECTOR_SIZE,
        .page_size_bytes = FLASH_MEMORY_PAGE_SIZE,
    };
    return WH_OK;
}

void flash_file_close(struct flash_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
        file->descriptor = -1;
    }
}

/* Sectors that are equal are not touched, so erased ones stay without memory. */
static enum wh_err fill(const struct flash_memory *memory, int descriptor)
{
    uint8_t sector[SECTOR_SIZE];
    for (uint32_t address = 0; address < FLASH_MEMORY_SIZE; address += SECTOR_SIZE) {
        if (image_file_read(descriptor, address, sector, SECTOR_SIZE) != WH_OK) {
            return WH_ERR_IO;
        }
        if (memcmp(memory->inverted + address, sector, SECTOR_SIZE) != 0) {
            memcpy(memory->inverted + address, sector, SECTOR_SIZE);
        }
    }
    return WH_OK;
}

enum wh_err flash_file_load(struct flash_memory *memory, const char *path, char *error,
                            size_t error_size)
{
    if (memory->flash.size_bytes != FLASH_MEMORY_SIZE) {
        return describe(WH_ERR_FORMAT, path, 0, error, error_size);
    }
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const enum wh_err err = errno == ENOENT ? WH_ERR_NOT_FOUND : WH_ERR_IO;
        return describe(err, path, errno, error, error_size);
    }
    enum wh_err err = image_file_lock(descriptor, LOCK_SH);
    if (err == WH_OK) {
        err = check_size(descriptor);
    }
    if (err == WH_OK) {
        err = fill(memory, descriptor);
    } else if (err == WH_ERR_BLANK) {
        err = WH_ERR_NOT_FOUND;
        errno = ENOENT;
    }
    describe(err, path, errno, error, error_size);
    close(descriptor);
    return err;
}

/* Erased sectors stay holes of the file. */
static enum wh_err write_whole(int descriptor, const void *content)
{
    static const uint8_t erased[SECTOR_SIZE];
    const struct flash_memory *memory = content;
    enum wh_err err = ftruncate(descriptor, FLASH_MEMORY_SIZE) == 0 ? WH_OK : WH_ERR_IO;
    for (uint32_t at = 0; err == WH_OK && at < FLASH_MEMORY_SIZE; at += SECTOR_SIZE) {
        if (memcmp(memory->inverted + at, erased, SECTOR_SIZE) != 0) {
            err = image_file_write(descriptor, at, memory->inverted + at, SECTOR_SIZE);
        }
    }
    return err;
}

enum wh_err flash_file_save(const struct flash_memory *memory, const char *path, char *error,
                            size_t error_size)
{
    if (memory->flash.size_bytes != FLASH_MEMORY_SIZE) {
        return describe(WH_ERR_FORMAT, path, 0, error, error_size);
    }
    const int old = open(path, O_RDONLY | O_CLOEXEC);
    enum wh_err err = WH_OK;
    if (old >= 0) {
        err = image_file_lock(old, LOCK_EX);
    }
    if (err == WH_OK) {
        err = image_file_replace(path, IMAGE_FILE_MODE, write_whole, memory);
    }
    describe(err, path, errno, error, error_size);
    if (old >= 0) {
        close(old);
    }
    return err;
}
