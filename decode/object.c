/* COSEM objects by name. The catalog comes first; what it does not have is in the library's table of
 * interface classes and here in one of the codes of the meter family and IEC 62056-6-1. */
#include "decode/object.h"

#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"
#include "decode/text.h"
#include "dlms/classes.h"

const char *decode_class_text(uint16_t class_id)
{
    const struct dlms_class *row = dlms_class_find(class_id);
    return row != NULL ? row->name : NULL;
}

const char *decode_attribute_text(uint16_t class_id, int index)
{
    if (index == 0) {
        return "all attributes";
    }
    return index == 1 ? "logical_name" : dlms_class_attribute(class_id, index);
}

const char *decode_method_text(uint16_t class_id, int index)
{
    return dlms_class_method(class_id, index);
}

/* ---- OBIS codes ---- */

enum { ANY = 0x100 }; /* this group may be anything */

struct obis_row {
    uint16_t group[6];
    const char *name;
};

/* Objects that are no quantity of the catalog. */
static const struct obis_row objects[] = {
    {{0, ANY, 1, 0, 0, 255}, "clock"},
    {{0, ANY, 10, 0, ANY, 255}, "script table"},
    {{0, ANY, 11, 0, ANY, 255}, "special days"},
    {{0, ANY, 13, 0, ANY, 255}, "activity calendar"},
    {{0, ANY, 14, 0, ANY, 255}, "register activation"},
    {{0, ANY, 15, 0, ANY, 255}, "single action schedule"},
    {{0, ANY, 16, 0, ANY, 255}, "register monitor"},
    {{0, ANY, 16, 1, ANY, 255}, "alarm monitor"},
    {{0, ANY, 16, 2, ANY, 255}, "parameter monitor"},
    {{0, ANY, 17, 0, ANY, 255}, "limiter"},
    {{0, ANY, 19, 0, ANY, 255}, "account"},
    {{0, ANY, 19, 10, ANY, 255}, "credit"},
    {{0, ANY, 19, 20, ANY, 255}, "charge"},
    {{0, ANY, 19, 40, ANY, 255}, "token gateway"},
    {{0, ANY, 20, 0, ANY, 255}, "local port set-up"},
    {{0, ANY, 21, 0, ANY, 255}, "read-out list"},
    {{0, ANY, 22, 0, 0, 255}, "HDLC set-up"},
    {{0, ANY, 24, 1, ANY, 255}, "M-Bus client"},
    {{0, ANY, 25, 0, 0, 255}, "TCP-UDP set-up"},
    {{0, ANY, 25, 9, 0, 255}, "push set-up"},
    {{0, 0, 40, 0, ANY, 255}, "association"},
    {{0, 0, 41, 0, 0, 255}, "SAP assignment"},
    {{0, 0, 42, 0, 0, 255}, "logical device name"},
    {{0, 0, 43, 0, ANY, 255}, "security set-up"},
    {{0, 0, 43, 1, ANY, 255}, "invocation counter"},
    {{0, 0, 44, 0, ANY, 255}, "image transfer"},
    {{0, ANY, 96, 1, ANY, 255}, "device identification"},
    {{0, ANY, 96, 3, 10, 255}, "disconnect control"},
    {{0, 0, 96, 5, ANY, 255}, "event status mapping"},
    {{0, 1, 96, 3, 0, 255}, "module port set-up"},
    {{0, 1, 96, 3, 1, 255}, "module inputs and outputs"},
    {{0, 1, 96, 10, 3, 255}, "clock change"},
    {{0, ANY, 96, 11, ANY, 255}, "event code"},
    {{0, ANY, 96, 14, ANY, 255}, "active tariff"},
    {{0, ANY, 97, 98, ANY, 255}, "alarm"},
    {{1, 1, 0, 1, 5, 128}, "debiting stop"},
    {{1, 1, 0, 1, 6, 128}, "interval of debiting log 2"},
    {{1, 1, 0, 2, 1, 128}, "software revision"},
    {{1, 1, 0, 2, 2, 128}, "revision"},
    {{1, ANY, 0, 4, 2, 255}, "current transformer ratio, numerator"},
    {{1, ANY, 0, 4, 5, 255}, "current transformer ratio, denominator"},
    {{1, 1, 0, 0, 4, 255}, "identification number"},
    {{1, 1, 96, 1, 2, 255}, "module identity"},
    {{1, 1, 96, 5, 1, 255}, "operation of the LED"},
    {{1, 1, 96, 5, 3, 255}, "load profile event"},
    {{1, 1, 96, 52, 6, 255}, "working days"},
    {{1, 1, 96, 52, 11, 255}, "daylight saving configuration"},
    {{1, 1, 98, 1, 0, 255}, "debiting log"},
    {{1, 1, 98, 2, 0, 255}, "debiting log 2"},
    {{1, ANY, 99, 1, 0, 255}, "load profile"},
    {{1, 1, 99, 1, 1, 255}, "analysis log"},
    {{1, 0, 99, 2, 0, 255}, "load profile 2"},
    {{1, 1, 99, 98, 2, 255}, "meter status log"},
    {{1, 1, 99, 98, 3, 255}, "clock log"},
    {{1, 1, 99, 98, 4, 255}, "voltage quality log"},
    {{1, 1, 99, 98, 5, 255}, "breaker log"},
    {{1, 1, 99, 98, 9, 255}, "transformer ratio log"},
    {{1, 1, 99, 98, 10, 255}, "load profile event log"},
    {{1, 1, 99, 98, 12, 255}, "neutral fault log"},
    {{ANY, ANY, 99, 98, ANY, 255}, "event log"},
    {{1, 1, 99, 1, 0, 254}, "data quality"},
    {{1, 1, 128, 0, 0, 255}, "breaker"},
    {{1, 1, 130, 0, 0, 255}, "prepayment balance"},
    {{1, 1, 134, 0, 1, 255}, "energy format"},
};

