/* The views by name. */
#include "cli/show_view.h"

static const struct show_view views[] = {
    {"registers", "registers", false, show_registers, NULL},
    {"profile", "load profile", true, show_profile, show_plot_profile},
    {"logger", "analysis logger", true, show_logger, show_plot_logger},
    {"debiting", "debiting periods", true, show_debiting, show_plot_debiting},
    {"debiting2", "second debiting register", true, show_debiting_2, show_plot_debiting_2},
    {"events", "events", true, show_events, NULL},
    {"quality", "voltage quality", true, show_quality, show_plot_quality},
    {"config", "configuration", false, show_config, NULL},
    {"plan", "tariff plan", false, show_plan, NULL},
    {"audit", "legal audit log", true, show_audit, NULL},
};

const struct show_view *show_view_at(size_t index)
{
    return index < sizeof views / sizeof views[0] ? &views[index] : NULL;
}
