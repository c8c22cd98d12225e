/* One shape for the records of all logs. Invariant: a record's values are those that the application's own decoders give. */
#include "face/record.h"
#include <string.h>

enum { PAYLOAD_MAX = WH_DEBITING_PAYLOAD_MAX };

bool wh_record_has_status(enum wh_log_name name)
{
    return name == WH_LOG_PROFILE || name == WH_LOG_LOGGER;
}

/* Main registers of the profile, and the means of the interval, by energy. */
static const struct {
    uint8_t energy;
    uint8_t quantity;
    uint8_t power;
} energies[] = {
    {WH_A_PLUS, WH_QUANTITY_A_PLUS, WH_QUANTITY_P_PLUS_MEAN},
    {WH_A_MINUS, WH_QUANTITY_A_MINUS, WH_QUANTITY_P_MINUS_MEAN},
    {WH_R_PLUS, WH_QUANTITY_R_PLUS, WH_QUANTITY_Q_PLUS_MEAN},
    {WH_R_MINUS, WH_QUANTITY_R_MINUS, WH_QUANTITY_Q_MINUS_MEAN},
};

static size_t place_of(uint8_t energy)
{
    size_t place = 0;
    while (energies[place].energy != energy) {
        place++;
    }
    return place;
}

static size_t profile_columns(const struct wh_config *config, uint8_t *quantity)
{
    uint8_t count;
    const uint8_t *energy = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    for (size_t e = 0; e < count; e++) {
        quantity[e] = energies[place_of(energy[e])].quantity;
        quantity[count + e] = energies[place_of(energy[e])].power;
    }
    return config->profile_of_power != 0 ? 2u * count : count;
}

size_t wh_record_columns(const struct wh_application *app, enum wh_log_name name,
                         uint8_t quantity[WH_RECORD_VALUES])
{
    size_t count = 0;
    const uint8_t *list = NULL;
    switch (name) {
    case WH_LOG_PROFILE:
        return profile_columns(&app->config, quantity);
    case WH_LOG_LOGGER:
        return wh_logger_quantities(&app->config, quantity);
    case WH_LOG_DEBITING:
        list = wh_debiting_quantities(&count);
        break;
    case WH_LOG_DEBITING_2:
        list = wh_debiting_2_quantities(&count);
        break;
    default:
        return 0;
    }
    memcpy(quantity, list, count);
    return count;
}

static enum wh_err next_profile(const struct wh_application *app, struct wh_log_range *range,
                                struct wh_record *record)
{
    struct wh_profile_record from;
    const enum wh_err err = wh_profile_next(range, &app->config, &from);
    if (err != WH_OK) {
        return err;
    }
    record->sequence = from.sequence;
    record->utc_s = from.utc_s;
    record->status = from.status;
    record->is_clock_valid = (from.status & WH_PROFILE_TIME_INVALID) == 0;
    for (size_t e = 0; e < from.energy_count; e++) {
        record->value[e] = (int64_t)from.count_dwh[e];
    }
    for (size_t p = 0; p < from.power_count; p++) {
        record->value[from.energy_count + p] = from.power_milli[p];
    }
    return WH_OK;
}

static enum wh_err next_logged(const struct wh_application *app, struct wh_log_range *range,
                               struct wh_record *record)
{
    struct wh_logger_record from;
    const enum wh_err err = wh_logger_next(range, &app->config, &from);
    if (err != WH_OK) {
        return err;
    }
    record->sequence = from.sequence;
    record->utc_s = from.utc_s;
    record->status = from.status;
    record->is_clock_valid = (from.status & WH_PROFILE_TIME_INVALID) == 0;
    memcpy(record->value, from.value, from.count * sizeof from.value[0]);
    return WH_OK;
}

static enum wh_err next_period(enum wh_log_name name, struct wh_log_range *range,
                               struct wh_record *record)
{
    struct wh_debiting_record from;
    const enum wh_err err =
        name == WH_LOG_DEBITING ? wh_debiting_next(range, &from) : wh_debiting_2_next(range, &from);
    if (err != WH_OK) {
        return err;
    }
    record->sequence = from.sequence;
    record->utc_s = from.utc_s;
    record->is_clock_valid = from.clock_valid;
    memcpy(record->value, from.value, record->count * sizeof from.value[0]);
    return WH_OK;
}

