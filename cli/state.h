/* A meter's state folder: the images of its memories ("eeprom.bin", "flash.bin"), loaded into
 * ordinary memory. For who only looks at a meter, and for who runs it in memory and saves at the
 * end. A meter that lives on its files is cli/virtual_meter.h.
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "ports/linux/board_memory.h"

enum { CLI_STATE_PATH_MAX = 4096 };

struct cli_state {
    struct board_memory memory;
    char folder[CLI_STATE_PATH_MAX];
    int folder_lock; /* descriptors, -1: none */
    int eeprom_lock;
};

/* Copies the images into memory and leaves the folder as it is, and free. A flash that is missing
 * is an erased one. On an error state is closed and error has one line that names the file and the
 * reason:
 *   WH_ERR_NOT_FOUND  there is no meter in that folder
 *   WH_ERR_BUSY       it is in use: what would be read is on the move
 *   others            as nvm_file_load and flash_file_load
 * state must stay where it is until it is closed. */
enum wh_err cli_state_read(struct cli_state *state, const char *folder, char *error,
                           size_t error_size);

/* The same for who will save: makes the folder if missing, and keeps everybody else out until
 * cli_state_close. With WH_ERR_NOT_FOUND the memories are erased, the folder is taken and state
 * open. */
enum wh_err cli_state_take(struct cli_state *state, const char *folder, char *error,
                           size_t error_size);

/* Replaces the images of a folder that was taken. Each is replaced as a whole or not at all, the
 * EEPROM first: between the two registers may be ahead of logs, never behind. Errors as
 * nvm_file_save and flash_file_save. */
enum wh_err cli_state_save(struct cli_state *state, char *error, size_t error_size);

/* Also of a state that is all zero. */
void cli_state_close(struct cli_state *state);

/* Makes the folders of a path, as mkdir -p. WH_ERR_IO with one line. */
enum wh_err cli_state_make_folder(const char *path, char *error, size_t error_size);

/* One line on why the meter in a folder does not start. found is what wh_meter_start found. */
void cli_state_explain(const char *folder, enum wh_err err,
                       const struct wh_legal_start_report *found, char *error, size_t error_size);

#endif
