/* The tree of fields. Texts and copies are in chunks that are freed together. Invariant: a field in
 * the list is complete, so a tree that ran out of memory can still be printed. */
#include "decode/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 16384, FIRST_ROOM = 64 };

struct decode_chunk {
    struct decode_chunk *next;
    size_t size;
    size_t used;
    uint8_t bytes[];
};

void decode_tree_init(struct decode_tree *tree)
{
    *tree = (struct decode_tree){0};
}

static void free_chunks(struct decode_tree *tree)
{
    while (tree->chunks != NULL) {
        struct decode_chunk *next = tree->chunks->next;
        free(tree->chunks);
        tree->chunks = next;
    }
}

void decode_tree_reset(struct decode_tree *tree)
{
    free_chunks(tree);
    tree->count = 0;
    tree->faults = 0;
    tree->is_cut = false;
    tree->summary[0] = '\0';
    tree->depth = 0;
}

void decode_tree_free(struct decode_tree *tree)
{
    free_chunks(tree);
    free(tree->fields);
    decode_tree_init(tree);
}

static void *take(struct decode_tree *tree, size_t length)
{
    struct decode_chunk *chunk = tree->chunks;
    if (chunk == NULL || chunk->size - chunk->used < length) {
        const size_t size = length > CHUNK ? length : CHUNK;
        chunk = malloc(sizeof *chunk + size);
        if (chunk == NULL) {
            tree->is_cut = true;
            return NULL;
        }
        *chunk = (struct decode_chunk){.next = tree->chunks, .size = size};
        tree->chunks = chunk;
    }
    void *bytes = chunk->bytes + chunk->used;
    chunk->used += length;
    return bytes;
}

const uint8_t *decode_keep(struct decode_tree *tree, const uint8_t *bytes, size_t length)
{
    uint8_t *copy = take(tree, length > 0 ? length : 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

static const char *keep_text(struct decode_tree *tree, const char *text)
{
    return (const char *)decode_keep(tree, (const uint8_t *)text, strlen(text) + 1);
}

static bool make_room(struct decode_tree *tree)
{
    if (tree->count < tree->room) {
        return true;
    }
    const size_t room = tree->room > 0 ? 2 * tree->room : FIRST_ROOM;
    struct decode_field *fields =
        room <= 2 * (size_t)DECODE_FIELDS_MAX ? realloc(tree->fields, room * sizeof *fields) : NULL;
    if (fields == NULL) {
        return false;
    }
    tree->fields = fields;
    tree->room = room;
    return true;
}

static void add(struct decode_tree *tree, const struct decode_field *field, const char *format,
                va_list list)
{
    char text[DECODE_TEXT_SIZE];
    vsnprintf(text, sizeof text, format, list);
    tree->faults += field->is_fault ? 1 : 0;
    if (tree->count >= DECODE_FIELDS_MAX || !make_room(tree)) {
        tree->is_cut = true;
        return;
    }
    struct decode_field whole = *field;
    whole.depth = tree->depth;
    whole.name = keep_text(tree, field->name);
    whole.meaning = keep_text(tree, text);
    if (whole.name != NULL && whole.meaning != NULL) {
        tree->fields[tree->count++] = whole;
    }
}

void decode_field(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                  const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add(tree, &(struct decode_field){.name = name, .bytes = bytes, .length = length}, format, list);
    va_end(list);
}

void decode_fault(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                  const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add(tree,
        &(struct decode_field){.is_fault = true, .name = name, .bytes = bytes, .length = length},
        format, list);
    va_end(list);
}

void decode_open(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                 const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add(tree, &(struct decode_field){.name = name, .bytes = bytes, .length = length}, format, list);
    va_end(list);
    tree->depth++;
}

void decode_close(struct decode_tree *tree)
{
    tree->depth -= tree->depth > 0 ? 1 : 0;
}

void decode_summarise(struct decode_tree *tree, const char *format, ...)
{
    const size_t used = strlen(tree->summary);
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(tree->summary + used, sizeof tree->summary - used, format, list);
    va_end(list);
    if (length > 0 && (size_t)length >= sizeof tree->summary - used) {
        static const char cut[] = "…";
        memcpy(tree->summary + sizeof tree->summary - sizeof cut, cut, sizeof cut);
    }
}
