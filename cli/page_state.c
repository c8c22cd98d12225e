/* State of a virtual meter as JSON. Energies and instantaneous values come from the same interface as
 * for any protocol; the LCD is the glass, character by character. */
#include "catalog/variant_fact.h"
#include "cli/page.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const list_names[] = {
    [WH_LCD_LIST_OFF] = "off",
    [WH_LCD_LIST_AUTOMATIC] = "automatic",
    [WH_LCD_LIST_MANUAL] = "manual",
    [WH_LCD_LIST_BACKUP] = "backup",
};
static const char *const current_names[] = {
    [WH_LCD_CURRENT_NONE] = "none",
    [WH_LCD_CURRENT_IMPORT] = "import",
    [WH_LCD_CURRENT_EXPORT] = "export",
};
static const char *const sequence_names[] = {
    [WH_LCD_SEQUENCE_NONE] = "none",
    [WH_LCD_SEQUENCE_RIGHT] = "right",
    [WH_LCD_SEQUENCE_REVERSED] = "reversed",
};
static const struct {
    enum wh_lcd_symbol symbol;
    const char *name;
} symbol_names[] = {
    {WH_LCD_ERROR, "error"},
    {WH_LCD_BREAKER_CLOSED, "breaker_closed"},
    {WH_LCD_BREAKER_OPEN, "breaker_open"},
    {WH_LCD_MODULE, "module"},
    {WH_LCD_RADIO, "radio"},
    {WH_LCD_PREPAYMENT, "prepayment"},
    {WH_LCD_TAMPER, "tamper"},
};

/* A text that may hold the name of a file, and so anything, or may have been cut inside a character:
 * JSON takes nothing but UTF-8. */
static json_t *text_json(const char *text)
{
    json_t *whole = json_string(text);
    if (whole != NULL) {
        return whole;
    }
    char plain[CLI_JOURNAL_TEXT];
    snprintf(plain, sizeof plain, "%s", text);
    for (char *at = plain; *at != '\0'; at++) {
        *at = (unsigned char)*at > 0x7F ? '?' : *at;
    }
    return json_string(plain);
}

static json_t *symbols_json(uint8_t symbols)
{
    json_t *names = json_array();
    for (size_t s = 0; s < sizeof symbol_names / sizeof symbol_names[0]; s++) {
        if (symbols & symbol_names[s].symbol) {
            json_array_append_new(names, json_string(symbol_names[s].name));
        }
    }
    return names;
}

static json_t *lcd_json(const struct wh_meter *meter)
{
    struct wh_lcd lcd;
    wh_meter_lcd(meter, &lcd);
    json_t *voltage = json_array();
    json_t *current = json_array();
    for (int p = 0; p < WH_LCD_PHASES; p++) {
        json_array_append_new(voltage, json_boolean(lcd.voltage_on[p]));
        json_array_append_new(current, json_string(current_names[lcd.current[p]]));
    }
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:s, s:o, s:s}", "value",
                     lcd.value, "decimals", lcd.decimals, "unit", lcd.unit, "id", lcd.id, "text",
                     lcd.text, "quadrant", lcd.quadrant, "tariff", lcd.tariff, "voltage", voltage,
                     "current", current, "sequence", sequence_names[lcd.sequence], "symbols",
                     symbols_json(lcd.symbols), "list", list_names[lcd.list]);
}

static double energy_wh(const struct wh_meter *meter, enum wh_energy energy)
{
    struct wh_energy_value value;
    (void)wh_legal_energy(&meter->legal, energy, &value);
    return ((double)value.count_dwh + (double)value.rest_uj / WH_UJ_PER_DWH) / 10;
}

