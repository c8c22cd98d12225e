/* Associations and keys of the modern profile. Invariant: what is in force – keys, policy, limits
 * of counters – is in the store before it is used. */
#include "cosem/modern.h"
#include "cosem/modern_calendar.h"
#include "cosem/modern_kept.h"
#include "cosem/modern_push.h"
#include "cosem/objects.h"
#include <string.h>

enum {
    MANAGEMENT = 0, /* numbers of the clients here */
    READING = 1,
    NUMBERS_AHEAD = 64, /* a write of the record every so many APDUs in each direction */
    POLICY = DLMS_POLICY_REQUEST_AUTHENTICATED | DLMS_POLICY_REQUEST_ENCRYPTED |
             DLMS_POLICY_RESPONSE_AUTHENTICATED | DLMS_POLICY_RESPONSE_ENCRYPTED,
};

/* High level security needs ACTION; without a method that it may invoke it gives nothing else. */
static const uint32_t reading_conformance =
    DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_ACTION | DLMS_CONFORMANCE_BLOCK_GET |
    DLMS_CONFORMANCE_MULTIPLE_REFERENCES | DLMS_CONFORMANCE_SELECTIVE_ACCESS |
    DLMS_CONFORMANCE_GENERAL_PROTECTION | DLMS_CONFORMANCE_GENERAL_BLOCK;
static const uint32_t management_conformance =
    DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_BLOCK_SET | DLMS_CONFORMANCE_BLOCK_ACTION;

/* ---- What is kept ---- */

static struct wh_modern_kept_client kept_client(const struct wh_modern_client *client,
                                                const struct dlms_security *security)
{
    struct wh_modern_kept_client kept = {.policy = security->policy, .received = client->received};
    for (int k = 0; k < DLMS_KEY_COUNT; k++) {
        memcpy(kept.key[k], security->key[k], WH_MODERN_KEY);
    }
    for (int c = 0; c < DLMS_COUNTER_COUNT; c++) {
        kept.limit[c] = security->counter[c].limit;
    }
    if (kept.limit[DLMS_COUNTER_RECEIVE] > kept.received) {
        kept.received = kept.limit[DLMS_COUNTER_RECEIVE];
    }
    return kept;
}

/* Saves all, with next in place of the security of one client. */
static bool save(struct wh_modern_client *client, const struct dlms_security *next)
{
    struct wh_modern *modern = client->modern;
    struct wh_modern_kept kept;
    uint8_t bytes[WH_MODERN_KEPT_SIZE];
    memcpy(kept.mark, modern->mark, sizeof kept.mark);
    uint32_t received = 0;
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        struct wh_modern_client *each = &modern->client[c];
        kept.client[c] = kept_client(each, each == client ? next : &each->security);
        received = each == client ? kept.client[c].received : received;
    }
    wh_modern_kept_encode(&kept, bytes);
    const bool is_saved = modern->store->save(modern->store->context, bytes);
    if (is_saved) {
        client->received = received;
    }
    dlms_wipe(&kept, sizeof kept);
    dlms_wipe(bytes, sizeof bytes);
    return is_saved;
}

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    struct wh_modern_client *client = context;
    struct dlms_security next = client->security;
    next.counter[id].limit = limit;
    const bool is_saved = save(client, &next);
    dlms_wipe(&next, sizeof next);
    return is_saved;
}

/* Two clients with one key would use the same numbers under it. */
static bool save_security(void *context, const struct dlms_security *old,
                          const struct dlms_security *next)
{
    const struct wh_cosem_face *face = context;
    struct wh_modern_client *client = face->modern->client;
    const int changed = old == &client[MANAGEMENT].security ? MANAGEMENT : READING;
    const struct wh_modern_client *other = &client[changed == MANAGEMENT ? READING : MANAGEMENT];
    const size_t size = dlms_suite_key_size(next->suite);
    const struct dlms_span a = {next->key[DLMS_KEY_UNICAST], size};
    const struct dlms_span b = {other->security.key[DLMS_KEY_UNICAST], size};
    return !dlms_equal(a, b) && save(&client[changed], next);
}

