/* Finds an embedded file. Paths are compared whole, so nothing outside the table can be reached. */
#include "web/files.h"

#include <string.h>

const struct web_file *web_find_file(const char *path)
{
    if (strcmp(path, "/") == 0) {
        path = "/index.html";
    }
    for (const struct web_file *file = web_files; file->path; file++) {
        if (strcmp(file->path, path) == 0) {
            return file;
        }
    }
    return NULL;
}
