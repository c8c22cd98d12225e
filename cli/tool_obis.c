/* OBIS codes to and from text (IEC 62056-61). Invariant: what is written here is read back as the
 * same. */
#include "cli/tool_obis.h"
#include "catalog/catalog.h"
#include "cli/tool_item.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANY = -1, LEAST_PARTS = 3 };

static bool is_separator_right(const char *separators, int parts)
{
    /* What stands between the numbers of each form. */
    static const char *const forms[] = {"-:..", "-:..*", "-:...", ".....", "..", "..*"};
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        if ((int)strlen(forms[f]) == parts - 1 && strcmp(forms[f], separators) == 0) {
            return true;
        }
    }
    return false;
}

bool tool_obis_parse(const char *text, struct tool_obis *obis)
{
    uint8_t part[6] = {0};
    char separators[6] = "";
    int parts = 0;
    const char *at = text;
    while (isdigit((unsigned char)*at) && parts < 6) {
        char *end;
        const unsigned long number = strtoul(at, &end, 10);
        if (number > UINT8_MAX) {
            return false;
        }
        part[parts++] = (uint8_t)number;
        at = end;
        if (*at != '\0' && parts < 6) {
            separators[parts - 1] = *at++;
        }
    }
    if (*at != '\0' || parts < LEAST_PARTS || !is_separator_right(separators, parts)) {
        return false;
    }
    obis->has_medium = parts >= 5;
    const int first = obis->has_medium ? 0 : 2;
    const uint8_t all[6] = {1, 1, 0, 0, 0, 255};
    memcpy(obis->code, all, sizeof all);
    memcpy(obis->code + first, part, (size_t)parts);
    return true;
}

void tool_obis_text(const uint8_t code[6], char text[TOOL_OBIS_SIZE])
{
    const int used = snprintf(text, TOOL_OBIS_SIZE, "%u-%u:%u.%u.%u", code[0], code[1], code[2],
                              code[3], code[4]);
    if (code[5] != 255) {
        snprintf(text + used, (size_t)(TOOL_OBIS_SIZE - used), "*%u", code[5]);
    }
}

