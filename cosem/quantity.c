/* Rows of the catalog as objects of classes 1, 3, 4 and 8. Invariant: class and attributes follow
 * from the row alone, so a new row in the catalog is a new object without a line here. */
#include "cosem/quantity.h"
#include "app/capture.h"
#include "cosem/change.h"
#include "cosem/moment.h"
#include <string.h>

enum {
    SCALER_UNIT = 3,
    CAPTURE_TIME = 5, /* of an extended register */
    CLOCK_TIME = 2,
    CLOCK_ZONE = 3,
    CLOCK_STATUS = 4,
    CLOCK_DAYLIGHT_BEGIN = 5,
    CLOCK_DAYLIGHT_END = 6,
    CLOCK_DAYLIGHT_DEVIATION = 7,
    CLOCK_DAYLIGHT_ENABLED = 8,
    CLOCK_BASE = 9,
    CLOCK_BASE_CRYSTAL = 1,
    DAYLIGHT_MIN = 60,
};

static const struct {
    uint8_t attribute_count;
    uint32_t readable;
} classes[] = {
    [WH_COSEM_DATA] = {2, DLMS_ATTRIBUTE(WH_COSEM_VALUE)},
    [WH_COSEM_REGISTER] = {3, DLMS_ATTRIBUTE(WH_COSEM_VALUE) | DLMS_ATTRIBUTE(SCALER_UNIT)},
    [WH_COSEM_EXTENDED_REGISTER] = {5, DLMS_ATTRIBUTE(WH_COSEM_VALUE) |
                                           DLMS_ATTRIBUTE(SCALER_UNIT) |
                                           DLMS_ATTRIBUTE(CAPTURE_TIME)},
    [WH_COSEM_CLOCK] = {CLOCK_BASE, (UINT32_C(2) << CLOCK_BASE) - DLMS_ATTRIBUTE(CLOCK_TIME)},
};

static enum wh_cosem_class class_of(const struct wh_quantity *row)
{
    if (row->form == WH_FORM_CLOCK) {
        return WH_COSEM_CLOCK;
    }
    if (row->source == WH_SOURCE_DEMAND_PEAK) {
        return WH_COSEM_EXTENDED_REGISTER;
    }
    return row->source >= WH_SOURCE_SERIAL_NUMBER ? WH_COSEM_DATA
                                                  : WH_COSEM_REGISTER; /* the order of sources */
}

/* Peaks and their times follow each other in the same order. */
_Static_assert(WH_QUANTITY_Q_PLUS_T2_MAX - WH_QUANTITY_P_PLUS_MAX ==
                   WH_QUANTITY_Q_PLUS_T2_MAX_TIME - WH_QUANTITY_P_PLUS_MAX_TIME,
               "a time for each peak");
enum { TIME_BEHIND_PEAK = WH_QUANTITY_P_PLUS_MAX_TIME - WH_QUANTITY_P_PLUS_MAX };

struct wh_cosem_place wh_cosem_place_of(enum wh_quantity_id id)
{
    const bool is_time = wh_catalog_get(id)->form == WH_FORM_TIME;
    const struct wh_quantity *row =
        wh_catalog_get(is_time ? (enum wh_quantity_id)(id - TIME_BEHIND_PEAK) : id);
    const struct wh_cosem_place place = {
        .class_id = (uint16_t)class_of(row),
        .logical_name = row->obis,
        .attribute = is_time ? CAPTURE_TIME : WH_COSEM_VALUE,
    };
    return place;
}

/* What the public client sees (interface description, public association). */
static bool is_public(enum wh_quantity_id id)
{
    const struct wh_quantity *row = wh_catalog_get(id);
    return (row->source >= WH_SOURCE_CLOCK && row->source <= WH_SOURCE_SOFTWARE_TEXT) ||
           (id >= WH_QUANTITY_METER_NUMBER_2 && id <= WH_QUANTITY_SPECIAL_2);
}

static size_t count(void)
{
    return WH_QUANTITY_COUNT;
}

static const uint8_t *name(size_t index)
{
    return wh_catalog_get((enum wh_quantity_id)index)->obis;
}

/* Times of peaks have a row of the catalog, but no object. */
static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const enum wh_quantity_id id = (enum wh_quantity_id)index;
    const struct wh_quantity *row = wh_catalog_get(id);
    const enum wh_cosem_class class_id = class_of(row);
    const struct wh_cosem_change *change = wh_cosem_change_of(id);
    const bool exists = row->form != WH_FORM_TIME && wh_application_has(face->application, id);
    object->class_id = (uint16_t)class_id;
    object->attribute_count = classes[class_id].attribute_count;
    object->readable = classes[class_id].readable;
    if (change != NULL) {
        object->writable = DLMS_ATTRIBUTE(WH_COSEM_VALUE);
        object->writers = change->writers;
    } else if (class_id == WH_COSEM_CLOCK) {
        object->writable = DLMS_ATTRIBUTE(CLOCK_TIME) | DLMS_ATTRIBUTE(CLOCK_DAYLIGHT_ENABLED);
        object->writers = WH_COSEM_GROUP_METER;
    }
    object->groups = (uint8_t)(exists ? WH_COSEM_GROUP_METER | object->writers |
                                            (is_public(id) ? (unsigned)WH_COSEM_GROUP_PUBLIC : 0u)
                                      : 0u);
}

