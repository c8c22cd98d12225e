/* A DLMS/COSEM server with logical name referencing (5-3): APDUs in, APDUs out.
 *
 * The owner describes the device in a struct dlms_server – logical devices, associations, objects
 * and functions that read and write attributes and invoke methods – and keeps one struct dlms_link
 * for each connection (TCP connection, HDLC line). Every APDU received goes through
 * dlms_link_handle. Addresses and framing belong to the layer below (wrapper.h).
 *
 * Served: association (AARQ, RLRQ) without security, with a password, or with high level security;
 * GET, SET and ACTION in every form of 5-3: normal, with list, and in blocks both ways; ACCESS; general
 * block transfer both ways; notifications unasked; all of it ciphered where an association says so. Anything else is answered as 5-3 asks for a service that is
 * not there.
 *
 * The library itself owns in every association the object Association LN (0.0.40.0.0.255, class 15),
 * and on wish SAP assignment (0.0.41.0.0.255, class 17), the logical device name (0.0.42.0.0.255,
 * class 1), the Security setup (0.0.43.0.e.255, class 64) and its invocation counter (0.0.43.1.e.255,
 * class 1). It answers attribute 1, logical_name, of every object.
 *
 * No allocation, no globals, no recursion; safe against any input.
 */
#ifndef DLMS_SERVER_H
#define DLMS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/axdr.h"
#include "dlms/general_block.h"
#include "dlms/rows.h"
#include "dlms/security.h"
#include "dlms/types.h"

enum {
    DLMS_LINK_SESSIONS = 4, /* associations open at once on one link; 5-3 leaves the number open */
    DLMS_MIN_PDU = 12,      /* a client that takes less is refused */
    DLMS_MIN_CIPHERED_PDU = 72, /* the same where answers are ciphered */
};

/* ---- The object model ------------------------------------------------------------------------ */

/* One COSEM object as associations see it. Attributes are numbered 1 … attribute_count, methods
 * 1 … method_count. */
struct dlms_object {
    uint16_t class_id;
    uint8_t version;
    uint8_t logical_name[6]; /* no other object of the server has it */
    uint8_t groups;          /* visible where (groups & association groups) != 0 */
    uint8_t attribute_count; /* as the class has them, at most 31 */
    uint32_t readable;       /* bit n: attribute n may be read; attribute 1 always may */
    uint8_t selectors;       /* bit n: selective access n of attribute 2 (profile generic), or 0 */
    uintptr_t tag;           /* the owner's own: a catalog row, a pointer */
    uint8_t writers;         /* groups, out of those who see it, that may write and invoke */
    uint8_t method_count;    /* at most 31 */
    uint32_t writable;       /* bit n: attribute n may be written by writers */
    uint32_t invocable;      /* bit n: method n may be invoked by invokers */
    /* How a request for it must be protected, but for attribute 1: a set of DLMS_POLICY_REQUEST_….
     * 0: no more than the security policy asks. */
    uint8_t protection;
    uint8_t invokers; /* groups, out of those who see it; 0: the writers */
};

#define DLMS_ATTRIBUTE(n) (UINT32_C(1) << (n))
#define DLMS_METHOD(n)    (UINT32_C(1) << (n))

/* Access selection of a GET or SET request, 5-3. */
struct dlms_selection {
    uint8_t selector;
    struct dlms_span parameters; /* one well-formed Data */
};

/* ---- The device ------------------------------------------------------------------------------ */

struct dlms_logical_device {
    uint16_t sap;
    const char *name; /* NUL-terminated; the first three characters are the manufacturer's */
};

/* Objects of the library beside Association LN that an association shows, and what it may do. */
enum dlms_builtin {
    DLMS_BUILTIN_SAP_ASSIGNMENT = 1 << 0,
    DLMS_BUILTIN_DEVICE_NAME = 1 << 1,
    DLMS_BUILTIN_SECURITY_SETUP = 1 << 2,     /* of the association's security */
    DLMS_BUILTIN_INVOCATION_COUNTER = 1 << 3, /* the number it took last from a client */
    DLMS_BUILTIN_CHANGE_SECRETS = 1 << 4,     /* may change its secret, keys and policy */
};

/* A client user, 6-2 class 15 version 2. */
struct dlms_user {
    uint8_t id;
    const char *name;
};

/* An association that may be opened: who, with which logical device, how proven, what it sees. A
 * pair of SAPs has at most one row. */
