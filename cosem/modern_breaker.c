/* Disconnect control (class 70), limiter (class 71), and the scripts of breaker and tariff (class
 * 9). Invariant: everything goes through one command of the application; what is shown is the
 * breaker's own state, which the profile does not keep a second time. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/moment.h"

enum {
    OUTPUT_STATE = 2, /* class 70 */
    CONTROL_STATE = 3,
    REMOTE_DISCONNECT = 1,
    MONITORED_VALUE = 2, /* class 71 */
    THRESHOLD_ACTIVE = 3,
    THRESHOLD_NORMAL = 4,
    THRESHOLD_EMERGENCY = 5,
    MIN_OVER = 6,
    MIN_UNDER = 7,
    EMERGENCY_PROFILE = 8,
    EMERGENCY_GROUPS = 9,
    EMERGENCY_ACTIVE = 10,
    SCRIPT_DISCONNECT = 1,
    SCRIPT_RECONNECT = 2,
    WATTS_PER_KILOWATT = 1000,
};

static const uint8_t disconnect_scripts[6] = {0, 0, 10, 0, 106, 255};
static const uint8_t disconnect_control[6] = {0, 0, 96, 3, 10, 255};

/* ---- Disconnect control ---- */

/* 6-2: 0 disconnected, 1 connected, 2 ready for reconnection: all that is open, but not by command.
 */
enum control { DISCONNECTED, CONNECTED, READY };

static enum control control_of(const struct wh_application *app)
{
    if (wh_breaker_is_closed_in(app->breaker.state)) {
        return CONNECTED;
    }
    return app->breaker.state == WH_BREAKER_BY_COMMAND ? DISCONNECTED : READY;
}

/* The mode whose transitions the configuration gives. */
static uint8_t mode_of(const struct wh_application *app)
{
    const bool opens = app->config.button_opens != 0;
    if (app->config.reconnect_automatic != 0) {
        return opens ? 5 : 6;
    }
    return wh_application_closes_remotely(app) ? (opens ? 2 : 4) : (opens ? 1 : 3);
}

enum dlms_result wh_modern_disconnect_read(struct wh_cosem_face *face,
                                           const struct wh_cosem_read *read,
                                           struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    switch (read->attribute) {
    case OUTPUT_STATE:
        dlms_put_bool(out, wh_breaker_is_closed_in(app->breaker.state));
        break;
    case CONTROL_STATE:
        dlms_put_enum(out, (uint8_t)control_of(app));
        break;
    default:
        dlms_put_enum(out, mode_of(app));
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result switch_breaker(struct wh_cosem_face *face, unsigned number,
                                       enum wh_origin origin)
{
    return wh_cosem_result(
        number == REMOTE_DISCONNECT
            ? wh_application_breaker(face->application, face->legal, WH_BREAKER_DISCONNECT, origin)
            : wh_application_reconnect(face->application, face->legal, origin));
}

enum dlms_result wh_modern_disconnect_invoke(struct wh_cosem_face *face,
                                             const struct wh_cosem_invoke *invoke)
{
    return switch_breaker(face, (unsigned)invoke->method, invoke->origin);
}

/* ---- Limiter ---- */

static bool is_by_power(const struct wh_config *config)
{
    return (config->cut_off_basis & WH_CUT_OFF_BY_POWER) != 0;
}

/* Of any current the largest counts; here stands that of phase 1. */
static enum wh_quantity_id monitored(const struct wh_config *config)
{
    return is_by_power(config) ? WH_QUANTITY_P_PLUS : WH_QUANTITY_I_L1;
}

/* Of the register's value for 1 A or 1 kW. */
static uint32_t counts_per_unit(const struct wh_config *config)
{
    uint32_t counts = is_by_power(config) ? WATTS_PER_KILOWATT : 1;
    for (int8_t s = wh_catalog_get(monitored(config))->scaler; s < 0; s++) {
        counts *= 10;
    }
    return counts;
}

static void put_monitored(const struct wh_config *config, struct dlms_writer *out)
{
    dlms_put_structure(out, 3);
    dlms_put_u16(out, WH_COSEM_REGISTER);
    dlms_put_octet_string(out, wh_catalog_get(monitored(config))->obis, 6);
    dlms_put_i8(out, WH_COSEM_VALUE);
}

static void put_script(struct dlms_writer *out, uint16_t script)
{
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, disconnect_scripts, sizeof disconnect_scripts);
    dlms_put_u16(out, script);
}

/* Script 0 is none. */
static void put_actions(const struct wh_config *config, struct dlms_writer *out)
{
    const bool acts = (config->cut_off_basis & WH_CUT_OFF_LOAD) != 0 &&
                      (config->cut_off_basis & WH_CUT_OFF_LOG_ONLY) == 0;
    dlms_put_structure(out, 2);
    put_script(out, acts ? SCRIPT_DISCONNECT : 0);
    put_script(out, acts && config->reconnect_automatic != 0 ? SCRIPT_RECONNECT : 0);
}

/* There is no emergency profile: number 0, never activated. */
static void put_no_profile(struct dlms_writer *out)
{
    const struct wh_clock clock = {0};
    dlms_put_structure(out, 3);
    dlms_put_u16(out, 0);
    wh_cosem_put_past(out, &clock, 0, true);
    dlms_put_u32(out, 0);
}

enum dlms_result wh_modern_limiter_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    const struct wh_config *config = &app->config;
    switch (read->attribute) {
    case MONITORED_VALUE:
        put_monitored(config, out);
        break;
    case THRESHOLD_ACTIVE:
        dlms_put_u32(out, wh_application_disconnect_threshold(app) * counts_per_unit(config));
        break;
    case THRESHOLD_NORMAL:
    case THRESHOLD_EMERGENCY:
        dlms_put_u32(out, config->disconnect_high * counts_per_unit(config));
        break;
    case MIN_OVER:
        dlms_put_u32(out, config->disconnect_t_s[0]);
        break;
    case MIN_UNDER:
        dlms_put_u32(out, config->reconnect_wait_s);
        break;
    case EMERGENCY_PROFILE:
        put_no_profile(out);
        break;
    case EMERGENCY_GROUPS:
        dlms_put_array(out, 0);
        break;
    case EMERGENCY_ACTIVE:
        dlms_put_bool(out, false);
        break;
    default:
        put_actions(config, out);
    }
    return DLMS_RESULT_SUCCESS;
}

