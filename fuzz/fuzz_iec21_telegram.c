/* Telegrams of mode D. The first byte gives the size of the buffer and, in bit 0, whether parity is
 * looked at; the rest is the stream, which gives the same telegrams in whatever portions it comes. */
#include <stdlib.h>
#include <string.h>

#include "iec62056_21/data_set.h"
#include "iec62056_21/telegram.h"

enum { SIZE_MAX_HERE = 1024 };

struct heard {
    size_t count, octets, sets;
};

static void take(struct heard *heard, const struct iec21_telegram *telegram)
{
    struct iec21_found found;
    size_t at = 0;
    const size_t length = iec21_telegram_length(telegram);
    if (telegram->block[length] != '\0' || strlen(telegram->identification.flag) != 3) {
        abort();
    }
    heard->count++;
    heard->octets += length;
    while (iec21_next_data_set(telegram->block, length, &at, &found) == WH_OK) {
        heard->sets++;
    }
}

static struct heard listen(const uint8_t *data, size_t size, size_t portion)
{
    char buffer[SIZE_MAX_HERE];
    struct iec21_telegram telegram;
    struct heard heard = {0};
    const size_t room = IEC21_TELEGRAM_MIN + 3u * (data[0] >> 1);
    if (iec21_telegram_init(&telegram,
                            (data[0] & 1) != 0 ? IEC21_SOFTWARE_PARITY : IEC21_SEVEN_BITS, buffer,
                            room) != WH_OK) {
        abort();
    }
    for (size_t at = 1; at < size;) {
        const size_t part = size - at < portion ? size - at : portion;
        size_t taken;
        if (iec21_telegram_feed(&telegram, data + at, part, &taken) == IEC21_TELEGRAM_READY) {
            take(&heard, &telegram);
        }
        if (taken == 0 || taken > part) {
            abort();
        }
        at += taken;
    }
    return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const struct heard at_once = listen(data, size, size);
    const struct heard in_parts = listen(data, size, 3);
    if (memcmp(&at_once, &in_parts, sizeof at_once) != 0) {
        abort();
    }
    return 0;
}
