/* COSEM data. Invariant: an element is shown only when all its octets are there, so data in
 * pieces are shown once, each element in the piece that completes it. */
#include "decode/data.h"

#include <stdio.h>
#include <string.h>

#include "decode/object.h"
#include "decode/text.h"
#include "dlms/axdr.h"

enum {
    VALUE_TEXT = 200,
    DATE_TIME = 12,
    OBIS = 6,
    LENGTHS = 0xFE,
    COUNTS = 0xFD,
    NONE = 0xFC,
    COMPACT = 0xFB
};

struct type_row {
    uint8_t tag;
    uint8_t size; /* of the contents, or how it is told */
    const char *name;
};

static const struct type_row types[] = {
    {DLMS_TAG_NULL, 0, "null-data"},
    {DLMS_TAG_ARRAY, COUNTS, "array"},
    {DLMS_TAG_STRUCTURE, COUNTS, "structure"},
    {DLMS_TAG_BOOL, 1, "boolean"},
    {DLMS_TAG_BIT_STRING, LENGTHS, "bit-string"},
    {DLMS_TAG_I32, 4, "double-long"},
    {DLMS_TAG_U32, 4, "double-long-unsigned"},
    {DLMS_TAG_OCTET_STRING, LENGTHS, "octet-string"},
    {DLMS_TAG_VISIBLE_STRING, LENGTHS, "visible-string"},
    {DLMS_TAG_UTF8_STRING, LENGTHS, "utf8-string"},
    {DLMS_TAG_BCD, 1, "bcd"},
    {DLMS_TAG_I8, 1, "integer"},
    {DLMS_TAG_I16, 2, "long"},
    {DLMS_TAG_U8, 1, "unsigned"},
    {DLMS_TAG_U16, 2, "long-unsigned"},
    {DLMS_TAG_COMPACT_ARRAY, COMPACT, "compact-array"},
    {DLMS_TAG_I64, 8, "long64"},
    {DLMS_TAG_U64, 8, "long64-unsigned"},
    {DLMS_TAG_ENUM, 1, "enum"},
    {DLMS_TAG_FLOAT32, 4, "float32"},
    {DLMS_TAG_FLOAT64, 8, "float64"},
    {DLMS_TAG_DATE_TIME, 12, "date-time"},
    {DLMS_TAG_DATE, 5, "date"},
    {DLMS_TAG_TIME, 4, "time"},
    {DLMS_TAG_DONT_CARE, 0, "dont-care"},
};

static const struct type_row *find_type(uint8_t tag)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].tag == tag) {
            return &types[i];
        }
    }
    return NULL;
}

/* ---- Where an element ends ---- */

enum extent { WHOLE, SHORT, BAD };

/* A length or count at bytes[1 …]: its octets, 0 when they are not all there, -1 for no such
 * form. */
static int read_count(const uint8_t *bytes, size_t length, uint32_t *count)
{
    if (length < 2) {
        return 0;
    }
    const int octets = bytes[1] < 0x80 ? 0 : bytes[1] - 0x80;
    if (octets == 0) {
        *count = bytes[1];
        return bytes[1] < 0x80 ? 1 : -1;
    }
    if (octets > 4) {
        return -1;
    }
    if (length < 2u + (size_t)octets) {
        return 0;
    }
    *count = 0;
    for (int i = 0; i < octets; i++) {
        *count = *count << 8 | bytes[2 + i];
    }
    return 1 + octets;
}

