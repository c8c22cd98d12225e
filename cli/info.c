/* watthour info as text. All that is printed comes from the catalog; nothing is known here. */
#include "cli/info.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/code_form.h"
#include "catalog/variant_fact.h"
#include "cli/model.h"

enum option {
    JSON,
};

static const struct cli_option options[] = {
    [JSON] = {"--json", NULL, "print one JSON object; without a model, an array of all"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_info = {
    .name = "info",
    .argument = "[MODEL]",
    .summary =
        "What the data sheet of a model promises: name plate, ranges, variants, depths, hardware,\n"
        "modules and accessories. Without a model, the list of them.\n",
    .options = options,
    .run = run,
};

/* Characters of UTF-8 text, as the terminal counts them. */
static int width(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

enum { NAME_WIDTH = 34 };

/* "  name    value" */
__attribute__((format(printf, 2, 3))) static void print_row(const char *name, const char *format,
                                                            ...)
{
    va_list list;
    va_start(list, format);
    const int pad = NAME_WIDTH - width(name);
    printf("  %s%*s  ", name, pad > 0 ? pad : 0, "");
    vprintf(format, list);
    putchar('\n');
    va_end(list);
}

static void print_plate(const struct wh_variant *variant)
{
    printf("\nName plate (as ordered if nothing else is said)\n");
    print_row("Voltage", "%s", variant->plate_voltage);
    print_row("Current", "%s", variant->plate_current);
    print_row("Frequency", "%s", variant->plate_frequency);
    print_row("Accuracy", "%s", variant->plate_class);
    print_row("LED", "%u imp/kWh", variant->pulses_per_kwh);
    print_row("S0 output", "%u imp/kWh", variant->s0_pulses_per_kwh);
}

static void print_connections(const struct wh_variant *variant)
{
    const char *name = "Voltage";
    for (const struct wh_connection_offer *offer = variant->connection; offer->text != NULL;
         offer++) {
        print_row(name, "%s, %s%s", offer->text, wh_connection_text(offer->connection),
                  offer->at_60_hz ? "" : ", 50 Hz only");
        name = "";
    }
    print_row("", "−%d…+%d %% of Un", 100 - variant->u_low_pct, variant->u_high_pct - 100);
    if (variant->u_max_pct > 0) {
        print_row("", "continuously at most Un +%d %% between any terminals",
                  variant->u_max_pct - 100);
    }
}

static void print_currents(const struct wh_variant *variant)
{
    const char *name = "Current";
    const bool breaker = wh_variant_has(variant, WH_FEATURE_BREAKER);
    for (const struct wh_current_range *range = variant->range; range->text != NULL; range++) {
        const char *build = range->breaker ? ", with breaker" : ", without breaker";
        print_row(name, "%s%s", range->text, breaker ? build : "");
        name = "";
    }
}

static void print_ranges(const struct wh_variant *variant)
{
    printf("\nRanges\n");
    print_connections(variant);
    print_row("Frequency", "50 or 60 Hz ±%d %%", variant->frequency_pct);
    print_currents(variant);
    print_row("Class", "MID %s or %s, IEC %s or %s%s%s", variant->mid_class[0],
              variant->mid_class[1], variant->iec_class[0], variant->iec_class[1],
              variant->reactive_class != NULL ? ", reactive " : "",
              variant->reactive_class != NULL ? variant->reactive_class : "");
    print_row("Registration starts at", "%u.%u VA a phase", variant->start_mva / 1000,
              variant->start_mva % 1000 / 100);
}

static void print_profiles(const struct wh_variant *variant)
{
    printf("\nEnergy types, and the depth of their load profiles in days at\n");
    print_row("", "%8s%8s%8s%8s", "5 min", "15 min", "30 min", "60 min");
    for (unsigned t = 0; t < WH_ENERGY_TYPES; t++) {
        const enum wh_energy_type type = (enum wh_energy_type)t;
        const uint16_t *days = variant->profile_days[t];
        if (wh_variant_has_energy_type(variant, type)) {
            print_row(wh_energy_type_text(type), "%8u%8u%8u%8u%s", days[0], days[1], days[2],
                      days[3], type == variant->energy_type ? "  (default)" : "");
        }
    }
}

static void print_features(const struct wh_variant *variant)
{
    printf("\nBuilds and functions\n");
    const char *name = "Has";
    for (unsigned f = 0; f < WH_FEATURES; f++) {
        if (wh_variant_has(variant, (enum wh_feature)f)) {
            print_row(name, "%s", wh_feature_text((enum wh_feature)f));
            name = "";
        }
    }
    print_row("Module slots", "%d, and the consumer's", variant->module_slots);
    print_row("Clock without supply", "battery %s supercap (%d days)",
              variant->battery_and_supercap ? "and" : "or", variant->supercap_days);
    if (variant->kmp_type_breaker != 0) {
        print_row("KMP meter type", "%04X, with breaker %04X", variant->kmp_type,
                  variant->kmp_type_breaker);
    } else {
        print_row("KMP meter type", "%04X", variant->kmp_type);
    }
}

/* The variants that an ordering code tells apart, field by field. */
static void print_type(const struct wh_code_form *form)
{
    for (size_t f = 0; f < form->field_count; f++) {
        const struct wh_code_field *field = &form->field[f];
        char name[64];
        snprintf(name, sizeof name, "%s %s", field->name, field->title);
        for (unsigned c = 0; c < field->choice_count; c++) {
            print_row(c == 0 ? name : "", "%-3s  %s", field->choice[c].digits,
                      field->choice[c].meaning);
        }
    }
}

static void print_codes(const struct wh_variant *variant)
{
    bool first = true;
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct wh_code_form *form = wh_code_form((enum wh_code_kind)k);
        if (form->model != variant->id) {
            continue;
        }
        if (first) {
            printf("\nCodes (watthour decode reads them)\n");
            print_row(form->title, "%s", form->layout);
            print_type(form);
        } else {
            print_row(form->title, "%s", form->layout);
        }
        first = false;
    }
}

static void print_facts(const struct wh_variant *variant)
{
    enum wh_fact_group group = WH_FACT_GROUPS;
    const struct wh_fact *fact;
    for (size_t f = 0; (fact = wh_fact_at(f)) != NULL; f++) {
        if (!wh_fact_is_of(fact, variant)) {
            continue;
        }
        if (fact->group != group) {
            group = fact->group;
            printf("\n%s\n", wh_fact_group_text(group));
        }
        print_row(fact->name, "%s", fact->value);
    }
}

static void print_model(const struct wh_variant *variant)
{
    printf("%s: three-phase electricity meter, %s\n", variant->model,
           variant->sensor == WH_SENSOR_SHUNT ? "direct connected" : "behind current transformers");
    print_plate(variant);
    print_ranges(variant);
    print_profiles(variant);
    print_features(variant);
    print_codes(variant);
    print_facts(variant);
}

static void print_list(void)
{
    const struct wh_variant *variant;
    for (size_t v = 0; (variant = wh_variant_at(v)) != NULL; v++) {
        printf("%s  %s, %s, %s, %u imp/kWh, %s\n", variant->model, variant->plate_voltage,
               variant->plate_current, variant->plate_class, variant->pulses_per_kwh,
               variant->sensor == WH_SENSOR_SHUNT ? "direct connected"
                                                  : "behind current transformers");
    }
    printf("\nwatthour info MODEL tells all of one.\n");
}

static json_t *all_json(void)
{
    json_t *all = json_array();
    const struct wh_variant *variant;
    for (size_t v = 0; (variant = wh_variant_at(v)) != NULL; v++) {
        json_array_append_new(all, cli_info_json(variant));
    }
    return all;
}

static int print_json(const struct cli_command *command, json_t *json)
{
    const bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0;
    json_decref(json);
    putchar('\n');
    if (!printed) {
        cli_refuse(command, "cannot print the result");
    }
    return printed ? CLI_OK : CLI_FAILED;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    const struct wh_variant *variant = NULL;
    if (arguments.argument != NULL) {
        char error[CLI_ERROR_SIZE];
        variant = cli_model(arguments.argument, error, sizeof error);
        if (variant == NULL) {
            return cli_refuse(command, "%s", error);
        }
    }
    if (arguments.value[JSON] != NULL) {
        return print_json(command, variant != NULL ? cli_info_json(variant) : all_json());
    }
    if (variant != NULL) {
        print_model(variant);
    } else {
        print_list();
    }
    return CLI_OK;
}
