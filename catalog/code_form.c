/* One parser and one printer over the tables of catalog/code_table.c. Invariant: what the parser
 * accepts, the printer gives back. */
#include "catalog/code_form.h"
#include "catalog/code_text.h"
#include <string.h>

static bool is_separator(char c)
{
    return c == ' ' || c == '-';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool wh_code_digits(const struct wh_code_field *field, int16_t value,
                    char digits[WH_CODE_DIGITS_SIZE])
{
    struct wh_code_text text = wh_code_text(digits, WH_CODE_DIGITS_SIZE);
    for (unsigned k = 0; k < field->choice_count; k++) {
        if (field->choice[k].value == value) {
            wh_code_put(&text, field->choice[k].digits);
            return true;
        }
    }
    if (field->high == 0 || value < field->low || value > field->high) {
        return false;
    }
    wh_code_put_number(&text, (uint32_t)value, field->width);
    return true;
}

bool wh_code_meaning(const struct wh_code_field *field, int16_t value,
                     char meaning[WH_CODE_MEANING_SIZE])
{
    struct wh_code_text text = wh_code_text(meaning, WH_CODE_MEANING_SIZE);
    for (unsigned k = 0; k < field->choice_count; k++) {
        if (field->choice[k].value == value) {
            wh_code_put(&text, field->choice[k].meaning);
            return true;
        }
    }
    if (field->high == 0 || value < field->low || value > field->high) {
        return false;
    }
    wh_code_put(&text, field->before);
    wh_code_put_number(&text, (uint32_t)value * field->factor, 1);
    wh_code_put(&text, field->after);
    return true;
}

/* -1 if the digits are not those of a number. */
static int32_t number_of(const char *digits)
{
    int32_t number = 0;
    for (; *digits != '\0'; digits++) {
        if (*digits < '0' || *digits > '9') {
            return -1;
        }
        number = number * 10 + (*digits - '0');
    }
    return number;
}

struct run {
    int32_t first, last;
    char first_digits[WH_CODE_DIGITS_SIZE], last_digits[WH_CODE_DIGITS_SIZE];
};

static void put_run(struct wh_code_text *text, const struct run *run)
{
    if (run->first_digits[0] == '\0') {
        return;
    }
    wh_code_put(text, text->length > 0 ? ", " : "");
    wh_code_put(text, run->first_digits);
    if (strcmp(run->first_digits, run->last_digits) != 0) {
        wh_code_put(text, run->last == run->first + 1 ? ", " : "–");
        wh_code_put(text, run->last_digits);
    }
}

/* Adds digits to a run that they continue, or prints the run and begins another. */
static void put_digits(struct wh_code_text *text, struct run *run, const char *digits)
{
    const int32_t number = number_of(digits);
    if (number < 0 || number != run->last + 1) {
        put_run(text, run);
        memcpy(run->first_digits, digits, WH_CODE_DIGITS_SIZE);
        run->first = number;
    }
    memcpy(run->last_digits, digits, WH_CODE_DIGITS_SIZE);
    run->last = number < 0 ? INT16_MIN : number;
}

void wh_code_allowed(const struct wh_code_field *field, char *buffer, size_t size)
{
    struct wh_code_text text = wh_code_text(buffer, size);
    struct run run = {.last = INT16_MIN};
    char digits[WH_CODE_DIGITS_SIZE];
    for (unsigned k = 0; k < field->choice_count; k++) {
        wh_code_digits(field, field->choice[k].value, digits);
        put_digits(&text, &run, digits);
    }
    if (field->high > 0) {
        wh_code_digits(field, (int16_t)field->low, digits);
        put_digits(&text, &run, digits);
        wh_code_digits(field, (int16_t)field->high, run.last_digits);
        run.last = field->high;
    }
    put_run(&text, &run);
}

/* Names the field and where its fault is; what follows is put by the caller. */
static struct wh_code_text begin_fault(struct wh_code_fault *fault,
                                       const struct wh_code_field *field, size_t position)
{
    fault->field = field != NULL ? field->name : "";
    fault->position = position;
    struct wh_code_text text = wh_code_text(fault->text, sizeof fault->text);
    if (field != NULL) {
        wh_code_put(&text, field->name);
        wh_code_put(&text, " (");
        wh_code_put(&text, field->title);
        wh_code_put(&text, ")");
    }
    return text;
}

/* What was written, between quotation marks and fit to print. */
static void put_quoted(struct wh_code_text *text, const char *part, size_t length)
{
    wh_code_put_char(text, '"');
    for (size_t i = 0; i < length; i++) {
        wh_code_put_char(text, part[i] >= ' ' && part[i] <= '~' ? part[i] : '?');
    }
    wh_code_put_char(text, '"');
}

static enum wh_err refuse(const struct wh_code_field *field, struct wh_code_text *text)
{
    char allowed[WH_CODE_FAULT_SIZE / 2];
    wh_code_allowed(field, allowed, sizeof allowed);
    wh_code_put(text, "; allowed: ");
    wh_code_put(text, allowed);
    return WH_ERR_FORMAT;
}

/* What a field holds, in capitals, and where each character stands; at[length] is where the next
 * would. */
struct taken {
    char digits[WH_CODE_DIGITS_SIZE];
    size_t at[WH_CODE_DIGITS_SIZE];
    size_t length;
};

/* Takes the characters of a field; fewer where the code ends or is divided too early. */
static void take(const struct wh_code_field *field, const char *text, size_t *at,
                 struct taken *taken)
{
    *taken = (struct taken){.length = 0};
    while (taken->length < field->width) {
        while (is_separator(text[*at]) && (taken->length == 0 || field->spaced)) {
            ++*at;
        }
        if (text[*at] == '\0' || is_separator(text[*at])) {
            break;
        }
        taken->at[taken->length] = *at;
        taken->digits[taken->length++] = upper(text[(*at)++]);
    }
    taken->at[taken->length] = *at;
}

static size_t common_length(const char *one, const char *other)
{
    size_t length = 0;
    while (one[length] != '\0' && one[length] == other[length]) {
        length++;
    }
    return length;
}

/* How many of the digits begin a number low … high: those for which the numbers that begin so meet
 * the range. */
static size_t match_number(const struct wh_code_field *field, const char *digits, int16_t *value)
{
    int32_t first = 0;
    int32_t count = 1; /* of the numbers that begin so */
    for (size_t i = 0; i < field->width; i++) {
        count *= 10;
    }
    size_t length = 0;
    while (length < field->width && digits[length] >= '0' && digits[length] <= '9') {
        count /= 10;
        const int32_t next = first + (digits[length] - '0') * count;
        if (next > field->high || next + count <= field->low) {
            break;
        }
        first = next;
        length++;
    }
    *value = (int16_t)first;
    return length;
}

/* How many characters of the digits some value begins with; the value if it is all of them. */
static size_t match(const struct wh_code_field *field, const char *digits, int16_t *value)
{
    size_t longest = field->high > 0 ? match_number(field, digits, value) : 0;
    for (unsigned k = 0; k < field->choice_count && longest < field->width; k++) {
        const size_t length = common_length(digits, field->choice[k].digits);
        if (length > longest) {
            longest = length;
            *value = field->choice[k].value;
        }
    }
    return longest;
}

static enum wh_err read_field(const struct wh_code_field *field, const char *text, size_t *at,
                              int16_t *value, struct wh_code_fault *fault)
{
    struct taken taken;
    take(field, text, at, &taken);
    const size_t matched = match(field, taken.digits, value);
    if (matched == field->width) {
        return WH_OK;
    }
    struct wh_code_text message = begin_fault(fault, field, taken.at[matched] + 1);
    if (taken.length == 0) {
        wh_code_put(&message, " is missing");
        return refuse(field, &message);
    }
    wh_code_put(&message, " is ");
    put_quoted(&message, taken.digits, taken.length);
    if (taken.length < field->width) {
        wh_code_put(&message, ", but takes ");
        wh_code_put_number(&message, field->width, 1);
        wh_code_put(&message, " characters");
    }
    return refuse(field, &message);
}

static size_t skip_separators(const char *text, size_t at)
{
    while (is_separator(text[at])) {
        at++;
    }
    return at;
}

/* Length of the head at the begin of a text, 0 if it is not there. Its dash and its x may be left
 * out. */
static size_t skip_head(const char *text, const char *head)
{
    size_t at = skip_separators(text, 0);
    for (; *head != '\0'; head++) {
        const bool optional = *head == 'x' || is_separator(*head);
        at = optional ? skip_separators(text, at) : at;
        if (upper(text[at]) == upper(*head)) {
            at++;
        } else if (!optional) {
            return 0;
        }
    }
    return at;
}

static enum wh_err read_head(const struct wh_code_form *form, const char *text, size_t *at,
                             struct wh_code_fault *fault)
{
    *at = skip_head(text, form->head);
    if (*at > 0 || form->head[0] == '\0' || form->head_optional) {
        return WH_OK;
    }
    struct wh_code_text message = begin_fault(fault, NULL, 1);
    wh_code_put(&message, "a ");
    wh_code_put(&message, form->title);
    wh_code_put(&message, " begins with ");
    wh_code_put(&message, form->head);
    return WH_ERR_FORMAT;
}

static enum wh_err read_end(const struct wh_code_form *form, const char *text, size_t at,
                            struct wh_code_fault *fault)
{
    at = skip_separators(text, at);
    if (text[at] == '\0') {
        return WH_OK;
    }
    const struct wh_code_field *last = &form->field[form->field_count - 1];
    struct wh_code_text message = begin_fault(fault, last, at + 1);
    wh_code_put(&message, " is the last; ");
    put_quoted(&message, text + at, 1);
    wh_code_put(&message, " is too much");
    return WH_ERR_FORMAT;
}

enum wh_err wh_code_parse(struct wh_code *code, enum wh_code_kind kind, const char *text,
                          struct wh_code_fault *fault)
{
    const struct wh_code_form *form = wh_code_form(kind);
    struct wh_code read = {.kind = kind};
    size_t at = 0;
    if (form == NULL) {
        begin_fault(fault, NULL, 0);
        return WH_ERR_FORMAT;
    }
    enum wh_err err = read_head(form, text, &at, fault);
    for (size_t f = 0; f < form->field_count && err == WH_OK; f++) {
        err = read_field(&form->field[f], text, &at, &read.value[f], fault);
    }
    if (err == WH_OK) {
        err = read_end(form, text, at, fault);
    }
    if (err == WH_OK) {
        *code = read;
    }
    return err;
}

enum wh_err wh_code_print(const struct wh_code *code, char buffer[WH_CODE_TEXT_SIZE],
                          struct wh_code_fault *fault)
{
    const struct wh_code_form *form = wh_code_form(code->kind);
    struct wh_code_text text = wh_code_text(buffer, WH_CODE_TEXT_SIZE);
    if (form == NULL) {
        begin_fault(fault, NULL, 0);
        return WH_ERR_ARGUMENT;
    }
    wh_code_put(&text, form->head);
    for (size_t f = 0; f < form->field_count; f++) {
        char digits[WH_CODE_DIGITS_SIZE];
        if (!wh_code_digits(&form->field[f], code->value[f], digits)) {
            struct wh_code_text message = begin_fault(fault, &form->field[f], 0);
            wh_code_put(&message, " has no code for this value");
            refuse(&form->field[f], &message);
            buffer[0] = '\0';
            return WH_ERR_ARGUMENT;
        }
        wh_code_put(&text, f > 0 ? form->between : "");
        wh_code_put(&text, digits);
    }
    return WH_OK;
}

/* Characters of a code, without what separates them. */
static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += is_separator(*text) ? 0 : 1;
    }
    return count;
}

