/* Growing texts. Invariant: at[length] is NUL and inside the buffer. */
#include "catalog/code_text.h"

struct wh_code_text wh_code_text(char *buffer, size_t size)
{
    buffer[0] = '\0';
    return (struct wh_code_text){buffer, size, 0};
}

void wh_code_put_char(struct wh_code_text *text, char c)
{
    if (text->length + 1 < text->size) {
        text->at[text->length++] = c;
        text->at[text->length] = '\0';
    }
}

void wh_code_put(struct wh_code_text *text, const char *part)
{
    while (*part != '\0') {
        wh_code_put_char(text, *part++);
    }
}

void wh_code_put_number(struct wh_code_text *text, uint32_t number, unsigned width)
{
    char digits[10];
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (unsigned zeros = width; zeros > count; zeros--) {
        wh_code_put_char(text, '0');
    }
    while (count > 0) {
        wh_code_put_char(text, digits[--count]);
    }
}
