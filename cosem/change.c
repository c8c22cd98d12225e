/* Changes by writing. Invariant: a change goes through one command of the application or of the
 * legal part, which does all of it or nothing. */
#include "cosem/change.h"

enum dlms_result wh_cosem_result(enum wh_err err)
{
    switch (err) {
    case WH_OK:
        return DLMS_RESULT_SUCCESS;
    case WH_ERR_SEALED:
        return DLMS_RESULT_READ_WRITE_DENIED;
    case WH_ERR_STATE:
        return DLMS_RESULT_TEMPORARY_FAILURE;
    case WH_ERR_UNSUPPORTED:
        return DLMS_RESULT_OBJECT_UNAVAILABLE;
    case WH_ERR_IO:
        return DLMS_RESULT_HARDWARE_FAULT;
    default:
        return DLMS_RESULT_OTHER_REASON;
    }
}

enum wh_err wh_cosem_configure_element(struct wh_cosem_face *face, enum wh_origin origin,
                                       const char *parameter, uint8_t element, int64_t value)
{
    const struct wh_parameter *row = wh_parameter_find(parameter);
    struct wh_config config = face->application->config;
    struct wh_config_fault fault;
    if (wh_parameter_get(row, &config, element) == value) {
        return WH_OK; /* the memory is spared */
    }
    const enum wh_err err = wh_parameter_set(row, &config, element, value);
    return err != WH_OK
               ? err
               : wh_application_configure(face->application, face->legal, &config, origin, &fault);
}

enum wh_err wh_cosem_configure(struct wh_cosem_face *face, enum wh_origin origin,
                               const char *parameter, int64_t value)
{
    return wh_cosem_configure_element(face, origin, parameter, 0, value);
}

static enum wh_err set_meter_number(struct wh_cosem_face *face, enum wh_origin origin,
                                    uint32_t value)
{
    const struct wh_clock *clock = &face->application->clock;
    const struct wh_command_context context = {origin, clock->valid ? clock->utc_s : 0};
    const enum wh_err err =
        wh_legal_command(face->legal, WH_COMMAND_SET_METER_NUMBER, value, &context);
    wh_cosem_name_devices(face);
    return err;
}

static enum wh_err set_ratio(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    return value > UINT16_MAX
               ? WH_ERR_ARGUMENT
               : wh_application_set_ratio(face->application, face->legal, (uint16_t)value, origin);
}

static enum wh_err select_tariff(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    (void)origin;
    return wh_application_select_tariff(face->application, face->legal, (uint8_t)value);
}

static enum wh_err set_pulse_input(struct wh_cosem_face *face, enum wh_origin origin,
                                   uint32_t value)
{
    (void)origin;
    return wh_application_set_pulse_input(face->application, value);
}

static enum wh_err command_breaker(struct wh_cosem_face *face, enum wh_origin origin,
                                   uint32_t value)
{
    return wh_application_breaker(face->application, face->legal, (enum wh_breaker_action)value,
                                  origin);
}

/* Written Wh are a payment. The family's object has no number of it, so this one is the next:
 * whoever gets no answer reads the balance before paying again. */
static enum wh_err pay(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    const struct wh_prepayment *prepayment = &face->application->prepayment;
    const uint8_t count = prepayment->token_count;
    const uint32_t highest = count > 0 ? prepayment->token[count - 1] : 0;
    return wh_application_top_up(face->application, face->legal, value, highest + 1, origin);
}

/* Bits can be taken away, and only once their cause has gone. */
static enum wh_err keep_events_b(struct wh_cosem_face *face, enum wh_origin origin, uint32_t value)
{
    struct wh_application *app = face->application;
    const uint32_t cleared = app->running.event_b & ~value;
    (void)origin;
    if ((value & ~app->running.event_b) != 0) {
        return WH_ERR_ARGUMENT;
    }
    if ((cleared & wh_quality_bits(&app->quality)) != 0) {
        return WH_ERR_STATE;
    }
    return wh_application_clear_events(app, face->legal, 0, cleared);
}