static size_t form_characters(const struct wh_code_form *form)
{
    size_t count = 0;
    for (size_t f = 0; f < form->field_count; f++) {
        count += form->field[f].width;
    }
    return count;
}

/* "config1" of "config1=…" */
static bool is_named(const struct wh_code_form *form, const char *text, const char **code)
{
    const size_t length = strlen(form->name);
    if (strncmp(text, form->name, length) != 0 || text[length] != '=') {
        return false;
    }
    *code = text + length + 1;
    return true;
}

static bool has_shape(const struct wh_code_form *form, const char *text)
{
    if (form->head[0] != '\0') {
        return skip_head(text, form->head) > 0;
    }
    return strchr(text, '=') == NULL && text[0] >= '0' && text[0] <= '9' &&
           count_characters(text) == form_characters(form);
}

static void refuse_shape(struct wh_code_fault *fault)
{
    struct wh_code_text message = begin_fault(fault, NULL, 0);
    wh_code_put(&message, "not a code that is known; there are");
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct wh_code_form *form = wh_code_form((enum wh_code_kind)k);
        wh_code_put(&message, k > 0 ? ", " : " ");
        wh_code_put(&message, form->name);
        wh_code_put(&message, "=");
        wh_code_put(&message, form->layout);
    }
}

enum wh_err wh_code_recognise(const char *text, enum wh_code_kind *kind, const char **code,
                              struct wh_code_fault *fault)
{
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        if (is_named(wh_code_form((enum wh_code_kind)k), text, code)) {
            *kind = (enum wh_code_kind)k;
            return WH_OK;
        }
    }
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        if (has_shape(wh_code_form((enum wh_code_kind)k), text)) {
            *kind = (enum wh_code_kind)k;
            *code = text;
            return WH_OK;
        }
    }
    refuse_shape(fault);
    return WH_ERR_NOT_FOUND;
}
