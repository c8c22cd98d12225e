/* TCP put in order. Invariant: octets reach a session once and in the order of their sequence
 * numbers, whatever order the capture has them in. */
#include "decode/reassembly.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ADDRESS = 16, TIME_TEXT = 32, CHANNEL_TEXT = 128 };

struct held {
    uint32_t sequence;
    size_t length;
    uint8_t *bytes;
};

/* One direction of a connection. */
struct half {
    bool is_started;
    uint32_t next; /* the sequence number that comes next */
    struct held held[DECODE_HELD_MAX];
    size_t held_count;
};

struct flow {
    struct flow *next;
    struct decode_flows *flows;
    struct decode_session *session;
    uint8_t address[2][ADDRESS]; /* client, meter */
    uint16_t port[2];
    bool is_tcp;
    struct half half[2]; /* to the meter, from it */
    char channel[CHANNEL_TEXT];
};

struct decode_flows {
    uint16_t ports[DECODE_PORTS_MAX];
    size_t port_count;
    struct decode_keys keys;
    decode_flow_sink *sink;
    void *context;
    struct flow *first;
    size_t count;
    uint64_t time_us;
    uint64_t missing;
};

struct decode_flows *decode_flows_new(const uint16_t *ports, size_t port_count,
                                      const struct decode_keys *keys, decode_flow_sink *sink,
                                      void *context)
{
    struct decode_flows *flows = calloc(1, sizeof *flows);
    if (flows == NULL || port_count > DECODE_PORTS_MAX) {
        free(flows);
        return NULL;
    }
    memcpy(flows->ports, ports, port_count * sizeof *ports);
    flows->port_count = port_count;
    flows->sink = sink;
    flows->context = context;
    if (keys != NULL) {
        flows->keys = *keys;
    }
    return flows;
}

static void free_flow(struct flow *flow)
{
    for (int h = 0; h < 2; h++) {
        for (size_t i = 0; i < flow->half[h].held_count; i++) {
            free(flow->half[h].held[i].bytes);
        }
    }
    decode_session_free(flow->session);
    free(flow);
}

void decode_flows_free(struct decode_flows *flows)
{
    if (flows == NULL) {
        return;
    }
    while (flows->first != NULL) {
        struct flow *next = flows->first->next;
        free_flow(flows->first);
        flows->first = next;
    }
    dlms_wipe(&flows->keys, sizeof flows->keys);
    free(flows);
}

uint64_t decode_flows_missing(const struct decode_flows *flows)
{
    return flows->missing;
}

/* ---- Conversations ---- */

static void address_text(char *text, size_t size, const struct decode_transport *transport,
                         unsigned side)
{
    const uint8_t *a = transport->address[side];
    size_t used = 0;
    if (transport->ip_version == 4) {
        snprintf(text, size, "%u.%u.%u.%u:%u", a[0], a[1], a[2], a[3], transport->port[side]);
        return;
    }
    used += (size_t)snprintf(text, size, "[");
    for (unsigned i = 0; i < ADDRESS; i += 2) {
        used += (size_t)snprintf(text + used, size - used, "%s%x", i > 0 ? ":" : "",
                                 (unsigned)a[i] << 8 | a[i + 1]);
    }
    snprintf(text + used, size - used, "]:%u", transport->port[side]);
}

static void pass_on(void *context, const struct decode_report *report)
{
    const struct flow *flow = context;
    const time_t seconds = (time_t)(flow->flows->time_us / 1000000);
    struct tm utc;
    char day[TIME_TEXT / 2 + 8], text[TIME_TEXT + 16];
    gmtime_r(&seconds, &utc);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%06u", day, (unsigned)(flow->flows->time_us % 1000000));
    const struct decode_origin origin = {.time = text, .channel = flow->channel};
    flow->flows->sink(flow->flows->context, report, &origin);
}

/* Which end is the meter: 0 the source, 1 the destination, -1 none. */
static int meter_side(const struct decode_flows *flows, const struct decode_transport *transport)
{
    for (int side = 1; side >= 0; side--) {
        for (size_t i = 0; i < flows->port_count; i++) {
            if (transport->port[side] == flows->ports[i]) {
                return side;
            }
        }
    }
    return -1;
}

static struct flow *new_flow(struct decode_flows *flows, const struct decode_transport *transport,
                             unsigned meter)
{
    struct flow *flow = flows->count < DECODE_FLOWS_MAX ? calloc(1, sizeof *flow) : NULL;
    if (flow == NULL) {
        return NULL;
    }
    flow->session = decode_session_new(&flows->keys, pass_on, flow);
    if (flow->session == NULL) {
        free(flow);
        return NULL;
    }
    const unsigned client = 1 - meter;
    char ends[2][CHANNEL_TEXT / 2];
    flow->flows = flows;
    flow->is_tcp = transport->is_tcp;
    memcpy(flow->address[0], transport->address[client], ADDRESS);
    memcpy(flow->address[1], transport->address[meter], ADDRESS);
    flow->port[0] = transport->port[client];
    flow->port[1] = transport->port[meter];
    address_text(ends[0], sizeof ends[0], transport, client);
    address_text(ends[1], sizeof ends[1], transport, meter);
    snprintf(flow->channel, sizeof flow->channel, "%.58s > %.58s", ends[0], ends[1]);
    flow->next = flows->first;
    flows->first = flow;
    flows->count++;
    return flow;
}

