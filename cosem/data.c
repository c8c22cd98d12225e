/* Objects of class 1 that are no quantity of the catalog: commands, parameters of the
 * configuration, and what tells of the program. Invariant: a row whose change names a parameter
 * shows that very parameter. */
#include "cosem/change.h"
#include "cosem/objects.h"
#include <string.h>

enum {
    ENERGY_FORMAT = 1,     /* as the recorded profiles of a 351C have it */
    RATIO_DENOMINATOR = 1, /* the ratio is whole */
    LED_NORMAL = 1,
    LED_VERIFICATION = 2, /* of A+, then A-, R+, R- */
    LED_LAST = 5,
    SECONDS_PER_HOUR = 3600,
    SECONDS_PER_DAY = 86400,
    MINUTES_PER_DAY = 1440,
};

static const uint8_t led_quantities[] = {WH_QUANTITY_A_PLUS, WH_QUANTITY_A_MINUS,
                                         WH_QUANTITY_R_PLUS, WH_QUANTITY_R_MINUS};

/* ---- Values ---- */

static uint32_t led(const struct wh_cosem_face *face)
{
    const uint32_t energy = wh_legal_led_energy(face->legal);
    uint32_t e = 0;
    while (wh_catalog_get((enum wh_quantity_id)led_quantities[e])->index != energy) {
        e++;
    }
    return face->application->verification_s != 0 ? LED_VERIFICATION + e : LED_NORMAL;
}

static uint32_t working_days(const struct wh_cosem_face *face)
{
    return face->application->plan.working_days;
}

static uint32_t energy_format(const struct wh_cosem_face *face)
{
    (void)face;
    return ENERGY_FORMAT;
}

static uint32_t denominator(const struct wh_cosem_face *face)
{
    (void)face;
    return RATIO_DENOMINATOR;
}

static uint32_t ratio_lock(const struct wh_cosem_face *face)
{
    return wh_legal_ratio_is_locked(face->legal);
}

/* Of the newest record of the log; without one the ratio has always been what it is. */
static uint32_t ratio_before(const struct wh_cosem_face *face)
{
    struct wh_log_range range;
    struct wh_event event;
    const struct wh_log *log = &face->application->logs.log[WH_LOG_RATIO];
    const bool found = wh_log_range_begin_entries(log, 0, 0, &range) == WH_OK &&
                       wh_event_next(&range, &event) == WH_OK;
    return found ? event.value_a : wh_legal_ratio(face->legal);
}

static const char *plan_name(const struct wh_cosem_face *face)
{
    return face->application->plan.name;
}

static uint32_t plan_season(const struct wh_cosem_face *face)
{
    const struct wh_datetime local = wh_clock_local(&face->application->clock);
    return wh_tariff_plan_season(&face->application->plan, &local);
}

/* A time of day as the decimal number hhmmss. */
static uint32_t time_of_day(uint16_t minutes)
{
    return (minutes / 60u * 100u + minutes % 60u) * 100u;
}

static uint32_t hold_from(const struct wh_cosem_face *face)
{
    return time_of_day(face->application->config.prepayment_hold_from_min);
}

static uint32_t hold_to(const struct wh_cosem_face *face)
{
    return time_of_day(face->application->config.prepayment_hold_to_min);
}

/* Hours of low load that are left, begun ones counted. */
static uint32_t low_load_hours(const struct wh_cosem_face *face)
{
    const struct wh_application *app = face->application;
    const uint32_t begin_s = app->prepayment.low_start_s;
    const uint32_t end_s = begin_s + app->config.prepayment_low_days * (uint32_t)SECONDS_PER_DAY;
    const bool runs = begin_s != 0 && end_s > app->clock.utc_s;
    return runs ? (end_s - app->clock.utc_s + SECONDS_PER_HOUR - 1) / SECONDS_PER_HOUR : 0;
}

/* The version is "LR-0.1": number and revision. */
static const char *revision(const struct wh_cosem_face *face)
{
    (void)face;
    const char *hyphen = strchr(wh_legal_software_id().version, '-');
    return hyphen != NULL ? hyphen + 1 : wh_legal_software_id().version;
}

/* A hundred times the part before the point, and the part behind it. */
static uint32_t revision_number(const struct wh_cosem_face *face)
{
    uint32_t parts[2] = {0};
    int part = 0;
    for (const char *c = revision(face); *c != '\0'; c++) {
        part = *c == '.' ? 1 : part;
        parts[part] =
            *c >= '0' && *c <= '9' ? parts[part] * 10 + (uint32_t)(*c - '0') : parts[part];
    }
    return parts[0] * 100 + parts[1];
}

/* ---- Changes ---- */

static enum wh_err stop_debiting(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    (void)origin;
    return value != 1 ? WH_ERR_ARGUMENT
                      : wh_application_stop_debiting(face->application, face->legal,
                                                     WH_DEBITING_BY_COMMAND);
}

