/* Read-out and programming mode. Invariant: what is refused has changed nothing, and nothing is written without the
 * password. */
#include "face/iec_face.h"
#include "face/change.h"
#include "face/iec_value.h"
#include "face/parameter_place.h"
#include "face/quantity.h"
#include <string.h>

static const struct wh_meter *meter_of(void *context)
{
    const struct wh_iec_face *face = context;
    return face->access->meter;
}

static enum wh_err get_type(void *context, char *text, size_t size)
{
    struct wh_text out = wh_text_begin(text, size);
    wh_text_string(&out, meter_of(context)->variant->model);
    return wh_text_end(&out);
}

static enum wh_err get_address(void *context, char *text, size_t size)
{
    struct wh_text out = wh_text_begin(text, size);
    wh_text_decimal(&out, wh_legal_identity(&meter_of(context)->legal).serial_number, 0, 1);
    return wh_text_end(&out);
}

/* ---- Read-out -------------------------------------------------------------------------------- */

/* User data 2 in the order of its description. */
static const uint8_t user_data_2[] = {
    WH_QUANTITY_METER_NUMBER_1, WH_QUANTITY_STATUS,          WH_QUANTITY_A_PLUS,
    WH_QUANTITY_A_PLUS_T1,      WH_QUANTITY_A_PLUS_T2,       WH_QUANTITY_A_MINUS,
    WH_QUANTITY_A_MINUS_T1,     WH_QUANTITY_A_MINUS_T2,      WH_QUANTITY_R_PLUS,
    WH_QUANTITY_R_PLUS_T1,      WH_QUANTITY_R_PLUS_T2,       WH_QUANTITY_R_MINUS,
    WH_QUANTITY_R_MINUS_T1,     WH_QUANTITY_R_MINUS_T2,      WH_QUANTITY_P_PLUS_MAX,
    WH_QUANTITY_P_PLUS_T1_MAX,  WH_QUANTITY_P_PLUS_T2_MAX,   WH_QUANTITY_P_MINUS_MAX,
    WH_QUANTITY_P_PLUS_MAX_SUM, WH_QUANTITY_P_MINUS_MAX_SUM, WH_QUANTITY_Q_PLUS_MAX,
    WH_QUANTITY_Q_PLUS_MAX_SUM, WH_QUANTITY_Q_MINUS_MAX,     WH_QUANTITY_Q_MINUS_MAX_SUM,
    WH_QUANTITY_DEBITING_COUNT, WH_QUANTITY_HOURS,           WH_QUANTITY_CLOCK,
};

static enum wh_err put_time_of(struct wh_text *out, const struct wh_meter *meter,
                               enum wh_quantity_id peak)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    const struct wh_quantity *row =
        wh_catalog_get((enum wh_quantity_id)(peak + WH_QUANTITY_TIME_BEHIND_PEAK));
    struct wh_reading reading;
    const enum wh_err err = wh_read(&source, row, &reading);
    if (err == WH_OK) {
        wh_iec_put_value(out, &meter->application, row, &reading);
    }
    return err;
}

static enum wh_err write_set(const struct wh_meter *meter, enum wh_quantity_id id,
                             struct iec21_data_set *set)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    const struct wh_quantity *row = wh_catalog_get(id);
    struct wh_text address = wh_text_begin(set->address, sizeof set->address);
    struct wh_text value = wh_text_begin(set->value, sizeof set->value);
    struct wh_text unit = wh_text_begin(set->unit, sizeof set->unit);
    struct wh_text second = wh_text_begin(set->second, sizeof set->second);
    struct wh_reading reading;
    enum wh_err err = wh_read(&source, row, &reading);
    if (err != WH_OK) {
        return err;
    }
    wh_text_string(&address, row->display.id);
    wh_iec_put_value(&value, &meter->application, row, &reading);
    wh_text_string(&unit, row->display.unit);
    if (wh_iec_has_time(id)) {
        err = put_time_of(&second, meter, id);
    }
    return err == WH_OK && value.is_cut ? WH_ERR_SPACE : err;
}

