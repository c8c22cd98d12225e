/* A KMP meter's side of the line: bytes in, bytes out. Behind it stands the meter as a table of
 * functions; the server knows frames, commands and their rules, the meter knows values.
 *
 *     feed bytes with kmp_server_input, then pull with kmp_server_output until it gives 0
 *
 * Served: 01, 02, 07, 09, 10, 11, 86, 88, 97, 98, 9B, 9C, A0 … A3, A7, AA, and B8 with its commands
 * 06 and 07. Everything that is not a whole, valid and known request for this address stays
 * unanswered and changes nothing. No allocation, no globals; safe against any bytes.
 */
#ifndef KMP_SERVER_H
#define KMP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmp/message.h"

enum {
    KMP_SERVER_REQUEST_SIZE = KMP_REQUEST_DATA + KMP_FRAME_OVERHEAD,
    /* Room for eight registers of the largest size: with it GetRegister always has an answer. */
    KMP_SERVER_ANSWER_MIN = KMP_FRAME_OVERHEAD + KMP_REGISTERS * (5 + KMP_VALUE_SIZE),
    KMP_SERVER_LOGS = 10, /* log numbers below this have a last-read pointer */
};

/* Records that a log holds now. IDs rise by one a record; classic commands show the low 16 bits. */
struct kmp_log_range {
    uint32_t count; /* 0: the log is empty, and the IDs mean nothing */
    uint32_t newest_id;
    uint32_t last_read_id; /* newest ID when nothing is unread */
};

/* The meter. Every function gets the context of the set-up. Any result but WH_OK means that the
 * command is refused and nothing was done; then there is no answer. A function that is NULL is a
 * command this meter does not have. */
struct kmp_meter {
    enum wh_err (*type)(void *context, struct kmp_type *type);
    enum wh_err (*serial_number)(void *context, uint32_t *serial_number);

    /* A register not here or without a value now is left out of the answer. */
    enum wh_err (*read_register)(void *context, uint16_t id, struct kmp_value *value);
    enum wh_err (*put_register)(void *context, uint16_t password, uint16_t id,
                                const struct kmp_value *value);

    /* time is real (kmp_rtc_is_real); its weekday is 0 and its status too: the meter's local
     * time. */
    enum wh_err (*set_clock)(void *context, const struct kmp_rtc *time);

    /* These are acknowledged first and may take effect when kmp_server_output has given 0. */
    enum wh_err (*reset)(void *context);
    enum wh_err (*set_display)(void *context);
    enum wh_err (*debiting_stop)(void *context);

    enum wh_err (*cut_off)(void *context, struct kmp_cut_off *cut_off);
    /* Called only with a command that the state allows. */
    enum wh_err (*set_cut_off)(void *context, enum kmp_cut_off_command command);

    enum wh_err (*events)(void *context, struct kmp_events *events);
    enum wh_err (*clear_events)(void *context, const struct kmp_events *if_gone,
                                const struct kmp_events *always);
    enum wh_err (*load_profile)(void *context, struct kmp_load_profile *profile);
    enum wh_err (*voltage_quality)(void *context, struct kmp_voltage_quality *quality);

    /* Without this one there are no logs. */
    enum wh_err (*log_range)(void *context, uint8_t log, struct kmp_log_range *range);
    /* Finds by time stamp: towards now the oldest record not before time, towards the past the
     * newest not after it. WH_ERR_NOT_FOUND if there is none. */
    enum wh_err (*log_find)(void *context, uint8_t log, const struct kmp_rtc *time,
                            bool is_towards_past, uint32_t *record_id);
    /* Reads the registers of one record; the unit of those the log does not hold becomes
     * KMP_UNIT_ABSENT. Any error: the record is unreadable and is passed over. */
    enum wh_err (*log_record)(void *context, uint8_t log, uint32_t record_id,
                              const uint16_t *registers, size_t count, struct kmp_value *values);
    /* Moves the last-read pointer forward; kept by the meter. */
    enum wh_err (*log_mark_read)(void *context, uint8_t log, uint32_t record_id);
};

/* All pointers are the caller's and stay in place as long as the server is used. */
struct kmp_server_setup {
    const struct kmp_meter *meter;
    void *context;
    uint8_t address;    /* usually KMP_ADDRESS_METER */
    uint16_t gap_ms;    /* KMP_GAP_MS on a line; on TCP a few seconds; 0: never */
    uint8_t *answer;    /* where answers are made */
    size_t answer_size; /* at least KMP_SERVER_ANSWER_MIN; log read-outs use all they get */
};

/* Internal. */
struct kmp_server {
    struct kmp_server_setup setup;
    struct kmp_receiver receiver;
    struct kmp_transmitter transmitter;
    bool is_answering;
    uint16_t read_logs;                 /* bit n: read_ids[n] holds */
    uint32_t read_ids[KMP_SERVER_LOGS]; /* newest record read out since it was last marked */
    uint8_t request[KMP_SERVER_REQUEST_SIZE];
};

/* WH_ERR_ARGUMENT: the answer buffer is too small. */
enum wh_err kmp_server_init(struct kmp_server *server, const struct kmp_server_setup *setup);

/* Takes bytes from the line and carries out a request they complete; returns how many were
 * taken. Fewer than length means that an answer waits to be pulled: feed the rest afterwards, or
 * drop it, as a meter on a half-duplex line does. now_ms: when the bytes came. */
size_t kmp_server_input(struct kmp_server *server, const uint8_t *data, size_t length,
                        uint32_t now_ms);

/* Writes the next bytes of the answer, at most size; returns how many, 0 when there are none. */
size_t kmp_server_output(struct kmp_server *server, uint8_t *out, size_t size);

/* A request is coming in, or an answer waits to be pulled. */
bool kmp_server_is_busy(const struct kmp_server *server, uint32_t now_ms);

#endif
