/* A model as JSON: what cli/info.c prints, with numbers as numbers. */
#include "cli/info.h"

#include "catalog/code_form.h"
#include "catalog/variant_fact.h"

static json_t *plate_json(const struct wh_variant *variant)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "voltage", variant->plate_voltage, "current",
                     variant->plate_current, "frequency", variant->plate_frequency, "accuracy",
                     variant->plate_class, "led_imp_per_kwh", (int)variant->pulses_per_kwh,
                     "s0_imp_per_kwh", (int)variant->s0_pulses_per_kwh);
}

static json_t *connections_json(const struct wh_variant *variant)
{
    json_t *connections = json_array();
    for (const struct wh_connection_offer *offer = variant->connection; offer->text != NULL;
         offer++) {
        json_t *hz = json_array();
        if (offer->at_50_hz) {
            json_array_append_new(hz, json_integer(50));
        }
        if (offer->at_60_hz) {
            json_array_append_new(hz, json_integer(60));
        }
        json_array_append_new(connections,
                              json_pack("{s:s, s:s, s:o}", "voltage", offer->text, "connection",
                                        wh_connection_text(offer->connection), "hz", hz));
    }
    return connections;
}

static json_t *currents_json(const struct wh_variant *variant)
{
    json_t *currents = json_array();
    for (const struct wh_current_range *range = variant->range; range->text != NULL; range++) {
        json_array_append_new(currents,
                              json_pack("{s:s, s:i, s:i, s:i, s:b}", "text", range->text, "imin_ma",
                                        (int)range->imin_ma, "ib_ma", (int)range->ib_ma, "imax_ma",
                                        (int)range->imax_ma, "breaker", range->breaker));
    }
    return currents;
}

static json_t *names_json(const char *const *names)
{
    json_t *json = json_array();
    for (; *names != NULL; names++) {
        json_array_append_new(json, json_string(*names));
    }
    return json;
}

static json_t *ranges_json(const struct wh_variant *variant)
{
    return json_pack("{s:i, s:i, s:i, s:o?, s:o, s:o, s:o, s:o, s:s?}", "u_low_pct",
                     variant->u_low_pct, "u_high_pct", variant->u_high_pct, "frequency_pct",
                     variant->frequency_pct, "u_max_pct",
                     variant->u_max_pct > 0 ? json_integer(variant->u_max_pct) : NULL,
                     "connections", connections_json(variant), "currents", currents_json(variant),
                     "mid_classes", names_json(variant->mid_class), "iec_classes",
                     names_json(variant->iec_class), "reactive_class", variant->reactive_class);
}

static json_t *profiles_json(const struct wh_variant *variant)
{
    json_t *profiles = json_object();
    for (unsigned t = 0; t < WH_ENERGY_TYPES; t++) {
        const enum wh_energy_type type = (enum wh_energy_type)t;
        if (!wh_variant_has_energy_type(variant, type)) {
            continue;
        }
        json_t *days = json_object();
        for (unsigned i = 0; i < WH_INTERVALS; i++) {
            char minutes[8];
            snprintf(minutes, sizeof minutes, "%u", wh_interval_min((enum wh_interval)i));
            json_object_set_new(days, minutes, json_integer(variant->profile_days[t][i]));
        }
        json_object_set_new(profiles, wh_energy_type_text(type), days);
    }
    return profiles;
}

static json_t *features_json(const struct wh_variant *variant)
{
    json_t *features = json_array();
    for (unsigned f = 0; f < WH_FEATURES; f++) {
        if (wh_variant_has(variant, (enum wh_feature)f)) {
            json_array_append_new(features, json_string(wh_feature_text((enum wh_feature)f)));
        }
    }
    return features;
}

static json_t *field_json(const struct wh_code_field *field)
{
    char allowed[WH_CODE_FAULT_SIZE];
    json_t *choices = json_object();
    for (unsigned c = 0; c < field->choice_count; c++) {
        json_object_set_new(choices, field->choice[c].digits,
                            json_string(field->choice[c].meaning));
    }
    wh_code_allowed(field, allowed, sizeof allowed);
    return json_pack("{s:s, s:s, s:s, s:o}", "name", field->name, "title", field->title, "allowed",
                     allowed, "meanings", choices);
}

static json_t *codes_json(const struct wh_variant *variant)
{
    json_t *codes = json_object();
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct wh_code_form *form = wh_code_form((enum wh_code_kind)k);
        if (form->model != variant->id) {
            continue;
        }
        json_t *fields = json_array();
        for (size_t f = 0; f < form->field_count; f++) {
            json_array_append_new(fields, field_json(&form->field[f]));
        }
        json_object_set_new(codes, form->name,
                            json_pack("{s:s, s:s, s:o}", "title", form->title, "layout",
                                      form->layout, "fields", fields));
    }
    return codes;
}

static json_t *facts_json(const struct wh_variant *variant)
{
    json_t *facts = json_array();
    const struct wh_fact *fact;
    for (size_t f = 0; (fact = wh_fact_at(f)) != NULL; f++) {
        if (wh_fact_is_of(fact, variant)) {
            json_array_append_new(facts, json_pack("{s:s, s:s, s:s}", "group",
                                                   wh_fact_group_text(fact->group), "name",
                                                   fact->name, "value", fact->value));
        }
    }
    return facts;
}

json_t *cli_info_json(const struct wh_variant *variant)
{
    json_t *kmp = json_array();
    json_array_append_new(kmp, json_integer(variant->kmp_type));
    if (variant->kmp_type_breaker != 0) {
        json_array_append_new(kmp, json_integer(variant->kmp_type_breaker));
    }
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:s, s:o, s:i, s:i, s:b, s:o, s:o, s:o}", "model",
                     variant->model, "direct", variant->sensor == WH_SENSOR_SHUNT, "plate",
                     plate_json(variant), "ranges", ranges_json(variant), "profile_days",
                     profiles_json(variant), "energy_type",
                     wh_energy_type_text(variant->energy_type), "features", features_json(variant),
                     "module_slots", variant->module_slots, "supercap_days", variant->supercap_days,
                     "battery_and_supercap", variant->battery_and_supercap, "kmp_types", kmp,
                     "codes", codes_json(variant), "facts", facts_json(variant));
}
