/* The logs as objects of class 7, version 1. Invariant: every log that protocols may read is one
 * row of the table. */
#include "cosem/change.h"
#include "cosem/columns.h"
#include "cosem/rows.h"

enum {
    BUFFER = 2,
    CAPTURE_OBJECTS = 3,
    CAPTURE_PERIOD = 4,
    SORT_METHOD = 5,
    SORT_OBJECT = 6,
    ENTRIES_IN_USE = 7,
    PROFILE_ENTRIES = 8,
    PROFILE_VERSION = 1,
    RESET = 1,
    METHODS = 2, /* the other is capture */
    FIFO = 1,
    SECONDS_PER_MINUTE = 60,
};

enum {
    ALL = 0xff,
    ONLY_351C = 1 << WH_MODEL_351C,
    ONLY_382L = 1 << WH_MODEL_382L,
    BUT_382L = ALL & ~ONLY_382L,
};

/* The 382L's quality log has the number of the sister models'. The breaker's is there in a meter
 * with breaker; those of uploads are not, since there are none. */
static const struct wh_cosem_profile profiles[] = {
    {{1, 1, 99, 1, 0, 255},
     WH_LOG_PROFILE,
     ALL,
     "profile_min",
     &wh_cosem_load_profile,
     wh_application_delete_profile},
    {{1, 1, 99, 1, 1, 255},
     WH_LOG_LOGGER,
     ALL,
     "logger_min",
     &wh_cosem_logger,
     wh_application_delete_logger},
    {{1, 1, 98, 1, 0, 255}, WH_LOG_DEBITING, ALL, NULL, &wh_cosem_debiting, NULL},
    {{1, 1, 98, 2, 0, 255}, WH_LOG_DEBITING_2, ALL, NULL, &wh_cosem_debiting_2, NULL},
    {{1, 1, 99, 98, 2, 255}, WH_LOG_STATUS, ALL, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 3, 255}, WH_LOG_CLOCK, ALL, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 4, 255}, WH_LOG_QUALITY, BUT_382L, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 5, 255}, WH_LOG_BREAKER, ALL, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 9, 255}, WH_LOG_RATIO, ONLY_351C, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 10, 255}, WH_LOG_PROFILE_EVENTS, ALL, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 12, 255}, WH_LOG_NEUTRAL, ALL, NULL, &wh_cosem_events, NULL},
    {{1, 1, 99, 98, 16, 255}, WH_LOG_QUALITY, ONLY_382L, NULL, &wh_cosem_events, NULL},
};

static size_t count(void)
{
    return sizeof profiles / sizeof profiles[0];
}

static const uint8_t *name(size_t index)
{
    return profiles[index].name;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct wh_cosem_profile *profile = &profiles[index];
    const bool exists = (profile->models >> face->application->variant->id & 1u) != 0 &&
                        (profile->log != WH_LOG_BREAKER || face->application->config.breaker != 0);
    object->class_id = WH_COSEM_PROFILE;
    object->version = PROFILE_VERSION;
    object->groups = exists ? WH_COSEM_GROUP_METER : 0;
    object->attribute_count = PROFILE_ENTRIES;
    object->selectors = WH_COSEM_SELECTORS;
    for (int a = BUFFER; a <= PROFILE_ENTRIES; a++) {
        object->readable |= DLMS_ATTRIBUTE(a);
    }
    if (profile->period != NULL) {
        object->writable = DLMS_ATTRIBUTE(CAPTURE_PERIOD);
        object->writers = WH_COSEM_GROUP_METER;
    }
    if (profile->erase != NULL && face->modern != NULL) {
        object->groups |= WH_COSEM_GROUP_MANAGEMENT;
        object->method_count = METHODS;
        object->invocable = DLMS_METHOD(RESET);
        object->invokers = WH_COSEM_GROUP_MANAGEMENT;
    }
}

/* ---- Attributes ---- */

static void put_object(struct dlms_writer *out, const struct wh_cosem_place *place)
{
    enum { FIELDS = 4, WHOLE_ATTRIBUTE = 0 };
    dlms_put_structure(out, FIELDS);
    dlms_put_u16(out, place->class_id);
    dlms_put_octet_string(out, place->logical_name, 6);
    dlms_put_i8(out, place->attribute);
    dlms_put_u16(out, WHOLE_ATTRIBUTE);
}

