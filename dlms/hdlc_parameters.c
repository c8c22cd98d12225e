/* SNRM and UA parameters: one table row each. Invariant: parameters that come out of here are in
 * the range of the standard. */
#include "dlms/hdlc_parameters.h"

#include <string.h>

#include "dlms/axdr.h"
#include "dlms/hdlc_frame.h"

enum { FORMAT_IDENTIFIER = 0x81, GROUP_IDENTIFIER = 0x80, FIRST_ID = 5, PARAMETERS = 4 };

struct range {
    uint16_t least;
    uint16_t most;
    uint16_t standard;
};

/* Parameters 05 … 08 in this order. */
static const struct range ranges[PARAMETERS] = {
    {DLMS_HDLC_MIN_INFORMATION, DLMS_HDLC_MAX_INFORMATION, DLMS_HDLC_DEFAULT_INFORMATION},
    {DLMS_HDLC_MIN_INFORMATION, DLMS_HDLC_MAX_INFORMATION, DLMS_HDLC_DEFAULT_INFORMATION},
    {1, DLMS_HDLC_MAX_WINDOW, 1},
    {1, DLMS_HDLC_MAX_WINDOW, 1},
};

static struct dlms_hdlc_parameters from_values(const uint16_t values[PARAMETERS], bool wide)
{
    return (struct dlms_hdlc_parameters){values[0], values[1], (uint8_t)values[2],
                                         (uint8_t)values[3], wide};
}

struct dlms_hdlc_parameters dlms_hdlc_parameters_default(void)
{
    const uint16_t values[PARAMETERS] = {ranges[0].standard, ranges[1].standard, ranges[2].standard,
                                         ranges[3].standard};
    return from_values(values, false);
}

static uint32_t read_value(struct dlms_reader *reader, size_t length)
{
    uint32_t value = 0;
    for (size_t i = 0; i < length; i++) {
        value = value << 8 | dlms_read_u8(reader);
    }
    return value;
}

static void read_parameter(struct dlms_reader *reader, uint16_t values[PARAMETERS], bool *wide)
{
    const uint8_t id = dlms_read_u8(reader);
    const uint8_t length = dlms_read_u8(reader);
    if (id < FIRST_ID || id >= FIRST_ID + PARAMETERS) {
        dlms_read_bytes(reader, length);
        return;
    }
    const struct range *range = &ranges[id - FIRST_ID];
    const uint32_t value = length >= 1 && length <= 4 ? read_value(reader, length) : 0;
    if (value < range->least) {
        dlms_reader_fail(reader);
        return;
    }
    values[id - FIRST_ID] = (uint16_t)(value < range->most ? value : range->most);
    *wide = *wide || (id < FIRST_ID + 2 && length > 1);
}

enum dlms_err dlms_hdlc_parameters_parse(struct dlms_span information,
                                         struct dlms_hdlc_parameters *parameters)
{
    struct dlms_reader reader = dlms_reader(information.data, information.length);
    uint16_t values[PARAMETERS];
    bool wide = false;
    *parameters = dlms_hdlc_parameters_default();
    if (information.length == 0) {
        return DLMS_OK;
    }
    for (size_t i = 0; i < PARAMETERS; i++) {
        values[i] = ranges[i].standard;
    }
    const uint8_t format = dlms_read_u8(&reader);
    const uint8_t group = dlms_read_u8(&reader);
    const struct dlms_span contents = dlms_read_bytes(&reader, dlms_read_u8(&reader));
    if (reader.failed || format != FORMAT_IDENTIFIER || group != GROUP_IDENTIFIER) {
        return DLMS_ERR_FORMAT;
    }
    reader = dlms_reader(contents.data, contents.length);
    while (reader.length > 0) {
        read_parameter(&reader, values, &wide);
    }
    if (reader.failed) {
        return DLMS_ERR_FORMAT;
    }
    *parameters = from_values(values, wide);
    return DLMS_OK;
}

static void write_size(struct dlms_writer *out, uint8_t id, uint16_t size, bool wide)
{
    dlms_raw_u8(out, id);
    if (wide || size > 0xFF) {
        dlms_raw_u8(out, 2);
        dlms_raw_u16(out, size);
    } else {
        dlms_raw_u8(out, 1);
        dlms_raw_u8(out, (uint8_t)size);
    }
}

static void write_window(struct dlms_writer *out, uint8_t id, uint8_t window)
{
    dlms_raw_u8(out, id);
    dlms_raw_u8(out, 4);
    dlms_raw_u32(out, window);
}

size_t dlms_hdlc_parameters_write(const struct dlms_hdlc_parameters *parameters,
                                  uint8_t information[DLMS_HDLC_PARAMETERS_SIZE])
{
    struct dlms_writer out = dlms_writer(information, DLMS_HDLC_PARAMETERS_SIZE);
    dlms_raw_u8(&out, FORMAT_IDENTIFIER);
    dlms_raw_u8(&out, GROUP_IDENTIFIER);
    dlms_raw_u8(&out, 0);
    write_size(&out, 5, parameters->transmit_size, parameters->wide);
    write_size(&out, 6, parameters->receive_size, parameters->wide);
    write_window(&out, 7, parameters->transmit_window);
    write_window(&out, 8, parameters->receive_window);
    information[2] = (uint8_t)(out.total - 3);
    return out.total;
}

static uint16_t least(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

struct dlms_hdlc_parameters dlms_hdlc_parameters_agree(const struct dlms_hdlc_parameters *own,
                                                       const struct dlms_hdlc_parameters *other)
{
    return (struct dlms_hdlc_parameters){
        .transmit_size = least(own->transmit_size, other->receive_size),
        .receive_size = least(own->receive_size, other->transmit_size),
        .transmit_window = (uint8_t)least(own->transmit_window, other->receive_window),
        .receive_window = (uint8_t)least(own->receive_window, other->transmit_window),
        .wide = other->wide,
    };
}
