/* What the decoders of one session share: the tree being filled, and what was overheard before.
 * Internal. */
#ifndef DECODE_CONTEXT_H
#define DECODE_CONTEXT_H

#include "decode/session.h"

enum {
    DECODE_NEST = 24,            /* containers of Data inside each other */
    DECODE_PENDING_MAX = 65536,  /* octets of an element that a block left unfinished */
    DECODE_SEGMENTS_MAX = 65536, /* octets of an APDU in HDLC segments */
    DECODE_SCALERS = 128,
    DECODE_INVOKES = 16,
    DECODE_ACCESS_MAX = 64, /* elements of an ACCESS that are remembered by name */
};

/* The attribute or method that a request names. */
struct decode_subject {
    bool is_known;
    bool is_method;
    uint16_t class_id;
    uint8_t obis[6];
    int8_t index;
};

struct decode_scaler {
    uint8_t obis[6];
    int8_t scaler;
    uint8_t unit;
};

/* Bytes that grow; owned. */
struct decode_buffer {
    uint8_t *bytes;
    size_t length;
    size_t room;
};

/* False, nothing changed: no memory. */
bool decode_buffer_add(struct decode_buffer *buffer, const uint8_t *bytes, size_t length);
/* Forgets the first bytes. */
void decode_buffer_drop(struct decode_buffer *buffer, size_t length);
void decode_buffer_free(struct decode_buffer *buffer);

/* A place in Data that may come in pieces. All zero at its start, but for subject and wanted. */
struct decode_walk {
    struct decode_subject subject; /* what they are the data of */
    uint32_t wanted;               /* elements to show in a piece outside of any container */
    struct {
        uint32_t count;
        uint32_t left;
    } open[DECODE_NEST];
    unsigned depth;
    uint32_t loose; /* shown of those in this piece */
    int8_t scaler;  /* of a scaler_unit under way */
};

/* A block transfer in one direction. */
struct decode_blocks {
    bool is_running;
    bool is_torn; /* blocks are missing: structure and position are not known */
    uint32_t next;
    struct decode_walk walk;
    struct decode_buffer pending;
};

/* What the last ACCESS with that long-invoke-id names. */
struct decode_access {
    uint32_t invoke;
    uint32_t count;
    struct decode_subject subjects[DECODE_ACCESS_MAX];
};

struct decode_segments {
    bool is_running;
    struct decode_buffer apdu;
};

/* General block transfer in one direction. */
struct decode_general_blocks {
    uint16_t next; /* the number of the block that continues it; 0: none is under way */
    struct decode_buffer apdu;
};

struct decode_context {
    struct decode_tree tree;
    struct decode_keys keys;
    enum decode_direction direction; /* of the frame at hand, as far as it is known */
    bool is_cut;                     /* it ends before its end */
    /* HDLC */
    bool knows_client;
    uint16_t client;
    struct decode_segments segments[DECODE_DIRECTIONS];
    /* DLMS */
    struct decode_subject requests[DECODE_INVOKES];
    struct decode_access access;
    struct decode_blocks blocks[DECODE_DIRECTIONS];
    struct decode_general_blocks general_blocks[DECODE_DIRECTIONS];
    struct decode_scaler scalers[DECODE_SCALERS];
    size_t scaler_count;
    struct dlms_dedicated dedicated;
    /* IEC 62056-21: an identification was the last message, an option select may follow */
    bool is_identified;
};

/* Sets the direction unless the caller of the session told one; says so when they disagree. */
void decode_direct(struct decode_context *context, enum decode_direction direction);

/* ---- Decoders: frames as decode_split finds them, good or not, whole or cut ---- */

void decode_hdlc(struct decode_context *context, const uint8_t *data, size_t length);
void decode_wrapper(struct decode_context *context, const uint8_t *data, size_t length);
/* An APDU, with or without LLC header in front. */
void decode_apdu(struct decode_context *context, const uint8_t *data, size_t length);
void decode_kmp(struct decode_context *context, const uint8_t *data, size_t length);
void decode_iec(struct decode_context *context, const uint8_t *data, size_t length);
void decode_mbus(struct decode_context *context, const uint8_t *data, size_t length);

#endif
