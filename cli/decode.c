/* watthour decode. Everything is read and checked before anything is printed. */
#include "cli/decode.h"

#include <jansson.h>
#include <stdio.h>

#include "catalog/variant_fact.h"
#include "cli/order_codes.h"

enum option {
    JSON,
};

static const struct cli_option options[] = {
    [JSON] = {"--json", NULL, "print one JSON array"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_decode = {
    .name = "decode",
    .argument = "CODE...",
    .summary = "Ordering and configuration codes, field by field: 382LxB, 685-351C423010, "
               "1-1-072-05 or, by\n"
               "name, letter=B, type=…, config1=…, config2=…, config3=…, config5=…. Several are "
               "taken for\n"
               "those of one meter and must fit each other; a second of the same kind begins "
               "another meter.\n",
    .options = options,
    .run = run,
};

static void print_code(const struct wh_code *code)
{
    const struct wh_code_form *form = wh_code_form(code->kind);
    char text[WH_CODE_TEXT_SIZE];
    struct wh_code_fault fault;
    wh_code_print(code, text, &fault);
    printf("%s: %s\n", text, form->title);
    for (size_t f = 0; f < form->field_count; f++) {
        const struct wh_code_field *field = &form->field[f];
        char digits[WH_CODE_DIGITS_SIZE], meaning[WH_CODE_MEANING_SIZE];
        wh_code_digits(field, code->value[f], digits);
        wh_code_meaning(field, code->value[f], meaning);
        printf("  %-6s  %-3s  %-33s  %s\n", field->name, digits, field->title, meaning);
    }
    if (code->kind == WH_CODE_TYPE_382L && code->value[0] >= 'B') {
        printf("\n  %s\n", WH_BREAKER_IS_NO_SAFETY);
    }
}

static json_t *code_json(const struct wh_code *code)
{
    const struct wh_code_form *form = wh_code_form(code->kind);
    json_t *fields = json_array();
    for (size_t f = 0; f < form->field_count; f++) {
        const struct wh_code_field *field = &form->field[f];
        char digits[WH_CODE_DIGITS_SIZE], meaning[WH_CODE_MEANING_SIZE];
        wh_code_digits(field, code->value[f], digits);
        wh_code_meaning(field, code->value[f], meaning);
        json_array_append_new(fields,
                              json_pack("{s:s, s:s, s:s, s:s}", "name", field->name, "title",
                                        field->title, "digits", digits, "meaning", meaning));
    }
    char text[WH_CODE_TEXT_SIZE];
    struct wh_code_fault fault;
    wh_code_print(code, text, &fault);
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "code", text, "kind", form->name, "title",
                     form->title, "model", wh_variant_at(form->model)->model, "fields", fields);
}

static int print_json(const struct cli_command *command, const struct wh_code *codes, size_t count)
{
    json_t *all = json_array();
    for (size_t c = 0; c < count; c++) {
        json_array_append_new(all, code_json(&codes[c]));
    }
    const bool printed = all != NULL && json_dumpf(all, stdout, JSON_INDENT(2)) == 0;
    json_decref(all);
    putchar('\n');
    if (!printed) {
        cli_refuse(command, "cannot print the result");
    }
    return printed ? CLI_OK : CLI_FAILED;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    struct wh_code codes[CLI_LIST_MAX];
    struct wh_code_set set = {.has = {false}};
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    for (size_t c = 0; c < arguments.list_count; c++) {
        char error[CLI_ERROR_SIZE];
        if (!cli_code_read(arguments.list[c], &codes[c], &set, error, sizeof error)) {
            return cli_refuse(command, "%s", error);
        }
    }
    if (arguments.value[JSON] != NULL) {
        return print_json(command, codes, arguments.list_count);
    }
    for (size_t c = 0; c < arguments.list_count; c++) {
        printf("%s", c > 0 ? "\n" : "");
        print_code(&codes[c]);
    }
    return CLI_OK;
}
