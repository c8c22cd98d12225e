/* Names and codes to targets. Invariant: what is found has a place in at least one protocol. */
#include "cli/tool_target.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLASS_DATA = 1,
    CLASS_REGISTER = 3,
    CLASS_EXTENDED = 4,
    CLASS_CLOCK = 8,
    VALUE = 2,
    CAPTURE_TIME = 5,
    ANY_PERIOD = 255,
    KMP_CLOCK = 1047, /* the whole time; the catalog's row has the time of day */
};

static void reduced_code(const uint8_t obis[6], char text[TOOL_IEC_SIZE])
{
    const int used = snprintf(text, TOOL_IEC_SIZE, "%u.%u.%u", obis[2], obis[3], obis[4]);
    if (obis[5] < 100) { /* 255: none */
        snprintf(text + used, (size_t)(TOOL_IEC_SIZE - used), "*%02u", obis[5]);
    }
}

static uint16_t likely_class(const struct wh_quantity *quantity)
{
    switch (quantity->source) {
    case WH_SOURCE_CLOCK:
        return CLASS_CLOCK;
    case WH_SOURCE_DEMAND_PEAK:
    case WH_SOURCE_DEMAND_TIME:
        return CLASS_EXTENDED;
    default:
        return quantity->unit != WH_UNIT_NONE || quantity->scaler != 0 ? CLASS_REGISTER
                                                                       : CLASS_DATA;
    }
}

struct tool_target tool_target_of_quantity(const struct wh_quantity *quantity)
{
    struct tool_target target = {.has_obis = true, .has_medium = true, .attribute = VALUE};
    snprintf(target.name, sizeof target.name, "%s", quantity->name);
    memcpy(target.obis, quantity->obis, sizeof target.obis);
    target.class_id = likely_class(quantity);
    target.kmp_id = quantity->source == WH_SOURCE_CLOCK ? KMP_CLOCK : quantity->kmp.id;
    if (quantity->source == WH_SOURCE_DEMAND_TIME) {
        target.obis[5] = ANY_PERIOD; /* the row's own code is not on any line */
        target.attribute = CAPTURE_TIME;
        target.is_exact = true;
    } else {
        reduced_code(target.obis, target.iec);
    }
    return target;
}

struct tool_target tool_target_of_item(const struct tool_item *item)
{
    struct tool_target target = {.has_obis = item->class_id != 0,
                                 .has_medium = true,
                                 .class_id = item->class_id,
                                 .is_exact = true,
                                 .attribute = (int8_t)item->attribute,
                                 .kmp_id = item->kmp_id,
                                 .item = item};
    snprintf(target.name, sizeof target.name, "%s", item->name);
    memcpy(target.obis, item->obis, sizeof target.obis);
    if (item->iec != NULL) {
        snprintf(target.iec, sizeof target.iec, "%s", item->iec);
    }
    return target;
}

static const struct wh_quantity *find_quantity(const struct tool_obis *obis)
{
    uint8_t code[6];
    memcpy(code, obis->code, sizeof code);
    const struct wh_quantity *quantity = wh_catalog_find_obis(code);
    if (quantity == NULL && !obis->has_medium) {
        code[0] = 0; /* the few that belong to no medium */
        quantity = wh_catalog_find_obis(code);
    }
    if (quantity == NULL && code[1] == 0) {
        code[1] = 1;
        quantity = wh_catalog_find_obis(code);
    }
    return quantity;
}

static struct tool_target target_of_obis(const char *text, const struct tool_obis *obis)
{
    const struct wh_quantity *quantity = find_quantity(obis);
    struct tool_target target = {.has_obis = true, .attribute = VALUE};
    if (quantity != NULL) {
        target = tool_target_of_quantity(quantity);
        target.is_exact = false;
        target.attribute = VALUE;
    }
    snprintf(target.name, sizeof target.name, "%s", text);
    target.has_medium = obis->has_medium;
    if (obis->has_medium || quantity == NULL) {
        memcpy(target.obis, obis->code, sizeof target.obis);
    }
    reduced_code(obis->code, target.iec);
    return target;
}

/* "CLASS/OBIS/ATTRIBUTE". */
static bool parse_exact(const char *text, struct tool_target *target)
{
    unsigned class_id;
    int attribute;
    char code[32];
    int used = 0;
    /* NOLINTNEXTLINE(cert-err34-c): what does not fit is refused below */
    if (sscanf(text, "%5u/%31[^/]/%4d%n", &class_id, code, &attribute, &used) != 3 ||
        text[used] != '\0' || class_id > UINT16_MAX || attribute < INT8_MIN ||
        attribute > INT8_MAX) {
        return false;
    }
    struct tool_obis obis;
    if (!tool_obis_parse(code, &obis)) {
        return false;
    }
    *target = (struct tool_target){.has_obis = true,
                                   .has_medium = true,
                                   .class_id = (uint16_t)class_id,
                                   .is_exact = true,
                                   .attribute = (int8_t)attribute};
    snprintf(target->name, sizeof target->name, "%s", text);
    memcpy(target->obis, obis.code, sizeof target->obis);
    return true;
}

static bool parse_kmp(const char *text, struct tool_target *target)
{
    char *end;
    if (strncmp(text, "kmp:", 4) != 0 || !isdigit((unsigned char)text[4])) {
        return false;
    }
    const unsigned long id = strtoul(text + 4, &end, 10);
    if (*end != '\0' || id == 0 || id > UINT16_MAX) {
        return false;
    }
    *target = (struct tool_target){.kmp_id = (uint16_t)id};
    snprintf(target->name, sizeof target->name, "%s", text);
    return true;
}

bool tool_target_find(const char *text, struct tool_target *target, char *error, size_t error_size)
{
    const struct wh_quantity *quantity = wh_catalog_find_name(text);
    const struct tool_item *item = tool_item_find(text);
    struct tool_obis obis;
    if (quantity != NULL) {
        *target = tool_target_of_quantity(quantity);
        return true;
    }
    if (item != NULL) {
        *target = tool_target_of_item(item);
        return true;
    }
    if (tool_obis_parse(text, &obis)) {
        *target = target_of_obis(text, &obis);
        return true;
    }
    if (parse_exact(text, target) || parse_kmp(text, target)) {
        return true;
    }
    snprintf(error, error_size,
             "\"%s\" is no quantity; a name like a_plus, an OBIS code like 1-1:1.8.0, "
             "CLASS/OBIS/ATTRIBUTE or kmp:NUMBER is",
             text);
    return false;
}
