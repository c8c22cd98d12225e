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

/* The version is "LR-0.1": number and revision. */
static const char *revision(void)
{
    const char *hyphen = strchr(wh_legal_software_id().version, '-');
    return hyphen != NULL ? hyphen + 1 : wh_legal_software_id().version;
}

/* A hundred times the part before the point, and the part behind it. */
static uint32_t revision_number(const struct wh_cosem_face *face)
{
    (void)face;
    uint32_t parts[2] = {0};
    int part = 0;
    for (const char *c = revision(); *c != '\0'; c++) {
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

/* ---- The table ---- */

enum { ALL_MODELS = 0xff, ONLY_382L = 1 << WH_MODEL_382L, ONLY_351C = 1 << WH_MODEL_351C };

struct row {
    uint8_t name[6];
    enum wh_form form;
    uint8_t models; /* bit by enum wh_model */
    bool is_public;
    uint32_t (*number)(const struct wh_cosem_face *face); /* NULL: a parameter, or not to be read */
    struct wh_cosem_change change;
};

#define READ(form, models, number)                                                                 \
    WH_FORM_##form, models, false, number,                                                         \
    {                                                                                              \
        0, WH_FORM_##form, NULL, NULL                                                              \
    }
#define WRITE(form, number, apply)                                                                 \
    WH_FORM_##form, ALL_MODELS, false, number,                                                     \
    {                                                                                              \
        WH_COSEM_GROUP_METER, WH_FORM_##form, apply, NULL                                          \
    }
#define PARAMETER(form, models, name)                                                              \
    WH_FORM_##form, models, false, NULL,                                                           \
    {                                                                                              \
        WH_COSEM_GROUP_METER, WH_FORM_##form, NULL, name                                           \
    }

/* clang-format off */
static const struct row rows[] = {
    {{0, 1, 96, 3, 1, 255}, PARAMETER(U8, ALL_MODELS, "module_io")},
    {{1, 1, 0, 1, 5, 128}, WRITE(U8, NULL, stop_debiting)},
    {{1, 1, 0, 1, 6, 128}, PARAMETER(U8, ALL_MODELS, "debiting_2_interval")},
    {{1, 1, 0, 2, 1, 128}, READ(U32, ALL_MODELS, revision_number)},
    {{1, 1, 0, 2, 2, 128}, WH_FORM_TEXT, ALL_MODELS, true, NULL, {0, WH_FORM_TEXT, NULL, NULL}},
    {{1, 1, 0, 4, 2, 1}, READ(U16, ONLY_351C, ratio_before)},
    {{1, 1, 0, 4, 5, 255}, READ(U16, ONLY_351C, denominator)},
    {{1, 1, 0, 4, 128, 255}, READ(U8, ONLY_351C, ratio_lock)},
    {{1, 1, 96, 5, 1, 255}, WRITE(U8, led, set_led)},
    {{1, 1, 96, 52, 6, 255}, WRITE(U8, working_days, set_working_days)},
    {{1, 1, 96, 52, 11, 255}, PARAMETER(U8, ALL_MODELS, "daylight")},
    {{1, 1, 96, 52, 21, 255}, PARAMETER(U8, ONLY_382L, "tariff_source")},
    {{1, 1, 134, 0, 1, 255}, READ(U8, ALL_MODELS, energy_format)},
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
    return row->number != NULL || row->change.parameter != NULL || row->form == WH_FORM_TEXT;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct row *row = &rows[index];
    const bool exists = (row->models >> face->application->variant->id & 1u) != 0;
    object->class_id = WH_COSEM_DATA;
    object->attribute_count = WH_COSEM_VALUE;
    object->readable = is_readable(row) ? DLMS_ATTRIBUTE(WH_COSEM_VALUE) : 0;
    object->writable = row->change.writers != 0 ? DLMS_ATTRIBUTE(WH_COSEM_VALUE) : 0;
    object->writers = row->change.writers;
    object->groups = (uint8_t)(exists ? WH_COSEM_GROUP_METER |
                                            (row->is_public ? (unsigned)WH_COSEM_GROUP_PUBLIC : 0u)
                                      : 0u);
}

static uint32_t number_of(const struct wh_cosem_face *face, const struct row *row)
{
    return row->number != NULL
               ? row->number(face)
               : (uint32_t)wh_parameter_get(wh_parameter_find(row->change.parameter),
                                            &face->application->config, 0);
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct row *row = &rows[read->index];
    switch (row->form) {
    case WH_FORM_TEXT:
        dlms_put_visible_string(out, revision());
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
