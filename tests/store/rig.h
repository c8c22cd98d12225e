/* A small store on a simulated EEPROM, and what it must hold: shared by the tests of store/.
 *
 * Record number n of a ring has a payload, length and version that follow from ring and n alone, so
 * any record that is read back can be told to be exactly one that was written, or none.
 */
#ifndef WH_TESTS_STORE_RIG_H
#define WH_TESTS_STORE_RIG_H

#include "store/store.h"
#include "tests/store/eeprom_sim.h"

enum {
    RIG_RINGS = 3,
    RIG_PAGE_SIZE = 32,     /* smaller than a slot, so that payloads cross pages */
    RIG_MEMORY_SIZE = 1024, /* the layout needs 640 */
    RIG_PAYLOAD_MAX = 45,
    RIG_LAP = 4 /* writes of one ring after which each of its slots was used */
};

/* Three rings of 4, 3 and 2 slots, with payloads of 20, 5 and 45 bytes. */
extern const struct wh_store_layout rig_layout;

/* What was written to each ring: numbers of records, 0 for none. */
struct rig_model {
    uint32_t acknowledged[RIG_RINGS];
    uint32_t attempted[RIG_RINGS]; /* this or acknowledged is what a ring may hold */
};

struct rig {
    struct eeprom_sim sim;
    struct wh_nvm nvm;
    struct wh_store store;
    struct wh_store_report report;
    struct rig_model model;
};

/* Memory with fill in all cells, nothing formatted. */
void rig_open(struct rig *rig, uint8_t fill);
void rig_close(struct rig *rig);

/* A formatted and mounted empty store. */
void rig_open_formatted(struct rig *rig);

/* Makes dst, which is open, an equal of src, mounted or not. */
void rig_copy(struct rig *dst, const struct rig *src);

/* Power returns and the store is mounted anew. */
enum wh_err rig_restart(struct rig *rig);

/* Writes the next record to a ring and keeps the model. */
enum wh_err rig_write(struct rig *rig, unsigned ring_index);

/* Writes count records, ring after ring in turn; stops at the first error. */
enum wh_err rig_write_many(struct rig *rig, unsigned count);

/* Reads the newest record of a ring, or an older one. Fails the test if it is anything but a record
 * that was written. *number is which; 0 on an error. */
enum wh_err rig_read(const struct rig *rig, unsigned ring_index, uint16_t age, uint32_t *number);

/* Fails the test unless each ring holds the last acknowledged record or one attempted after it. The
 * model then takes what was found as acknowledged. */
void rig_check_records(struct rig *rig);

/* Fails the test unless the older records follow each other without a gap, as far as slots reach. To be
 * so, no attempt may have failed with power on. */
void rig_check_history(const struct rig *rig);

/* Fails the test unless mounting found what a power cut alone can leave: nothing lost, nothing
 * damaged, at most one interrupted write per ring. */
void rig_check_report_of_cut(const struct rig *rig);

/* Address of a slot by the arithmetic of docs/store.md, and the size of the ring's slots. */
uint32_t rig_slot_address(unsigned ring_index, unsigned slot);
uint32_t rig_slot_size(unsigned ring_index);

#endif
