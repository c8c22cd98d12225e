/* Time of the DLMS server on this machine: a GET of a register plain, and under suite 0, authenticated
 * and encrypted, OpenSSL included, both ways. */
#include "dlms_reader.h"
#include "figure.h"
#include "ports/linux/crypto_openssl.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, GETS = 100000, APDU = 64 };

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

/* Requests are made beforehand: only the server's side is timed. */
static double ciphered_ns(struct dlms_meter *meter, struct dlms_security *client)
{
    static uint8_t requests[GETS][APDU];
    uint8_t reply[DLMS_METER_PDU];
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = 0;
        for (int i = 0; i < GETS; i++) {
            uint8_t apdu[DLMS_READER_APDU];
            length = dlms_reader_protect(client, dlms_meter_get, sizeof dlms_meter_get, apdu);
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
    struct dlms_security server;
    struct dlms_security client;
    if (openssl == NULL) {
        return 1;
    }
    dlms_reader_keys(&server, &client, dlms_openssl_crypto(openssl));
    dlms_meter_init(&meter, server.crypto, &server);
    if (!dlms_meter_open(&meter) || !dlms_reader_open(&meter, &client)) {
        printf("not associated\n");
        return 1;
    }
    const double plain = plain_ns(&meter);
    const double ciphered = ciphered_ns(&meter, &client);
    printf("DLMS server, GET of a register: plain %.0f ns, suite 0 authenticated and encrypted "
           "%.0f ns\n",
           plain, ciphered);
    figure("GET of a register, this machine, plain, ns", "1023", "<= 350", plain);
    figure("the same, suite 0, ns", "10775", "<= 1500", ciphered);
    dlms_openssl_free(openssl);
    return ciphered > 0 ? 0 : 1;
}
