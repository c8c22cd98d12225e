/* KMP requests and answers: what the bytes between address and CRC mean. Shared by server and
 * client; building requests and reading answers is done here, for a client, without any state.
 *
 * A meter answers only what it fully understands: another address, a wrong CRC, an unknown
 * command or a wrong length get no answer. There is no error frame. Source: 5512-447, section 6,
 * and, where said so, what public reader software shows of the electricity meters. */
#ifndef KMP_MESSAGE_H
#define KMP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "kmp/frame.h"
#include "kmp/value.h"

enum kmp_command {
    KMP_GET_TYPE = 0x01,
    KMP_GET_SERIAL_NUMBER = 0x02,
    KMP_RESET = 0x07,
    KMP_SET_CLOCK = 0x09,
    KMP_GET_REGISTER = 0x10,
    KMP_PUT_REGISTER = 0x11,
    KMP_SET_DISPLAY_YES = 0x86,
    KMP_DEBITING_STOP = 0x88,
    KMP_SET_CUT_OFF = 0x97,
    KMP_GET_CUT_OFF = 0x98,
    KMP_GET_EVENTS = 0x9B,
    KMP_CLEAR_EVENTS = 0x9C,
    KMP_LOG_FROM_TIME = 0xA0,      /* GetLogTimePresent: from a time towards now */
    KMP_LOG_FROM_LAST_READ = 0xA1, /* GetLogLastPresent */
    KMP_LOG_FROM_ID = 0xA2,        /* GetLogIDPresent */
    KMP_LOG_BACK_FROM_TIME = 0xA3, /* GetLogTimePast */
    KMP_GET_VOLTAGE_QUALITY = 0xA7,
    KMP_GET_LOAD_PROFILE = 0xAA,
    KMP_LOGGER = 0xB8, /* newer meters; first data byte is an enum kmp_logger */
};

enum kmp_logger {
    KMP_LOGGER_BACK_FROM_ID = 0x06,
    KMP_LOGGER_BACK_FROM_LAST = 0x07,
};

enum {
    KMP_REGISTERS = 8,         /* in one GetRegister */
    KMP_LOG_REGISTERS = 8,     /* in one A0 … A3 */
    KMP_LOGGER_REGISTERS = 16, /* in one B8; the bound is this library's */
    KMP_REQUEST_DATA = 48,     /* the longest request data of all commands */
};

/* Bits of the info byte that ends an answer of A0 … A3, … */
enum kmp_log_info {
    KMP_LOG_EMPTY = 0x01,
    KMP_LOG_OUT_OF_RANGE = 0x04,
    KMP_LOG_MAX_LENGTH = 0x08, /* records were left out: no room */
    KMP_LOG_END = 0x10,        /* records were left out: there are no more */
};

/* … and of the info word of B8. The two bits of ends are as in recorded answers: 0080 where the
 * newest record is among those returned, 0040 where the oldest is. */
enum kmp_logger_info {
    KMP_LOGGER_EMPTY = 0x0001,
    KMP_LOGGER_OUT_OF_RANGE = 0x0002,
    KMP_LOGGER_UNKNOWN_REGISTER = 0x0008,
    KMP_LOGGER_NOT_ALL = 0x0010,
    KMP_LOGGER_FORMAT_CHANGED = 0x0020,
    KMP_LOGGER_OLDEST = 0x0040,
    KMP_LOGGER_NEWEST = 0x0080,
};

/* Logs of the electricity meters. */
enum kmp_log {
    KMP_LOG_DEBITING = 1,
    KMP_LOG_STATUS = 2,
    KMP_LOG_RTC = 3,
    KMP_LOG_VOLTAGE_QUALITY = 4,
    KMP_LOG_CUT_OFF = 5,
    KMP_LOG_LOAD_PROFILE = 6,
    KMP_LOG_DEBITING_351 = 7,
    KMP_LOG_DEBITING_2 = 8,
    KMP_LOG_TRANSFORMER_RATIO = 9,
    KMP_LOG_LOAD_PROFILE_EVENTS = 10,
    KMP_LOG_ANALYSIS = 11,
    KMP_LOG_NEUTRAL_FAULT = 12,
};

