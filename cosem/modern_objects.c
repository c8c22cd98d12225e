/* All objects of the modern profile in one table. Invariant: without the profile nobody sees one of
 * them, and only management changes anything through them. */
#include "cosem/modern_objects.h"

enum {
    DEMAND_REGISTER = 5,
    REGISTER_ACTIVATION = 6,
    SCRIPT_TABLE = 9,
    SPECIAL_DAYS = 11,
    IMAGE_TRANSFER = 18,
    LOCAL_PORT = 19,
    ACTIVITY_CALENDAR = 20,
    REGISTER_MONITOR = 21,
    SINGLE_ACTION_SCHEDULE = 22,
    PUSH_SETUP = 40,
    TCP_UDP = 41,
    STATUS_MAPPING = 63,
    PARAMETER_MONITOR = 65,
    DISCONNECT_CONTROL = 70,
    LIMITER = 71,
    ACCOUNT = 111,
    CREDIT = 112,
    CHARGE = 113,
    TOKEN_GATEWAY = 115,
};

/* The number taken last from a client: it goes on with the next. */
static enum dlms_result read_counter(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                     struct dlms_writer *out)
{
    dlms_put_u32(out, dlms_counter_received(&face->modern->client[read->index].security));
    return DLMS_RESULT_SUCCESS;
}

#define COUNTER(client)                                                                            \
    {                                                                                              \
        .name = {0, 0, 43, 1, (client), 255}, .class_id = WH_COSEM_DATA, .attribute_count = 2,     \
        .readable = WH_MODERN_UP_TO(2), .index = (client), .is_public = true, .read = read_counter \
    }

#define SOFTWARE(part, number)                                                                     \
    {                                                                                              \
        .name = {0, 0, 0, 2, (part), 255}, .class_id = WH_COSEM_DATA, .attribute_count = 2,        \
        .readable = WH_MODERN_UP_TO(2), .index = (number), .read = wh_modern_software_read         \
    }

#define ALARMS(e, index_, writable_)                                                               \
    {                                                                                              \
        .name = {0, 0, 97, 98, (e), 255}, .class_id = WH_COSEM_DATA, .attribute_count = 2,         \
        .readable = WH_MODERN_UP_TO(2), .writable = (writable_) ? DLMS_ATTRIBUTE(2) : 0,           \
        .index = (index_), .read = wh_modern_alarms_read, .write = wh_modern_alarms_write          \
    }

#define MONITOR(e)                                                                                 \
    {                                                                                              \
        .name = {0, 0, 16, 1, (e), 255}, .class_id = REGISTER_MONITOR, .attribute_count = 4,       \
        .readable = WH_MODERN_UP_TO(4), .index = (e), .read = wh_modern_monitor_read               \
    }

#define PUSH(b, id)                                                                                \
    {                                                                                              \
        .name = {0, (b), 25, 9, 0, 255}, .class_id = PUSH_SETUP, .attribute_count = 7,             \
        .method_count = 1, .readable = WH_MODERN_UP_TO(7), .writable = WH_MODERN_UP_TO(7),         \
        .invocable = DLMS_METHOD(1), .index = (id), .read = wh_modern_push_read,                   \
        .write = wh_modern_push_write, .invoke = wh_modern_push_invoke_method                      \
    }

#define DEMAND(number, c)                                                                          \
    {                                                                                              \
        .name = {1, 0, (c), 4, 0, 255}, .class_id = DEMAND_REGISTER, .attribute_count = 9,         \
        .method_count = 2, .readable = WH_MODERN_UP_TO(9), .index = (number),                      \
        .exists = wh_modern_demand_exists, .read = wh_modern_demand_read                           \
    }

#define THRESHOLD(number, writable_)                                                               \
    {                                                                                              \
        .name = {0, 0, 16, 0, (number), 255}, .class_id = REGISTER_MONITOR, .attribute_count = 4,  \
        .readable = WH_MODERN_UP_TO(4), .writable = (writable_), .index = (number),                \
        .read = wh_modern_threshold_read, .write = wh_modern_threshold_write                       \
    }