static json_t *registers_json(const struct wh_meter *meter)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "a_plus_wh",
                     energy_wh(meter, WH_A_PLUS), "a_minus_wh", energy_wh(meter, WH_A_MINUS),
                     "r_plus_varh", energy_wh(meter, WH_R_PLUS), "r_minus_varh",
                     energy_wh(meter, WH_R_MINUS), "r1_varh", energy_wh(meter, WH_R1), "r2_varh",
                     energy_wh(meter, WH_R2), "r3_varh", energy_wh(meter, WH_R3), "r4_varh",
                     energy_wh(meter, WH_R4));
}

/* An instantaneous value divided to its unit; null while it is not known. */
static json_t *instant_json(const struct wh_meter *meter, int instant, double divisor)
{
    int64_t value;
    if (wh_legal_instant(&meter->legal, (enum wh_instant)instant, &value) != WH_OK) {
        return json_null();
    }
    return json_real((double)value / divisor);
}

static json_t *phase_json(const struct wh_meter *meter, int p)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:f}", "u_rms_v",
        instant_json(meter, WH_U_L1_MV + p, 1e3), "i_rms_a",
        instant_json(meter, WH_I_L1_UA + p, 1e6), "p_w", instant_json(meter, WH_P_L1_MW + p, 1e3),
        "q_var", instant_json(meter, WH_Q_L1_MVAR + p, 1e3), "s_va",
        instant_json(meter, WH_S_L1_MVA + p, 1e3), "pf", instant_json(meter, WH_PF_L1_E4 + p, 1e4),
        "a_plus_wh", energy_wh(meter, (enum wh_energy)(WH_A_PLUS_L1 + p)), "a_minus_wh",
        energy_wh(meter, (enum wh_energy)(WH_A_MINUS_L1 + p)));
}

static json_t *phases_json(const struct wh_meter *meter)
{
    json_t *phases = json_array();
    for (int p = 0; p < WH_PHASES; p++) {
        json_array_append_new(phases, phase_json(meter, p));
    }
    return phases;
}

static json_t *load_json(const struct sim_home *home, unsigned index)
{
    struct sim_load_status load;
    (void)sim_home_load(home, index, &load);
    json_t *phases = json_array();
    for (int p = 0; p < SIM_PHASES; p++) {
        if (load.phases & 1u << p) {
            json_array_append_new(phases, json_integer(p + 1));
        }
    }
    return json_pack("{s:s, s:o, s:b, s:f, s:f}", "name", load.name, "phases", phases, "on",
                     (int)load.on, "rated_w", load.rated_w, "p_w", load.power_w);
}

static json_t *bench_json(const struct virtual_meter *vm)
{
    json_t *phases = json_array();
    json_t *loads = json_array();
    if (vm->mains.home != NULL) {
        struct sim_mains_status mains;
        sim_home_mains(vm->mains.home, &mains);
        for (int p = 0; p < SIM_PHASES; p++) {
            json_array_append_new(phases, json_pack("{s:f, s:b}", "u_v", vm->voltage_v[p],
                                                    "reversed", (int)mains.current_reversed[p]));
        }
        for (unsigned l = 0; l < sim_home_load_count(vm->mains.home); l++) {
            json_array_append_new(loads, load_json(vm->mains.home, l));
        }
    }
    return json_pack("{s:b, s:b, s:o, s:o}", "controllable", vm->mains.home != NULL, "mains",
                     (int)!virtual_meter_is_cut(vm), "phases", phases, "loads", loads);
}

/* What is held at the bench, and the alarms that are on by it or anything else. */
static json_t *tamper_json(const struct virtual_meter *vm)
{
    json_t *alarms = json_array();
    const uint64_t on = vm->powered ? vm->meter.application.alarms_on : 0;
    for (unsigned a = 0; a < WH_ALARMS; a++) {
        if ((on >> a & 1) != 0 && wh_alarm_text(a) != NULL) {
            json_array_append_new(alarms, json_string(wh_alarm_text(a)));
        }
    }
    return json_pack("{s:b, s:b, s:o}", "magnet", vm->inputs >> WH_INPUT_MAGNET & 1, "cover_open",
                     vm->inputs >> WH_INPUT_TERMINAL_COVER & 1, "alarms", alarms);
}

