/* Reports for people and for programs.
 */
#ifndef DECODE_PRINT_H
#define DECODE_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "decode/session.h"

/* What the caller knows of where a frame came from; texts may be NULL. */
struct decode_origin {
    const char *time;    /* "14:02:11.123" */
    const char *channel; /* "192.0.2.1:1025", one of several conversations */
    uint64_t line;       /* of a text file; 0: none */
};

/* The whole tree, bytes in front, and a line in between. */
void decode_print_tree(FILE *file, const struct decode_report *report,
                       const struct decode_origin *origin);

/* One line. */
void decode_print_brief(FILE *file, const struct decode_report *report,
                        const struct decode_origin *origin);

/* One object: n, direction ("to-meter", "from-meter", null), language, ok, summary, hex, offset,
 * line, time, channel, fields [{name, meaning, hex, fault, fields}]. NULL: no memory. The
 * caller's. */
json_t *decode_json(const struct decode_report *report, const struct decode_origin *origin);

#endif