/* Whole A or kW only. */
enum dlms_result wh_modern_limiter_write(struct wh_cosem_face *face,
                                         const struct wh_cosem_write *write)
{
    const uint32_t per_unit = counts_per_unit(&face->application->config);
    if (write->value.tag != DLMS_TAG_U32) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (write->value.integer % per_unit != 0) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return wh_cosem_result(wh_cosem_configure(face, write->origin, "disconnect_high",
                                              write->value.integer / per_unit));
}

/* ---- Scripts ---- */

void wh_modern_put_action(struct dlms_writer *out, uint16_t script,
                          const struct wh_modern_action *action)
{
    dlms_put_structure(out, 2);
    dlms_put_u16(out, script);
    dlms_put_array(out, 1);
    dlms_put_structure(out, 5);
    dlms_put_enum(out, action->service);
    dlms_put_u16(out, action->class_id);
    dlms_put_octet_string(out, action->name, 6);
    dlms_put_i8(out, action->index);
}

enum dlms_result wh_modern_breaker_scripts_read(struct wh_cosem_face *face,
                                                const struct wh_cosem_read *read,
                                                struct dlms_writer *out)
{
    (void)face;
    (void)read;
    dlms_put_array(out, SCRIPT_RECONNECT);
    for (uint16_t s = SCRIPT_DISCONNECT; s <= (uint16_t)SCRIPT_RECONNECT; s++) {
        const struct wh_modern_action action = {WH_MODERN_INVOKES, 70, disconnect_control,
                                                (int8_t)s};
        wh_modern_put_action(out, s, &action);
        dlms_put_i8(out, 0);
    }
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_tariff_scripts_read(struct wh_cosem_face *face,
                                               const struct wh_cosem_read *read,
                                               struct dlms_writer *out)
{
    const struct wh_modern_action action = {
        WH_MODERN_WRITES, WH_COSEM_DATA, wh_catalog_get(WH_QUANTITY_TARIFF)->obis, WH_COSEM_VALUE};
    (void)face;
    (void)read;
    dlms_put_array(out, WH_PLAN_TARIFFS);
    for (uint8_t tariff = 1; tariff <= (uint8_t)WH_PLAN_TARIFFS; tariff++) {
        wh_modern_put_action(out, tariff, &action);
        dlms_put_u8(out, tariff);
    }
    return DLMS_RESULT_SUCCESS;
}

unsigned wh_modern_script_of(const struct wh_cosem_invoke *invoke, unsigned last,
                             enum dlms_result *result)
{
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    const struct dlms_value number = dlms_read_value(&reader);
    *result = number.tag == DLMS_TAG_U16 ? DLMS_RESULT_OTHER_REASON : DLMS_RESULT_TYPE_UNMATCHED;
    const bool fits =
        number.tag == DLMS_TAG_U16 && number.integer >= 1 && number.integer <= (int64_t)last;
    return fits ? (unsigned)number.integer : 0;
}

enum dlms_result wh_modern_breaker_scripts_invoke(struct wh_cosem_face *face,
                                                  const struct wh_cosem_invoke *invoke)
{
    enum dlms_result result;
    const unsigned script = wh_modern_script_of(invoke, SCRIPT_RECONNECT, &result);
    return script != 0 ? switch_breaker(face, script, invoke->origin) : result;
}

enum dlms_result wh_modern_tariff_scripts_invoke(struct wh_cosem_face *face,
                                                 const struct wh_cosem_invoke *invoke)
{
    enum dlms_result result;
    const unsigned tariff = wh_modern_script_of(invoke, WH_PLAN_TARIFFS, &result);
    return tariff != 0 ? wh_cosem_result(wh_application_select_tariff(face->application,
                                                                      face->legal, (uint8_t)tariff))
                       : result;
}
