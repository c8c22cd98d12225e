/* Which readings there are. Invariant: model and energy type alone decide it, for every protocol alike (VAR-7). */
#include "app/application.h"

/* What only some models have (REG-2, REG-3, VAR-14). */
static const struct {
    enum wh_quantity_id first, last;
    enum wh_feature feature;
} features[] = {
    {WH_QUANTITY_A_PLUS_SECONDARY, WH_QUANTITY_R4_SECONDARY, WH_FEATURE_TRANSFORMER_RATIO},
    {WH_QUANTITY_RATIO, WH_QUANTITY_RATIO, WH_FEATURE_TRANSFORMER_RATIO},
    {WH_QUANTITY_S_PLUS_MEAN, WH_QUANTITY_S_MINUS_MEAN, WH_FEATURE_APPARENT},
    {WH_QUANTITY_S_PLUS_MAX, WH_QUANTITY_S_MINUS_MAX, WH_FEATURE_REACTIVE_PEAKS},
    {WH_QUANTITY_Q_PLUS_T1_MAX, WH_QUANTITY_Q_PLUS_T2_MAX, WH_FEATURE_REACTIVE_PEAKS},
    {WH_QUANTITY_S_PLUS_MAX_TIME, WH_QUANTITY_S_MINUS_MAX_TIME, WH_FEATURE_REACTIVE_PEAKS},
    {WH_QUANTITY_Q_PLUS_T1_MAX_TIME, WH_QUANTITY_Q_PLUS_T2_MAX_TIME, WH_FEATURE_REACTIVE_PEAKS},
    {WH_QUANTITY_S_PLUS_MAX_SUM, WH_QUANTITY_Q_PLUS_T2_MAX_SUM, WH_FEATURE_REACTIVE_PEAKS},
    {WH_QUANTITY_UNDER_VOLTAGES, WH_QUANTITY_INTERRUPTIONS_LONG, WH_FEATURE_VOLTAGE_QUALITY},
};

bool wh_application_has(const struct wh_application *app, enum wh_quantity_id id)
{
    for (size_t f = 0; f < sizeof features / sizeof features[0]; f++) {
        if (id >= features[f].first && id <= features[f].last &&
            !wh_variant_has(app->variant, features[f].feature)) {
            return false;
        }
    }
    return wh_config_has(&app->config, id);
}
