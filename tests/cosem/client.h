/* A client that speaks raw APDUs to the face of a meter in memory. */
#ifndef TESTS_COSEM_CLIENT_H
#define TESTS_COSEM_CLIENT_H

#include "cosem/face.h"
#include "tests/app/rig.h"

enum { CLIENT_REPLY = 8192, CLIENT_ANSWER = 256 * 1024 };

#define CLIENT_PASSWORD "12345"

struct client {
    struct rig rig;
    struct wh_cosem_face face;
    struct dlms_link link;
    uint8_t long_buffer[WH_COSEM_LONG_BUFFER];
    uint16_t client_sap;
    uint16_t server_sap;
    uint16_t max_pdu;            /* announced; each reply is checked against it */
    uint8_t reply[CLIENT_REPLY]; /* the last APDU of the meter */
    size_t reply_length;
    uint8_t answer[CLIENT_ANSWER]; /* Data of a GET; of a list the count and the results */
    size_t answer_length;
    unsigned blocks; /* in which it came; 0 in one piece */
    void (*between_blocks)(
        struct client *client); /* called before each block is asked for, or NULL */
};

struct client_attribute {
    uint16_t class_id;
    uint8_t logical_name[6];
    int8_t attribute;
};

/* A new meter with its face and a link, nothing associated: a 382M, or another model. */
void client_start(struct client *client);
void client_start_model(struct client *client, const char *model);

/* The supply is cut and returns. */
void client_restart(struct client *client);

void client_stop(struct client *client);

/* Sends an APDU; the answer is in reply. */
void client_send(struct client *client, const uint8_t *apdu, size_t length);

/* The same in hexadecimal; returns the answer so, in static storage. */
const char *client_ask(struct client *client, const char *hex);

/* Opens an association, with a password unless it is NULL. Returns the result of the AARE, 0 for
 * accepted; -1 when there is no AARE. */
int client_open(struct client *client, uint16_t client_sap, uint16_t server_sap,
                const char *password, uint16_t max_pdu);

/* As one of the clients with a password, or fails the test. */
void client_open_meter(struct client *client, uint16_t client_sap, uint16_t max_pdu);

/* GET normal, all blocks: the data-access-result, 0 when answer has the Data. */
int client_get(struct client *client, const struct client_attribute *attribute);

/* The same with selective access: parameters is one Data. */
int client_get_selected(struct client *client, const struct client_attribute *attribute,
                        uint8_t selector, const struct dlms_writer *parameters);

/* GET with-list of up to 127 attributes, all blocks. Fails the test when that is not what comes
 * back. */
void client_get_list(struct client *client, const struct client_attribute *attributes,
                     size_t count);

/* SET normal of one Data: the data-access-result. */
int client_set(struct client *client, const struct client_attribute *attribute, const uint8_t *data,
               size_t length);

/* Attribute of a catalog row, by the class that its kind has: 3 for measured, 4 peak, 8 clock, 1
 * other. */
struct client_attribute client_row(enum wh_quantity_id id, int8_t attribute);

/* A 382M of four quadrants without breaker has an object for the row. */
bool client_expects(enum wh_quantity_id id);

#endif
