/* Between the values of a code's fields and the structures that programs use. Invariant: for each
 * code fill_… and read_… are inverses; a member without a code becomes NO_VALUE, which no field
 * has. */
#include "catalog/code.h"

enum { NO_VALUE = INT16_MIN };

/* X1 of the type number; the value of the field is the row. */
static const struct {
    enum wh_connection connection;
    uint32_t nominal_mhz;
} supplies[] = {
    {WH_CONNECTION_ARON, 50000},
    {WH_CONNECTION_4_WIRE, 50000},
    {WH_CONNECTION_4_WIRE, 60000},
};
enum { SUPPLIES = sizeof supplies / sizeof supplies[0] };

enum { YEARLY_JANUARY = 13 }; /* HH of configuration 2 */

static bool has_breaker(char letter)
{
    return letter >= 'B';
}

static bool has_radio(char letter)
{
    return (letter >= '4' && letter <= '7') || letter >= 'D';
}

static void read_382l(struct wh_code_type_382l *type, const int16_t *value)
{
    const char letter = (char)value[0];
    *type = (struct wh_code_type_382l){letter, has_breaker(letter), has_radio(letter)};
}

static void fill_382l(const struct wh_code_type_382l *type, int16_t *value)
{
    const bool agrees =
        type->breaker == has_breaker(type->letter) && type->radio == has_radio(type->letter);
    value[0] = agrees ? type->letter : NO_VALUE;
}

static void read_351c(struct wh_code_type_351c *type, const int16_t *value)
{
    *type = (struct wh_code_type_351c){
        .connection = supplies[value[0]].connection,
        .nominal_mhz = supplies[value[0]].nominal_mhz,
        .class = (enum wh_class_351c)value[2],
        .energy_type = (enum wh_energy_type)value[4],
        .radio = value[5] != 0,
        .country = (uint16_t)value[7],
    };
}

static int16_t supply_of(const struct wh_code_type_351c *type)
{
    for (int s = 0; s < SUPPLIES; s++) {
        if (supplies[s].connection == type->connection &&
            supplies[s].nominal_mhz == type->nominal_mhz) {
            return (int16_t)s;
        }
    }
    return NO_VALUE;
}

/* A member of any integer type as a value of a field. */
static int16_t value_of(int64_t member)
{
    return member >= 0 && member <= INT16_MAX ? (int16_t)member : NO_VALUE;
}

static void fill_351c(const struct wh_code_type_351c *type, int16_t *value)
{
    value[0] = supply_of(type);
    value[1] = 0;
    value[2] = value_of(type->class);
    value[3] = 0;
    value[4] = value_of(type->energy_type);
    value[5] = type->radio;
    value[6] = 0;
    value[7] = value_of(type->country);
}

static void read_config_1(struct wh_code_config_1 *config, const int16_t *value)
{
    *config = (struct wh_code_config_1){
        .decimals = (uint8_t)value[0],
        .led_lit_idle = value[1] != 0,
        .module = (uint16_t)value[2],
        .io = (enum wh_io)value[3],
    };
}

static void fill_config_1(const struct wh_code_config_1 *config, int16_t *value)
{
    value[0] = config->decimals;
    value[1] = config->led_lit_idle;
    value[2] = value_of(config->module);
    value[3] = value_of(config->io);
}

static void read_config_2(struct wh_code_config_2 *config, const int16_t *value)
{
    static const enum wh_auto_reading intervals[] = {WH_AUTO_READING_NONE, WH_AUTO_READING_MONTHLY};
    const bool yearly = value[3] >= YEARLY_JANUARY;
    *config = (struct wh_code_config_2){
        .integration_min = (uint8_t)value[0],
        .display_list = (uint16_t)value[1],
        .debiting_day = (uint8_t)value[2],
        .debiting = yearly ? WH_AUTO_READING_YEARLY : intervals[value[3]],
        .debiting_month = (uint8_t)(yearly ? value[3] - YEARLY_JANUARY + 1 : 0),
        .pulse_ms = (uint8_t)(value[4] < 0 ? -value[4] : value[4]),
        .alarm_input = value[4] < 0,
    };
}

static int16_t debiting_of(const struct wh_code_config_2 *config)
{
    const uint8_t month = config->debiting_month;
    if (config->debiting == WH_AUTO_READING_YEARLY) {
        return month >= 1 && month <= 12 ? (int16_t)(YEARLY_JANUARY + month - 1) : NO_VALUE;
    }
    const bool known = config->debiting <= WH_AUTO_READING_MONTHLY && month == 0;
    return known ? config->debiting == WH_AUTO_READING_MONTHLY : NO_VALUE;
}

static void fill_config_2(const struct wh_code_config_2 *config, int16_t *value)
{
    value[0] = config->integration_min;
    value[1] = value_of(config->display_list);
    value[2] = config->debiting_day;
    value[3] = debiting_of(config);
    value[4] = (int16_t)(config->alarm_input ? -config->pulse_ms : config->pulse_ms);
}

static void read_config_3(struct wh_code_config_3 *config, const int16_t *value)
{
    *config = (struct wh_code_config_3){
        .zone_min = value[2],
        .pulse_side = (enum wh_side)value[3],
        .pulse_unit = (enum wh_pulse_unit)value[4],
        .tariff_schedule = (uint16_t)value[5],
        .daylight_saving = value[6] != 0,
        .profile_side = (enum wh_side)value[7],
    };
}

