/* watthour show config, plan and audit. Invariant: every parameter of the table is shown, whatever
 * its value. */
#include "cli/show_view.h"

#include <string.h>

bool show_is_quantity_list(const struct wh_parameter *parameter)
{
    return wh_parameter_is_list(parameter);
}

static struct show_cell list_cell(struct show_table *table, const struct wh_parameter *parameter,
                                  const struct wh_config *config)
{
    char text[1024] = "";
    size_t length = 0;
    for (uint8_t e = 0; e < parameter->count; e++) {
        const int64_t value = wh_parameter_get(parameter, config, e);
        const struct wh_quantity *quantity =
            show_is_quantity_list(parameter) ? wh_catalog_get((enum wh_quantity_id)value) : NULL;
        if (show_is_quantity_list(parameter) && quantity == NULL) {
            continue;
        }
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)value);
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s", length > 0 ? "," : "",
                             quantity != NULL ? quantity->name : number);
        length = length < sizeof text ? length : sizeof text - 1;
    }
    return show_format(table, "%s", text);
}

enum wh_err show_config(struct show_meter *show, const struct show_range *range,
                        struct show_table *table)
{
    (void)range;
    const struct wh_config *config = &show->meter.application.config;
    const struct wh_parameter *parameter;
    show_table_column(table, "parameter", "Parameter", "");
    show_table_column(table, "value", "Value", "")->left = true;
    show_table_column(table, "meaning", "Meaning", "");
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const struct show_cell value = parameter->count > 1
                                           ? list_cell(table, parameter, config)
                                           : show_number(wh_parameter_get(parameter, config, 0), 0);
        struct show_cell *row = show_table_row(table);
        row[0] = show_text(parameter->name);
        row[1] = value;
        row[2] = show_text(parameter->text);
    }
    return WH_OK;
}

static void add_switches(struct show_table *table, const struct wh_tariff_plan *plan,
                         unsigned season, unsigned type)
{
    static const char *const types[WH_DAY_TYPES] = {"working day", "non-working day", "holiday"};
    const struct wh_tariff_day *day = &plan->days[season][type];
    for (unsigned s = 0; s < day->switch_count; s++) {
        const unsigned minute = day->switches[s].minute;
        const struct show_cell from = show_format(table, "%02u:%02u", minute / 60, minute % 60);
        struct show_cell *row = show_table_row(table);
        row[0] = show_text("switch");
        row[1] = show_number(season, 0);
        row[2] = show_text(types[type]);
        row[3] = from;
        row[4] = show_number(day->switches[s].tariff, 0);
    }
}

static void add_dates(struct show_table *table, const struct wh_tariff_plan *plan)
{
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        const struct wh_season_change *change = &plan->season_changes[c];
        const struct show_cell from = show_format(table, "%02u-%02u", change->month, change->day);
        struct show_cell *row = show_table_row(table);
        row[0] = show_text("season change");
        row[1] = show_number(change->season, 0);
        row[3] = from;
    }
    for (unsigned e = 0; e < plan->exception_count; e++) {
        const struct wh_datetime date =
            wh_calendar_datetime((int64_t)plan->exceptions[e] * WH_CALENDAR_DAY_S);
        const struct show_cell on =
            show_format(table, "%04u-%02u-%02u", date.year, date.month, date.day);
        struct show_cell *row = show_table_row(table);
        row[0] = show_text("holiday");
        row[3] = on;
    }
}

static void add_week(struct show_table *table, const struct wh_tariff_plan *plan)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    for (unsigned d = 0; d < sizeof days / sizeof days[0]; d++) {
        struct show_cell *row = show_table_row(table);
        row[0] = show_text("week");
        row[2] = show_text((plan->working_days >> d & 1u) != 0 ? "working day" : "non-working day");
        row[3] = show_text(days[d]);
    }
}

