/* Certificates by OpenSSL. Invariant: a key is used only when its certificate was found good and the record that has it was
 * saved. */
#include "ports/linux/certificates_openssl.h"
#include "ports/linux/certificate_x509.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRIES = 12,
    CERTIFICATE_MAX = 1024,
    PAIRS = 2, /* for signing, for key agreement */
    NAME_MAX_SIZE = 256,
    MAGIC = 0x32434857, /* "WHC2" */
    BOND = 32,          /* SHA-256 */
};

struct entry {
    uint32_t length; /* 0: none */
    uint8_t entity;
    uint8_t type;
    uint8_t der[CERTIFICATE_MAX];
};

/* What is kept, as it stands in the memory of this machine. */
struct record {
    uint32_t magic;
    uint32_t suite;
    uint8_t bond[BOND]; /* of titles and authority: of others nothing that is here is trusted */
    struct x509_pair active[PAIRS];
    struct x509_pair pending[PAIRS];
    struct entry entry[ENTRIES];
};
_Static_assert(sizeof(struct record) <= CERTIFICATES_OPENSSL_KEPT, "the record has room");

/* What list tells, until the next call. */
struct told {
    uint8_t serial[64];
    uint8_t issuer[NAME_MAX_SIZE];
    uint8_t subject[NAME_MAX_SIZE];
    uint8_t alternative[NAME_MAX_SIZE];
};

struct certificates_openssl {
    struct dlms_certificates seam;
    struct certificates_openssl_setup setup;
    struct record record;
    X509 *anchor;
    uint8_t peer[PAIRS][DLMS_POINT_MAX];
    struct told told;
};

static size_t coordinate_of(const struct certificates_openssl *store)
{
    return dlms_suite_coordinate(store->setup.security->suite);
}

static bool has_point(const struct certificates_openssl *store, X509 *certificate,
                      uint8_t point[DLMS_POINT_MAX])
{
    return x509_point(certificate, store->setup.security->suite, point);
}

/* ---- What may be taken ---- */

/* An authority under the anchor makes no further ones: no chain is longer than two. */
static bool is_trusted(const struct certificates_openssl *store, X509 *certificate)
{
    bool is_good = x509_is_signed_by(certificate, store->anchor);
    for (size_t e = 0; !is_good && e < ENTRIES && !x509_is_authority(certificate); e++) {
        const struct entry *entry = &store->record.entry[e];
        if (entry->length > 0 && entry->entity == DLMS_CERTIFICATE_AUTHORITY) {
            X509 *authority = x509_parse((struct dlms_span){entry->der, entry->length});
            is_good = authority != NULL && x509_is_signed_by(certificate, authority);
            X509_free(authority);
        }
    }
    return is_good;
}

static uint8_t entity_of(const struct certificates_openssl *store, X509 *certificate,
                         const uint8_t title[DLMS_TITLE])
{
    const struct dlms_security *security = store->setup.security;
    if (x509_is_authority(certificate)) {
        return DLMS_CERTIFICATE_AUTHORITY;
    }
    if (memcmp(title, security->own_title, DLMS_TITLE) == 0) {
        return DLMS_CERTIFICATE_SERVER;
    }
    return memcmp(title, security->peer_title, DLMS_TITLE) == 0 ? DLMS_CERTIFICATE_CLIENT
                                                                : DLMS_CERTIFICATE_OTHER_ENTITY;
}

/* Entity and type of a certificate that may be taken; false: it may not. */
static bool classify(const struct certificates_openssl *store, X509 *certificate,
                     struct entry *entry)
{
    uint8_t title[DLMS_TITLE] = {0};
    uint8_t point[DLMS_POINT_MAX];
    const bool has_title = x509_title(certificate, title);
    const int type = x509_type(certificate);
    entry->entity = entity_of(store, certificate, title);
    const bool signs = entry->entity == DLMS_CERTIFICATE_AUTHORITY;
    entry->type = signs ? DLMS_CERTIFICATE_OTHER_TYPE : (uint8_t)type;
    return has_point(store, certificate, point) && (signs || (has_title && type >= 0)) &&
           is_trusted(store, certificate);
}