/* What the meter does not have is left out, not an end. */
static enum wh_err get_data_set(void *context, size_t index, struct iec21_data_set *set)
{
    const struct wh_meter *meter = meter_of(context);
    if (index >= sizeof user_data_2) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_quantity_id id = (enum wh_quantity_id)user_data_2[index];
    return wh_application_has(&meter->application, id) ? write_set(meter, id, set)
                                                       : WH_ERR_UNSUPPORTED;
}

/* ---- Reading by code ------------------------------------------------------------------------- */

/* Only the password of programming; P2 is the maker's. */
static enum wh_err login(void *context, const char *password, struct iec21_access *access)
{
    struct wh_iec_face *face = context;
    if (access->login != '1') {
        return WH_ERR_SEALED;
    }
    access->level = 1;
    return wh_access_try(face->access, password, face->origin);
}

/* Protocol settings: lists, mode D0 (interval, speed), protocols by port; Ta, Tr, Tt in ms, Ti in s. They are fixed. */
static const uint16_t settings[] = {1, 1, 1, 0, 0, 0, 3, 3, 3, 1, 1, 1, 1500, 1500, 1700, 90};

/* NULL: there is none of that address. */
static const uint16_t *setting_of(const char *address)
{
    static const char prefix[] = "131.0.";
    int64_t number;
    if (strncmp(address, prefix, sizeof prefix - 1) != 0 ||
        wh_text_read_decimal(address + sizeof prefix - 1, 0, &number) != WH_OK || number < 1 ||
        number > (int64_t)(sizeof settings / sizeof settings[0])) {
        return NULL;
    }
    return &settings[number - 1];
}

/* In the places of face/parameter_place.h. */
static bool read_parameter(const struct wh_meter *meter, const char *address, struct wh_text *out)
{
    uint8_t element;
    const struct wh_parameter *parameter =
        wh_place_of_address(&meter->application.config, address, &element);
    if (parameter != NULL) {
        wh_text_decimal(out, wh_parameter_get(parameter, &meter->application.config, element), 0,
                        1);
    }
    return parameter != NULL;
}

/* A code taken apart: C.D.E, and which debiting period; 0 is now. A and B in front are passed over. */
struct code {
    char address[IEC21_ADDRESS_SIZE];
    unsigned period;
};

static enum wh_err split_code(const char *address, struct code *code)
{
    const char *colon = strchr(address, ':');
    const char *from = colon != NULL ? colon + 1 : address;
    const char *star = strchr(from, '*');
    const size_t length = star != NULL ? (size_t)(star - from) : strlen(from);
    int64_t period = 0;
    if (length >= sizeof code->address) {
        return WH_ERR_NOT_FOUND;
    }
    if (star != NULL && (wh_text_read_decimal(star + 1, 0, &period) != WH_OK || period < 1 ||
                         period > WH_DEBITING_DEPTH)) {
        return WH_ERR_NOT_FOUND;
    }
    memcpy(code->address, from, length);
    code->address[length] = '\0';
    code->period = (unsigned)period;
    return WH_OK;
}

/* A reading of now, or of a debiting period. */
static enum wh_err reading_of(const struct wh_meter *meter, enum wh_quantity_id id, unsigned period,
                              struct wh_reading *reading)
{
    const struct wh_application *app = &meter->application;
    const struct wh_reading_source source = wh_meter_readings(meter);
    struct wh_log_range range;
    struct wh_record record;
    if (period == 0) {
        return wh_read(&source, wh_catalog_get(id), reading);
    }
    enum wh_err err =
        wh_log_range_begin_entries(&app->logs.log[WH_LOG_DEBITING], period - 1, period - 1, &range);
    if (err == WH_OK) {
        err = wh_record_next(app, WH_LOG_DEBITING, &range, &record);
    }
    return err == WH_OK ? wh_record_reading(&record, id, reading) : err;
}

static void put_with_unit(struct wh_text *out, const struct wh_application *app,
                          const struct wh_quantity *row, const struct wh_reading *reading)
{
    wh_iec_put_value(out, app, row, reading);
    if (row->display.unit[0] != '\0') {
        wh_text_char(out, '*');
        wh_text_string(out, row->display.unit);
    }
}

