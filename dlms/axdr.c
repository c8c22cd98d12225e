/* A-XDR writer and reader. One table says what follows each tag; everything else is built on it.
 * Invariant of the writer: bytes before total never change, so a copied writer can be put back.
 * Invariant of the reader: length never exceeds what was given, and is 0 after a failure. */
#include "dlms/axdr.h"

#include <string.h>

#include "dlms/bytes.h"

/* ---- Writer ---- */

#define M1 2654435761u
#define M2 (M1 * M1)
#define M3 (M2 * M1)
#define M4 (M3 * M1)

static uint32_t check_byte(uint32_t check, uint8_t byte)
{
    return (check + byte) * M1;
}

/* Four bytes wait for one product. */
uint32_t dlms_check(uint32_t check, const uint8_t *data, size_t length)
{
    for (; length >= 4; length -= 4, data += 4) {
        check = (check + data[0]) * M4 + data[1] * M3 + data[2] * M2 + data[3] * M1;
    }
    while (length-- > 0) {
        check = check_byte(check, *data++);
    }
    return check;
}

struct dlms_writer dlms_writer(uint8_t *data, size_t size)
{
    return (struct dlms_writer){.data = data, .size = size, .check = DLMS_CHECK_START};
}

bool dlms_writer_overflowed(const struct dlms_writer *writer)
{
    return writer->total > writer->skip && writer->total - writer->skip > writer->size;
}

