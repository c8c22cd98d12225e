/* A reader's side of IEC 62056-21, modes A, B, C and E: sign-on, read-out, programming mode,
 * hand-over to HDLC. Bytes in, bytes out, time handed in; the speed and format of the port are
 * told, not set.
 *
 *     iec21_reader_start(&reader, &plan, now_ms);
 *     while (iec21_reader_run(&reader, now_ms) == IEC21_READER_BUSY) {
 *         set the port to iec21_reader_line, send what iec21_reader_output gives once it is set,
 *         feed what comes to iec21_reader_input
 *     }
 *
 * A read-out ends in IEC21_READER_DATA; programming mode begins with IEC21_READER_CHALLENGE, and
 * then every iec21_reader_command is waited for in the same way. No allocation, no globals. */
#ifndef IEC21_READER_H
#define IEC21_READER_H

#include "common/err.h"
#include "iec62056_21/data_set.h"
#include "iec62056_21/line.h"
#include "iec62056_21/message.h"

#define IEC21_READER_LIST(X)                                                                       \
    X(IEC21_READER_IDLE, "nothing was asked")                                                      \
    X(IEC21_READER_BUSY, "waiting for the meter")                                                  \
    X(IEC21_READER_DATA, "data")                                                                   \
    X(IEC21_READER_MORE_DATA, "a part of the data; more follows")                                  \
    X(IEC21_READER_CHALLENGE, "the meter asks for a password")                                     \
    X(IEC21_READER_ACKNOWLEDGED, "acknowledged")                                                   \
    X(IEC21_READER_ENDED, "the session is over")                                                   \
    X(IEC21_READER_HANDED_OVER, "the line belongs to HDLC")                                        \
    X(IEC21_READER_REFUSED, "the meter answers with an error message")                             \
    X(IEC21_READER_BROKEN_OFF, "the meter breaks off: the password is wrong")                      \
    X(IEC21_READER_NO_ANSWER, "no answer")                                                         \
    X(IEC21_READER_DAMAGED, "the answer was damaged")                                              \
    X(IEC21_READER_TOO_LONG, "the answer is longer than the buffer")                               \
    X(IEC21_READER_NOT_OFFERED, "the meter does not offer this mode")                              \
    X(IEC21_READER_UNEXPECTED, "the meter answers with something else")

enum iec21_reader_state {
#define IEC21_READER_ENUM(name, text) name,
    IEC21_READER_LIST(IEC21_READER_ENUM)
#undef IEC21_READER_ENUM
        IEC21_READER_STATES
};

/* The text of a state, in static storage. */
const char *iec21_reader_text(enum iec21_reader_state state);

enum iec21_purpose {
    IEC21_READ_OUT,          /* the fastest way the meter offers */
    IEC21_READ_OUT_AT_START, /* without option select, at the sign-on speed: mode A of any meter */
    IEC21_PROGRAM,
    IEC21_MAKER, /* maker's mode, option 6 */
    IEC21_TO_HDLC,
};

struct iec21_plan {
    enum iec21_purpose purpose;
    uint32_t start_baud;   /* of the sign-on: 300, or 9600 with meters that take it */
    uint32_t fastest_baud; /* of this reader's port, one of iec21_speed */
    char address[IEC21_DEVICE_ADDRESS + 1]; /* "" for any meter */
};

struct iec21_reader_setup {
    enum iec21_coding coding; /* not IEC21_FOLLOW */
    uint8_t tries;            /* how often each message goes out at most; 0 as 1 */
    uint16_t answer_ms; /* longest wait for an answer's first character; 2000 leaves room for Tr */
    uint16_t character_ms; /* longest pause inside an answer, 1500 */
    uint16_t reaction_ms;  /* pause before sending: 200, or 20 with a flag like "KAm" */
    char *buffer;          /* the caller's: the longest block and a NUL; 4 KiB for a read-out */
    size_t size;
};

enum {
    IEC21_COMMAND_SIZE = 600, /* 40 identifiers in one W5 fit */
    IEC21_HAND_OVER_MS = 300, /* the meter's time to confirm and to switch */
};

/* Internal. */
struct iec21_reader {
    struct iec21_reader_setup setup;
    struct iec21_plan plan;
    struct iec21_identification identification;
    struct iec21_receiver receiver;
    struct iec21_message message;
    struct iec21_line line;
    enum iec21_reader_state state;
    enum iec21_reader_state fault; /* of the last try */
    uint8_t phase;
    uint8_t tries_left;
    bool is_sending;
    bool is_once;
    bool is_silent_after; /* the message has no answer */
    uint32_t next_baud;   /* when all is sent; 0: as it is */
    uint32_t ready_ms;
    uint32_t last_ms;
    size_t length;
    size_t at;
    char command[IEC21_COMMAND_SIZE];
};

/* setup's buffer stays the caller's and in place as long as the reader is used. WH_ERR_ARGUMENT:
 * it is smaller than 64, or the coding is to follow. */
enum wh_err iec21_reader_init(struct iec21_reader *reader, const struct iec21_reader_setup *setup);

/* Begins with a sign-on; drops what was under way. WH_ERR_ARGUMENT: an address or speed that cannot
 * be. */
enum wh_err iec21_reader_start(struct iec21_reader *reader, const struct iec21_plan *plan,
                               uint32_t now_ms);

/* Sends a command in programming mode: code "P1", "R1", "W5" …, and its data, "131.0.3()" or
 * "(12345)". Answers: ACKNOWLEDGED, DATA, MORE_DATA, REFUSED, BROKEN_OFF. Of commands only those
 * that read (R) and give a password (P) are repeated when no answer comes. WH_ERR_STATE: no
 * session is open, or an answer is still waited for. WH_ERR_SPACE: too long. WH_ERR_ARGUMENT:
 * the code is none. */
enum wh_err iec21_reader_command(struct iec21_reader *reader, const char *code, const char *data,
                                 uint32_t now_ms);

/* After MORE_DATA: asks for the next part. WH_ERR_STATE otherwise. */
enum wh_err iec21_reader_go_on(struct iec21_reader *reader, uint32_t now_ms);

/* Ends programming mode (B0); state ENDED when it is sent. WH_ERR_STATE: no session is open. */
enum wh_err iec21_reader_end(struct iec21_reader *reader, uint32_t now_ms);

/* Writes bytes for the line to out, at most size; returns how many. */
size_t iec21_reader_output(struct iec21_reader *reader, uint32_t now_ms, uint8_t *out, size_t size);

/* Takes bytes from the line. What comes while the reader sends is its echo. */
void iec21_reader_input(struct iec21_reader *reader, const uint8_t *data, size_t length,
                        uint32_t now_ms);

/* Lets time pass: repeats or gives up. Returns the state. */
enum iec21_reader_state iec21_reader_run(struct iec21_reader *reader, uint32_t now_ms);

/* What the port is to be set to, once all bytes given out before have left. */
struct iec21_line iec21_reader_line(const struct iec21_reader *reader);

/* Who answered; its type is "" before. */
const struct iec21_identification *iec21_reader_identification(const struct iec21_reader *reader);

/* The block of DATA, MORE_DATA, CHALLENGE and REFUSED (its text with brackets), NUL-terminated;
 * valid until the next call that sends. Its check was right. */
const char *iec21_reader_block(const struct iec21_reader *reader, size_t *length);

#endif
