/* General block transfer (4.9 of IEC 62056-5-3): an APDU of any kind in numbered blocks. Invariant: the
 * octets joined are those of all blocks from the first on, each once. */
#include "decode/apdu.h"

#include "decode/cursor.h"

enum {
    GENERAL_BLOCK = 0xE0,
    LAST = 0x80,
    STREAMING = 0x40,
    WINDOW = 0x3F,
};

struct block {
    uint8_t control;
    uint16_t number;
    size_t length;
    const uint8_t *bytes; /* NULL: it could not be read */
};

static struct block take_block(struct decode_cursor *cursor)
{
    struct block block = {0};
    const uint8_t *head = decode_take(cursor, "block header", 5);
    if (head == NULL) {
        return block;
    }
    block.control = head[0];
    block.number = (uint16_t)((unsigned)head[1] << 8 | head[2]);
    decode_field(cursor->tree, "block-control", head, 1, "%s%s, window %u",
                 (block.control & LAST) != 0 ? "the last" : "more follow",
                 (block.control & STREAMING) != 0 ? ", streaming" : "", block.control & WINDOW);
    decode_field(cursor->tree, "block-number", head + 1, 2, "%u", block.number);
    decode_field(cursor->tree, "block-number-ack", head + 3, 2, "%u",
                 (unsigned)head[3] << 8 | head[4]);
    block.length = decode_take_length(cursor, "block-data");
    block.bytes = decode_take(cursor, "block-data", block.length);
    return block;
}

/* What the block is to those before it; NULL: it continues them, or begins anew. */
static const char *out_of_turn(const struct decode_general_blocks *blocks, uint16_t number)
{
    if (number == 1 || number == blocks->next) {
        return NULL;
    }
    return blocks->next != 0 && number < blocks->next ? "once more"
                                                      : "blocks before it are missing";
}

/* False: no memory, or too long. */
static bool join(struct decode_general_blocks *blocks, const struct block *block)
{
    if (block->number == 1) {
        blocks->apdu.length = 0;
    }
    blocks->next = (block->control & LAST) != 0 ? 0 : (uint16_t)(block->number + 1);
    return blocks->apdu.length + block->length <= DECODE_PENDING_MAX &&
           decode_buffer_add(&blocks->apdu, block->bytes, block->length);
}

static void show_data(struct decode_context *context, const struct block *block,
                      struct dlms_span *plain)
{
    struct decode_tree *tree = &context->tree;
    struct decode_general_blocks *blocks = &context->general_blocks[context->direction];
    const char *reason = out_of_turn(blocks, block->number);
    if (reason != NULL) {
        decode_field(tree, "block-data", block->bytes, block->length, "not joined: %s", reason);
        return;
    }
    if (!join(blocks, block)) {
        decode_fault(tree, "block-data", block->bytes, block->length, "an APDU too long to join");
        blocks->next = 0;
        return;
    }
    const size_t joined = blocks->apdu.length;
    decode_field(tree, "block-data", block->bytes, block->length, "%zu octets so far", joined);
    const uint8_t *apdu =
        (block->control & LAST) != 0 ? decode_keep(tree, blocks->apdu.bytes, joined) : NULL;
    if (apdu != NULL) {
        *plain = (struct dlms_span){apdu, joined};
    }
}

bool decode_general_block(struct decode_context *context, const uint8_t *bytes, size_t length,
                          struct dlms_span *plain)
{
    struct decode_tree *tree = &context->tree;
    struct decode_cursor cursor = decode_cursor(tree, bytes, length);
    if (bytes[0] != GENERAL_BLOCK) {
        return false;
    }
    decode_open(tree, decode_apdu_text(bytes[0]), bytes, 1, "%s", "");
    cursor.at = 1;
    const struct block block = take_block(&cursor);
    decode_expect_end(&cursor);
    if (block.bytes != NULL) {
        decode_summarise(tree, "%s %u%s", decode_apdu_text(bytes[0]), block.number,
                         (block.control & LAST) != 0 ? ", the last" : "");
    }
    if (block.bytes != NULL && block.length == 0) {
        decode_field(tree, "block-data", NULL, 0, "none: it acknowledges");
    } else if (block.bytes != NULL) {
        show_data(context, &block, plain);
    }
    decode_close(tree);
    return true;
}
