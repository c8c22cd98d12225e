/* Where a frame begins and ends, and in which language. Knows the forms of frames, not their
 * meaning. Internal. */
#ifndef DECODE_SPLIT_H
#define DECODE_SPLIT_H

#include "decode/session.h"

enum decode_verdict {
    DECODE_NOTHING, /* no frame begins here */
    DECODE_MORE,    /* good so far, the end is missing */
    DECODE_WHOLE,   /* a frame of length bytes */
};

struct decode_split {
    enum decode_language language; /* also of what only looked like a frame; NOISE for nothing */
    size_t length;                 /* WHOLE: of the frame */
    bool is_good;                  /* WHOLE: its checks are right */
    bool is_sure; /* too much fits to be chance: stands for a frame even amid damage */
    bool is_idle; /* WHOLE: a flag between frames, nothing to report */
};

/* What stands at data[0]. last: the language spoken before; in IEC 62056-21 is_answered tells
 * that an option select may come. */
enum decode_verdict decode_split(const uint8_t *data, size_t length, enum decode_language last,
                                 bool is_answered, struct decode_split *split);

#endif
