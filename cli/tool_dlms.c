/* Sessions of the COSEM client. Invariant: a status of the client library becomes exactly one
 * failure that says whether the meter, the line or the request is to blame. */
#include "cli/tool_dlms.h"
#include "cli/tool_dlms_guard.h"
#include "cli/tool_dlms_link.h"
#include "dlms/acse.h"
#include <stdlib.h>
#include <string.h>

enum { REQUEST_SIZE = 4096, VALUE_SIZE = 4 << 20, ANY_PDU = 0xFFFF };

struct tool_dlms {
    struct tool_dlms_link link;
    struct tool_dlms_guard guard;
    struct dlms_client client;
    struct dlms_client_settings settings;
    uint8_t request[REQUEST_SIZE];
    uint8_t *value;
};

/* ---- What failed ---- */

/* What a result that says little stands for. */
static const char *meaning(enum dlms_result result)
{
    return result == DLMS_RESULT_TEMPORARY_FAILURE ? " (not in its present state)"
           : result == DLMS_RESULT_OTHER_REASON    ? " (that value cannot be)"
           : result == DLMS_RESULT_READ_WRITE_DENIED
               ? " (not by this client or port, or a seal is closed)"
               : "";
}

/* The object's refusal. */
static bool fail_result(enum dlms_result result, struct tool_failure *failure)
{
    const bool is_absent = result == DLMS_RESULT_OBJECT_UNDEFINED ||
                           result == DLMS_RESULT_OBJECT_CLASS_INCONSISTENT ||
                           result == DLMS_RESULT_OBJECT_UNAVAILABLE;
    return tool_fail(failure, is_absent ? TOOL_ABSENT : TOOL_REFUSED, "the meter says: %s%s",
                     dlms_client_result_text(result), meaning(result));
}

static bool fail_refused(const struct tool_dlms *dlms, struct tool_failure *failure)
{
    const struct dlms_client_refusal *refusal = &dlms->client.refusal;
    const bool is_for_now = refusal->result == DLMS_ASSOCIATE_REJECTED_TRANSIENT;
    const char *why = is_for_now ? ": not now, as after wrong passwords or keys; try later" : "";
    switch (refusal->diagnostic) {
    case DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE:
        why = ": password or key is wrong";
        break;
    case DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED:
    case DLMS_DIAGNOSTIC_MECHANISM_REQUIRED:
        why = ": a password is needed (--password-file)";
        break;
    case DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED:
        why = ": not with this authentication (auth=)";
        break;
    case DLMS_DIAGNOSTIC_CALLING_TITLE:
        why = ": it does not know the system_title of the key file";
        break;
    case DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED:
        why = ": ciphering is needed, or not known";
        break;
    default:
        why = !is_for_now && dlms->settings.dedicated_key.length > 0
                  ? ": it may know no dedicated keys (docs/tool.md)"
                  : why;
        break;
    }
    return tool_fail(failure, TOOL_REFUSED, "%s: the meter refuses client %u (diagnostic %u)%s",
                     dlms->link.line.name, dlms->link.client, refusal->diagnostic, why);
}

static bool fail_status(struct tool_dlms *dlms, enum dlms_client_status status,
                        struct tool_failure *failure)
{
    switch (status) {
    case DLMS_CLIENT_ERR_RESULT:
        return fail_result(dlms->client.result, failure);
    case DLMS_CLIENT_ERR_REFUSED:
    case DLMS_CLIENT_ERR_INITIATE:
        return fail_refused(dlms, failure);
    case DLMS_CLIENT_ERR_NOT_AGREED:
        return tool_fail(failure, TOOL_REFUSED, "the meter grants client %u no such service",
                         dlms->link.client);
    case DLMS_CLIENT_ERR_EXCEPTION:
        return tool_fail(failure, TOOL_REFUSED, "the meter does not serve this request");
    case DLMS_CLIENT_ERR_REQUEST:
        return tool_fail(failure, TOOL_REFUSED, "the request is longer than the meter takes");
    default:
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: %s", dlms->link.line.name,
                         dlms_client_status_text(status));
    }
}

/* ---- Operations ---- */