/* Verification of A+ is what the LED does anyway. */
static enum wh_err set_led(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    (void)origin;
    if (value < LED_NORMAL || value > LED_LAST) {
        return WH_ERR_ARGUMENT;
    }
    const uint32_t energy = value == LED_NORMAL ? 0 : value - LED_VERIFICATION;
    if (!wh_config_has(&face->application->config, (enum wh_quantity_id)led_quantities[energy])) {
        return WH_ERR_ARGUMENT;
    }
    return wh_application_verify(face->application, face->legal, (uint8_t)energy);
}

static enum wh_err set_working_days(struct wh_cosem_face *face, enum wh_origin origin,
                                    uint32_t value)
{
    struct wh_tariff_plan plan = face->application->plan;
    struct wh_plan_fault fault;
    (void)origin;
    plan.working_days = (uint8_t)value;
    return wh_application_set_plan(face->application, face->legal, &plan, &fault);
}

/* Of whole minutes only. */
static enum wh_err set_time_of_day(struct wh_cosem_face *face, enum wh_origin origin,
                                   const char *parameter, uint32_t value)
{
    const uint32_t minutes = value / 10000 * 60 + value / 100 % 100;
    return minutes >= MINUTES_PER_DAY || time_of_day((uint16_t)minutes) != value
               ? WH_ERR_ARGUMENT
               : wh_cosem_configure(face, origin, parameter, minutes);
}

static enum wh_err set_hold_from(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    return set_time_of_day(face, origin, "prepayment_hold_from_min", value);
}

static enum wh_err set_hold_to(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    return set_time_of_day(face, origin, "prepayment_hold_to_min", value);
}

/* ---- The table ---- */

enum {
    ALL_MODELS = 0xff,
    ONLY_382L = 1 << WH_MODEL_382L,
    ONLY_351C = 1 << WH_MODEL_351C,
    BUT_351C = ALL_MODELS & ~ONLY_351C,
};

struct row {
    uint8_t name[6];
    enum wh_form form;
    uint8_t models; /* bit by enum wh_model */
    bool needs_breaker;
    bool is_public;
    /* One of these, or a parameter of the change; none: it cannot be read. */
    uint32_t (*number)(const struct wh_cosem_face *face);
    const char *(*text)(const struct wh_cosem_face *face);
    struct wh_cosem_change change;
};

#define READ(form_, models_, number_)                                                              \
    .form = WH_FORM_##form_, .models = (models_), .number = (number_)
