/* What a configuration must fulfil: ranges, what the model can do, contradictions, lists. Invariant: a configuration that
 * passes here is never refused later, and one that does not is refused whole with the parameter named. */
#include "app/config.h"
#include <string.h>

enum { MINUTES_PER_DAY = 1440 };

static enum wh_err refuse(struct wh_config_fault *fault, const char *name, uint8_t index,
                          const char *reason)
{
    *fault = (struct wh_config_fault){wh_parameter_find(name), index, reason};
    return WH_ERR_ARGUMENT;
}

/* Each element in its row's range. */
static enum wh_err check_ranges(const struct wh_config *config, struct wh_config_fault *fault)
{
    struct wh_config copy = *config;
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        for (uint8_t e = 0; e < parameter->count; e++) {
            if (wh_parameter_set(parameter, &copy, e, wh_parameter_get(parameter, config, e)) !=
                WH_OK) {
                return refuse(fault, parameter->name, e, "value not allowed");
            }
        }
    }
    return WH_OK;
}

/* A list holds readings that exist, without gaps and twice the same. */
static enum wh_err check_list(const struct wh_config *config, const char *name, const uint8_t *list,
                              uint8_t room, struct wh_config_fault *fault)
{
    bool ended = false;
    for (uint8_t i = 0; i < room; i++) {
        const bool none = list[i] == WH_QUANTITY_NONE;
        if (!none && ended) {
            return refuse(fault, name, i, "after a gap");
        }
        if (!none && list[i] >= WH_QUANTITY_COUNT) {
            return refuse(fault, name, i, "no such quantity");
        }
        if (!none && !wh_config_has(config, (enum wh_quantity_id)list[i])) {
            return refuse(fault, name, i, "not registered by this energy type");
        }
        if (!none && memchr(list, list[i], i) != NULL) {
            return refuse(fault, name, i, "twice in the list");
        }
        ended = none;
    }
    return WH_OK;
}

static enum wh_err check_shown(const struct wh_config *config, const char *name,
                               const uint8_t *list, uint8_t room, struct wh_config_fault *fault)
{
    if (list[0] == WH_QUANTITY_NONE) {
        return refuse(fault, name, 0, "the list is empty");
    }
    for (uint8_t i = 0; i < room && list[i] != WH_QUANTITY_NONE; i++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)list[i]);
        if (row != NULL && row->display.id[0] == '\0') {
            return refuse(fault, name, i, "this quantity is not for the display");
        }
    }
    return check_list(config, name, list, room, fault);
}

/* Legal readings cannot be deselected from the list of the button (DSP-3): the main registers and the identification of
 * the legally relevant software. */
static enum wh_err check_legal_shown(const struct wh_config *config, struct wh_config_fault *fault)
{
    static const uint8_t legal[] = {WH_QUANTITY_A_PLUS,   WH_QUANTITY_A_MINUS,
                                    WH_QUANTITY_R_PLUS,   WH_QUANTITY_R_MINUS,
                                    WH_QUANTITY_SOFTWARE, WH_QUANTITY_CHECKSUM};
    for (size_t q = 0; q < sizeof legal; q++) {
        if (wh_config_has(config, (enum wh_quantity_id)legal[q]) &&
            memchr(config->manual_list, legal[q], sizeof config->manual_list) == NULL) {
            return refuse(fault, "manual_list", 0, "a legal reading is missing");
        }
    }
    return WH_OK;
}

static enum wh_err check_lists(const struct wh_config *config, struct wh_config_fault *fault)
{
    enum wh_err err = check_shown(config, "automatic_list", config->automatic_list,
                                  sizeof config->automatic_list, fault);
    if (err == WH_OK) {
        err = check_shown(config, "manual_list", config->manual_list, sizeof config->manual_list,
                          fault);
    }
    if (err == WH_OK) {
        err = check_shown(config, "backup_list", config->backup_list, sizeof config->backup_list,
                          fault);
    }
    if (err == WH_OK) {
        err = check_list(config, "logger", config->logger, sizeof config->logger, fault);
    }
    return err == WH_OK ? check_legal_shown(config, fault) : err;
}

static enum wh_err check_model(const struct wh_config *config, const struct wh_variant *variant,
                               struct wh_config_fault *fault)
{
    const bool transformers = wh_variant_has(variant, WH_FEATURE_TRANSFORMER_RATIO);
    if (!wh_variant_has_energy_type(variant, (enum wh_energy_type)config->energy_type)) {
        return refuse(fault, "energy_type", 0, "not made for this model");
    }
    if (config->display_side != 0 && !transformers) {
        return refuse(fault, "display_side", 0, "the model has no transformer ratio");
    }
    if (config->profile_side != 0 && !transformers) {
        return refuse(fault, "profile_side", 0, "the model has no transformer ratio");
    }
    if (config->module_pulse_side != 0 && !transformers) {
        return refuse(fault, "module_pulse_side", 0, "the model has no transformer ratio");
    }
    if (config->profile_of_power != 0 && !wh_variant_has(variant, WH_FEATURE_PROFILE_OF_POWER)) {
        return refuse(fault, "profile_of_power", 0, "the model has profiles of energy only");
    }
    return WH_OK;
}

