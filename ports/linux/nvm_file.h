/* The meter's EEPROM as a file: an image of the memory, byte for byte.
 *
 * Writes, and the name of a new file, go through to the disk before they are acknowledged, so that
 * neither a killed process nor a power cut of the machine loses what the meter believes stored.
 * A new file is for its owner only: the memory holds the meter's passwords.
 * The file is locked while open: two meters cannot share a memory. A simulator that runs in memory
 * loads the file at its start and saves it at its end, all or nothing.
 */
#ifndef PORTS_LINUX_NVM_FILE_H
#define PORTS_LINUX_NVM_FILE_H

#include "ports/linux/nvm_memory.h"

enum {
    NVM_FILE_SIZE = 512 * 1024, /* as the M95M04 */
    NVM_FILE_PAGE_SIZE = 512,
};

struct nvm_file {
    struct wh_nvm nvm; /* give this to the meter; its context points back to this struct */
    int descriptor;
};

/* Opens the image, or makes a blank one: also of one that is too short and all FFh, where the
 * making was interrupted. On an error file is closed and error has one line that names the path
 * and the reason:
 *   WH_ERR_BUSY     another process holds it
 *   WH_ERR_FORMAT   its size is not that of a memory image
 *   WH_ERR_IO       anything the operating system refuses
 * file must stay where it is while open. */
enum wh_err nvm_file_open(struct nvm_file *file, const char *path, char *error, size_t error_size);

void nvm_file_close(struct nvm_file *file);

/* Fills an open memory of NVM_FILE_SIZE from the image, which stays as it is. Errors as above, and
 * WH_ERR_NOT_FOUND when there is no such file, or one whose making was interrupted; then memory is
 * as before. After WH_ERR_IO memory may be filled in part. */
enum wh_err nvm_file_load(struct nvm_memory *memory, const char *path, char *error,
                          size_t error_size);

/* Replaces the image, or makes it: after any failure, or a power cut, the old one is as it was.
 * Only when the folder cannot be synced is the new one there although this fails. Writes a file
 * beside it first, path with ".new" at its end. Errors as for nvm_file_open. */
enum wh_err nvm_file_save(const struct nvm_memory *memory, const char *path, char *error,
                          size_t error_size);

#endif