/* ---- The record ---- */

/* Keys of the record into security. Where there is no certificate, what is known beforehand stays. */
static void apply(struct certificates_openssl *store)
{
    struct dlms_security *security = store->setup.security;
    const struct record *record = &store->record;
    const size_t size = coordinate_of(store);
    struct dlms_span *const own[PAIRS] = {&security->private_key, &security->agreement_private};
    struct dlms_span *const peer[PAIRS] = {&security->public_key, &security->agreement_public};
    for (size_t p = 0; p < PAIRS; p++) {
        if (record->active[p].length > 0) {
            *own[p] = (struct dlms_span){record->active[p].private_key, size};
        }
    }
    for (size_t e = 0; e < ENTRIES; e++) {
        const struct entry *entry = &record->entry[e];
        if (entry->length == 0 || entry->entity != DLMS_CERTIFICATE_CLIENT) {
            continue;
        }
        X509 *certificate = x509_parse((struct dlms_span){entry->der, entry->length});
        if (certificate != NULL && has_point(store, certificate, store->peer[entry->type])) {
            *peer[entry->type] = (struct dlms_span){store->peer[entry->type], 2 * size};
        }
        X509_free(certificate);
    }
}

/* Takes next in place of the record, once it is saved. */
static enum dlms_result commit(struct certificates_openssl *store, struct record *next)
{
    uint8_t *kept = calloc(1, CERTIFICATES_OPENSSL_KEPT);
    bool is_saved = false;
    if (kept != NULL) {
        memcpy(kept, next, sizeof *next);
        is_saved = store->setup.save(store->setup.context, kept);
        OPENSSL_cleanse(kept, CERTIFICATES_OPENSSL_KEPT);
        free(kept);
    }
    if (is_saved) {
        store->record = *next;
        apply(store);
    }
    OPENSSL_cleanse(next, sizeof *next);
    return is_saved ? DLMS_RESULT_SUCCESS : DLMS_RESULT_HARDWARE_FAULT;
}

/* ---- Pairs ---- */

static enum dlms_result generate(void *context, uint8_t type)
{
    struct certificates_openssl *store = context;
    struct record next = store->record;
    if (type >= PAIRS || !x509_pair_make(&next.pending[type], store->setup.security->suite)) {
        OPENSSL_cleanse(&next, sizeof next);
        return DLMS_RESULT_OTHER_REASON;
    }
    return commit(store, &next);
}

static enum dlms_result request(void *context, uint8_t type, uint8_t *made, size_t size,
                                size_t *length)
{
    const struct certificates_openssl *store = context;
    const struct dlms_security *security = store->setup.security;
    *length = 0;
    if (type < PAIRS && store->record.pending[type].length > 0) {
        *length = x509_request(&store->record.pending[type], security->suite, security->own_title,
                               made, size);
    }
    return *length > 0 ? DLMS_RESULT_SUCCESS : DLMS_RESULT_OTHER_REASON;
}

/* ---- Certificates ---- */

static bool is_in_force(const struct entry *entry)
{
    return entry->entity <= DLMS_CERTIFICATE_CLIENT;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return a->length == b->length && memcmp(a->der, b->der, a->length) == 0;
}

/* Where it goes: in the place of itself or, if there is one in force, of that; else a free one. */
static struct entry *place_for(struct record *record, const struct entry *entry)
{
    struct entry *free_one = NULL;
    for (size_t e = 0; e < ENTRIES; e++) {
        struct entry *at = &record->entry[e];
        const bool is_replaced =
            is_in_force(entry) && at->entity == entry->entity && at->type == entry->type;
        if (at->length > 0 && (is_same(at, entry) || is_replaced)) {
            return at;
        }
        if (at->length == 0 && free_one == NULL) {
            free_one = at;
        }
    }
    return free_one;
}

