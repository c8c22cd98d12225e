/* The projection. Invariant: an object's class and attributes follow from the row's form alone, so a
 * new row in the catalog is a new object without a line here. */
#include "cosem/objects.h"
#include "app/reading.h"
#include "catalog/catalog.h"
#include <string.h>

enum cosem_class {
    CLASS_DATA = 1,
    CLASS_REGISTER = 3,
    CLASS_CLOCK = 8,
};

enum {
    VALUE = 2,
    SCALER_UNIT = 3,
    CLOCK_TIME = 2,
    CLOCK_STATUS = 4,
    CLOCK_DAYLIGHT_ENABLED = 8,
    CLOCK_BASE = 9,
    CLOCK_BASE_CRYSTAL = 1,
};

static enum cosem_class class_of(const struct wh_quantity *row)
{
    if (row->form == WH_FORM_CLOCK) {
        return CLASS_CLOCK;
    }
    return row->source >= WH_SOURCE_SERIAL_NUMBER ? CLASS_DATA
                                                  : CLASS_REGISTER; /* the order of sources */
}

static const struct {
    uint8_t attribute_count;
    uint32_t readable;
} classes[] = {
    [CLASS_DATA] = {2, DLMS_ATTRIBUTE(VALUE)},
    [CLASS_REGISTER] = {3, DLMS_ATTRIBUTE(VALUE) | DLMS_ATTRIBUTE(SCALER_UNIT)},
    [CLASS_CLOCK] = {9, DLMS_ATTRIBUTE(CLOCK_TIME) | DLMS_ATTRIBUTE(CLOCK_STATUS) |
                            DLMS_ATTRIBUTE(CLOCK_DAYLIGHT_ENABLED) | DLMS_ATTRIBUTE(CLOCK_BASE)},
};

/* What the public client sees (interface description, public association). */
static bool is_public(const struct wh_quantity *row)
{
    return row->source >= WH_SOURCE_CLOCK && row->source <= WH_SOURCE_SOFTWARE_TEXT;
}

void wh_cosem_enumerate(void *context, size_t index, struct dlms_object *object)
{
    (void)context;
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)index);
    const enum cosem_class class_id = class_of(row);
    *object = (struct dlms_object){
        .class_id = (uint16_t)class_id,
        .version = 0,
        .groups = is_public(row) ? WH_COSEM_GROUP_PUBLIC : WH_COSEM_GROUP_METER,
        .attribute_count = classes[class_id].attribute_count,
        .readable = classes[class_id].readable,
        .tag = index,
    };
    memcpy(object->logical_name, row->obis, sizeof object->logical_name);
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

static void put_value(struct dlms_writer *out, const struct wh_quantity *row,
                      const struct wh_reading *reading)
{
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

static uint8_t clock_status(const struct wh_clock *clock)
{
    return (uint8_t)((clock->valid ? 0 : DLMS_CLOCK_INVALID) |
                     (wh_clock_is_summer(clock) ? DLMS_CLOCK_DAYLIGHT_SAVING : 0));
}

/* As the real meter writes it: hundredths and deviation not specified, status bits 0 and 7 only. */
static void put_date_time(struct dlms_writer *out, const struct wh_datetime *at, uint8_t status)
{
    const struct wh_datetime local = *at;
    const struct dlms_date_time time = {
        .year = local.year,
        .month = local.month,
        .day = local.day,
        .weekday = local.weekday,
        .hour = local.hour,
        .minute = local.minute,
        .second = local.second,
        .hundredths = DLMS_UNSPECIFIED,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
        .status = status,
    };
    dlms_put_date_time(out, &time);
}

static void put_time(struct dlms_writer *out, const struct wh_clock *clock)
{
    const struct wh_datetime local = wh_clock_local(clock);
    put_date_time(out, &local, clock_status(clock));
}

/* Something past is stamped in normal time; what has never been is all unspecified. */
static void put_stamp(struct dlms_writer *out, const struct wh_clock *clock, int64_t utc_s)
{
    const struct dlms_date_time never = {
        .year = 0xffff,
        .month = DLMS_UNSPECIFIED,
        .day = DLMS_UNSPECIFIED,
        .weekday = DLMS_UNSPECIFIED,
        .hour = DLMS_UNSPECIFIED,
        .minute = DLMS_UNSPECIFIED,
        .second = DLMS_UNSPECIFIED,
        .hundredths = DLMS_UNSPECIFIED,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
    };
    const struct wh_datetime normal =
        wh_calendar_datetime(wh_clock_normal_of(clock, (uint32_t)utc_s));
    if (utc_s == 0) {
        dlms_put_date_time(out, &never);
    } else {
        put_date_time(out, &normal, 0);
    }
}

static enum dlms_result read_clock(const struct wh_clock *clock, int8_t attribute,
                                   struct dlms_writer *out)
{
    switch (attribute) {
    case CLOCK_TIME:
        put_time(out, clock);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_STATUS:
        dlms_put_u8(out, clock_status(clock));
        return DLMS_RESULT_SUCCESS;
    case CLOCK_DAYLIGHT_ENABLED:
        dlms_put_bool(out, clock->daylight != WH_DAYLIGHT_NONE);
        return DLMS_RESULT_SUCCESS;
    case CLOCK_BASE:
        dlms_put_enum(out, CLOCK_BASE_CRYSTAL);
        return DLMS_RESULT_SUCCESS;
    default:
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
}

enum dlms_result wh_cosem_read(void *context, const struct dlms_object *object, int8_t attribute,
                               const struct dlms_selection *selection, struct dlms_writer *out)
{
    (void)selection; /* no object offers selective access */
    const struct wh_reading_source *source = context;
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)object->tag);
    if (object->class_id == CLASS_CLOCK) {
        return read_clock(source->clock, attribute, out);
    }
    if (attribute == SCALER_UNIT) {
        dlms_put_scaler_unit(out, row->scaler, wh_unit_cosem_code(row->unit));
        return DLMS_RESULT_SUCCESS;
    }
    struct wh_reading reading;
    if (wh_read(source, row, &reading) != WH_OK) {
        return DLMS_RESULT_TEMPORARY_FAILURE; /* not known now: no load, no voltage, just started */
    }
    if (reading.kind == WH_READING_TIME) {
        put_stamp(out, source->clock, reading.number);
    } else {
        put_value(out, row, &reading);
    }
    return DLMS_RESULT_SUCCESS;
}
