/* A conversation: bytes of each direction collected until a frame can be cut off. Invariant: each
 * byte fed is reported once, in order within its direction, whatever it is. */
#include "decode/session.h"

#include <stdlib.h>
#include <string.h>

#include "decode/context.h"
#include "decode/split.h"
#include "dlms/crypto.h"
#include "dlms/hdlc_frame.h"

struct line {
    struct decode_buffer buffer;
    uint64_t offset; /* of buffer.bytes[0] */
    size_t searched; /* nothing begins before here, the first byte aside; whatever may come */
};

struct decode_session {
    struct decode_context context;
    struct line lines[DECODE_DIRECTIONS];
    enum decode_language last;
    uint64_t number;
    decode_sink *sink;
    void *sink_context;
};

const char *decode_language_text(enum decode_language language)
{
    static const char *const texts[DECODE_LANGUAGES] = {
        [DECODE_NOISE] = "noise", [DECODE_HDLC] = "HDLC", [DECODE_WRAPPER] = "DLMS",
        [DECODE_APDU] = "APDU",   [DECODE_KMP] = "KMP",   [DECODE_IEC] = "IEC 62056-21",
        [DECODE_MBUS] = "M-Bus",
    };
    return (unsigned)language < DECODE_LANGUAGES ? texts[language] : "";
}

struct decode_session *decode_session_new(const struct decode_keys *keys, decode_sink *sink,
                                          void *context)
{
    struct decode_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    decode_tree_init(&session->context.tree);
    if (keys != NULL) {
        session->context.keys = *keys;
    }
    session->sink = sink;
    session->sink_context = context;
    return session;
}

void decode_session_free(struct decode_session *session)
{
    if (session == NULL) {
        return;
    }
    for (int d = 0; d < DECODE_DIRECTIONS; d++) {
        decode_buffer_free(&session->lines[d].buffer);
        decode_buffer_free(&session->context.segments[d].apdu);
        decode_buffer_free(&session->context.blocks[d].pending);
        decode_buffer_free(&session->context.general_blocks[d].apdu);
    }
    decode_tree_free(&session->context.tree);
    dlms_wipe(&session->context, sizeof session->context);
    free(session);
}

/* ---- Reports ---- */

static void show_noise(struct decode_context *context, enum decode_language looked_like,
                       const uint8_t *bytes, size_t length)
{
    decode_summarise(&context->tree, "%zu bytes that are no frame", length);
    if (looked_like == DECODE_NOISE) {
        decode_fault(&context->tree, "noise", bytes, length, "nothing begins with %02X", bytes[0]);
    } else {
        decode_fault(&context->tree, "noise", bytes, length, "begins like %s but does not go on so",
                     decode_language_text(looked_like));
    }
}

typedef void decoder(struct decode_context *context, const uint8_t *data, size_t length);

static decoder *const decoders[DECODE_LANGUAGES] = {
    [DECODE_HDLC] = decode_hdlc, [DECODE_WRAPPER] = decode_wrapper, [DECODE_APDU] = decode_apdu,
    [DECODE_KMP] = decode_kmp,   [DECODE_IEC] = decode_iec,         [DECODE_MBUS] = decode_mbus,
};

/* The first bytes of a line as one report; looked_like: what noise began like, or for a frame
 * that is cut its language again. */
static void report(struct decode_session *session, enum decode_direction direction,
                   enum decode_language language, enum decode_language looked_like, size_t length)
{
    struct decode_context *context = &session->context;
    struct line *line = &session->lines[direction];
    const bool is_cut = language != DECODE_NOISE && looked_like == language;
    decode_tree_reset(&context->tree);
    context->direction = direction;
    context->is_cut = is_cut;
    if (language == DECODE_NOISE) {
        show_noise(context, looked_like, line->buffer.bytes, length);
    } else {
        decoders[language](context, line->buffer.bytes, length);
    }
    const struct decode_report made = {
        .number = ++session->number,
        .offset = line->offset,
        .direction = context->direction,
        .language = language,
        .bytes = line->buffer.bytes,
        .length = length,
        .tree = &context->tree,
    };
    session->sink(session->sink_context, &made);
    session->last = language != DECODE_NOISE ? language : session->last;
}

static void drop(struct line *line, size_t length)
{
    decode_buffer_drop(&line->buffer, length);
    line->offset += length;
    line->searched -= line->searched < length ? line->searched : length;
}

/* ---- Cutting ---- */

static enum decode_verdict split_at(const struct decode_session *session, const struct line *line,
                                    size_t at, struct decode_split *split)
{
    return decode_split(line->buffer.bytes + at, line->buffer.length - at, session->last,
                        session->context.is_identified, split);
}