enum wh_err show_plan(struct show_meter *show, const struct show_range *range,
                      struct show_table *table)
{
    (void)range;
    const struct wh_tariff_plan *plan = &show->meter.application.plan;
    const size_t length = strlen(table->title);
    snprintf(table->title + length, sizeof table->title - length, " \"%s\"", plan->name);
    show_table_column(table, "kind", "Kind", "");
    show_table_column(table, "season", "Season", "");
    show_table_column(table, "day", "Day", "");
    show_table_column(table, "from", "From", "");
    show_table_column(table, "tariff", "Tariff", "");
    for (unsigned season = 0; season < WH_PLAN_SEASONS; season++) {
        for (unsigned type = 0; type < WH_DAY_TYPES; type++) {
            add_switches(table, plan, season, type);
        }
    }
    add_week(table, plan);
    add_dates(table, plan);
    return WH_OK;
}

static const char *audit_text(enum wh_audit_event event)
{
    static const char *const texts[] = {
        [WH_AUDIT_SEAL_OPENED] = "verification seal opened",
        [WH_AUDIT_SEAL_CLOSED] = "verification seal closed",
        [WH_AUDIT_CALIBRATED] = "calibrated",
        [WH_AUDIT_RATIO] = "transformer ratio",
        [WH_AUDIT_RATIO_LOCK] = "transformer ratio locked",
        [WH_AUDIT_METER_NUMBER] = "meter number",
        [WH_AUDIT_SOFTWARE] = "other legally relevant software",
        [WH_AUDIT_FACTORY_SETUP] = "set-up of the factory",
    };
    const bool known = event > 0 && (size_t)event < sizeof texts / sizeof texts[0];
    return known ? texts[event] : "unknown";
}

static struct show_cell audit_value(struct show_table *table, enum wh_audit_event event,
                                    uint32_t value)
{
    const bool checksum = event == WH_AUDIT_CALIBRATED || event == WH_AUDIT_SOFTWARE ||
                          event == WH_AUDIT_FACTORY_SETUP;
    const bool seal = event == WH_AUDIT_SEAL_OPENED || event == WH_AUDIT_SEAL_CLOSED;
    return seal       ? show_text(NULL)
           : checksum ? show_format(table, "%08X", value)
                      : show_format(table, "%u", value);
}

static void add_entry(struct show_table *table, const struct wh_audit_entry *entry)
{
    static const char *const origins[WH_ORIGIN_COUNT] = {
        [WH_ORIGIN_METER] = "meter",
        [WH_ORIGIN_FACTORY] = "factory",
        [WH_ORIGIN_OPTICAL] = "optical port",
        [WH_ORIGIN_MODULE] = "module",
        [WH_ORIGIN_CONSUMER] = "consumer port",
    };
    const struct show_cell old_value = audit_value(table, entry->event, entry->old_value);
    const struct show_cell new_value = audit_value(table, entry->event, entry->new_value);
    struct show_cell *row = show_table_row(table);
    row[0] = entry->utc_s != 0 ? show_time(entry->utc_s) : show_text("clock invalid");
    row[1] = show_text(audit_text(entry->event));
    row[2] = show_text((unsigned)entry->origin < WH_ORIGIN_COUNT ? origins[entry->origin] : NULL);
    row[3] = old_value;
    row[4] = new_value;
}

enum wh_err show_audit(struct show_meter *show, const struct show_range *range,
                       struct show_table *table)
{
    const struct wh_legal *legal = &show->meter.legal;
    show_table_column(table, "time", "Time", "");
    show_table_column(table, "entry", "Entry", "");
    show_table_column(table, "origin", "By", "");
    show_table_column(table, "before", "Before", "");
    show_table_column(table, "after", "After", "");
    enum wh_err err = WH_OK;
    const uint32_t newest = wh_legal_audit_count(legal) - show->audit_count;
    for (uint32_t age = wh_legal_audit_count(legal); err == WH_OK && age-- > newest;) {
        struct wh_audit_entry entry;
        err = wh_legal_audit(legal, age, &entry);
        if (err == WH_OK && show_range_holds(range, entry.utc_s)) {
            add_entry(table, &entry);
        }
    }
    return err;
}
