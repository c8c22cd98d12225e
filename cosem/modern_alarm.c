/* Alarms as objects: registers, filters and descriptors (class 1), the monitors of the descriptors
 * (class 21), and the scripts that push (class 9). Invariant: a client can take alarms away from a
 * descriptor, and put none in. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/modern_push.h"

enum {
    REGISTERS = 0, /* index: what, times WH_ALARM_REGISTERS, and which */
    FILTERS = 1,
    DESCRIPTORS = 2,
    THRESHOLDS = 2, /* class 21 */
    MONITORED_VALUE = 3,
    ACTIONS = 4,
    SCRIPT_INTERVAL = 1, /* numbers as those of the push setups, 0.b.25.9.0.255 */
    SCRIPT_ALARM = 4,
    PUSH_SETUP = 40,
};

static const uint8_t push_scripts[6] = {0, 0, 10, 0, 108, 255};

/* ---- Registers, filters, descriptors ---- */

static uint64_t alarms_of(const struct wh_application *app, unsigned what)
{
    switch (what) {
    case FILTERS:
        return app->push.alarm_filter;
    case DESCRIPTORS:
        return app->running.alarms.descriptor;
    default:
        return app->alarms_on;
    }
}

enum dlms_result wh_modern_alarms_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                       struct dlms_writer *out)
{
    const unsigned what = (unsigned)read->index / WH_ALARM_REGISTERS;
    const unsigned shift = (unsigned)read->index % WH_ALARM_REGISTERS * WH_ALARM_BITS;
    dlms_put_u32(out, (uint32_t)(alarms_of(face->application, what) >> shift));
    return DLMS_RESULT_SUCCESS;
}

static enum wh_err set_filter(struct wh_application *app, uint64_t filter)
{
    struct wh_push_settings settings = app->push;
    settings.alarm_filter = filter;
    return wh_application_set_push(app, &settings);
}

enum dlms_result wh_modern_alarms_write(struct wh_cosem_face *face,
                                        const struct wh_cosem_write *write)
{
    struct wh_application *app = face->application;
    const unsigned what = (unsigned)write->index / WH_ALARM_REGISTERS;
    const unsigned shift = (unsigned)write->index % WH_ALARM_REGISTERS * WH_ALARM_BITS;
    if (write->value.tag != DLMS_TAG_U32) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const uint64_t mine = (uint64_t)UINT32_MAX << shift;
    const uint64_t before = alarms_of(app, what);
    const uint64_t after = (before & ~mine) | (uint64_t)write->value.integer << shift;
    if (what == FILTERS) {
        return wh_cosem_result(set_filter(app, after));
    }
    if ((after & ~before) != 0) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return wh_cosem_result(wh_application_acknowledge_alarms(app, after));
}

/* ---- Monitors ---- */

static void put_script(struct dlms_writer *out, uint16_t script)
{
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, push_scripts, sizeof push_scripts);
    dlms_put_u16(out, script);
}

/* A descriptor that rises above 0 pushes; that it falls does nothing. */
enum dlms_result wh_modern_monitor_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    const uint8_t descriptor[6] = {0, 0, 97, 98, (uint8_t)(20 + read->index), 255};
    (void)face;
    switch (read->attribute) {
    case THRESHOLDS:
        dlms_put_array(out, 1);
        dlms_put_u32(out, 0);
        break;
    case MONITORED_VALUE:
        dlms_put_structure(out, 3);
        dlms_put_u16(out, WH_COSEM_DATA);
        dlms_put_octet_string(out, descriptor, sizeof descriptor);
        dlms_put_i8(out, WH_COSEM_VALUE);
        break;
    default: /* ACTIONS */
        dlms_put_array(out, 1);
        dlms_put_structure(out, 2);
        put_script(out, SCRIPT_ALARM);
        put_script(out, 0);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Scripts ---- */

static const struct {
    uint16_t number;
    enum wh_push_id id;
} scripts[WH_PUSH_SETUPS] = {{SCRIPT_INTERVAL, WH_PUSH_INTERVAL}, {SCRIPT_ALARM, WH_PUSH_ALARM}};

enum dlms_result wh_modern_push_scripts_read(struct wh_cosem_face *face,
                                             const struct wh_cosem_read *read,
                                             struct dlms_writer *out)
{
    (void)face;
    (void)read;
    dlms_put_array(out, WH_PUSH_SETUPS);
    for (int s = 0; s < WH_PUSH_SETUPS; s++) {
        const uint8_t setup[6] = {0, (uint8_t)scripts[s].number, 25, 9, 0, 255};
        const struct wh_modern_action action = {WH_MODERN_INVOKES, PUSH_SETUP, setup, 1};
        wh_modern_put_action(out, scripts[s].number, &action);
        dlms_put_i8(out, 0);
    }
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_push_scripts_invoke(struct wh_cosem_face *face,
                                               const struct wh_cosem_invoke *invoke)
{
    enum dlms_result result;
    const unsigned number = wh_modern_script_of(invoke, SCRIPT_ALARM, &result);
    for (int s = 0; s < WH_PUSH_SETUPS; s++) {
        if (number == scripts[s].number) {
            return wh_cosem_result(wh_modern_push_invoke(face->modern, scripts[s].id));
        }
    }
    return number == 0 ? result : DLMS_RESULT_OTHER_REASON;
}