/* The server's own is for the pair made last, which is in force then. */
static bool take_pair(const struct certificates_openssl *store, struct record *next,
                      X509 *certificate, uint8_t type)
{
    const size_t size = 2 * coordinate_of(store);
    uint8_t point[DLMS_POINT_MAX];
    struct x509_pair *pending = &next->pending[type];
    if (next->active[type].length > 0 && has_point(store, certificate, point) &&
        memcmp(point, next->active[type].public_key, size) == 0) {
        return true; /* another certificate of the same key */
    }
    if (pending->length == 0 || !has_point(store, certificate, point) ||
        memcmp(point, pending->public_key, size) != 0) {
        return false;
    }
    next->active[type] = *pending;
    OPENSSL_cleanse(pending, sizeof *pending);
    return true;
}

static enum dlms_result import(void *context, struct dlms_span der)
{
    struct certificates_openssl *store = context;
    struct entry entry = {.length = (uint32_t)der.length};
    struct record next = store->record;
    X509 *certificate = der.length <= CERTIFICATE_MAX ? x509_parse(der) : NULL;
    bool is_good = certificate != NULL && classify(store, certificate, &entry);
    struct entry *place = NULL;
    if (is_good) {
        memcpy(entry.der, der.data, der.length);
        place = place_for(&next, &entry);
        is_good = place != NULL && (entry.entity != DLMS_CERTIFICATE_SERVER ||
                                    take_pair(store, &next, certificate, entry.type));
    }
    X509_free(certificate);
    if (!is_good) {
        OPENSSL_cleanse(&next, sizeof next);
        return DLMS_RESULT_OTHER_REASON;
    }
    *place = entry;
    return commit(store, &next);
}

static bool tell(struct certificates_openssl *store, const struct entry *entry,
                 struct dlms_certificate *told)
{
    X509 *certificate = x509_parse((struct dlms_span){entry->der, entry->length});
    if (certificate == NULL) {
        return false;
    }
    struct told *to = &store->told;
    *told = (struct dlms_certificate){
        .entity = entry->entity,
        .type = entry->type,
        .serial = x509_serial(certificate, to->serial, sizeof to->serial),
        .issuer = x509_issuer(certificate, to->issuer, sizeof to->issuer),
        .subject = x509_subject(certificate, to->subject, sizeof to->subject),
        .alternative_name = x509_alternative(certificate, to->alternative, sizeof to->alternative),
    };
    X509_free(certificate);
    return true;
}

static bool list(void *context, size_t index, struct dlms_certificate *told)
{
    struct certificates_openssl *store = context;
    for (size_t e = 0; e < ENTRIES; e++) {
        const struct entry *entry = &store->record.entry[e];
        if (entry->length > 0 && index-- == 0) {
            return tell(store, entry, told);
        }
    }
    return false;
}

static bool is_chosen(struct certificates_openssl *store, const struct entry *entry,
                      const struct dlms_certificate_choice *choice)
{
    struct dlms_certificate told;
    uint8_t title[DLMS_TITLE];
    if (choice->is_by_serial) {
        return tell(store, entry, &told) && dlms_equal(told.serial, choice->serial) &&
               dlms_equal(told.issuer, choice->issuer);
    }
    X509 *certificate = x509_parse((struct dlms_span){entry->der, entry->length});
    const bool has_title = certificate != NULL && x509_title(certificate, title);
    X509_free(certificate);
    return entry->entity == choice->entity && entry->type == choice->type &&
           (!has_title || dlms_equal((struct dlms_span){title, DLMS_TITLE}, choice->title));
}

/* The number of the entry, ENTRIES: there is none. */
static size_t find(struct certificates_openssl *store, const struct dlms_certificate_choice *choice)
{
    size_t e = 0;
    while (e < ENTRIES && (store->record.entry[e].length == 0 ||
                           !is_chosen(store, &store->record.entry[e], choice))) {
        e++;
    }
    return e;
}

