/* Inputs of the application. Invariant: an event for every change of level that means something, and none for a level that
 * stays. */
#include "app/application_parts.h"
#include "app/glass.h"

static uint8_t bit_of(enum wh_input input)
{
    return (uint8_t)(1u << input);
}

static void no_effect(struct wh_application *app, bool high)
{
    (void)app;
    (void)high;
}

static void change_alarm(struct wh_application *app, bool high)
{
    if (app->config.alarm_input != WH_ALARM_OFF) {
        const bool alarm = high == (app->config.alarm_input == WH_ALARM_NORMAL);
        wh_application_note(app, alarm ? WH_EVENT_ALARM_INPUT_ON : WH_EVENT_ALARM_INPUT_OFF, 0, 0,
                            0);
    }
}

static void change_cover(struct wh_application *app, bool open)
{
    app->running.tamper = (uint8_t)(app->running.tamper | (open ? (unsigned)WH_TAMPER_COVER : 0u));
    wh_application_note(app, open ? WH_EVENT_COVER_OPENED : WH_EVENT_COVER_CLOSED, 0, 0, 0);
}

static void change_seal(struct wh_application *app, enum wh_switch which, bool open)
{
    wh_application_note(app, open ? WH_EVENT_SEAL_OPENED : WH_EVENT_SEAL_CLOSED, 0, which, 0);
}

static void change_utility_seal(struct wh_application *app, bool open)
{
    change_seal(app, WH_SWITCH_UTILITY_SEAL, open);
}

static void change_verification_seal(struct wh_application *app, bool open)
{
    change_seal(app, WH_SWITCH_VERIFICATION_SEAL, open);
}

static void change_magnet(struct wh_application *app, bool on)
{
    app->running.tamper = (uint8_t)(app->running.tamper | (on ? (unsigned)WH_TAMPER_MAGNET : 0u));
    wh_application_note(app, on ? WH_EVENT_MAGNET_ON : WH_EVENT_MAGNET_OFF, 0, 0, 0);
}

static void (*const changes[WH_INPUT_COUNT])(struct wh_application *app, bool high) = {
    [WH_INPUT_TARIFF_1] = no_effect, /* the tariff is chosen afterwards, by both */
    [WH_INPUT_TARIFF_2] = no_effect,
    [WH_INPUT_ALARM] = change_alarm,
    [WH_INPUT_TERMINAL_COVER] = change_cover,
    [WH_INPUT_UTILITY_SEAL] = change_utility_seal,
    [WH_INPUT_VERIFICATION_SEAL] = change_verification_seal,
    [WH_INPUT_MAGNET] = change_magnet,
};

enum wh_err wh_application_input(struct wh_application *app, struct wh_legal *legal,
                                 enum wh_input input, bool high)
{
    if ((unsigned)input >= WH_INPUT_COUNT) {
        return WH_ERR_ARGUMENT;
    }
    const bool was_high = (app->running.input_levels & bit_of(input)) != 0;
    if (was_high == high) {
        return WH_OK;
    }
    app->running.input_levels = (uint8_t)(app->running.input_levels ^ bit_of(input));
    changes[input](app, high);
    wh_application_choose_tariff(app, legal);
    return wh_application_save(app);
}

/* Bits of event status A whose cause is there now. */
static uint32_t causes(const struct wh_application *app, const struct wh_legal *legal)
{
    const bool open = wh_legal_is_open(legal, WH_SWITCH_TERMINAL_COVER) ||
                      wh_legal_is_open(legal, WH_SWITCH_UTILITY_SEAL) ||
                      wh_legal_is_open(legal, WH_SWITCH_VERIFICATION_SEAL);
    const bool magnet = (app->running.input_levels & bit_of(WH_INPUT_MAGNET)) != 0;
    const bool high = (app->running.input_levels & bit_of(WH_INPUT_ALARM)) != 0;
    const bool alarm = app->config.alarm_input != WH_ALARM_OFF &&
                       high == (app->config.alarm_input == WH_ALARM_NORMAL);
    const uint32_t status = wh_legal_status(legal);
    return (open ? WH_EVENT_A_COVER : 0u) | (magnet ? WH_EVENT_A_MAGNET : 0u) |
           (alarm ? WH_EVENT_A_ALARM_INPUT : 0u) |
           ((status & WH_STATUS_STORE_FAILED) != 0 ? WH_EVENT_A_EEPROM : 0u) |
           ((status & WH_STATUS_PROGRAM_CHANGED) != 0 ? WH_EVENT_A_ROM : 0u) |
           ((status & WH_STATUS_PARAMETER_CHANGED) != 0 ? WH_EVENT_A_RAM : 0u);
}

/* The same of event status B; what else is in it ends by itself. */
static uint32_t causes_b(const struct wh_application *app, const struct wh_legal *legal)
{
    const uint32_t a = causes(app, legal);
    const bool cover = (app->running.input_levels & bit_of(WH_INPUT_TERMINAL_COVER)) != 0;
    const uint32_t lasting = WH_EVENT_B_PREPAYMENT | WH_EVENT_B_OPENED;
    return wh_quality_bits(&app->quality) | (app->running.event_b & lasting) |
           (cover ? WH_EVENT_B_COVER : 0u) |
           ((a & WH_EVENT_A_MAGNET) != 0 ? WH_EVENT_B_MAGNET : 0u) |
           ((a & WH_EVENT_A_ALARM_INPUT) != 0 ? WH_EVENT_B_ALARM_INPUT : 0u) |
           ((a & WH_EVENT_A_ROM) != 0 ? WH_EVENT_B_ROM : 0u) |
           (wh_glass_sequence(legal) == WH_LCD_SEQUENCE_REVERSED ? WH_EVENT_B_PHASE_SEQUENCE : 0u) |
           (uint32_t)wh_legal_exporting(legal) * WH_EVENT_B_REVERSE_L1;
}

enum wh_err wh_application_clear_events(struct wh_application *app, const struct wh_legal *legal,
                                        uint32_t mask_a, uint32_t mask_b)
{
    const uint32_t cleared_a = mask_a & ~causes(app, legal);
    uint8_t released = 0;
    released |= (cleared_a & WH_EVENT_A_COVER) != 0 ? (uint8_t)WH_TAMPER_COVER : 0;
    released |= (cleared_a & WH_EVENT_A_MAGNET) != 0 ? (uint8_t)WH_TAMPER_MAGNET : 0;
    if ((app->running.tamper & released) != 0) {
        app->running.tamper &= (uint8_t)~released;
        wh_application_note(app, WH_EVENT_TAMPER_RELEASED, 0, released, 0);
    }
    app->running.event_a &= ~cleared_a;
    app->running.event_b &= ~(mask_b & ~causes_b(app, legal));
    return wh_application_save(app);
}
