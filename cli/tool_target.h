/* What a user wants read, found by name or code, with its place in each protocol.
 *
 *     a_plus, u_l1, serial_number …   names of the catalog, and of parameters (tool_item.h)
 *     1-1:1.8.0  1-0:1.8.0  1.8.0     OBIS codes
 *     3/1.1.1.8.0.255/2               class, logical name and attribute, as they are (DLMS)
 *     kmp:1054                        a register's number (KMP)
 */
#ifndef CLI_TOOL_TARGET_H
#define CLI_TOOL_TARGET_H

#include "catalog/catalog.h"
#include "cli/tool_item.h"
#include "cli/tool_obis.h"
#include <stddef.h>

enum { TOOL_NAME_SIZE = 48, TOOL_IEC_SIZE = 17 };

struct tool_target {
    char name[TOOL_NAME_SIZE]; /* as it was asked for */
    bool has_obis;
    bool has_medium; /* A and B are as asked for */
    uint8_t obis[6];
    uint16_t class_id;       /* the one to try first; 0: not known */
    bool is_exact;           /* class and attribute are not to be guessed */
    int8_t attribute;        /* 2 usually */
    uint16_t kmp_id;         /* 0: none */
    char iec[TOOL_IEC_SIZE]; /* reduced code; "": none */
    const struct tool_item *item;
};

/* False, with one line in error: it is no name and no code. */
bool tool_target_find(const char *text, struct tool_target *target, char *error, size_t error_size);

/* The target of a row of the catalog and of a parameter. */
struct tool_target tool_target_of_quantity(const struct wh_quantity *quantity);
struct tool_target tool_target_of_item(const struct tool_item *item);

#endif