/* The element at bytes: for a container only its head. */
static enum extent measure(const uint8_t *bytes, size_t length, const struct type_row *type,
                           size_t *size, uint32_t *count)
{
    *count = 0;
    if (type->size == COMPACT) {
        struct dlms_reader reader = dlms_reader(bytes, length);
        dlms_read_value(&reader);
        *size = length - reader.length;
        return reader.failed ? SHORT : WHOLE;
    }
    if (type->size < NONE) {
        *size = 1u + type->size;
        return length < *size ? SHORT : WHOLE;
    }
    const int octets = read_count(bytes, length, count);
    if (octets <= 0) {
        return octets < 0 ? BAD : SHORT;
    }
    *size = 1u + (size_t)octets;
    if (type->size == LENGTHS) {
        const bool is_bits = type->tag == DLMS_TAG_BIT_STRING;
        *size += is_bits ? ((size_t)*count + 7) / 8 : *count;
    }
    return length < *size ? SHORT : WHOLE;
}

/* ---- Texts ---- */

static const char *weekday_text(uint8_t weekday)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    return weekday >= 1 && weekday <= 7 ? days[weekday - 1] : "";
}

static void append_part(char *text, size_t size, const char *before, unsigned value,
                        unsigned unspecified, int width)
{
    if (value == unspecified) {
        decode_append(text, size, "%s%.*s", before, width, "****");
    } else {
        decode_append(text, size, "%s%0*u", before, width, value);
    }
}

static void append_status(char *text, size_t size, uint8_t status)
{
    static const struct decode_name bits[] = {
        {0x01, "invalid"},
        {0x02, "doubtful"},
        {0x04, "different clock base"},
        {0x08, "invalid clock status"},
        {0x80, "daylight saving"},
    };
    if (status != 0 && status != DLMS_UNSPECIFIED) {
        char names[96];
        decode_bits(names, sizeof names, bits, sizeof bits / sizeof bits[0], status);
        decode_append(text, size, ", %s", names);
    }
}

void decode_date_time_text(char *text, size_t size, const uint8_t bytes[12])
{
    struct dlms_date_time t;
    dlms_date_time_parse((struct dlms_span){bytes, DATE_TIME}, &t);
    text[0] = '\0';
    append_part(text, size, "", t.year, DLMS_YEAR_UNSPECIFIED, 4);
    append_part(text, size, "-", t.month, DLMS_UNSPECIFIED, 2);
    append_part(text, size, "-", t.day, DLMS_UNSPECIFIED, 2);
    append_part(text, size, " ", t.hour, DLMS_UNSPECIFIED, 2);
    append_part(text, size, ":", t.minute, DLMS_UNSPECIFIED, 2);
    append_part(text, size, ":", t.second, DLMS_UNSPECIFIED, 2);
    if (t.hundredths != DLMS_UNSPECIFIED && t.hundredths != 0) {
        decode_append(text, size, ".%02u", t.hundredths);
    }
    decode_append(text, size, "%s%s", weekday_text(t.weekday)[0] != '\0' ? " " : "",
                  weekday_text(t.weekday));
    if (t.deviation != DLMS_DEVIATION_UNSPECIFIED) {
        const unsigned minutes = (unsigned)(t.deviation < 0 ? -t.deviation : t.deviation);
        decode_append(text, size, " UTC%c%02u:%02u", t.deviation <= 0 ? '+' : '-', minutes / 60,
                      minutes % 60);
    }
    append_status(text, size, t.status);
}

/* An octet-string of 12 that can be a date-time, wildcards included. */
static bool is_date_time(const uint8_t *b)
{
    const unsigned year = (unsigned)b[0] << 8 | b[1];
    const bool date_fits = (year == DLMS_YEAR_UNSPECIFIED || (year >= 1970 && year < 2200)) &&
                           ((b[2] >= 1 && b[2] <= 12) || b[2] >= 0xFD) &&
                           ((b[3] >= 1 && b[3] <= 31) || b[3] >= 0xFD) &&
                           (b[4] <= 7 || b[4] == 0xFF);
    return date_fits && (b[5] < 24 || b[5] == 0xFF) && (b[6] < 60 || b[6] == 0xFF) &&
           (b[7] < 60 || b[7] == 0xFF) && (b[8] < 100 || b[8] == 0xFF);
}

