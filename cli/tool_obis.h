/* OBIS codes as people write them, and what they are called.
 */
#ifndef CLI_TOOL_OBIS_H
#define CLI_TOOL_OBIS_H

#include <stdbool.h>
#include <stdint.h>

enum { TOOL_OBIS_SIZE = 24 };

struct tool_obis {
    uint8_t code[6];
    bool has_medium; /* A and B were given; else 1-1 stands for them */
};

/* "1-1:1.8.0", "1-1:1.8.0*255", "1.1.1.8.0.255", "1.8.0", "1.8.0*1". False: none of these. F is 255
 * when not given. */
bool tool_obis_parse(const char *text, struct tool_obis *obis);

/* "1-1:1.8.0", with "*F" unless it is 255. */
void tool_obis_text(const uint8_t code[6], char text[TOOL_OBIS_SIZE]);

/* What stands behind a code in this meter family or in every meter: the catalog's name, that of a
 * parameter, or that of an object of the standard; "" if not known. Static storage. */
const char *tool_obis_name(const uint8_t code[6]);

#endif
