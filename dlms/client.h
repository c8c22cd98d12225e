/* A DLMS/COSEM client with logical name referencing (5-3): the reader's side, without a line.
 *
 * An operation – associate, get, set, action, release – makes an APDU to send; each APDU that comes in
 * answer goes to dlms_client_received, which asks for another to be sent (blocks of a long transfer),
 * or says that the operation is done or why it failed. What carries the APDUs is the caller's choice:
 * wrapper.h on TCP, hdlc_client.h on a line.
 *
 *     status = dlms_client_get(&client, &attribute);
 *     while (status == DLMS_CLIENT_SEND) {
 *         send dlms_client_output(&client), receive answer
 *         status = dlms_client_received(&client, answer);
 *     }
 *     if (status == DLMS_CLIENT_DONE) … dlms_client_value(&client)
 *     else … dlms_client_status_text(status)
 *
 * No allocation, no globals, no recursion; safe against any answer.
 */
#ifndef DLMS_CLIENT_H
#define DLMS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/axdr.h"
#include "dlms/general_block.h"
#include "dlms/types.h"

enum {
    DLMS_CLIENT_TITLE = 8,
    /* invoke-id-and-priority: confirmed, high priority. */
    DLMS_CLIENT_INVOKE = 0xC0,
};

enum dlms_client_status {
    DLMS_CLIENT_DONE,
    DLMS_CLIENT_SEND,     /* send dlms_client_output and give the answer to dlms_client_received */
    DLMS_CLIENT_NOTIFIED, /* the APDU came unasked (EventNotification, DataNotification): it is in
                           * notification; the operation under way goes on */
    DLMS_CLIENT_WAIT, /* nothing to send now: another block is to come (general block transfer) */
    /* The server asks for the next step of high level authentication: its challenge is in
     * dlms_client_value, its title in server_title. The association is open for that step only:
     * dlms_client_action with reply_to_HLS_authentication. */
    DLMS_CLIENT_CHALLENGED,
    /* The operation failed; whether the association stands tells is_associated. */
    DLMS_CLIENT_ERR_STATE,      /* not associated, or already; or an APDU was not expected */
    DLMS_CLIENT_ERR_NOT_AGREED, /* the association has no such service */
    DLMS_CLIENT_ERR_REQUEST,    /* the request is longer than server or buffer can take */
    DLMS_CLIENT_ERR_SPACE,      /* the answer is longer than the value buffer */
    DLMS_CLIENT_ERR_FORMAT,     /* the answer breaks its encoding rules */
    DLMS_CLIENT_ERR_UNEXPECTED, /* an answer, but not to this request */
    DLMS_CLIENT_ERR_BLOCK,      /* a block is missing or out of turn */
    DLMS_CLIENT_ERR_REFUSED,    /* AARE: rejected, see refusal */
    DLMS_CLIENT_ERR_INITIATE, /* ConfirmedServiceError, see refusal; or no version, no logical names */
    DLMS_CLIENT_ERR_EXCEPTION, /* exception-response, see exception_state, exception_service */
    DLMS_CLIENT_ERR_RESULT,    /* the object refuses, see result */
    DLMS_CLIENT_ERR_SECURITY,  /* protection could not be put on or taken off */
};

/* In a few words of English; never NULL. */
const char *dlms_client_status_text(enum dlms_client_status status);
const char *dlms_client_result_text(enum dlms_result result);

/* Where protection of APDUs comes in (security.h has what it takes). Every xDLMS APDU, the Initiate
 * included, passes protect before it is sent; every answer that is not ACSE passes unprotect.
 *
 * protect: a plain APDU of *length octets is at buffer + head; afterwards the protected one is at
 * buffer, and *length its length, at most head + plain + tail. unprotect: *plain is what was inside
 * apdu, and stays until the next call; what must not be accepted as it is gives an error. */
struct dlms_client_protection {
    void *context;
    size_t head;
    size_t tail;
    enum dlms_err (*protect)(void *context, uint8_t *buffer, size_t size, size_t *length);
    enum dlms_err (*unprotect)(void *context, struct dlms_span apdu, struct dlms_span *plain);
};

