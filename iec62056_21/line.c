/* Parity, block check and the table of speeds. */
#include "iec62056_21/line.h"

uint8_t iec21_with_parity(uint8_t character)
{
    unsigned parity = character & 0x7Fu;
    parity ^= parity >> 4;
    parity ^= parity >> 2;
    parity ^= parity >> 1;
    return (uint8_t)((character & 0x7Fu) | (parity & 1u) << 7);
}

uint8_t iec21_bcc(uint8_t bcc, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bcc ^= (uint8_t)text[i] & 0x7F;
    }
    return bcc;
}

uint32_t iec21_baud(char speed)
{
    if (speed >= '0' && speed <= '6') {
        return UINT32_C(300) << (speed - '0');
    }
    return speed >= 'A' && speed <= 'F' ? UINT32_C(600) << (speed - 'A') : 0;
}

char iec21_speed(uint32_t baud)
{
    static const char speeds[] = "0123456";
    for (size_t i = 0; speeds[i] != '\0'; i++) {
        if (iec21_baud(speeds[i]) == baud) {
            return speeds[i];
        }
    }
    return '\0';
}