static struct flow *find_flow(struct decode_flows *flows, const struct decode_transport *transport,
                              unsigned meter)
{
    const unsigned client = 1 - meter;
    for (struct flow *flow = flows->first; flow != NULL; flow = flow->next) {
        if (flow->is_tcp == transport->is_tcp && flow->port[0] == transport->port[client] &&
            flow->port[1] == transport->port[meter] &&
            memcmp(flow->address[0], transport->address[client], ADDRESS) == 0 &&
            memcmp(flow->address[1], transport->address[meter], ADDRESS) == 0) {
            return flow;
        }
    }
    return new_flow(flows, transport, meter);
}

/* ---- Order ---- */

static enum decode_direction direction_of(const struct flow *flow, const struct half *half)
{
    return half == &flow->half[0] ? DECODE_TO_METER : DECODE_FROM_METER;
}

/* Feeds what is new of a piece that begins at or before next. */
static bool feed(struct flow *flow, struct half *half, uint32_t sequence, const uint8_t *bytes,
                 size_t length)
{
    const uint32_t known = half->next - sequence;
    if (known >= length) {
        return true;
    }
    half->next = sequence + (uint32_t)length;
    return decode_feed(flow->session, direction_of(flow, half), bytes + known, length - known);
}

static void remove_held(struct half *half, size_t index)
{
    free(half->held[index].bytes);
    half->held[index] = half->held[--half->held_count];
}

/* Everything held that fits now. */
static bool release(struct flow *flow, struct half *half)
{
    size_t i = 0;
    while (i < half->held_count) {
        const struct held *held = &half->held[i];
        if ((int32_t)(held->sequence - half->next) > 0) {
            i++;
            continue;
        }
        if (!feed(flow, half, held->sequence, held->bytes, held->length)) {
            return false;
        }
        remove_held(half, i);
        i = 0;
    }
    return true;
}

/* Gives up what is missing in front of the earliest piece held. */
static bool skip_gap(struct flow *flow, struct half *half)
{
    uint32_t nearest = UINT32_MAX;
    for (size_t i = 0; i < half->held_count; i++) {
        const uint32_t distance = half->held[i].sequence - half->next;
        nearest = distance < nearest ? distance : nearest;
    }
    flow->flows->missing += nearest;
    decode_flush(flow->session);
    half->next += nearest;
    return release(flow, half);
}

static bool hold(struct flow *flow, struct half *half, const struct decode_transport *transport)
{
    if (half->held_count == DECODE_HELD_MAX && !skip_gap(flow, half)) {
        return false;
    }
    if ((int32_t)(transport->sequence - half->next) <= 0) {
        return feed(flow, half, transport->sequence, transport->payload, transport->length);
    }
    if (half->held_count == DECODE_HELD_MAX) {
        return false;
    }
    struct held *held = &half->held[half->held_count];
    held->bytes = malloc(transport->length);
    if (held->bytes == NULL) {
        return false;
    }
    held->sequence = transport->sequence;
    held->length = transport->length;
    memcpy(held->bytes, transport->payload, transport->length);
    half->held_count++;
    return true;
}

/* A new connection of the same addresses and ports. */
static void open_half(struct flow *flow, struct half *half,
                      const struct decode_transport *transport)
{
    decode_flush(flow->session);
    while (half->held_count > 0) {
        remove_held(half, 0);
    }
    half->is_started = true;
    half->next = transport->sequence + 1;
}

static bool take_tcp(struct flow *flow, struct half *half, const struct decode_transport *transport)
{
    if (transport->is_opening) {
        open_half(flow, half, transport);
        return true;
    }
    if (transport->length == 0) {
        return true;
    }
    if (!half->is_started) {
        half->is_started = true; /* the capture began in the middle */
        half->next = transport->sequence;
    }
    if ((int32_t)(transport->sequence - half->next) > 0) {
        return hold(flow, half, transport);
    }
    return feed(flow, half, transport->sequence, transport->payload, transport->length) &&
           release(flow, half);
}

bool decode_flows_take(struct decode_flows *flows, const struct decode_transport *transport,
                       uint64_t time_us)
{
    const int meter = meter_side(flows, transport);
    if (meter < 0) {
        return true;
    }
    flows->time_us = time_us;
    struct flow *flow = find_flow(flows, transport, (unsigned)meter);
    if (flow == NULL) {
        return false;
    }
    struct half *half = &flow->half[meter == 1 ? 0 : 1];
    if (!transport->is_tcp) {
        const bool fed = decode_feed(flow->session, direction_of(flow, half), transport->payload,
                                     transport->length);
        decode_flush(flow->session); /* a datagram is whole */
        return fed;
    }
    return take_tcp(flow, half, transport);
}

void decode_flows_end(struct decode_flows *flows)
{
    for (struct flow *flow = flows->first; flow != NULL; flow = flow->next) {
        for (int h = 0; h < 2; h++) {
            while (flow->half[h].held_count > 0 && skip_gap(flow, &flow->half[h])) {
            }
        }
        decode_flush(flow->session);
    }
}
