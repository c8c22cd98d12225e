/* watthour show profile. Invariant: the energies of the intervals shown add up to the difference
 * of the registers shown, digit by digit. */
#include "cli/show_view.h"

#include <string.h>

static const struct {
    uint32_t bit;
    const char *word;
} words[] = {
    {WH_PROFILE_OUTAGE, "outage"},
    {WH_PROFILE_DISCONTINUITY, "gap"},
    {WH_PROFILE_UNDER_VOLTAGE, "under-voltage"},
    {WH_PROFILE_OVER_VOLTAGE, "over-voltage"},
    {WH_PROFILE_NEUTRAL_ERROR, "neutral fault"},
    {WH_PROFILE_CLOCK_SET_7_S, "clock set 7-15 s"},
    {WH_PROFILE_CLOCK_SET_15_S, "clock set 15-30 s"},
    {WH_PROFILE_CLOCK_SET_30_S, "clock set 30-60 s"},
    {WH_PROFILE_CLOCK_SET_60_S, "clock set over 60 s"},
    {WH_PROFILE_CLOCK_FORWARD, "forward"},
    {WH_PROFILE_CLOCK_BACKWARD, "backward"},
    {WH_PROFILE_TIME_INVALID, "time invalid"},
    {WH_PROFILE_PARAMETER_ERROR, "self-check failed"},
    {WH_PROFILE_REGISTERS_CHANGED, "registers changed"},
    {WH_PROFILE_INTERVAL_CHANGED, "interval changed"},
    {WH_PROFILE_SUMMER, "summer"},
};

struct show_cell show_status_cell(struct show_table *table, uint32_t status)
{
    char text[256] = "";
    size_t length = 0;
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if ((status & words[w].bit) != 0) {
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       length > 0 ? ", " : "", words[w].word);
        }
    }
    return text[0] == '\0' ? show_text(NULL) : show_format(table, "%s", text);
}

/* Of the energies that a load profile can hold. */
static const struct {
    const char *key, *power, *title, *unit, *power_unit;
} energies[WH_ENERGY_COUNT] = {
    [WH_A_PLUS] = {"a_plus", "p_plus", "A+", "kWh", "W"},
    [WH_A_MINUS] = {"a_minus", "p_minus", "A−", "kWh", "W"},
    [WH_R_PLUS] = {"r_plus", "q_plus", "R+", "kvarh", "var"},
    [WH_R_MINUS] = {"r_minus", "q_minus", "R−", "kvarh", "var"},
};

enum { AT_END, AT_MINUTES, AT_FIRST, DWH_EXPONENT = -4, MILLI_EXPONENT = -3 };

static void add_column(struct show_table *table, const char *key, const char *what,
                       const char *title, const char *of, const char *unit, bool summed)
{
    char full_key[SHOW_KEY_SIZE];
    char full_title[SHOW_TITLE_SIZE];
    snprintf(full_key, sizeof full_key, "%s%s_%s", key, what,
             strcmp(unit, "kWh") == 0     ? "kwh"
             : strcmp(unit, "kvarh") == 0 ? "kvarh"
             : strcmp(unit, "var") == 0   ? "var"
                                          : "w");
    snprintf(full_title, sizeof full_title, "%s %s", title, of);
    show_table_column(table, full_key, full_title, unit)->summed = summed;
}

static void add_columns(struct show_table *table, const struct wh_config *config)
{
    uint8_t count;
    const uint8_t *list = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    show_table_column(table, "interval_end", "Interval end", "");
    show_table_column(table, "minutes", "Length", "min");
    for (uint8_t e = 0; e < count; e++) {
        const uint8_t energy = list[e];
        add_column(table, energies[energy].key, "", energies[energy].title, "interval",
                   energies[energy].unit, true);
        add_column(table, energies[energy].key, "_register", energies[energy].title, "register",
                   energies[energy].unit, false);
        if (config->profile_of_power != 0) {
            add_column(table, energies[energy].power, "_mean", energies[energy].title, "mean",
                       energies[energy].power_unit, false);
        }
    }
    show_table_column(table, "status", "Status", "");
}

/* before: NULL for the oldest record, whose interval nobody knows. */
static void add_interval(struct show_table *table, const struct wh_profile_record *record,
                         const struct wh_profile_record *before)
{
    struct show_cell *row = show_table_row(table);
    const struct show_cell status = show_status_cell(table, record->status);
    size_t at = AT_FIRST;
    row[AT_END] = show_time(record->utc_s);
    if (before != NULL) {
        row[AT_MINUTES] = show_number(((int64_t)record->utc_s - before->utc_s) / 60, 0);
    }
    for (uint8_t e = 0; e < record->energy_count; e++) {
        if (before != NULL) {
            row[at] =
                show_number((int64_t)(record->count_dwh[e] - before->count_dwh[e]), DWH_EXPONENT);
        }
        row[at + 1] = show_number((int64_t)record->count_dwh[e], DWH_EXPONENT);
        at += 2;
        if (record->power_count > 0) {
            row[at++] = show_number(record->power_milli[e], MILLI_EXPONENT);
        }
    }
    row[at] = status;
}

enum wh_err show_profile(struct show_meter *show, const struct show_range *range,
                         struct show_table *table)
{
    const struct wh_config *config = &show->meter.application.config;
    struct wh_profile_record before;
    struct wh_profile_record record;
    struct wh_log_range records;
    bool first = true;
    add_columns(table, config);
    enum wh_err err = wh_log_range_begin(&show->meter.application.logs.log[WH_LOG_PROFILE], 0,
                                         UINT32_MAX, &records);
    while (err == WH_OK && (err = wh_profile_next(&records, config, &record)) == WH_OK) {
        if (show_range_holds_end(range, record.utc_s)) {
            add_interval(table, &record, first ? NULL : &before);
        }
        before = record;
        first = false;
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}
