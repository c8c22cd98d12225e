/* InitiateRequest and InitiateResponse. The conformance block is an island of BER inside A-XDR: tag
 * 5F 1F (application 31), length 4, no unused bits, 24 bits. */
#include "dlms/initiate.h"

enum {
    TAG_INITIATE_REQUEST = 0x01,
    TAG_INITIATE_RESPONSE = 0x08,
    TAG_CONFIRMED_SERVICE_ERROR = 0x0E,
    VAA_NAME_LN = 0x0007,
};

/* The presence octet of OPTIONAL and DEFAULT elements. */
static bool read_presence(struct dlms_reader *reader)
{
    const uint8_t present = dlms_read_u8(reader);
    if (present > 1) {
        dlms_reader_fail(reader);
    }
    return present == 1;
}

static uint32_t read_conformance(struct dlms_reader *reader)
{
    bool valid = dlms_read_u8(reader) == 0x5F;
    uint8_t length = dlms_read_u8(reader);
    if (length == 0x1F) {
        length = dlms_read_u8(reader);
    }
    const uint32_t bits = dlms_read_u32(reader); /* unused-bits octet, 24 bits */
    valid = valid && length == 4 && bits <= 0xFFFFFF;
    if (!valid) {
        dlms_reader_fail(reader);
    }
    return bits;
}

enum dlms_err dlms_initiate_parse(struct dlms_span apdu, struct dlms_initiate_request *request)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    *request = (struct dlms_initiate_request){.response_allowed = true};
    if (dlms_read_u8(&reader) != TAG_INITIATE_REQUEST) {
        return DLMS_ERR_FORMAT;
    }
    if (read_presence(&reader)) {
        request->dedicated_key = dlms_read_bytes(&reader, dlms_read_length(&reader));
    }
    if (read_presence(&reader)) {
        request->response_allowed = dlms_read_u8(&reader) != 0;
    }
    request->has_quality_of_service = read_presence(&reader);
    if (request->has_quality_of_service) {
        request->quality_of_service = dlms_read_u8(&reader);
    }
    request->version = dlms_read_u8(&reader);
    request->conformance = read_conformance(&reader);
    request->max_receive_pdu = dlms_read_u16(&reader);
    return dlms_reader_done(&reader) ? DLMS_OK : DLMS_ERR_FORMAT;
}

void dlms_initiate_write(const struct dlms_initiate_request *request, uint32_t conformance,
                         uint16_t max_receive_pdu, struct dlms_writer *out)
{
    dlms_raw_u8(out, TAG_INITIATE_RESPONSE);
    dlms_raw_u8(out, request->has_quality_of_service);
    if (request->has_quality_of_service) {
        dlms_raw_u8(out, request->quality_of_service);
    }
    dlms_raw_u8(out, DLMS_VERSION);
    dlms_raw_u16(out, 0x5F1F);
    dlms_raw_u8(out, 4);
    dlms_raw_u32(out, conformance);
    dlms_raw_u16(out, max_receive_pdu);
    dlms_raw_u16(out, VAA_NAME_LN);
}

void dlms_initiate_error_write(enum dlms_initiate_error error, struct dlms_writer *out)
{
    const uint8_t apdu[] = {TAG_CONFIRMED_SERVICE_ERROR, 1 /* initiateError */, 6 /* initiate */,
                            (uint8_t)error};
    dlms_raw_bytes(out, apdu, sizeof apdu);
}

void dlms_initiate_undecipherable_write(struct dlms_writer *out)
{
    static const uint8_t apdu[] = {TAG_CONFIRMED_SERVICE_ERROR, 1 /* initiateError */,
                                   0 /* application-reference */, 6 /* deciphering-error */};
    dlms_raw_bytes(out, apdu, sizeof apdu);
}
