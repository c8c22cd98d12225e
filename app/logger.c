/* Analysis logger. Invariant: the columns of a record are those of the configuration under which it was written; another
 * choice of columns is another epoch of the log. */
#include "app/logger.h"
#include "common/bytes.h"

enum { LOGGER_VERSION = 1, STATUS_SIZE = 4, MINUTES_PER_HOUR = 60 };

uint8_t wh_logger_quantities(const struct wh_config *config, uint8_t quantity[WH_LOGGER_QUANTITIES])
{
    uint8_t count = 0;
    while (count < WH_LOGGER_QUANTITIES && config->logger[count] != WH_QUANTITY_NONE) {
        quantity[count] = config->logger[count];
        count++;
    }
    return count;
}

uint16_t wh_logger_payload_size(const struct wh_config *config)
{
    uint8_t quantity[WH_LOGGER_QUANTITIES];
    return (uint16_t)(STATUS_SIZE + wh_logger_quantities(config, quantity) * WH_CAPTURE_SIZE);
}

uint32_t wh_logger_depth_hours(const struct wh_logs *logs, const struct wh_config *config)
{
    const uint32_t records = wh_log_capacity(&logs->design[WH_LOG_LOGGER], logs->flash);
    return records * config->logger_min / MINUTES_PER_HOUR;
}

enum wh_err wh_logger_store(struct wh_log *log, const struct wh_reading_source *source,
                            const struct wh_config *config, uint32_t utc_s, uint32_t status)
{
    uint8_t payload[STATUS_SIZE + WH_LOGGER_QUANTITIES * WH_CAPTURE_SIZE];
    uint8_t quantity[WH_LOGGER_QUANTITIES];
    const uint8_t count = wh_logger_quantities(config, quantity);
    wh_put_u32le(payload, status);
    for (uint8_t q = 0; q < count; q++) {
        wh_capture_put(payload + STATUS_SIZE + q * WH_CAPTURE_SIZE,
                       wh_capture(source, (enum wh_quantity_id)quantity[q]));
    }
    return wh_log_append(log, LOGGER_VERSION, utc_s, payload);
}

enum wh_err wh_logger_next(struct wh_log_range *range, const struct wh_config *config,
                           struct wh_logger_record *record)
{
    uint8_t payload[STATUS_SIZE + WH_LOGGER_QUANTITIES * WH_CAPTURE_SIZE];
    struct wh_log_record stored;
    const enum wh_err err = wh_log_range_next(range, payload, &stored);
    if (err != WH_OK) {
        return err;
    }
    *record = (struct wh_logger_record){
        .sequence = stored.sequence, .utc_s = stored.time_s, .status = wh_get_u32le(payload)};
    record->count = wh_logger_quantities(config, record->quantity);
    for (uint8_t q = 0; q < record->count; q++) {
        record->value[q] = wh_capture_get(payload + STATUS_SIZE + q * WH_CAPTURE_SIZE);
    }
    return WH_OK;
}
