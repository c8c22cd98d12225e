/* Commands of KMP. Invariant: what is refused has changed nothing. */
#include "face/kmp_face.h"
#include "face/change.h"
#include "face/display_block.h"
#include "face/kmp_value.h"
#include "face/parameter_place.h"
#include "face/quantity.h"

static struct wh_meter *meter_of(void *context)
{
    const struct wh_kmp_face *face = context;
    return face->access->meter;
}

static enum wh_err get_type(void *context, struct kmp_type *type)
{
    type->type = wh_face_type_code(&meter_of(context)->application);
    wh_face_revision(&type->revision_letter, &type->revision_number);
    return WH_OK;
}

static enum wh_err get_serial_number(void *context, uint32_t *serial_number)
{
    *serial_number = wh_legal_identity(&meter_of(context)->legal).serial_number;
    return WH_OK;
}

/* ---- PutRegister ----------------------------------------------------------------------------- */

/* number · 10^from in 10^to. WH_ERR_ARGUMENT if digits would be lost, or it is out of all ranges. */
static enum wh_err rescale(int64_t *number, int from, int to)
{
    if (*number < 0) {
        return WH_ERR_ARGUMENT;
    }
    for (; from > to && *number <= INT64_MAX / 10 && *number != 0; from--) {
        *number *= 10;
    }
    for (; from < to && *number % 10 == 0 && *number != 0; from++) {
        *number /= 10;
    }
    return from == to || *number == 0 ? WH_OK : WH_ERR_ARGUMENT;
}

/* In units of the display's last digit, which for what can be written is that of the register, too. */
static enum wh_err number_to_write(const struct wh_change *change, const struct kmp_value *value,
                                   int64_t *number)
{
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)change->quantity);
    const uint8_t unit = row != NULL ? row->kmp.unit : KMP_UNIT_NUMBER;
    if (value->unit != unit) {
        return WH_ERR_UNSUPPORTED;
    }
    const enum wh_err err = kmp_value_to_number(value, number);
    return err == WH_OK ? rescale(number, value->exponent, row != NULL ? row->kmp.exponent : 0)
                        : err;
}

static enum wh_err put_register(void *context, uint16_t password, uint16_t id,
                                const struct kmp_value *value)
{
    struct wh_kmp_face *face = context;
    const struct wh_change *change = wh_change_of_kmp(id);
    int64_t number;
    enum wh_err err = wh_access_try_kmp(face->access, password, face->origin);
    if (err == WH_OK && change == NULL) {
        err = wh_display_block_write(face, id, value);
        err = err == WH_ERR_NOT_FOUND ? wh_place_write(face, id, value) : err;
        return err == WH_ERR_NOT_FOUND ? WH_ERR_SEALED : err;
    }
    if (err == WH_OK) {
        err = number_to_write(change, value, &number);
    }
    return err == WH_OK ? wh_change_apply(change, meter_of(context), face->origin, number) : err;
}

/* ---- Clock and periods ----------------------------------------------------------------------- */

/* Whether a local time is one of daylight saving is not said: by the rule; of the hour that comes twice, the first. */
static enum wh_err set_clock(void *context, const struct kmp_rtc *time)
{
    struct wh_meter *meter = meter_of(context);
    const struct wh_clock *clock = &meter->application.clock;
    const struct wh_datetime local = {.year = time->year,
                                      .month = time->month,
                                      .day = time->day,
                                      .hour = time->hour,
                                      .minute = time->minute,
                                      .second = time->second};
    uint32_t utc_s;
    bool summer = false;
    if (wh_clock_utc_of_local(clock, &local, true, &utc_s) == WH_OK) {
        (void)wh_clock_local_of(clock, utc_s, &summer);
    }
    return wh_change_clock(meter, &local, summer);
}

