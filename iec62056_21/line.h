/* Characters, speeds and check characters of IEC 62056-21 (formerly IEC 61107).
 *
 * Characters are 7 bits with even parity and 1 stop bit (7E1). A port that knows 7E1 hands over
 * 7 bits; one that has 8 bits and no parity carries the parity in bit 7; a byte pipe (TCP,
 * pseudo-terminal) carries bit 7 clear, and what it has there on receipt is ignored. */
#ifndef IEC21_LINE_H
#define IEC21_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iec21_character {
    IEC21_SOH = 0x01,
    IEC21_STX = 0x02,
    IEC21_ETX = 0x03,
    IEC21_EOT = 0x04,
    IEC21_ACK = 0x06,
    IEC21_NAK = 0x15,
};

enum iec21_format {
    IEC21_7E1,
    IEC21_8N1, /* after the hand-over to HDLC */
};

/* What a port is to be set to. */
struct iec21_line {
    uint32_t baud;
    enum iec21_format format;
};

/* Where the parity is. */
enum iec21_coding {
    IEC21_SEVEN_BITS,      /* bit 7 clear when sending, ignored on receipt */
    IEC21_SOFTWARE_PARITY, /* bit 7 is even parity, either way */
    IEC21_FOLLOW,          /* as the first character '/' came: 2Fh or AFh. Servers only */
};

/* The 7-bit character with even parity in bit 7. */
uint8_t iec21_with_parity(uint8_t character);

/* Continues a block check: exclusive or of the characters' 7 bits. Begin with 0, behind the
 * first SOH or STX; ETX or EOT is the last one counted. */
uint8_t iec21_bcc(uint8_t bcc, const char *text, size_t length);

/* Bd of a speed character: '0' … '6' of modes C and E (300 … 19200), 'A' … 'F' of mode B (600 …
 * 19200); 0 for any other. */
uint32_t iec21_baud(char speed);

/* The speed character of modes C and E for exactly this speed; '\0' if there is none. */
char iec21_speed(uint32_t baud);

#endif
