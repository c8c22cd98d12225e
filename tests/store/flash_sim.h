/* A simulated serial flash for tests: the seam of store/flash.h with everything that goes wrong on
 * demand.
 *
 * Power can be cut at any byte of any program and in the middle of any erase, with what a part may
 * leave behind; reads, programs and erases can fail; a cell can refuse to be programmed; erases are
 * counted per sector. A program that crosses a page, an erase that is not of a whole sector, or any
 * access outside the memory aborts the test: the caller is wrong.
 *
 * Cut positions are counted over all programs and erases on one line: a program of n bytes has n +
 * 1, "cut before its byte k" for k = 0…n-1 and "cut when all was programmed, before the device said
 * so"; an erase has FLASH_ERASE_POSITIONS. So a test that cuts at position 0, 1, 2 … until nothing
 * is cut any more has seen every byte of every program, and every erase at every stage.
 */
#ifndef WH_TESTS_STORE_FLASH_SIM_H
#define WH_TESTS_STORE_FLASH_SIM_H

#include "store/flash.h"
#include <stdbool.h>
#include <stdint.h>

/* What a program that is cut at byte k leaves; an erase is torn alike by all but WEAK. */
enum flash_tear {
    FLASH_TEAR_CLEAN,  /* bytes before k are programmed, the rest is not */
    FLASH_TEAR_BITS,   /* the same, and of byte k some bits are */
    FLASH_TEAR_SUBSET, /* any bits of the whole program are */
    FLASH_TEAR_WEAK,   /* from byte k on bits are weak, see enum flash_weak */
    FLASH_TEAR_COUNT
};

/* What weak bits read from one power_on to the next, drawn there. */
enum flash_weak { FLASH_WEAK_READ_0, FLASH_WEAK_READ_1, FLASH_WEAK_READ_ANY, FLASH_WEAK_COUNT };

/* Cut before anything happened; with random content; with a few bits left; when all bits read 1. */
enum { FLASH_ERASE_POSITIONS = 4 };

#define FLASH_NEVER     UINT64_MAX
#define FLASH_NO_SECTOR UINT32_MAX

/* Members may be read; they are set by the functions below. */
struct flash_sim {
    uint8_t *cells;
    uint8_t *weak; /* bits that do not read the same every time */
    uint32_t *sector_erases;
    uint32_t size_bytes;
    uint32_t sector_size_bytes;
    uint32_t page_size_bytes;
    uint64_t read_count;
    uint64_t read_bytes;
    uint64_t program_count;
    uint64_t erase_count;
    enum flash_weak weak_mode;
    bool is_off; /* the cut has happened: everything fails until power_on */
    enum flash_tear tear;
    uint64_t cut_in_positions; /* FLASH_NEVER: no cut ordered */
    uint64_t fail_in_reads;    /* this many work, the next one fails */
    uint64_t fail_in_changes;  /* the same for programs and erases; a failing one changes nothing */
    uint32_t stuck_address;    /* of a worn-out cell; bits of stuck_mask stay 1 */
    uint8_t stuck_mask;
    uint32_t dead_sector; /* erasing it does nothing; FLASH_NO_SECTOR: there is none */
    uint64_t random;
};

/* A memory with all cells at fill. Aborts when out of memory. */
void flash_sim_open(struct flash_sim *sim, uint32_t size_bytes, uint32_t sector_size_bytes,
                    uint32_t page_size_bytes, uint8_t fill);
void flash_sim_close(struct flash_sim *sim);

/* Makes dst, which is open and of the same geometry, an equal of src. */
void flash_sim_copy(struct flash_sim *dst, const struct flash_sim *src);

/* The seam. Valid as long as sim is open and does not move. */
struct wh_flash flash_sim_flash(struct flash_sim *sim);

/* Orders a cut at that position counted from now; randomness of the tear comes from seed. */
void flash_sim_cut(struct flash_sim *sim, uint64_t position, enum flash_tear tear, uint64_t seed);

/* Supply returns: ends the cut, ordered or happened, and all failures ordered. Wear and weak bits
 * stay. */
void flash_sim_power_on(struct flash_sim *sim);

void flash_sim_fail_read(struct flash_sim *sim, uint64_t reads_before);
void flash_sim_fail_change(struct flash_sim *sim, uint64_t changes_before);
void flash_sim_wear_out(struct flash_sim *sim, uint32_t address, uint8_t mask);
void flash_sim_kill_sector(struct flash_sim *sim, uint32_t sector);
void flash_sim_flip(struct flash_sim *sim, uint32_t bit);

#endif
