/* Opening a simulation. Invariant: a meter that is there is changed only once everything about it
 * was found right. */
#include "cli/simulate_work.h"

#include "app/tariff_plan_bytes.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/model.h"
#include "cli/simulate.h"
#include "cli/simulate_config.h"
#include "cli/simulate_freeze.h"
#include "cli/tool_plan.h"
#include "sim/text_file.h"

/* The one argument that is no parameter. */
bool simulate_find_scenario(struct simulate_work *work)
{
    const struct cli_arguments *arguments = work->arguments;
    for (size_t a = 0; a < arguments->list_count; a++) {
        const char *text = arguments->list[a];
        const bool assignment = strchr(text, '=') != NULL && work->scenario != NULL;
        if (simulate_is_assignment(text) || assignment) {
            continue;
        }
        if (work->scenario != NULL) {
            cli_refuse(&cli_simulate, "\"%s\" is one scenario too many", text);
            return false;
        }
        work->scenario = text;
    }
    if (work->scenario == NULL) {
        cli_refuse(&cli_simulate, "the scenario is missing");
    }
    return work->scenario != NULL;
}

bool simulate_read_plan(struct simulate_work *work)
{
    char error[CLI_ERROR_SIZE];
    const char *text = work->arguments->value[SIMULATE_PLAN];
    if (text != NULL && !tool_plan_parse(text, &work->plan, error, sizeof error)) {
        cli_refuse(&cli_simulate, "--tariff-plan: %s", error);
        return false;
    }
    return true;
}

bool simulate_read_scenario(struct simulate_work *work)
{
    char error[SIM_SITE_ERROR_SIZE + CLI_STATE_PATH_MAX];
    work->text = sim_text_file(work->scenario, SIM_SITE_SIZE_MAX, &work->text_length);
    if (work->text == NULL) {
        cli_refuse(&cli_simulate, "%s: %s", work->scenario, strerror(errno));
        return false;
    }
    if (sim_site_parse(&work->site, work->scenario, work->text, work->text_length, error,
                       sizeof error) != WH_OK) {
        cli_refuse(&cli_simulate, "%s", error);
        return false;
    }
    return true;
}

/* The model asked for, or else one that fits the scenario. */
bool simulate_choose_model(struct simulate_work *work)
{
    char error[CLI_ERROR_SIZE];
    const char *name = work->arguments->value[SIMULATE_MODEL];
    const char *codes = work->arguments->value[SIMULATE_CODES];
    if (codes != NULL && !cli_codes_take(codes, &work->codes, &name, false, error, sizeof error)) {
        cli_refuse(&cli_simulate, "--codes: %s", error);
        return false;
    }
    if (name == NULL && work->site.meter.transformer_a > 0) {
        name = "351C";
    }
    work->variant = cli_model(name, error, sizeof error);
    if (work->variant == NULL) {
        cli_refuse(&cli_simulate, "%s", error);
    }
    return work->variant != NULL;
}

/* Parameters of the command line over those that are there. */
static bool assign_all(const struct simulate_work *work, struct wh_config *config)
{
    char error[CLI_ERROR_SIZE];
    for (size_t a = 0; a < work->arguments->list_count; a++) {
        const char *text = work->arguments->list[a];
        if (text != work->scenario && simulate_assign(config, text, error, sizeof error) != WH_OK) {
            cli_refuse(&cli_simulate, "--config %s", error);
            return false;
        }
    }
    return true;
}

static bool refuse_config(const struct wh_config_fault *fault)
{
    cli_refuse(&cli_simulate, "--config %s: %s", fault->parameter->name, fault->reason);
    return false;
}

static bool refuse_err(const char *what, enum wh_err err)
{
    cli_refuse(&cli_simulate, "%s: %s", what, wh_err_text(err));
    return false;
}

