/* Making pushes. Invariant: what goes out is protected, has a number of its own, and tells nothing
 * that client 2 may not read. */
#include "cosem/modern_push.h"
#include "cosem/moment.h"
#include "cosem/objects.h"
#include "dlms/notification.h"
#include <string.h>

enum { DATE_TIME_HEAD = 2, DATE_TIME = 12, DEVICE_NAME_CLASS = 1, LOGICAL_NAME = 1 };

static const uint8_t device_name[6] = {0, 0, 42, 0, 0, 255};

void wh_modern_push_start(struct wh_modern *modern)
{
    const struct wh_application *app = modern->face->application;
    modern->pushing = (struct wh_modern_pushing){.minute = app->minute};
    for (int s = 0; s < WH_PUSH_SETUPS; s++) {
        modern->pushing.on_seconds[s] = app->on_seconds;
    }
}

enum wh_err wh_modern_push_to(struct wh_modern *modern, const char *destination)
{
    const size_t length = strlen(destination);
    if (length > WH_PUSH_DESTINATION) {
        return WH_ERR_ARGUMENT;
    }
    memcpy(modern->pushing.destination, destination, length + 1);
    return WH_OK;
}

/* ---- What it carries ---- */

/* The object if the push may carry that attribute of it. */
static bool find(const struct wh_cosem_face *face, const struct wh_push_object *wanted,
                 struct dlms_object *object)
{
    struct wh_cosem_face *owner = face->server.context; /* what enumerating wants */
    const size_t index = wh_cosem_locate(owner, wanted->name);
    if (index >= face->server.object_count) {
        return false;
    }
    wh_cosem_enumerate(owner, index, object);
    const uint8_t groups =
        face->associations[WH_COSEM_ASSOCIATIONS + WH_MODERN_READING].groups & object->groups;
    const bool is_log = object->class_id == WH_COSEM_PROFILE && wanted->attribute == WH_COSEM_VALUE;
    const bool is_readable =
        wanted->attribute == LOGICAL_NAME ||
        (wanted->attribute > LOGICAL_NAME && wanted->attribute <= object->attribute_count &&
         (object->readable & DLMS_ATTRIBUTE(wanted->attribute)) != 0);
    return groups != 0 && object->class_id == wanted->class_id && is_readable && !is_log;
}

static bool is_device_name(const struct wh_push_object *object)
{
    return object->class_id == DEVICE_NAME_CLASS && object->attribute == WH_COSEM_VALUE &&
           memcmp(object->name, device_name, sizeof device_name) == 0;
}

bool wh_modern_push_may_carry(const struct wh_cosem_face *face, const struct wh_push_object *object)
{
    struct dlms_object found;
    return is_device_name(object) || find(face, object, &found);
}

static bool put_attribute(struct wh_cosem_face *face, const struct wh_push_object *wanted,
                          struct dlms_writer *out)
{
    struct dlms_object object;
    if (is_device_name(wanted)) {
        dlms_put_octet_string(out, face->names[0], strlen(face->names[0]));
        return true;
    }
    if (!find(face, wanted, &object)) {
        return false;
    }
    if (wanted->attribute == LOGICAL_NAME) {
        dlms_put_octet_string(out, wanted->name, sizeof wanted->name);
        return true;
    }
    return wh_cosem_read(face, &object, (int8_t)wanted->attribute, NULL, out) ==
           DLMS_RESULT_SUCCESS;
}

/* A value that is not there, or that the APDU has no room for, is null-data. */
static void put_values(struct wh_cosem_face *face, const struct wh_push_setup *setup,
                       struct dlms_writer *out)
{
    dlms_put_structure(out, setup->object_count);
    for (uint8_t o = 0; o < setup->object_count; o++) {
        const struct dlms_writer before = *out;
        if (!put_attribute(face, &setup->objects[o], out) || dlms_writer_overflowed(out)) {
            *out = before;
            dlms_put_null(out);
        }
    }
}

static struct dlms_date_time now(const struct wh_clock *clock)
{
    uint8_t data[DATE_TIME_HEAD + DATE_TIME];
    struct dlms_date_time time;
    struct dlms_writer out = dlms_writer(data, sizeof data);
    wh_cosem_put_now(&out, clock);
    (void)dlms_date_time_parse((struct dlms_span){data + DATE_TIME_HEAD, DATE_TIME}, &time);
    return time;
}

/* The protected APDU; 0: it cannot be made. */
static size_t make(struct wh_modern *modern, const struct wh_push_setup *setup, uint8_t *buffer,
                   size_t size)
{
    struct wh_cosem_face *face = modern->face;
    struct dlms_security *security = &modern->client[WH_MODERN_READING].security;
    const struct dlms_cover cover = {
        DLMS_ENVELOPE_GENERAL_GLO,
        (uint8_t)(security->suite | DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED)};
    const size_t head = dlms_cover_head(&cover);
    const size_t around = head + dlms_cover_tail(&cover);
    const struct dlms_date_time time = now(&face->application->clock);
    if (size < around) {
        return 0;
    }
    struct dlms_writer out = dlms_writer(buffer + head, size - around);
    modern->pushing.invoke = (modern->pushing.invoke + 1) & DLMS_LONG_INVOKE_ID;
    dlms_data_notification_write(&out, modern->pushing.invoke, &time);
    put_values(face, setup, &out);
    size_t length = out.total;
    struct dlms_keys keys;
    dlms_keys_take(security, NULL, &cover, &keys);
    const bool is_made = !dlms_writer_overflowed(&out) &&
                         dlms_protect(security, &keys, &cover, buffer, size, &length) == DLMS_OK;
    dlms_wipe(&keys, sizeof keys);
    return is_made ? length : 0;
}