static enum wh_err stop_debiting(void *context)
{
    struct wh_meter *meter = meter_of(context);
    return wh_application_stop_debiting(&meter->application, &meter->legal, WH_DEBITING_BY_COMMAND);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static enum wh_err get_events(void *context, struct kmp_events *events)
{
    const uint32_t bits = meter_of(context)->application.running.event_a;
    for (unsigned b = 0; b < sizeof events->status; b++) {
        events->status[b] = (uint8_t)(bits >> 8 * b);
    }
    return WH_OK;
}

static uint32_t mask_of(const struct kmp_events *events)
{
    uint32_t mask = 0;
    for (unsigned b = 0; b < sizeof events->status; b++) {
        mask |= (uint32_t)events->status[b] << 8 * b;
    }
    return mask;
}

/* Logs that have a bit for records not read yet: their cause is a newest record that nobody has acknowledged. */
static const struct {
    uint32_t bit;
    uint8_t name;
} log_bits[] = {
    {WH_EVENT_A_DEBITING_LOG, WH_LOG_DEBITING},     {WH_EVENT_A_CLOCK_LOG, WH_LOG_CLOCK},
    {WH_EVENT_A_STATUS_LOG, WH_LOG_STATUS},         {WH_EVENT_A_QUALITY_LOG, WH_LOG_QUALITY},
    {WH_EVENT_A_BREAKER_LOG, WH_LOG_BREAKER},       {WH_EVENT_A_PROFILE, WH_LOG_PROFILE},
    {WH_EVENT_A_DEBITING_2_LOG, WH_LOG_DEBITING_2}, {WH_EVENT_A_RATIO_LOG, WH_LOG_RATIO},
};

static uint32_t unread(const struct wh_application *app)
{
    uint32_t bits = 0;
    for (size_t l = 0; l < sizeof log_bits / sizeof log_bits[0]; l++) {
        const enum wh_log_name name = (enum wh_log_name)log_bits[l].name;
        if (wh_application_read_mark(app, name) < wh_log_newest(&app->logs.log[name])) {
            bits |= log_bits[l].bit;
        }
    }
    return bits;
}

/* Bits whose cause lasts stay in any case: the application sees to that. */
static enum wh_err clear_events(void *context, const struct kmp_events *if_gone,
                                const struct kmp_events *always)
{
    struct wh_meter *meter = meter_of(context);
    struct wh_application *app = &meter->application;
    const uint32_t mask = (mask_of(if_gone) & ~unread(app)) | mask_of(always);
    return wh_application_clear_events(app, &meter->legal, mask, 0);
}

/* ---- Configurations -------------------------------------------------------------------------- */

static enum wh_err get_load_profile(void *context, struct kmp_load_profile *profile)
{
    enum { SIZE = 0x81 }; /* as a meter of the family answers; its bits are not public */
    const struct wh_config *config = &meter_of(context)->application.config;
    static const uint8_t order[] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};
    uint8_t count;
    const uint8_t *energies = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    *profile = (struct kmp_load_profile){.interval_min = config->profile_min, .size = SIZE};
    for (unsigned o = 0; o < sizeof order; o++) {
        for (uint8_t e = 0; e < count; e++) {
            profile->energies |= (uint8_t)((energies[e] == order[o]) << o);
        }
    }
    return WH_OK;
}

/* Half cycles are judged, so there is no least duration. */
static enum wh_err get_voltage_quality(void *context, struct kmp_voltage_quality *quality)
{
    enum { MV_PER_V = 1000 };
    const struct wh_config *config = &meter_of(context)->application.config;
    quality->low_v = (uint16_t)(config->under_mv / MV_PER_V);
    quality->high_v = (uint16_t)(config->over_mv / MV_PER_V);
    quality->duration_10s = 0;
    return WH_OK;
}

/* ---- Breaker --------------------------------------------------------------------------------- */

/* 0 of a meter without one: that state, and nothing known of it. */
static uint8_t breaker_number(const struct wh_meter *meter, enum wh_quantity_id id)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    struct wh_reading reading;
    const bool is_known = wh_application_has(&meter->application, id) &&
                          wh_read(&source, wh_catalog_get(id), &reading) == WH_OK;
    return is_known ? (uint8_t)reading.number : 0;
}

static enum wh_err get_cut_off(void *context, struct kmp_cut_off *cut_off)
{
    const struct wh_meter *meter = meter_of(context);
    cut_off->state = breaker_number(meter, WH_QUANTITY_BREAKER_STATE);
    cut_off->feedback = breaker_number(meter, WH_QUANTITY_BREAKER_FEEDBACK);
    return WH_OK;
}

static enum wh_err set_cut_off(void *context, enum kmp_cut_off_command command)
{
    const struct wh_kmp_face *face = context;
    struct wh_meter *meter = meter_of(context);
    return wh_application_breaker(&meter->application, &meter->legal,
                                  (enum wh_breaker_action)command, face->origin);
}

_Static_assert((int)KMP_DISCONNECT == (int)WH_BREAKER_DISCONNECT &&
                   (int)KMP_RELEASE == (int)WH_BREAKER_RELEASE &&
                   (int)KMP_RECONNECT == (int)WH_BREAKER_RECONNECT,
               "one number for a command");

const struct kmp_meter wh_kmp_meter = {
    .type = get_type,
    .serial_number = get_serial_number,
    .read_register = wh_kmp_read_register,
    .put_register = put_register,
    .set_clock = set_clock,
    .debiting_stop = stop_debiting,
    .cut_off = get_cut_off,
    .set_cut_off = set_cut_off,
    .events = get_events,
    .clear_events = clear_events,
    .load_profile = get_load_profile,
    .voltage_quality = get_voltage_quality,
    .log_range = wh_kmp_log_range,
    .log_find = wh_kmp_log_find,
    .log_record = wh_kmp_log_record,
    .log_mark_read = wh_kmp_log_mark_read,
};
