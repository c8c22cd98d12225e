/* Reports as text. Columns: name with indentation, bytes, meaning. Invariant: one field is one
 * line, its bytes cut to what a line holds. */
#include "decode/print.h"

#include <string.h>

enum {
    NAME_WIDTH = 38,
    BYTES_SHOWN = 8,
    BYTES_WIDTH = 3 * BYTES_SHOWN + 1,
    BYTES_A_LINE = 32,
    FRAME_SHOWN = 96,
    INDENT = 2,
};

static const char *arrow(enum decode_direction direction)
{
    static const char *const arrows[DECODE_DIRECTIONS] = {"--", "->", "<-"};
    return arrows[direction];
}

/* Columns that UTF-8 text takes. */
static int columns(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

static void print_origin(FILE *file, const struct decode_origin *origin)
{
    if (origin->time != NULL) {
        fprintf(file, " %s", origin->time);
    }
    if (origin->channel != NULL) {
        fprintf(file, " [%s]", origin->channel);
    }
}

/* The first fault says best what is wrong. */
static const struct decode_field *first_fault(const struct decode_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->fields[i].is_fault) {
            return &tree->fields[i];
        }
    }
    return NULL;
}

void decode_print_brief(FILE *file, const struct decode_report *report,
                        const struct decode_origin *origin)
{
    fprintf(file, "%llu", (unsigned long long)report->number);
    print_origin(file, origin);
    fprintf(file, " %s %s: %s", arrow(report->direction), decode_language_text(report->language),
            report->tree->summary);
    const struct decode_field *fault = first_fault(report->tree);
    if (fault != NULL) {
        fprintf(file, "  FAULT %s: %s", fault->name, fault->meaning);
    }
    fputc('\n', file);
}

static void print_hex(FILE *file, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < FRAME_SHOWN; i++) {
        fprintf(file, "%s%02X", i == 0 ? "    " : i % BYTES_A_LINE == 0 ? "\n    " : " ", bytes[i]);
    }
    if (length > FRAME_SHOWN) {
        fprintf(file, "\n    … and %zu more", length - FRAME_SHOWN);
    }
    fputc('\n', file);
}

/* Short bytes in full; of long ones the beginning. */
static void print_bytes(FILE *file, const struct decode_field *field)
{
    int width = 0;
    const size_t shown = field->length <= BYTES_SHOWN ? field->length : BYTES_SHOWN - 1;
    for (size_t i = 0; field->bytes != NULL && i < shown; i++) {
        width += fprintf(file, "%02X ", field->bytes[i]);
    }
    if (field->length > BYTES_SHOWN) {
        fprintf(file, "… ");
        width += 2;
    }
    fprintf(file, "%*s", width < BYTES_WIDTH ? BYTES_WIDTH - width : 0, "");
}

static void print_field(FILE *file, const struct decode_field *field)
{
    const int indent = INDENT * (int)(field->depth + 1);
    const int used = indent + columns(field->name);
    if (field->meaning[0] == '\0' && field->length == 0) {
        fprintf(file, "%*s%s\n", indent, "", field->name);
        return;
    }
    fprintf(file, "%*s%s%*s", indent, "", field->name, used < NAME_WIDTH ? NAME_WIDTH - used : 2,
            "");
    if (field->meaning[0] == '\0') {
        for (size_t i = 0; i < field->length && i < BYTES_A_LINE; i++) {
            fprintf(file, "%s%02X", i > 0 ? " " : "", field->bytes[i]);
        }
        fputc('\n', file);
        return;
    }
    print_bytes(file, field);
    fprintf(file, "%s%s\n", field->is_fault ? "! " : "", field->meaning);
}

void decode_print_tree(FILE *file, const struct decode_report *report,
                       const struct decode_origin *origin)
{
    fprintf(file, "#%llu", (unsigned long long)report->number);
    print_origin(file, origin);
    fprintf(file, " %s %s, %zu bytes", arrow(report->direction),
            decode_language_text(report->language), report->length);
    if (origin->line > 0) {
        fprintf(file, ", line %llu", (unsigned long long)origin->line);
    } else {
        fprintf(file, " at %llu", (unsigned long long)report->offset);
    }
    fprintf(file, "%s\n", report->tree->faults > 0 ? "  FAULT" : "");
    if (report->tree->summary[0] != '\0') {
        fprintf(file, "  %s\n", report->tree->summary);
    }
    print_hex(file, report->bytes, report->length);
    for (size_t i = 0; i < report->tree->count; i++) {
        print_field(file, &report->tree->fields[i]);
    }
    if (report->tree->is_cut) {
        fprintf(file, "  … more than is shown\n");
    }
    fputc('\n', file);
}
