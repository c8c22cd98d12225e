/* The modern profile of the face: secure associations beside those of the family, on links that can
 * cipher (dlms_link_secure).
 *
 *     client 1   management  reads everything, writes and invokes what can be, changes its keys
 *     client 2   reading     reads everything, changes nothing
 *     client 16  public      besides: the invocation counters 0.0.43.1.0.255 and 0.0.43.1.1.255
 *
 * Clients 1 and 2 speak to logical device 1, each with keys of its own: in suite 0 with high level
 * security 5 (GMAC), in suites 1 and 2 with 7 (ECDSA). Every request and answer is authenticated and
 * encrypted: nothing less is taken; in suites 1 and 2 a client may have signatures, too, and
 * management may make them the rule (security_activate of 0.0.43.0.0.255). Source: 5-3 and 6-2 of IEC 62056; clients as IDIS meters have them; docs/cosem.md.
 *
 * Invocation counters, and keys that a client changed, are kept by the owner of the meter (struct
 * wh_modern_store). A number is never used twice with one key, whenever the supply goes. */
#ifndef WH_COSEM_MODERN_H
#define WH_COSEM_MODERN_H

#include "cosem/face.h"

enum {
    WH_COSEM_CLIENT_MANAGEMENT = 1,
    WH_COSEM_CLIENT_READING = 2,
    WH_COSEM_CLIENT_PUSH =
        102,                   /* whom pushes are addressed to; pre-established, so it never asks */
    WH_MODERN_KEY = 32,        /* octets: 16 are used, in suite 2 all */
    WH_MODERN_SYMMETRIC = 5,   /* keys of that kind in struct wh_modern_keys */
    WH_MODERN_MARK = 32,       /* SHA-256 */
    WH_MODERN_KEPT_SIZE = 338, /* octets of the record that is kept */
};

/* A pair for signatures and one for key agreement: numbers of 32 octets, in suite 2 48; points of 64 or
 * 96, x and y. What is not used is zero. */
struct wh_modern_private {
    uint8_t signing[DLMS_HASH_MAX];
    uint8_t agreement[DLMS_HASH_MAX];
};
struct wh_modern_public {
    uint8_t signing[DLMS_POINT_MAX];
    uint8_t agreement[DLMS_POINT_MAX];
};

/* What a meter is given. All symmetric keys differ, and none is all zero. */
struct wh_modern_keys {
    uint8_t encryption[WH_MODERN_CLIENTS][WH_MODERN_KEY]; /* global unicast encryption key */
    uint8_t authentication[WH_MODERN_CLIENTS][WH_MODERN_KEY];
    uint8_t master[WH_MODERN_KEY];                /* of management: wraps new keys */
    uint8_t suite;                                /* 0, 1 or 2 */
    uint8_t title[WH_MODERN_CLIENTS][DLMS_TITLE]; /* of the clients; all zero: any */
    /* Suites 1 and 2 */
    struct wh_modern_private meter;
    struct wh_modern_public client[WH_MODERN_CLIENTS];
};

/* They are as said. */
bool wh_modern_keys_are_safe(const struct wh_modern_keys *keys);

/* Memory that survives a power cut, for one record. */
struct wh_modern_store {
    void *context;
    /* WH_ERR_NOT_FOUND: nothing was ever saved. Others: it cannot be read. */
    enum wh_err (*load)(void *context, uint8_t kept[WH_MODERN_KEPT_SIZE]);
    /* Puts it in place of the one before, all of it or nothing at any power cut, and for good when
     * it returns true. */
    bool (*save)(void *context, const uint8_t kept[WH_MODERN_KEPT_SIZE]);
};

/* ---- Internal ---- */

enum {
    WH_MODERN_NAME = 16, /* octets of a name of class 20 */
    WH_MODERN_SEASONS = WH_PLAN_SEASON_CHANGES_MAX,
    WH_MODERN_WEEKS = WH_PLAN_SEASONS,
    WH_MODERN_DAYS = WH_PLAN_SEASONS * WH_DAY_TYPES,
};

struct wh_modern_name {
    uint8_t length;
    uint8_t octets[WH_MODERN_NAME];
};

/* Tables of class 20 (modern_calendar.h). */
struct wh_modern_calendar {
    struct wh_modern_name name;
    uint8_t season_count, week_count, day_count;
    struct wh_modern_season {
        struct wh_modern_name name;
        uint8_t month, day; /* 0: no date */
        struct wh_modern_name week;
    } seasons[WH_MODERN_SEASONS];
    struct wh_modern_week {
        struct wh_modern_name name;
        uint8_t day_id[7]; /* Monday first */
    } weeks[WH_MODERN_WEEKS];
    struct wh_modern_day {
        uint8_t id;
        struct wh_tariff_day day;
    } days[WH_MODERN_DAYS];
};

struct wh_modern_client {
    struct wh_modern *modern;
    struct dlms_security security;
    struct dlms_counter_store counters;
    uint32_t received; /* highest limit of RECEIVE that there was with any key */
};

enum { WH_MODERN_READING = 1 }; /* its number among the clients */

/* Pushes since power-up (modern_push.h). */
struct wh_modern_pushing {
    struct wh_push push[WH_PUSH_SETUPS];
    uint32_t on_seconds[WH_PUSH_SETUPS]; /* hour counter in seconds, worked off */
    bool has_failed[WH_PUSH_SETUPS];     /* the last one was given up */
    int32_t minute;                      /* of the schedule, worked off */
    uint64_t seen, telling;              /* alarms pending: that began a push; that are under way */
    uint32_t invoke;
    char destination[WH_PUSH_DESTINATION + 1]; /* where a set-up names none */
};

/* What class 41 tells of the port that offers the profile; its owner sets it in struct wh_modern after
 * wh_cosem_modern_init. All zero: not known, and the object is not there. */
struct wh_modern_tcp {
    uint16_t port;
    uint8_t connections; /* at once */
    uint16_t inactivity_s;
};

/* Stays in place while the face is used. */
struct wh_modern {
    struct wh_cosem_face *face;
    const struct wh_modern_store *store;
    uint8_t mark[WH_MODERN_MARK]; /* of the keys given */
    uint8_t suite;
    struct wh_modern_private own;
    struct wh_modern_public peer[WH_MODERN_CLIENTS];
    uint8_t title[WH_MODERN_CLIENTS][DLMS_TITLE];
    struct wh_modern_client client[WH_MODERN_CLIENTS];
    struct wh_modern_calendar passive; /* at power-up the plan that waits, or as the active one */
    struct wh_modern_pushing pushing;
    struct wh_modern_tcp tcp; /* see there */
    uint8_t token_status;     /* of class 115: how the last token went; 0 at power-up */
};

/* Offers the profile, right after wh_cosem_face_init at every power-up. Everything is borrowed as
 * long as the face is used, keys for the call only; crypto needs random, GCM, hash and key wrap, in
 * suites 1 and 2 all.
 *
 * Keys that a client changed stay in force as long as keys are those that the meter was given
 * before. Other keys take the place of all; the counters go on.
 *
 *   WH_ERR_ARGUMENT  two keys are the same, one is all zero, or there is no such suite
 *   WH_ERR_CORRUPT   the record is damaged: the counters are lost, so only new keys would be safe
 *   WH_ERR_IO        the record cannot be read or saved, or crypto failed
 * On every error the face is as before, without the profile. */
enum wh_err wh_cosem_modern_init(struct wh_modern *modern, struct wh_cosem_face *face,
                                 const struct dlms_crypto *crypto,
                                 const struct wh_modern_store *store,
                                 const struct wh_modern_keys *keys);

#endif
