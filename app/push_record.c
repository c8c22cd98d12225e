/* Stored form of the settings of alarms and pushes. Invariant: encoding what was decoded gives the
 * same bytes; so a record that decodes holds nothing that this version does not know. */
#include "app/push_record.h"
#include "common/bytes.h"
#include <string.h>

static uint8_t *put_moment(uint8_t *to, const struct wh_push_moment *m)
{
    wh_put_u16le(to, m->year);
    to[2] = m->month;
    to[3] = m->day;
    to[4] = m->weekday;
    to[5] = m->hour;
    to[6] = m->minute;
    to[7] = m->second;
    return to + WH_PUSH_MOMENT_SIZE;
}

static const uint8_t *get_moment(const uint8_t *from, struct wh_push_moment *m)
{
    *m = (struct wh_push_moment){
        .year = wh_get_u16le(from),
        .month = from[2],
        .day = from[3],
        .weekday = from[4],
        .hour = from[5],
        .minute = from[6],
        .second = from[7],
    };
    return from + WH_PUSH_MOMENT_SIZE;
}

static void put_setup(uint8_t *to, const struct wh_push_setup *setup)
{
    to[0] = setup->object_count;
    to[1] = setup->destination_length;
    to[2] = setup->window_count;
    to[3] = setup->retries;
    wh_put_u16le(to + 4, setup->randomisation_s);
    wh_put_u16le(to + 6, setup->repetition_delay_s);
    to += 8;
    for (uint8_t o = 0; o < setup->object_count; o++) {
        uint8_t *at = to + (size_t)o * WH_PUSH_OBJECT_SIZE;
        wh_put_u16le(at, setup->objects[o].class_id);
        memcpy(at + 2, setup->objects[o].name, sizeof setup->objects[o].name);
        at[8] = setup->objects[o].attribute;
    }
    to += (size_t)WH_PUSH_OBJECTS * WH_PUSH_OBJECT_SIZE;
    memcpy(to, setup->destination, setup->destination_length);
    to += WH_PUSH_DESTINATION;
    for (uint8_t w = 0; w < setup->window_count; w++) {
        to = put_moment(to, &setup->windows[w].start);
        to = put_moment(to, &setup->windows[w].end);
    }
}

/* Counts are checked. */
static void get_setup(const uint8_t *from, struct wh_push_setup *setup)
{
    setup->retries = from[3];
    setup->randomisation_s = wh_get_u16le(from + 4);
    setup->repetition_delay_s = wh_get_u16le(from + 6);
    from += 8;
    for (uint8_t o = 0; o < setup->object_count; o++) {
        const uint8_t *at = from + (size_t)o * WH_PUSH_OBJECT_SIZE;
        setup->objects[o].class_id = wh_get_u16le(at);
        memcpy(setup->objects[o].name, at + 2, sizeof setup->objects[o].name);
        setup->objects[o].attribute = at[8];
    }
    from += (size_t)WH_PUSH_OBJECTS * WH_PUSH_OBJECT_SIZE;
    memcpy(setup->destination, from, setup->destination_length);
    from += WH_PUSH_DESTINATION;
    for (uint8_t w = 0; w < setup->window_count; w++) {
        from = get_moment(from, &setup->windows[w].start);
        from = get_moment(from, &setup->windows[w].end);
    }
}

static bool get_counts(const uint8_t *from, struct wh_push_setup *setup)
{
    setup->object_count = from[0];
    setup->destination_length = from[1];
    setup->window_count = from[2];
    return setup->object_count <= WH_PUSH_OBJECTS &&
           setup->destination_length <= WH_PUSH_DESTINATION &&
           setup->window_count <= WH_PUSH_WINDOWS;
}

void wh_push_record_encode(const struct wh_push_settings *settings,
                           uint8_t stored[WH_PUSH_RECORD_SIZE])
{
    uint8_t *to = stored + 9;
    memset(stored, 0, WH_PUSH_RECORD_SIZE);
    wh_put_u64le(stored, settings->alarm_filter);
    stored[8] = settings->time_count;
    for (uint8_t t = 0; t < settings->time_count; t++) {
        put_moment(to + (size_t)t * WH_PUSH_MOMENT_SIZE, &settings->times[t]);
    }
    to += (size_t)WH_PUSH_TIMES * WH_PUSH_MOMENT_SIZE;
    for (int s = 0; s < WH_PUSH_SETUPS; s++, to += WH_PUSH_SETUP_SIZE) {
        put_setup(to, &settings->setup[s]);
    }
}

enum wh_err wh_push_record_decode(struct wh_push_settings *settings,
                                  const uint8_t stored[WH_PUSH_RECORD_SIZE])
{
    uint8_t again[WH_PUSH_RECORD_SIZE];
    struct wh_push_settings decoded = {.alarm_filter = wh_get_u64le(stored),
                                       .time_count = stored[8]};
    const uint8_t *from = stored + 9;
    if (decoded.time_count > WH_PUSH_TIMES) {
        return WH_ERR_CORRUPT;
    }
    for (uint8_t t = 0; t < decoded.time_count; t++) {
        get_moment(from + (size_t)t * WH_PUSH_MOMENT_SIZE, &decoded.times[t]);
    }
    from += (size_t)WH_PUSH_TIMES * WH_PUSH_MOMENT_SIZE;
    for (int s = 0; s < WH_PUSH_SETUPS; s++, from += WH_PUSH_SETUP_SIZE) {
        if (!get_counts(from, &decoded.setup[s])) {
            return WH_ERR_CORRUPT;
        }
        get_setup(from, &decoded.setup[s]);
    }
    wh_push_record_encode(&decoded, again);
    if (wh_push_check(&decoded) != WH_OK || memcmp(again, stored, sizeof again) != 0) {
        return WH_ERR_CORRUPT;
    }
    *settings = decoded;
    return WH_OK;
}
