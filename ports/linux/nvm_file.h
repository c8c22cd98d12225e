/* The meter's EEPROM as a file: an image of the memory, byte for byte.
 *
 * Writes, and the name of a new file, go through to the disk before they are acknowledged, so that neither a killed process nor a power cut of the
 * machine loses what the meter believes stored. The file is locked while open: two meters cannot
 * share a memory.
 */
#ifndef PORTS_LINUX_NVM_FILE_H
#define PORTS_LINUX_NVM_FILE_H

#include "store/nvm.h"

enum {
    NVM_FILE_SIZE = 512 * 1024, /* as the M95M04 */
    NVM_FILE_PAGE_SIZE = 512,
};

struct nvm_file {
    struct wh_nvm nvm; /* give this to the meter; its context points back to this struct */
    int descriptor;
};

/* Opens the image, or makes a blank one: also of one that is too short and all FFh, where the making
 * was interrupted. On an error file is closed and error has one line that names the path and the
 * reason:
 *   WH_ERR_BUSY     another process holds it
 *   WH_ERR_FORMAT   its size is not that of a memory image
 *   WH_ERR_IO       anything the operating system refuses
 * file must stay where it is while open. */
enum wh_err nvm_file_open(struct nvm_file *file, const char *path, char *error, size_t error_size);

void nvm_file_close(struct nvm_file *file);

#endif
