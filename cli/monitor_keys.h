/* The keys of watthour monitor, from the key file of the other commands (cli/tool_secret.h,
 * docs/tool.md) with what only a listener needs:
 *
 *     encryption_key: 000102030405060708090A0B0C0D0E0F
 *     authentication_key: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
 *     broadcast_key: 0F0E0D0C0B0A09080706050403020100
 *     system_title: 5754480000000001                     of the client, and
 *     server_title: 4D4D4D0000BC614E                     of the meter: where the traffic tells none
 *
 * The names secret and suite may be there and mean nothing here.
 */
#ifndef CLI_MONITOR_KEYS_H
#define CLI_MONITOR_KEYS_H

#include "cli/tool_failure.h"
#include "decode/session.h"

/* Reads the file into keys, crypto excepted. CLI_BAD_INPUT with file, line and reason; no message
 * tells a key. */
bool monitor_keys_read(const char *path, struct decode_keys *keys, struct tool_failure *failure);

#endif
