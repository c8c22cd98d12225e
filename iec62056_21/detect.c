/* The switch between languages. Invariant: a language is held exactly while its server is busy
 * (or was given the line less than idle_ms ago), and bytes go to no other meanwhile. */
#include "iec62056_21/detect.h"

#include <string.h>

void iec21_detector_init(struct iec21_detector *detector,
                         const struct iec21_speaker speakers[IEC21_LANGUAGES], uint32_t idle_ms)
{
    *detector = (struct iec21_detector){.idle_ms = idle_ms, .language = IEC21_LANGUAGES};
    memcpy(detector->speakers, speakers, sizeof detector->speakers);
}

static enum iec21_language language_of(const struct iec21_detector *detector, uint8_t first)
{
    enum iec21_language language = IEC21_LANGUAGES;
    switch (first) {
    case 0x80:
        language = IEC21_LANGUAGE_KMP;
        break;
    case 0x7E:
        language = IEC21_LANGUAGE_HDLC;
        break;
    case 0x2F:
    case 0xAF:
        language = IEC21_LANGUAGE_IEC;
        break;
    default:
        break;
    }
    return language != IEC21_LANGUAGES && detector->speakers[language].input != NULL
               ? language
               : IEC21_LANGUAGES;
}

static const struct iec21_speaker *speaker(const struct iec21_detector *detector)
{
    return &detector->speakers[detector->language];
}

/* Gives the line back to IEC 62056-21, so that it listens again. */
static void take_back(struct iec21_detector *detector)
{
    const struct iec21_speaker *iec = &detector->speakers[IEC21_LANGUAGE_IEC];
    detector->is_handed_over = false;
    if (iec->resume != NULL) {
        iec->resume(iec->context);
    }
}

static bool is_waiting_for_hdlc(const struct iec21_detector *detector, uint32_t now_ms)
{
    return detector->is_handed_over && now_ms - detector->last_ms <= detector->idle_ms;
}

/* Follows a hand-over, and lets go of a language that is done. */
static void settle(struct iec21_detector *detector, uint32_t now_ms)
{
    const struct iec21_speaker *now = NULL;
    if (detector->language == IEC21_LANGUAGES) {
        return;
    }
    now = speaker(detector);
    if (now->is_handed_over != NULL && now->is_handed_over(now->context)) {
        if (detector->speakers[IEC21_LANGUAGE_HDLC].input == NULL) {
            take_back(detector);
            detector->language = IEC21_LANGUAGES;
            return;
        }
        detector->language = IEC21_LANGUAGE_HDLC;
        detector->is_handed_over = true;
        detector->last_ms = now_ms;
        return;
    }
    if (now->is_busy(now->context, now_ms) || is_waiting_for_hdlc(detector, now_ms)) {
        return;
    }
    detector->language = IEC21_LANGUAGES;
    if (detector->is_handed_over) {
        take_back(detector);
    }
}

/* Bytes of a conversation; 0 when the server takes none before its answer is pulled. */
static size_t pass_on(struct iec21_detector *detector, const uint8_t *data, size_t length,
                      uint32_t now_ms)
{
    const struct iec21_speaker *now = speaker(detector);
    const size_t taken = now->input(now->context, data, length, now_ms);
    settle(detector, now_ms);
    return taken;
}

/* One byte at a time: a conversation may end inside what came at once, and another begin. */
size_t iec21_detector_input(struct iec21_detector *detector, const uint8_t *data, size_t length,
                            uint32_t now_ms)
{
    size_t at = 0;
    settle(detector, now_ms);
    while (at < length) {
        if (detector->language == IEC21_LANGUAGES) {
            detector->language = language_of(detector, data[at]);
        }
        const bool is_noise = detector->language == IEC21_LANGUAGES;
        if (!is_noise && pass_on(detector, data + at, 1, now_ms) == 0) {
            break;
        }
        at++;
    }
    return at;
}

size_t iec21_detector_output(struct iec21_detector *detector, uint32_t now_ms, uint8_t *out,
                             size_t size)
{
    if (detector->language == IEC21_LANGUAGES) {
        return 0;
    }
    const struct iec21_speaker *now = speaker(detector);
    const size_t count = now->output(now->context, now_ms, out, size);
    settle(detector, now_ms);
    return count;
}

enum iec21_language iec21_detector_language(const struct iec21_detector *detector)
{
    return detector->language;
}