struct dlms_association {
    uint16_t client_sap;
    uint16_t server_sap;
    enum dlms_mechanism mechanism;
    /* The secret of mechanisms 1, 3, 4 and 6: not empty there. */
    struct dlms_span password;
    uint32_t conformance; /* offered: a set of enum dlms_conformance; the client may take less. High
                           * level security needs DLMS_CONFORMANCE_ACTION */
    uint8_t groups;       /* groups of objects seen */
    uint8_t builtins;     /* set of enum dlms_builtin */
    uint8_t version;      /* of its Association LN, 0 … 3 */
    bool ciphered;        /* application context with ciphering; needs security */
    /* Keys, titles, policy and counters, the owner's; needed for ciphering, mechanisms 5 to 7, and the
     * objects that show it. Several associations may share one. */
    struct dlms_security *security;
    /* Who may be behind the client; with any, the client must name one of them (version 2 and 3). */
    const struct dlms_user *users;
    size_t user_count;
    /* How its clients read the rows of a profile, enum dlms_rows_form: the read function finds it in the
     * rows of its writer. DLMS_ROWS_DELTA becomes DLMS_ROWS_NULL where the client did not agree on
     * DLMS_CONFORMANCE_DELTA_VALUE; of the others the protocol says nothing. */
    uint8_t rows;
};

/* What happens to security, told to the owner: to log, to count, to slow down. */
enum dlms_event {
    DLMS_EVENT_OPENED,             /* an association is open, its client proven */
    DLMS_EVENT_PASSWORD_WRONG,     /* low level security */
    DLMS_EVENT_PROOF_WRONG,        /* high level security */
    DLMS_EVENT_DECIPHERING_FAILED, /* forged, damaged, or with another key */
    DLMS_EVENT_REPLAY,             /* a genuine APDU once more */
    DLMS_EVENT_POLICY_VIOLATED,    /* not protected as the policy asks */
    DLMS_EVENT_SECRET_CHANGED,
    DLMS_EVENT_KEYS_CHANGED,
    DLMS_EVENT_POLICY_CHANGED,
};
typedef void dlms_notify(void *context, const struct dlms_association *association,
                         enum dlms_event event);

/* An association that needs proof is about to be judged. False: not now, too many failed before; the
 * client is told to try later. Not asked of who has shown its key, by an authenticated InitiateRequest, where
 * no password or secret is to be proven. */
typedef bool dlms_admit(void *context, const struct dlms_association *association);

/* Puts a new secret for the association into lasting memory and into its row, or changes nothing. */
typedef enum dlms_result dlms_change_secret(void *context,
                                            const struct dlms_association *association,
                                            struct dlms_span secret);

/* Puts changed keys, policy and counters of next into lasting memory, all or none of them, before it
 * returns true; old is in place until then, and is overwritten by the library afterwards. */
typedef bool dlms_save_security(void *context, const struct dlms_security *old,
                                const struct dlms_security *next);

/* Reads one attribute: writes exactly one Data to out and returns success, or returns the
 * data-access-result to send, and then whatever it wrote is dropped.
 *
 * Called only for readable attributes 2 … attribute_count of objects the association sees.
 * selection is NULL when the request carries none; else selective access was agreed on and the
 * object offers the selector. The function need not care whether the output fits. It may be called
 * several times for one request, and must then write the same bytes while the value is the same. */
typedef enum dlms_result dlms_read(void *context, const struct dlms_object *object,
                                   int8_t attribute, const struct dlms_selection *selection,
                                   struct dlms_writer *out);

/* Writes one attribute: takes all of value or changes nothing. Returns what the client is told:
 * TYPE_UNMATCHED for Data of another type, OTHER_REASON for a value out of range …
 *
 * Called only for writable attributes 2 … attribute_count, by an association of one of the object's
 * writers. value is exactly one well-formed Data. It and the selection are valid during the call. */
typedef enum dlms_result dlms_write(void *context, const struct dlms_association *association,
                                    const struct dlms_object *object, int8_t attribute,
                                    const struct dlms_selection *selection, struct dlms_span value);

/* Invokes one method: does it and returns success, or does nothing and returns the action-result to
 * send. Return parameters are at most one Data written to out, and go out only with success.
 * parameters is one well-formed Data; its data is NULL for none, and null-data counts as none.
 * Called exactly once for each time a client invokes the method. */
typedef enum dlms_result dlms_invoke(void *context, const struct dlms_association *association,
                                     const struct dlms_object *object, int8_t method,
                                     struct dlms_span parameters, struct dlms_writer *out);

/* Gives object number index, 0 … object_count - 1. The order must not change while a link is up. */
typedef void dlms_enumerate(void *context, size_t index, struct dlms_object *object);

