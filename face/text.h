/* Text into the caller's room, cut where it ends and then known to be. Private to face/. */
#ifndef WH_FACE_TEXT_H
#define WH_FACE_TEXT_H

#include "app/clock.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Always NUL-terminated. */
struct wh_text {
    char *at;
    size_t size;
    size_t length;
    bool is_cut;
};

struct wh_text wh_text_begin(char *at, size_t size);
void wh_text_char(struct wh_text *text, char character);
void wh_text_string(struct wh_text *text, const char *string);

/* A number with decimals digits behind the point and at least whole digits in front of it. */
void wh_text_decimal(struct wh_text *text, int64_t number, unsigned decimals, unsigned whole);

/* NVYYMMDDhhmmss: summer time, valid. */
void wh_text_moment(struct wh_text *text, const struct wh_datetime *time, bool summer,
                    bool is_valid);

/* WH_OK, or WH_ERR_SPACE if it was cut. */
enum wh_err wh_text_end(const struct wh_text *text);

/* A number with up to decimals digits behind the point, in 10^-decimals; what follows '*' (a unit) is passed over.
 * WH_ERR_FORMAT. */
enum wh_err wh_text_read_decimal(const char *string, unsigned decimals, int64_t *number);

/* YYMMDDhhmmss, of this century. WH_ERR_FORMAT: other than twelve digits at the end of the string. */
enum wh_err wh_text_read_moment(const char *string, struct wh_datetime *time);

#endif