/* ---- Attempts ----
 *
 * Each client has a guard of its own beside that of the passwords: nobody who tries keys keeps out
 * those with a password, and a password says nothing about a key. */

_Static_assert((int)WH_MODERN_CLIENTS <= (int)WH_GUARDED_KEYS, "a guard for each");

static struct wh_modern_client *client_of(const struct wh_cosem_face *face,
                                          const struct dlms_association *association)
{
    for (int c = 0; face->modern != NULL && c < WH_MODERN_CLIENTS; c++) {
        if (association->security == &face->modern->client[c].security) {
            return &face->modern->client[c];
        }
    }
    return NULL;
}

static enum wh_secret secret_of(const struct wh_modern_client *client)
{
    return (enum wh_secret)(WH_SECRET_KEYS + (int)(client - client->modern->client));
}

static void notify(void *context, const struct dlms_association *association, enum dlms_event event)
{
    const struct wh_cosem_face *face = context;
    const struct wh_modern_client *client = client_of(face, association);
    const bool is_right = event == DLMS_EVENT_OPENED;
    const bool is_wrong = event == DLMS_EVENT_PASSWORD_WRONG || event == DLMS_EVENT_PROOF_WRONG ||
                          event == DLMS_EVENT_DECIPHERING_FAILED;
    if (client == NULL) {
        wh_cosem_notify(context, association, event);
    } else if (event == DLMS_EVENT_KEYS_CHANGED || event == DLMS_EVENT_POLICY_CHANGED) {
        wh_application_note_keys(face->application, association->client_sap);
    } else if (is_right || is_wrong) {
        wh_application_judged(face->application, secret_of(client), is_right, WH_ORIGIN_MODULE);
    }
}

static bool admit(void *context, const struct dlms_association *association)
{
    const struct wh_cosem_face *face = context;
    const struct wh_modern_client *client = client_of(face, association);
    return client == NULL ? wh_cosem_admit(context, association)
                          : wh_application_judges(face->application, secret_of(client));
}

/* ---- Start ---- */

static bool is_zero(const uint8_t *octets, size_t length)
{
    uint8_t all = 0;
    for (size_t i = 0; i < length; i++) {
        all |= octets[i];
    }
    return all == 0;
}

static bool symmetric_are_safe(const struct wh_modern_keys *keys)
{
    const uint8_t *first = (const uint8_t *)keys;
    const size_t size = dlms_suite_key_size(keys->suite);
    bool is_safe = true;
    for (size_t a = 0; a < WH_MODERN_SYMMETRIC; a++) {
        const struct dlms_span key = {first + a * WH_MODERN_KEY, size};
        is_safe = is_safe && !is_zero(key.data, size);
        for (size_t b = 0; b < a; b++) {
            const struct dlms_span other = {first + b * WH_MODERN_KEY, size};
            is_safe = is_safe && !dlms_equal(key, other);
        }
    }
    return is_safe;
}

static bool pairs_are_there(const struct wh_modern_keys *keys)
{
    bool are_there = !is_zero(keys->meter.signing, sizeof keys->meter.signing) &&
                     !is_zero(keys->meter.agreement, sizeof keys->meter.agreement);
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        const struct wh_modern_public *client = &keys->client[c];
        are_there = are_there && !is_zero(client->signing, sizeof client->signing) &&
                    !is_zero(client->agreement, sizeof client->agreement);
    }
    return are_there;
}

bool wh_modern_keys_are_safe(const struct wh_modern_keys *keys)
{
    return keys->suite <= 2 && symmetric_are_safe(keys) &&
           (keys->suite == 0 || pairs_are_there(keys));
}

