/* The meter's serial flash as a file, "flash.bin": an image of the memory, every byte inverted, so
 * that what was never programmed is a hole and takes no room on the disk.
 *
 * What is programmed or erased, and the name of a new file, go through to the disk before they are
 * acknowledged. A new file is for its owner only. The file is locked while open: two meters cannot share a memory. A simulator that
 * runs in memory loads the file at its start and saves it at its end, all or nothing.
 */
#ifndef PORTS_LINUX_FLASH_FILE_H
#define PORTS_LINUX_FLASH_FILE_H

#include "ports/linux/flash_memory.h"

struct flash_file {
    struct wh_flash flash; /* give this to the meter; its context points back to this struct */
    int descriptor;
};

/* Opens the image, or makes an erased one of FLASH_MEMORY_SIZE. On an error file is closed and
 * error has one line that names the path and the reason:
 *   WH_ERR_BUSY     another process holds it
 *   WH_ERR_FORMAT   its size is not that of a memory image
 *   WH_ERR_IO       anything the operating system refuses
 * file must stay where it is while open. Refuses the same as struct flash_memory. */
enum wh_err flash_file_open(struct flash_file *file, const char *path, char *error,
                            size_t error_size);

void flash_file_close(struct flash_file *file);

/* Fills an open memory of FLASH_MEMORY_SIZE from the image. Errors as above, and WH_ERR_NOT_FOUND
 * when there is no such file, or an empty one; then memory is as before. After WH_ERR_IO memory may
 * be filled in part. */
enum wh_err flash_file_load(struct flash_memory *memory, const char *path, char *error,
                            size_t error_size);

/* Replaces the image, or makes it: after any failure, or a power cut, the old one is as it was.
 * Only when the folder cannot be synced is the new one there although this fails. Writes a file
 * beside it first, path with ".new" at its end. Errors as for flash_file_open. */
enum wh_err flash_file_save(const struct flash_memory *memory, const char *path, char *error,
                            size_t error_size);

#endif
