/* Freezing and thawing. Invariant: bytes are taken for a life only if program, scenario and
 * memories are the very same. */
#include "cli/simulate_freeze.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crc32.h"
#include "ports/linux/flash_file.h"
#include "ports/linux/image_file.h"
#include "ports/linux/nvm_file.h"

enum { PATH_SIZE = CLI_STATE_PATH_MAX + 32, CHUNK = 65536 };

static const char magic[8] = "whlife1";

struct head {
    char magic[sizeof magic];
    uint32_t program, site, memories; /* CRC-32 */
    uint32_t life_size, life;
};

static void path_of(const struct cli_state *state, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/simulation.bin", state->folder);
}

static uint32_t program_crc(void)
{
    static unsigned char chunk[CHUNK];
    uint32_t crc = 0;
    FILE *program = fopen("/proc/self/exe", "rb");
    size_t length;
    while (program != NULL && (length = fread(chunk, 1, sizeof chunk, program)) > 0) {
        crc = wh_crc32(crc, chunk, length);
    }
    if (program != NULL) {
        fclose(program);
    }
    return crc;
}

static struct head head_of(const struct simulate_life *life, const struct cli_state *state,
                           const char *site, size_t site_length)
{
    struct head head = {
        .program = program_crc(),
        .site = wh_crc32(0, site, site_length),
        .memories = wh_crc32(wh_crc32(0, state->memory.eeprom.bytes, NVM_FILE_SIZE),
                             state->memory.flash.inverted, FLASH_MEMORY_SIZE),
        .life_size = sizeof *life,
        .life = wh_crc32(0, life, sizeof *life),
    };
    memcpy(head.magic, magic, sizeof magic);
    return head;
}

/* Gives a thawed meter the pointers of one that was started; a frozen one has those of nothing. */
static void bind(struct wh_meter *meter, const struct wh_meter *started)
{
    meter->legal.store.nvm = started->legal.store.nvm;
    meter->legal.store.layout = started->legal.store.layout;
    meter->legal.self_check.program = started->legal.self_check.program;
    meter->variant = started->variant;
    meter->application.variant = started->application.variant;
    meter->application.logs.flash = started->application.logs.flash;
    for (int n = 0; n < WH_LOG_COUNT; n++) {
        struct wh_log *log = &meter->application.logs.log[n];
        log->flash = started->application.logs.log[n].flash;
        log->design = started->application.logs.log[n].design; /* in the meter itself */
    }
}

struct frozen {
    struct head head;
    struct simulate_life life;
};

static enum wh_err write_whole(int descriptor, const void *content)
{
    const struct frozen *frozen = content;
    const enum wh_err err = image_file_write(descriptor, 0, &frozen->head, sizeof frozen->head);
    return err == WH_OK ? image_file_write(descriptor, sizeof frozen->head, &frozen->life,
                                           sizeof frozen->life)
                        : err;
}

enum wh_err simulate_freeze(const struct simulate_life *life, const struct cli_state *state,
                            const char *site, size_t site_length, char *error, size_t error_size)
{
    char path[PATH_SIZE];
    path_of(state, path);
    static const struct wh_meter nothing;
    static struct frozen frozen;
    memcpy(&frozen.life, life, sizeof frozen.life);
    bind(&frozen.life.meter, &nothing);
    frozen.head = head_of(&frozen.life, state, site, site_length);
    const enum wh_err err = image_file_replace(path, IMAGE_FILE_MODE, write_whole, &frozen);
    if (err != WH_OK) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
    }
    return err;
}

static enum wh_err read_life(const struct cli_state *state, struct head *head,
                             struct simulate_life *life)
{
    char path[PATH_SIZE];
    path_of(state, path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    const bool read = fread(head, sizeof *head, 1, file) == 1 &&
                      memcmp(head->magic, magic, sizeof magic) == 0 &&
                      head->life_size == sizeof *life && fread(life, sizeof *life, 1, file) == 1;
    fclose(file);
    return read && head->life == wh_crc32(0, life, sizeof *life) ? WH_OK : WH_ERR_CORRUPT;
}

static const char *objection(enum wh_err err, const struct head *then, const struct head *now)
{
    return err == WH_ERR_NOT_FOUND           ? "it was not simulated before"
           : err != WH_OK                    ? "its simulation.bin cannot be used"
           : then->program != now->program   ? "another build of the program simulated it"
           : then->memories != now->memories ? "it has lived elsewhere since"
           : then->site != now->site         ? "the scenario is another"
                                             : NULL;
}

enum wh_err simulate_peek(struct wh_meter *meter, struct cli_state *state,
                          struct wh_meter_start_report *found)
{
    struct board_memory *memory = &state->memory;
    unsigned char *before = malloc(NVM_FILE_SIZE + FLASH_MEMORY_SIZE);
    if (before == NULL) {
        return WH_ERR_SPACE;
    }
    memcpy(before, memory->eeprom.bytes, NVM_FILE_SIZE);
    memcpy(before + NVM_FILE_SIZE, memory->flash.inverted, FLASH_MEMORY_SIZE);
    const enum wh_err err = wh_meter_start(meter, &memory->board, found);
    memcpy(memory->eeprom.bytes, before, NVM_FILE_SIZE);
    memcpy(memory->flash.inverted, before + NVM_FILE_SIZE, FLASH_MEMORY_SIZE);
    free(before);
    return err;
}

enum wh_err simulate_thaw(struct simulate_life *life, struct cli_state *state, const char *site,
                          size_t site_length, const char **why)
{
    static struct simulate_life stored;
    struct head then = {0};
    const struct head now = head_of(life, state, site, site_length);
    *why = objection(read_life(state, &then, &stored), &then, &now);
    if (*why != NULL) {
        return WH_ERR_NOT_FOUND;
    }
    struct wh_meter_start_report found;
    const enum wh_err err = simulate_peek(&life->meter, state, &found); /* for its pointers */
    if (err == WH_OK) {
        bind(&stored.meter, &life->meter);
        *life = stored;
    }
    return err;
}
