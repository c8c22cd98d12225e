/* The receiver of IEC 62056-21 messages and all that reads their texts. The first byte gives the
 * size of the buffer, bit 0 parity, bit 1 that an ACK begins an option select; the rest is the
 * stream. */
#include <stdlib.h>
#include <string.h>

#include "iec62056_21/data_set.h"
#include "iec62056_21/message.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_slash(const char *text)
{
    struct iec21_identification found;
    struct iec21_identification again;
    char written[64];
    iec21_is_sign_on_for(text, "0012345678");
    if (iec21_read_identification(text, &found) != WH_OK ||
        iec21_write_identification(written, sizeof written, &found) != WH_OK) {
        return;
    }
    written[strlen(written) - 2] = '\0';
    require(iec21_read_identification(written, &again) == WH_OK);
    require(memcmp(&found, &again, sizeof found) == 0 && strcmp(written, text) == 0);
}

static void check_command(const char *text)
{
    char copy[300];
    struct iec21_command command;
    struct iec21_span group;
    size_t at = 0;
    memcpy(copy, text, strlen(text) + 1);
    if (iec21_split_command(copy, &command) != WH_OK) {
        return;
    }
    require(strchr(command.address, '(') == NULL);
    while (iec21_next_group(command.argument, &at, &group) == WH_OK) {
        require(group.text + group.length <= command.argument + strlen(command.argument));
    }
}

static void check_data(const char *block, size_t length)
{
    size_t at = 0;
    struct iec21_found found;
    for (size_t before = 0; iec21_next_data_set(block, length, &at, &found) == WH_OK; before = at) {
        require(at > before && at <= length);
        require(found.address.text >= block && found.rest.text + found.rest.length == block + at);
        require(found.value.text + found.value.length <= found.unit.text);
        require(found.unit.text + found.unit.length < found.rest.text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const size_t room = 1 + (size_t)data[0];
    char *buffer = malloc(room); /* exact, so that an overrun is seen */
    struct iec21_receiver receiver;
    require(buffer != NULL);
    iec21_receiver_init(&receiver, (data[0] & 1) != 0 ? IEC21_SOFTWARE_PARITY : IEC21_SEVEN_BITS,
                        buffer, room, 1500);
    iec21_receiver_expect_option(&receiver, (data[0] & 2) != 0);
    for (size_t at = 1; at < size;) {
        struct iec21_message message;
        const size_t used = iec21_receiver_feed(&receiver, data + at, size - at, 0, &message);
        require(used > 0 && message.length < room);
        require(message.kind == IEC21_NOTHING || message.text[message.length] == '\0');
        at += used;
        if (message.kind == IEC21_SLASH) {
            check_slash(message.text);
        } else if (message.kind == IEC21_COMMAND) {
            check_command(message.text);
        } else if (message.kind == IEC21_DATA) {
            check_data(message.text, message.length);
        }
    }
    free(buffer);
    return 0;
}