/* Six octets that can be an OBIS code: known, or of the usual form. */
static bool is_obis(const uint8_t *b)
{
    char name[DECODE_OBIS_TEXT];
    return (b[0] <= 1 && decode_obis_name(name, b)) || (b[0] <= 15 && b[5] == 0xFF);
}

static void octets_text(char *text, struct dlms_span bytes)
{
    if (bytes.length == DATE_TIME && is_date_time(bytes.data)) {
        decode_date_time_text(text, VALUE_TEXT, bytes.data);
    } else if (bytes.length == OBIS && is_obis(bytes.data)) {
        decode_obis_text(text, bytes.data);
    } else if (decode_is_text(bytes.data, bytes.length)) {
        decode_quote(text, VALUE_TEXT, bytes.data, bytes.length);
    } else {
        decode_hex(text, VALUE_TEXT, bytes.data, bytes.length);
    }
}

static void bits_text(char *text, const struct dlms_value *value)
{
    for (size_t i = 0; i < value->count && i < VALUE_TEXT - 8; i++) {
        decode_append(text, VALUE_TEXT, "%c",
                      (value->bytes.data[i / 8] & 0x80 >> i % 8) != 0 ? '1' : '0');
    }
}

static void float_text(char *text, const struct dlms_value *value)
{
    double number;
    if (value->tag == DLMS_TAG_FLOAT32) {
        const uint32_t bits = (uint32_t)value->bits;
        float narrow;
        memcpy(&narrow, &bits, sizeof narrow);
        number = (double)narrow;
    } else {
        memcpy(&number, &value->bits, sizeof number);
    }
    decode_append(text, VALUE_TEXT, "%g", number);
}

static void date_text(char *text, struct dlms_span bytes)
{
    uint8_t whole[DATE_TIME];
    memset(whole, 0xFF, sizeof whole);
    memcpy(whole, bytes.data, bytes.length);
    char long_text[VALUE_TEXT];
    decode_date_time_text(long_text, sizeof long_text, whole);
    decode_append(text, VALUE_TEXT, "%.10s", long_text);
}

static void time_text(char *text, struct dlms_span bytes)
{
    append_part(text, VALUE_TEXT, "", bytes.data[0], DLMS_UNSPECIFIED, 2);
    append_part(text, VALUE_TEXT, ":", bytes.data[1], DLMS_UNSPECIFIED, 2);
    append_part(text, VALUE_TEXT, ":", bytes.data[2], DLMS_UNSPECIFIED, 2);
}

static void value_text(char text[VALUE_TEXT], const struct dlms_value *value)
{
    text[0] = '\0';
    switch (value->tag) {
    case DLMS_TAG_NULL:
    case DLMS_TAG_DONT_CARE:
        break;
    case DLMS_TAG_BOOL:
        decode_append(text, VALUE_TEXT, "%s", value->integer != 0 ? "true" : "false");
        break;
    case DLMS_TAG_BIT_STRING:
        bits_text(text, value);
        break;
    case DLMS_TAG_VISIBLE_STRING:
    case DLMS_TAG_UTF8_STRING:
        decode_quote(text, VALUE_TEXT, value->bytes.data, value->bytes.length);
        break;
    case DLMS_TAG_OCTET_STRING:
        octets_text(text, value->bytes);
        break;
    case DLMS_TAG_COMPACT_ARRAY:
        decode_append(text, VALUE_TEXT, "%zu octets of contents", value->bytes.length);
        break;
    case DLMS_TAG_U64:
        decode_append(text, VALUE_TEXT, "%llu", (unsigned long long)value->bits);
        break;
    case DLMS_TAG_FLOAT32:
    case DLMS_TAG_FLOAT64:
        float_text(text, value);
        break;
    case DLMS_TAG_DATE_TIME:
        decode_date_time_text(text, VALUE_TEXT, value->bytes.data);
        break;
    case DLMS_TAG_DATE:
        date_text(text, value->bytes);
        break;
    case DLMS_TAG_TIME:
        time_text(text, value->bytes);
        break;
    default:
        decode_append(text, VALUE_TEXT, "%lld", (long long)value->integer);
    }
}

