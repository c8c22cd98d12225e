/* What watthour show can show: one view a row, each filling a table from a meter.
 */
#ifndef CLI_SHOW_VIEW_H
#define CLI_SHOW_VIEW_H

#include "cli/show_meter.h"
#include "cli/show_table.h"

/* Times asked for. Of intervals those that end in from < t <= to, of all else what lies in from <=
 * t < to. */
struct show_range {
    uint32_t from_s, to_s; /* UTC; 0 and UINT32_MAX: no limit */
};

/* Fills script and data of a picture (cli/show_plot.h) of the table, which has rows. */
struct show_plot;
typedef void show_plot_writer(const struct show_meter *show, const struct show_table *table,
                              struct show_plot *plot);

struct show_view {
    const char *name;
    const char *text; /* "load profile" */
    bool has_times;   /* --from and --to mean something */
    enum wh_err (*fill)(struct show_meter *show, const struct show_range *range,
                        struct show_table *table);
    show_plot_writer *plot; /* NULL: there is nothing to draw */
};

/* Row by number; NULL past the last. */
const struct show_view *show_view_at(size_t index);

/* The parts of the table above. Errors as reading the logs. */
typedef enum wh_err show_fill(struct show_meter *show, const struct show_range *range,
                              struct show_table *table);
show_fill show_registers, show_profile, show_logger, show_debiting, show_debiting_2, show_events,
    show_quality, show_config, show_plan, show_audit;
show_plot_writer show_plot_profile, show_plot_logger, show_plot_debiting, show_plot_debiting_2,
    show_plot_quality;

static inline bool show_range_holds(const struct show_range *range, uint32_t utc_s)
{
    return utc_s >= range->from_s && utc_s < range->to_s;
}

/* For intervals, which have the time of their end. */
static inline bool show_range_holds_end(const struct show_range *range, uint32_t utc_s)
{
    return utc_s > range->from_s && utc_s <= range->to_s;
}

/* A quantity as column and as cell: energies in kWh, the rest in its own unit. A time that never
 * was is nothing. */
struct show_column *show_quantity_column(struct show_table *table, enum wh_quantity_id id);
struct show_cell show_quantity_cell(struct show_table *table, const struct wh_quantity *quantity,
                                    const struct wh_reading *reading);

/* Its unit in tables, "kWh", and the power of ten that goes with it. */
const char *show_quantity_unit(const struct wh_quantity *quantity, int8_t *shift);

/* Whether the elements of a parameter are quantities, with WH_QUANTITY_NONE behind the last. */
bool show_is_quantity_list(const struct wh_parameter *parameter);

/* For people: "A+ T1", "P+ max". */
void show_quantity_title(const struct wh_quantity *quantity, char *title, size_t size);

/* Words of a set of enum wh_profile_status. */
struct show_cell show_status_cell(struct show_table *table, uint32_t status);

#endif
