/* Texts put together by hand: the core has no printf. Private to the codes. */
#ifndef WH_CATALOG_CODE_TEXT_H
#define WH_CATALOG_CODE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Where a text grows. It always ends with NUL, and what does not fit is left out. */
struct wh_code_text {
    char *at;
    size_t size;
    size_t length;
};

/* An empty text in a buffer of size bytes, at least 1. */
struct wh_code_text wh_code_text(char *buffer, size_t size);

void wh_code_put(struct wh_code_text *text, const char *part);
void wh_code_put_char(struct wh_code_text *text, char c);

/* A number with at least width digits. */
void wh_code_put_number(struct wh_code_text *text, uint32_t number, unsigned width);

#endif
