/* What of the catalog a meter has. */
#include "face/quantity.h"

enum { KWH_TENTHS = 2 };

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

bool wh_face_has(const struct wh_application *app, enum wh_quantity_id id)
{
    for (size_t f = 0; f < sizeof features / sizeof features[0]; f++) {
        if (id >= features[f].first && id <= features[f].last &&
            !wh_variant_has(app->variant, features[f].feature)) {
            return false;
        }
    }
    return wh_config_has(&app->config, id);
}

bool wh_face_follows_display(const struct wh_quantity *row)
{
    return row->unit <= WH_UNIT_VARH && row->display.exponent == KWH_TENTHS &&
           wh_quantity_energies(row) != 0;
}

/* "LR-1.7" is B7: a letter counts main versions. */
void wh_face_revision(uint8_t *letter, uint8_t *number)
{
    const char *text = wh_legal_software_id().version;
    uint8_t parts[2] = {0, 0};
    unsigned part = 0;
    for (; *text != '\0'; text++) {
        part += *text == '.' && part == 0;
        if (*text >= '0' && *text <= '9') {
            parts[part] = (uint8_t)(parts[part] * 10 + (*text - '0'));
        }
    }
    *letter = (uint8_t)(parts[0] + 1);
    *number = parts[1];
}

uint16_t wh_face_type_code(const struct wh_application *app)
{
    return app->config.breaker != 0 ? app->variant->kmp_type_breaker : app->variant->kmp_type;
}
