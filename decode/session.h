/* One conversation overheard: bytes in as they come, frames with their meaning out.
 *
 *     session = decode_session_new(keys, sink, context)
 *     decode_feed(session, DECODE_TO_METER, bytes, length)     as often as there is something
 *     decode_flush(session)                                    what is incomplete stays so
 *
 * The language is found by itself, frame by frame: HDLC (IEC 62056-46), the TCP wrapper (IEC
 * 62056-47), KMP, IEC 62056-21, wired M-Bus (EN 13757-2), and DLMS APDUs alone. Every byte fed is
 * in exactly one report, idle flags of HDLC aside. A frame whose check is wrong, that is cut, and
 * what lies between frames is reported as well, with the reason; decoding goes on behind it.
 *
 * A session remembers what a frame alone does not say: who the client is, what an answer answers,
 * segments and blocks that belong together, scalers, system titles, the dedicated key.
 */
#ifndef DECODE_SESSION_H
#define DECODE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/tree.h"
#include "dlms/security.h"

enum decode_direction {
    DECODE_UNKNOWN, /* not told and not to be seen from the frame */
    DECODE_TO_METER,
    DECODE_FROM_METER,
    DECODE_DIRECTIONS,
};

enum decode_language {
    DECODE_NOISE, /* no frame */
    DECODE_HDLC,
    DECODE_WRAPPER,
    DECODE_APDU, /* a DLMS APDU without transport */
    DECODE_KMP,
    DECODE_IEC,
    DECODE_MBUS,
    DECODE_LANGUAGES,
};

/* "HDLC", … */
const char *decode_language_text(enum decode_language language);

/* Keys for ciphered APDUs. Titles that are not known are taken from the conversation. */
struct decode_keys {
    const struct dlms_crypto *crypto; /* NULL: nothing is deciphered */
    uint8_t key[DLMS_KEY_COUNT][DLMS_KEY_MAX];
    uint8_t title[DECODE_DIRECTIONS][DLMS_TITLE]; /* of who sends in that direction */
    bool knows_key[DLMS_KEY_COUNT];
    bool knows_title[DECODE_DIRECTIONS];
};

struct decode_report {
    uint64_t number; /* 1 … within the session */
    uint64_t offset; /* of its first byte among those fed in its direction */
    enum decode_direction direction;
    enum decode_language language;
    const uint8_t *bytes;
    size_t length;
    const struct decode_tree *tree; /* faults 0: everything is as it should be */
};

/* Called for each report; everything in it is valid for the call. */
typedef void decode_sink(void *context, const struct decode_report *report);

struct decode_session;

/* keys may be NULL; copied otherwise, but for what crypto points at. NULL: no memory. */
struct decode_session *decode_session_new(const struct decode_keys *keys, decode_sink *sink,
                                          void *context);
/* Overwrites the keys. NULL is allowed. */
void decode_session_free(struct decode_session *session);

/* Takes bytes; reports what is complete. False: no memory, and the bytes were not taken. */
bool decode_feed(struct decode_session *session, enum decode_direction direction,
                 const uint8_t *bytes, size_t length);

/* The same for bytes that are a line of a file. What went before and is not complete ends here
 * when the line begins with a good frame; otherwise the line continues it. An APDU alone is
 * recognised at the start of a line only. */
bool decode_feed_line(struct decode_session *session, enum decode_direction direction,
                      const uint8_t *bytes, size_t length);

/* Bytes are missing here, or the line has been silent: what is incomplete is reported as it is. */
void decode_flush(struct decode_session *session);

/* A frame is incomplete in one of the directions. */
bool decode_is_waiting(const struct decode_session *session);

#endif
