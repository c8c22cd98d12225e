/* watthour show debiting and debiting2. Invariant: columns are the quantities of a record that the
 * configuration has, in the record's order; a value that a period did not know is empty. */
#include "cli/show_view.h"

/* Which records, and what is in them. */
struct source {
    enum wh_log_name log;
    const uint8_t *(*quantities)(size_t *count);
    enum wh_err (*next)(struct wh_log_range *range, struct wh_debiting_record *record);
    bool numbered; /* periods have a number and a cause */
};

static const char *const causes[] = {
    [WH_DEBITING_BY_DATE] = "by date",
    [WH_DEBITING_BY_BUTTON] = "by button",
    [WH_DEBITING_BY_COMMAND] = "by command",
};

static const char *cause_text(enum wh_debiting_cause cause)
{
    return (size_t)cause < sizeof causes / sizeof causes[0] ? causes[cause] : "unknown";
}

static void add_columns(struct show_table *table, const struct source *source,
                        const struct wh_config *config)
{
    size_t count;
    const uint8_t *quantity = source->quantities(&count);
    if (source->numbered) {
        show_table_column(table, "period", "Period", "");
    }
    show_table_column(table, "time", "Time", "");
    show_table_column(table, "cause", "Ended", "");
    for (size_t q = 0; q < count; q++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)quantity[q];
        if (wh_config_has(config, id) && id != WH_QUANTITY_CLOCK) {
            show_quantity_column(table, id);
        }
    }
}

static void add_record(struct show_table *table, const struct source *source,
                       const struct wh_config *config, const struct wh_debiting_record *record)
{
    size_t count;
    const uint8_t *quantity = source->quantities(&count);
    struct show_cell *cell = show_table_row(table);
    if (source->numbered) {
        *cell++ = show_number(record->number, 0);
    }
    *cell++ = show_time(record->utc_s);
    *cell++ = show_text(record->clock_valid ? cause_text(record->cause) : "clock invalid");
    for (size_t q = 0; q < count; q++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)quantity[q];
        struct wh_reading reading;
        if (!wh_config_has(config, id) || id == WH_QUANTITY_CLOCK) {
            continue;
        }
        if (wh_capture_reading(id, record->value[q], &reading) == WH_OK) {
            *cell = show_quantity_cell(table, wh_catalog_get(id), &reading);
        }
        cell++;
    }
}

static enum wh_err fill(struct show_meter *show, const struct show_range *range,
                        struct show_table *table, const struct source *source)
{
    const struct wh_config *config = &show->meter.application.config;
    struct wh_debiting_record record;
    struct wh_log_range records;
    table->sideways = true;
    add_columns(table, source, config);
    enum wh_err err =
        wh_log_range_begin(&show->meter.application.logs.log[source->log], 0, UINT32_MAX, &records);
    while (err == WH_OK && (err = source->next(&records, &record)) == WH_OK) {
        if (show_range_holds_end(range, record.utc_s)) {
            add_record(table, source, config, &record);
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

enum wh_err show_debiting(struct show_meter *show, const struct show_range *range,
                          struct show_table *table)
{
    static const struct source source = {WH_LOG_DEBITING, wh_debiting_quantities, wh_debiting_next,
                                         true};
    return fill(show, range, table, &source);
}

enum wh_err show_debiting_2(struct show_meter *show, const struct show_range *range,
                            struct show_table *table)
{
    static const struct source source = {WH_LOG_DEBITING_2, wh_debiting_2_quantities,
                                         wh_debiting_2_next, false};
    return fill(show, range, table, &source);
}