static bool is_same_plan(const struct wh_tariff_plan *a, const struct wh_tariff_plan *b)
{
    uint8_t of_a[WH_PLAN_BYTES_MAX];
    uint8_t of_b[WH_PLAN_BYTES_MAX];
    const size_t length = wh_tariff_plan_encode(a, of_a);
    return wh_tariff_plan_encode(b, of_b) == length && memcmp(of_a, of_b, length) == 0;
}

/* The tariff plan of the command line, if there is one and the meter has another. */
static bool set_plan(struct simulate_work *work)
{
    struct wh_meter *meter = &work->sim.life.meter;
    struct wh_plan_fault fault;
    if (work->arguments->value[SIMULATE_PLAN] == NULL ||
        is_same_plan(&work->plan, &meter->application.plan)) {
        return true;
    }
    if (!work->sim.life.powered) {
        cli_refuse(&cli_simulate, "--tariff-plan: the meter is without supply now");
        return false;
    }
    const enum wh_err err =
        wh_application_set_plan(&meter->application, &meter->legal, &work->plan, &fault);
    if (err == WH_ERR_ARGUMENT) {
        cli_refuse(&cli_simulate, "--tariff-plan: %s: %s", fault.field, fault.reason);
        return false;
    }
    return err == WH_OK || refuse_err("--tariff-plan", err);
}

static bool open_site(struct simulate_work *work, const struct wh_config *config)
{
    const enum wh_err err =
        simulate_open(&work->sim, &work->site, work->variant, config, &work->state.memory.board);
    return err == WH_OK || refuse_err(work->scenario, err);
}

/* What --codes says, over what the scenario does; but not of the transformers, which are there. */
static bool order_by_codes(const struct simulate_work *work, struct wh_order *order,
                           struct wh_config *config)
{
    const uint16_t ratio = order->ratio;
    if (work->arguments->value[SIMULATE_CODES] == NULL) {
        return true;
    }
    (void)wh_order_apply_codes(&work->codes, work->variant, order, config); /* was tried before */
    if (work->codes.has[WH_CODE_CONFIG_5] && order->ratio != ratio) {
        cli_refuse(&cli_simulate, "--codes: the transformer ratio is %u, that of %s %u",
                   order->ratio, work->scenario, ratio);
        return false;
    }
    return true;
}

/* The factory. A new meter is in its folder before it lives, so that nobody else makes one there
 * meanwhile. */
static bool make_meter(struct simulate_work *work)
{
    struct wh_config config = wh_config_default(work->variant);
    struct wh_config_fault fault = {0};
    struct wh_order order;
    struct wh_meter_start_report found;
    char error[CLI_ERROR_SIZE + CLI_STATE_PATH_MAX];
    if (simulate_order(&work->site, work->variant, &config, &order) != WH_OK) {
        cli_refuse(&cli_simulate, "%s: meter: transformer_a %g does not fit a %s", work->scenario,
                   work->site.meter.transformer_a, work->variant->model);
        return false;
    }
    if (!order_by_codes(work, &order, &config) || !assign_all(work, &config)) {
        return false;
    }
    enum wh_err err = wh_meter_manufacture(&work->state.memory.board, &order, &fault);
    if (err != WH_OK) {
        return fault.parameter != NULL ? refuse_config(&fault) : refuse_err("new meter", err);
    }
    if (cli_state_save(&work->state, error, sizeof error) != WH_OK) {
        cli_refuse(&cli_simulate, "%s", error);
        return false;
    }
    work->is_new = true;
    if (!open_site(work, &config)) {
        return false;
    }
    err = simulate_start(&work->sim, &found);
    return err == WH_OK ? set_plan(work) : refuse_err("new meter", err);
}

static bool is_same(const struct wh_config *a, const struct wh_config *b)
{
    uint8_t stored_a[WH_CONFIG_STORED_MAX];
    uint8_t stored_b[WH_CONFIG_STORED_MAX];
    const size_t length_a = wh_config_encode(a, stored_a);
    const size_t length_b = wh_config_encode(b, stored_b);
    return length_a == length_b && memcmp(stored_a, stored_b, length_a) == 0;
}