#define MAPPING(number)                                                                            \
    {                                                                                              \
        .name = {0, 0, 96, 5, (number) + 1, 255}, .class_id = STATUS_MAPPING,                      \
        .attribute_count = 3, .readable = WH_MODERN_UP_TO(3), .index = (number),                   \
        .read = wh_modern_mapping_read                                                             \
    }

#define CREDIT_OF(number)                                                                          \
    {                                                                                              \
        .name = {0, 0, 19, 10, (number), 255}, .class_id = CREDIT, .attribute_count = 11,          \
        .method_count = 3, .readable = WH_MODERN_UP_TO(11), .index = (number),                     \
        .needs_breaker = true, .exists = wh_modern_credit_exists, .read = wh_modern_credit_read    \
    }

static const struct wh_modern_row rows[] = {
    COUNTER(0),
    COUNTER(1),
    SOFTWARE(0, 0),
    SOFTWARE(1, 1),
    SOFTWARE(8, 2),
    {.name = {0, 0, 44, 0, 0, 255},
     .class_id = IMAGE_TRANSFER,
     .attribute_count = 7,
     .method_count = 4,
     .readable = WH_MODERN_UP_TO(7),
     .invocable = DLMS_METHOD(1) | DLMS_METHOD(2) | DLMS_METHOD(3) | DLMS_METHOD(4),
     .needs_image = true,
     .read = wh_modern_image_read,
     .invoke = wh_modern_image_invoke},
    {.name = {0, 0, 44, 128, 0, 255},
     .class_id = WH_COSEM_DATA,
     .attribute_count = 2,
     .readable = WH_MODERN_UP_TO(2),
     .index = 3,
     .needs_image = true,
     .read = wh_modern_software_read},
    {.name = {0, 0, 10, 0, 107, 255},
     .class_id = SCRIPT_TABLE,
     .attribute_count = 2,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(2),
     .invocable = DLMS_METHOD(1),
     .needs_image = true,
     .read = wh_modern_image_scripts_read,
     .invoke = wh_modern_image_scripts_invoke},
    {.name = {0, 0, 15, 0, 2, 255},
     .class_id = SINGLE_ACTION_SCHEDULE,
     .attribute_count = 4,
     .readable = WH_MODERN_UP_TO(4),
     .writable = DLMS_ATTRIBUTE(4),
     .needs_image = true,
     .read = wh_modern_image_schedule_read,
     .write = wh_modern_image_schedule_write},
    {.name = {0, 0, 10, 0, 100, 255},
     .class_id = SCRIPT_TABLE,
     .attribute_count = 2,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(2),
     .invocable = DLMS_METHOD(1),
     .read = wh_modern_tariff_scripts_read,
     .invoke = wh_modern_tariff_scripts_invoke},
    {.name = {0, 0, 10, 0, 106, 255},
     .class_id = SCRIPT_TABLE,
     .attribute_count = 2,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(2),
     .invocable = DLMS_METHOD(1),
     .needs_breaker = true,
     .read = wh_modern_breaker_scripts_read,
     .invoke = wh_modern_breaker_scripts_invoke},
    {.name = {0, 0, 96, 3, 10, 255},
     .class_id = DISCONNECT_CONTROL,
     .attribute_count = 4,
     .method_count = 2,
     .readable = WH_MODERN_UP_TO(4),
     .invocable = DLMS_METHOD(1) | DLMS_METHOD(2),
     .needs_breaker = true,
     .read = wh_modern_disconnect_read,
     .invoke = wh_modern_disconnect_invoke},
    {.name = {0, 0, 17, 0, 0, 255},
     .class_id = LIMITER,
     .attribute_count = 11,
     .readable = WH_MODERN_UP_TO(11),
     .writable = DLMS_ATTRIBUTE(4),
     .needs_breaker = true,
     .read = wh_modern_limiter_read,
     .write = wh_modern_limiter_write},
    {.name = {0, 0, 13, 0, 0, 255},
     .class_id = ACTIVITY_CALENDAR,
     .attribute_count = 10,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(10),
     .writable = DLMS_ATTRIBUTE(6) | DLMS_ATTRIBUTE(7) | DLMS_ATTRIBUTE(8) | DLMS_ATTRIBUTE(9) |
                 DLMS_ATTRIBUTE(10),
     .invocable = DLMS_METHOD(1),
     .read = wh_modern_calendar_read,
     .write = wh_modern_calendar_write,
     .invoke = wh_modern_calendar_invoke},
    {.name = {0, 0, 11, 0, 0, 255},
     .class_id = SPECIAL_DAYS,
     .attribute_count = 2,
     .method_count = 2,
     .readable = WH_MODERN_UP_TO(2),
     .writable = DLMS_ATTRIBUTE(2),
     .invocable = DLMS_METHOD(1) | DLMS_METHOD(2),
     .read = wh_modern_days_read,
     .write = wh_modern_days_write,
     .invoke = wh_modern_days_invoke},
    ALARMS(0, 0, false),
    ALARMS(1, 1, false),
    ALARMS(10, 2, true),
    ALARMS(11, 3, true),
    ALARMS(20, 4, true),
    ALARMS(21, 5, true),
    MONITOR(0),
    MONITOR(1),
    PUSH(1, WH_PUSH_INTERVAL),
    PUSH(4, WH_PUSH_ALARM),
    {.name = {0, 0, 10, 0, 108, 255},
     .class_id = SCRIPT_TABLE,
     .attribute_count = 2,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(2),
     .invocable = DLMS_METHOD(1),
     .read = wh_modern_push_scripts_read,
     .invoke = wh_modern_push_scripts_invoke},
    {.name = {0, 0, 15, 0, 4, 255},
     .class_id = SINGLE_ACTION_SCHEDULE,
     .attribute_count = 4,
     .readable = WH_MODERN_UP_TO(4),
     .writable = DLMS_ATTRIBUTE(4),
     .read = wh_modern_schedule_read,
     .write = wh_modern_schedule_write},
    DEMAND(0, 1),
    DEMAND(1, 2),
    DEMAND(2, 3),
    DEMAND(3, 4),
    DEMAND(4, 9),
    DEMAND(5, 10),
    {.name = {0, 0, 14, 0, 0, 255},
     .class_id = REGISTER_ACTIVATION,
     .attribute_count = 4,
     .method_count = 3,
     .readable = WH_MODERN_UP_TO(4),
     .read = wh_modern_activation_read},
    THRESHOLD(0, DLMS_ATTRIBUTE(2)),
    THRESHOLD(1, 0),
    THRESHOLD(2, 0),
    THRESHOLD(3, 0),
    MAPPING(0),
    MAPPING(1),
    {.name = {0, 0, 10, 0, 1, 255},
     .class_id = SCRIPT_TABLE,
     .attribute_count = 2,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(2),
     .invocable = DLMS_METHOD(1),
     .read = wh_modern_stop_read,
     .invoke = wh_modern_stop_invoke},
    {.name = {0, 0, 15, 0, 0, 255},
     .class_id = SINGLE_ACTION_SCHEDULE,
     .attribute_count = 4,
     .readable = WH_MODERN_UP_TO(4),
     .writable = DLMS_ATTRIBUTE(4),
     .index = 0,
     .read = wh_modern_action_read,
     .write = wh_modern_action_write},
    {.name = {0, 0, 15, 0, 1, 255},
     .class_id = SINGLE_ACTION_SCHEDULE,
     .attribute_count = 4,
     .readable = WH_MODERN_UP_TO(4),
     .writable = DLMS_ATTRIBUTE(2) | DLMS_ATTRIBUTE(4),
     .index = 1,
     .needs_breaker = true,
     .read = wh_modern_action_read,
     .write = wh_modern_action_write},
    {.name = {0, 0, 16, 2, 0, 255},
     .class_id = PARAMETER_MONITOR,
     .attribute_count = 4,
     .method_count = 2,
     .readable = WH_MODERN_UP_TO(4),
     .read = wh_modern_parameters_read},
    {.name = {0, 0, 20, 0, 0, 255},
     .class_id = LOCAL_PORT,
     .version = 1,
     .attribute_count = 9,
     .readable = WH_MODERN_UP_TO(6), /* no password */
     .read = wh_modern_optical_read},
    {.name = {0, 0, 25, 0, 0, 255},
     .class_id = TCP_UDP,
     .attribute_count = 6,
     .readable = WH_MODERN_UP_TO(6) & ~DLMS_ATTRIBUTE(4), /* the size of segments is not known */
     .exists = wh_modern_tcp_exists,
     .read = wh_modern_tcp_read},
    {.name = {0, 0, 19, 0, 0, 255},
     .class_id = ACCOUNT,
     .attribute_count = 19,
     .method_count = 3,
     .readable = WH_MODERN_UP_TO(19),
     .needs_breaker = true,
     .read = wh_modern_account_read},
    CREDIT_OF(0),
    CREDIT_OF(1),
    {.name = {0, 0, 19, 20, 0, 255},
     .class_id = CHARGE,
     .attribute_count = 13,
     .method_count = 5,
     .readable = WH_MODERN_UP_TO(13) & ~DLMS_ATTRIBUTE(2), /* no sum is kept of what was taken */
     .needs_breaker = true,
     .read = wh_modern_charge_read},
    {.name = {0, 0, 19, 40, 0, 255},
     .class_id = TOKEN_GATEWAY,
     .attribute_count = 6,
     .method_count = 1,
     .readable = WH_MODERN_UP_TO(6),
     .invocable = DLMS_METHOD(1),
     .needs_breaker = true,
     .read = wh_modern_gateway_read,
     .invoke = wh_modern_gateway_invoke},
};

