/* Clients that each do their business with the test device over and over, and know what must come of it:
 * for tests in which many are there at once. The line between is the test's. */
#ifndef TEST_DLMS_CUSTOMER_H
#define TEST_DLMS_CUSTOMER_H

#include "device.h"
#include "dlms/client.h"

enum {
    CUSTOMER_FIRST_SAP = 32, /* of customer 0; the others follow */
    CUSTOMER_VALUE = 8192,
    CUSTOMER_REQUEST = 1500,
    CUSTOMER_DATA = 700,
};

enum customer_business {
    CUSTOMER_PROFILE,     /* reads a load profile, with a password, in blocks of GET */
    CUSTOMER_OBJECT_LIST, /* reads it in small blocks */
    CUSTOMER_ECHO,        /* invokes with parameters that come back, in blocks both ways */
    CUSTOMER_WRITER, /* writes an object of its own in blocks and reads it; at most three of these */
    CUSTOMER_STREAM, /* reads a load profile by general block transfer, seven at once */
    CUSTOMER_KINDS,
};

struct customer {
    uint16_t client_sap;
    uint16_t server_sap;
    struct dlms_client client;
    unsigned rounds_left;
    unsigned rounds_done;

    /* Internal. */
    enum customer_business business;
    unsigned number;
    bool is_at_work; /* associated: what comes next is of its business */
    bool has_written;
    bool is_releasing;
    struct dlms_client_settings settings;
    struct dlms_general_block stream;
    uint8_t data[CUSTOMER_DATA];
    uint8_t request[CUSTOMER_REQUEST];
    uint8_t value[CUSTOMER_VALUE];
    uint8_t blocks[CUSTOMER_VALUE];
};

/* The device as these customers see it: number n, 0 … count - 1, has row n of rows. */
struct dlms_server customer_server(struct device *device, struct dlms_association *rows,
                                   const enum customer_business *business, size_t count);

/* Customer number n of the device that will do so many rounds of its business. What it reads is compared
 * with what a customer of the same business reads when it has the device for itself. */
void customer_init(struct customer *customer, const struct dlms_association *row,
                   enum customer_business business, unsigned number, unsigned rounds);

/* Begins with the association. Give the output of its client to the server. */
enum dlms_client_status customer_start(struct customer *customer);

/* Takes an answer, checks what is complete and goes on with the next: DLMS_CLIENT_DONE only when all
 * rounds are done and the association is released. A customer that is not served fails the test. */
enum dlms_client_status customer_received(struct customer *customer, struct dlms_span apdu);

#endif
