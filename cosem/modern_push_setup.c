/* Push setups (class 40, version 0) and the single action schedule of the interval push (class 22).
 * Invariant: what is shown are the settings that the application keeps; a write gives it all of them
 * anew, with one attribute changed. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/modern_push.h"
#include <string.h>

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
    NAME = 6,
    TIME = 4,
    DATE = 5,
    DATE_TIME = 12,
};

static const uint8_t push_scripts[NAME] = {0, 0, 10, 0, 108, 255};

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

/* ---- Writing: a value that is not as the attribute has it makes the reader fail ---- */

static void expect(struct dlms_reader *reader, bool holds)
{
    if (!holds) {
        dlms_reader_fail(reader);
    }
}

static uint8_t get_container(struct dlms_reader *reader, uint8_t tag, size_t least, size_t most)
{
    const struct dlms_value value = dlms_read_value(reader);
    expect(reader, value.tag == tag && value.count >= least && value.count <= most);
    return reader->failed ? 0 : (uint8_t)value.count;
}

static struct dlms_span get_octets(struct dlms_reader *reader, size_t least, size_t most)
{
    const struct dlms_value value = dlms_read_value(reader);
    expect(reader, value.tag == DLMS_TAG_OCTET_STRING && value.bytes.length >= least &&
                       value.bytes.length <= most);
    return reader->failed ? (struct dlms_span){NULL, 0} : value.bytes;
}

static int64_t get_number(struct dlms_reader *reader, uint8_t tag)
{
    const struct dlms_value value = dlms_read_value(reader);
    expect(reader, value.tag == tag);
    return value.integer;
}

static void get_objects(struct dlms_reader *reader, const struct wh_cosem_face *face,
                        struct wh_push_setup *setup)
{
    setup->object_count = get_container(reader, DLMS_TAG_ARRAY, 1, WH_PUSH_OBJECTS);
    for (uint8_t o = 0; o < setup->object_count && !reader->failed; o++) {
        struct wh_push_object *object = &setup->objects[o];
        get_container(reader, DLMS_TAG_STRUCTURE, 4, 4);
        object->class_id = (uint16_t)get_number(reader, DLMS_TAG_U16);
        const struct dlms_span name = get_octets(reader, NAME, NAME);
        const int64_t attribute = get_number(reader, DLMS_TAG_I8);
        const int64_t data_index = get_number(reader, DLMS_TAG_U16);
        if (!reader->failed && name.length == NAME) {
            memcpy(object->name, name.data, NAME);
            object->attribute = (uint8_t)attribute;
            expect(reader,
                   attribute >= 1 && data_index == 0 && wh_modern_push_may_carry(face, object));
        }
    }
}

static void get_destination(struct dlms_reader *reader, struct wh_push_setup *setup)
{
    get_container(reader, DLMS_TAG_STRUCTURE, 3, 3);
    const int64_t service = get_number(reader, DLMS_TAG_ENUM);
    const struct dlms_span destination = get_octets(reader, 0, WH_PUSH_DESTINATION);
    const int64_t message = get_number(reader, DLMS_TAG_ENUM);
    expect(reader, service == SERVICE_TCP && message == MESSAGE_AXDR);
    if (!reader->failed) {
        setup->destination_length = (uint8_t)destination.length;
        for (size_t i = 0; i < destination.length; i++) {
            setup->destination[i] = destination.data[i];
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
    struct dlms_date_time time = {0};
    const struct dlms_span octets = get_octets(reader, DATE_TIME, DATE_TIME);
    expect(reader, dlms_date_time_parse(octets, &time));
    return moment_of(&time);
}

static void get_windows(struct dlms_reader *reader, struct wh_push_setup *setup)
{
    setup->window_count = get_container(reader, DLMS_TAG_ARRAY, 0, WH_PUSH_WINDOWS);
    for (uint8_t w = 0; w < setup->window_count && !reader->failed; w++) {
        get_container(reader, DLMS_TAG_STRUCTURE, 2, 2);
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
        setup->randomisation_s = (uint16_t)get_number(&reader, DLMS_TAG_U16);
        break;
    case RETRIES:
        setup->retries = (uint8_t)get_number(&reader, DLMS_TAG_U8);
        break;
    default: /* REPETITION_DELAY */
        setup->repetition_delay_s = (uint16_t)get_number(&reader, DLMS_TAG_U16);
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
    const uint8_t time[TIME] = {moment->hour, moment->minute, moment->second, 0};
    const uint8_t date[DATE] = {(uint8_t)(moment->year >> 8), (uint8_t)moment->year, moment->month,
                                moment->day, moment->weekday};
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
    get_container(reader, DLMS_TAG_STRUCTURE, 2, 2);
    const struct dlms_span time = get_octets(reader, TIME, TIME);
    const struct dlms_span date = get_octets(reader, DATE, DATE);
    if (reader->failed || time.length != TIME || date.length != DATE) {
        return (struct wh_push_moment){0};
    }
    const struct dlms_date_time whole = {
        .year = (uint16_t)(date.data[0] << 8 | date.data[1]),
        .month = date.data[2],
        .day = date.data[3],
        .weekday = date.data[4],
        .hour = time.data[0],
        .minute = time.data[1],
        .second = time.data[2],
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
    settings.time_count = get_container(&reader, DLMS_TAG_ARRAY, 0, WH_PUSH_TIMES);
    for (uint8_t t = 0; t < settings.time_count && !reader.failed; t++) {
        settings.times[t] = get_time(&reader);
    }
    return finish(face, &reader, &settings);
}