static enum dlms_result export_entry(void *context, const struct dlms_certificate_choice *choice,
                                     struct dlms_span *certificate)
{
    struct certificates_openssl *store = context;
    const size_t e = find(store, choice);
    if (e == ENTRIES) {
        return DLMS_RESULT_OTHER_REASON;
    }
    *certificate = (struct dlms_span){store->record.entry[e].der, store->record.entry[e].length};
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result remove_entry(void *context, const struct dlms_certificate_choice *choice)
{
    struct certificates_openssl *store = context;
    const size_t e = find(store, choice);
    if (e == ENTRIES || is_in_force(&store->record.entry[e])) {
        return DLMS_RESULT_OTHER_REASON;
    }
    struct record next = store->record;
    next.entry[e] = (struct entry){.length = 0};
    return commit(store, &next);
}

/* ---- Lifetime ---- */

static bool make_bond(const struct dlms_security *security, const uint8_t point[DLMS_POINT_MAX],
                      uint8_t bond[BOND])
{
    uint8_t whole[2 * DLMS_TITLE + DLMS_POINT_MAX] = {0};
    memcpy(whole, security->own_title, DLMS_TITLE);
    memcpy(whole + DLMS_TITLE, security->peer_title, DLMS_TITLE);
    memcpy(whole + 2 * DLMS_TITLE, point, 2 * dlms_suite_coordinate(security->suite));
    return EVP_Digest(whole, sizeof whole, bond, NULL, EVP_sha256(), NULL) == 1;
}

static bool is_record(const struct record *record, uint8_t suite, const uint8_t bond[BOND])
{
    bool is_good =
        record->magic == MAGIC && record->suite == suite && memcmp(record->bond, bond, BOND) == 0;
    for (size_t e = 0; e < ENTRIES; e++) {
        const struct entry *entry = &record->entry[e];
        is_good = is_good && entry->length <= CERTIFICATE_MAX &&
                  entry->entity <= DLMS_CERTIFICATE_OTHER_ENTITY &&
                  (!is_in_force(entry) || entry->type < PAIRS);
    }
    for (size_t p = 0; p < PAIRS; p++) {
        is_good = is_good && record->active[p].length <= X509_PAIR_MAX &&
                  record->pending[p].length <= X509_PAIR_MAX;
    }
    return is_good;
}

static bool start(struct certificates_openssl *store, const uint8_t *kept)
{
    const uint8_t suite = store->setup.security->suite;
    uint8_t point[DLMS_POINT_MAX];
    uint8_t bond[BOND];
    store->anchor = x509_parse(store->setup.anchor);
    if (suite == 0 || store->anchor == NULL || !x509_is_authority(store->anchor) ||
        !has_point(store, store->anchor, point) || !make_bond(store->setup.security, point, bond)) {
        return false;
    }
    store->record = (struct record){.magic = MAGIC, .suite = suite};
    memcpy(store->record.bond, bond, BOND);
    if (kept != NULL) {
        memcpy(&store->record, kept, sizeof store->record);
    }
    return is_record(&store->record, suite, bond);
}

struct certificates_openssl *
certificates_openssl_new(const struct certificates_openssl_setup *setup, const uint8_t *kept)
{
    struct certificates_openssl *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    store->setup = *setup;
    store->seam = (struct dlms_certificates){
        .methods = &dlms_certificate_methods,
        .context = store,
        .list = list,
        .generate = generate,
        .request = request,
        .import = import,
        .export = export_entry,
        .remove = remove_entry,
    };
    if (!start(store, kept)) {
        certificates_openssl_free(store);
        return NULL;
    }
    apply(store);
    return store;
}

void certificates_openssl_free(struct certificates_openssl *store)
{
    if (store != NULL) {
        X509_free(store->anchor);
        OPENSSL_cleanse(store, sizeof *store);
        free(store);
    }
}

const struct dlms_certificates *certificates_openssl_seam(const struct certificates_openssl *store)
{
    return &store->seam;
}