static void put_capture_objects(const struct wh_cosem_face *face,
                                const struct wh_cosem_profile *profile, struct dlms_writer *out)
{
    struct wh_cosem_layout layout;
    wh_cosem_lay_out(face, profile, &layout);
    dlms_put_array(out, layout.count);
    for (uint8_t c = 0; c < layout.count; c++) {
        const struct wh_cosem_place place = wh_cosem_column(&layout, c);
        put_object(out, &place);
    }
}

static uint32_t period_s(const struct wh_cosem_face *face, const struct wh_cosem_profile *profile)
{
    return profile->period == NULL
               ? 0
               : SECONDS_PER_MINUTE * (uint32_t)wh_parameter_get(wh_parameter_find(profile->period),
                                                                 &face->application->config, 0);
}

/* First in, first out needs none; the clock is named, since clients restrict ranges by this
 * object. */
static void put_sort_object(struct dlms_writer *out)
{
    const struct wh_cosem_place clock = wh_cosem_place_of(WH_QUANTITY_CLOCK);
    put_object(out, &clock);
}

/* Records that the log has room for, with the sector that is being filled; what is in use never
 * exceeds it. */
static uint32_t room(const struct wh_cosem_face *face, enum wh_log_name log)
{
    const struct wh_logs *logs = &face->application->logs;
    const uint32_t sectors = logs->design[log].sector_count;
    return wh_log_capacity(&logs->design[log], logs->flash) / (sectors - 1) * sectors;
}

static enum dlms_result put_entries_in_use(const struct wh_cosem_face *face, enum wh_log_name log,
                                           struct dlms_writer *out)
{
    uint32_t in_use;
    const enum wh_err err = wh_log_count(&face->application->logs.log[log], &in_use);
    dlms_put_u32(out, in_use);
    return wh_cosem_result(err);
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct wh_cosem_profile *profile = &profiles[read->index];
    switch (read->attribute) {
    case BUFFER:
        return wh_cosem_put_rows(face, profile, read->selection, out);
    case CAPTURE_OBJECTS:
        put_capture_objects(face, profile, out);
        break;
    case CAPTURE_PERIOD:
        dlms_put_u32(out, period_s(face, profile));
        break;
    case SORT_METHOD:
        dlms_put_enum(out, FIFO);
        break;
    case SORT_OBJECT:
        put_sort_object(out);
        break;
    case ENTRIES_IN_USE:
        return put_entries_in_use(face, profile->log, out);
    default:
        dlms_put_u32(out, room(face, profile->log));
    }
    return DLMS_RESULT_SUCCESS;
}

/* 5, 15, 30 and 60 minutes, of both logs. */
static enum dlms_result write(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    static const uint16_t periods_s[] = {300, 900, 1800, 3600};
    if (write->value.tag != DLMS_TAG_U32) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    for (size_t p = 0; p < sizeof periods_s / sizeof periods_s[0]; p++) {
        if (write->value.integer == periods_s[p]) {
            return wh_cosem_result(wh_cosem_configure(face, write->origin,
                                                      profiles[write->index].period,
                                                      periods_s[p] / SECONDS_PER_MINUTE));
        }
    }
    return DLMS_RESULT_OTHER_REASON;
}

/* reset, with the 0 that class 7 gives it as parameter, or none. */
static enum dlms_result invoke(struct wh_cosem_face *face, const struct wh_cosem_invoke *invoke)
{
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    if (invoke->parameters.data != NULL) {
        const struct dlms_value value = dlms_read_value(&reader);
        if (value.tag != DLMS_TAG_I8) {
            return DLMS_RESULT_TYPE_UNMATCHED;
        }
        if (value.integer != 0) {
            return DLMS_RESULT_OTHER_REASON;
        }
    }
    return wh_cosem_result(profiles[invoke->index].erase(face->application));
}

const struct wh_cosem_kind wh_cosem_profiles = {count, name, describe, read, write, invoke};
