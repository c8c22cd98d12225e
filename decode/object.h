/* COSEM objects by name: classes, attributes, methods, OBIS codes. Internal. */
#ifndef DECODE_OBJECT_H
#define DECODE_OBJECT_H

#include "decode/context.h"

enum { DECODE_OBIS_TEXT = 128 };

/* "register", …; "class 99" is the caller's matter: NULL when there is none. */
const char *decode_class_text(uint16_t class_id);
/* "scaler_unit", …; NULL when there is none. */
const char *decode_attribute_text(uint16_t class_id, int index);
const char *decode_method_text(uint16_t class_id, int index);

/* "1.1.1.8.0.255 a_plus": the code, and the catalog's name or what the standard calls it. */
void decode_obis_text(char text[DECODE_OBIS_TEXT], const uint8_t obis[6]);
/* Only the name; false when there is none. */
bool decode_obis_name(char text[DECODE_OBIS_TEXT], const uint8_t obis[6]);

/* "register 1.1.1.8.0.255 a_plus, 2 value". */
void decode_subject_text(char *text, size_t size, const struct decode_subject *subject);

/* "Wh", …; NULL for an unknown code of scal_unit_type. */
const char *decode_unit_text(uint8_t unit);

#endif