/* The keys given into the record; nobody knows those that are not given. Numbers received go on
 * even with another key, since it may be one that was in use before. */
static bool install(struct wh_modern_kept *kept, const struct dlms_crypto *crypto,
                    const struct wh_modern_keys *keys)
{
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        struct wh_modern_kept_client *client = &kept->client[c];
        if (!crypto->random(crypto->context, client->key[0], sizeof client->key)) {
            return false;
        }
        memcpy(client->key[DLMS_KEY_UNICAST], keys->encryption[c], WH_MODERN_KEY);
        memcpy(client->key[DLMS_KEY_AUTHENTICATION], keys->authentication[c], WH_MODERN_KEY);
        client->policy = POLICY;
        client->limit[DLMS_COUNTER_RECEIVE] = client->received;
    }
    memcpy(kept->client[MANAGEMENT].key[DLMS_KEY_MASTER], keys->master, WH_MODERN_KEY);
    return true;
}

static enum wh_err load(struct wh_modern_kept *kept, const struct wh_modern_store *store)
{
    uint8_t bytes[WH_MODERN_KEPT_SIZE];
    enum wh_err err = store->load(store->context, bytes);
    if (err == WH_OK) {
        err = wh_modern_kept_decode(kept, bytes);
    } else if (err == WH_ERR_NOT_FOUND) {
        memset(kept, 0, sizeof *kept);
        err = WH_OK;
    }
    dlms_wipe(bytes, sizeof bytes);
    return err;
}

/* The record that is to be in force. */
static enum wh_err prepare(struct wh_modern_kept *kept, const struct dlms_crypto *crypto,
                           const struct wh_modern_store *store, const struct wh_modern_keys *keys)
{
    uint8_t mark[DLMS_HASH_MAX];
    const struct dlms_span all = {(const uint8_t *)keys, sizeof *keys};
    const enum wh_err err = load(kept, store);
    if (err != WH_OK) {
        return err;
    }
    if (!crypto->hash(crypto->context, DLMS_HASH_SHA256, &all, 1, mark)) {
        return WH_ERR_IO;
    }
    if (memcmp(kept->mark, mark, WH_MODERN_MARK) == 0) {
        return WH_OK;
    }
    memcpy(kept->mark, mark, WH_MODERN_MARK);
    return install(kept, crypto, keys) ? WH_OK : WH_ERR_IO;
}

/* Manufacturer, then the serial number: no other meter has it, and with each key it begins other
 * initial vectors. */
static void write_title(uint8_t title[DLMS_TITLE], uint32_t serial_number)
{
    memcpy(title, "WTH\0", 4);
    for (int i = 0; i < 4; i++) {
        title[4 + i] = (uint8_t)(serial_number >> (24 - 8 * i));
    }
}

static void take_pairs(struct wh_modern *modern, int number)
{
    struct dlms_security *security = &modern->client[number].security;
    const size_t size = dlms_suite_coordinate(modern->suite);
    security->private_key = (struct dlms_span){modern->own.signing, size};
    security->agreement_private = (struct dlms_span){modern->own.agreement, size};
    security->public_key = (struct dlms_span){modern->peer[number].signing, 2 * size};
    security->agreement_public = (struct dlms_span){modern->peer[number].agreement, 2 * size};
    security->asymmetric = &dlms_asymmetric;
}

static void start_client(struct wh_modern *modern, int number, const struct dlms_crypto *crypto,
                         const struct wh_modern_kept_client *kept)
{
    struct wh_modern_client *client = &modern->client[number];
    *client = (struct wh_modern_client){
        .modern = modern,
        .security = {.crypto = crypto,
                     .store = &client->counters,
                     .suite = modern->suite,
                     .policy = kept->policy,
                     .logical_name = {0, 0, 43, 0, (uint8_t)number, 255}},
        .counters = {client, reserve, NUMBERS_AHEAD},
        .received = kept->received,
    };
    write_title(client->security.own_title, wh_legal_identity(modern->face->legal).serial_number);
    memcpy(client->security.peer_title, modern->title[number], DLMS_TITLE);
    for (int k = 0; k < DLMS_KEY_COUNT; k++) {
        memcpy(client->security.key[k], kept->key[k], WH_MODERN_KEY);
    }
    dlms_security_restore(&client->security, kept->limit);
    if (modern->suite > 0) {
        take_pairs(modern, number);
    }
}