/* Follows an operation to its end or to a challenge. */
static bool follow(struct tool_dlms *dlms, enum dlms_client_status *status,
                   struct tool_failure *failure)
{
    while (*status == DLMS_CLIENT_SEND || *status == DLMS_CLIENT_NOTIFIED) {
        struct dlms_span apdu;
        if (*status == DLMS_CLIENT_SEND &&
            !tool_dlms_link_send(&dlms->link, dlms_client_output(&dlms->client), failure)) {
            return false;
        }
        if (!tool_dlms_link_receive(&dlms->link, &apdu, failure)) {
            return false;
        }
        *status = dlms_client_received(&dlms->client, apdu);
    }
    return true;
}

static bool complete(struct tool_dlms *dlms, enum dlms_client_status status,
                     struct tool_failure *failure)
{
    return follow(dlms, &status, failure) &&
           (status == DLMS_CLIENT_DONE || fail_status(dlms, status, failure));
}

static bool associate(struct tool_dlms *dlms, struct tool_failure *failure)
{
    enum dlms_client_status status = dlms_client_associate(&dlms->client);
    if (!follow(dlms, &status, failure)) {
        return false;
    }
    if (status != DLMS_CLIENT_CHALLENGED) {
        return status == DLMS_CLIENT_DONE || fail_status(dlms, status, failure);
    }
    struct tool_failure refused;
    if (!complete(dlms, dlms_client_prove(&dlms->client, &dlms->guard.hls), &refused)) {
        return tool_fail(failure, refused.code == TOOL_NO_ANSWER ? TOOL_NO_ANSWER : TOOL_REFUSED,
                         "%s: the meter does not accept the key or secret: %s",
                         dlms->link.line.name, refused.text);
    }
    return dlms_client_judge(&dlms->client, &dlms->guard.hls) == DLMS_CLIENT_DONE ||
           tool_fail(failure, TOOL_REFUSED, "%s: the meter cannot prove that it knows the key",
                     dlms->link.line.name);
}

/* ---- Opening ---- */

static enum dlms_mechanism mechanism_of(const struct endpoint *endpoint,
                                        const struct tool_secrets *secrets)
{
    if (endpoint->auth != ENDPOINT_AUTH_BY_SECRET) {
        return (enum dlms_mechanism)endpoint->auth;
    }
    if (secrets->has_password) {
        return DLMS_MECHANISM_PASSWORD;
    }
    if (secrets->suite > 0 && secrets->signing_key.length != 0) {
        return DLMS_MECHANISM_ECDSA;
    }
    return secrets->encryption_key.length != 0 ? DLMS_MECHANISM_GMAC : DLMS_MECHANISM_NONE;
}

static bool set_up(struct tool_dlms *dlms, const struct endpoint *endpoint,
                   const struct tool_secrets *secrets, uint16_t client,
                   struct tool_failure *failure)
{
    const enum dlms_mechanism mechanism = mechanism_of(endpoint, secrets);
    const bool is_public = mechanism == DLMS_MECHANISM_NONE;
    dlms->link.client = client;
    const uint32_t usual = is_public              ? TOOL_DLMS_SERVER_MANAGEMENT
                           : secrets->server != 0 ? secrets->server
                                                  : TOOL_DLMS_SERVER;
    dlms->link.server = (uint16_t)(endpoint->server != 0 ? endpoint->server : usual);
    if (mechanism == DLMS_MECHANISM_PASSWORD && !secrets->has_password) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "a password is needed: --password-file, WATTHOUR_PASSWORD or "
                         "--default-password");
    }
    dlms->settings = (struct dlms_client_settings){
        .mechanism = mechanism,
        .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_ACTION |
                       DLMS_CONFORMANCE_BLOCK_GET | DLMS_CONFORMANCE_BLOCK_SET |
                       DLMS_CONFORMANCE_BLOCK_ACTION | DLMS_CONFORMANCE_SELECTIVE_ACCESS |
                       DLMS_CONFORMANCE_MULTIPLE_REFERENCES | DLMS_CONFORMANCE_PRIORITY,
        .max_receive_pdu = ANY_PDU,
    };
    if (mechanism == DLMS_MECHANISM_PASSWORD) {
        dlms->settings.authentication =
            (struct dlms_span){(const uint8_t *)secrets->password, strlen(secrets->password)};
    }
    return tool_dlms_guard_init(&dlms->guard, secrets, mechanism, endpoint->cipher != 0,
                                &dlms->client, &dlms->settings, failure);
}

/* A refusal that another client of the meter need not meet: not for password or key. */
static bool is_about_client(const struct tool_dlms *dlms, const struct tool_failure *failure)
{
    const uint8_t diagnostic = dlms->client.refusal.diagnostic;
    return failure->code == TOOL_REFUSED && diagnostic != DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE &&
           diagnostic != DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
}