/* The number of the object of this name, or anything not below object_count when there is none. */
typedef size_t dlms_locate(void *context, const uint8_t logical_name[6]);

/* A device, as one port shows it: a port with fewer clients gets a shorter table of associations.
 * Everything pointed to stays the owner's and in place as long as links use it. */
struct dlms_server {
    const struct dlms_logical_device *devices;
    size_t device_count;
    const struct dlms_association *associations;
    size_t association_count;
    const struct dlms_object *objects; /* object_count rows, or NULL: then enumerate gives them */
    size_t object_count;
    dlms_enumerate *enumerate;
    dlms_locate *locate; /* or NULL: then names are compared one after the other */
    dlms_read *read;
    dlms_write *write;                 /* or NULL: nothing can be written */
    dlms_invoke *invoke;               /* or NULL: nothing can be invoked */
    const struct dlms_crypto *crypto;  /* or NULL: neither ciphering nor high level security */
    dlms_notify *notify;               /* or NULL */
    dlms_admit *admit;                 /* or NULL: always */
    dlms_change_secret *change_secret; /* or NULL: secrets cannot be changed */
    dlms_save_security *save_security; /* or NULL: keys and policy cannot be changed */
    void *context;                     /* handed to all of these */
    uint16_t max_receive_pdu;          /* announced to clients; longer requests are refused */
    /* Answer SET and ACTION even when their service-class bit says unconfirmed: on HDLC the frame
     * type says what is confirmed (5-3), and clients there leave the bit clear. GET is always
     * answered. */
    bool ignore_service_class;
};

/* ---- A link ----------------------------------------------------------------------------------
 *
 * Long answers. An answer that does not fit the client's PDU goes out in blocks, taken from the
 * long buffer given to dlms_link_init. If it fits that buffer it is made once, at the time of the
 * request, and what the client assembles is that moment. If it is longer it is made anew whenever
 * the buffer has been sent, and the part made before is compared by checksum: unchanged, and the
 * whole is still one moment's answer (the latest); changed, and the transfer ends with
 * long-get-aborted. A client thus never assembles two moments into one value, but for the one chance
 * in 2^32 that a 32-bit checksum leaves. The buffer also holds the request meanwhile. Rule of thumb:
 * the longest list of changing values plus max_receive_pdu; the object list does not change and may
 * be longer.
 *
 * Long requests. The blocks of a SET or ACTION are gathered in the same buffer; nothing is written
 * and nothing invoked before the last has come and the whole is well-formed. What does not fit ends
 * with long-set-aborted or long-action-aborted. Return parameters of an ACTION that may go out in
 * blocks are made there, behind the request, since a method cannot be asked twice; what does not fit
 * is told as other-reason, with the method carried out.
 */

/* All below here is internal. */
struct dlms_session {
    const struct dlms_association *association; /* NULL: slot is free */
    uint32_t conformance;                       /* negotiated */
    uint16_t max_send_pdu;                      /* what the client takes, 0xFFFF for no limit */
    bool is_pending; /* high level security: the proof is still to come */
    uint8_t user;    /* 1 + number of the user; 0: nobody in particular */
};

struct dlms_transfer {
    uint8_t owner;         /* 1 + number of the session it belongs to; 0: none under way */
    uint8_t kind;          /* enum dlms_transfer_kind */
    uint8_t form;          /* of a long request: what it is when it is complete */
    uint8_t protection;    /* of the request; what continues it has at least the same */
    size_t request_length; /* the request is at the start of the long buffer */
    size_t window_start;   /* answer bytes in the rest of it: the first, … */
    size_t window_length;  /* … how many */
    size_t total;          /* length of the whole answer */
    size_t sent;
    uint32_t check;        /* dlms_check over the bytes in front of the window's end */
    uint32_t block_number; /* of the block sent or received last */
};

/* What a link needs for high level security and ciphering. */
struct dlms_secured_session {
    uint8_t peer_title[DLMS_TITLE];
    struct dlms_dedicated dedicated;
};

struct dlms_handshake {
    uint8_t owner; /* 1 + number of the session that is pending; 0: none. The last one counts */
    uint8_t client_length;
    uint8_t server_length;
    uint8_t client_challenge[DLMS_CHALLENGE_MAX];
    uint8_t server_challenge[DLMS_CHALLENGE_MAX];
};

struct dlms_link_security {
    struct dlms_secured_session sessions[DLMS_LINK_SESSIONS];
    struct dlms_handshake handshake;
    uint8_t *buffer; /* for one deciphered request */
    size_t buffer_size;
};

