/* The detector before three speakers that a byte of the input makes busy or not. Whatever comes,
 * bytes are taken or an answer is owed, a first byte of a language is never skipped, and silence
 * frees the port. Byte FFh lets time pass. */
#include <stdlib.h>
#include <string.h>

#include "iec62056_21/detect.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Busy from its first byte to the next 'e'; owes an answer of one byte after 'a'; 'h' hands
 * over. */
struct talker {
    bool is_busy;
    bool owes;
    bool is_handed_over;
    size_t heard;
};

static size_t input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    struct talker *talker = context;
    (void)now_ms;
    if (talker->owes || length == 0) {
        return 0;
    }
    talker->heard++;
    talker->is_busy = data[0] != 'e';
    talker->owes = data[0] == 'a';
    talker->is_handed_over = data[0] == 'h';
    return 1;
}

static size_t output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    struct talker *talker = context;
    (void)now_ms;
    if (!talker->owes || size == 0) {
        return 0;
    }
    talker->owes = false;
    out[0] = 'a';
    return 1;
}

static bool is_busy(void *context, uint32_t now_ms)
{
    const struct talker *talker = context;
    (void)now_ms;
    return talker->is_busy || talker->owes || talker->is_handed_over;
}

static bool is_handed_over(void *context)
{
    return ((const struct talker *)context)->is_handed_over;
}

static void resume(void *context)
{
    struct talker *talker = context;
    talker->is_handed_over = false;
    talker->is_busy = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct talker talkers[IEC21_LANGUAGES] = {{0}};
    struct iec21_speaker speakers[IEC21_LANGUAGES];
    struct iec21_detector detector;
    uint32_t now_ms = 0;
    for (unsigned i = 0; i < IEC21_LANGUAGES; i++) {
        const bool is_iec = i == IEC21_LANGUAGE_IEC;
        speakers[i] = (struct iec21_speaker){
            &talkers[i],           input, output, is_busy, is_iec ? is_handed_over : NULL,
            is_iec ? resume : NULL};
    }
    iec21_detector_init(&detector, speakers, 5000);
    for (size_t at = 0; at < size;) {
        uint8_t out[4];
        const size_t heard = talkers[0].heard + talkers[1].heard + talkers[2].heard;
        const size_t used = iec21_detector_input(&detector, data + at, 1, now_ms);
        const size_t now = talkers[0].heard + talkers[1].heard + talkers[2].heard;
        require(now - heard <= used);
        if (used == 0) {
            require(iec21_detector_output(&detector, now_ms, out, sizeof out) == 1);
        }
        if (used == 1 && now == heard) { /* skipped: nobody was speaking, or time had passed */
            require(data[at] != 0x80 && data[at] != 0x7E);
        }
        now_ms += data[at] == 0xFF ? 3000 : 0;
        at += used;
    }
    memset(talkers, 0, sizeof talkers);
    uint8_t out[4];
    iec21_detector_output(&detector, now_ms + 6000, out, sizeof out);
    require(iec21_detector_language(&detector) == IEC21_LANGUAGES);
    return 0;
}
