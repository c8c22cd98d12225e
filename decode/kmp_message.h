/* Requests and answers of KMP, their stuffing and CRC taken off. Internal.
 *
 * The parts take bytes from the cursor and show them. One that is missing is a fault, once; what follows it is absent. */
#ifndef DECODE_KMP_MESSAGE_H
#define DECODE_KMP_MESSAGE_H

#include "decode/cursor.h"
#include "kmp/frame.h"
#include "kmp/message.h"

/* Data of a request with that CID (kmp_request.c), and of an answer (kmp_answer.c). */
void decode_kmp_show_request(struct decode_cursor *cursor, uint8_t cid);
void decode_kmp_show_answer(struct decode_cursor *cursor, const struct kmp_frame *frame);

/* ---- Parts: kmp_part.c ---- */

/* "1 a_plus". */
void decode_kmp_register_name(char *text, size_t size, uint16_t id);
/* A register's ID, unit, size, exponent and value. False: it is not all there. */
bool decode_kmp_take_register(struct decode_cursor *cursor);
/* That many IDs. */
void decode_kmp_take_ids(struct decode_cursor *cursor, unsigned count);
uint8_t decode_kmp_take_count(struct decode_cursor *cursor, const char *name);
void decode_kmp_take_number(struct decode_cursor *cursor, const char *name, size_t octets);
/* Four bytes of event status. */
void decode_kmp_take_events(struct decode_cursor *cursor, const char *name);

#endif
