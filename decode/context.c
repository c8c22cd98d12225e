/* What the decoders share. Invariant: the bytes of a buffer below length are always valid. */
#include "decode/context.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 512 };

bool decode_buffer_add(struct decode_buffer *buffer, const uint8_t *bytes, size_t length)
{
    if (length > buffer->room - buffer->length) {
        size_t room = buffer->room > 0 ? buffer->room : FIRST_ROOM;
        while (room - buffer->length < length) {
            room *= 2;
        }
        uint8_t *larger = realloc(buffer->bytes, room);
        if (larger == NULL) {
            return false;
        }
        buffer->bytes = larger;
        buffer->room = room;
    }
    if (length > 0) {
        memcpy(buffer->bytes + buffer->length, bytes, length);
        buffer->length += length;
    }
    return true;
}

void decode_buffer_drop(struct decode_buffer *buffer, size_t length)
{
    buffer->length -= length;
    if (length > 0 && buffer->length > 0) {
        memmove(buffer->bytes, buffer->bytes + length, buffer->length);
    }
}

void decode_buffer_free(struct decode_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct decode_buffer){0};
}

void decode_direct(struct decode_context *context, enum decode_direction direction)
{
    if (context->direction == DECODE_UNKNOWN) {
        context->direction = direction;
    } else if (context->direction != direction && direction != DECODE_UNKNOWN) {
        decode_fault(&context->tree, "direction", NULL, 0, "the frame is one %s the meter",
                     direction == DECODE_TO_METER ? "to" : "from");
    }
}
