/* Lines, comma-separated fields, numbers and error messages for the COMTRADE readers; private to
 * them.
 *
 * A slice points into the caller's bytes and is never NUL-terminated: nothing is copied while
 * parsing. */
#ifndef WH_SIM_COMTRADE_TEXT_H
#define WH_SIM_COMTRADE_TEXT_H

#include "sim/comtrade.h"

struct sim_comtrade_slice {
    const char *text;
    size_t length;
};

/* Walks the lines of text. */
struct sim_comtrade_reader {
    const struct sim_comtrade_bytes *source;
    size_t at;   /* next byte */
    size_t line; /* number of the line read last, in its file */
};

/* Text made fit for a message: at most 24 characters, unprintable ones as '?'. */
struct sim_comtrade_quote {
    char text[28];
};

struct sim_comtrade_reader sim_comtrade_reader(const struct sim_comtrade_bytes *source);

/* The next line without its end (LF or CR LF); false at the end of the text. The character 1Ah ends
 * the text, as it did under DOS. */
bool sim_comtrade_next_line(struct sim_comtrade_reader *reader, struct sim_comtrade_slice *line);

/* Takes the field before the next comma from rest, blanks around it removed; false when rest is
 * used up. "a," has two fields, the second empty. */
bool sim_comtrade_next_field(struct sim_comtrade_slice *rest, struct sim_comtrade_slice *field);

struct sim_comtrade_slice sim_comtrade_trim(struct sim_comtrade_slice slice);

/* Whether slice is word, letters compared without case. */
bool sim_comtrade_is(struct sim_comtrade_slice slice, const char *word);

/* A finite decimal number; nothing else that strtod would take (hexadecimal, inf, nan). */
bool sim_comtrade_real(struct sim_comtrade_slice slice, double *value);

/* A non-negative decimal integer up to 10^15. */
bool sim_comtrade_integer(struct sim_comtrade_slice slice, uint64_t *value);

struct sim_comtrade_quote sim_comtrade_quote(struct sim_comtrade_slice slice);

/* Writes the message and returns false, so that a reader can return it. */
bool sim_comtrade_fail(struct sim_comtrade_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with "file: line n: " in front, for the line the reader read last. */
bool sim_comtrade_fail_line(struct sim_comtrade_error *error,
                            const struct sim_comtrade_reader *reader, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