static const struct {
    enum wh_quantity_id id;
    struct wh_cosem_change change;
} changes[] = {
    {WH_QUANTITY_METER_NUMBER, {WH_COSEM_GROUP_METER, WH_FORM_OCTETS, set_meter_number, NULL, 0}},
    {WH_QUANTITY_METER_NUMBER_1, {WH_COSEM_GROUP_METER, WH_FORM_U32, set_meter_number, NULL, 0}},
    {WH_QUANTITY_METER_NUMBER_2, {WH_COSEM_GROUP_METER, WH_FORM_U32, NULL, "number_2", 0}},
    {WH_QUANTITY_METER_NUMBER_3, {WH_COSEM_GROUP_METER, WH_FORM_U32, NULL, "number_3", 0}},
    {WH_QUANTITY_SPECIAL_1, {WH_COSEM_GROUP_METER, WH_FORM_U32, NULL, "special_1", 0}},
    {WH_QUANTITY_SPECIAL_2, {WH_COSEM_GROUP_METER, WH_FORM_U32, NULL, "special_2", 0}},
    {WH_QUANTITY_POWER_THRESHOLD,
     {WH_COSEM_GROUP_METER, WH_FORM_U32, NULL, "power_threshold_w", 0}},
    {WH_QUANTITY_PULSE_INPUT, {WH_COSEM_GROUP_METER, WH_FORM_U32, set_pulse_input, NULL, 0}},
    {WH_QUANTITY_TARIFF, {WH_COSEM_GROUP_METER, WH_FORM_U8, select_tariff, NULL, 0}},
    {WH_QUANTITY_RATIO, {WH_COSEM_GROUP_MODULE, WH_FORM_U16, set_ratio, NULL, 0}},
    {WH_QUANTITY_BREAKER_STATE, {WH_COSEM_GROUP_METER, WH_FORM_U8, command_breaker, NULL, 0}},
    {WH_QUANTITY_PREPAYMENT_BALANCE, {WH_COSEM_GROUP_MODULE, WH_FORM_U32, pay, NULL, 0}},
    {WH_QUANTITY_EVENTS_B, {WH_COSEM_GROUP_METER, WH_FORM_U32, keep_events_b, NULL, 0}},
};

const struct wh_cosem_change *wh_cosem_change_of(enum wh_quantity_id id)
{
    for (size_t c = 0; c < sizeof changes / sizeof changes[0]; c++) {
        if (changes[c].id == id) {
            return &changes[c].change;
        }
    }
    return NULL;
}

static uint8_t tag_of(enum wh_form form)
{
    switch (form) {
    case WH_FORM_U8:
        return DLMS_TAG_U8;
    case WH_FORM_U16:
        return DLMS_TAG_U16;
    case WH_FORM_U32:
        return DLMS_TAG_U32;
    default:
        return DLMS_TAG_OCTET_STRING;
    }
}

static bool digits_of(struct dlms_span text, uint32_t *value)
{
    enum { DIGITS_MAX = 8 };
    *value = 0;
    if (text.length < 1 || text.length > DIGITS_MAX) {
        return false;
    }
    for (size_t d = 0; d < text.length; d++) {
        if (text.data[d] < '0' || text.data[d] > '9') {
            return false;
        }
        *value = *value * 10 + (uint32_t)(text.data[d] - '0');
    }
    return true;
}

enum dlms_result wh_cosem_change(struct wh_cosem_face *face, const struct wh_cosem_change *change,
                                 const struct wh_cosem_write *write)
{
    if (change == NULL) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    if (write->value.tag != tag_of(change->form)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    uint32_t value = (uint32_t)write->value.integer;
    if (change->form == WH_FORM_OCTETS && !digits_of(write->value.bytes, &value)) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return wh_cosem_result(change->apply != NULL
                               ? change->apply(face, write->origin, value)
                               : wh_cosem_configure_element(face, write->origin, change->parameter,
                                                            change->element, value));
}
