/* Set-up of the optical port (class 19, version 1) and of the TCP port (41). Invariant: they tell what
 * the ports are made with, and nothing of it is written; passwords cannot be read. */
#include "cosem/modern_objects.h"

/* Baud rates by number, 6-2: 0 is 300, 5 is 9600. */
enum { BAUD_300 = 0, BAUD_9600 = 5 };

/* The address of a sign-on, in digits. */
static void put_address(struct dlms_writer *out, uint32_t serial_number)
{
    enum { DIGITS = 10, TEN = 10 };
    uint8_t digits[DIGITS];
    size_t first = DIGITS;
    uint32_t rest = serial_number;
    do {
        digits[--first] = (uint8_t)('0' + rest % TEN);
        rest /= TEN;
    } while (rest > 0);
    dlms_put_octet_string(out, digits + first, DIGITS - first);
}

enum dlms_result wh_modern_optical_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    enum { MODE = 2, DEFAULT_BAUD, PROPOSED_BAUD, RESPONSE_TIME };
    static const uint8_t values[] = {[MODE] = 0, /* IEC 62056-21 */
                                     [DEFAULT_BAUD] = BAUD_300,
                                     [PROPOSED_BAUD] = BAUD_9600,
                                     [RESPONSE_TIME] = 1}; /* 200 ms */
    if (read->attribute <= RESPONSE_TIME) {
        dlms_put_enum(out, values[read->attribute]);
    } else {
        put_address(out, wh_legal_identity(face->legal).serial_number);
    }
    return DLMS_RESULT_SUCCESS;
}

bool wh_modern_tcp_exists(const struct wh_cosem_face *face, uint8_t index)
{
    (void)index;
    return face->modern->tcp.port != 0;
}

enum dlms_result wh_modern_tcp_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                    struct dlms_writer *out)
{
    enum { PORT = 2, IP_REFERENCE = 3, CONNECTIONS = 5 };
    static const uint8_t none[6];
    const struct wh_modern_tcp *tcp = &face->modern->tcp;
    switch (read->attribute) {
    case PORT:
        dlms_put_u16(out, tcp->port);
        break;
    case IP_REFERENCE: /* the address is that of the machine */
        dlms_put_octet_string(out, none, sizeof none);
        break;
    case CONNECTIONS:
        dlms_put_u8(out, tcp->connections);
        break;
    default:
        dlms_put_u16(out, tcp->inactivity_s);
    }
    return DLMS_RESULT_SUCCESS;
}
