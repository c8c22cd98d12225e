/* A file that holds one small record: read whole, and replaced whole.
 *
 * A new record is written beside the old one, path with ".new" at its end, through to the disk, and
 * then takes its name: after a power cut at any moment the file is the old or the new one. Only its
 * owner may read it. */
#ifndef PORTS_LINUX_RECORD_FILE_H
#define PORTS_LINUX_RECORD_FILE_H

#include "common/err.h"
#include <stddef.h>

/* WH_ERR_NOT_FOUND: there is no such file. WH_ERR_CORRUPT: it has another size. WH_ERR_IO. After an
 * error the contents of record are of no use. */
enum wh_err record_file_load(const char *path, void *record, size_t size);

/* WH_ERR_IO: the file is as it was, unless only its folder could not be synced. */
enum wh_err record_file_save(const char *path, const void *record, size_t size);

#endif