struct dlms_link_blocks {
    struct dlms_general_block stream;
    uint8_t *buffer; /* a request that is gathered, and behind it its answer */
    size_t buffer_size;
    uint8_t owner; /* 1 + number of the session; 0: none */
};

struct dlms_link {
    const struct dlms_server *server;
    uint8_t *long_buffer;
    size_t long_buffer_size;
    struct dlms_session sessions[DLMS_LINK_SESSIONS];
    struct dlms_transfer transfer;
    struct dlms_link_security *security; /* NULL: no ciphering, no high level security */
    struct dlms_link_blocks *blocks;     /* NULL: no general block transfer */
    uint16_t wrong_passwords; /* failed proofs of any mechanism, counted up to 65535 since init */
};

/* A new connection: nothing is associated. server and long_buffer must stay in place while the link
 * is used. long_buffer_size 0 is allowed: then no answer longer than the client's PDU is given. */
void dlms_link_init(struct dlms_link *link, const struct dlms_server *server, uint8_t *long_buffer,
                    size_t long_buffer_size);

/* Makes the link able to do high level security and ciphering; right after dlms_link_init. security and
 * the buffer must stay in place while the link is used. The buffer takes a request without its
 * protection: max_receive_pdu octets. */
void dlms_link_secure(struct dlms_link *link, struct dlms_link_security *security, uint8_t *buffer,
                      size_t buffer_size);

/* Makes the link able to do general block transfer, where an association's conformance offers it; right
 * after dlms_link_init. blocks and the buffer must stay in place while the link is used.
 *
 * The buffer holds a request that comes in blocks, protected as it came, and its whole protected answer.
 * An answer that is longer goes out in blocks of its own service where those were agreed on, each as
 * long as the buffer allows. To decipher a long request the buffer of dlms_link_secure must be as long.
 *
 * window is how many blocks this side takes at once, 1 … DLMS_WINDOW_MAX. Above 1 it also sends several at
 * once, if the client takes them: then dlms_link_more must be called after every dlms_link_handle. */
void dlms_link_use_blocks(struct dlms_link *link, struct dlms_link_blocks *blocks, uint8_t *buffer,
                          size_t buffer_size, uint8_t window);

/* The lower layer lost this pair (HDLC disconnect): the association ends. A lost connection of all
 * pairs is dlms_link_init. */
void dlms_link_disconnect(struct dlms_link *link, uint16_t client_sap, uint16_t server_sap);

/* The association open between the two, or NULL; NULL also while a proof is still to come. */
const struct dlms_association *dlms_link_association(const struct dlms_link *link,
                                                     uint16_t client_sap, uint16_t server_sap);

struct dlms_request {
    uint16_t client_sap; /* source address */
    uint16_t server_sap; /* destination address */
    struct dlms_span apdu;
};

/* Handles one APDU from a client and writes the answer to reply. Returns the answer's length; 0
 * when there is none: the request was unconfirmed, unintelligible, or for no logical device here.
 * An answer is never longer than what the client announced nor than reply_size; 64 is the least
 * reply_size with which associations can be opened, 256 with security. reply must not overlap the
 * request. */
size_t dlms_link_handle(struct dlms_link *link, const struct dlms_request *request, uint8_t *reply,
                        size_t reply_size);

/* An APDU that the server sends unasked (notification.h makes it). */
struct dlms_push {
    uint16_t client_sap; /* a pair of the table of associations, open or not */
    uint16_t server_sap;
    struct dlms_span apdu; /* plain */
    uint8_t
        control; /* DLMS_CONTROL_AUTHENTICATED, _ENCRYPTED: the least protection. What the policy
                            * asks of answers comes on top */
};

/* Writes what is to be sent to out, protected: DataNotification in a general-glo envelope, the others in
 * the glo- one of their tag. Returns its length, and blocks of it may follow (dlms_link_more). To a client
 * that is associated nothing goes that is longer than it takes, unless in blocks that were agreed on.
 *
 * 0: nothing is to be sent: the pair is unknown, or its proof still to come; the APDU is empty or too
 * long; no keys or safe numbers are left for its protection; or it needs blocks while others are under
 * way. */
size_t dlms_link_push(struct dlms_link *link, const struct dlms_push *push, uint8_t *out,
                      size_t size);

/* The next APDU to send to the client without waiting for one of its, after dlms_link_handle or
 * dlms_link_push: to be called until it gives 0. reply_size is that of the call before, or more. */
size_t dlms_link_more(struct dlms_link *link, uint16_t client_sap, uint16_t server_sap,
                      uint8_t *reply, size_t reply_size);

#endif
