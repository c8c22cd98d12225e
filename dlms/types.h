/* The small types every part of the library shares.
 *
 * References below: "5-3" is IEC 62056-5-3 (application layer), "6-2" is IEC 62056-6-2 (interface
 * classes), "47" is IEC 62056-47 (TCP/UDP wrapper).
 */
#ifndef DLMS_TYPES_H
#define DLMS_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* What went wrong inside this library. What is told to the peer is another matter: dlms_result. */
enum dlms_err {
    DLMS_OK,
    DLMS_ERR_MORE,    /* nothing wrong: the input ends before the thing is complete */
    DLMS_ERR_FORMAT,  /* the input breaks its encoding rules or ends inside an element */
    DLMS_ERR_SPACE,   /* the thing is longer than the room or limit given */
    DLMS_ERR_CIPHER,  /* not genuine, or there is no key or algorithm for it */
    DLMS_ERR_REPLAY,  /* genuine, and its invocation counter was there before */
    DLMS_ERR_COUNTER, /* no invocation counter left, or none that is safe over a power cut */
};

/* Data-Access-Result and Action-Result, 5-3: the codes both share, then those of block transfer. */
enum dlms_result {
    DLMS_RESULT_SUCCESS = 0,
    DLMS_RESULT_HARDWARE_FAULT = 1,
    DLMS_RESULT_TEMPORARY_FAILURE = 2,
    DLMS_RESULT_READ_WRITE_DENIED = 3,
    DLMS_RESULT_OBJECT_UNDEFINED = 4,
    DLMS_RESULT_OBJECT_CLASS_INCONSISTENT = 9,
    DLMS_RESULT_OBJECT_UNAVAILABLE = 11,
    DLMS_RESULT_TYPE_UNMATCHED = 12,
    DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED = 13,
    DLMS_RESULT_DATA_BLOCK_UNAVAILABLE = 14,
    DLMS_RESULT_LONG_GET_ABORTED = 15,
    DLMS_RESULT_NO_LONG_GET_IN_PROGRESS = 16,
    DLMS_RESULT_LONG_ACTION_ABORTED = 15,        /* Action-Result */
    DLMS_RESULT_NO_LONG_ACTION_IN_PROGRESS = 16, /* Action-Result */
    DLMS_RESULT_LONG_SET_ABORTED = 17,
    DLMS_RESULT_NO_LONG_SET_IN_PROGRESS = 18,
    DLMS_RESULT_DATA_BLOCK_NUMBER_INVALID = 19,
    DLMS_RESULT_OTHER_REASON = 250,
};

/* Conformance block, 5-3: bit 0 of the standard is the most significant of these 24. */
enum dlms_conformance {
    DLMS_CONFORMANCE_GENERAL_PROTECTION = 0x400000,
    DLMS_CONFORMANCE_GENERAL_BLOCK = 0x200000,
    DLMS_CONFORMANCE_DELTA_VALUE = 0x020000,
    DLMS_CONFORMANCE_PRIORITY = 0x004000,
    DLMS_CONFORMANCE_BLOCK_GET = 0x001000,
    DLMS_CONFORMANCE_BLOCK_SET = 0x000800,
    DLMS_CONFORMANCE_BLOCK_ACTION = 0x000400,
    DLMS_CONFORMANCE_MULTIPLE_REFERENCES = 0x000200,
    DLMS_CONFORMANCE_DATA_NOTIFICATION = 0x000080,
    DLMS_CONFORMANCE_ACCESS = 0x000040,
    DLMS_CONFORMANCE_GET = 0x000010,
    DLMS_CONFORMANCE_SET = 0x000008,
    DLMS_CONFORMANCE_SELECTIVE_ACCESS = 0x000004,
    DLMS_CONFORMANCE_EVENT_NOTIFICATION = 0x000002,
    DLMS_CONFORMANCE_ACTION = 0x000001,
};

/* Authentication mechanism: the last octet of mechanism-name, 5-3. */
enum dlms_mechanism {
    DLMS_MECHANISM_NONE = 0,
    DLMS_MECHANISM_PASSWORD = 1, /* low level security */
    DLMS_MECHANISM_MD5 = 3,      /* this and the following: high level security */
    DLMS_MECHANISM_SHA1 = 4,
    DLMS_MECHANISM_GMAC = 5,
    DLMS_MECHANISM_SHA256 = 6,
    DLMS_MECHANISM_ECDSA = 7,
};

/* Bytes owned by somebody else; data is NULL when the thing is absent. */
struct dlms_span {
    const uint8_t *data;
    size_t length;
};

#endif
