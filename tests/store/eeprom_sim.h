/* A simulated serial EEPROM for tests: the seam of store/nvm.h with everything that goes wrong on demand.
 *
 * Power can be cut at any byte of any write, with what a half-programmed part may leave behind; reads and
 * writes can fail; a cell can be worn out; write cycles are counted as the makers do, per group of four bytes.
 * A write that crosses a page, or any access outside the memory, aborts the test: the caller is wrong.
 *
 * Cut positions are counted over all writes on one line: a write of n bytes has n + 1 positions, "cut
 * before its byte k" for k = 0…n-1 and "cut when all was stored, before the device said so". So a test that
 * cuts at position 0, 1, 2 … until nothing is cut any more has seen every byte of every write.
 */
#ifndef WH_TESTS_STORE_EEPROM_SIM_H
#define WH_TESTS_STORE_EEPROM_SIM_H

#include "store/nvm.h"
#include <stdbool.h>
#include <stdint.h>

/* What the write that is cut at byte k leaves. Bytes before k are new; then: */
enum eeprom_tear {
    EEPROM_TEAR_CLEAN,    /* byte k and the rest are old */
    EEPROM_TEAR_ERASED,   /* byte k is FFh, the rest old */
    EEPROM_TEAR_ZERO,     /* byte k is 00h, the rest old */
    EEPROM_TEAR_INVERTED, /* byte k is the opposite of what should be written, the rest old */
    EEPROM_TEAR_NOISE,    /* byte k and the rest are random */
    EEPROM_TEAR_GROUP,    /* the 4-byte group around byte k is random, also outside the write */
    EEPROM_TEAR_SUBSET,   /* bytes of the whole write, before k too, are old, new or random */
    EEPROM_TEAR_COUNT
};

enum { EEPROM_GROUP_SIZE = 4 };

#define EEPROM_NEVER UINT64_MAX

/* Members may be read; they are set by the functions below. */
struct eeprom_sim {
    uint8_t *cells;
    uint32_t *group_cycles; /* write cycles of each group of four bytes */
    uint32_t size_bytes;
    uint32_t page_size_bytes;
    uint64_t write_count;
    uint64_t read_count;
    bool is_off;               /* the cut has happened: everything fails until power_on */
    uint64_t cut_in_positions; /* EEPROM_NEVER: no cut ordered */
    enum eeprom_tear tear;
    uint64_t fail_in_reads;  /* this many reads work, the next one fails */
    uint64_t fail_in_writes; /* the same for writes; a failing write stores nothing */
    uint32_t stuck_address;  /* of a worn-out cell; bits of stuck_mask always read 0 */
    uint8_t stuck_mask;      /* 0: no cell is worn out */
    uint64_t random;
};

struct eeprom_wear {
    uint32_t min_cycles;
    uint32_t max_cycles;
    uint64_t total_cycles;
};

/* A memory with all cells at fill (FFh as most parts leave the factory). Aborts when out of memory. */
void eeprom_sim_open(struct eeprom_sim *sim, uint32_t size_bytes, uint32_t page_size_bytes,
                     uint8_t fill);
void eeprom_sim_close(struct eeprom_sim *sim);

/* Makes dst, which is open and of the same size, an equal of src. */
void eeprom_sim_copy(struct eeprom_sim *dst, const struct eeprom_sim *src);

/* The seam. Valid as long as sim is open and does not move. */
struct wh_nvm eeprom_sim_nvm(struct eeprom_sim *sim);

/* Orders a cut at that position counted from now; randomness of the tear comes from seed. */
void eeprom_sim_cut(struct eeprom_sim *sim, uint64_t position, enum eeprom_tear tear,
                    uint64_t seed);

/* Supply returns: ends the cut, ordered or happened, and all failures ordered. Wear stays. */
void eeprom_sim_power_on(struct eeprom_sim *sim);

void eeprom_sim_fail_read(struct eeprom_sim *sim, uint64_t reads_before);
void eeprom_sim_fail_write(struct eeprom_sim *sim, uint64_t writes_before);
void eeprom_sim_wear_out(struct eeprom_sim *sim, uint32_t address, uint8_t mask);
void eeprom_sim_flip(struct eeprom_sim *sim, uint32_t bit);

/* Cycles of the groups from address to end, both multiples of 4. */
struct eeprom_wear eeprom_sim_wear(const struct eeprom_sim *sim, uint32_t address, uint32_t end);

/* The next number of a small generator (splitmix64): tests must not depend on the C library's. */
uint64_t eeprom_sim_random(uint64_t *state);

#endif
