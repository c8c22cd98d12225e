/* What KMP registers, logs and meter types are called. Internal. */
#ifndef DECODE_KMP_NAMES_H
#define DECODE_KMP_NAMES_H

#include <stdint.h>

/* The catalog's name, or that of the vendor's list; "" when there is none. */
const char *decode_kmp_register_text(uint16_t id);
const char *decode_kmp_log_text(uint8_t log);
/* "382L", …; "unknown" */
const char *decode_kmp_type_text(uint16_t type);

#endif