void dlms_raw_u8(struct dlms_writer *writer, uint8_t value)
{
    if (writer->total < writer->skip) {
        writer->check = check_byte(writer->check, value);
    } else if (writer->total - writer->skip < writer->size) {
        writer->data[writer->total - writer->skip] = value;
    }
    writer->total++;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* In front of the window, in it, behind it. */
void dlms_raw_bytes(struct dlms_writer *writer, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t left = length;
    if (writer->total < writer->skip) {
        const size_t before = least(writer->skip - writer->total, length);
        writer->check = dlms_check(writer->check, bytes, before);
        bytes += before;
        left -= before;
    }
    writer->total += length;
    if (left > 0) {
        const size_t at = writer->total - left - writer->skip;
        const size_t room = at < writer->size ? writer->size - at : 0;
        if (room > 0) {
            memcpy(writer->data + at, bytes, least(left, room));
        }
    }
}

/* The width ≤ 4 low bytes of value, most significant first. */
static void raw_integer(struct dlms_writer *writer, uint32_t value, unsigned width)
{
    uint8_t bytes[4];
    dlms_store_u32(bytes, value);
    dlms_raw_bytes(writer, bytes + 4 - width, width);
}

void dlms_raw_u16(struct dlms_writer *writer, uint16_t value)
{
    raw_integer(writer, value, 2);
}

void dlms_raw_u32(struct dlms_writer *writer, uint32_t value)
{
    raw_integer(writer, value, 4);
}

void dlms_raw_length(struct dlms_writer *writer, size_t length)
{
    if (length < 0x80) {
        dlms_raw_u8(writer, (uint8_t)length);
        return;
    }
    const unsigned width = length <= 0xFF ? 1 : length <= 0xFFFF ? 2 : 4;
    dlms_raw_u8(writer, (uint8_t)(0x80 | width));
    raw_integer(writer, (uint32_t)length, width);
}

/* Tag and value in one piece, so that the window is looked at once. */
static void put_integer(struct dlms_writer *writer, enum dlms_tag tag, uint32_t value,
                        unsigned width)
{
    uint8_t bytes[1 + 4];
    dlms_store_u32(bytes + 1, value);
    bytes[4 - width] = (uint8_t)tag;
    dlms_raw_bytes(writer, bytes + 4 - width, 1 + width);
}

static void put_wide(struct dlms_writer *writer, enum dlms_tag tag, uint64_t value)
{
    put_integer(writer, tag, (uint32_t)(value >> 32), 4);
    dlms_raw_u32(writer, (uint32_t)value);
}

static void put_counted(struct dlms_writer *writer, enum dlms_tag tag, size_t count)
{
    dlms_raw_u8(writer, (uint8_t)tag);
    dlms_raw_length(writer, count);
}

void dlms_put_null(struct dlms_writer *writer)
{
    dlms_raw_u8(writer, DLMS_TAG_NULL);
}

void dlms_put_array(struct dlms_writer *writer, size_t count)
{
    put_counted(writer, DLMS_TAG_ARRAY, count);
}

void dlms_put_structure(struct dlms_writer *writer, size_t count)
{
    put_counted(writer, DLMS_TAG_STRUCTURE, count);
}

void dlms_put_bool(struct dlms_writer *writer, bool value)
{
    put_integer(writer, DLMS_TAG_BOOL, value, 1);
}

void dlms_put_bit_string(struct dlms_writer *writer, const uint8_t *data, size_t bit_count)
{
    put_counted(writer, DLMS_TAG_BIT_STRING, bit_count);
    dlms_raw_bytes(writer, data, (bit_count + 7) / 8);
}

void dlms_put_i8(struct dlms_writer *writer, int8_t value)
{
    put_integer(writer, DLMS_TAG_I8, (uint32_t)value, 1);
}

void dlms_put_i16(struct dlms_writer *writer, int16_t value)
{
    put_integer(writer, DLMS_TAG_I16, (uint32_t)value, 2);
}

void dlms_put_i32(struct dlms_writer *writer, int32_t value)
{
    put_integer(writer, DLMS_TAG_I32, (uint32_t)value, 4);
}

void dlms_put_i64(struct dlms_writer *writer, int64_t value)
{
    put_wide(writer, DLMS_TAG_I64, (uint64_t)value);
}

void dlms_put_u8(struct dlms_writer *writer, uint8_t value)
{
    put_integer(writer, DLMS_TAG_U8, value, 1);
}

void dlms_put_u16(struct dlms_writer *writer, uint16_t value)
{
    put_integer(writer, DLMS_TAG_U16, value, 2);
}

void dlms_put_u32(struct dlms_writer *writer, uint32_t value)
{
    put_integer(writer, DLMS_TAG_U32, value, 4);
}

void dlms_put_u64(struct dlms_writer *writer, uint64_t value)
{
    put_wide(writer, DLMS_TAG_U64, value);
}

void dlms_put_enum(struct dlms_writer *writer, uint8_t value)
{
    put_integer(writer, DLMS_TAG_ENUM, value, 1);
}

void dlms_put_octet_string(struct dlms_writer *writer, const void *data, size_t length)
{
    put_counted(writer, DLMS_TAG_OCTET_STRING, length);
    dlms_raw_bytes(writer, data, length);
}

void dlms_put_visible_string(struct dlms_writer *writer, const char *text)
{
    const size_t length = strlen(text);
    put_counted(writer, DLMS_TAG_VISIBLE_STRING, length);
    dlms_raw_bytes(writer, text, length);
}

void dlms_put_date_time(struct dlms_writer *writer, const struct dlms_date_time *time)
{
    const uint16_t deviation = (uint16_t)time->deviation;
    const uint8_t bytes[] = {DLMS_TAG_OCTET_STRING,
                             12,
                             (uint8_t)(time->year >> 8),
                             (uint8_t)time->year,
                             time->month,
                             time->day,
                             time->weekday,
                             time->hour,
                             time->minute,
                             time->second,
                             time->hundredths,
                             (uint8_t)(deviation >> 8),
                             (uint8_t)deviation,
                             time->status};
    dlms_raw_bytes(writer, bytes, sizeof bytes);
}

void dlms_put_scaler_unit(struct dlms_writer *writer, int8_t scaler, uint8_t unit)
{
    dlms_put_structure(writer, 2);
    dlms_put_i8(writer, scaler);
    dlms_put_enum(writer, unit);
}

/* ---- Reader ---- */

struct dlms_reader dlms_reader(const uint8_t *data, size_t length)
{
    return (struct dlms_reader){.data = data, .length = length};
}

bool dlms_reader_done(const struct dlms_reader *reader)
{
    return !reader->failed && reader->length == 0;
}

void dlms_reader_fail(struct dlms_reader *reader)
{
    reader->failed = true;
    reader->length = 0;
}

struct dlms_span dlms_read_bytes(struct dlms_reader *reader, size_t length)
{
    if (reader->failed || length > reader->length) {
        dlms_reader_fail(reader);
        return (struct dlms_span){NULL, 0};
    }
    const struct dlms_span bytes = {reader->data, length};
    if (length > 0) { /* an empty reader may have no data to point to */
        reader->data += length;
        reader->length -= length;
    }
    return bytes;
}

/* An absent span has length 0 and gives 0. */
static uint64_t read_integer(struct dlms_reader *reader, unsigned width)
{
    const struct dlms_span bytes = dlms_read_bytes(reader, width);
    return dlms_load(bytes.data, (unsigned)bytes.length);
}

/* Most of an APDU is single octets: this one does not go the long way. */
uint8_t dlms_read_u8(struct dlms_reader *reader)
{
    if (reader->length == 0) {
        dlms_reader_fail(reader);
        return 0;
    }
    reader->length--;
    return *reader->data++;
}

uint16_t dlms_read_u16(struct dlms_reader *reader)
{
    const uint8_t high = dlms_read_u8(reader);
    const uint8_t low = dlms_read_u8(reader);
    return reader->failed ? 0 : (uint16_t)((unsigned)high << 8 | low);
}

uint32_t dlms_read_u32(struct dlms_reader *reader)
{
    return (uint32_t)read_integer(reader, 4);
}

size_t dlms_read_length(struct dlms_reader *reader)
{
    const uint8_t first = dlms_read_u8(reader);
    if (first < 0x80) {
        return first;
    }
    const unsigned width = first & 0x7F;
    if (width == 0 || width > 4) { /* 80 is BER's indefinite form, which DLMS does not use */
        dlms_reader_fail(reader);
        return 0;
    }
    return (size_t)read_integer(reader, width);
}

enum kind {
    KIND_NONE, /* no such tag */
    KIND_EMPTY,
    KIND_UNSIGNED, /* width bytes */
    KIND_SIGNED,   /* width bytes */
    KIND_FIXED,    /* width bytes that are not a number */
    KIND_STRING,   /* length, bytes */
    KIND_BITS,     /* length in bits, bytes */
    KIND_CONTAINER,
    KIND_COMPACT,
};

struct type {
    uint8_t kind;
    uint8_t width;
};

/* What follows each tag, 5-3. Tags 28 … 33 are the delta types. */
static const struct type types[] = {
    [DLMS_TAG_NULL] = {KIND_EMPTY, 0},
    [DLMS_TAG_ARRAY] = {KIND_CONTAINER, 0},
    [DLMS_TAG_STRUCTURE] = {KIND_CONTAINER, 0},
    [DLMS_TAG_BOOL] = {KIND_UNSIGNED, 1},
    [DLMS_TAG_BIT_STRING] = {KIND_BITS, 0},
    [DLMS_TAG_I32] = {KIND_SIGNED, 4},
    [DLMS_TAG_U32] = {KIND_UNSIGNED, 4},
    [DLMS_TAG_OCTET_STRING] = {KIND_STRING, 0},
    [DLMS_TAG_VISIBLE_STRING] = {KIND_STRING, 0},
    [DLMS_TAG_UTF8_STRING] = {KIND_STRING, 0},
    [DLMS_TAG_BCD] = {KIND_UNSIGNED, 1},
    [DLMS_TAG_I8] = {KIND_SIGNED, 1},
    [DLMS_TAG_I16] = {KIND_SIGNED, 2},
    [DLMS_TAG_U8] = {KIND_UNSIGNED, 1},
    [DLMS_TAG_U16] = {KIND_UNSIGNED, 2},
    [DLMS_TAG_COMPACT_ARRAY] = {KIND_COMPACT, 0},
    [DLMS_TAG_I64] = {KIND_SIGNED, 8},
    [DLMS_TAG_U64] = {KIND_UNSIGNED, 8},
    [DLMS_TAG_ENUM] = {KIND_UNSIGNED, 1},
    [DLMS_TAG_FLOAT32] = {KIND_UNSIGNED, 4},
    [DLMS_TAG_FLOAT64] = {KIND_UNSIGNED, 8},
    [DLMS_TAG_DATE_TIME] = {KIND_FIXED, 12},
    [DLMS_TAG_DATE] = {KIND_FIXED, 5},
    [DLMS_TAG_TIME] = {KIND_FIXED, 4},
    [28] = {KIND_SIGNED, 1},
    [29] = {KIND_SIGNED, 2},
    [30] = {KIND_SIGNED, 4},
    [31] = {KIND_UNSIGNED, 1},
    [32] = {KIND_UNSIGNED, 2},
    [33] = {KIND_UNSIGNED, 4},
};

static struct type type_of(uint8_t tag)
{
    if (tag == DLMS_TAG_DONT_CARE) {
        return (struct type){KIND_EMPTY, 0};
    }
    return tag < sizeof types / sizeof types[0] ? types[tag] : (struct type){KIND_NONE, 0};
}

static int64_t sign_extend(uint64_t bits, unsigned width)
{
    switch (width) {
    case 1:
        return (int8_t)bits;
    case 2:
        return (int16_t)bits;
    case 4:
        return (int32_t)bits;
    default:
        return (int64_t)bits;
    }
}

/* More elements than bytes left cannot be right, since each takes at least its tag. Every count is
 * thus bounded by the input, and a sum of counts cannot overflow. */
static size_t bounded_count(struct dlms_reader *reader, size_t count)
{
    if (count > reader->length) {
        dlms_reader_fail(reader);
        return 0;
    }
    return count;
}

/* A TypeDescription, 5-3: a tag, and behind it the descriptions of a structure's elements or the
 * element count and one description of an array. Counts the descriptions still to come. */
static void skip_type_description(struct dlms_reader *reader)
{
    size_t pending = 1;
    while (pending > 0 && !reader->failed) {
        const uint8_t tag = dlms_read_u8(reader);
        pending--;
        if (tag == DLMS_TAG_STRUCTURE) {
            pending += bounded_count(reader, dlms_read_length(reader));
        } else if (tag == DLMS_TAG_ARRAY) {
            dlms_read_u16(reader);
            pending++;
        } else if (type_of(tag).kind == KIND_NONE) {
            dlms_reader_fail(reader);
        }
        pending = bounded_count(reader, pending);
    }
}

/* What stands behind the tag: what it announces, and its octets. */
struct contents {
    size_t count; /* container: elements; bit-string: bits */
    struct dlms_span bytes;
};

static struct contents take_contents(struct dlms_reader *reader, struct type type)
{
    struct contents contents = {0};
    switch ((enum kind)type.kind) {
    case KIND_NONE:
        dlms_reader_fail(reader);
        break;
    case KIND_EMPTY:
        break;
    case KIND_UNSIGNED:
    case KIND_SIGNED:
    case KIND_FIXED:
        contents.bytes = dlms_read_bytes(reader, type.width);
        break;
    case KIND_STRING:
        contents.bytes = dlms_read_bytes(reader, dlms_read_length(reader));
        break;
    case KIND_BITS:
        contents.count = dlms_read_length(reader);
        contents.bytes = dlms_read_bytes(reader, contents.count / 8 + (contents.count % 8 != 0));
        break;
    case KIND_CONTAINER:
        contents.count = bounded_count(reader, dlms_read_length(reader));
        break;
    case KIND_COMPACT:
        skip_type_description(reader);
        contents.bytes = dlms_read_bytes(reader, dlms_read_length(reader));
        break;
    }
    return contents;
}

static struct dlms_value read_contents(struct dlms_reader *reader, uint8_t tag)
{
    const struct type type = type_of(tag);
    const struct contents contents = take_contents(reader, type);
    struct dlms_value value = {0};
    if (reader->failed) {
        return value;
    }
    value.tag = tag;
    value.count = contents.count;
    if (type.kind == KIND_UNSIGNED || type.kind == KIND_SIGNED) {
        value.bits = dlms_load(contents.bytes.data, type.width);
        value.integer = (int64_t)value.bits;
        if (type.kind == KIND_SIGNED) {
            value.integer = sign_extend(value.bits, type.width);
            value.bits = (uint64_t)value.integer;
        }
    } else {
        value.bytes = contents.bytes;
    }
    return value;
}

struct dlms_value dlms_read_value(struct dlms_reader *reader)
{
    const uint8_t tag = dlms_read_u8(reader);
    const struct dlms_value nothing = {0};
    return reader->failed ? nothing : read_contents(reader, tag);
}

struct dlms_value dlms_read_untagged(struct dlms_reader *reader, uint8_t tag)
{
    const uint8_t kind = type_of(tag).kind;
    if (kind == KIND_CONTAINER || kind == KIND_COMPACT) {
        dlms_reader_fail(reader);
    }
    const struct dlms_value nothing = {0};
    return reader->failed ? nothing : read_contents(reader, tag);
}

struct dlms_span dlms_skip_data(struct dlms_reader *reader)
{
    struct dlms_span span = {reader->data, reader->length};
    size_t pending = 1; /* elements still to come: all that nesting amounts to */
    while (pending > 0 && !reader->failed) {
        const struct type type = type_of(dlms_read_u8(reader));
        pending--;
        if (type.width > 0) {
            dlms_read_bytes(reader, type.width);
        } else {
            const struct contents contents = take_contents(reader, type);
            pending += type.kind == KIND_CONTAINER ? contents.count : 0;
        }
        pending = bounded_count(reader, pending);
    }
    if (reader->failed) {
        return (struct dlms_span){NULL, 0};
    }
    span.length -= reader->length;
    return span;
}

bool dlms_date_time_parse(struct dlms_span bytes, struct dlms_date_time *time)
{
    if (bytes.length != 12) {
        return false;
    }
    const uint8_t *p = bytes.data;
    *time = (struct dlms_date_time){
        .year = dlms_load_u16(p),
        .month = p[2],
        .day = p[3],
        .weekday = p[4],
        .hour = p[5],
        .minute = p[6],
        .second = p[7],
        .hundredths = p[8],
        .deviation = (int16_t)dlms_load_u16(p + 9),
        .status = p[11],
    };
    return true;
}
