/* The other end of the bench's meter: a client of its ciphered association (security suite 0, password), as far as
 * the benchmarks need one. */
#ifndef BENCH_DLMS_READER_H
#define BENCH_DLMS_READER_H

#include "dlms_meter.h"

/* What the meter holds; and the client, to match it. Counters go to a store that keeps nothing. */
void dlms_reader_keys(struct dlms_security *server, struct dlms_security *client,
                      const struct dlms_crypto *crypto);

/* Opens the ciphered association. */
bool dlms_reader_open(struct dlms_meter *meter, struct dlms_security *client);

enum { DLMS_READER_APDU = 128 };

/* The plain APDU (at most 64 octets) authenticated and encrypted; gives the length, 0 when it failed. */
size_t dlms_reader_protect(struct dlms_security *client, const uint8_t *plain, size_t length,
                           uint8_t apdu[DLMS_READER_APDU]);

#endif