static bool matches(const struct obis_row *row, const uint8_t obis[6])
{
    for (size_t i = 0; i < 6; i++) {
        if (row->group[i] != ANY && row->group[i] != obis[i]) {
            return false;
        }
    }
    return true;
}

/* The catalog's row: other makers mostly have 0 where this family has 1 in group B. */
static const struct wh_quantity *find_quantity(const uint8_t obis[6])
{
    const struct wh_quantity *quantity = wh_catalog_find_obis(obis);
    if (quantity == NULL && obis[1] == 0) {
        const uint8_t other[6] = {obis[0], 1, obis[2], obis[3], obis[4], obis[5]};
        quantity = wh_catalog_find_obis(other);
    }
    return quantity;
}

/* Electricity by groups C, D and E, as IEC 62056-6-1 builds them. */
static bool compose(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    static const struct decode_name quantities[] = {
        {1, "active +"},      {2, "active -"},    {3, "reactive +"},       {4, "reactive -"},
        {5, "reactive Q1"},   {6, "reactive Q2"}, {7, "reactive Q3"},      {8, "reactive Q4"},
        {9, "apparent +"},    {10, "apparent -"}, {11, "current"},         {12, "voltage"},
        {13, "power factor"}, {14, "frequency"},  {15, "active absolute"}, {16, "active net"},
    };
    static const struct decode_name kinds[] = {
        {2, "accumulated maximum"},
        {4, "demand, current"},
        {5, "demand, last"},
        {6, "maximum demand"},
        {7, "instantaneous"},
        {8, "energy"},
        {24, "average"},
        {25, "last average"},
        {29, "energy of the interval"},
    };
    const bool is_phase = obis[2] > 20 && obis[2] <= 80;
    const unsigned phase = is_phase ? (obis[2] - 1u) / 20 : 0;
    const unsigned total = obis[2] - 20 * phase;
    const char *quantity =
        decode_name_of(quantities, sizeof quantities / sizeof quantities[0], total, NULL);
    const char *kind = decode_name_of(kinds, sizeof kinds / sizeof kinds[0], obis[3], NULL);
    if (obis[0] != 1 || quantity == NULL || kind == NULL) {
        return false;
    }
    text[0] = '\0';
    decode_append(text, DECODE_OBIS_TEXT, "%s", quantity);
    if (phase > 0) {
        decode_append(text, DECODE_OBIS_TEXT, " L%u", phase);
    }
    decode_append(text, DECODE_OBIS_TEXT, ", %s", kind);
    if (obis[4] > 0) {
        decode_append(text, DECODE_OBIS_TEXT, ", %s %u", obis[3] == 7 ? "harmonic" : "tariff",
                      obis[4]);
    }
    return true;
}

