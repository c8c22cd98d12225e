/* Both ends of a DLMS line in one place: a meter with a load profile of 10000 rows {clock, status, register}, a
 * quarter of an hour apart, and a client that reads it, plain or under suite 0. What the benchmarks of profiles
 * share. */
#ifndef BENCH_DLMS_PAIR_H
#define BENCH_DLMS_PAIR_H

#include "dlms/client_security.h"
#include "dlms/client_selection.h"
#include "dlms/server.h"

enum {
    PAIR_ROWS = 10000,
    PAIR_SELECTED = 1000, /* rows of pair_thousand */
    PAIR_PDU = 1224,      /* unless said otherwise */
    PAIR_LONGEST = 65535,
    PAIR_VALUE = 100000,
    PAIR_PARAMETERS = 100,
};

struct profile {
    uint32_t stamp_s[PAIR_ROWS];  /* what a log has of each row */
    size_t first;                 /* row of the answer at hand */
    struct dlms_date_time cursor; /* of row … */
    size_t cursor_row;
};

struct pair {
    struct profile profile;
    struct dlms_association associations[2];
    struct dlms_server server;
    struct dlms_link link;
    struct dlms_link_security link_security;
    uint8_t opened[PAIR_PDU];
    uint8_t long_buffer[PAIR_VALUE];
    struct dlms_security server_keys;
    struct dlms_security client_keys;
    uint16_t client_sap;
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_client_hls hls;
    uint8_t request[PAIR_PDU];
    uint8_t value[PAIR_VALUE];
    uint8_t plain[PAIR_LONGEST];
    uint8_t reply[PAIR_LONGEST];
    double server_ms; /* of finish, what the server took */
};

struct pair_setup {
    const struct dlms_crypto *crypto;
    bool is_ciphered;
    int form;                /* enum dlms_rows_form */
    uint16_t client_pdu;     /* what the client takes; 0: PAIR_PDU */
    size_t long_buffer_size; /* 0: PAIR_VALUE, which holds any answer */
};

/* Ends the program where the condition is false. */
void require(bool condition, const char *what);

double now_ms(void);

/* Nothing is associated yet. */
void pair_init(struct pair *pair, const struct pair_setup *setup);

bool pair_associate(struct pair *pair);

/* One request of the client's to the server, and its answer. */
enum dlms_client_status pair_exchange(struct pair *pair);

/* All that are left of an operation. */
enum dlms_client_status pair_finish(struct pair *pair, enum dlms_client_status status);

/* Rows of the value that the client has. */
size_t pair_count_rows(const struct pair *pair);

/* The buffer, by entry: 1000 rows in its middle; by range: row 7000 by its time. */
struct dlms_client_attribute pair_thousand(uint8_t room[PAIR_PARAMETERS]);
struct dlms_client_attribute pair_one_row(uint8_t room[PAIR_PARAMETERS]);

#endif