#define TEXT(models_, text_) .form = WH_FORM_TEXT, .models = (models_), .text = (text_)
#define CHANGE(form_, writers_, ...)                                                               \
    .form = WH_FORM_##form_,                                                                       \
    .change = {.writers = WH_COSEM_GROUP_##writers_, .form = WH_FORM_##form_, __VA_ARGS__}
#define WRITE(form_, number_, apply_)                                                              \
    CHANGE(form_, METER, .apply = (apply_)), .models = ALL_MODELS, .number = (number_)
#define PARAMETER(form_, models_, name_)                                                           \
    CHANGE(form_, METER, .parameter = (name_)), .models = (models_)
/* Of breaker and prepayment: through the module port only (docs/breaker.md). */
#define BREAKER(form_, name_, element_)                                                            \
    CHANGE(form_, MODULE, .parameter = (name_), .element = (element_)), .models = ALL_MODELS,      \
                                                                        .needs_breaker = true
#define PREPAYMENT(form_, number_, apply_)                                                         \
    CHANGE(form_, MODULE, .apply = (apply_)), .models = ALL_MODELS, .needs_breaker = true,         \
                                              .number = (number_)

/* clang-format off */
static const struct row rows[] = {
    {{0, 1, 96, 3, 1, 255}, PARAMETER(U8, ALL_MODELS, "module_io")},
    {{1, 1, 0, 1, 5, 128}, WRITE(U8, NULL, stop_debiting)},
    {{1, 1, 0, 1, 6, 128}, PARAMETER(U8, ALL_MODELS, "debiting_2_interval")},
    {{1, 1, 0, 2, 1, 128}, READ(U32, ALL_MODELS, revision_number)},
    {{1, 1, 0, 2, 2, 128}, TEXT(ALL_MODELS, revision), .is_public = true},
    {{1, 1, 0, 4, 2, 1}, READ(U16, ONLY_351C, ratio_before)},
    {{1, 1, 0, 4, 5, 255}, READ(U16, ONLY_351C, denominator)},
    {{1, 1, 0, 4, 128, 255}, READ(U8, ONLY_351C, ratio_lock)},
    {{1, 1, 96, 5, 1, 255}, WRITE(U8, led, set_led)},
    {{1, 1, 96, 52, 6, 255}, WRITE(U8, working_days, set_working_days)},
    {{1, 1, 96, 52, 11, 255}, PARAMETER(U8, ALL_MODELS, "daylight")},
    {{1, 1, 96, 52, 21, 255}, PARAMETER(U8, ONLY_382L, "tariff_source")},
    {{1, 1, 96, 52, 23, 255}, TEXT(ONLY_382L, plan_name)},
    {{1, 1, 96, 52, 25, 255}, READ(U8, ONLY_382L, plan_season)},
    {{1, 1, 128, 0, 2, 255}, BREAKER(U8, "disconnect_k_tenths", 0)},
    {{1, 1, 128, 0, 3, 255}, BREAKER(U8, "disconnect_k_tenths", 1)},
    {{1, 1, 128, 0, 4, 255}, BREAKER(U8, "disconnect_k_tenths", 2)},
    {{1, 1, 128, 0, 5, 255}, BREAKER(U16, "disconnect_t_s", 0)},
    {{1, 1, 128, 0, 6, 255}, BREAKER(U16, "disconnect_t_s", 1)},
    {{1, 1, 128, 0, 7, 255}, BREAKER(U16, "disconnect_t_s", 2)},
    {{1, 1, 128, 0, 8, 255}, BREAKER(U16, "reconnect_wait_s", 0)},
    {{1, 1, 128, 0, 9, 255}, BREAKER(U8, "prepayment_low_days", 0)},
    {{1, 1, 128, 0, 10, 255}, BREAKER(U8, "reconnect_automatic", 0)},
    {{1, 1, 128, 0, 11, 255}, BREAKER(U8, "cut_off_basis", 0)},
    {{1, 1, 128, 0, 12, 255}, BREAKER(U8, "disconnect_low", 0)},
    {{1, 1, 128, 0, 13, 255}, BREAKER(U8, "disconnect_high", 0)},
    {{1, 1, 128, 0, 19, 255}, BREAKER(U16, "over_disconnect_v", 0)},
    {{1, 1, 128, 0, 20, 255}, BREAKER(U16, "over_disconnect_s", 0)},
    {{1, 1, 128, 0, 21, 255}, BREAKER(U16, "over_reconnect_v", 0)},
    {{1, 1, 128, 0, 22, 255}, BREAKER(U16, "over_reconnect_s", 0)},
    {{1, 1, 130, 0, 2, 255}, PREPAYMENT(U32, hold_from, set_hold_from)},
    {{1, 1, 130, 0, 3, 255}, PREPAYMENT(U32, hold_to, set_hold_to)},
    {{1, 1, 130, 0, 6, 255}, READ(U16, ALL_MODELS, low_load_hours), .needs_breaker = true},
    {{1, 1, 130, 0, 7, 255}, BREAKER(U16, "prepayment_alarm_kwh", 0)},
    {{1, 1, 134, 0, 1, 255}, READ(U8, ALL_MODELS, energy_format)},
    {{1, 1, 134, 0, 11, 255}, CHANGE(U16, MODULE, .parameter = "neutral_s"), .models = BUT_351C},
};
/* clang-format on */

static size_t count(void)
{
    return sizeof rows / sizeof rows[0];
}

static const uint8_t *name(size_t index)
{
    return rows[index].name;
}

static bool is_readable(const struct row *row)
{
    return row->number != NULL || row->change.parameter != NULL || row->text != NULL;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct row *row = &rows[index];
    const bool exists = (row->models >> face->application->variant->id & 1u) != 0 &&
                        (!row->needs_breaker || face->application->config.breaker != 0);
    object->class_id = WH_COSEM_DATA;
    object->attribute_count = WH_COSEM_VALUE;
    object->readable = is_readable(row) ? DLMS_ATTRIBUTE(WH_COSEM_VALUE) : 0;
    object->writable = row->change.writers != 0 ? DLMS_ATTRIBUTE(WH_COSEM_VALUE) : 0;
    object->writers = row->change.writers;
    object->groups = (uint8_t)(exists ? WH_COSEM_GROUP_METER | row->change.writers |
                                            (row->is_public ? (unsigned)WH_COSEM_GROUP_PUBLIC : 0u)
                                      : 0u);
}

static uint32_t number_of(const struct wh_cosem_face *face, const struct row *row)
{
    return row->number != NULL
               ? row->number(face)
               : (uint32_t)wh_parameter_get(wh_parameter_find(row->change.parameter),
                                            &face->application->config, row->change.element);
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct row *row = &rows[read->index];
    switch (row->form) {
    case WH_FORM_TEXT:
        dlms_put_visible_string(out, row->text(face));
        break;
    case WH_FORM_U8:
        dlms_put_u8(out, (uint8_t)number_of(face, row));
        break;
    case WH_FORM_U16:
        dlms_put_u16(out, (uint16_t)number_of(face, row));
        break;
    default:
        dlms_put_u32(out, number_of(face, row));
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result write(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    return wh_cosem_change(face, &rows[write->index].change, write);
}

const struct wh_cosem_kind wh_cosem_data = {count, name, describe, read, write, NULL};