static size_t count(void)
{
    return sizeof rows / sizeof rows[0];
}

static const uint8_t *name(size_t index)
{
    return rows[index].name;
}

static bool exists(const struct wh_cosem_face *face, const struct wh_modern_row *row)
{
    const struct wh_application *app = face->application;
    return face->modern != NULL && (!row->needs_breaker || app->config.breaker != 0) &&
           (!row->needs_image || app->image.board != NULL) &&
           (row->exists == NULL || row->exists(face, row->index));
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct wh_modern_row *row = &rows[index];
    object->class_id = row->class_id;
    object->version = row->version;
    object->attribute_count = row->attribute_count;
    object->method_count = row->method_count;
    object->readable = row->readable;
    object->writable = row->writable;
    object->invocable = row->invocable;
    object->writers = WH_COSEM_GROUP_MANAGEMENT;
    if (exists(face, row)) {
        object->groups = (uint8_t)(WH_COSEM_GROUP_MODERN | WH_COSEM_GROUP_MANAGEMENT |
                                   (row->is_public ? (unsigned)WH_COSEM_GROUP_PUBLIC : 0u));
    }
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct wh_modern_row *row = &rows[read->index];
    const struct wh_cosem_read inner = {row->index, read->attribute, read->selection};
    return row->read(face, &inner, out);
}

static enum dlms_result write(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    const struct wh_modern_row *row = &rows[write->index];
    struct wh_cosem_write inner = *write;
    inner.index = row->index;
    return row->write(face, &inner);
}

static enum dlms_result invoke(struct wh_cosem_face *face, const struct wh_cosem_invoke *invoke)
{
    const struct wh_modern_row *row = &rows[invoke->index];
    struct wh_cosem_invoke inner = *invoke;
    inner.index = row->index;
    return row->invoke(face, &inner);
}

const struct wh_cosem_kind wh_cosem_modern = {count, name, describe, read, write, invoke};
