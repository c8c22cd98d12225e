/* Blocks of GET, SET and ACTION: each shows the data as far as it goes. Invariant: an element is shown
 * once, in the block that ends it. */
#include "decode/service.h"

#include "decode/data.h"

static struct decode_blocks *begin_block(struct service *service, uint32_t number)
{
    struct decode_context *context = service->context;
    struct decode_blocks *blocks = &context->blocks[context->direction];
    const bool is_first = number <= 1;
    const bool is_next = blocks->is_running && number == blocks->next;
    if (!is_first && !is_next) {
        decode_field(service->tree, "before it", NULL, 0,
                     "blocks %u to %u are missing: the position in the data is lost",
                     blocks->is_running ? (unsigned)blocks->next : 1, (unsigned)number - 1);
    }
    if (is_first || !is_next) {
        blocks->walk =
            (struct decode_walk){.subject = service->subject, .wanted = is_first ? 1 : UINT32_MAX};
        blocks->pending.length = 0;
        blocks->is_torn = !is_first;
    }
    blocks->is_running = true;
    blocks->next = number + 1;
    return blocks;
}

/* The data as far as it goes with this block; an element cut by its end waits for the next. */
static void show_block(struct service *service, struct decode_blocks *blocks, const uint8_t *bytes,
                       size_t length, bool is_last)
{
    struct decode_tree *tree = service->tree;
    if (blocks->pending.length + length > DECODE_PENDING_MAX ||
        !decode_buffer_add(&blocks->pending, bytes, length)) {
        decode_fault(tree, "data", bytes, length, "an element too long to join");
        blocks->is_running = false;
        return;
    }
    const size_t joined = blocks->pending.length;
    const uint8_t *data = decode_keep(tree, blocks->pending.bytes, joined);
    if (data == NULL) {
        return;
    }
    bool is_bad;
    const size_t used =
        decode_data_walk(service->context, &blocks->walk, "value", data, joined, &is_bad);
    decode_buffer_drop(&blocks->pending, used);
    if (is_bad && blocks->is_torn) {
        decode_field(tree, "data", data + used, joined - used,
                     "not decoded: no element begins here");
    } else if (is_bad) {
        decode_fault(tree, "data", data + used, joined - used,
                     "at octet %zu of the block: no element of data", used);
    } else if (used < joined && !is_last) {
        decode_field(tree, "data", data + used, joined - used, "goes on in the next block");
    } else if (is_last && !blocks->is_torn && (used < joined || blocks->walk.depth > 0)) {
        decode_fault(tree, "data", data + used, joined - used, "%s",
                     used < joined ? "not complete, or more than one" : "not complete");
    }
    blocks->pending.length = is_bad ? 0 : blocks->pending.length;
    blocks->is_torn = blocks->is_torn || is_bad;
    blocks->is_running = !is_last;
}

void service_take_block(struct service *service, bool is_choice)
{
    const uint8_t *last = decode_take(&service->cursor, "last-block", 1);
    if (last == NULL) {
        return;
    }
    decode_field(service->tree, "last-block", last, 1, "%s", *last != 0 ? "yes" : "no");
    const uint32_t number = service_take_block_number(service);
    decode_summarise(service->tree, "%s", *last != 0 ? ", the last" : "");
    uint8_t choice = 0;
    if (is_choice && decode_take_u8(&service->cursor, "result", &choice) && choice != 0) {
        service_take_result(service, "data-access-result");
        return;
    }
    const size_t length = decode_take_length(&service->cursor, "raw-data");
    const uint8_t *bytes = decode_take(&service->cursor, "raw-data", length);
    if (bytes == NULL) {
        return;
    }
    decode_open(service->tree, "raw-data", NULL, 0, "%zu octets", length);
    show_block(service, begin_block(service, number), bytes, length, *last != 0);
    decode_close(service->tree);
}
