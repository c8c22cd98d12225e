/* What a frame says, field by field: a tree kept as a list in the order of reading, each field
 * with its depth, the bytes it stands for and what they mean.
 *
 * A tree is filled by the decoders (decode_open … decode_close around children) and read by the
 * printers. It never fails to its caller: without memory, or beyond DECODE_FIELDS_MAX fields, the
 * rest is left out and is_cut says so.
 */
#ifndef DECODE_TREE_H
#define DECODE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DECODE_FIELDS_MAX = 20000, /* of one frame */
    DECODE_TEXT_SIZE = 320,    /* of a name or meaning, with NUL; longer ones are cut */
};

struct decode_field {
    unsigned depth;
    bool is_fault;       /* the bytes are not what they should be; meaning says why */
    const char *name;    /* "" for an unnamed element */
    const char *meaning; /* "" when the bytes say all */
    const uint8_t *bytes;
    size_t length; /* 0: the field stands for no bytes of its own */
};

struct decode_chunk; /* internal */

struct decode_tree {
    struct decode_field *fields;
    size_t count;
    size_t faults;
    bool is_cut;
    char summary[DECODE_TEXT_SIZE]; /* the frame in one line, layer by layer */
    /* internal */
    size_t room;
    unsigned depth;
    struct decode_chunk *chunks;
};

void decode_tree_init(struct decode_tree *tree);

/* Empties the tree for the next frame. Texts and kept bytes are gone. */
void decode_tree_reset(struct decode_tree *tree);
void decode_tree_free(struct decode_tree *tree);

/* Adds a field. bytes stay the caller's and in place until the tree is reset, see decode_keep. */
void decode_field(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same for what is wrong. */
void decode_fault(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same with children: everything added until the matching decode_close. */
void decode_open(struct decode_tree *tree, const char *name, const uint8_t *bytes, size_t length,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
void decode_close(struct decode_tree *tree);

/* Continues the line that stands for the whole frame. */
void decode_summarise(struct decode_tree *tree, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A copy that lives as long as the fields do; NULL without memory. */
const uint8_t *decode_keep(struct decode_tree *tree, const uint8_t *bytes, size_t length);

#endif
