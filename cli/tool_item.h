/* The parameters of a meter, each with its place in every protocol that has one. Names are those of
 * app/parameter.c where the meter's configuration has the same member, with _1, _2 … for the
 * elements of one that is several. Those that the family has no place for come last.
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

enum tool_item_form {
    TOOL_FORM_NUMBER,
    TOOL_FORM_LIST, /* of quantities; greatest is how many there is room for */
    TOOL_FORM_PLAN, /* of tariffs */
};

struct tool_item {
    const char *name;
    enum tool_item_kind kind;
    enum tool_item_form form;
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

/* What deletes a log is written last; but of this others are refused until it is written. */
bool tool_item_has_dependents(const struct tool_item *item);

/* Another place of an item: that which this project's meters have for every parameter of their
 * configuration (face/parameter_place.h, cosem/parameters.c). False: it has none, being no
 * parameter. */
struct tool_place {
    struct tool_item item;
    char iec[16];
};
bool tool_item_place(const struct tool_item *item, struct tool_place *place);

/* Row by number, NULL past the last; by name or OBIS code, NULL if there is none. The codes are those of
 * the family and those of this project's own places. */
const struct tool_item *tool_item_at(int index);
const struct tool_item *tool_item_find(const char *name);
const struct tool_item *tool_item_find_obis(const uint8_t obis[6]);

#endif