/* Another configuration for a meter that is there; the same one is no change. */
static bool configure(struct simulate_work *work)
{
    struct wh_meter *meter = &work->sim.life.meter;
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault = {0};
    if (!assign_all(work, &config)) {
        return false;
    }
    if (is_same(&config, &meter->application.config)) {
        return true;
    }
    if (!work->sim.life.powered) {
        cli_refuse(&cli_simulate, "--config: the meter is without supply now");
        return false;
    }
    enum wh_err err = wh_meter_configure(meter, &config, WH_ORIGIN_OPTICAL, &fault);
    if (err == WH_OK) {
        err = simulate_judge_voltages(&work->sim, &config);
    }
    return err == WH_OK ||
           (fault.parameter != NULL ? refuse_config(&fault) : refuse_err("--config", err));
}

/* Which meter it is and when it last lived, without a trace in the memories. */
static bool inspect(struct simulate_work *work, struct wh_meter_start_report *found)
{
    char error[CLI_ERROR_SIZE + CLI_STATE_PATH_MAX];
    struct wh_meter *meter = &work->sim.life.meter;
    work->state.memory.board.rtc = (struct wh_rtc_reading){.valid = false};
    const enum wh_err err = simulate_peek(meter, &work->state, found);
    if (err != WH_OK) {
        cli_state_explain(work->state.folder, err, &found->legal, error, sizeof error);
        cli_refuse(&cli_simulate, "%s", error);
        return false;
    }
    if (work->arguments->value[SIMULATE_MODEL] != NULL && meter->variant != work->variant) {
        cli_refuse(&cli_simulate, "%s: holds a %s, not a %s; give its model or another --state",
                   work->state.folder, meter->variant->model, work->variant->model);
        return false;
    }
    work->variant = meter->variant;
    if (work->arguments->value[SIMULATE_CODES] != NULL &&
        !cli_codes_fit(&work->codes, meter, error, sizeof error)) {
        cli_refuse(&cli_simulate, "%s holds another meter: %s", work->state.folder, error);
        return false;
    }
    return true;
}

/* Goes on exactly where it was, or else starts the meter from its memories where it last lived. */
static bool resume(struct simulate_work *work)
{
    struct wh_meter_start_report found;
    const char *why;
    if (!inspect(work, &found)) {
        return false;
    }
    const struct wh_config config = work->sim.life.meter.application.config;
    const uint32_t alive_s = work->sim.life.meter.application.clock.utc_s;
    if ((work->site.meter.transformer_a > 0) != (work->variant->sensor == WH_SENSOR_TRANSFORMER)) {
        cli_refuse(&cli_simulate, "%s: meter: transformer_a %g does not fit a %s", work->scenario,
                   work->site.meter.transformer_a, work->variant->model);
        return false;
    }
    if (!open_site(work, &config)) {
        return false;
    }
    enum wh_err err =
        simulate_thaw(&work->sim.life, &work->state, work->text, work->text_length, &why);
    if (err == WH_OK) {
        const uint64_t played_s = work->sim.life.played_s;
        simulate_skip(&work->sim, played_s);
        work->sim.life.played_s = played_s;
        return configure(work) && set_plan(work);
    }
    if (err == WH_ERR_NOT_FOUND) {
        fprintf(stderr, "watthour simulate: the meter is started from its memories: %s\n", why);
        simulate_skip_to(&work->sim, alive_s);
        err = simulate_start(&work->sim, &found);
    }
    return err == WH_OK ? configure(work) && set_plan(work) : refuse_err(work->state.folder, err);
}

bool simulate_open_meter(struct simulate_work *work)
{
    char error[CLI_ERROR_SIZE + CLI_STATE_PATH_MAX];
    const enum wh_err err =
        cli_state_take(&work->state, work->arguments->value[SIMULATE_STATE], error, sizeof error);
    if (err == WH_ERR_NOT_FOUND) {
        return make_meter(work);
    }
    if (err != WH_OK) {
        cli_refuse(&cli_simulate, "%s", error);
        return false;
    }
    return resume(work);
}
