/* Values that a client writes. Invariant: what is given back while the reader has failed is zero. */
#include "cosem/modern_values.h"
#include <string.h>

void wh_modern_expect(struct dlms_reader *reader, bool holds)
{
    if (!holds) {
        dlms_reader_fail(reader);
    }
}

uint8_t wh_modern_get_container(struct dlms_reader *reader, uint8_t tag, size_t least, size_t most)
{
    const struct dlms_value value = dlms_read_value(reader);
    wh_modern_expect(reader, value.tag == tag && value.count >= least && value.count <= most);
    return reader->failed ? 0 : (uint8_t)value.count;
}

void wh_modern_get_structure(struct dlms_reader *reader, size_t count)
{
    (void)wh_modern_get_container(reader, DLMS_TAG_STRUCTURE, count, count);
}

void wh_modern_get_octets(struct dlms_reader *reader, uint8_t *to, size_t size)
{
    const struct dlms_value value = dlms_read_value(reader);
    memset(to, 0, size);
    if (value.tag == DLMS_TAG_OCTET_STRING && value.bytes.length == size) {
        memcpy(to, value.bytes.data, size);
    } else {
        dlms_reader_fail(reader);
    }
}

uint16_t wh_modern_get_number(struct dlms_reader *reader, uint8_t tag)
{
    const struct dlms_value value = dlms_read_value(reader);
    wh_modern_expect(reader, value.tag == tag);
    return reader->failed ? 0 : (uint16_t)value.integer;
}

bool wh_modern_is_zero_or_any(uint8_t field)
{
    return field == 0 || field == DLMS_UNSPECIFIED;
}
