/* Parameter monitor (class 65): which parameter was changed last, when, and what it is now. The
 * parameters are the objects of parameters.c. Invariant: nothing is kept for it; it is read from the
 * status log. */
#include "cosem/modern_objects.h"
#include "cosem/moment.h"

enum { CHANGED = 2, CAPTURE_TIME = 3, PARAMETERS_ID = 3, PLAN = 0 };

/* The newest change of configuration or plan; code NONE: there is none in the log. */
static enum wh_err newest_change(const struct wh_application *app, struct wh_event *change)
{
    struct wh_log_range range;
    struct wh_event event;
    *change = (struct wh_event){.code = WH_EVENT_NONE};
    enum wh_err err =
        wh_log_range_begin_entries(&app->logs.log[WH_LOG_STATUS], UINT32_MAX, 0, &range);
    while (err == WH_OK) {
        err = wh_event_next(&range, &event);
        if (err == WH_OK &&
            (event.code == WH_EVENT_CONFIGURED || event.code == WH_EVENT_PLAN_CHANGED)) {
            *change = event;
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

static bool exists(const struct wh_cosem_face *face, size_t index)
{
    struct dlms_object object = {0};
    wh_cosem_parameters.describe(face, index, &object);
    return object.groups != 0;
}

/* The object of a parameter: of a list its first element; count() if there is none. */
static size_t object_of(const struct wh_cosem_face *face, uint32_t id)
{
    size_t index = 0;
    while (index < wh_cosem_parameters.count() &&
           (wh_cosem_parameters.name(index)[PARAMETERS_ID] != id || !exists(face, index))) {
        index++;
    }
    return index;
}

static void put_object(size_t index, struct dlms_writer *out)
{
    dlms_put_u16(out, WH_COSEM_DATA);
    dlms_put_octet_string(out, wh_cosem_parameters.name(index), 6);
    dlms_put_i8(out, WH_COSEM_VALUE);
}

/* Of several that were changed together the first. */
static enum dlms_result put_changed(struct wh_cosem_face *face, const struct wh_event *change,
                                    struct dlms_writer *out)
{
    static const uint8_t nothing[6];
    const size_t index =
        change->code == WH_EVENT_NONE
            ? wh_cosem_parameters.count()
            : object_of(face, change->code == WH_EVENT_PLAN_CHANGED ? PLAN : change->value_b);
    const struct wh_cosem_read value = {index, WH_COSEM_VALUE, NULL};
    dlms_put_structure(out, 4);
    if (index < wh_cosem_parameters.count()) {
        put_object(index, out);
        return wh_cosem_parameters.read(face, &value, out);
    }
    dlms_put_u16(out, 0);
    dlms_put_octet_string(out, nothing, sizeof nothing);
    dlms_put_i8(out, 0);
    dlms_put_null(out);
    return DLMS_RESULT_SUCCESS;
}

static void put_list(const struct wh_cosem_face *face, struct dlms_writer *out)
{
    size_t count = 0;
    for (size_t i = 0; i < wh_cosem_parameters.count(); i++) {
        count += exists(face, i);
    }
    dlms_put_array(out, count);
    for (size_t i = 0; i < wh_cosem_parameters.count(); i++) {
        if (exists(face, i)) {
            dlms_put_structure(out, 3);
            put_object(i, out);
        }
    }
}

enum dlms_result wh_modern_parameters_read(struct wh_cosem_face *face,
                                           const struct wh_cosem_read *read,
                                           struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    struct wh_event change;
    if (read->attribute != CHANGED && read->attribute != CAPTURE_TIME) {
        put_list(face, out);
        return DLMS_RESULT_SUCCESS;
    }
    if (newest_change(app, &change) != WH_OK) {
        return DLMS_RESULT_HARDWARE_FAULT;
    }
    if (read->attribute == CHANGED) {
        return put_changed(face, &change, out);
    }
    wh_cosem_put_past(out, &app->clock, change.code == WH_EVENT_NONE ? 0 : change.utc_s,
                      change.clock_valid);
    return DLMS_RESULT_SUCCESS;
}
