#include "device.h"

#include <string.h>

enum { GROUP_PUBLIC = 1, GROUP_METER = 2, GROUP_WRITER = 4, GROUP_WATCHER = 8, FIXED_COUNT = 9 };

static const struct dlms_logical_device devices[] = {
    {DEVICE_MANAGEMENT, "TST0000000000001"},
    {DEVICE_METER, "TST0000000000016"},
};

static const uint8_t password[] = {'1', '2', '3', '4', '5'};

static const struct dlms_association associations[] = {
    {.client_sap = DEVICE_PUBLIC,
     .server_sap = DEVICE_MANAGEMENT,
     .conformance = 0x001010,
     .groups = GROUP_PUBLIC,
     .builtins = DLMS_BUILTIN_SAP_ASSIGNMENT},
    {.client_sap = DEVICE_PASSWORD,
     .server_sap = DEVICE_METER,
     .mechanism = DLMS_MECHANISM_PASSWORD,
     .password = {password, sizeof password},
     .conformance = 0x00101C,
     .groups = GROUP_METER,
     .builtins = DLMS_BUILTIN_SAP_ASSIGNMENT},
    {.client_sap = DEVICE_EVERYTHING,
     .server_sap = DEVICE_MANAGEMENT,
     .conformance = 0x00521D,
     .groups = GROUP_PUBLIC | GROUP_METER,
     .builtins = DLMS_BUILTIN_SAP_ASSIGNMENT | DLMS_BUILTIN_DEVICE_NAME},
    {.client_sap = DEVICE_WRITER,
     .server_sap = DEVICE_MANAGEMENT,
     .conformance = 0x005E1D,
     .groups = GROUP_WRITER},
    {.client_sap = DEVICE_WATCHER,
     .server_sap = DEVICE_MANAGEMENT,
     .conformance = 0x005E1D,
     .groups = GROUP_WATCHER},
};

enum value {
    VALUE_METER_NUMBER = 1,
    VALUE_COUNTER,
    VALUE_FAULT,
    VALUE_CLOCK,
    VALUE_PROFILE,
    VALUE_TEXT,
    VALUE_HALF,
    VALUE_HIDDEN,
    VALUE_GROWING,
    VALUE_METHODS,
    VALUE_SCRATCH, /* and those behind */
    VALUE_REGISTER = VALUE_SCRATCH + DEVICE_SCRATCHES,
};

#define BOTH (GROUP_PUBLIC | GROUP_METER)

