#include "dlms_reader.h"

#include <string.h>

static const uint8_t client_title[DLMS_TITLE] = {'C', 'L', 'I', 0, 0, 0, 0, 1};
static const uint8_t server_title[DLMS_TITLE] = {'B', 'E', 'N', 0, 0, 0, 0, 1};

static bool keep(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    return true;
}

static const struct dlms_counter_store store = {.reserve = keep, .ahead = 100};

void dlms_reader_keys(struct dlms_security *server, struct dlms_security *client,
                      const struct dlms_crypto *crypto)
{
    *server = (struct dlms_security){.crypto = crypto, .store = &store};
    memcpy(server->own_title, server_title, DLMS_TITLE);
    *client = *server;
    memcpy(client->own_title, client_title, DLMS_TITLE);
    memcpy(client->peer_title, server_title, DLMS_TITLE);
    client->counter[DLMS_COUNTER_SEND].next = 1;
}

size_t dlms_reader_protect(struct dlms_security *client, const uint8_t *plain, size_t length,
                           uint8_t apdu[DLMS_READER_APDU])
{
    const struct dlms_cover cover = {DLMS_ENVELOPE_GLO, 0x30};
    struct dlms_keys keys;
    dlms_keys_take(client, NULL, &cover, &keys);
    memcpy(apdu + dlms_cover_head(&cover), plain, length);
    return dlms_protect(client, &keys, &cover, apdu, DLMS_READER_APDU, &length) == DLMS_OK ? length
                                                                                           : 0;
}

bool dlms_reader_open(struct dlms_meter *meter, struct dlms_security *client)
{
    static const uint8_t front[] = {0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01,
                                    0x03, 0xA6, 0x0A, 0x04, 0x08, 'C',  'L',  'I',  0,    0,
                                    0,    0,    1,    0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60,
                                    0x85, 0x74, 0x05, 0x08, 0x02, 0x01, 0xAC, 0x0A, 0x80, 0x08,
                                    '1',  '2',  '3',  '4',  '5',  '6',  '7',  '8'};
    static const uint8_t initiate[] = {0x01, 0x00, 0x00, 0x00, 0x06, 0x5F, 0x1F,
                                       0x04, 0x00, 0x00, 0x7E, 0x1F, 0x04, 0xB0};
    uint8_t covered[DLMS_READER_APDU];
    uint8_t aarq[200];
    uint8_t reply[DLMS_METER_PDU];
    const size_t length = dlms_reader_protect(client, initiate, sizeof initiate, covered);
    struct dlms_writer out = dlms_writer(aarq, sizeof aarq);
    dlms_raw_u8(&out, 0x60);
    dlms_raw_length(&out, sizeof front + 4 + length);
    dlms_raw_bytes(&out, front, sizeof front);
    dlms_raw_u8(&out, 0xBE);
    dlms_raw_length(&out, 2 + length);
    dlms_raw_u8(&out, 0x04);
    dlms_raw_length(&out, length);
    dlms_raw_bytes(&out, covered, length);
    return dlms_meter_handle(meter, DLMS_METER_CIPHERED, aarq, out.total, reply) > 0 &&
           dlms_link_association(&meter->link, DLMS_METER_CIPHERED, 1) != NULL;
}
