/* Dispatcher of the protective interface (WELMEC 7.2 S3, P3, P4). Invariant: a command reaches its function only with
 * an argument in range, what protects it open, and, where the table asks for it, its entry in the audit log
 * written. */
#include "legal/audit.h"
#include "legal/legal.h"
#include "legal/output.h"
#include "legal/persist.h"
#include "legal/version.h"

static const struct wh_command_row rows[WH_COMMAND_COUNT] = {
#define ROW(name, least, greatest, protection, audit, text)                                        \
    [WH_COMMAND_##name] = {#name, least, greatest, WH_PROTECTED_BY_##protection, audit, text},
    WH_COMMAND_LIST(ROW)
#undef ROW
};

const struct wh_command_row *wh_legal_command_row(enum wh_command command)
{
    return (unsigned)command < WH_COMMAND_COUNT ? &rows[command] : NULL;
}

static uint32_t led_of(const struct wh_legal *legal)
{
    static const uint8_t energies[] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};
    uint32_t led = 0;
    while (energies[led] != legal->led_energy) {
        led++;
    }
    return led;
}

/* The tariff changes even if the memory refuses it: the price in force is the right one, and what is not
 * stored yet is stored with the next registers. */
static enum wh_err select_tariff(struct wh_legal *legal, uint32_t tariff)
{
    wh_tariffs_settle(&legal->tariffs, &legal->registers);
    legal->tariffs.active = (uint8_t)(tariff - 1);
    const enum wh_err err = wh_persist_write_tariffs(&legal->store, &legal->tariffs);
    if (err != WH_OK) {
        legal->tariffs_unstored = true;
        legal->status |= WH_STATUS_STORE_FAILED;
    }
    return err;
}

static enum wh_err select_led(struct wh_legal *legal, uint32_t led)
{
    static const uint8_t energies[] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};
    legal->led_energy = energies[led];
    wh_output_begin(legal);
    return WH_OK;
}

static enum wh_err set_meter_number(struct wh_legal *legal, uint32_t number)
{
    struct wh_identity changed = legal->identity;
    changed.meter_number = number;
    const enum wh_err err =
        wh_persist_write_identity(&legal->store, &changed, WH_LEGAL_VERSION_NUMBER);
    if (err == WH_OK) {
        legal->identity = changed;
        wh_legal_trust_parameters(legal);
    }
    return err;
}

static enum wh_err store_tariffs(struct wh_legal *legal, const struct wh_tariffs *changed)
{
    const enum wh_err err = wh_persist_write_tariffs(&legal->store, changed);
    if (err == WH_OK) {
        legal->tariffs = *changed;
        legal->tariffs_unstored = false;
        wh_legal_trust_parameters(legal);
    }
    return err;
}

static enum wh_err set_ratio(struct wh_legal *legal, uint32_t ratio)
{
    struct wh_tariffs changed = legal->tariffs;
    wh_tariffs_settle(&changed, &legal->registers);
    changed.ratio = (uint16_t)ratio;
    return store_tariffs(legal, &changed);
}

static enum wh_err lock_ratio(struct wh_legal *legal, uint32_t lock)
{
    struct wh_tariffs changed = legal->tariffs;
    changed.ratio_locked = lock != 0;
    return store_tariffs(legal, &changed);
}

static enum wh_err only_note(struct wh_legal *legal, uint32_t argument)
{
    (void)legal;
    (void)argument;
    return WH_OK;
}

static enum wh_err (*const effects[WH_COMMAND_COUNT])(struct wh_legal *legal, uint32_t argument) = {
    [WH_COMMAND_SELECT_TARIFF] = select_tariff,
    [WH_COMMAND_SELECT_LED] = select_led,
    [WH_COMMAND_SET_METER_NUMBER] = set_meter_number,
    [WH_COMMAND_SET_RATIO] = set_ratio,
    [WH_COMMAND_LOCK_RATIO] = lock_ratio,
    [WH_COMMAND_NOTE_FACTORY_SETUP] = only_note,
};

static uint32_t value_before(const struct wh_legal *legal, enum wh_command command)
{
    const uint32_t values[WH_COMMAND_COUNT] = {
        [WH_COMMAND_SELECT_TARIFF] = wh_legal_tariff(legal),
        [WH_COMMAND_SELECT_LED] = led_of(legal),
        [WH_COMMAND_SET_METER_NUMBER] = legal->identity.meter_number,
        [WH_COMMAND_SET_RATIO] = legal->tariffs.ratio,
        [WH_COMMAND_LOCK_RATIO] = legal->tariffs.ratio_locked,
    };
    return values[command];
}

static bool is_open(const struct wh_legal *legal, enum wh_protection protection)
{
    static const uint8_t needed[WH_PROTECTION_COUNT] = {
        [WH_PROTECTED_BY_UTILITY_SEAL] = 1 << WH_SWITCH_UTILITY_SEAL,
        [WH_PROTECTED_BY_TERMINAL_COVER] = 1 << WH_SWITCH_TERMINAL_COVER,
        [WH_PROTECTED_BY_VERIFICATION_SEAL] = 1 << WH_SWITCH_VERIFICATION_SEAL,
    };
    return (legal->open_switches & needed[protection]) == needed[protection];
}

static enum wh_err note(struct wh_legal *legal, enum wh_command command, uint32_t argument,
                        const struct wh_command_context *context)
{
    const struct wh_audit_entry entry = {
        .utc_s = context->utc_s,
        .event = (enum wh_audit_event)rows[command].audit_event,
        .origin = context->origin,
        .old_value = value_before(legal, command),
        .new_value = argument,
    };
    return entry.event == 0 ? WH_OK : wh_audit_append(legal, &entry);
}

enum wh_err wh_legal_command(struct wh_legal *legal, enum wh_command command, uint32_t argument,
                             const struct wh_command_context *context)
{
    const struct wh_command_row *row = wh_legal_command_row(command);
    if (row == NULL) {
        return WH_ERR_UNSUPPORTED;
    }
    if (argument < row->least || argument > row->greatest) {
        return WH_ERR_ARGUMENT;
    }
    const bool locked = command == WH_COMMAND_SET_RATIO && legal->tariffs.ratio_locked;
    if (locked || !is_open(legal, row->protection)) {
        return WH_ERR_SEALED;
    }
    if (row->audit_event == 0 && argument == value_before(legal, command)) {
        return WH_OK; /* nothing to change, nothing to wear the memory for */
    }
    const enum wh_err err = note(legal, command, argument, context);
    return err == WH_OK ? effects[command](legal, argument) : err;
}
