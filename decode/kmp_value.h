/* KMP values as text. Internal. */
#ifndef DECODE_KMP_VALUE_H
#define DECODE_KMP_VALUE_H

#include <stddef.h>

#include "kmp/value.h"

/* "12345.67 kWh", "2012-09-10 16:02:33 Monday, valid", "16:02:33" … */
void decode_kmp_value_text(char *text, size_t size, const struct kmp_value *value);

/* A time of an event that may not have been. */
void decode_kmp_rtc_text(char *text, size_t size, const struct kmp_rtc *rtc);

#endif
