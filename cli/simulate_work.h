/* The work of watthour simulate, from the command line to a meter that can go on. Each step that
 * fails has said why on one line.
 */
#ifndef CLI_SIMULATE_WORK_H
#define CLI_SIMULATE_WORK_H

#include "cli/options.h"
#include "cli/order_codes.h"
#include "cli/simulate_meter.h"
#include "cli/simulate_report.h"
#include "cli/state.h"

/* Rows of the command's options. */
enum simulate_option {
    SIMULATE_DAYS,
    SIMULATE_STATE,
    SIMULATE_MODEL,
    SIMULATE_CODES,
    SIMULATE_CONFIG,
    SIMULATE_PLAN,
    SIMULATE_JSON,
};

/* All that a run holds. */
struct simulate_work {
    const struct cli_arguments *arguments;
    const char *scenario; /* its path */
    char *text;           /* its file */
    size_t text_length;
    struct sim_site_config site;
    const struct wh_variant *variant;
    struct wh_code_set codes;   /* of --codes */
    struct wh_tariff_plan plan; /* of --tariff-plan */
    struct cli_state state;
    struct simulate_meter sim;
    struct simulate_report report;
    bool is_new;
};

/* In this order. The scenario is the one argument that is no parameter; the tariff plan of the
 * command line and the scenario's file are read; the model is the one asked for, by name or by
 * codes, or else one that fits the scenario. */
bool simulate_find_scenario(struct simulate_work *work);
bool simulate_read_plan(struct simulate_work *work);
bool simulate_read_scenario(struct simulate_work *work);
bool simulate_choose_model(struct simulate_work *work);

/* Takes the folder. A new meter is made and saved; one that is there goes on exactly where it was,
 * or else is started from its memories. Parameters of the command line are set. */
bool simulate_open_meter(struct simulate_work *work);

#endif
