/* The A-XDR reader: passing over Data and reading it value by value must agree, stay inside the
 * input, and what is read must be written back the same. */
#include <stdlib.h>
#include <string.h>

#include "dlms/axdr.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Adds up what can be read of a value, so that every byte it points to is touched. */
static unsigned touch(const struct dlms_value *value)
{
    unsigned sum = value->tag;
    for (size_t i = 0; i < value->bytes.length; i++) {
        sum += value->bytes.data[i];
    }
    return sum;
}

/* Integers that fit their tag come out as they went in. */
static void write_back(const struct dlms_value *value, const uint8_t *encoded)
{
    uint8_t buffer[9];
    struct dlms_writer writer = dlms_writer(buffer, sizeof buffer);
    switch (value->tag) {
    case DLMS_TAG_I8:
        dlms_put_i8(&writer, (int8_t)value->integer);
        break;
    case DLMS_TAG_I32:
        dlms_put_i32(&writer, (int32_t)value->integer);
        break;
    case DLMS_TAG_U64:
        dlms_put_u64(&writer, value->bits);
        break;
    default:
        return;
    }
    require(memcmp(buffer, encoded, writer.total) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dlms_reader skipper = dlms_reader(data, size);
    const struct dlms_span span = dlms_skip_data(&skipper);
    require(skipper.failed ? span.data == NULL : span.length + skipper.length == size);

    struct dlms_reader reader = dlms_reader(data, size);
    size_t pending = 1;
    unsigned sum = 0;
    while (pending > 0 && !reader.failed) {
        const uint8_t *encoded = reader.data;
        const struct dlms_value value = dlms_read_value(&reader);
        pending--;
        if (!reader.failed) {
            sum += touch(&value);
            write_back(&value, encoded);
        }
        if (value.tag == DLMS_TAG_ARRAY || value.tag == DLMS_TAG_STRUCTURE) {
            pending += value.count;
        }
    }
    /* Skipping may give up earlier, as soon as the elements announced cannot all be there. */
    require(skipper.failed ? reader.failed : reader.data == skipper.data);
    return sum == 0xFFFFFFFF;
}