struct kmp_type {
    uint16_t type;           /* 6200h a 382L; see the vendor's table */
    uint8_t revision_letter; /* 1 A … 26 Z, 27 AA … */
    uint8_t revision_number;
};

enum kmp_cut_off_command {
    KMP_DISCONNECT = 1, /* always allowed */
    KMP_RELEASE = 2,    /* only in state KMP_CUT_OFF_BY_COMMAND */
    KMP_RECONNECT = 3,  /* only in state KMP_CUT_OFF_RELEASED */
};

enum kmp_cut_off_state {
    KMP_CUT_OFF_NO_BREAKER = 0,
    KMP_CUT_OFF_BY_COMMAND = 1,
    KMP_CUT_OFF_CONNECTED = 4,
    KMP_CUT_OFF_WARNING = 5,
    KMP_CUT_OFF_BY_SMART_DISCONNECT = 6,
    KMP_CUT_OFF_BY_PREPAYMENT = 7,
    KMP_CUT_OFF_RELEASED = 8,
    KMP_CUT_OFF_LOW_LIMIT_EXPIRED = 9,
    KMP_CUT_OFF_BY_BUTTON = 11,
};

struct kmp_cut_off {
    uint8_t state;    /* enum kmp_cut_off_state */
    uint8_t feedback; /* bits 0-2 voltage behind the breaker L1-L3, 3 those are valid, 4 breaker
                         answers, 5 high threshold, 6 transition pending, 7 switch error */
};

struct kmp_events {
    uint8_t status[4]; /* ES0 … ES3 */
};

/* Bits of ES0 and ES1. ES2 has one bit for each log with records not read. */
enum kmp_event {
    KMP_ES0_RESET = 0x01,
    KMP_ES0_EEPROM = 0x02,
    KMP_ES0_MAGNET = 0x04,
    KMP_ES0_RAM = 0x08,
    KMP_ES0_ROM = 0x10,
    KMP_ES0_ALARM_INPUT = 0x20,
    KMP_ES0_COVER = 0x40,
    KMP_ES0_AUXILIARY_SUPPLY = 0x80,
    KMP_ES1_FORCED_CALL = 0x02,
};

/* The bit of ES2 that stands for a log; 0 for a log without one. */
uint8_t kmp_event_bit(uint8_t log);

struct kmp_load_profile {
    uint8_t energies; /* bit 0 A+, 1 A-, 2 R+, 3 R- */
    uint8_t interval_min;
    uint8_t size; /* bit 7 on; bits 0-1 size code of the meter */
};

struct kmp_voltage_quality {
    uint16_t low_v, high_v;
    uint8_t duration_10s; /* least duration in units of 10 s */
};

/* ---- Requests -------------------------------------------------------------------------------- */

struct kmp_request {
    uint8_t cid;
    bool is_acknowledged; /* answered by 06, not by a frame */
    bool is_once;         /* doing it twice is not doing it once: never repeated by itself */
    uint8_t length;
    uint8_t data[KMP_REQUEST_DATA];
};

/* Which records of a log, and which registers of each. */
struct kmp_log_query {
    uint8_t command; /* KMP_LOG_FROM_TIME … KMP_LOG_BACK_FROM_TIME */
    uint8_t log;
    uint8_t register_count; /* 0 … KMP_LOG_REGISTERS: with none only record IDs come */
    uint8_t record_count;
    uint8_t max_length; /* of the answer from CID to info, in bytes */
    const uint16_t *registers;
    uint16_t record_id;  /* KMP_LOG_FROM_ID */
    uint16_t id_offset;  /* KMP_LOG_BACK_FROM_TIME: so many records further back */
    struct kmp_rtc time; /* the two commands with a time */
};

struct kmp_logger_query {
    uint8_t command; /* enum kmp_logger */
    uint8_t log;
    uint8_t register_count; /* 1 … KMP_LOGGER_REGISTERS */
    uint16_t record_count;
    const uint16_t *registers;
    uint32_t record_id; /* KMP_LOGGER_BACK_FROM_ID */
    uint16_t offset;    /* KMP_LOGGER_BACK_FROM_LAST: records back from the newest; stops at the
                           oldest */
};