static json_t *messages_json(const struct cli_journal *journal)
{
    json_t *messages = json_array();
    for (size_t i = 0; i < cli_journal_length(journal); i++) {
        const struct cli_journal_line *line = cli_journal_at(journal, i);
        json_array_append_new(
            messages, json_pack("{s:s, s:o}", "time", line->time, "text", text_json(line->text)));
    }
    return messages;
}

static json_t *plate_json(const struct wh_variant *variant)
{
    char constant[32];
    snprintf(constant, sizeof constant, "%u imp/kWh", variant->pulses_per_kwh);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "voltage", variant->plate_voltage, "current",
                     variant->plate_current, "frequency", variant->plate_frequency, "constant",
                     constant, "accuracy", variant->plate_class);
}

static json_t *software_json(void)
{
    const struct wh_software_id id = wh_legal_software_id();
    char checksum[9];
    snprintf(checksum, sizeof checksum, "%08x", id.checksum_32);
    return json_pack("{s:s, s:s, s:s}", "version", WATTHOUR_VERSION, "legal_version", id.version,
                     "legal_checksum", checksum);
}

static json_t *clock_json(const struct wh_clock *clock)
{
    char text[32];
    const struct wh_datetime t = wh_clock_local(clock);
    snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02u", t.year, t.month, t.day, t.hour,
             t.minute, t.second);
    return json_string(text);
}

static json_t *number_json(const struct wh_meter *meter)
{
    char text[16];
    snprintf(text, sizeof text, "%08u", wh_legal_identity(&meter->legal).meter_number);
    return json_string(text);
}

/* Null without breaker; prepaid_wh is null while prepayment is not in use. */
static json_t *breaker_json(const struct wh_meter *meter)
{
    const struct wh_application *app = &meter->application;
    const enum wh_breaker_state state = wh_application_breaker_state(app);
    const bool closed = wh_breaker_is_closed_in(state);
    int64_t left_mdwh;
    if (state == WH_BREAKER_NONE) {
        return json_null();
    }
    const bool prepaid = wh_application_prepaid(app, &meter->legal, &left_mdwh) == WH_OK;
    return json_pack("{s:i, s:s, s:s, s:s, s:o}", "state", (int)state, "text",
                     wh_breaker_state_text(state), "led",
                     closed                                 ? "off"
                     : wh_application_button_may_close(app) ? "flashing"
                                                            : "on",
                     "note", WH_BREAKER_IS_NO_SAFETY, "prepaid_wh",
                     prepaid ? json_real((double)left_mdwh / WH_MDWH_PER_WH) : json_null());
}

static json_t *state_json(const struct virtual_meter *vm)
{
    const struct wh_meter *meter = &vm->meter;
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:{s:I}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}",
        "model", meter->variant->model, "number", number_json(meter), "plate",
        plate_json(meter->variant), "software", software_json(), "powered", (int)vm->powered,
        "clock", clock_json(&meter->application.clock), "source", text_json(vm->mains.description),
        "lcd", lcd_json(meter), "led", "pulses", (json_int_t)wh_legal_pulse_count(&meter->legal),
        "registers", registers_json(meter), "phase", phases_json(meter), "f_hz",
        instant_json(meter, WH_F_UHZ, 1e6), "p_w", instant_json(meter, WH_P_MW, 1e3), "q_var",
        instant_json(meter, WH_Q_MVAR, 1e3), "breaker", breaker_json(meter), "bench",
        bench_json(vm), "tamper", tamper_json(vm), "messages", messages_json(&vm->journal));
}

char *cli_page_state(const struct virtual_meter *vm)
{
    json_t *state = state_json(vm);
    char *text = state != NULL ? json_dumps(state, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(state);
    return text;
}
