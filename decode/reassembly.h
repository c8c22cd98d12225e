/* The conversations of a capture: TCP put in order, a session for each connection.
 */
#ifndef DECODE_REASSEMBLY_H
#define DECODE_REASSEMBLY_H

#include "decode/capture.h"
#include "decode/print.h"
#include "decode/session.h"

enum { DECODE_PORTS_MAX = 8, DECODE_FLOWS_MAX = 256, DECODE_HELD_MAX = 64 };

/* As decode_sink, with where it came from. */
typedef void decode_flow_sink(void *context, const struct decode_report *report,
                              const struct decode_origin *origin);

struct decode_flows;

/* Conversations with one of these ports, which is the meter's. At most DECODE_PORTS_MAX; keys as
 * decode_session_new. NULL: no memory. */
struct decode_flows *decode_flows_new(const uint16_t *ports, size_t port_count,
                                      const struct decode_keys *keys, decode_flow_sink *sink,
                                      void *context);
void decode_flows_free(struct decode_flows *flows);

/* Takes a packet. Repeated octets are dropped, early ones held until those before come; when they
 * do not, what is incomplete is reported and the conversation goes on behind the gap. False: no
 * memory, or more than DECODE_FLOWS_MAX conversations at a time. */
bool decode_flows_take(struct decode_flows *flows, const struct decode_transport *transport,
                       uint64_t time_us);

/* The capture is over: what waits is reported. */
void decode_flows_end(struct decode_flows *flows);

/* Octets that were not in the capture, over all conversations. */
uint64_t decode_flows_missing(const struct decode_flows *flows);

#endif
