/* An IEC 62056-21 server on a device of tables. The first byte: bits 0-1 the mode, bits 2-3
 * where parity is, bit 4 that a programming session is open, bit 5 confirmed hand-over. Then
 * messages: a byte says how long the pause before is (bits 0-3, in eighths of a second squared)
 * and bit 7 that the check of the message is to be put right; text up to the next byte FFh. */
#include <stdlib.h>
#include <string.h>

#include "tests/iec62056_21/device.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Everything sent is 7 bits with the parity agreed on, and a block has the right check. */
static void check_sent(const struct line *line)
{
    const size_t length = line->length;
    require(length < sizeof line->sent);
    for (size_t i = 0; i < length; i++) {
        require((line->sent[i] & 0x7F) == line->sent[i] ||
                line->sent[i] == iec21_with_parity(line->sent[i]));
    }
    const char *start = memchr(line->text, IEC21_STX, length);
    if (start != NULL && line->text[length - 2] == IEC21_ETX && line->text[0] == IEC21_STX) {
        require(iec21_bcc(0, line->text + 1, length - 2) == (uint8_t)line->text[length - 1]);
    }
    require(iec21_server_line(&line->server).baud >= 300);
}

static void open_session(struct line *line)
{
    line_say(line, "/?!\r\n", 300);
    line_say(line,
             "\6"
             "051\r\n",
             300);
    line_say(line, "\1P1\2(12345)\3", 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct line line;
    if (size == 0) {
        return 0;
    }
    line_init(&line, (enum iec21_mode)(data[0] & 3), (enum iec21_coding)((data[0] >> 2 & 3) % 3));
    line.server.setup.confirms_hand_over = (data[0] & 0x20) != 0;
    if ((data[0] & 0x10) != 0) {
        open_session(&line);
    }
    for (size_t at = 1; at + 1 < size && at < 1024;) {
        uint8_t text[600];
        size_t length = 0;
        const uint8_t how = data[at++];
        while (at < size && data[at] != 0xFF && length < sizeof text - 1) {
            text[length++] = data[at++];
        }
        at++;
        if ((how & 0x80) != 0 && length > 1) {
            text[length] = iec21_bcc(0, (const char *)text + 1, length - 1);
            length++;
        }
        line.now_ms += (uint32_t)(how & 15) * (how & 15) * 125;
        iec21_server_input(&line.server, text, length, line.now_ms);
        line_say(&line, "", 200);
        check_sent(&line);
        if (iec21_server_is_handed_over(&line.server)) {
            iec21_server_resume(&line.server);
        }
    }
    /* Left alone it listens again in the end. */
    line.now_ms += 1600;
    line_say(&line, "", 2500);
    line.now_ms += 100000;
    line_say(&line, "", 2500);
    require(!iec21_server_is_busy(&line.server, line.now_ms) || line.length > 0);
    return 0;
}