/* A command without data: type, serial number, reset, display, debiting stop, state of the breaker,
 * events, voltage quality and load profile. WH_ERR_ARGUMENT for any other. */
enum wh_err kmp_request_plain(struct kmp_request *request, uint8_t command);

/* WH_ERR_ARGUMENT unless rtc is real. Weekday and status are not carried. */
enum wh_err kmp_request_set_clock(struct kmp_request *request, const struct kmp_rtc *rtc);

/* 1 … KMP_REGISTERS ids, else WH_ERR_ARGUMENT. */
enum wh_err kmp_request_registers(struct kmp_request *request, const uint16_t *ids, size_t count);

/* WH_ERR_ARGUMENT as kmp_value_encode. */
enum wh_err kmp_request_put(struct kmp_request *request, uint16_t password, uint16_t id,
                            const struct kmp_value *value);

enum wh_err kmp_request_cut_off(struct kmp_request *request, enum kmp_cut_off_command command);

/* Clears events: bits of if_gone when their cause is gone, bits of always in any case. A log bit
 * moves that log's last-read pointer to what was read. */
void kmp_request_clear_events(struct kmp_request *request, const struct kmp_events *if_gone,
                              const struct kmp_events *always);

/* WH_ERR_ARGUMENT for a command or count out of range, or a time that is not real. */
enum wh_err kmp_request_log(struct kmp_request *request, const struct kmp_log_query *query);
enum wh_err kmp_request_logger(struct kmp_request *request, const struct kmp_logger_query *query);

/* ---- Answers --------------------------------------------------------------------------------
 *
 * Each takes a frame received and gives WH_ERR_FORMAT when it is not such an answer, whole and
 * nothing more. */

enum wh_err kmp_answer_type(const struct kmp_frame *frame, struct kmp_type *type);
enum wh_err kmp_answer_serial_number(const struct kmp_frame *frame, uint32_t *serial_number);
enum wh_err kmp_answer_cut_off(const struct kmp_frame *frame, struct kmp_cut_off *cut_off);
enum wh_err kmp_answer_events(const struct kmp_frame *frame, struct kmp_events *events);
enum wh_err kmp_answer_load_profile(const struct kmp_frame *frame,
                                    struct kmp_load_profile *profile);
enum wh_err kmp_answer_voltage_quality(const struct kmp_frame *frame,
                                       struct kmp_voltage_quality *quality);

/* Walks the registers of an answer to GetRegister: set *offset to 0 first. WH_OK: *id and *value
 * are the next. WH_ERR_NOT_FOUND: there are no more. WH_ERR_FORMAT, WH_ERR_UNSUPPORTED: as
 * kmp_value_decode. Registers that the meter does not know are not there. */
enum wh_err kmp_answer_register(const struct kmp_frame *frame, size_t *offset, uint16_t *id,
                                struct kmp_value *value);

/* An answer to A0 … A3 or B8 (KMP_LOGGER_BACK_…), checked as a whole, and a place in it. */
struct kmp_log_answer {
    uint8_t command; /* the CID */
    uint8_t log;
    uint8_t register_count;
    uint16_t record_count;
    uint16_t info;      /* enum kmp_log_info, or enum kmp_logger_info for B8 */
    uint32_t last_id;   /* of the last record here; without records the meter's pointer, 0 in B8 */
    uint32_t newest_id; /* in the meter */
    uint16_t registers[KMP_LOGGER_REGISTERS];
    /* internal */
    uint8_t formats[KMP_LOGGER_REGISTERS][3];
    const uint8_t *values;
    uint32_t next_id;
    uint16_t record_length;
    uint16_t left;
};

/* WH_ERR_UNSUPPORTED: more registers or longer values than there is room for. Answers of A0 … A3 do
 * not say how many records they have; the count comes from the length. An answer with an error bit
 * in info may be shorter; its last byte is the info then, and it has no records. */
enum wh_err kmp_answer_log(const struct kmp_frame *frame, struct kmp_log_answer *answer);

/* The next record: its ID, and a value for each of answer->registers. WH_ERR_NOT_FOUND at the
 * end. */
enum wh_err kmp_answer_log_next(struct kmp_log_answer *answer, uint32_t *record_id,
                                struct kmp_value values[KMP_LOGGER_REGISTERS]);

#endif
