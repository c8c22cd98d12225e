/* Messages of IEC 62056-21: taking them from a line, and what the short ones say.
 *
 *     sign-on          /? address ! CR LF
 *     identification   /XXXZ text CR LF           text may begin with \2: HDLC can be had (mode E)
 *     option select    ACK V Z Y CR LF
 *     data             STX data ETX BCC           EOT in place of ETX: more blocks follow
 *     command          SOH C D [STX data] ETX BCC
 *     ACK, NAK         alone
 */
#ifndef IEC21_MESSAGE_H
#define IEC21_MESSAGE_H

#include "common/err.h"
#include "iec62056_21/line.h"

enum {
    IEC21_DEVICE_ADDRESS = 32, /* characters at most */
    IEC21_TYPE_TEXT = 16,      /* of an identification, without \2 */
    IEC21_COMMAND_HEAD = 3,    /* C, D and STX in front of a command's data */
};

/* ---- Receiver -------------------------------------------------------------------------------- */

enum iec21_kind {
    IEC21_NOTHING,      /* no message is complete yet */
    IEC21_SLASH,        /* '/' to before CR LF: sign-on or identification */
    IEC21_OPTION,       /* V Z Y */
    IEC21_ACKNOWLEDGED, /* ACK alone */
    IEC21_REPEAT,       /* NAK */
    IEC21_DATA,         /* between STX and ETX or EOT */
    IEC21_COMMAND,      /* between SOH and ETX or EOT */
    IEC21_DAMAGED,      /* a data or command message with a wrong check or parity */
    IEC21_TOO_LONG,     /* one that does not fit; it was received to its end */
};

struct iec21_message {
    enum iec21_kind kind;
    const char *text; /* NUL-terminated, in the receiver's buffer until more is fed */
    size_t length;
    bool is_partial; /* ended by EOT */
};

/* Internal. */
struct iec21_receiver {
    char *buffer;
    size_t size;
    size_t length;
    uint32_t last_ms;
    uint16_t gap_ms;
    enum iec21_coding coding;
    bool expects_option;
    bool is_damaged;
    bool is_too_long;
    bool is_partial;
    uint8_t state;
    uint8_t start;
    uint8_t bcc;
};

/* buffer holds a message's text and a NUL. gap_ms: Ta, the longest pause inside a message. */
void iec21_receiver_init(struct iec21_receiver *receiver, enum iec21_coding coding, char *buffer,
                         size_t size, uint16_t gap_ms);

/* An ACK begins an option select, or stands alone. */
void iec21_receiver_expect_option(struct iec21_receiver *receiver, bool expects_option);

/* Takes bytes up to the end of one message; returns how many. Anything between messages is skipped.
 * A sign-on or option select with a parity error is skipped as well. */
size_t iec21_receiver_feed(struct iec21_receiver *receiver, const uint8_t *data, size_t length,
                           uint32_t now_ms, struct iec21_message *message);

/* A message has begun and not ended. */
bool iec21_receiver_is_inside(const struct iec21_receiver *receiver);

/* ---- Sign-on and identification -------------------------------------------------------------- */

/* Writes "/?address!" CR LF, NUL-terminated. WH_ERR_ARGUMENT: longer than 32, or other
 * characters than 0-9 A-Z a-z and space. WH_ERR_SPACE: size is too small. */
enum wh_err iec21_write_sign_on(char *text, size_t size, const char *address);

/* Whether text (of an IEC21_SLASH) is a sign-on for the device with this address: one without an
 * address is for every device; leading zeros do not count. */
bool iec21_is_sign_on_for(const char *text, const char *address);

struct iec21_identification {
    char flag[4]; /* manufacturer */
    char speed;   /* speed character; of mode A anything that is no speed */
    bool has_hdlc;
    char type[IEC21_TYPE_TEXT + 1];
};

/* Writes "/XXXZ…" CR LF, NUL-terminated. WH_ERR_ARGUMENT: the flag is not three letters, or the
 * type has '/', '!' or what cannot be printed. WH_ERR_SPACE. */
enum wh_err iec21_write_identification(char *text, size_t size,
                                       const struct iec21_identification *identification);

/* Reads the text of an IEC21_SLASH. WH_ERR_FORMAT: it is no identification. */
enum wh_err iec21_read_identification(const char *text,
                                      struct iec21_identification *identification);

/* ---- Commands -------------------------------------------------------------------------------- */

/* A command taken apart: "R1" STX "1.8.0(x)". What stands inside the brackets from the first to
 * the last is the argument; of several groups it still holds the inner brackets:
 * "3)(1.0.0)(1.8.0". */
struct iec21_command {
    char code;     /* P W R E B */
    char type;     /* '0' … '9' */
    char *address; /* NUL-terminated, may be empty */
    char *argument;
    bool has_argument; /* there were brackets */
};

/* Takes the text of an IEC21_COMMAND apart, in place. WH_ERR_FORMAT: it is none. */
enum wh_err iec21_split_command(char *text, struct iec21_command *command);

#endif
