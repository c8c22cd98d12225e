/* Load profile. Invariant: a record holds the registers of its moment in full, so intervals add up to the registers. */
#include "app/profile.h"
#include "app/capture.h"
#include "common/bytes.h"

enum {
    PROFILE_VERSION = 1,
    STATUS_SIZE = 4,
    POWER_SIZE = 4,
    MILLIWATTSECONDS_PER_DWH = 360000,
    MINUTES_PER_DAY = 1440,
};

static const struct {
    uint8_t count;
    uint8_t energy[WH_PROFILE_ENERGIES_MAX];
} types[WH_ENERGY_TYPES] = {
    [WH_ENERGY_TYPE_A_PLUS] = {1, {WH_A_PLUS}},
    [WH_ENERGY_TYPE_A_PLUS_MINUS] = {2, {WH_A_PLUS, WH_A_MINUS}},
    [WH_ENERGY_TYPE_A_R_PLUS] = {2, {WH_A_PLUS, WH_R_PLUS}},
    [WH_ENERGY_TYPE_FOUR_QUADRANTS] = {4, {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS}},
};

const uint8_t *wh_profile_energies(enum wh_energy_type type, uint8_t *count)
{
    *count = types[type].count;
    return types[type].energy;
}

uint16_t wh_profile_payload_size(const struct wh_config *config)
{
    const int value = WH_CAPTURE_SIZE + (config->profile_of_power != 0 ? POWER_SIZE : 0);
    return (uint16_t)(STATUS_SIZE + types[config->energy_type].count * value);
}

uint32_t wh_profile_depth_days(const struct wh_logs *logs, const struct wh_config *config)
{
    const uint32_t records = wh_log_capacity(&logs->design[WH_LOG_PROFILE], logs->flash);
    return records * config->profile_min / MINUTES_PER_DAY;
}

static uint32_t mean_milli(uint64_t grown_dwh, uint8_t profile_min, uint32_t longer_s)
{
    return (uint32_t)(grown_dwh * MILLIWATTSECONDS_PER_DWH /
                      (profile_min * UINT64_C(60) + longer_s));
}

enum wh_err wh_profile_store(struct wh_log *log, const struct wh_legal *legal,
                             const struct wh_config *config, uint32_t utc_s, uint32_t status,
                             const struct wh_profile_record *before, uint32_t longer_s)
{
    uint8_t payload[STATUS_SIZE + WH_PROFILE_ENERGIES_MAX * (WH_CAPTURE_SIZE + POWER_SIZE)];
    uint8_t *to = payload + STATUS_SIZE;
    uint8_t count;
    const uint8_t *energy = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    uint64_t now_dwh[WH_PROFILE_ENERGIES_MAX];
    wh_put_u32le(payload, status);
    for (uint8_t e = 0; e < count; e++, to += WH_CAPTURE_SIZE) {
        (void)wh_legal_energy_of_side(legal, (enum wh_energy)energy[e],
                                      (enum wh_side)config->profile_side, &now_dwh[e]);
        wh_capture_put(to, (int64_t)now_dwh[e]);
    }
    for (uint8_t e = 0; config->profile_of_power != 0 && e < count; e++, to += POWER_SIZE) {
        const uint64_t grown = before != NULL ? now_dwh[e] - before->count_dwh[e] : 0;
        wh_put_u32le(to, mean_milli(grown, config->profile_min, longer_s));
    }
    return wh_log_append(log, PROFILE_VERSION, utc_s, payload);
}

static void decode(const uint8_t *from, const struct wh_config *config,
                   const struct wh_log_record *stored, struct wh_profile_record *record)
{
    uint8_t count;
    const uint8_t *energy = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    *record = (struct wh_profile_record){0};
    record->sequence = stored->sequence;
    record->utc_s = stored->time_s;
    record->status = wh_get_u32le(from);
    record->energy_count = count;
    record->power_count = config->profile_of_power != 0 ? count : 0;
    from += STATUS_SIZE;
    for (uint8_t e = 0; e < count; e++, from += WH_CAPTURE_SIZE) {
        record->energy[e] = energy[e];
        record->count_dwh[e] = (uint64_t)wh_capture_get(from);
    }
    for (uint8_t e = 0; e < record->power_count; e++, from += POWER_SIZE) {
        record->power_milli[e] = wh_get_u32le(from);
    }
}

enum wh_err wh_profile_next(struct wh_log_range *range, const struct wh_config *config,
                            struct wh_profile_record *record)
{
    uint8_t payload[STATUS_SIZE + WH_PROFILE_ENERGIES_MAX * (WH_CAPTURE_SIZE + POWER_SIZE)];
    struct wh_log_record stored;
    const enum wh_err err = wh_log_range_next(range, payload, &stored);
    if (err == WH_OK) {
        decode(payload, config, &stored, record);
    }
    return err;
}

enum wh_err wh_profile_newest(const struct wh_log *log, const struct wh_config *config,
                              struct wh_profile_record *record)
{
    struct wh_log_range range;
    const enum wh_err err = wh_log_range_begin_entries(log, 0, 0, &range);
    return err == WH_OK ? wh_profile_next(&range, config, record) : err;
}