static struct dlms_association association_of(struct wh_modern_client *client, int number)
{
    const bool manages = number == MANAGEMENT;
    const struct dlms_association association = {
        .client_sap = manages ? WH_COSEM_CLIENT_MANAGEMENT : WH_COSEM_CLIENT_READING,
        .server_sap = WH_COSEM_DEVICE_MANAGEMENT,
        .mechanism = client->security.suite == 0 ? DLMS_MECHANISM_GMAC : DLMS_MECHANISM_ECDSA,
        .conformance = reading_conformance | (manages ? management_conformance : 0),
        .groups = (uint8_t)(WH_COSEM_GROUP_MODERN |
                            (manages ? WH_COSEM_GROUP_METER | WH_COSEM_GROUP_MODULE |
                                           WH_COSEM_GROUP_MANAGEMENT
                                     : 0)),
        .builtins =
            (uint8_t)(DLMS_BUILTIN_SAP_ASSIGNMENT | DLMS_BUILTIN_DEVICE_NAME |
                      DLMS_BUILTIN_SECURITY_SETUP | (manages ? DLMS_BUILTIN_CHANGE_SECRETS : 0)),
        .version = 1,
        .ciphered = true,
        .security = &client->security,
    };
    return association;
}

static void offer(struct wh_modern *modern, const struct dlms_crypto *crypto)
{
    struct wh_cosem_face *face = modern->face;
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        face->associations[WH_COSEM_ASSOCIATIONS + c] = association_of(&modern->client[c], c);
    }
    face->modern = modern;
    face->server.association_count = WH_COSEM_ASSOCIATIONS + WH_MODERN_CLIENTS;
    face->server.invoke = wh_cosem_invoke;
    face->server.crypto = crypto;
    face->server.notify = notify;
    face->server.admit = admit;
    face->server.save_security = save_security;
}

static void start_calendar(struct wh_modern *modern, const struct wh_application *app)
{
    struct wh_tariff_plan waiting;
    const bool waits = wh_application_scheduled_plan(app, &waiting) == WH_OK;
    wh_modern_calendar_of_plan(waits ? &waiting : &app->plan, &modern->passive);
}

enum wh_err wh_cosem_modern_init(struct wh_modern *modern, struct wh_cosem_face *face,
                                 const struct dlms_crypto *crypto,
                                 const struct wh_modern_store *store,
                                 const struct wh_modern_keys *keys)
{
    struct wh_modern_kept kept;
    if (!wh_modern_keys_are_safe(keys)) {
        return WH_ERR_ARGUMENT;
    }
    enum wh_err err = prepare(&kept, crypto, store, keys);
    if (err == WH_OK) {
        *modern = (struct wh_modern){
            .face = face, .store = store, .suite = keys->suite, .own = keys->meter};
        memcpy(modern->peer, keys->client, sizeof modern->peer);
        memcpy(modern->title, keys->title, sizeof modern->title);
        memcpy(modern->mark, kept.mark, sizeof modern->mark);
        start_calendar(modern, face->application);
        wh_modern_push_start(modern);
        for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
            start_client(modern, c, crypto, &kept.client[c]);
        }
        err = save(&modern->client[MANAGEMENT], &modern->client[MANAGEMENT].security) ? WH_OK
                                                                                      : WH_ERR_IO;
    }
    if (err == WH_OK) {
        offer(modern, crypto);
    }
    dlms_wipe(&kept, sizeof kept);
    return err;
}
