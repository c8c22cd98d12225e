/* Meters that speak DLMS/COSEM. Invariant: a number is shown with the meter's own scaler and
 * unit, never with one that was assumed. */
#include "cli/tool_data.h"
#include "cli/tool_dlms.h"
#include "cli/tool_dlms_log.h"
#include "cli/tool_meter.h"
#include <string.h>

enum {
    CLASS_REGISTER = 3,
    CLASS_EXTENDED = 4,
    CLASS_DEMAND = 5,
    CLASS_CLOCK = 8,
    VALUE = 2,
    SCALER_UNIT = 3,
    EXTENDED_TIME = 5,
};

static bool open_session(struct tool_meter *meter, struct tool_failure *failure)
{
    meter->session = tool_dlms_open(&meter->endpoint, meter->secrets, failure);
    return meter->session != NULL;
}

static void close_session(struct tool_meter *meter)
{
    tool_dlms_close(meter->session);
}

/* ---- Reading ---- */

static bool is_time(uint16_t class_id, int8_t attribute)
{
    return (class_id == CLASS_CLOCK && attribute == VALUE) ||
           (class_id == CLASS_EXTENDED && attribute == EXTENDED_TIME);
}

/* Attribute 3 of a register, and 4 of a demand register. */
static bool scale(struct tool_dlms *dlms, uint16_t class_id, const uint8_t obis[6],
                  struct tool_value *value, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(class_id, obis, class_id == CLASS_DEMAND ? 4 : SCALER_UNIT);
    struct dlms_span data;
    if (!tool_dlms_get(dlms, &attribute, &data, failure)) {
        return false;
    }
    return tool_data_scale(data, value) ||
           tool_fail(failure, TOOL_NO_ANSWER, "scaler and unit are malformed");
}

static bool is_register(uint16_t class_id)
{
    return class_id >= CLASS_REGISTER && class_id <= CLASS_DEMAND;
}

static bool read_as(struct tool_dlms *dlms, const struct tool_target *target, uint16_t class_id,
                    struct tool_value *value, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(class_id, target->obis, target->attribute);
    struct dlms_span data;
    if (!tool_dlms_get(dlms, &attribute, &data, failure)) {
        return false;
    }
    if (!tool_data_value(data, is_time(class_id, target->attribute), value)) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the value is malformed");
    }
    if (is_register(class_id) && target->attribute == VALUE &&
        (value->kind == TOOL_NUMBER || value->kind == TOOL_REAL)) {
        return scale(dlms, class_id, target->obis, value, failure);
    }
    return true;
}

/* The likely class first, then those that a code may have. */
static bool read_at(struct tool_dlms *dlms, const struct tool_target *target,
                    struct tool_value *value, struct tool_failure *failure)
{
    static const uint16_t classes[] = {CLASS_REGISTER, CLASS_EXTENDED, 1, CLASS_DEMAND,
                                       CLASS_CLOCK};
    if (target->class_id != 0) {
        if (read_as(dlms, target, target->class_id, value, failure)) {
            return true;
        }
        if (target->is_exact || failure->code != TOOL_ABSENT) {
            return false;
        }
    }
    for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++) {
        if (classes[c] == target->class_id) {
            continue;
        }
        if (read_as(dlms, target, classes[c], value, failure)) {
            return true;
        }
        if (failure->code != TOOL_ABSENT) {
            return false;
        }
    }
    return false;
}

/* A parameter whose number here is a multiple of its unit. */
static bool to_whole_units(const struct tool_item *item, struct tool_value *value,
                           struct tool_failure *failure)
{
    if (item->factor == 1) {
        return true;
    }
    if (value->kind != TOOL_NUMBER || value->number % item->factor != 0) {
        return tool_fail(failure, TOOL_NO_ANSWER, "is no multiple of %u", item->factor);
    }
    value->number /= item->factor;
    return true;
}

static bool read_target(struct tool_meter *meter, const struct tool_target *target,
                        struct tool_value *value, struct tool_failure *failure)
{
    if (!target->has_obis) {
        return tool_fail(failure, TOOL_ABSENT, "has no place in DLMS");
    }
    bool done = read_at(meter->session, target, value, failure);
    if (done && target->item != NULL) {
        return to_whole_units(target->item, value, failure);
    }
    if (!done && failure->code == TOOL_ABSENT && !target->has_medium) {
        /* A short code: channel 0 of other makers. */
        struct tool_target other = *target;
        other.obis[1] = 0;
        done = read_at(meter->session, &other, value, failure);
    }
    return done;
}

/* ---- Writing ---- */