/* The measuring elements take limits that their converter carries: a sine wave with its peak in full scale. */
static bool is_measurable(const struct wh_variant *variant, uint64_t rms_mv)
{
    return 2 * rms_mv * rms_mv <= (uint64_t)variant->u_full_scale_mv * variant->u_full_scale_mv;
}

static enum wh_err check_breaker_fits(const struct wh_config *config,
                                      const struct wh_variant *variant,
                                      struct wh_config_fault *fault)
{
    const uint8_t basis = config->cut_off_basis;
    if (config->breaker != 0 && !wh_variant_has(variant, WH_FEATURE_BREAKER)) {
        return refuse(fault, "breaker", 0, "not made for this model");
    }
    if (basis != 0 && config->breaker == 0) {
        return refuse(fault, "cut_off_basis", 0, "the meter has no breaker");
    }
    if ((basis & WH_CUT_OFF_PREPAYMENT) != 0 && !wh_variant_has(variant, WH_FEATURE_PREPAYMENT)) {
        return refuse(fault, "cut_off_basis", 0, "the model has no prepayment");
    }
    if ((basis & WH_CUT_OFF_OVER_VOLTAGE) != 0 &&
        !is_measurable(variant, config->over_disconnect_v * UINT64_C(1000))) {
        return refuse(fault, "over_disconnect_v", 0, "beyond what the model measures");
    }
    return WH_OK;
}

/* The cascade falls in power as it rises in time. */
static enum wh_err check_breaker(const struct wh_config *config, const struct wh_variant *variant,
                                 struct wh_config_fault *fault)
{
    for (int step = 1; step < WH_DISCONNECT_STEPS; step++) {
        if (config->disconnect_k_tenths[step] > config->disconnect_k_tenths[step - 1]) {
            return refuse(fault, "disconnect_k_tenths", (uint8_t)step,
                          "above the factor before it");
        }
        if (config->disconnect_t_s[step] < config->disconnect_t_s[step - 1]) {
            return refuse(fault, "disconnect_t_s", (uint8_t)step, "below the time before it");
        }
    }
    if (config->over_reconnect_v >= config->over_disconnect_v) {
        return refuse(fault, "over_reconnect_v", 0, "not below over_disconnect_v");
    }
    if ((config->cut_off_basis & WH_CUT_OFF_LOAD) != 0 && config->disconnect_high == 0) {
        return refuse(fault, "disconnect_high", 0, "no threshold to supervise");
    }
    if (config->prepayment_low_days != 0 && config->disconnect_low == 0) {
        return refuse(fault, "disconnect_low", 0, "low load without a threshold");
    }
    return check_breaker_fits(config, variant, fault);
}

static enum wh_err check_contradictions(const struct wh_config *config,
                                        const struct wh_variant *variant,
                                        struct wh_config_fault *fault)
{
    if (!is_measurable(variant, config->over_mv)) {
        return refuse(fault, "over_mv", 0, "beyond what the model measures");
    }
    if (config->logger_min != 0 && MINUTES_PER_DAY % config->logger_min != 0) {
        return refuse(fault, "logger_min", 0, "does not divide a day");
    }
    if (config->logger_min != 0 && config->logger[0] == WH_QUANTITY_NONE) {
        return refuse(fault, "logger", 0, "the logger is on and has no quantity");
    }
    if ((config->debiting_day == 0) != (config->debiting_interval == 0)) {
        return refuse(fault, "debiting_interval", 0,
                      "day and interval of auto-reading: both or neither");
    }
    if (config->lost_mv + config->hysteresis_mv >= config->under_mv) {
        return refuse(fault, "lost_mv", 0, "not below under_mv by the hysteresis");
    }
    if (config->under_mv + 2 * config->hysteresis_mv >= config->over_mv) {
        return refuse(fault, "over_mv", 0, "not above under_mv by twice the hysteresis");
    }
    return WH_OK;
}

enum wh_err wh_config_check(const struct wh_config *config, const struct wh_variant *variant,
                            struct wh_config_fault *fault)
{
    *fault = (struct wh_config_fault){0};
    enum wh_err err = check_ranges(config, fault);
    if (err == WH_OK) {
        err = check_model(config, variant, fault);
    }
    if (err == WH_OK) {
        err = check_contradictions(config, variant, fault);
    }
    if (err == WH_OK) {
        err = check_breaker(config, variant, fault);
    }
    return err == WH_OK ? check_lists(config, fault) : err;
}
