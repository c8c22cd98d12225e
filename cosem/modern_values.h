/* Reading values that a client writes: a value that is not as it is to be makes the reader fail, so
 * that a whole table is read and asked about once. Private to cosem/.
 */
#ifndef WH_COSEM_MODERN_VALUES_H
#define WH_COSEM_MODERN_VALUES_H

#include "dlms/server.h"

/* Octets of a time of day and of a date, 6-2. */
enum { WH_MODERN_TIME_SIZE = 4, WH_MODERN_DATE_SIZE = 5, WH_MODERN_DATE_TIME_SIZE = 12 };

/* Whether it holds; what is of another type, or too long, is for the caller to tell. */
void wh_modern_expect(struct dlms_reader *reader, bool holds);

/* An array or structure of that many elements, at most 255; how many. */
uint8_t wh_modern_get_container(struct dlms_reader *reader, uint8_t tag, size_t least, size_t most);
void wh_modern_get_structure(struct dlms_reader *reader, size_t count);

/* An octet-string of that many; zeros if it is none. */
void wh_modern_get_octets(struct dlms_reader *reader, uint8_t *to, size_t size);

/* A number of that type, up to 16 bits. */
uint16_t wh_modern_get_number(struct dlms_reader *reader, uint8_t tag);

bool wh_modern_is_zero_or_any(uint8_t field);

#endif