/* Objects that are neither quantities nor parameters. */
static const struct {
    int16_t code[6];
    const char *name;
} names[] = {
    {{0, 0, 40, 0, ANY, 255}, "association"},
    {{0, 0, 41, 0, 0, 255}, "logical devices"},
    {{0, 0, 42, 0, 0, 255}, "logical device name"},
    {{0, 0, 43, 0, ANY, 255}, "security setup"},
    {{0, 0, 44, 0, ANY, 255}, "image transfer"},
    {{0, ANY, 25, 9, 0, 255}, "push setup"},
    {{0, 0, 22, 0, 0, 255}, "HDLC setup"},
    {{0, ANY, 10, 0, ANY, 255}, "scripts"},
    {{0, ANY, 11, 0, ANY, 255}, "special days"},
    {{0, ANY, 13, 0, ANY, 255}, "activity calendar"},
    {{0, ANY, 14, 0, ANY, 255}, "register activation"},
    {{0, ANY, 15, 0, 0, 255}, "debiting dates"},
    {{0, ANY, 15, 0, 1, 255}, "breaker schedule"},
    {{0, ANY, 15, 0, 2, 255}, "image schedule"},
    {{0, ANY, 15, 0, 4, 255}, "push schedule"},
    {{0, ANY, 16, 0, ANY, 255}, "register monitor"},
    {{0, ANY, 16, 1, ANY, 255}, "alarm monitor"},
    {{0, ANY, 16, 2, ANY, 255}, "parameter monitor"},
    {{0, ANY, 17, 0, ANY, 255}, "limiter"},
    {{0, ANY, 19, 0, ANY, 255}, "account"},
    {{0, ANY, 19, 10, ANY, 255}, "credit"},
    {{0, ANY, 19, 20, ANY, 255}, "charge"},
    {{0, ANY, 19, 40, ANY, 255}, "token gateway"},
    {{0, ANY, 20, 0, ANY, 255}, "local port setup"},
    {{0, ANY, 25, 0, 0, 255}, "TCP setup"},
    {{0, 0, 43, 1, ANY, 255}, "invocation counter"},
    {{0, 0, 44, 128, 0, 255}, "image fault"},
    {{0, 0, 0, 2, 0, 255}, "software number"},
    {{0, 0, 0, 2, 1, 255}, "software revision"},
    {{0, 0, 0, 2, 8, 255}, "software digest"},
    {{0, ANY, 96, 3, 10, 255}, "disconnect control"},
    {{0, 0, 96, 5, ANY, 255}, "event status mapping"},
    {{1, ANY, ANY, 4, 0, 255}, "demand"},
    {{0, ANY, 1, 0, 0, 255}, "clock"},
    {{1, ANY, 99, 1, 0, 255}, "load profile"},
    {{1, ANY, 99, 1, 1, 255}, "analysis logger"},
    {{1, ANY, 98, 1, 0, 255}, "debiting log"},
    {{1, ANY, 98, 2, 0, 255}, "debiting log 2"},
    {{1, ANY, 99, 98, 2, 255}, "status log"},
    {{1, ANY, 99, 98, 3, 255}, "clock log"},
    {{1, ANY, 99, 98, 4, 255}, "voltage quality log"},
    {{1, ANY, 99, 98, 5, 255}, "breaker log"},
    {{1, ANY, 99, 98, 9, 255}, "transformer ratio log"},
    {{1, ANY, 99, 98, 10, 255}, "load profile events"},
    {{1, ANY, 99, 98, 12, 255}, "neutral fault log"},
    {{1, ANY, 99, 98, 13, 255}, "upload success log"},
    {{1, ANY, 99, 98, 14, 255}, "upload fail log"},
    {{0, ANY, 96, 1, ANY, 255}, "device id"},
    {{0, ANY, 96, 10, ANY, 255}, "status"},
    /* columns of logs */
    {{0, 1, 1, 0, 1, 255}, "time_before"},
    {{0, 1, 96, 11, 0, 255}, "event"},
    {{0, 1, 96, 11, 1, 255}, "detail"},
    {{0, 1, 96, 11, 2, 255}, "value_a"},
    {{0, 1, 96, 11, 3, 255}, "value_b"},
    {{1, 1, 96, 5, 3, 255}, "profile_event"},
    {{1, 1, 128, 0, 128, 255}, "origin"},
    {{1, 1, 128, 0, 129, 255}, "cause"},
    {{1, 1, 132, 0, 1, 255}, "phase"},
    {{1, 1, 132, 0, 2, 255}, "quality_event"},
    {{1, 1, 132, 0, 3, 255}, "mean_v"},
    {{1, 1, 132, 0, 4, 255}, "highest_v"},
    {{1, 1, 132, 0, 5, 255}, "lowest_v"},
    {{1, 1, 132, 0, 6, 255}, "neutral_fault"},
    {{1, 1, 132, 0, 128, 255}, "duration_ms"},
    {{1, 1, 130, 0, 2, 255}, "no opening from"},
    {{1, 1, 130, 0, 3, 255}, "no opening to"},
    {{1, 1, 130, 0, 4, 255}, "last payment"},
    {{1, 1, 130, 0, 6, 255}, "low load left"},
    {{1, 1, 130, 0, 7, 255}, "prepayment alarm"},
    {{1, 1, 134, 0, 9, 255}, "neutral fault shift"},
    {{1, 1, 134, 0, 10, 255}, "neutral fault high"},
    {{1, 1, 134, 0, 11, 255}, "neutral fault time"},
    {{1, 1, 134, 0, 12, 255}, "over-voltage limit"},
    {{1, 1, 134, 0, 13, 255}, "under-voltage limit"},
    {{1, 1, 134, 0, 1, 255}, "energy_format"},
    {{1, 1, 0, 2, 1, 128}, "revision_number"},
    {{1, 1, 0, 2, 2, 128}, "revision"},
    {{1, 1, 0, 1, 5, 128}, "debiting_stop"},
};

static bool matches(const int16_t pattern[6], const uint8_t code[6])
{
    for (int i = 0; i < 6; i++) {
        if (pattern[i] != ANY && pattern[i] != code[i]) {
            return false;
        }
    }
    return true;
}

const char *tool_obis_name(const uint8_t code[6])
{
    const struct wh_quantity *quantity = wh_catalog_find_obis(code);
    if (quantity != NULL) {
        return quantity->name;
    }
    const struct tool_item *item = tool_item_find_obis(code);
    if (item != NULL) {
        return item->name;
    }
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        if (matches(names[n].code, code)) {
            return names[n].name;
        }
    }
    /* Other makers count channels from 0 where this family has 1. */
    uint8_t of_family[6];
    memcpy(of_family, code, sizeof of_family);
    of_family[1] = 1;
    quantity = code[0] == 1 && code[1] == 0 ? wh_catalog_find_obis(of_family) : NULL;
    return quantity != NULL ? quantity->name : "";
}