/* Where, behind the first byte, something begins that is a frame for sure; the end if nothing does.
 * While more may come, what could still become a frame counts as well. */
static size_t find_next(const struct decode_session *session, struct line *line, bool is_ended)
{
    bool is_settled = true;
    for (size_t at = line->searched > 1 ? line->searched : 1; at < line->buffer.length; at++) {
        struct decode_split split;
        const enum decode_verdict verdict = split_at(session, line, at, &split);
        is_settled = is_settled && verdict == DECODE_NOTHING;
        line->searched = is_settled ? at + 1 : line->searched;
        if ((verdict == DECODE_WHOLE && !split.is_idle && split.is_sure) ||
            (verdict == DECODE_MORE && (split.is_sure || !is_ended))) {
            return at;
        }
    }
    return line->buffer.length;
}

/* What begins here and is not complete: waits, unless the line has ended or a sure frame follows in
 * it. False: it waits. */
static bool cut_incomplete(struct decode_session *session, enum decode_direction direction,
                           const struct decode_split *split, bool is_ended)
{
    struct line *line = &session->lines[direction];
    const size_t next = find_next(session, line, true);
    if (next == line->buffer.length && !is_ended) {
        return false;
    }
    const bool is_flag = next == 1 && line->buffer.bytes[0] == DLMS_HDLC_FLAG;
    if (!is_flag) {
        report(session, direction, split->language, split->language, next);
    }
    drop(line, next);
    return true;
}

/* Cuts off the first frame or noise. False: nothing is left, or it waits for more. */
static bool cut(struct decode_session *session, enum decode_direction direction, bool is_ended)
{
    struct line *line = &session->lines[direction];
    struct decode_split split;
    if (line->buffer.length == 0) {
        return false;
    }
    const enum decode_verdict verdict = split_at(session, line, 0, &split);
    if (verdict == DECODE_MORE) {
        return cut_incomplete(session, direction, &split, is_ended);
    }
    size_t length = split.length;
    if (verdict == DECODE_NOTHING) {
        length = find_next(session, line, is_ended);
        const bool is_torn = split.is_sure; /* a good header: its fields are worth showing */
        report(session, direction, is_torn ? split.language : DECODE_NOISE, split.language, length);
    } else if (!split.is_idle) {
        report(session, direction, split.language, DECODE_NOISE, length);
    }
    drop(line, length);
    return true;
}

bool decode_feed(struct decode_session *session, enum decode_direction direction,
                 const uint8_t *bytes, size_t length)
{
    if (!decode_buffer_add(&session->lines[direction].buffer, bytes, length)) {
        return false;
    }
    while (cut(session, direction, false)) {
    }
    return true;
}

/* Tags that begin nothing else a line may hold. */
static bool is_apdu(const uint8_t *bytes, size_t length)
{
    const uint8_t tag = length > 1 ? bytes[0] : 0;
    const bool is_llc = length > 3 && tag == 0xE6 && (bytes[1] == 0xE6 || bytes[1] == 0xE7);
    return is_llc || (tag >= 0x60 && tag <= 0x63) || (tag >= 0xC0 && tag <= 0xDF) || tag == 0xE0;
}

bool decode_feed_line(struct decode_session *session, enum decode_direction direction,
                      const uint8_t *bytes, size_t length)
{
    struct line *line = &session->lines[direction];
    struct decode_split split;
    const enum decode_verdict verdict =
        decode_split(bytes, length, session->last, session->context.is_identified, &split);
    if (line->buffer.length > 0 && verdict == DECODE_WHOLE && split.is_sure) {
        while (cut(session, direction, true)) {
        }
    }
    if (line->buffer.length == 0 && verdict == DECODE_NOTHING && is_apdu(bytes, length)) {
        if (!decode_buffer_add(&line->buffer, bytes, length)) {
            return false;
        }
        report(session, direction, DECODE_APDU, DECODE_NOISE, length);
        drop(line, length);
        return true;
    }
    return decode_feed(session, direction, bytes, length);
}

void decode_flush(struct decode_session *session)
{
    for (int d = 0; d < DECODE_DIRECTIONS; d++) {
        while (cut(session, (enum decode_direction)d, true)) {
        }
    }
}

bool decode_is_waiting(const struct decode_session *session)
{
    for (int d = 0; d < DECODE_DIRECTIONS; d++) {
        if (session->lines[d].buffer.length > 0) {
            return true;
        }
    }
    return false;
}