static void fill_config_3(const struct wh_code_config_3 *config, int16_t *value)
{
    value[0] = 0;
    value[1] = 0;
    value[2] = config->zone_min;
    value[3] = value_of(config->pulse_side);
    value[4] = value_of(config->pulse_unit);
    value[5] = value_of(config->tariff_schedule);
    value[6] = config->daylight_saving;
    value[7] = value_of(config->profile_side);
}

static void read_config_5(struct wh_code_config_5 *config, const int16_t *value)
{
    *config = (struct wh_code_config_5){
        .radio_code = (uint16_t)value[0],
        .transformer_ratio = (uint16_t)value[1],
        .ratio_unlocked = value[2] != 0,
        .debiting_2 = (enum wh_debiting_2)value[3],
    };
}

static void fill_config_5(const struct wh_code_config_5 *config, int16_t *value)
{
    value[0] = value_of(config->radio_code);
    value[1] = value_of(config->transformer_ratio);
    value[2] = config->ratio_unlocked;
    value[3] = value_of(config->debiting_2);
}

void wh_code_set_add(struct wh_code_set *set, const struct wh_code *code)
{
    switch (code->kind) {
    case WH_CODE_TYPE_382L:
        read_382l(&set->type_382l, code->value);
        break;
    case WH_CODE_TYPE_351C:
        read_351c(&set->type_351c, code->value);
        break;
    case WH_CODE_CONFIG_1:
        read_config_1(&set->config_1, code->value);
        break;
    case WH_CODE_CONFIG_2:
        read_config_2(&set->config_2, code->value);
        break;
    case WH_CODE_CONFIG_3:
        read_config_3(&set->config_3, code->value);
        break;
    case WH_CODE_CONFIG_5:
        read_config_5(&set->config_5, code->value);
        break;
    case WH_CODE_KINDS:
        return;
    }
    set->has[code->kind] = true;
}

/* A set of one code. */
static enum wh_err parse(struct wh_code_set *set, enum wh_code_kind kind, const char *text,
                         struct wh_code_fault *fault)
{
    struct wh_code code;
    *set = (struct wh_code_set){.has = {false}};
    const enum wh_err err = wh_code_parse(&code, kind, text, fault);
    if (err != WH_OK) {
        return err;
    }
    wh_code_set_add(set, &code);
    return wh_code_check(set, fault);
}

/* Prints what was filled in; then what it says must not contradict itself. */
static enum wh_err print(const struct wh_code *code, char text[WH_CODE_TEXT_SIZE],
                         struct wh_code_fault *fault)
{
    enum wh_err err = wh_code_print(code, text, fault);
    if (err == WH_OK) {
        struct wh_code_set set = {.has = {false}};
        wh_code_set_add(&set, code);
        err = wh_code_check(&set, fault);
    }
    if (err != WH_OK) {
        text[0] = '\0';
    }
    return err;
}

enum wh_err wh_code_type_382l_parse(struct wh_code_type_382l *type, const char *text,
                                    struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_TYPE_382L, text, fault);
    if (err == WH_OK) {
        *type = set.type_382l;
    }
    return err;
}

enum wh_err wh_code_type_351c_parse(struct wh_code_type_351c *type, const char *text,
                                    struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_TYPE_351C, text, fault);
    if (err == WH_OK) {
        *type = set.type_351c;
    }
    return err;
}

enum wh_err wh_code_config_1_parse(struct wh_code_config_1 *config, const char *text,
                                   struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_CONFIG_1, text, fault);
    if (err == WH_OK) {
        *config = set.config_1;
    }
    return err;
}

enum wh_err wh_code_config_2_parse(struct wh_code_config_2 *config, const char *text,
                                   struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_CONFIG_2, text, fault);
    if (err == WH_OK) {
        *config = set.config_2;
    }
    return err;
}

enum wh_err wh_code_config_3_parse(struct wh_code_config_3 *config, const char *text,
                                   struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_CONFIG_3, text, fault);
    if (err == WH_OK) {
        *config = set.config_3;
    }
    return err;
}

enum wh_err wh_code_config_5_parse(struct wh_code_config_5 *config, const char *text,
                                   struct wh_code_fault *fault)
{
    struct wh_code_set set;
    const enum wh_err err = parse(&set, WH_CODE_CONFIG_5, text, fault);
    if (err == WH_OK) {
        *config = set.config_5;
    }
    return err;
}

enum wh_err wh_code_type_382l_print(const struct wh_code_type_382l *type,
                                    char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_TYPE_382L};
    fill_382l(type, code.value);
    return print(&code, text, fault);
}

enum wh_err wh_code_type_351c_print(const struct wh_code_type_351c *type,
                                    char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_TYPE_351C};
    fill_351c(type, code.value);
    return print(&code, text, fault);
}

enum wh_err wh_code_config_1_print(const struct wh_code_config_1 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_CONFIG_1};
    fill_config_1(config, code.value);
    return print(&code, text, fault);
}

enum wh_err wh_code_config_2_print(const struct wh_code_config_2 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_CONFIG_2};
    fill_config_2(config, code.value);
    return print(&code, text, fault);
}

enum wh_err wh_code_config_3_print(const struct wh_code_config_3 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_CONFIG_3};
    fill_config_3(config, code.value);
    return print(&code, text, fault);
}

enum wh_err wh_code_config_5_print(const struct wh_code_config_5 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault)
{
    struct wh_code code = {.kind = WH_CODE_CONFIG_5};
    fill_config_5(config, code.value);
    return print(&code, text, fault);
}
