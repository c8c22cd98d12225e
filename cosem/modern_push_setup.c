/* Push setups (class 40, version 0) and the single action schedule of the interval push (class 22).
 * Invariant: what is shown are the settings that the application keeps; a write gives it all of them
 * anew, with one attribute changed. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/modern_push.h"
#include "cosem/modern_values.h"

enum {
    OBJECT_LIST = 2, /* class 40 */
    DESTINATION = 3,
    WINDOWS = 4,
    RANDOMISATION = 5,
    RETRIES = 6,
    REPETITION_DELAY = 7,
    EXECUTED_SCRIPT = 2, /* class 22 */
    TYPE = 3,
    EXECUTION_TIMES = 4,
    SERVICE_TCP = 0,
    MESSAGE_AXDR = 0,
    TIMES_DIFFER = 5, /* type: any number of times, any part of a date may be open */
    INTERVAL_SCRIPT = 1,
};

static const uint8_t push_scripts[6] = {0, 0, 10, 0, 108, 255};

/* ---- Reading ---- */

static void put_objects(struct dlms_writer *out, const struct wh_push_setup *setup)
{
    dlms_put_array(out, setup->object_count);
    for (uint8_t o = 0; o < setup->object_count; o++) {
        const struct wh_push_object *object = &setup->objects[o];
        dlms_put_structure(out, 4);
        dlms_put_u16(out, object->class_id);
        dlms_put_octet_string(out, object->name, sizeof object->name);
        dlms_put_i8(out, (int8_t)object->attribute);
        dlms_put_u16(out, 0);
    }
}

static void put_destination(struct dlms_writer *out, const struct wh_push_setup *setup)
{
    dlms_put_structure(out, 3);
    dlms_put_enum(out, SERVICE_TCP);
    dlms_put_octet_string(out, setup->destination, setup->destination_length);
    dlms_put_enum(out, MESSAGE_AXDR);
}

static void put_moment(struct dlms_writer *out, const struct wh_push_moment *moment)
{
    const struct dlms_date_time time = {
        .year = moment->year,
        .month = moment->month,
        .day = moment->day,
        .weekday = moment->weekday,
        .hour = moment->hour,
        .minute = moment->minute,
        .second = moment->second,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
    };
    dlms_put_date_time(out, &time);
}

static void put_windows(struct dlms_writer *out, const struct wh_push_setup *setup)
{
    dlms_put_array(out, setup->window_count);
    for (uint8_t w = 0; w < setup->window_count; w++) {
        dlms_put_structure(out, 2);
        put_moment(out, &setup->windows[w].start);
        put_moment(out, &setup->windows[w].end);
    }
}