/* ---- What is known of the attribute ---- */

static bool is_number(uint8_t tag)
{
    return tag == DLMS_TAG_I8 || tag == DLMS_TAG_U8 || tag == DLMS_TAG_I16 || tag == DLMS_TAG_U16 ||
           tag == DLMS_TAG_I32 || tag == DLMS_TAG_U32 || tag == DLMS_TAG_I64;
}

static bool is_attribute(const struct decode_subject *subject, uint16_t class_id, int index)
{
    return subject->is_known && !subject->is_method && subject->class_id == class_id &&
           subject->index == index;
}

static bool is_scaler_unit(const struct decode_subject *subject)
{
    return is_attribute(subject, 3, 3) || is_attribute(subject, 4, 3) ||
           is_attribute(subject, 5, 4);
}

static bool is_register_value(const struct decode_subject *subject)
{
    return is_attribute(subject, 3, 2) || is_attribute(subject, 4, 2) ||
           is_attribute(subject, 5, 2) || is_attribute(subject, 5, 3);
}

static struct decode_scaler *find_scaler(struct decode_context *context, const uint8_t obis[6])
{
    for (size_t i = 0; i < context->scaler_count; i++) {
        if (memcmp(context->scalers[i].obis, obis, OBIS) == 0) {
            return &context->scalers[i];
        }
    }
    return NULL;
}

static void remember_scaler(struct decode_context *context, const struct decode_subject *subject,
                            int8_t scaler, uint8_t unit)
{
    struct decode_scaler *row = find_scaler(context, subject->obis);
    if (row == NULL && context->scaler_count < DECODE_SCALERS) {
        row = &context->scalers[context->scaler_count++];
    }
    if (row != NULL) {
        memcpy(row->obis, subject->obis, OBIS);
        row->scaler = scaler;
        row->unit = unit;
    }
}

/* The elements of a scaler_unit, and a register's value once its scaler_unit was seen. */
static void explain(struct decode_context *context, struct decode_walk *walk,
                    const struct dlms_value *value, char text[VALUE_TEXT])
{
    const struct decode_subject *subject = &walk->subject;
    if (is_scaler_unit(subject) && walk->depth == 1) {
        if (value->tag == DLMS_TAG_I8) {
            walk->scaler = (int8_t)value->integer;
            decode_append(text, VALUE_TEXT, ", scaler: × 10^%d", walk->scaler);
        } else if (value->tag == DLMS_TAG_ENUM) {
            const char *unit = decode_unit_text((uint8_t)value->integer);
            decode_append(text, VALUE_TEXT, ", unit: %s", unit != NULL ? unit : "unknown");
            remember_scaler(context, subject, walk->scaler, (uint8_t)value->integer);
        }
    }
    const struct decode_scaler *row =
        is_register_value(subject) ? find_scaler(context, subject->obis) : NULL;
    if (row != NULL && walk->depth == 0 && is_number(value->tag)) {
        char number[VALUE_TEXT / 2];
        const char *unit = decode_unit_text(row->unit);
        decode_decimal(number, sizeof number, value->integer, row->scaler);
        decode_append(text, VALUE_TEXT, " = %s%s%s", number, row->unit == 255 ? "" : " ",
                      unit != NULL && row->unit != 255 ? unit : "");
    }
}

/* ---- Walking ---- */

/* A place in the tree: containers open before base are not of this tree. */
struct place {
    unsigned base;
    const char *name;
};

static void element_name(const struct decode_walk *walk, const struct place *place, char *text,
                         size_t size)
{
    if (walk->depth == 0) {
        snprintf(text, size, "%s", place->name);
        return;
    }
    const unsigned top = walk->depth - 1;
    snprintf(text, size, "[%u]", (unsigned)(walk->open[top].count - walk->open[top].left + 1));
}

