/* Stored form of the running state, docs/store.md. Invariant: encoding and decoding walk the same list of members, so they
 * cannot disagree. */
#include "app/running.h"
#include <string.h>

/* A cursor that either writes or reads. */
struct walk {
    uint8_t *to; /* NULL: reading */
    const uint8_t *from;
};

static void pass(struct walk *w, uint64_t *value, int size)
{
    if (w->to != NULL) {
        for (int b = 0; b < size; b++) {
            *w->to++ = (uint8_t)(*value >> 8 * b);
        }
        return;
    }
    *value = 0;
    for (int b = 0; b < size; b++) {
        *value |= (uint64_t)*w->from++ << 8 * b;
    }
}

static void pass_u64(struct walk *w, uint64_t *member)
{
    enum { COUNT_SIZE = 6 };
    pass(w, member, COUNT_SIZE);
}

static void pass_u32(struct walk *w, uint32_t *member)
{
    uint64_t value = *member;
    pass(w, &value, sizeof *member);
    *member = (uint32_t)value;
}

static void pass_u16(struct walk *w, uint16_t *member)
{
    uint64_t value = *member;
    pass(w, &value, sizeof *member);
    *member = (uint16_t)value;
}

static void pass_u8(struct walk *w, uint8_t *member)
{
    uint64_t value = *member;
    pass(w, &value, sizeof *member);
    *member = (uint8_t)value;
}

static void pass_demand(struct walk *w, struct wh_demand *demand)
{
    for (int e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        pass_u64(w, &demand->start_dwh[e]);
    }
    for (int t = 0; t < WH_DEMAND_TARIFF_COUNTS; t++) {
        pass_u64(w, &demand->start_tariff_dwh[t]);
    }
    for (int c = 0; c < WH_DEMAND_CHANNELS; c++) {
        pass_u64(w, &demand->accumulated_milli[c]);
        pass_u32(w, &demand->peak[c].milli);
        pass_u32(w, &demand->peak[c].utc_s);
        pass_u32(w, &demand->mean_milli[c]);
    }
    pass_u32(w, &demand->threshold_count);
    pass_u32(w, &demand->longer_s);
}

static void pass_all(struct walk *w, struct wh_running *running)
{
    uint8_t clock_valid = running->clock_valid;
    uint8_t supply_lost = running->supply_lost;
    pass_demand(w, &running->demand);
    pass_u32(w, &running->utc_s);
    pass_u32(w, &running->debiting_count);
    pass_u32(w, &running->debiting_stop_s);
    pass_u32(w, &running->debiting_2_s);
    pass_u32(w, &running->profile_s);
    pass_u32(w, &running->profile_longer_s);
    pass_u32(w, &running->logger_s);
    pass_u32(w, &running->event_a);
    pass_u32(w, &running->event_b);
    pass_u32(w, &running->configuration_count);
    for (int q = 0; q < WH_QUALITY_COUNTS; q++) {
        pass_u16(w, &running->quality_count[q]);
    }
    pass_u32(w, &running->interval_status);
    pass_u32(w, &running->logger_status);
    pass_u32(w, &running->days_s);
    pass_u16(w, &running->debiting_day);
    pass_u8(w, &running->input_levels);
    pass_u8(w, &running->remote_tariff);
    pass_u8(w, &running->tamper);
    pass_u8(w, &clock_valid);
    pass_u8(w, &supply_lost);
    pass(w, &running->alarms.descriptor, sizeof running->alarms.descriptor);
    pass(w, &running->alarms.pending, sizeof running->alarms.pending);
    pass_u32(w, &running->demand.start_s);
    running->clock_valid = clock_valid != 0;
    running->supply_lost = supply_lost != 0;
}

void wh_running_encode(const struct wh_running *running, uint8_t stored[WH_RUNNING_STORED_SIZE])
{
    struct wh_running copy = *running;
    struct walk w = {.to = stored};
    memset(stored, 0, WH_RUNNING_STORED_SIZE);
    pass_all(&w, &copy);
}

void wh_running_decode(struct wh_running *running, const uint8_t stored[WH_RUNNING_STORED_SIZE])
{
    struct walk w = {.from = stored};
    *running = (struct wh_running){0};
    pass_all(&w, running);
}