enum dlms_result wh_modern_push_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                     struct dlms_writer *out)
{
    const struct wh_push_setup *setup = &face->application->push.setup[read->index];
    switch (read->attribute) {
    case OBJECT_LIST:
        put_objects(out, setup);
        break;
    case DESTINATION:
        put_destination(out, setup);
        break;
    case WINDOWS:
        put_windows(out, setup);
        break;
    case RANDOMISATION:
        dlms_put_u16(out, setup->randomisation_s);
        break;
    case RETRIES:
        dlms_put_u8(out, setup->retries);
        break;
    default: /* REPETITION_DELAY */
        dlms_put_u16(out, setup->repetition_delay_s);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Writing ---- */

static void get_objects(struct dlms_reader *reader, const struct wh_cosem_face *face,
                        struct wh_push_setup *setup)
{
    setup->object_count = wh_modern_get_container(reader, DLMS_TAG_ARRAY, 1, WH_PUSH_OBJECTS);
    for (uint8_t o = 0; o < setup->object_count && !reader->failed; o++) {
        struct wh_push_object *object = &setup->objects[o];
        wh_modern_get_structure(reader, 4);
        object->class_id = wh_modern_get_number(reader, DLMS_TAG_U16);
        wh_modern_get_octets(reader, object->name, sizeof object->name);
        object->attribute = (uint8_t)wh_modern_get_number(reader, DLMS_TAG_I8);
        const uint16_t data_index = wh_modern_get_number(reader, DLMS_TAG_U16);
        wh_modern_expect(reader, data_index == 0 && wh_modern_push_may_carry(face, object));
    }
}

static void get_destination(struct dlms_reader *reader, struct wh_push_setup *setup)
{
    wh_modern_get_structure(reader, 3);
    const uint16_t service = wh_modern_get_number(reader, DLMS_TAG_ENUM);
    const struct dlms_value destination = dlms_read_value(reader);
    const uint16_t message = wh_modern_get_number(reader, DLMS_TAG_ENUM);
    wh_modern_expect(reader, service == SERVICE_TCP && message == MESSAGE_AXDR &&
                                 destination.tag == DLMS_TAG_OCTET_STRING &&
                                 destination.bytes.length <= WH_PUSH_DESTINATION);
    if (!reader->failed) {
        setup->destination_length = (uint8_t)destination.bytes.length;
        for (size_t i = 0; i < destination.bytes.length; i++) {
            setup->destination[i] = destination.bytes.data[i];
        }
    }
}

/* Of a date that is given clients tell the weekday, too: it says nothing more. 0 is not given. */
static struct wh_push_moment moment_of(const struct dlms_date_time *time)
{
    const bool is_date = time->year != DLMS_YEAR_UNSPECIFIED && time->month != DLMS_UNSPECIFIED &&
                         time->day != DLMS_UNSPECIFIED;
    return (struct wh_push_moment){
        .year = time->year,
        .month = time->month,
        .day = time->day,
        .weekday = is_date || time->weekday == 0 ? WH_PUSH_ANY : time->weekday,
        .hour = time->hour,
        .minute = time->minute,
        .second = time->second == DLMS_UNSPECIFIED ? 0 : time->second,
    };
}

static struct wh_push_moment get_moment(struct dlms_reader *reader)
{
    uint8_t octets[WH_MODERN_DATE_TIME_SIZE];
    struct dlms_date_time time = {0};
    wh_modern_get_octets(reader, octets, sizeof octets);
    (void)dlms_date_time_parse((struct dlms_span){octets, sizeof octets}, &time);
    return moment_of(&time);
}

static void get_windows(struct dlms_reader *reader, struct wh_push_setup *setup)
{
    setup->window_count = wh_modern_get_container(reader, DLMS_TAG_ARRAY, 0, WH_PUSH_WINDOWS);
    for (uint8_t w = 0; w < setup->window_count && !reader->failed; w++) {
        wh_modern_get_structure(reader, 2);
        setup->windows[w].start = get_moment(reader);
        setup->windows[w].end = get_moment(reader);
    }
}

static const uint8_t tags[REPETITION_DELAY + 1] = {
    [OBJECT_LIST] = DLMS_TAG_ARRAY, [DESTINATION] = DLMS_TAG_STRUCTURE,
    [WINDOWS] = DLMS_TAG_ARRAY,     [RANDOMISATION] = DLMS_TAG_U16,
    [RETRIES] = DLMS_TAG_U8,        [REPETITION_DELAY] = DLMS_TAG_U16,
};

static enum dlms_result finish(struct wh_cosem_face *face, const struct dlms_reader *reader,
                               const struct wh_push_settings *settings)
{
    return dlms_reader_done(reader)
               ? wh_cosem_result(wh_application_set_push(face->application, settings))
               : DLMS_RESULT_OTHER_REASON;
}

enum dlms_result wh_modern_push_write(struct wh_cosem_face *face,
                                      const struct wh_cosem_write *write)
{
    struct wh_push_settings settings = face->application->push;
    struct wh_push_setup *setup = &settings.setup[write->index];
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    if (write->value.tag != tags[write->attribute]) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    switch (write->attribute) {
    case OBJECT_LIST:
        get_objects(&reader, face, setup);
        break;
    case DESTINATION:
        get_destination(&reader, setup);
        break;
    case WINDOWS:
        get_windows(&reader, setup);
        break;
    case RANDOMISATION:
        setup->randomisation_s = wh_modern_get_number(&reader, DLMS_TAG_U16);
        break;
    case RETRIES:
        setup->retries = (uint8_t)wh_modern_get_number(&reader, DLMS_TAG_U8);
        break;
    default: /* REPETITION_DELAY */
        setup->repetition_delay_s = wh_modern_get_number(&reader, DLMS_TAG_U16);
    }
    return finish(face, &reader, &settings);
}

enum dlms_result wh_modern_push_invoke_method(struct wh_cosem_face *face,
                                              const struct wh_cosem_invoke *invoke)
{
    return wh_cosem_result(wh_modern_push_invoke(face->modern, (enum wh_push_id)invoke->index));
}

/* ---- Schedule ---- */

static void put_time(struct dlms_writer *out, const struct wh_push_moment *moment)
{
    const uint8_t time[WH_MODERN_TIME_SIZE] = {moment->hour, moment->minute, moment->second, 0};
    const uint8_t date[WH_MODERN_DATE_SIZE] = {(uint8_t)(moment->year >> 8), (uint8_t)moment->year,
                                               moment->month, moment->day, moment->weekday};
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, time, sizeof time);
    dlms_put_octet_string(out, date, sizeof date);
}

enum dlms_result wh_modern_schedule_read(struct wh_cosem_face *face,
                                         const struct wh_cosem_read *read, struct dlms_writer *out)
{
    const struct wh_push_settings *settings = &face->application->push;
    switch (read->attribute) {
    case EXECUTED_SCRIPT:
        dlms_put_structure(out, 2);
        dlms_put_octet_string(out, push_scripts, sizeof push_scripts);
        dlms_put_u16(out, INTERVAL_SCRIPT);
        break;
    case TYPE:
        dlms_put_enum(out, TIMES_DIFFER);
        break;
    default: /* EXECUTION_TIMES */
        dlms_put_array(out, settings->time_count);
        for (uint8_t t = 0; t < settings->time_count; t++) {
            put_time(out, &settings->times[t]);
        }
    }
    return DLMS_RESULT_SUCCESS;
}

static struct wh_push_moment get_time(struct dlms_reader *reader)
{
    uint8_t time[WH_MODERN_TIME_SIZE];
    uint8_t date[WH_MODERN_DATE_SIZE];
    wh_modern_get_structure(reader, 2);
    wh_modern_get_octets(reader, time, sizeof time);
    wh_modern_get_octets(reader, date, sizeof date);
    const struct dlms_date_time whole = {
        .year = (uint16_t)(date[0] << 8 | date[1]),
        .month = date[2],
        .day = date[3],
        .weekday = date[4],
        .hour = time[0],
        .minute = time[1],
        .second = time[2],
    };
    return moment_of(&whole);
}

enum dlms_result wh_modern_schedule_write(struct wh_cosem_face *face,
                                          const struct wh_cosem_write *write)
{
    struct wh_push_settings settings = face->application->push;
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    if (write->value.tag != DLMS_TAG_ARRAY) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    settings.time_count = wh_modern_get_container(&reader, DLMS_TAG_ARRAY, 0, WH_PUSH_TIMES);
    for (uint8_t t = 0; t < settings.time_count && !reader.failed; t++) {
        settings.times[t] = get_time(&reader);
    }
    return finish(face, &reader, &settings);
}