static enum wh_err next_event(struct wh_log_range *range, struct wh_record *record)
{
    const enum wh_err err = wh_event_next(range, &record->event);
    if (err != WH_OK) {
        return err;
    }
    record->is_event = true;
    record->sequence = record->event.sequence;
    record->utc_s = record->event.utc_s;
    record->is_clock_valid = record->event.clock_valid;
    return WH_OK;
}

enum wh_err wh_record_next(const struct wh_application *app, enum wh_log_name name,
                           struct wh_log_range *range, struct wh_record *record)
{
    *record = (struct wh_record){0};
    record->count = wh_record_columns(app, name, record->quantity);
    switch (name) {
    case WH_LOG_PROFILE:
        return next_profile(app, range, record);
    case WH_LOG_LOGGER:
        return next_logged(app, range, record);
    case WH_LOG_DEBITING:
    case WH_LOG_DEBITING_2:
        return next_period(name, range, record);
    default:
        return next_event(range, record);
    }
}

/* The log tells the entry, and the entry is a range of one. */
enum wh_err wh_record_read(const struct wh_application *app, enum wh_log_name name,
                           uint32_t sequence, struct wh_record *record)
{
    const struct wh_log *log = &app->logs.log[name];
    uint8_t payload[PAYLOAD_MAX];
    struct wh_log_record stored;
    struct wh_log_range range;
    enum wh_err err = wh_log_read(log, sequence, payload, &stored);
    if (err == WH_OK) {
        err = wh_log_range_begin_entries(log, stored.entry, stored.entry, &range);
    }
    if (err == WH_OK) {
        err = wh_record_next(app, name, &range, record);
    }
    return err == WH_OK && record->sequence != sequence ? WH_ERR_CORRUPT : err;
}

enum wh_err wh_record_reading(const struct wh_record *record, enum wh_quantity_id id,
                              struct wh_reading *reading)
{
    for (size_t c = 0; c < record->count; c++) {
        if (record->quantity[c] == id) {
            return wh_capture_reading(id, record->value[c], reading);
        }
    }
    return WH_ERR_NOT_FOUND;
}

/* The last record of a range by time. */
static enum wh_err last_between(const struct wh_log *log, uint32_t from_s, uint32_t to_s,
                                uint32_t *sequence)
{
    uint8_t payload[PAYLOAD_MAX];
    struct wh_log_record record;
    struct wh_log_range range;
    bool is_found = false;
    enum wh_err err = wh_log_range_begin(log, from_s, to_s, &range);
    while (err == WH_OK) {
        err = wh_log_range_next(&range, payload, &record);
        if (err == WH_OK) {
            is_found = true;
            *sequence = record.sequence;
        }
    }
    return err == WH_ERR_NOT_FOUND && is_found ? WH_OK : err;
}

/* Longer and longer looks back, so that a full log is not walked for what is near. */
static enum wh_err find_before(const struct wh_log *log, uint32_t utc_s, uint32_t *sequence)
{
    static const uint32_t windows_s[] = {3600, 86400, 32 * 86400, UINT32_MAX};
    enum wh_err err = WH_ERR_NOT_FOUND;
    for (size_t w = 0; err == WH_ERR_NOT_FOUND && w < sizeof windows_s / sizeof windows_s[0]; w++) {
        err = last_between(log, utc_s > windows_s[w] ? utc_s - windows_s[w] : 0, utc_s, sequence);
    }
    return err;
}

enum wh_err wh_record_find(const struct wh_application *app, enum wh_log_name name, uint32_t utc_s,
                           bool is_towards_past, uint32_t *sequence)
{
    const struct wh_log *log = &app->logs.log[name];
    uint8_t payload[PAYLOAD_MAX];
    struct wh_log_record record;
    struct wh_log_range range;
    if (is_towards_past) {
        return find_before(log, utc_s, sequence);
    }
    enum wh_err err = wh_log_range_begin(log, utc_s, UINT32_MAX, &range);
    if (err == WH_OK) {
        err = wh_log_range_next(&range, payload, &record);
    }
    if (err == WH_OK) {
        *sequence = record.sequence;
    }
    return err;
}