struct dlms_client_settings {
    enum dlms_mechanism mechanism;
    struct dlms_span authentication; /* password, or challenge to the server; none: data NULL */
    struct dlms_span title;          /* the client's system title, if it is to be sent */
    uint32_t conformance;            /* proposed: set of enum dlms_conformance */
    uint16_t max_receive_pdu; /* longest answer the caller can take; 0 no limit, else ≥ 12 */
    struct dlms_span dedicated_key; /* for InitiateRequest; none: length 0 (client_security.h) */
    const struct dlms_client_protection *protection; /* NULL: none; application context LN */
};

struct dlms_client_refusal {
    uint8_t result;     /* enum dlms_associate_result */
    uint8_t source;     /* enum dlms_diagnostic_source; 0: not said */
    uint8_t diagnostic; /* enum dlms_diagnostic */
    bool has_error;     /* ConfirmedServiceError: the next three */
    uint8_t error_service;
    uint8_t error_class;
    uint8_t error_value; /* enum dlms_initiate_error in class 6 */
};

enum dlms_client_access_kind { DLMS_ACCESS_GET = 1, DLMS_ACCESS_SET = 2, DLMS_ACCESS_ACTION = 3 };

/* The first block is for the caller to read, and invoke to change; the rest is internal. */
struct dlms_client {
    bool is_associated;
    uint32_t conformance;                    /* agreed on */
    uint16_t max_send_pdu;                   /* what the server takes; 0xFFFF: no limit */
    uint8_t server_title[DLMS_CLIENT_TITLE]; /* responding-AP-title; zeros: none */
    enum dlms_result result;                 /* of ERR_RESULT */
    struct dlms_client_refusal refusal;      /* of ERR_REFUSED and ERR_INITIATE */
    uint8_t exception_state;                 /* of ERR_EXCEPTION, 5-3 */
    uint8_t exception_service;
    struct dlms_span notification; /* of NOTIFIED; as long as the APDU given in stays */
    uint8_t invoke; /* of the next service; its low 4 bits are counted up with each */

    const struct dlms_client_settings *settings;
    uint8_t *request; /* what is sent is made here */
    size_t request_size;
    size_t request_length;
    uint8_t *value; /* what is received is put together here */
    size_t value_size;
    size_t value_length;
    const struct dlms_client_operation *operation; /* under way; NULL: none */
    uint8_t invoke_sent;
    uint32_t block_number;             /* of the block received or sent last */
    struct dlms_general_block *blocks; /* NULL: no general block transfer */
    struct dlms_span output;           /* to be sent */
    uint32_t long_invoke;              /* of the ACCESS under way */
    struct dlms_span parameters;       /* of SET and ACTION: not yet sent */
    bool is_last_sent;                 /* no block is left to send */
    size_t list_count;                 /* results asked for */
    enum dlms_client_access_kind list_kind;
};

/* A client without association. settings and the buffers stay the caller's and in place. request
 * holds one APDU to send; value one whole answer, however many blocks it comes in. */
void dlms_client_init(struct dlms_client *client, const struct dlms_client_settings *settings,
                      uint8_t *request, size_t request_size, uint8_t *value, size_t value_size);

/* Makes the client able to do general block transfer, where the settings propose it and the server agrees;
 * right after dlms_client_init. blocks and the buffer must stay in place. The buffer holds one whole
 * answer, protected as it comes, and meanwhile the frames of a request: max_send_pdu octets. A request may
 * then be as long as the request buffer.
 *
 * window is how many blocks this side takes at once, 1 … DLMS_WINDOW_MAX. Above 1 every request goes in
 * blocks, so that the server knows it; and the client, too, sends several at once if the server takes
 * them: after each APDU sent dlms_client_more must be called.
 *
 * A line that loses APDUs: when nothing came in time, dlms_client_repeat. */
void dlms_client_use_blocks(struct dlms_client *client, struct dlms_general_block *blocks,
                            uint8_t *buffer, size_t buffer_size, uint8_t window);

/* ---- Operations ------------------------------------------------------------------------------
 *
 * Each ends what was under way, and returns DLMS_CLIENT_SEND, or an error and there is nothing to
 * send: ERR_STATE, ERR_NOT_AGREED, ERR_REQUEST, ERR_SECURITY.
 */

struct dlms_client_attribute {
    uint16_t class_id;
    uint8_t logical_name[6];
    int8_t index;                /* of the attribute, or of the method */
    uint8_t selector;            /* selective access; 0: none */
    struct dlms_span parameters; /* of the selector: one Data */
};

