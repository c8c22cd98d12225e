/* What the bits and codes of the meter family mean.
 */
#ifndef CLI_TOOL_WORDS_H
#define CLI_TOOL_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* Spells out a number of the quantity or column with that name ("data_quality", "events_b",
 * "breaker_state" …): "under-voltage, outage". "" for a name without words, and for nothing set. */
void tool_words(const char *name, int64_t number, char *text, size_t size);

#endif
