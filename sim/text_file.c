/* Reads a file at one go. Invariant: errno is that of what failed, not of closing the file. */
#include "sim/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

char *sim_text_file(const char *path, size_t max, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    char *text = malloc(max + 1);
    if (text != NULL) {
        *length = fread(text, 1, max + 1, file);
        if (ferror(file)) {
            free(text);
            text = NULL;
        }
    }
    const int reason = errno;
    fclose(file);
    errno = reason;
    return text;
}
