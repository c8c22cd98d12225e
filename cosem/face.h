/* The meter's COSEM face: logical devices, associations and objects as the 382M presents them, every
 * object projected from a row of the catalog.
 *
 * Associations (reference: the public interface description of the meter family): client 16 reads
 * identification and clock from the management device 1 without a password; clients 18 (module port),
 * 19 (optical port) and 20 (consumer port) read everything from device 16 with one. GET with list is
 * offered beyond what that description lists, since clients gain by it.
 */
#ifndef WH_COSEM_FACE_H
#define WH_COSEM_FACE_H

#include "app/reading.h"
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
    WH_COSEM_NAME_SIZE = 17,     /* logical device name, at most 16 characters */
    WH_COSEM_LONG_BUFFER = 4096, /* for dlms_link_init: a list of everything in one moment */
};

/* All that a struct dlms_server needs, in one value. Stays in place while links use it. */
struct wh_cosem_face {
    struct dlms_server server; /* give this to dlms_link_init */
    struct dlms_logical_device devices[WH_COSEM_DEVICES];
    struct dlms_association associations[WH_COSEM_ASSOCIATIONS];
    char names[WH_COSEM_DEVICES][WH_COSEM_NAME_SIZE];
    struct wh_reading_source source;
};

/* Makes the face of a meter. source's meter and password (NUL-terminated, not empty) are borrowed as long
 * as the face is used; WH_ERR_ARGUMENT if the password is empty. */
enum wh_err wh_cosem_face_init(struct wh_cosem_face *face, const struct wh_reading_source *source,
                               const char *password);

#endif
