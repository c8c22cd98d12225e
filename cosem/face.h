/* The meter's COSEM face: logical devices, associations and objects as the meters of the family
 * present them.
 *
 * Associations (reference: the public interface description of the meter family): client 16 reads
 * identification and clock from the management device 1 without a password; clients 18 (module
 * port), 19 (optical port) and 20 (consumer port) read everything from device 16 with one, and
 * write what that description lists as writable. GET with list is offered beyond it, since clients
 * gain by it.
 *
 * Objects: what the model and its energy type have. Registers are projected from the catalog;
 * those that measure are there for every model that measures them, also where the description
 * lists them for a sister model only (frequency, power factor). Of the commands of the legal part
 * those that need nothing open can be reached (tariff, verification mode), the meter number under
 * an open seal, and the transformer ratio under an open cover from the module port; nothing else
 * of it has a writable attribute (REG-7). docs/cosem.md lists all.
 *
 * Passwords are under the guard that the application keeps for DLMS and IEC 62056-21 together
 * (wh_application_judged): wrong ones are logged for the client's port, and while the guard
 * is closed a client with a password is told to try later. The public client is always let in.
 *
 * A refused write has changed nothing. Its data-access-result: type-unmatched for Data of another
 * type, read-write-denied for what a seal or cover protects, other-reason for a value out of
 * range, temporary-failure for what is not possible in the meter's present state, hardware-fault
 * when the memory refused. */
#ifndef WH_COSEM_FACE_H
#define WH_COSEM_FACE_H

#include "app/application.h"
#include "dlms/server.h"

enum {
    WH_COSEM_CLIENT_PUBLIC = 16,
    WH_COSEM_CLIENT_MODULE = 18,
    WH_COSEM_CLIENT_OPTICAL = 19,
    WH_COSEM_CLIENT_CONSUMER = 20,
    WH_COSEM_DEVICE_MANAGEMENT = 1,
    WH_COSEM_DEVICE_METER = 16,
    WH_COSEM_MAX_PDU = 1024, /* accepted from clients: a list of some 80 attributes */
    WH_COSEM_DEVICES = 2,
    WH_COSEM_ASSOCIATIONS = 4,
    WH_MODERN_CLIENTS = 2,       /* besides, of the modern profile (modern.h) */
    WH_COSEM_NAME_SIZE = 17,     /* logical device name, at most 16 characters */
    WH_COSEM_LONG_BUFFER = 4096, /* for dlms_link_init: a list of everything in one moment */
};

/* What the ports of a meter are made with where they speak HDLC, as its set-up object tells it
 * (0.0.22.0.0.255). Source: the interface description of the meter family. */
enum {
    WH_COSEM_HDLC_SPEED = 5,      /* of enum baudrate, 6-2: 9600 */
    WH_COSEM_HDLC_TRANSMIT = 512, /* information fields, octets */
    WH_COSEM_HDLC_RECEIVE = 128,
    WH_COSEM_HDLC_INTER_OCTET_MS = 500,
    WH_COSEM_HDLC_INACTIVITY_S = 20,
    WH_COSEM_HDLC_ADDRESS = 32, /* of the physical device */
};

/* ---- Internal: the long answer that a client is reading (rows.h) ---- */

enum { WH_COSEM_COLUMNS_MAX = 4 + WH_DEBITING_VALUES_MAX };

/* Records and columns that a request asks for. */
struct wh_cosem_selected {
    bool by_entry;
    uint32_t from, to; /* UTC seconds, or entries */
    uint8_t count;     /* of columns, in the order in which they were asked for */
    uint8_t column[WH_COSEM_COLUMNS_MAX];
};

/* Which records, of what. */
struct wh_cosem_answer {
    const void *profile; /* NULL: none */
    struct wh_cosem_selected selected;
    uint32_t newest; /* sequence when it was asked for */
    uint16_t epoch;
    uint32_t configuration_count;
};

struct wh_cosem_walk {
    struct wh_log_range range;
    bool backwards;
    uint32_t entry, end; /* backwards: the next entry, the last */
};

/* A place between two rows. */
struct wh_cosem_row_place {
    size_t total; /* bytes of the writer in front of it, 0: no place */
    uint32_t check;
    uint32_t row;
    struct wh_cosem_walk walk;
};

struct wh_cosem_memo {
    struct wh_cosem_answer answer;
    uint32_t rows;
    size_t length;        /* of the whole array, bytes */
    size_t start;         /* bytes in front of it */
    uint32_t start_check; /* of those */
    struct wh_cosem_row_place place;
};

struct wh_modern;

/* All that a struct dlms_server needs, in one value. Stays in place while links use it. */
struct wh_cosem_face {
    struct dlms_server server; /* give this to dlms_link_init */
    struct dlms_logical_device devices[WH_COSEM_DEVICES];
    struct dlms_association associations[WH_COSEM_ASSOCIATIONS + WH_MODERN_CLIENTS];
    char names[WH_COSEM_DEVICES][WH_COSEM_NAME_SIZE];
    struct wh_application *application;
    struct wh_legal *legal;
    struct wh_reading_source source; /* of these two */
    struct wh_cosem_memo memo;
    struct wh_modern *modern; /* NULL: that profile is not offered */
};

/* Makes the face of a meter. application, legal and password (NUL-terminated, not empty) are
 * borrowed as long as the face is used; WH_ERR_ARGUMENT if the password is empty. */
enum wh_err wh_cosem_face_init(struct wh_cosem_face *face, struct wh_application *application,
                               struct wh_legal *legal, const char *password);

#endif
