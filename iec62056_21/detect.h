/* Which of the meter's three languages a byte port speaks: decided by the first byte of a
 * conversation, and every byte handed to the server of that language until it has nothing under
 * way.
 *
 *     80h         KMP
 *     7Eh         HDLC
 *     2Fh, AFh    IEC 62056-21 ('/', bare or with its parity)
 *
 * Anything else between conversations is noise and skipped. The detector knows the languages by
 * tables of functions only. When IEC 62056-21 hands the line over, the bytes go to HDLC until
 * that is done. */
#ifndef IEC21_DETECT_H
#define IEC21_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iec21_language {
    IEC21_LANGUAGE_KMP,
    IEC21_LANGUAGE_HDLC,
    IEC21_LANGUAGE_IEC,
    IEC21_LANGUAGES, /* also: none */
};

/* A server as the detector sees it; all NULL: this port does not speak it, and its first byte is
 * noise. */
struct iec21_speaker {
    void *context;
    /* Takes bytes; returns how many, fewer when an answer has to be pulled first. */
    size_t (*input)(void *context, const uint8_t *data, size_t length, uint32_t now_ms);
    size_t (*output)(void *context, uint32_t now_ms, uint8_t *out, size_t size);
    /* A message, answer, session or connection is under way. */
    bool (*is_busy)(void *context, uint32_t now_ms);
    /* The line was given to HDLC; and it is back. Both may be NULL. */
    bool (*is_handed_over)(void *context);
    void (*resume)(void *context);
};

struct iec21_detector {
    struct iec21_speaker speakers[IEC21_LANGUAGES];
    uint32_t idle_ms; /* after a hand-over HDLC has so long to begin */
    /* internal */
    enum iec21_language language;
    bool is_handed_over;
    uint32_t last_ms;
};

/* All languages silent. speakers: one for each language, in the order of the enum; copied. */
void iec21_detector_init(struct iec21_detector *detector,
                         const struct iec21_speaker speakers[IEC21_LANGUAGES], uint32_t idle_ms);

/* Takes bytes from the port; returns how many. Fewer than length: pull the output, then feed the
 * rest. */
size_t iec21_detector_input(struct iec21_detector *detector, const uint8_t *data, size_t length,
                            uint32_t now_ms);

/* Lets time pass, and writes the next bytes for the port; returns how many. */
size_t iec21_detector_output(struct iec21_detector *detector, uint32_t now_ms, uint8_t *out,
                             size_t size);

/* The language spoken now; IEC21_LANGUAGES: none. */
enum iec21_language iec21_detector_language(const struct iec21_detector *detector);

#endif