static const struct dlms_object fixed[FIXED_COUNT] = {
    {.class_id = 1,
     .logical_name = {1, 1, 0, 0, 1, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_METER_NUMBER},
    {.class_id = 1,
     .logical_name = {0, 0, 43, 1, 0, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_COUNTER},
    {.class_id = 1,
     .logical_name = {0, 0, 43, 1, 1, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_FAULT},
    {.class_id = 8,
     .logical_name = {0, 1, 1, 0, 0, 255},
     .groups = BOTH,
     .attribute_count = 9,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_CLOCK},
    {.class_id = 7,
     .version = 1,
     .logical_name = {1, 1, 99, 1, 0, 255},
     .groups = GROUP_METER,
     .attribute_count = 8,
     .readable = DLMS_ATTRIBUTE(2),
     .selectors = 0x06,
     .tag = VALUE_PROFILE},
    {.class_id = 1,
     .logical_name = {1, 1, 0, 2, 0, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_TEXT},
    {.class_id = 1,
     .logical_name = {0, 0, 96, 1, 9, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_HALF},
    {.class_id = 1,
     .logical_name = {0, 0, 96, 1, 8, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = 0,
     .tag = VALUE_HIDDEN},
    {.class_id = 1,
     .logical_name = {0, 0, 96, 1, 7, 255},
     .groups = BOTH,
     .attribute_count = 2,
     .readable = DLMS_ATTRIBUTE(2),
     .tag = VALUE_GROWING},
};

/* The scratch objects, then the one with methods. */
static void enumerate_scratch(size_t index, struct dlms_object *object)
{
    *object = (struct dlms_object){
        .class_id = 1,
        .logical_name = {0, 0, 96, 50, (uint8_t)index, 255},
        .groups = GROUP_WRITER | GROUP_WATCHER,
        .attribute_count = 2,
        .readable = DLMS_ATTRIBUTE(2),
        .selectors = 0x02,
        .tag = VALUE_SCRATCH + index,
        .writers = GROUP_WRITER,
        .writable = DLMS_ATTRIBUTE(2),
    };
    if (index == DEVICE_SCRATCHES) {
        *object = (struct dlms_object){
            .class_id = 9,
            .logical_name = {0, 0, 10, 0, 0, 255},
            .groups = GROUP_WRITER | GROUP_WATCHER,
            .attribute_count = 2,
            .tag = VALUE_METHODS,
            .writers = GROUP_WRITER,
            .method_count = DEVICE_LOCKED,
            .invocable = DLMS_METHOD(DEVICE_ECHO) | DLMS_METHOD(DEVICE_COUNT) |
                         DLMS_METHOD(DEVICE_FAIL) | DLMS_METHOD(DEVICE_LONG),
        };
    }
}

static void enumerate(void *context, size_t index, struct dlms_object *object)
{
    (void)context;
    if (index < FIXED_COUNT) {
        *object = fixed[index];
        return;
    }
    if (index >= FIXED_COUNT + DEVICE_REGISTERS) {
        enumerate_scratch(index - FIXED_COUNT - DEVICE_REGISTERS, object);
        return;
    }
    *object = (struct dlms_object){
        .class_id = 3,
        .logical_name = {1, 1, 1, 8, (uint8_t)(index - FIXED_COUNT), 255},
        .groups = GROUP_METER,
        .attribute_count = 3,
        .readable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(3),
        .tag = VALUE_REGISTER + (index - FIXED_COUNT),
    };
}

/* The rows of the recorded load profile: 15 minutes apart, otherwise alike. */
static void put_profile(struct dlms_writer *out)
{
    enum { ROWS = 59 };
    dlms_put_array(out, ROWS);
    for (int row = 0; row < ROWS; row++) {
        const struct dlms_date_time time = {2013,
                                            10,
                                            25,
                                            5,
                                            (uint8_t)(row / 4),
                                            (uint8_t)(row % 4 * 15),
                                            0,
                                            0xFF,
                                            DLMS_DEVIATION_UNSPECIFIED,
                                            0x80};
        dlms_put_structure(out, 8);
        dlms_put_date_time(out, &time);
        dlms_put_u16(out, 0);
        dlms_put_u32(out, 0x500);
        dlms_put_i8(out, 1);
        dlms_put_u32(out, 3);
        dlms_put_u32(out, 0);
        dlms_put_u32(out, 0);
        dlms_put_u32(out, 1);
    }
}

/* An answer whose length depends on the epoch. */
static void put_growing(const struct device *device, struct dlms_writer *out)
{
    const size_t count = 20 + device->epoch % 50;
    dlms_put_array(out, count);
    for (size_t i = 0; i < count; i++) {
        dlms_put_u16(out, (uint16_t)i);
    }
}

static enum dlms_result read_value(const struct device *device, uintptr_t tag,
                                   struct dlms_writer *out)
{
    static const struct dlms_date_time clock = {2024, 2, 5, 1, 15, 30, 0, 0, -60, 0};
    switch (tag) {
    case VALUE_METER_NUMBER:
        dlms_put_u32(out, 12345679);
        return DLMS_RESULT_SUCCESS;
    case VALUE_COUNTER:
        dlms_put_u32(out, 5009);
        return DLMS_RESULT_SUCCESS;
    case VALUE_FAULT:
        return DLMS_RESULT_HARDWARE_FAULT;
    case VALUE_CLOCK:
        dlms_put_date_time(out, &clock);
        return DLMS_RESULT_SUCCESS;
    case VALUE_PROFILE:
        put_profile(out);
        return DLMS_RESULT_SUCCESS;
    case VALUE_TEXT:
        dlms_put_visible_string(out, "50981040-Q1");
        return DLMS_RESULT_SUCCESS;
    case VALUE_HALF: /* fails when it has already written something */
        dlms_put_octet_string(out, "half of an answer", 17);
        return DLMS_RESULT_TEMPORARY_FAILURE;
    case VALUE_GROWING:
        if (device->epoch >= DEVICE_END) {
            return DLMS_RESULT_TEMPORARY_FAILURE;
        }
        put_growing(device, out);
        return DLMS_RESULT_SUCCESS;
    default:
        dlms_put_u32(out, (uint32_t)(device->epoch * 1000 + (tag - VALUE_REGISTER)));
        return DLMS_RESULT_SUCCESS;
    }
}

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    struct device *device = context;
    (void)selection;
    if (object->tag >= VALUE_SCRATCH && object->tag < VALUE_REGISTER) {
        const size_t n = object->tag - VALUE_SCRATCH;
        if (device->scratch_length[n] == 0) {
            return DLMS_RESULT_OBJECT_UNAVAILABLE;
        }
        dlms_raw_bytes(out, device->scratch[n], device->scratch_length[n]);
        return DLMS_RESULT_SUCCESS;
    }
    if (object->class_id == 3 && attribute == 3) {
        dlms_put_scaler_unit(out, 1, 30);
        return DLMS_RESULT_SUCCESS;
    }
    const enum dlms_result result = read_value(device, object->tag, out);
    device->reads++;
    if (device->period != 0 && device->reads % device->period == 0) {
        device->epoch++;
    }
    return result;
}

static enum dlms_result write_attribute(void *context, const struct dlms_association *association,
                                        const struct dlms_object *object, int8_t attribute,
                                        const struct dlms_selection *selection,
                                        struct dlms_span value)
{
    struct device *device = context;
    const size_t n = object->tag - VALUE_SCRATCH;
    (void)attribute;
    (void)selection;
    if (value.data[0] == DLMS_TAG_NULL) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (value.length > DEVICE_SCRATCH_SIZE) {
        return DLMS_RESULT_OTHER_REASON;
    }
    memcpy(device->scratch[n], value.data, value.length);
    device->scratch_length[n] = value.length;
    device->writes++;
    device->writer = association;
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result put_long(struct dlms_span parameters, struct dlms_writer *out)
{
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    const struct dlms_value count = dlms_read_value(&reader);
    if (count.tag != DLMS_TAG_U16) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    dlms_put_array(out, (size_t)count.integer);
    for (uint16_t i = 0; i < count.integer; i++) {
        dlms_put_u16(out, i);
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result invoke_method(void *context, const struct dlms_association *association,
                                      const struct dlms_object *object, int8_t method,
                                      struct dlms_span parameters, struct dlms_writer *out)
{
    struct device *device = context;
    (void)object;
    device->invokes++;
    device->writer = association;
    switch (method) {
    case DEVICE_ECHO:
        dlms_raw_bytes(out, parameters.data, parameters.length);
        return DLMS_RESULT_SUCCESS;
    case DEVICE_FAIL:
        dlms_put_u8(out, 1);
        return DLMS_RESULT_TEMPORARY_FAILURE;
    case DEVICE_LONG:
        return put_long(parameters, out);
    default:
        return DLMS_RESULT_SUCCESS;
    }
}

struct dlms_server device_server(struct device *device)
{
    return (struct dlms_server){
        .devices = devices,
        .device_count = sizeof devices / sizeof devices[0],
        .associations = associations,
        .association_count = sizeof associations / sizeof associations[0],
        .object_count = FIXED_COUNT + DEVICE_REGISTERS + DEVICE_SCRATCHES + 1,
        .enumerate = enumerate,
        .read = read_attribute,
        .write = write_attribute,
        .invoke = invoke_method,
        .context = device,
        .max_receive_pdu = 125,
    };
}
