/* A file as EEPROM. Invariant: a write returns WH_OK only after fdatasync. */
#include "ports/linux/nvm_file.h"
#include "ports/linux/image_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum wh_err read_image(void *context, uint32_t address, void *dst, size_t length)
{
    const struct nvm_file *file = context;
    return image_file_read(file->descriptor, address, dst, length);
}

static enum wh_err write_image(void *context, uint32_t address, const void *src, size_t length)
{
    const struct nvm_file *file = context;
    const enum wh_err err = image_file_write(file->descriptor, address, src, length);
    return err == WH_OK && fdatasync(file->descriptor) != 0 ? WH_ERR_IO : err;
}

/* Whether the image is the beginning of a blank one: its making was interrupted. */
static bool is_begun(const struct nvm_file *file, uint32_t size)
{
    uint8_t page[NVM_FILE_PAGE_SIZE];
    for (uint32_t address = 0; address < size; address += sizeof page) {
        const uint32_t left = size - address;
        const size_t length = left < sizeof page ? left : sizeof page;
        if (pread(file->descriptor, page, length, (off_t)address) != (ssize_t)length) {
            return false;
        }
        for (size_t k = 0; k < length; k++) {
            if (page[k] != 0xFF) {
                return false;
            }
        }
    }
    return true;
}

/* A new file becomes all FFh before anything looks at it. */
static enum wh_err blank(const struct nvm_file *file)
{
    uint8_t page[NVM_FILE_PAGE_SIZE];
    memset(page, 0xFF, sizeof page);
    for (uint32_t address = 0; address < NVM_FILE_SIZE; address += NVM_FILE_PAGE_SIZE) {
        if (pwrite(file->descriptor, page, sizeof page, (off_t)address) != (ssize_t)sizeof page) {
            return WH_ERR_IO;
        }
    }
    return fsync(file->descriptor) == 0 ? WH_OK : WH_ERR_IO;
}

static enum wh_err lock_and_size(const struct nvm_file *file, const char *path)
{
    const enum wh_err locked = image_file_lock(file->descriptor, LOCK_EX);
    if (locked != WH_OK) {
        return locked;
    }
    struct stat info;
    if (fstat(file->descriptor, &info) != 0) {
        return WH_ERR_IO;
    }
    if (info.st_size == NVM_FILE_SIZE) {
        return WH_OK;
    }
    const bool begun = info.st_size < NVM_FILE_SIZE && is_begun(file, (uint32_t)info.st_size);
    if (!begun) {
        return WH_ERR_FORMAT;
    }
    const enum wh_err err = blank(file);
    return err == WH_OK ? image_file_sync_folder(path) : err;
}

static enum wh_err describe(enum wh_err err, const char *path, int os_error, char *error,
                            size_t size)
{
    return image_file_describe(err, "a memory image", NVM_FILE_SIZE, path, os_error, error, size);
}

enum wh_err nvm_file_open(struct nvm_file *file, const char *path, char *error, size_t error_size)
{
    *file =
        (struct nvm_file){.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, IMAGE_FILE_MODE)};
    const enum wh_err err = file->descriptor < 0 ? WH_ERR_IO : lock_and_size(file, path);
    if (err != WH_OK) {
        describe(err, path, errno, error, error_size);
        nvm_file_close(file);
        return err;
    }
    file->nvm = (struct wh_nvm){
        .read = read_image,
        .write = write_image,
        .context = file,
        .size_bytes = NVM_FILE_SIZE,
        .page_size_bytes = NVM_FILE_PAGE_SIZE,
    };
    return WH_OK;
}

void nvm_file_close(struct nvm_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
        file->descriptor = -1;
    }
}

/* WH_ERR_NOT_FOUND: the making of the file was interrupted. */
static enum wh_err fill(const struct nvm_memory *memory, struct nvm_file *file)
{
    struct stat info;
    if (fstat(file->descriptor, &info) != 0) {
        return WH_ERR_IO;
    }
    if (info.st_size == NVM_FILE_SIZE) {
        return read_image(file, 0, memory->bytes, NVM_FILE_SIZE);
    }
    const bool begun = info.st_size < NVM_FILE_SIZE && is_begun(file, (uint32_t)info.st_size);
    errno = ENOENT;
    return begun ? WH_ERR_NOT_FOUND : WH_ERR_FORMAT;
}

enum wh_err nvm_file_load(struct nvm_memory *memory, const char *path, char *error,
                          size_t error_size)
{
    if (memory->nvm.size_bytes != NVM_FILE_SIZE) {
        return describe(WH_ERR_FORMAT, path, 0, error, error_size);
    }
    struct nvm_file file = {.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
    if (file.descriptor < 0) {
        const enum wh_err err = errno == ENOENT ? WH_ERR_NOT_FOUND : WH_ERR_IO;
        return describe(err, path, errno, error, error_size);
    }
    enum wh_err err = image_file_lock(file.descriptor, LOCK_SH);
    if (err == WH_OK) {
        err = fill(memory, &file);
    }
    describe(err, path, errno, error, error_size);
    nvm_file_close(&file);
    return err;
}

static enum wh_err write_whole(int descriptor, const void *content)
{
    const struct nvm_memory *memory = content;
    return image_file_write(descriptor, 0, memory->bytes, NVM_FILE_SIZE);
}

enum wh_err nvm_file_save(const struct nvm_memory *memory, const char *path, char *error,
                          size_t error_size)
{
    if (memory->nvm.size_bytes != NVM_FILE_SIZE) {
        return describe(WH_ERR_FORMAT, path, 0, error, error_size);
    }
    struct nvm_file old = {.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
    enum wh_err err = old.descriptor < 0 ? WH_OK : image_file_lock(old.descriptor, LOCK_EX);
    if (err == WH_OK) {
        err = image_file_replace(path, IMAGE_FILE_MODE, write_whole, memory);
    }
    describe(err, path, errno, error, error_size);
    nvm_file_close(&old);
    return err;
}
