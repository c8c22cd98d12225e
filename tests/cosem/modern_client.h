/* A client with keys of the modern profile, in front of a meter in memory. */
#ifndef TESTS_COSEM_MODERN_CLIENT_H
#define TESTS_COSEM_MODERN_CLIENT_H

#include "client.h"
#include "cosem/modern.h"
#include "dlms/client_security.h"
#include "ports/linux/crypto_openssl.h"

enum { MODERN_REQUEST = 8192, MODERN_VALUE = 65536, MODERN_PLAIN = 4096, MODERN_PDU = 500 };

struct modern_client {
    struct client meter;
    struct dlms_openssl *openssl;
    struct wh_modern modern;
    struct wh_modern_keys keys;
    struct wh_modern_store store;
    uint8_t kept[WH_MODERN_KEPT_SIZE];
    bool has_kept, store_fails;
    unsigned saves;
    struct dlms_link_security link_security;
    uint8_t link_plain[MODERN_PLAIN];
    /* the client's side */
    struct dlms_counter_store counters;
    struct dlms_security security;
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_client_hls hls;
    /* Carries an APDU and puts the answer into meter.reply; NULL: straight to meter.link. */
    void (*carry)(struct modern_client *modern, struct dlms_span apdu);
    uint8_t control, envelope;                       /* of what it sends */
    struct wh_modern_private own[WH_MODERN_CLIENTS]; /* of the clients; suites 1 and 2 */
    struct wh_modern_public meter_public;
    uint8_t sent[MODERN_REQUEST];
    size_t sent_length; /* the last APDU */
    uint8_t request[MODERN_REQUEST], value[MODERN_VALUE], plain[MODERN_PLAIN];
};

/* A new meter that offers the profile; a 382M with that configuration, NULL for the default. */
void modern_start(struct modern_client *modern, const struct wh_config *config);
/* With keys of the suite. */
void modern_start_suite(struct modern_client *modern, uint8_t suite);
void modern_stop(struct modern_client *modern);

/* The supply is cut and returns. Gives what wh_cosem_modern_init says. */
enum wh_err modern_restart(struct modern_client *modern);

/* Makes the client number 0 (management) or 1 (reading) with the keys given and a fresh link to the
 * meter; it counts on from the number that the public client reads. */
void modern_become(struct modern_client *modern, int number);

/* AARQ, proof and judgement. */
enum dlms_client_status modern_open(struct modern_client *modern);

/* modern_become and modern_open, which succeeds or the test fails. */
void modern_connect(struct modern_client *modern, int number);

/* Carries an operation through. */
enum dlms_client_status modern_finish(struct modern_client *modern, enum dlms_client_status status);

/* Data-access-result or action-result, 0 for done. Anything else that goes wrong is 1000 and more.
 * The value is in dlms_client_value. */
int modern_get(struct modern_client *modern, uint16_t class_id, const uint8_t name[6],
               int8_t index);
int modern_set(struct modern_client *modern, uint16_t class_id, const uint8_t name[6], int8_t index,
               const struct dlms_writer *data);
int modern_invoke(struct modern_client *modern, uint16_t class_id, const uint8_t name[6],
                  int8_t index, const struct dlms_writer *parameters);

/* The attribute can be read, and is these octets. */
void modern_assert_value(struct modern_client *modern, uint16_t class_id, const uint8_t name[6],
                         int8_t index, const void *bytes, size_t length);

#endif
