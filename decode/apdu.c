/* DLMS APDUs: LLC header, blocks and protection taken off layer by layer, then the service. Invariant: each
 * APDU is shown by exactly one of the parts, or named as one that is not decoded. */
#include "decode/apdu.h"

#include "decode/text.h"

enum { LLC = 3, LAYERS = 4 };

static const struct decode_name names[] = {
    {0x01, "initiate-request"},
    {0x05, "read-request"},
    {0x06, "write-request"},
    {0x08, "initiate-response"},
    {0x0C, "read-response"},
    {0x0D, "write-response"},
    {0x0E, "confirmed-service-error"},
    {0x0F, "data-notification"},
    {0x10, "data-notification-confirm"},
    {0x16, "unconfirmed-write-request"},
    {0x18, "information-report"},
    {0x21, "glo-initiate-request"},
    {0x28, "glo-initiate-response"},
    {0x2E, "glo-confirmed-service-error"},
    {0x60, "AARQ"},
    {0x61, "AARE"},
    {0x62, "RLRQ"},
    {0x63, "RLRE"},
    {0xC0, "get-request"},
    {0xC1, "set-request"},
    {0xC2, "event-notification"},
    {0xC3, "action-request"},
    {0xC4, "get-response"},
    {0xC5, "set-response"},
    {0xC7, "action-response"},
    {0xC8, "glo-get-request"},
    {0xC9, "glo-set-request"},
    {0xCA, "glo-event-notification"},
    {0xCB, "glo-action-request"},
    {0xCC, "glo-get-response"},
    {0xCD, "glo-set-response"},
    {0xCF, "glo-action-response"},
    {0xD0, "ded-get-request"},
    {0xD1, "ded-set-request"},
    {0xD2, "ded-event-notification"},
    {0xD3, "ded-action-request"},
    {0xD4, "ded-get-response"},
    {0xD5, "ded-set-response"},
    {0xD7, "ded-action-response"},
    {0xD8, "exception-response"},
    {0xD9, "access-request"},
    {0xDA, "access-response"},
    {0xDB, "general-glo-ciphering"},
    {0xDC, "general-ded-ciphering"},
    {0xDD, "general-ciphering"},
    {0xDF, "general-signing"},
    {0xE0, "general-block-transfer"},
};

const char *decode_apdu_text(uint8_t tag)
{
    return decode_name_of(names, sizeof names / sizeof names[0], tag, NULL);
}

/* The direction that a tag speaks; ciphered ones the same as those inside. */
static enum decode_direction direction_of(uint8_t tag)
{
    static const uint8_t requests[] = {0x01, 0x21, 0x60, 0x62, 0xC0, 0xC1, 0xC3,
                                       0xC8, 0xC9, 0xCB, 0xD0, 0xD1, 0xD3, 0xD9};
    static const uint8_t answers[] = {0x08, 0x0E, 0x0F, 0x28, 0x61, 0x63, 0xC2, 0xC4, 0xC5, 0xC7,
                                      0xCA, 0xCC, 0xCD, 0xCF, 0xD2, 0xD4, 0xD5, 0xD7, 0xD8, 0xDA};
    for (size_t i = 0; i < sizeof requests; i++) {
        if (requests[i] == tag) {
            return DECODE_TO_METER;
        }
    }
    for (size_t i = 0; i < sizeof answers; i++) {
        if (answers[i] == tag) {
            return DECODE_FROM_METER;
        }
    }
    return DECODE_UNKNOWN;
}

/* E6 E6 00 to the meter, E6 E7 00 from it. */
static size_t take_llc(struct decode_context *context, const uint8_t *data, size_t length)
{
    if (length < LLC || data[0] != 0xE6 || (data[1] != 0xE6 && data[1] != 0xE7) || data[2] != 0) {
        return 0;
    }
    const bool is_command = data[1] == 0xE6;
    decode_field(&context->tree, "LLC", data, LLC, "%s",
                 is_command ? "command, to the server" : "response, from the server");
    decode_direct(context, is_command ? DECODE_TO_METER : DECODE_FROM_METER);
    return LLC;
}

static void show_unknown(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    const char *name = decode_apdu_text(data[0]);
    if (name != NULL) {
        decode_field(tree, name, data, length, "not decoded");
        decode_summarise(tree, "%s", name);
    } else {
        decode_fault(tree, "APDU", data, length, "no APDU begins with %02X", data[0]);
    }
}

void decode_apdu(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    const size_t llc = take_llc(context, data, length);
    struct dlms_span apdu = {data + llc, length - llc};
    if (apdu.length == 0) {
        decode_fault(tree, "APDU", data, length, "there is none");
        return;
    }
    for (int layer = 0; layer < LAYERS; layer++) {
        struct dlms_span plain = {NULL, 0};
        decode_direct(context, direction_of(apdu.data[0]));
        if (!decode_envelope(context, apdu.data, apdu.length, &plain) &&
            !decode_signed(context, apdu.data, apdu.length, &plain) &&
            !decode_general_block(context, apdu.data, apdu.length, &plain)) {
            break;
        }
        if (plain.data == NULL || plain.length == 0) {
            return;
        }
        decode_summarise(tree, ": ");
        apdu = plain;
    }
    if (!decode_service(context, apdu.data, apdu.length) &&
        !decode_acse(context, apdu.data, apdu.length) &&
        !decode_initiate(context, apdu.data, apdu.length)) {
        show_unknown(context, apdu.data, apdu.length);
    }
}
