/* What all files have in common that stand for a memory or keep something for good: whole reads and writes, one user at a
 * time, and replacing all or nothing. Errors leave errno as the operating system set it. */
#ifndef PORTS_LINUX_IMAGE_FILE_H
#define PORTS_LINUX_IMAGE_FILE_H

#include "common/err.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Of new files that stand for a memory: it holds the meter's passwords. */
enum { IMAGE_FILE_MODE = S_IRUSR | S_IWUSR };

/* Reads or writes all length bytes at offset. WH_ERR_IO; also at the end of the file. */
enum wh_err image_file_read(int descriptor, uint32_t offset, void *dst, size_t length);
enum wh_err image_file_write(int descriptor, uint32_t offset, const void *src, size_t length);

/* LOCK_EX or LOCK_SH of flock, without waiting; it ends with the descriptor. WH_ERR_BUSY: another process holds it;
 * WH_ERR_IO. */
enum wh_err image_file_lock(int descriptor, int how);

/* A new name is there after a power cut only once its folder is on the disk, too. WH_ERR_IO. */
enum wh_err image_file_sync_folder(const char *path);

/* Writes the whole content to a new, empty file; it need not be synced. */
typedef enum wh_err image_file_writer(int descriptor, const void *content);

/* Replaces the file at path, or makes it with that mode: writes path with ".new" at its end first. After WH_ERR_IO the old
 * file is as it was, unless only the folder could not be synced: then either is there after a power cut. A link at
 * the end of the new path is not followed. */
enum wh_err image_file_replace(const char *path, mode_t mode, image_file_writer *writer,
                               const void *content);

/* One line for the user on what opening, loading or saving an image gave; nothing for WH_OK. what: "a memory image".
 * os_error: errno at the failure. Returns err. */
enum wh_err image_file_describe(enum wh_err err, const char *what, uint32_t size_bytes,
                                const char *path, int os_error, char *error, size_t error_size);

#endif