static enum wh_err read_quantity(const struct wh_meter *meter, const struct code *code,
                                 struct wh_text *out)
{
    const struct wh_application *app = &meter->application;
    const enum wh_quantity_id id = wh_iec_quantity(app, code->address);
    struct wh_reading reading;
    if (id == WH_QUANTITY_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    enum wh_err err = reading_of(meter, id, code->period, &reading);
    if (err != WH_OK) {
        return err;
    }
    put_with_unit(out, app, wh_catalog_get(id), &reading);
    if (wh_iec_has_time(id)) {
        const enum wh_quantity_id time = (enum wh_quantity_id)(id + WH_QUANTITY_TIME_BEHIND_PEAK);
        err = reading_of(meter, time, code->period, &reading);
        wh_text_string(out, ")(");
        wh_iec_put_value(out, app, wh_catalog_get(time), &reading);
    }
    return err;
}

static enum wh_err read(void *context, const struct iec21_access *access,
                        const struct iec21_command *command, char *value, size_t size)
{
    const struct wh_meter *meter = meter_of(context);
    struct wh_text out = wh_text_begin(value, size);
    struct code code;
    (void)access;
    enum wh_err err = split_code(command->address, &code);
    if (err != WH_OK) {
        return err;
    }
    const uint16_t *setting = setting_of(code.address);
    if (strcmp(code.address, "96.5.1") == 0) {
        wh_text_decimal(&out, wh_face_operation_mode(meter), 0, 1);
    } else if (setting != NULL) {
        wh_text_decimal(&out, *setting, 0, 1);
    } else if (!read_parameter(meter, code.address, &out)) {
        err = read_quantity(meter, &code, &out);
    }
    return err == WH_OK ? wh_text_end(&out) : err;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static enum wh_err write_clock(struct wh_meter *meter, const char *argument)
{
    struct wh_datetime local;
    const bool summer = argument[0] == '1';
    if (argument[0] != '0' && argument[0] != '1') {
        return WH_ERR_FORMAT;
    }
    const enum wh_err err = wh_text_read_moment(argument + 1, &local);
    return err == WH_OK ? wh_change_clock(meter, &local, summer) : err;
}

static enum wh_err write(void *context, const struct iec21_access *access,
                         const struct iec21_command *command)
{
    const struct wh_iec_face *face = context;
    struct wh_meter *meter = face->access->meter;
    struct code code;
    int64_t number;
    (void)access;
    if (split_code(command->address, &code) != WH_OK) {
        return WH_ERR_NOT_FOUND;
    }
    if (code.period != 0) {
        return WH_ERR_SEALED; /* the past */
    }
    if (strcmp(code.address, "1.0.0") == 0) {
        return write_clock(meter, command->argument);
    }
    uint8_t element;
    const struct wh_parameter *parameter =
        wh_place_of_address(&meter->application.config, code.address, &element);
    if (parameter != NULL) {
        const bool is_negative = command->argument[0] == '-'; /* of parameters alone */
        const enum wh_err err = wh_text_read_decimal(command->argument + is_negative, 0, &number);
        number = is_negative ? -number : number;
        return err == WH_OK ? wh_place_set(meter, face->origin, parameter, element, number) : err;
    }
    const struct wh_change *change = wh_change_of_address(code.address);
    if (change == NULL) {
        const bool exists = setting_of(code.address) != NULL ||
                            wh_iec_quantity(&meter->application, code.address) != WH_QUANTITY_COUNT;
        return exists ? WH_ERR_SEALED : WH_ERR_NOT_FOUND;
    }
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)change->quantity);
    const enum wh_err err =
        wh_text_read_decimal(command->argument, row != NULL ? row->display.decimals : 0, &number);
    return err == WH_OK ? wh_change_apply(change, meter, face->origin, number) : err;
}

const struct iec21_meter wh_iec_meter = {
    .type = get_type,
    .address = get_address,
    .data_set = get_data_set,
    .login = login,
    .read = read,
    .write = write,
    .log_header = wh_iec_log_header,
    .log_record = wh_iec_log_record,
};
