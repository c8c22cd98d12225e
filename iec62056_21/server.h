/* A meter's side of IEC 62056-21: modes A, B, C and E. Bytes in, bytes out, time handed in; the
 * speed and format the port is to have is told, not set.
 *
 *     sign-on ─▶ identification ─▶ option select ─▶ read-out, programming mode, or HDLC
 *                              └▶ none within Tt, or not understood: read-out at the sign-on speed
 *
 * Call iec21_server_output often (or when iec21_server_wait_ms has passed) and compare
 * iec21_server_line with the port's setting after every call: a change holds once all bytes
 * pulled before have left. No allocation, no globals; safe against any bytes. */
#ifndef IEC21_SERVER_H
#define IEC21_SERVER_H

#include "common/err.h"
#include "iec62056_21/data_set.h"
#include "iec62056_21/line.h"
#include "iec62056_21/message.h"

/* Times as the meter has them now; the meter may change them between calls (131.0.13 … 16). */
struct iec21_times {
    uint16_t character_ms; /* Ta, longest pause inside a message, 1500 */
    uint16_t reply_ms;     /* Tr, wait for the acknowledgement of a read-out, 1500 */
    uint16_t option_ms;    /* Tt, wait for the option select, 1700 */
    uint16_t session_s;    /* Ti, silence that ends programming mode, 90 */
    uint16_t reaction_ms;  /* pause before an answer; 200, or 20 with a flag like "KAm" */
};

#define IEC21_TIMES_DEFAULT                                                                        \
    {                                                                                              \
        1500, 1500, 1700, 90, 200                                                                  \
    }

/* The least mode a meter speaks; a reader that can do less gets less. */
enum iec21_mode {
    IEC21_MODE_A, /* read-out at the sign-on speed; the speed character is a space */
    IEC21_MODE_B, /* read-out at the meter's speed, no option select */
    IEC21_MODE_C, /* option select; falls back to A */
    IEC21_MODE_E, /* as C, and HDLC can be had */
};

/* Who asks: filled in by the login, handed to every access. */
struct iec21_access {
    char login;    /* '1' or '2': P1 or P2; option select's Y follows */
    char option;   /* '1' programming mode, '6' … '9' maker's modes */
    uint8_t level; /* as login gave it */
};

/* Records of R6: the argument's three parts, each may be empty. */
struct iec21_log_query {
    char address[IEC21_ADDRESS_SIZE];
    char start[IEC21_ADDRESS_SIZE]; /* NYYMMDDhhmmss */
    char end[IEC21_ADDRESS_SIZE];
};

/* The meter. Every function gets the context of the set-up. Texts written are NUL-terminated and
 * fit size. An error is told to the reader as an ER message where the protocol has one; NULL
 * stands for what this meter does not have. */
struct iec21_meter {
    /* The type behind the speed character, at most IEC21_TYPE_TEXT characters; no answer on
     * error. */
    enum wh_err (*type)(void *context, char *text, size_t size);
    /* The address (serial number) that a sign-on may name, at most 32 characters. */
    enum wh_err (*address)(void *context, char *text, size_t size);
    /* Data set number index of this port's list; WH_ERR_NOT_FOUND behind the last. */
    enum wh_err (*data_set)(void *context, size_t index, struct iec21_data_set *data_set);

    /* Programming mode; without login it is refused. A wrong password is any error. access holds
     * login and option; the level is to be filled in. */
    enum wh_err (*login)(void *context, const char *password, struct iec21_access *access);
    /* R1, R2, R5: the value as it stands in brackets. command->argument is what stood in
     * brackets. */
    enum wh_err (*read)(void *context, const struct iec21_access *access,
                        const struct iec21_command *command, char *value, size_t size);
    /* W1, W2, W5 and E2. */
    enum wh_err (*write)(void *context, const struct iec21_access *access,
                         const struct iec21_command *command);
    enum wh_err (*execute)(void *context, const struct iec21_access *access,
                           const struct iec21_command *command);
    /* R6: the header behind the address, "(2)(1.0.0)()(1.8.0)(kWh)", and record number index of the
     * query, "(…)(…)"; WH_ERR_NOT_FOUND behind the last. */
    enum wh_err (*log_header)(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, char *text, size_t size);
    enum wh_err (*log_record)(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, size_t index, char *text,
                              size_t size);
};

enum {
    IEC21_SERVER_INPUT_MIN = 64,
    IEC21_SERVER_OUTPUT_MIN = IEC21_LINE_SIZE,
};

/* All pointers stay the caller's and in place as long as the server is used. */
struct iec21_server_setup {
    const struct iec21_meter *meter;
    void *context;
    const struct iec21_times *times;
    char flag[4]; /* manufacturer, three letters */
    enum iec21_mode mode;
    uint32_t fastest_baud; /* 300 … 19200 */
    uint32_t start_baud;   /* of sign-ons; see iec21_server_start_at */
    enum iec21_coding coding;
    bool confirms_hand_over; /* repeats the option select before HDLC begins */
    char *input;             /* the longest command and a NUL */
    size_t input_size;
    char *output; /* the longest line or value */
    size_t output_size;
};

/* Internal. */
struct iec21_server {
    struct iec21_server_setup setup;
    struct iec21_receiver receiver;
    struct iec21_line line;
    struct iec21_access access;
    uint8_t state;
    uint8_t after;    /* state when all is sent */
    uint8_t producer; /* what makes the next piece of output */
    uint8_t bcc;
    bool has_parity;
    bool is_last_piece;
    bool is_output_kept; /* the piece is a whole reply and can be sent again */
    uint32_t since_ms;   /* last sent or heard */
    uint32_t ready_ms;   /* sending begins */
    uint32_t next_baud;  /* when all is sent; 0: as it is */
    size_t piece_length;
    size_t piece_at;
    size_t index; /* of the next data set or record */
    size_t first; /* of the block under way */
    size_t per_block;
    struct iec21_log_query query;
};

/* WH_ERR_ARGUMENT: a buffer is too small, or flag, mode or speed is none. */
enum wh_err iec21_server_init(struct iec21_server *server, const struct iec21_server_setup *setup);

/* Takes bytes from the line. While the server sends it hears nothing: what comes then is its own
 * echo or noise. */
void iec21_server_input(struct iec21_server *server, const uint8_t *data, size_t length,
                        uint32_t now_ms);

/* Lets time pass, and writes the next bytes for the line to out, at most size; returns how many. */
size_t iec21_server_output(struct iec21_server *server, uint32_t now_ms, uint8_t *out, size_t size);

/* Milliseconds until output has to be called again though nothing came in; UINT32_MAX: never. */
uint32_t iec21_server_wait_ms(const struct iec21_server *server, uint32_t now_ms);

/* What the port is to be set to now. */
struct iec21_line iec21_server_line(const struct iec21_server *server);

/* The speed at which sign-ons come from now on: a port that hears one at 9600 Bd says so before
 * it feeds it. Takes effect at once when nothing is under way, else at the end. A speed there is
 * not in iec21_speed changes nothing. */
void iec21_server_start_at(struct iec21_server *server, uint32_t baud);

/* An answer is going out, or about to: input would be taken for its echo. */
bool iec21_server_is_sending(const struct iec21_server *server);

/* A sign-on, session or answer is under way. */
bool iec21_server_is_busy(const struct iec21_server *server, uint32_t now_ms);

/* The line belongs to HDLC. When HDLC is done (or never came), iec21_server_resume takes it
 * back. */
bool iec21_server_is_handed_over(const struct iec21_server *server);
void iec21_server_resume(struct iec21_server *server);

#endif