/* AARQ. An association that is open is forgotten. */
enum dlms_client_status dlms_client_associate(struct dlms_client *client);

/* The value is one Data. */
enum dlms_client_status dlms_client_get(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute);

/* GET with-list, count ≥ 1: the value is for dlms_client_list. */
enum dlms_client_status dlms_client_get_list(struct dlms_client *client,
                                             const struct dlms_client_attribute *attributes,
                                             size_t count);

/* data is one Data; it goes out in blocks if it must and that was agreed on, and stays in place until
 * the operation ends. */
enum dlms_client_status dlms_client_set(struct dlms_client *client,
                                        const struct dlms_client_attribute *attribute,
                                        struct dlms_span data);

/* parameters: one Data, or absent; in blocks and in place as with set. The value is the return
 * parameters, one Data, or empty. selector of method is not used. */
enum dlms_client_status dlms_client_action(struct dlms_client *client,
                                           const struct dlms_client_attribute *method,
                                           struct dlms_span parameters);

/* SET with-list and ACTION with-list, count ≥ 1. values, parameters: count Data, one behind the other,
 * null-data for a method without; in blocks and in place as with set. The value is for dlms_client_list.
 * ERR_REQUEST also: it is not that many. */
enum dlms_client_status dlms_client_set_list(struct dlms_client *client,
                                             const struct dlms_client_attribute *attributes,
                                             size_t count, struct dlms_span values);
enum dlms_client_status dlms_client_action_list(struct dlms_client *client,
                                                const struct dlms_client_attribute *methods,
                                                size_t count, struct dlms_span parameters);

/* ACCESS, 5-3: reading, writing and invoking in one request, count ≥ 1. Data of reading is not used; of
 * invoking it may be absent. What comes of each is for dlms_client_access_list. */
struct dlms_client_access {
    enum dlms_client_access_kind kind;
    struct dlms_client_attribute attribute; /* or the method */
    struct dlms_span data;
};

enum dlms_client_status dlms_client_access(struct dlms_client *client,
                                           const struct dlms_client_access *list, size_t count,
                                           bool break_on_error);

/* RLRQ. Once it is answered, whatever the answer, there is no association. */
enum dlms_client_status dlms_client_release(struct dlms_client *client);

/* The line below is gone, and the association and the operation with it. */
void dlms_client_disconnected(struct dlms_client *client);

/* ---- Progress -------------------------------------------------------------------------------- */

/* The APDU to send, after DLMS_CLIENT_SEND; valid until the next call of an operation or of received.
 */
struct dlms_span dlms_client_output(const struct dlms_client *client);

/* Takes an APDU that came. apdu may be reused afterwards. */
enum dlms_client_status dlms_client_received(struct dlms_client *client, struct dlms_span apdu);

/* With general block transfer, after an APDU was sent: DLMS_CLIENT_SEND, the next is in the output;
 * DLMS_CLIENT_WAIT, it is the server's turn. */
enum dlms_client_status dlms_client_more(struct dlms_client *client);

/* With general block transfer, when nothing came in time: DLMS_CLIENT_SEND, what makes the server go on is
 * in the output. DLMS_CLIENT_ERR_STATE: no operation is under way, or it does without blocks. */
enum dlms_client_status dlms_client_repeat(struct dlms_client *client);

/* What the last operation that was done brought; valid until the next operation begins. */
struct dlms_span dlms_client_value(const struct dlms_client *client);

/* The results of a service with-list, in the order asked. */
struct dlms_client_item {
    enum dlms_result result;
    struct dlms_span data; /* one Data when result is success; absent with SET, and where a method
                            * returns nothing */
};

struct dlms_client_items {
    struct dlms_reader reader;
    size_t left;
    enum dlms_client_access_kind kind;
};

struct dlms_client_items dlms_client_list(const struct dlms_client *client);

/* The next item; false when there is none. */
bool dlms_client_list_next(struct dlms_client_items *items, struct dlms_client_item *item);

/* What came of an ACCESS, in the order asked; data is one Data, null-data where there is none. */
struct dlms_client_access_items {
    struct dlms_reader data;
    struct dlms_reader results;
    size_t left;
};

struct dlms_client_access_items dlms_client_access_list(const struct dlms_client *client);

/* The next; false when there is none. */
bool dlms_client_access_next(struct dlms_client_access_items *items, struct dlms_client_item *item);

#endif
