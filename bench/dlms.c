/* Time of the DLMS server on this machine: a GET of a register plain, and under suite 0, authenticated
 * and encrypted, OpenSSL included, both ways. */
#include "dlms_meter.h"
#include "ports/linux/crypto_openssl.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, GETS = 100000, APDU = 64 };

static const uint8_t client_title[DLMS_TITLE] = {'C', 'L', 'I', 0, 0, 0, 0, 1};

static bool keep(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    return true;
}

static const struct dlms_counter_store store = {.reserve = keep, .ahead = 100};

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The best of some rounds: what a GET takes when nobody is in the way. */
static double plain_ns(struct dlms_meter *meter)
{
    uint8_t reply[DLMS_METER_PDU];
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        for (int i = 0; i < GETS; i++) {
            dlms_meter_handle(meter, DLMS_METER_PLAIN, dlms_meter_get, sizeof dlms_meter_get,
                              reply);
        }
        const double taken = (now_ns() - start) / GETS;
        best = taken < best ? taken : best;
    }
    return best;
}

static void mirror(struct dlms_security *client, const struct dlms_security *server)
{
    *client = *server;
    memcpy(client->own_title, client_title, DLMS_TITLE);
    memcpy(client->peer_title, server->own_title, DLMS_TITLE);
}

static size_t protect(struct dlms_security *client, const uint8_t *plain, size_t length,
                      uint8_t apdu[APDU + 64])
{
    const struct dlms_cover cover = {DLMS_ENVELOPE_GLO, 0x30};
    struct dlms_keys keys;
    dlms_keys_take(client, NULL, &cover, &keys);
    memcpy(apdu + dlms_cover_head(&cover), plain, length);
    return dlms_protect(client, &keys, &cover, apdu, APDU + 64, &length) == DLMS_OK ? length : 0;
}

static bool open_ciphered(struct dlms_meter *meter, struct dlms_security *client)
{
    static const uint8_t front[] = {0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01,
                                    0x03, 0xA6, 0x0A, 0x04, 0x08, 'C',  'L',  'I',  0,    0,
                                    0,    0,    1,    0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60,
                                    0x85, 0x74, 0x05, 0x08, 0x02, 0x01, 0xAC, 0x0A, 0x80, 0x08,
                                    '1',  '2',  '3',  '4',  '5',  '6',  '7',  '8'};
    static const uint8_t initiate[] = {0x01, 0x00, 0x00, 0x00, 0x06, 0x5F, 0x1F,
                                       0x04, 0x00, 0x00, 0x7E, 0x1F, 0x04, 0xB0};
    uint8_t covered[APDU + 64];
    uint8_t aarq[200];
    uint8_t reply[DLMS_METER_PDU];
    const size_t length = protect(client, initiate, sizeof initiate, covered);
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

/* Requests are made beforehand: only the server's side is timed. */
static double ciphered_ns(struct dlms_meter *meter, struct dlms_security *client)
{
    static uint8_t requests[GETS][APDU];
    uint8_t reply[DLMS_METER_PDU];
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = 0;
        for (int i = 0; i < GETS; i++) {
            uint8_t apdu[APDU + 64];
            length = protect(client, dlms_meter_get, sizeof dlms_meter_get, apdu);
            memcpy(requests[i], apdu, length);
        }
        const double start = now_ns();
        for (int i = 0; i < GETS; i++) {
            if (dlms_meter_handle(meter, DLMS_METER_CIPHERED, requests[i], length, reply) < 20) {
                return 0;
            }
        }
        const double taken = (now_ns() - start) / GETS;
        best = taken < best ? taken : best;
    }
    return best;
}

int main(void)
{
    static struct dlms_meter meter;
    struct dlms_openssl *openssl = dlms_openssl_new();
    struct dlms_security server = {.store = &store, .own_title = {'B', 'E', 'N', 0, 0, 0, 0, 1}};
    struct dlms_security client;
    if (openssl == NULL) {
        return 1;
    }
    server.crypto = dlms_openssl_crypto(openssl);
    mirror(&client, &server);
    client.counter[DLMS_COUNTER_SEND].next = 1;
    dlms_meter_init(&meter, server.crypto, &server);
    if (!dlms_meter_open(&meter) || !open_ciphered(&meter, &client)) {
        printf("not associated\n");
        return 1;
    }
    const double plain = plain_ns(&meter);
    const double ciphered = ciphered_ns(&meter, &client);
    printf("DLMS server, GET of a register: plain %.0f ns, suite 0 authenticated and encrypted "
           "%.0f ns\n",
           plain, ciphered);
    dlms_openssl_free(openssl);
    return ciphered > 0 ? 0 : 1;
}
