/* A-XDR, the encoding of COSEM data and of xDLMS APDUs (5-3; IEC 61334-6): a writer and a reader.
 *
 * Neither allocates, recurses or touches a byte outside what it was given.
 */
#ifndef DLMS_AXDR_H
#define DLMS_AXDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

/* Tags of the Data CHOICE, 5-3. */
enum dlms_tag {
    DLMS_TAG_NULL = 0,
    DLMS_TAG_ARRAY = 1,
    DLMS_TAG_STRUCTURE = 2,
    DLMS_TAG_BOOL = 3,
    DLMS_TAG_BIT_STRING = 4,
    DLMS_TAG_I32 = 5,
    DLMS_TAG_U32 = 6,
    DLMS_TAG_OCTET_STRING = 9,
    DLMS_TAG_VISIBLE_STRING = 10,
    DLMS_TAG_UTF8_STRING = 12,
    DLMS_TAG_BCD = 13,
    DLMS_TAG_I8 = 15,
    DLMS_TAG_I16 = 16,
    DLMS_TAG_U8 = 17,
    DLMS_TAG_U16 = 18,
    DLMS_TAG_COMPACT_ARRAY = 19,
    DLMS_TAG_I64 = 20,
    DLMS_TAG_U64 = 21,
    DLMS_TAG_ENUM = 22,
    DLMS_TAG_FLOAT32 = 23,
    DLMS_TAG_FLOAT64 = 24,
    DLMS_TAG_DATE_TIME = 25,
    DLMS_TAG_DATE = 26,
    DLMS_TAG_TIME = 27,
    DLMS_TAG_DONT_CARE = 255,
};

/* Where a value is unspecified, all fields of a date-time say so with their own number, 6-2. */
enum {
    DLMS_YEAR_UNSPECIFIED = 0xFFFF,
    DLMS_UNSPECIFIED = 0xFF,
    DLMS_DEVIATION_UNSPECIFIED = -32768,
    DLMS_CLOCK_INVALID = 0x01,         /* clock status bit 0 */
    DLMS_CLOCK_DAYLIGHT_SAVING = 0x80, /* clock status bit 7 */
};

/* COSEM date-time, 6-2. deviation is UTC minus local time in minutes, summer time included. */
struct dlms_date_time {
    uint16_t year;
    uint8_t month;   /* 1 … 12 */
    uint8_t day;     /* 1 … 31 */
    uint8_t weekday; /* 1 Monday … 7 Sunday */
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    uint8_t hundredths;
    int16_t deviation;
    uint8_t status;
};

/* ---- Writer ----------------------------------------------------------------------------------
 *
 * A window on the output: of everything written, the bytes skip … skip + size - 1 are stored in
 * data[0 …], the rest is only counted. An ordinary bounded buffer is the window with skip 0, and
 * has overflowed when total > size. A long answer is produced piece by piece by writing it several
 * times with a growing skip; check then tells whether the bytes left out were those sent before.
 *
 * The struct is a value: a copy taken before a piece of writing and put back later takes that piece
 * out again, since nothing before it is ever changed.
 */
struct dlms_writer {
    uint8_t *data; /* room for size bytes, not owned */
    size_t size;
    size_t skip;    /* bytes to leave out at the start */
    size_t total;   /* bytes written so far, stored or not */
    uint32_t check; /* dlms_check over the bytes left out at the start */
    uint8_t
        rows; /* enum dlms_rows_form (rows.h) that the reader of it wants; for who writes rows */
};

/* A checksum of 32 bits, quick to make: a polynomial of the bytes in an odd number. The value for no bytes, and
 * that value continued over length bytes. */
#define DLMS_CHECK_START 2166136261u
uint32_t dlms_check(uint32_t check, const uint8_t *data, size_t length);

/* A writer that fills data[0 … size-1]. */
struct dlms_writer dlms_writer(uint8_t *data, size_t size);

/* Some of what was written lies behind the window. */
bool dlms_writer_overflowed(const struct dlms_writer *writer);

/* Plain bytes, big-endian integers and lengths (shortest form, 5-3), as APDUs carry them: no tag.
 */
void dlms_raw_u8(struct dlms_writer *writer, uint8_t value);
void dlms_raw_u16(struct dlms_writer *writer, uint16_t value);
void dlms_raw_u32(struct dlms_writer *writer, uint32_t value);
void dlms_raw_bytes(struct dlms_writer *writer, const void *data, size_t length);
void dlms_raw_length(struct dlms_writer *writer, size_t length);

