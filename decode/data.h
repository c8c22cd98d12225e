/* COSEM data, typed and told what they are of. Internal. */
#ifndef DECODE_DATA_H
#define DECODE_DATA_H

#include "decode/context.h"

/* Shows elements of Data from the start of bytes, as many as walk wants. walk goes on where it
 * stood, so Data may come in pieces; what is left open here is closed in the tree, not in walk.
 * Returns the octets used; fewer than length means that an element is not complete (*is_bad
 * false), or is none (*is_bad). */
size_t decode_data_walk(struct decode_context *context, struct decode_walk *walk, const char *name,
                        const uint8_t *bytes, size_t length, bool *is_bad);

/* Shows one Data; what is wrong with it becomes a fault. Returns the octets it took, length when it
 * is wrong. */
size_t decode_data(struct decode_context *context, const struct decode_subject *subject,
                   const char *name, const uint8_t *bytes, size_t length);

/* "2013-10-25 00:00:00 Friday, invalid" and so on, from the 12 octets of a date-time. */
void decode_date_time_text(char *text, size_t size, const uint8_t bytes[12]);

#endif
