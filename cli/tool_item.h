/* The parameters of a meter, each with its place in every protocol that has one. Names are those of
 * app/parameter.c where the meter's configuration has the same member.
 *
 * A protocol's number is the value times factor; KMP's is in 10^kmp_exponent of kmp_unit.
 */
#ifndef CLI_TOOL_ITEM_H
#define CLI_TOOL_ITEM_H

#include <stdbool.h>
#include <stdint.h>

enum tool_item_kind {
    TOOL_ITEM_SETTING, /* part of a dump */
    TOOL_ITEM_STATE,   /* can be written, but is no configuration: counters, active tariff */
    TOOL_ITEM_SHOWN,   /* can only be read */
};

struct tool_item {
    const char *name;
    enum tool_item_kind kind;
    uint8_t obis[6];
    uint16_t class_id;
    uint8_t attribute;
    uint8_t tag; /* enum dlms_tag of a number */
    uint8_t factor;
    const char *deletes; /* the log that a change deletes in the meter; NULL: none */
    uint16_t kmp_id;     /* 0: none */
    uint8_t kmp_unit;
    int8_t kmp_exponent;
    uint8_t kmp_size;
    const char *iec; /* in programming mode; NULL: not by IEC 62056-21 */
    int64_t least, greatest;
    const char *text; /* what it is, with unit and meaning of the numbers */
};

/* Row by number, NULL past the last; by name or OBIS code, NULL if there is none. */
const struct tool_item *tool_item_at(int index);
const struct tool_item *tool_item_find(const char *name);
const struct tool_item *tool_item_find_obis(const uint8_t obis[6]);

#endif