/* ---- When ---- */

static const struct wh_push_setup *setup_of(const struct wh_modern *modern, enum wh_push_id id)
{
    return &modern->face->application->push.setup[id];
}

static bool has_destination(const struct wh_modern *modern, enum wh_push_id id)
{
    return setup_of(modern, id)->destination_length > 0 || modern->pushing.destination[0] != '\0';
}

/* Without random numbers all meters begin at once, which is better than never. */
static void invoke(struct wh_modern *modern, enum wh_push_id id)
{
    const struct dlms_crypto *crypto = modern->client[WH_MODERN_READING].security.crypto;
    uint32_t random = 0;
    (void)crypto->random(crypto->context, (uint8_t *)&random, sizeof random);
    wh_push_invoke(&modern->pushing.push[id], setup_of(modern, id), random);
}

enum wh_err wh_modern_push_invoke(struct wh_modern *modern, enum wh_push_id id)
{
    if (!has_destination(modern, id)) {
        return WH_ERR_STATE;
    }
    invoke(modern, id);
    return WH_OK;
}

/* Alarms that nobody can be told wait until somebody can; those of this second until they are stored
 * and what is on is known with them. */
static void watch_alarms(struct wh_modern *modern)
{
    struct wh_modern_pushing *pushing = &modern->pushing;
    const struct wh_application *app = modern->face->application;
    const uint64_t pending = app->running.alarms.pending;
    if (!has_destination(modern, WH_PUSH_ALARM) || app->alarms_unsaved) {
        return;
    }
    if ((pending & ~pushing->seen) != 0) {
        invoke(modern, WH_PUSH_ALARM);
    }
    pushing->seen = pending;
}

/* A minute that the clock did not pass is not made up for. */
static void watch_schedule(struct wh_modern *modern)
{
    const struct wh_application *app = modern->face->application;
    const struct wh_push_settings *settings = &app->push;
    if (app->minute == modern->pushing.minute) {
        return;
    }
    modern->pushing.minute = app->minute;
    struct wh_datetime local = wh_clock_local(&app->clock);
    local.second = 0;
    bool is_due = false;
    for (uint8_t t = 0; t < settings->time_count; t++) {
        is_due = is_due || wh_push_is_at(&settings->times[t], &local);
    }
    if (is_due && app->clock.valid && has_destination(modern, WH_PUSH_INTERVAL)) {
        invoke(modern, WH_PUSH_INTERVAL);
    }
}

static bool is_due(struct wh_modern *modern, enum wh_push_id id)
{
    const struct wh_application *app = modern->face->application;
    const struct wh_datetime local = wh_clock_local(&app->clock);
    const uint32_t seconds = app->on_seconds - modern->pushing.on_seconds[id];
    modern->pushing.on_seconds[id] = app->on_seconds;
    return wh_push_pass(&modern->pushing.push[id], setup_of(modern, id),
                        app->clock.valid ? &local : NULL, seconds);
}

static void address(const struct wh_modern *modern, struct wh_modern_message *message)
{
    const struct wh_push_setup *setup = setup_of(modern, message->id);
    memcpy(message->destination, modern->pushing.destination, sizeof message->destination);
    if (setup->destination_length > 0) {
        memcpy(message->destination, setup->destination, setup->destination_length);
        message->destination[setup->destination_length] = '\0';
    }
}

static bool is_under_way(const struct wh_modern *modern)
{
    bool is_sending = false;
    for (int id = 0; id < WH_PUSH_SETUPS; id++) {
        is_sending = is_sending || modern->pushing.push[id].phase == WH_PUSH_SENDS;
    }
    return is_sending;
}

/* The next one gets its number when the one before has arrived, or is given up: who takes them takes none
 * with a number below the last. */
bool wh_modern_push_next(struct wh_modern *modern, struct wh_modern_message *message,
                         uint8_t *buffer, size_t size)
{
    watch_alarms(modern);
    watch_schedule(modern);
    if (is_under_way(modern)) {
        return false;
    }
    for (int id = 0; id < WH_PUSH_SETUPS; id++) {
        message->id = (enum wh_push_id)id;
        if (!is_due(modern, message->id)) {
            continue;
        }
        if (message->id == WH_PUSH_ALARM) {
            modern->pushing.telling = modern->face->application->running.alarms.pending;
        }
        address(modern, message);
        message->length = make(modern, setup_of(modern, message->id), buffer, size);
        if (message->length > 0 && message->destination[0] != '\0') {
            return true;
        }
        wh_modern_pushed(modern, message->id, false);
    }
    return false;
}

void wh_modern_pushed(struct wh_modern *modern, enum wh_push_id id, bool is_delivered)
{
    struct wh_modern_pushing *pushing = &modern->pushing;
    struct wh_application *app = modern->face->application;
    const enum wh_push_outcome outcome =
        wh_push_done(&pushing->push[id], setup_of(modern, id), is_delivered);
    if (outcome == WH_PUSH_REPEATS) {
        return;
    }
    if (outcome == WH_PUSH_GIVEN_UP && !pushing->has_failed[id]) {
        wh_application_note_push_failed(app, id);
    }
    pushing->has_failed[id] = outcome == WH_PUSH_GIVEN_UP;
    if (id == WH_PUSH_ALARM) {
        wh_application_told_alarms(app, pushing->telling);
        pushing->seen &= ~pushing->telling;
    }
}
