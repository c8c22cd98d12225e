/* Text without stdio. Invariant: at[length] is the NUL, and length is below size. */
#include "face/text.h"

enum { DIGITS = 20, TEN = 10 };

struct wh_text wh_text_begin(char *at, size_t size)
{
    at[0] = '\0';
    return (struct wh_text){.at = at, .size = size};
}

void wh_text_char(struct wh_text *text, char character)
{
    if (text->length + 1 >= text->size) {
        text->is_cut = true;
        return;
    }
    text->at[text->length++] = character;
    text->at[text->length] = '\0';
}

void wh_text_string(struct wh_text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        wh_text_char(text, *string);
    }
}

void wh_text_decimal(struct wh_text *text, int64_t number, unsigned decimals, unsigned whole)
{
    char digits[DIGITS + 1];
    unsigned count = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    while (count < DIGITS && (rest > 0 || count < decimals + (whole > 0 ? whole : 1))) {
        digits[count++] = (char)('0' + rest % TEN);
        rest /= TEN;
    }
    if (number < 0) {
        wh_text_char(text, '-');
    }
    while (count > 0) {
        wh_text_char(text, digits[--count]);
        if (count == decimals && decimals > 0) {
            wh_text_char(text, '.');
        }
    }
}

static void two_digits(struct wh_text *text, unsigned number)
{
    wh_text_char(text, (char)('0' + number / TEN % TEN));
    wh_text_char(text, (char)('0' + number % TEN));
}

void wh_text_moment(struct wh_text *text, const struct wh_datetime *time, bool summer,
                    bool is_valid)
{
    wh_text_char(text, summer ? '1' : '0');
    wh_text_char(text, is_valid ? '1' : '0');
    two_digits(text, time->year % 100u);
    two_digits(text, time->month);
    two_digits(text, time->day);
    two_digits(text, time->hour);
    two_digits(text, time->minute);
    two_digits(text, time->second);
}

enum wh_err wh_text_end(const struct wh_text *text)
{
    return text->is_cut ? WH_ERR_SPACE : WH_OK;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

enum wh_err wh_text_read_decimal(const char *string, unsigned decimals, int64_t *number)
{
    enum { MOST_DIGITS = 15 };
    unsigned digits = 0;
    unsigned behind = 0;
    bool has_point = false;
    *number = 0;
    for (; *string != '\0' && *string != '*'; string++) {
        if (*string == '.' && !has_point && digits > 0) {
            has_point = true;
            continue;
        }
        if (!is_digit(*string) || ++digits > MOST_DIGITS || (has_point && ++behind > decimals)) {
            return WH_ERR_FORMAT;
        }
        *number = *number * TEN + (*string - '0');
    }
    for (; behind < decimals; behind++) {
        *number *= TEN;
    }
    return digits > 0 ? WH_OK : WH_ERR_FORMAT;
}

enum wh_err wh_text_read_moment(const char *string, struct wh_datetime *time)
{
    enum { FIELDS = 6 };
    uint8_t field[FIELDS];
    for (unsigned f = 0; f < FIELDS; f++, string += 2) {
        if (!is_digit(string[0]) || !is_digit(string[1])) {
            return WH_ERR_FORMAT;
        }
        field[f] = (uint8_t)((string[0] - '0') * TEN + (string[1] - '0'));
    }
    *time = (struct wh_datetime){.year = (uint16_t)(2000 + field[0]),
                                 .month = field[1],
                                 .day = field[2],
                                 .hour = field[3],
                                 .minute = field[4],
                                 .second = field[5]};
    return *string == '\0' ? WH_OK : WH_ERR_FORMAT;
}
