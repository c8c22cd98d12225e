/* A small ring log on a simulated flash, and what it must hold: shared by the tests of logs.
 *
 * Record number n has a payload, time and version that follow from n and the stamp it was given, so
 * any record that is read back can be told to be exactly one that was appended, or none.
 */
#ifndef WH_TESTS_STORE_LOG_RIG_H
#define WH_TESTS_STORE_LOG_RIG_H

#include "store/log.h"
#include "tests/store/flash_sim.h"

enum {
    LOG_RIG_SECTOR_SIZE = 256,
    LOG_RIG_PAGE_SIZE = 64, /* smaller than most slots, so that records cross pages */
    LOG_RIG_SECTORS = 8,
    LOG_RIG_PAYLOAD_MAX = LOG_RIG_SECTOR_SIZE - WH_LOG_OVERHEAD,
    LOG_RIG_RECORDS_MAX = 8192,
    LOG_RIG_DESIGNS = 4
};

/* Payloads of 13, 20, 100 and 236 bytes: 7, 6, 2 and 1 slots in each of 3, 6, 2 and 3 sectors. */
extern const struct wh_log_design log_rig_designs[LOG_RIG_DESIGNS];

enum log_rig_state {
    LOG_RIG_KEPT,    /* appended with WH_OK, or found whole after a cut */
    LOG_RIG_DOUBTFUL /* cut while weak: may read, or not, from one time to the next */
};

struct log_rig_record {
    uint32_t number;
    uint32_t time_s;
    uint32_t sequence;
    enum log_rig_state state;
};

/* What callers of the log know. */
struct log_rig_model {
    struct log_rig_record records[LOG_RIG_RECORDS_MAX]; /* in the order of appending */
    uint32_t count;
    uint32_t
        reached; /* the highest sequence that was ever to be next: the capacity counts from there */
    uint32_t attempted;              /* number of the last record that was tried */
    struct log_rig_record in_flight; /* its append failed, number 0: none */
};

struct log_rig {
    struct flash_sim sim;
    struct wh_flash flash;
    const struct wh_log_design *design;
    struct wh_log log;
    struct wh_log_report report;
    struct log_rig_model model;
};

/* A blank flash and an empty log. */
void log_rig_open(struct log_rig *rig, const struct wh_log_design *design);
void log_rig_close(struct log_rig *rig);

/* Makes dst, which is open, an equal of src. */
void log_rig_copy(struct log_rig *dst, const struct log_rig *src);

/* Power returns and the log is mounted anew, which must write nothing. Then the newest record must
 * be the last one kept, or the one in flight; the model takes over what was found. */
void log_rig_restart(struct log_rig *rig);

/* Appends the next record with this stamp and keeps the model. */
enum wh_err log_rig_append(struct log_rig *rig, uint32_t time_s);

/* Appends count records a minute apart; stops at the first error. */
enum wh_err log_rig_append_many(struct log_rig *rig, unsigned count);

/* Fails the test unless the log has what the model says: every record of the capacity by sequence,
 * the range of all times, the count, and entry numbers without a gap. */
void log_rig_check(const struct log_rig *rig);

/* Fails the test unless the range gives what filtering all records gives. */
void log_rig_check_times(const struct log_rig *rig, uint32_t from_s, uint32_t to_s);
void log_rig_check_entries(const struct log_rig *rig, uint32_t oldest_entry, uint32_t newest_entry);

/* Whether what was read is this record, in every bit. */
bool log_rig_is_record(const struct log_rig *rig, const struct log_rig_record *expected,
                       const struct wh_log_record *got, const uint8_t *payload);

/* The lowest sequence that the header promises to keep. */
uint32_t log_rig_promised(const struct log_rig *rig);

#endif