bool decode_obis_name(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    const struct wh_quantity *quantity = find_quantity(obis);
    if (quantity != NULL) {
        snprintf(text, DECODE_OBIS_TEXT, "%s", quantity->name);
        return true;
    }
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (matches(&objects[i], obis)) {
            snprintf(text, DECODE_OBIS_TEXT, "%s", objects[i].name);
            return true;
        }
    }
    return compose(text, obis);
}

void decode_obis_text(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    char name[DECODE_OBIS_TEXT];
    snprintf(text, DECODE_OBIS_TEXT, "%u.%u.%u.%u.%u.%u", obis[0], obis[1], obis[2], obis[3],
             obis[4], obis[5]);
    if (decode_obis_name(name, obis)) {
        decode_append(text, DECODE_OBIS_TEXT, " %s", name);
    }
}

void decode_subject_text(char *text, size_t size, const struct decode_subject *subject)
{
    char obis[DECODE_OBIS_TEXT];
    const char *class_text = decode_class_text(subject->class_id);
    const char *index_text = subject->is_method
                                 ? decode_method_text(subject->class_id, subject->index)
                                 : decode_attribute_text(subject->class_id, subject->index);
    decode_obis_text(obis, subject->obis);
    text[0] = '\0';
    if (class_text != NULL) {
        decode_append(text, size, "%s ", class_text);
    } else {
        decode_append(text, size, "class %u ", subject->class_id);
    }
    decode_append(text, size, "%s, %s%d%s%s", obis, subject->is_method ? "method " : "",
                  subject->index, index_text != NULL ? " " : "",
                  index_text != NULL ? index_text : "");
}

const char *decode_unit_text(uint8_t unit)
{
    static const struct decode_name names[] = {
        {1, "year"},      {2, "month"}, {3, "week"},  {4, "day"},    {5, "h"},     {6, "min"},
        {7, "s"},         {8, "°"},     {9, "°C"},    {10, "money"}, {11, "m"},    {12, "m/s"},
        {13, "m³"},       {15, "m³/h"}, {19, "l"},    {20, "kg"},    {21, "N"},    {23, "Pa"},
        {24, "bar"},      {25, "J"},    {26, "J/h"},  {27, "W"},     {28, "VA"},   {29, "var"},
        {30, "Wh"},       {31, "VAh"},  {32, "varh"}, {33, "A"},     {34, "C"},    {35, "V"},
        {36, "V/m"},      {37, "F"},    {38, "Ω"},    {44, "Hz"},    {45, "1/Wh"}, {46, "1/varh"},
        {47, "1/VAh"},    {48, "V²h"},  {49, "A²h"},  {50, "kg/s"},  {51, "S"},    {52, "K"},
        {56, "%"},        {57, "Ah"},   {70, "dBm"},  {71, "dBµV"},  {72, "dB"},   {254, "other"},
        {255, "no unit"},
    };
    return decode_name_of(names, sizeof names / sizeof names[0], unit, NULL);
}
