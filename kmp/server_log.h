/* Log read-outs of the server. Internal. */
#ifndef KMP_SERVER_LOG_H
#define KMP_SERVER_LOG_H

#include "kmp/bytes.h"
#include "kmp/server.h"

/* Answer to A0 … A3 or to B8, behind the CID already in answer; false: none. */
bool kmp_server_read_log(struct kmp_server *server, const struct kmp_frame *request,
                         struct kmp_writer *answer);
bool kmp_server_read_logger(struct kmp_server *server, const struct kmp_frame *request,
                            struct kmp_writer *answer);

/* Moves the last-read pointers of the logs whose bit is in mask (of ES2) to what was read out. */
void kmp_server_mark_read(struct kmp_server *server, uint8_t mask);

#endif
