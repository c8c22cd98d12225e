/* The shape of the ordering and configuration codes (VAR-8…13): which fields follow one another,
 * what each may hold and what that means, as tables; and one parser and one printer for all of
 * them. Numbers are turned into the structures that programs use by catalog/code.h.
 *
 * A code is written as the data sheet has it, "1-2-040-05", or without the dashes, or with spaces
 * in their place. Letters may be small. Inside a field nothing may stand: a digit that is in the
 * wrong field is more likely a slip than a style.
 */
#ifndef WH_CATALOG_CODE_FORM_H
#define WH_CATALOG_CODE_FORM_H

#include "catalog/variant.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wh_code_kind {
    WH_CODE_TYPE_382L, /* VAR-8 */
    WH_CODE_TYPE_351C, /* VAR-9 */
    WH_CODE_CONFIG_1,  /* VAR-10 */
    WH_CODE_CONFIG_2,  /* VAR-11 */
    WH_CODE_CONFIG_3,  /* VAR-12 */
    WH_CODE_CONFIG_5,  /* VAR-13 */
    WH_CODE_KINDS,
};

enum {
    WH_CODE_FIELDS_MAX = 8,
    WH_CODE_DIGITS_SIZE = 4,   /* of a field, with its NUL */
    WH_CODE_TEXT_SIZE = 32,    /* of any code as printed */
    WH_CODE_MEANING_SIZE = 96, /* of any field's meaning */
    WH_CODE_FAULT_SIZE = 256,
};

struct wh_code_choice {
    const char *digits;
    int16_t value; /* what programs see; different for each choice of a field */
    const char *meaning;
};

/* A field holds one of its choices or a number low … high that stands for itself. */
struct wh_code_field {
    const char *name;  /* as the data sheet calls it, "CCC" */
    const char *title; /* "communication module" */
    uint8_t width;     /* characters */
    bool spaced;       /* the sheet prints its characters apart, so they may be written apart */
    const struct wh_code_choice *choice;
    uint8_t choice_count;
    uint16_t low, high; /* high 0: no numbers */
    const char *before; /* a number means: before, the number times the factor, after */
    uint8_t factor;
    const char *after;
};

struct wh_code_form {
    enum wh_model model;
    const char *name;    /* of the code, as in "config1=…" */
    const char *title;   /* "configuration 1 of the 351C" */
    const char *layout;  /* as the data sheet prints it, "A B CCC DD" */
    const char *head;    /* before the first field, "685-" */
    bool head_optional;  /* when the code is named */
    const char *between; /* the fields */
    const struct wh_code_field *field;
    size_t field_count;
};

/* A code as numbers: the value of each field. */
struct wh_code {
    enum wh_code_kind kind;
    int16_t value[WH_CODE_FIELDS_MAX];
};

/* What is wrong with a code. */
struct wh_code_fault {
    const char *field; /* its name, "" when it is not about one field */
    size_t position; /* of the first character that is wrong, from 1; 0 if it is not at one place */
    char text[WH_CODE_FAULT_SIZE]; /* one line that names the field and says what it may hold */
};

/* NULL if there is no such kind. */
const struct wh_code_form *wh_code_form(enum wh_code_kind kind);

/* Which code a text is, and where in it the code begins: "config1=…" names it (any name of a
 * form), a bare one is told by its head ("685", "382L") or by the number of its characters.
 * WH_ERR_NOT_FOUND: it is none; then fault says what there is. */
enum wh_err wh_code_recognise(const char *text, enum wh_code_kind *kind, const char **code,
                              struct wh_code_fault *fault);

/* WH_ERR_FORMAT: fault says why, and *code is as it was. Does not look at what fields mean
 * together; that is wh_code_check in catalog/code.h. */
enum wh_err wh_code_parse(struct wh_code *code, enum wh_code_kind kind, const char *text,
                          struct wh_code_fault *fault);

/* The code as the data sheet writes it. WH_ERR_ARGUMENT: a value stands for nothing; then fault
 * names the field and text is empty. */
enum wh_err wh_code_print(const struct wh_code *code, char text[WH_CODE_TEXT_SIZE],
                          struct wh_code_fault *fault);

/* Digits and meaning of a value of a field; false, and empty texts, if it stands for nothing. */
bool wh_code_digits(const struct wh_code_field *field, int16_t value,
                    char digits[WH_CODE_DIGITS_SIZE]);
bool wh_code_meaning(const struct wh_code_field *field, int16_t value,
                     char meaning[WH_CODE_MEANING_SIZE]);

/* All that a field may hold, "00, 01, 13–24", cut to size. */
void wh_code_allowed(const struct wh_code_field *field, char *text, size_t size);

#endif