static void put_number(struct dlms_writer *out, enum wh_form form, int64_t number)
{
    switch (form) {
    case WH_FORM_U8:
        dlms_put_u8(out, (uint8_t)number);
        break;
    case WH_FORM_U16:
        dlms_put_u16(out, (uint16_t)number);
        break;
    case WH_FORM_I16:
        dlms_put_i16(out, (int16_t)number);
        break;
    case WH_FORM_I32:
        dlms_put_i32(out, (int32_t)number);
        break;
    default:
        dlms_put_u32(out, (uint32_t)number);
    }
}

static void put_value(struct dlms_writer *out, const struct wh_clock *clock,
                      const struct wh_quantity *row, const struct wh_reading *reading)
{
    if (reading->kind == WH_READING_TIME) {
        wh_cosem_put_past(out, clock, (uint32_t)reading->number, true);
        return;
    }
    switch (row->form) {
    case WH_FORM_OCTETS:
        dlms_put_octet_string(out, reading->text, strlen(reading->text));
        break;
    case WH_FORM_TEXT:
        dlms_put_visible_string(out, reading->text);
        break;
    default:
        put_number(out, row->form, wh_reading_scaled(reading, row->scaler));
    }
}

struct wh_cosem_capture wh_cosem_capture_of(enum wh_quantity_id id)
{
    struct wh_reading reading;
    (void)wh_capture_reading(id, 0, &reading); /* 0 is known */
    const struct wh_cosem_capture capture = {
        .quantity = (uint8_t)id,
        .exponent = reading.exponent,
        .counter = reading.counter,
        .is_time = reading.kind == WH_READING_TIME,
    };
    return capture;
}

void wh_cosem_put_captured(struct dlms_writer *out, const struct wh_clock *clock,
                           const struct wh_cosem_capture *capture, int64_t value)
{
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)capture->quantity);
    const struct wh_reading reading = {
        .number = value, .exponent = capture->exponent, .counter = capture->counter};
    if (value == WH_CAPTURE_UNKNOWN) {
        dlms_put_null(out);
    } else if (capture->is_time) {
        wh_cosem_put_past(out, clock, (uint32_t)value, true);
    } else {
        put_number(out, row->form, wh_reading_scaled(&reading, row->scaler));
    }
}

static enum dlms_result read_clock(const struct wh_clock *clock, int8_t attribute,
                                   struct dlms_writer *out)
{
    switch (attribute) {
    case CLOCK_TIME:
        wh_cosem_put_now(out, clock);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_STATUS:
        dlms_put_u8(out, wh_cosem_clock_status(clock));
        return DLMS_RESULT_SUCCESS;
    case CLOCK_ZONE:
        dlms_put_i16(out, (int16_t)-clock->zone_min);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_DAYLIGHT_BEGIN:
    case CLOCK_DAYLIGHT_END:
        wh_cosem_put_daylight(out, clock, attribute == CLOCK_DAYLIGHT_BEGIN);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_DAYLIGHT_DEVIATION:
        dlms_put_i8(out, DAYLIGHT_MIN);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_DAYLIGHT_ENABLED:
        dlms_put_bool(out, clock->daylight != WH_DAYLIGHT_NONE);
        return DLMS_RESULT_SUCCESS;
    default:
        dlms_put_enum(out, CLOCK_BASE_CRYSTAL);
        return DLMS_RESULT_SUCCESS;
    }
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const enum wh_quantity_id id = (enum wh_quantity_id)read->index;
    const struct wh_quantity *row = wh_catalog_get(id);
    if (row->form == WH_FORM_CLOCK) {
        return read_clock(face->source.clock, read->attribute, out);
    }
    if (read->attribute == SCALER_UNIT) {
        dlms_put_scaler_unit(out, row->scaler, wh_unit_cosem_code(row->unit));
        return DLMS_RESULT_SUCCESS;
    }
    const struct wh_quantity *asked =
        read->attribute == CAPTURE_TIME
            ? wh_catalog_get((enum wh_quantity_id)(id + TIME_BEHIND_PEAK))
            : row;
    struct wh_reading reading;
    if (wh_read(&face->source, asked, &reading) != WH_OK) {
        return DLMS_RESULT_TEMPORARY_FAILURE; /* not known now: no load, no voltage, just started */
    }
    put_value(out, face->source.clock, asked, &reading);
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result set_clock(struct wh_cosem_face *face, const struct dlms_value *value)
{
    struct wh_application *app = face->application;
    struct dlms_date_time time;
    uint32_t utc_s;
    if (!wh_cosem_is_date_time(value, &time)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const enum wh_err err = wh_cosem_moment_to_set(&app->clock, &time, &utc_s);
    return wh_cosem_result(err != WH_OK ? err : wh_application_set_clock(app, face->legal, utc_s));
}

static enum dlms_result enable_daylight(struct wh_cosem_face *face,
                                        const struct wh_cosem_write *write)
{
    if (write->value.tag != DLMS_TAG_BOOL) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    return wh_cosem_result(
        wh_cosem_configure(face, write->origin, "daylight",
                           write->value.integer != 0 ? WH_DAYLIGHT_EUROPEAN : WH_DAYLIGHT_NONE));
}

static enum dlms_result write(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    const enum wh_quantity_id id = (enum wh_quantity_id)write->index;
    if (id != WH_QUANTITY_CLOCK) {
        return wh_cosem_change(face, wh_cosem_change_of(id), write);
    }
    return write->attribute == CLOCK_TIME ? set_clock(face, &write->value)
                                          : enable_daylight(face, write);
}

const struct wh_cosem_kind wh_cosem_quantities = {count, name, describe, read, write, NULL};