/* An element was shown: counts it, and closes the containers that it completed. */
static void count_element(struct decode_tree *tree, struct decode_walk *walk,
                          const struct place *place)
{
    while (walk->depth > 0 && --walk->open[walk->depth - 1].left == 0) {
        walk->depth--;
        if (walk->depth >= place->base) {
            decode_close(tree);
        }
    }
    walk->loose += walk->depth == 0 ? 1 : 0;
}

static bool open_container(struct decode_tree *tree, struct decode_walk *walk, struct place *place,
                           const struct type_row *type, const uint8_t *bytes, size_t size,
                           uint32_t count)
{
    char name[32];
    element_name(walk, place, name, sizeof name);
    if (count == 0) {
        decode_field(tree, name, bytes, size, "%s of 0", type->name);
        count_element(tree, walk, place);
        return true;
    }
    if (walk->depth == DECODE_NEST) {
        decode_fault(tree, name, bytes, size, "%s, nested too deep to follow", type->name);
        return false;
    }
    decode_open(tree, name, bytes, size, "%s of %u", type->name, (unsigned)count);
    walk->open[walk->depth].count = count;
    walk->open[walk->depth].left = count;
    walk->depth++;
    return true;
}

static bool show_element(struct decode_context *context, struct decode_walk *walk,
                         const struct place *place, const struct type_row *type,
                         const uint8_t *bytes, size_t size)
{
    char name[32], text[VALUE_TEXT];
    struct dlms_reader reader = dlms_reader(bytes, size);
    const struct dlms_value value = dlms_read_value(&reader);
    if (!dlms_reader_done(&reader)) {
        return false;
    }
    element_name(walk, place, name, sizeof name);
    value_text(text, &value);
    explain(context, walk, &value, text);
    decode_field(&context->tree, name, bytes, size, "%s%s%s", type->name,
                 text[0] != '\0' ? " " : "", text);
    count_element(&context->tree, walk, place);
    return true;
}

size_t decode_data_walk(struct decode_context *context, struct decode_walk *walk, const char *name,
                        const uint8_t *bytes, size_t length, bool *is_bad)
{
    struct place place = {.base = walk->depth, .name = name};
    size_t at = 0;
    *is_bad = false;
    walk->loose = 0;
    while (at < length && walk->loose < walk->wanted && !*is_bad) {
        const struct type_row *type = find_type(bytes[at]);
        size_t size = 0;
        uint32_t count = 0;
        const enum extent extent =
            type != NULL ? measure(bytes + at, length - at, type, &size, &count) : BAD;
        if (extent == SHORT) {
            break;
        }
        *is_bad =
            extent == BAD ||
            !(type->size == COUNTS
                  ? open_container(&context->tree, walk, &place, type, bytes + at, size, count)
                  : show_element(context, walk, &place, type, bytes + at, size));
        at += *is_bad ? 0 : size;
        place.base = place.base < walk->depth ? place.base : walk->depth;
    }
    for (unsigned d = place.base; d < walk->depth; d++) {
        decode_close(&context->tree);
    }
    return at;
}

size_t decode_data(struct decode_context *context, const struct decode_subject *subject,
                   const char *name, const uint8_t *bytes, size_t length)
{
    struct decode_walk walk = {.subject = *subject, .wanted = 1};
    bool is_bad;
    const size_t used = decode_data_walk(context, &walk, name, bytes, length, &is_bad);
    if (is_bad) {
        decode_fault(&context->tree, "data", bytes + used, length - used,
                     "at octet %zu of the data: no element of data begins with %02X", used,
                     bytes[used]);
        return length;
    }
    if (walk.depth > 0 || walk.loose == 0) {
        decode_fault(&context->tree, "data", bytes + used, length - used,
                     "the data end inside, after %zu octets", length);
        return length;
    }
    return used;
}