/* Data: tag and contents. After array and structure the caller writes count elements. */
void dlms_put_null(struct dlms_writer *writer);
void dlms_put_array(struct dlms_writer *writer, size_t count);
void dlms_put_structure(struct dlms_writer *writer, size_t count);
void dlms_put_bool(struct dlms_writer *writer, bool value);
/* bit_count bits, the first in the most significant bit of data[0]; (bit_count + 7) / 8 bytes. */
void dlms_put_bit_string(struct dlms_writer *writer, const uint8_t *data, size_t bit_count);
void dlms_put_i8(struct dlms_writer *writer, int8_t value);
void dlms_put_i16(struct dlms_writer *writer, int16_t value);
void dlms_put_i32(struct dlms_writer *writer, int32_t value);
void dlms_put_i64(struct dlms_writer *writer, int64_t value);
void dlms_put_u8(struct dlms_writer *writer, uint8_t value);
void dlms_put_u16(struct dlms_writer *writer, uint16_t value);
void dlms_put_u32(struct dlms_writer *writer, uint32_t value);
void dlms_put_u64(struct dlms_writer *writer, uint64_t value);
void dlms_put_enum(struct dlms_writer *writer, uint8_t value);
void dlms_put_octet_string(struct dlms_writer *writer, const void *data, size_t length);
/* text is NUL-terminated; the NUL is not sent. */
void dlms_put_visible_string(struct dlms_writer *writer, const char *text);
/* A date-time as attributes carry it: an octet-string of 12, 6-2. */
void dlms_put_date_time(struct dlms_writer *writer, const struct dlms_date_time *time);
/* scal_unit_type, 6-2: the value counts in 10^scaler units; unit is a code of 6-2 (30 Wh, 255
 * none). */
void dlms_put_scaler_unit(struct dlms_writer *writer, int8_t scaler, uint8_t unit);

/* ---- Reader ----------------------------------------------------------------------------------
 *
 * Takes bytes from the front of what is left. The first failure sticks: from then on everything
 * read is zero or absent and nothing is left, so a caller may read a whole element and ask once.
 */
struct dlms_reader {
    const uint8_t *data; /* what is left; not owned */
    size_t length;
    bool failed;
};

/* One element of Data. Containers give their count only; their elements are the next values. */
struct dlms_value {
    uint8_t tag;     /* enum dlms_tag */
    size_t count;    /* array, structure: elements; bit-string: bits */
    int64_t integer; /* bool, enum, bcd and every signed integer and unsigned up to 32 bits */
    uint64_t bits;   /* integers as unsigned 64 bits; floats as their IEEE 754 pattern */
    struct dlms_span bytes; /* strings, date-time, date, time; compact-array: its contents */
};

struct dlms_reader dlms_reader(const uint8_t *data, size_t length);

/* Every byte was used and nothing failed. */
bool dlms_reader_done(const struct dlms_reader *reader);

/* Makes the reader fail: for a caller that finds a value it cannot accept. */
void dlms_reader_fail(struct dlms_reader *reader);

uint8_t dlms_read_u8(struct dlms_reader *reader);
uint16_t dlms_read_u16(struct dlms_reader *reader);
uint32_t dlms_read_u32(struct dlms_reader *reader);
/* An A-XDR or BER definite length of up to 4 octets; longer forms fail. */
size_t dlms_read_length(struct dlms_reader *reader);
/* The next length bytes; they stay where they are. */
struct dlms_span dlms_read_bytes(struct dlms_reader *reader, size_t length);

/* The next tag and, for anything that is not a container, its contents. Fails on an unknown tag. A
 * container that announces more elements than bytes are left fails at once. */
struct dlms_value dlms_read_value(struct dlms_reader *reader);

/* The same for a value whose tag stands elsewhere, as in a compact array. No containers. */
struct dlms_value dlms_read_untagged(struct dlms_reader *reader, uint8_t tag);

/* Passes over one Data of any nesting and returns the bytes it took. Nesting costs no memory. */
struct dlms_span dlms_skip_data(struct dlms_reader *reader);

/* The 12 octets of a date-time. False, time untouched, when there are not exactly 12; the fields
 * are not judged. */
bool dlms_date_time_parse(struct dlms_span bytes, struct dlms_date_time *time);

#endif
