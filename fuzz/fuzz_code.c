/* The parser of ordering and configuration codes on any text, as every kind of code: what is
 * accepted is printed, and the print is accepted and is the same code; what is refused is refused
 * in one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/code.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_fault(const struct wh_code_fault *fault, size_t length)
{
    require(memchr(fault->text, '\0', sizeof fault->text) != NULL);
    require(fault->text[0] != '\0' && strchr(fault->text, '\n') == NULL);
    require(fault->position <= length + 1 && fault->field != NULL);
}

static void check_code(const struct wh_code *code)
{
    const struct wh_code_form *form = wh_code_form(code->kind);
    char text[WH_CODE_TEXT_SIZE], meaning[WH_CODE_MEANING_SIZE];
    struct wh_code_fault fault;
    struct wh_code again;
    require(wh_code_print(code, text, &fault) == WH_OK);
    require(wh_code_parse(&again, code->kind, text, &fault) == WH_OK);
    for (size_t f = 0; f < form->field_count; f++) {
        require(again.value[f] == code->value[f]);
        require(wh_code_meaning(&form->field[f], code->value[f], meaning) && meaning[0] != '\0');
    }
}

static void parse(struct wh_code_set *set, enum wh_code_kind kind, const char *text)
{
    struct wh_code_fault fault;
    struct wh_code code;
    if (wh_code_parse(&code, kind, text, &fault) != WH_OK) {
        check_fault(&fault, strlen(text));
        return;
    }
    check_code(&code);
    wh_code_set_add(set, &code);
    if (wh_code_check(set, &fault) != WH_OK) {
        check_fault(&fault, 0);
    }
}

/* A line a code, so that codes meet: as many as a meter has. */
static void run(char *text)
{
    struct wh_code_set set = {.has = {false}};
    for (int line = 0; line < WH_CODE_KINDS && text != NULL; line++) {
        char *next = strchr(text, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        enum wh_code_kind kind;
        const char *code;
        struct wh_code_fault fault;
        if (wh_code_recognise(text, &kind, &code, &fault) == WH_OK) {
            parse(&set, kind, code);
        } else {
            check_fault(&fault, 0);
        }
        for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
            struct wh_code_set alone = {.has = {false}};
            parse(&alone, (enum wh_code_kind)k, text);
        }
        text = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    run(text);
    free(text);
    return 0;
}
