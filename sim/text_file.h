/* A small text file as a whole, for the readers of scenarios and sites. */
#ifndef WH_SIM_TEXT_FILE_H
#define WH_SIM_TEXT_FILE_H

#include <stddef.h>

/* Reads a file, up to max + 1 bytes, so that a file longer than max shows in *length. The caller
 * frees the text. A null pointer: it cannot be read, errno says why. */
char *sim_text_file(const char *path, size_t max, size_t *length);

#endif
