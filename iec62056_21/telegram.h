/* Read-outs that a meter sends by itself, without sign-on: mode D of IEC 62056-21 (2400 Bd, one
 * way, when a sensor at the meter is touched), and what the family calls mode D0, every so many
 * seconds. Bytes in; a telegram is
 *
 *     /XXXZ text CR LF                      who sends
 *     [CR LF] data sets, each with CR LF    or the same between STX and ETX BCC
 *     ! CR LF                               what stands behind "!" is passed over
 *
 * Without STX nothing is checked but parity, and values that matter should be read twice. No
 * allocation, no globals. */
#ifndef IEC21_TELEGRAM_H
#define IEC21_TELEGRAM_H

#include "iec62056_21/message.h"

enum {
    IEC21_TELEGRAM_BAUD = 2400, /* of mode D; D0 has it as default */
    IEC21_TELEGRAM_MIN = 64,    /* size of the least buffer */
};

enum iec21_telegram_state {
    IEC21_TELEGRAM_NONE, /* no telegram is complete */
    IEC21_TELEGRAM_READY,
    IEC21_TELEGRAM_DAMAGED, /* wrong parity or check */
    IEC21_TELEGRAM_TOO_LONG,
};

/* Internal, but for the last two. */
struct iec21_telegram {
    char *buffer;
    size_t size;
    size_t length;
    enum iec21_coding coding;
    uint8_t phase;
    uint8_t bcc;
    bool has_check; /* STX came */
    bool is_damaged;
    bool is_too_long;
    size_t line;                                /* where the present line begins */
    struct iec21_identification identification; /* of a telegram that is ready */
    const char *block;                          /* its data sets, NUL-terminated, in the buffer */
};

/* buffer, of size octets, stays the caller's and in place: the longest telegram and a NUL. coding
 * is not IEC21_FOLLOW. WH_ERR_ARGUMENT: smaller than IEC21_TELEGRAM_MIN, or that coding. */
enum wh_err iec21_telegram_init(struct iec21_telegram *telegram, enum iec21_coding coding,
                                char *buffer, size_t size);

/* Takes bytes up to the end of a telegram; *taken says how many. One that was sent halfway when
 * somebody began to listen, or that breaks off in a new one, is nothing. After READY identification
 * and block are valid until the next call, which begins anew. */
enum iec21_telegram_state iec21_telegram_feed(struct iec21_telegram *telegram, const uint8_t *data,
                                              size_t length, size_t *taken);

/* Octets in the block of a telegram that is ready. */
size_t iec21_telegram_length(const struct iec21_telegram *telegram);

#endif
