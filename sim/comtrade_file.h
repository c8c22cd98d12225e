/* The files of a recording, loaded into memory. */
#ifndef WH_SIM_COMTRADE_FILE_H
#define WH_SIM_COMTRADE_FILE_H

#include "sim/comtrade.h"

struct sim_comtrade_files {
    struct sim_comtrade_bytes cfg;
    struct sim_comtrade_bytes dat;
    /* What cfg and dat point into; private. */
    uint8_t *memory[2];
    char *names[2];
};

/* Loads name.cfg and, beside it, name.dat (.DAT, …), or name.cff; path names the .cfg or the .cff,
 * the extension in any case. Regular files up to 1 GiB. On success the caller frees with
 * sim_comtrade_unload(). */
bool sim_comtrade_load(struct sim_comtrade_files *files, const char *path,
                       struct sim_comtrade_error *error);

void sim_comtrade_unload(struct sim_comtrade_files *files);

#endif