static struct tool_dlms *open_as(const struct endpoint *endpoint,
                                 const struct tool_secrets *secrets, uint16_t client,
                                 bool *may_be_other, struct tool_failure *failure)
{
    struct tool_dlms *dlms = calloc(1, sizeof *dlms);
    uint8_t *value = malloc(VALUE_SIZE);
    *may_be_other = false;
    if (dlms == NULL || value == NULL) {
        free(dlms);
        free(value);
        tool_fail(failure, CLI_FAILED, "no memory");
        return NULL;
    }
    dlms->value = value;
    dlms->link.line.fd = -1;
    dlms_client_init(&dlms->client, &dlms->settings, dlms->request, sizeof dlms->request, value,
                     VALUE_SIZE);
    if (!set_up(dlms, endpoint, secrets, client, failure) ||
        !tool_dlms_link_open(&dlms->link, endpoint, failure) || !associate(dlms, failure)) {
        *may_be_other = is_about_client(dlms, failure);
        tool_dlms_close(dlms);
        return NULL;
    }
    return dlms;
}

/* Each port of a meter of the family has a client of its own; a serial port is likely the optical head. */
struct tool_dlms *tool_dlms_open(const struct endpoint *endpoint,
                                 const struct tool_secrets *secrets, struct tool_failure *failure)
{
    static const uint16_t on_tcp[] = {TOOL_DLMS_CLIENT_MODULE, TOOL_DLMS_CLIENT_OPTICAL,
                                      TOOL_DLMS_CLIENT_CONSUMER};
    static const uint16_t on_serial[] = {TOOL_DLMS_CLIENT_OPTICAL, TOOL_DLMS_CLIENT_MODULE,
                                         TOOL_DLMS_CLIENT_CONSUMER};
    const uint16_t *clients = endpoint->is_serial ? on_serial : on_tcp;
    const bool is_public = mechanism_of(endpoint, secrets) == DLMS_MECHANISM_NONE;
    struct tool_failure first;
    bool may_be_other;
    const uint32_t said = endpoint->client != 0 || is_public ? endpoint->client : secrets->client;
    if (said != 0 || is_public) {
        const uint32_t client = said != 0 ? said : TOOL_DLMS_CLIENT_PUBLIC;
        return open_as(endpoint, secrets, (uint16_t)client, &may_be_other, failure);
    }
    struct tool_dlms *dlms = open_as(endpoint, secrets, clients[0], &may_be_other, &first);
    for (int c = 1; dlms == NULL && may_be_other && c < 3; c++) {
        dlms = open_as(endpoint, secrets, clients[c], &may_be_other, failure);
    }
    if (dlms == NULL) {
        *failure = first;
    }
    return dlms;
}

bool tool_dlms_is_public(const struct tool_dlms *dlms)
{
    return dlms->settings.mechanism == DLMS_MECHANISM_NONE;
}

bool tool_dlms_get(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                   struct dlms_span *data, struct tool_failure *failure)
{
    if (!complete(dlms, dlms_client_get(&dlms->client, attribute), failure)) {
        return false;
    }
    *data = dlms_client_value(&dlms->client);
    return true;
}

bool tool_dlms_set(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                   struct dlms_span data, struct tool_failure *failure)
{
    return complete(dlms, dlms_client_set(&dlms->client, attribute, data), failure);
}

bool tool_dlms_invoke(struct tool_dlms *dlms, const struct dlms_client_attribute *method,
                      struct dlms_span parameters, struct tool_failure *failure)
{
    return complete(dlms, dlms_client_action(&dlms->client, method, parameters), failure);
}

struct dlms_client_attribute tool_dlms_attribute(uint16_t class_id, const uint8_t obis[6],
                                                 int8_t index)
{
    struct dlms_client_attribute attribute = {.class_id = class_id, .index = index};
    memcpy(attribute.logical_name, obis, sizeof attribute.logical_name);
    return attribute;
}

/* The family's own reader only disconnects; a release is answered all the same. */
void tool_dlms_close(struct tool_dlms *dlms)
{
    if (dlms == NULL) {
        return;
    }
    tool_dlms_link_close(&dlms->link);
    tool_dlms_guard_close(&dlms->guard);
    dlms_wipe(dlms->request, sizeof dlms->request);
    free(dlms->value);
    free(dlms);
}