/* The type that the meter has for it, if it can be read. */
static bool tag_of(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                   uint8_t *tag, struct tool_failure *failure)
{
    struct dlms_span data;
    if (!tool_dlms_get(dlms, attribute, &data, failure)) {
        return failure->code == TOOL_REFUSED;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value value = dlms_read_value(&reader);
    struct dlms_writer trial = dlms_writer(NULL, 0);
    if (dlms_reader_done(&reader) && tool_data_put_number(&trial, value.tag, 0)) {
        *tag = value.tag;
    }
    return true;
}

static bool set_number(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                       uint8_t tag, int64_t number, struct tool_failure *failure)
{
    uint8_t data[16];
    struct dlms_writer writer = dlms_writer(data, sizeof data);
    if (!tool_data_put_number(&writer, tag, number)) {
        return tool_fail(failure, CLI_BAD_INPUT, "does not fit the type that the meter has");
    }
    return tool_dlms_set(dlms, attribute, (struct dlms_span){data, writer.total}, failure);
}

static bool write_item(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                       struct tool_failure *failure)
{
    if (item->class_id == 0) {
        return tool_fail(failure, TOOL_ABSENT, "has no place in DLMS");
    }
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(item->class_id, item->obis, (int8_t)item->attribute);
    uint8_t tag = item->tag;
    return tag_of(meter->session, &attribute, &tag, failure) &&
           set_number(meter->session, &attribute, tag, number * item->factor, failure);
}

static bool read_octets(struct tool_meter *meter, const struct tool_item *item,
                        struct tool_setting *setting, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(item->class_id, item->obis, (int8_t)item->attribute);
    struct dlms_span data;
    if (!tool_dlms_get(meter->session, &attribute, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value value = dlms_read_value(&reader);
    if (!dlms_reader_done(&reader) || value.tag != DLMS_TAG_OCTET_STRING ||
        value.bytes.length > sizeof setting->octets) {
        return tool_fail(failure, TOOL_ABSENT, "the meter has it in another form");
    }
    setting->length = value.bytes.length;
    memcpy(setting->octets, value.bytes.data, setting->length);
    return true;
}

static bool write_octets(struct tool_meter *meter, const struct tool_item *item,
                         const struct tool_setting *setting, struct tool_failure *failure)
{
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(item->class_id, item->obis, (int8_t)item->attribute);
    uint8_t data[sizeof setting->octets + 8];
    struct dlms_writer writer = dlms_writer(data, sizeof data);
    dlms_put_octet_string(&writer, setting->octets, setting->length);
    return tool_dlms_set(meter->session, &attribute, (struct dlms_span){data, writer.total},
                         failure);
}

static bool set_clock(struct tool_meter *meter, const struct wh_datetime *time, bool is_summer,
                      struct tool_failure *failure)
{
    struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_CLOCK, wh_catalog_get(WH_QUANTITY_CLOCK)->obis, VALUE);
    uint8_t data[16];
    struct dlms_writer writer = dlms_writer(data, sizeof data);
    struct dlms_date_time moment = tool_data_time(time, is_summer);
    moment.weekday = time->weekday;
    dlms_put_date_time(&writer, &moment);
    const struct dlms_span value = {data, writer.total};
    bool done = tool_dlms_set(meter->session, &attribute, value, failure);
    if (!done && failure->code == TOOL_ABSENT) {
        attribute.logical_name[1] = 0;
        done = tool_dlms_set(meter->session, &attribute, value, failure);
    }
    return done;
}

static bool command(struct tool_meter *meter, enum tool_command command,
                    struct tool_failure *failure)
{
    static const struct {
        uint8_t obis[6];
        uint8_t number;
    } rows[TOOL_COMMANDS] = {
        [TOOL_COMMAND_DEBITING_STOP] = {{1, 1, 0, 1, 5, 128}, 1},
        [TOOL_COMMAND_OPEN] = {{1, 1, 128, 0, 0, 255}, 1},
        [TOOL_COMMAND_RELEASE] = {{1, 1, 128, 0, 0, 255}, 2},
        [TOOL_COMMAND_CLOSE] = {{1, 1, 128, 0, 0, 255}, 3},
    };
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(1, rows[command].obis, VALUE);
    return set_number(meter->session, &attribute, DLMS_TAG_U8, rows[command].number, failure);
}

static bool read_log(struct tool_meter *meter, const struct tool_log_query *query,
                     const struct tool_log_sink *sink, struct tool_failure *failure)
{
    return tool_dlms_log(meter->session, query, sink, failure);
}

const struct tool_language tool_language_dlms = {
    .open = open_session,
    .close = close_session,
    .read_default = tool_meter_read_usual,
    .read = read_target,
    .write = write_item,
    .read_octets = read_octets,
    .write_octets = write_octets,
    .set_clock = set_clock,
    .log = read_log,
    .command = command,
};
