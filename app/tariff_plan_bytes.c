/* Tariff plans as bytes. Invariant: what is decoded encodes to the same bytes, and nothing is read
 * past the length given. */
#include "app/tariff_plan_bytes.h"
#include "common/bytes.h"
#include <string.h>

enum { VERSION = 1 };

static uint8_t *put_day(uint8_t *at, const struct wh_tariff_day *day)
{
    *at++ = day->switch_count;
    for (unsigned s = 0; s < day->switch_count; s++) {
        wh_put_u16le(at, day->switches[s].minute);
        at[2] = day->switches[s].tariff;
        at += 3;
    }
    return at;
}

static uint8_t *put_season_changes(uint8_t *at, const struct wh_tariff_plan *plan)
{
    *at++ = plan->season_change_count;
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        at[0] = plan->season_changes[c].month;
        at[1] = plan->season_changes[c].day;
        at[2] = plan->season_changes[c].season;
        at += 3;
    }
    return at;
}

size_t wh_tariff_plan_encode(const struct wh_tariff_plan *plan, uint8_t dst[WH_PLAN_BYTES_MAX])
{
    uint8_t *at = dst;
    *at++ = VERSION;
    memcpy(at, plan->name, WH_PLAN_NAME_MAX);
    at += WH_PLAN_NAME_MAX;
    *at++ = plan->working_days;
    at = put_season_changes(at, plan);
    for (unsigned season = 0; season < WH_PLAN_SEASONS; season++) {
        for (unsigned type = 0; type < WH_DAY_TYPES; type++) {
            at = put_day(at, &plan->days[season][type]);
        }
    }
    *at++ = plan->exception_count;
    for (unsigned e = 0; e < plan->exception_count; e++) {
        wh_put_u16le(at, plan->exceptions[e]);
        at += 2;
    }
    return (size_t)(at - dst);
}

/* What is left to read; after the first reason to refuse nothing is read any more. */
struct input {
    const uint8_t *at;
    size_t left;
    const char *reason;
};

/* The next length bytes; NULL if they are not there. */
static const uint8_t *take(struct input *in, size_t length)
{
    if (in->reason != NULL || length > in->left) {
        in->reason = in->reason != NULL ? in->reason : "ends early";
        return NULL;
    }
    const uint8_t *bytes = in->at;
    in->at += length;
    in->left -= length;
    return bytes;
}

static uint8_t take_u8(struct input *in)
{
    const uint8_t *byte = take(in, 1);
    return byte != NULL ? *byte : 0;
}

/* A count and that many items of item_size bytes; the count is 0 if they are not there. */
static const uint8_t *take_list(struct input *in, size_t item_size, uint8_t max, uint8_t *count)
{
    *count = take_u8(in);
    if (in->reason == NULL && *count > max) {
        in->reason = "a count is too large";
    }
    const uint8_t *items = take(in, *count * item_size);
    *count = items != NULL ? *count : 0;
    return items;
}

static void take_season_changes(struct input *in, struct wh_tariff_plan *plan)
{
    const uint8_t *item = take_list(in, 3, WH_PLAN_SEASON_CHANGES_MAX, &plan->season_change_count);
    for (unsigned c = 0; c < plan->season_change_count; c++, item += 3) {
        plan->season_changes[c] = (struct wh_season_change){item[0], item[1], item[2]};
    }
}

static void take_day(struct input *in, struct wh_tariff_day *day)
{
    const uint8_t *item = take_list(in, 3, WH_PLAN_SWITCHES_MAX, &day->switch_count);
    for (unsigned s = 0; s < day->switch_count; s++, item += 3) {
        day->switches[s] = (struct wh_tariff_switch){wh_get_u16le(item), item[2]};
    }
}

static void take_exceptions(struct input *in, struct wh_tariff_plan *plan)
{
    const uint8_t *item = take_list(in, 2, WH_PLAN_EXCEPTIONS_MAX, &plan->exception_count);
    for (unsigned e = 0; e < plan->exception_count; e++, item += 2) {
        plan->exceptions[e] = wh_get_u16le(item);
    }
}

/* All after the version. */
static void take_plan(struct input *in, struct wh_tariff_plan *plan)
{
    const uint8_t *name = take(in, WH_PLAN_NAME_MAX);
    if (name != NULL) {
        memcpy(plan->name, name, WH_PLAN_NAME_MAX);
    }
    plan->working_days = take_u8(in);
    take_season_changes(in, plan);
    for (unsigned season = 0; season < WH_PLAN_SEASONS; season++) {
        for (unsigned type = 0; type < WH_DAY_TYPES; type++) {
            take_day(in, &plan->days[season][type]);
        }
    }
    take_exceptions(in, plan);
    if (in->reason == NULL && in->left > 0) {
        in->reason = "goes on after its end";
    }
}

static enum wh_err refuse(struct wh_plan_fault *fault, enum wh_err err, const char *reason)
{
    if (fault != NULL) {
        *fault = (struct wh_plan_fault){.field = "encoding", .reason = reason};
    }
    return err;
}

enum wh_err wh_tariff_plan_decode(const uint8_t *src, size_t length, struct wh_tariff_plan *plan,
                                  struct wh_plan_fault *fault)
{
    struct input in = {.at = src, .left = length};
    struct wh_tariff_plan decoded = {0};
    const uint8_t version = take_u8(&in);
    if (in.reason == NULL && version != VERSION) {
        return refuse(fault, WH_ERR_VERSION, "another version");
    }
    take_plan(&in, &decoded);
    if (in.reason != NULL) {
        return refuse(fault, WH_ERR_FORMAT, in.reason);
    }
    if (wh_tariff_plan_check(&decoded, fault) != WH_OK) {
        return WH_ERR_FORMAT;
    }
    *plan = decoded;
    return WH_OK;
}
