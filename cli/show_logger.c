/* watthour show logger. Invariant: a value that was not known when it was logged is an empty cell,
 * not a zero. */
#include "cli/show_view.h"

static void add_record(struct show_table *table, const struct wh_logger_record *record)
{
    struct show_cell *row = show_table_row(table);
    const struct show_cell status = show_status_cell(table, record->status);
    row[0] = show_time(record->utc_s);
    for (uint8_t q = 0; q < record->count; q++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)record->quantity[q];
        struct wh_reading reading;
        if (wh_capture_reading(id, record->value[q], &reading) == WH_OK) {
            row[1 + q] = show_quantity_cell(table, wh_catalog_get(id), &reading);
        }
    }
    row[1 + record->count] = status;
}

enum wh_err show_logger(struct show_meter *show, const struct show_range *range,
                        struct show_table *table)
{
    const struct wh_config *config = &show->meter.application.config;
    uint8_t quantity[WH_LOGGER_QUANTITIES];
    const uint8_t count = wh_logger_quantities(config, quantity);
    struct wh_logger_record record;
    struct wh_log_range records;
    show_table_column(table, "time", "Time", "");
    for (uint8_t q = 0; q < count; q++) {
        show_quantity_column(table, (enum wh_quantity_id)quantity[q]);
    }
    show_table_column(table, "status", "Status", "");
    enum wh_err err = wh_log_range_begin(&show->meter.application.logs.log[WH_LOG_LOGGER], 0,
                                         UINT32_MAX, &records);
    while (err == WH_OK && (err = wh_logger_next(&records, config, &record)) == WH_OK) {
        if (show_range_holds_end(range, record.utc_s)) {
            add_record(table, &record);
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}
