/* KMP on a whole meter: registers, writing, clock, events. Shows COM-1 (reading and settings over the optical port), REG-7. */
#include "face/parameter_place.h"
#include "tests/face/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct face face;

static int open_face(void **state)
{
    (void)state;
    face_open(&face);
    return 0;
}

static int close_face(void **state)
{
    (void)state;
    face_close(&face);
    return 0;
}

static void load(uint32_t seconds)
{
    rig_load(&face.rig, 30000000, 6000000, seconds);
}

static void test_requests_of_the_vendor(void **state)
{
    (void)state;
    /* 382M; its serial number; register 1001; breaker: none; load profile of four energies every 15 minutes. */
    assert_string_equal(face_hex(&face, "803F01058A0D"), "403F01680001028FBC0D");
    assert_string_equal(face_hex(&face, "803F0235E90D"), "403F0200E62FB01BF29E0D");
    assert_string_equal(face_hex(&face, "803F100103E97CD40D"), "403F1003E933040000E62FB0C0AA0D");
    assert_string_equal(face_hex(&face, "803F98171A0D"), "403F980000299F0D");
    /* None of these is answered (kmp.md 8.4), and an unknown register is left out. */
    assert_string_equal(face_hex(&face, "807F0108460D"), "");
    assert_string_equal(face_hex(&face, "803F1002000155A10D"), "");
    assert_string_equal(face_hex(&face, "803F1001000265CF0D"), "");
    assert_string_equal(face_hex(&face, "803F970178C90D"), "");
    assert_string_equal(face_hex(&face, "803F1001270F2B1E0D"), "403F10079A0D");
}

/* Every row of the catalog that is a register: its value is the reading's, in unit and exponent of the row. */
static void test_every_register_is_its_reading(void **state)
{
    unsigned seen = 0;
    (void)state;
    load(1000);
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        const bool is_kilo = row->kmp.unit == 2 || row->kmp.unit == 14 || row->kmp.unit == 22 ||
                             row->kmp.unit == 26 || row->kmp.unit == 30;
        struct wh_reading reading;
        struct kmp_value value;
        int64_t number;
        if (row->kmp.id == 0 || row->kmp.unit == KMP_UNIT_TEXT || row->kmp.unit == KMP_UNIT_RTC ||
            row->kmp.id == 1083 || !face_register(&face, row->kmp.id, &value)) {
            continue;
        }
        seen++;
        assert_int_equal(wh_read(&face.rig.source, row, &reading), WH_OK);
        assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
        assert_int_equal(value.unit, row->kmp.unit);
        assert_int_equal(value.exponent, row->kmp.exponent);
        assert_int_equal(value.size, row->kmp.size);
        assert_int_equal(number,
                         wh_reading_scaled(&reading, (int8_t)(value.exponent + (is_kilo ? 3 : 0))));
    }
    assert_true(seen > 80);
}

/* Main registers follow the digits of the display (00, 41, 42), verification resolution does not. */
static void test_energies_have_the_digits_of_the_display(void **state)
{
    static const int64_t shown[] = {12345, 123456, 1234567};
    (void)state;
    for (uint8_t decimals = 0; decimals <= 2; decimals++) {
        struct wh_config config = wh_config_default(wh_variant_find("351C"));
        struct kmp_value value;
        int64_t number;
        config.energy_decimals = decimals;
        face_close(&face);
        face_open_as(&face, "351C", &config);
        rig_set_energy(&face.rig, WH_A_PLUS, 123456789); /* 12345.6789 kWh */
        assert_true(face_register(&face, 1, &value));
        assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
        assert_int_equal(value.exponent, -decimals);
        assert_int_equal(number, shown[decimals]);
        assert_int_equal(face_number(&face, 13), 123456789);
    }
}

static void test_registers_roll_over_with_the_glass(void **state)
{
    (void)state;
    rig_set_energy(&face.rig, WH_A_PLUS, UINT64_C(1000000123));
    assert_int_equal(face_number(&face, 13), 123);
    assert_int_equal(face_number(&face, 1), 1000000);
}

static void test_energy_type_decides_what_there_is(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    struct kmp_value value;
    (void)state;
    wh_config_set_energy_type(&config, WH_ENERGY_TYPE_A_PLUS);
    face_close(&face);
    face_open_as(&face, "382M", &config);
    assert_true(face_register(&face, 1, &value));
    assert_false(face_register(&face, 2, &value));
    assert_false(face_register(&face, 3, &value));
    assert_false(face_register(&face, 1127, &value)); /* peaks of reactive power: another model's */
}

static void test_identification(void **state)
{
    struct kmp_value value;
    char text[KMP_VALUE_SIZE + 1];
    (void)state;
    assert_true(face_register(&face, 1126, &value));
    assert_int_equal(kmp_value_to_text(&value, text), WH_OK);
    assert_string_equal(text, "382M         ");
    assert_true(face_register(&face, 1010, &value));
    assert_int_equal(value.size, 10);
    assert_int_equal(face_number(&face, 1010), RIG_METER_NUMBER);
    assert_int_equal(face_number(&face, 1005) / 10000, 6800);
}

/* ---- Clock ----------------------------------------------------------------------------------- */

static struct kmp_rtc rtc(void)
{
    struct kmp_value value;
    struct kmp_rtc time;
    assert_true(face_register(&face, 1047, &value));
    assert_int_equal(kmp_value_to_rtc(&value, &time), WH_OK);
    return time;
}

static bool set_clock(uint16_t year, uint8_t month, uint8_t day, uint8_t hour)
{
    const struct kmp_rtc time = {.year = year, .month = month, .day = day, .hour = hour};
    struct kmp_request request;
    bool is_acknowledged;
    assert_int_equal(kmp_request_set_clock(&request, &time), WH_OK);
    assert_false(face_ask(&face, &request, &is_acknowledged));
    return is_acknowledged;
}

/* CLK-3: the time set is the local one, in winter and in summer; the log remembers the one before. */
static void test_clock(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    struct kmp_value value;
    struct kmp_rtc before;
    (void)state;
    config.zone_min = 60;
    config.daylight = WH_DAYLIGHT_EUROPEAN;
    face_close(&face);
    face_open_as(&face, "382M", &config);
    assert_true(set_clock(2026, 7, 1, 12));
    assert_int_equal(rtc().hour, 12);
    assert_int_equal(rtc().status, KMP_RTC_SUMMER | KMP_RTC_VALID);
    assert_true(set_clock(2026, 12, 1, 12));
    assert_int_equal(rtc().hour, 12);
    assert_int_equal(rtc().weekday, 2);
    assert_int_equal(rtc().status, KMP_RTC_VALID);
    assert_int_equal(face_number(&face, 1002), 120000);
    assert_int_equal(face_number(&face, 1003), 261201);
    assert_true(face_register(&face, 1048, &value)); /* stamps are normal time */
    assert_int_equal(kmp_value_to_rtc(&value, &before), WH_OK);
    assert_int_equal(before.month, 7);
    assert_int_equal(before.hour, 11);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void test_settings_are_written_and_last(void **state)
{
    static const struct {
        uint16_t id;
        uint8_t unit;
        int8_t exponent;
        int64_t number;
    } writes[] = {
        {52, 51, 0, 4711},    {53, 51, 0, 99999999}, {57, 51, 0, 1},   {1021, 51, 0, 2},
        {1039, 22, -3, 7500}, {199, 51, 0, 30},      {1175, 51, 0, 2}, {1240, 51, 0, 1},
    };
    (void)state;
    for (size_t w = 0; w < sizeof writes / sizeof writes[0]; w++) {
        assert_true(
            face_put(&face, 0, writes[w].id, writes[w].unit, writes[w].exponent, writes[w].number));
        assert_int_equal(face_number(&face, writes[w].id), writes[w].number);
    }
    rig_outage(&face.rig, RIG_HARD, 60, true);
    for (size_t w = 0; w < sizeof writes / sizeof writes[0]; w++) {
        assert_int_equal(face_number(&face, writes[w].id), writes[w].number);
    }
}

static void test_values_are_judged(void **state)
{
    const uint32_t before = face_memory(&face);
    (void)state;
    assert_false(face_put(&face, 0, 52, 51, 0, 100000000)); /* nine digits */
    assert_false(face_put(&face, 0, 52, 2, 0, 1));          /* kWh */
    assert_false(face_put(&face, 0, 52, 51, -1, 15));       /* 1.5 */
    assert_false(face_put(&face, 0, 52, 51, 0, -1));
    assert_false(face_put(&face, 0, 199, 51, 0, 7));
    assert_false(face_put(&face, 0, 2010, 51, 0, 2)); /* the tariff does not go by command */
    assert_int_equal(face_memory(&face), before);
    assert_true(face_put(&face, 0, 1039, 22, 0, 8)); /* 8 kW are 8.000 kW */
    assert_int_equal(face_number(&face, 1039), 8000);
}

/* The meter number is the utility's: with its seal open, and not otherwise (REG-7). */
static void test_meter_number_needs_its_seal_open(void **state)
{
    (void)state;
    assert_false(face_put(&face, 0, 51, 51, 0, 12345678));
    assert_int_equal(face_number(&face, 51), RIG_METER_NUMBER);
    assert_int_equal(wh_meter_input(&face.rig.meter, WH_INPUT_UTILITY_SEAL, true), WH_OK);
    assert_true(face_put(&face, 0, 51, 51, 0, 12345678));
    assert_int_equal(face_number(&face, 51), 12345678);
}

/* Places of parameters that no seal protects, and of the tariff plan (face/parameter_place.h). */
static bool is_place(uint16_t id)
{
    if (id < WH_PLACE_PARAMETERS) {
        return (id >= WH_PLACE_PLAN && id < WH_PLACE_PLAN + WH_PLAN_BYTES_MAX / WH_PLACE_BLOCK) ||
               id == WH_PLACE_PLAN_LENGTH;
    }
    const struct wh_parameter *parameter =
        wh_parameter_of_id((uint8_t)((id - WH_PLACE_PARAMETERS) / WH_PLACE_ELEMENTS));
    return parameter != NULL && parameter->protection == WH_PROTECTED_BY_NOTHING;
}

static bool is_writable(uint16_t id)
{
    static const uint16_t ids[] = {52, 53, 57, 1021, 1039, 1032, 199, 1175, 1195, 1240};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* REG-7: every register there could be, written with the right password, in its own form and in plain, at every port: all
 * but the settings stay unacknowledged, which is KMP's refusal, and not a byte of the memories has changed. */
static void check_no_other_register_can_be_written(void)
{
    for (uint32_t id = 0; id <= UINT16_MAX; id++) {
        struct kmp_value value;
        if (is_writable((uint16_t)id) || is_place((uint16_t)id)) {
            continue;
        }
        (void)face_put(&face, 0, (uint16_t)id, 51, 0, 1); /* what it is may be written again */
        if (face_register(&face, (uint16_t)id, &value)) {
            assert_false(face_put(&face, 0, (uint16_t)id, value.unit, value.exponent, 1) &&
                         id < WH_PLACE_PARAMETERS);
        }
    }
}

static void test_no_other_register_can_be_written(void **state)
{
    static const enum wh_origin origins[] = {WH_ORIGIN_OPTICAL, WH_ORIGIN_MODULE};
    (void)state;
    load(100);
    const uint32_t before = face_memory(&face);
    for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
        face_at(&face, origins[o], WH_PORT_PIPE);
        check_no_other_register_can_be_written();
    }
    assert_int_equal(face_memory(&face), before);
}

/* VAR-15: every parameter is where face/parameter_place.h says, and is set there as wh_meter_configure
 * has it; what a seal protects is refused. */
static void test_every_parameter(void **state)
{
    const struct wh_parameter *parameter;
    const struct wh_config *config = &face.rig.meter.application.config;
    (void)state;
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const uint8_t count = wh_parameter_is_list(parameter) ? 0 : parameter->count;
        for (uint8_t e = 0; e < count; e++) {
            const uint16_t id =
                (uint16_t)(WH_PLACE_PARAMETERS + WH_PLACE_ELEMENTS * parameter->id + e);
            const int64_t number = wh_parameter_get(parameter, config, e);
            struct kmp_value value;
            struct wh_config wanted = *config;
            struct wh_config_fault fault;
            if (!wh_config_has_parameter(config, parameter)) {
                assert_false(face_register(&face, id, &value));
                assert_false(face_put(&face, 0, id, 51, 0, number));
                continue;
            }
            assert_int_equal(face_number(&face, id), number);
            const bool is_right = parameter->protection == WH_PROTECTED_BY_NOTHING &&
                                  !parameter->is_of_module &&
                                  wh_parameter_set(parameter, &wanted, e, number + 1) == WH_OK &&
                                  wh_config_check(&wanted, face.rig.meter.variant, &fault) == WH_OK;
            assert_int_equal(face_put(&face, 0, id, 51, 0, number + 1), is_right);
            assert_int_equal(wh_parameter_get(parameter, config, e), number + is_right);
        }
    }
}

static bool put_bytes(uint16_t id, const uint8_t *bytes, uint8_t length)
{
    struct kmp_value value = {.unit = KMP_UNIT_NUMBER, .size = length};
    struct kmp_request request;
    bool is_acknowledged;
    memcpy(value.bytes, bytes, length);
    assert_int_equal(kmp_request_put(&request, 0, id, &value), WH_OK);
    (void)face_ask(&face, &request, &is_acknowledged);
    return is_acknowledged;
}

/* LOG-4: the logger's quantities as a whole. */
static void test_logger_list(void **state)
{
    const uint16_t id = WH_PLACE_PARAMETERS + WH_PLACE_ELEMENTS * 17;
    uint8_t list[WH_PLACE_BLOCK];
    struct kmp_value value;
    (void)state;
    memset(list, WH_QUANTITY_NONE, sizeof list);
    list[0] = WH_QUANTITY_U_L1;
    list[1] = WH_QUANTITY_P_PLUS_MEAN;
    assert_true(put_bytes(id, list, sizeof list));
    assert_true(face_register(&face, id, &value));
    assert_memory_equal(value.bytes, list, sizeof list);
    assert_memory_equal(face.rig.meter.application.config.logger, list, sizeof list);
    list[2] = list[0]; /* twice */
    assert_false(put_bytes(id, list, sizeof list));
    assert_false(put_bytes(id, list, sizeof list - 1));
    list[2] = 250; /* no quantity */
    assert_false(put_bytes(id, list, sizeof list));
    assert_false(face_put(&face, 0, id + 1, 51, 0, 1));
    assert_memory_equal(face.rig.meter.application.config.logger, value.bytes, sizeof list);
}

static bool put_plan(const uint8_t *bytes, size_t length)
{
    uint8_t blocks[WH_PLAN_BYTES_MAX] = {0};
    memcpy(blocks, bytes, length);
    for (size_t b = 0; b * WH_PLACE_BLOCK < length; b++) {
        assert_true(
            put_bytes((uint16_t)(WH_PLACE_PLAN + b), blocks + b * WH_PLACE_BLOCK, WH_PLACE_BLOCK));
    }
    return face_put(&face, 0, WH_PLACE_PLAN_LENGTH, 51, 0, (int64_t)length);
}

/* TAR-1: the plan as a whole, once its length is written; a wrong one leaves the old. */
static void test_tariff_plan(void **state)
{
    static const struct wh_tariff_day day = {2, {{0, 2}, {420, 1}}};
    const struct wh_tariff_plan *plan = &face.rig.meter.application.plan;
    struct wh_tariff_plan wanted = *plan;
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    uint8_t back[WH_PLAN_BYTES_MAX];
    (void)state;
    wanted.days[0][WH_DAY_HOLIDAY] = day;
    for (int e = 0; e < 100; e++) {
        wanted.exceptions[wanted.exception_count++] = (uint16_t)(9600 + e);
    }
    const size_t length = wh_tariff_plan_encode(&wanted, bytes);
    const struct wh_tariff_plan before = *plan;
    assert_false(put_plan(bytes, length - 1));
    assert_false(face_put(&face, 0, WH_PLACE_PLAN_LENGTH, 51, 0, WH_PLAN_BYTES_MAX + 1));
    assert_false(put_bytes(WH_PLACE_PLAN, bytes, WH_PLACE_BLOCK - 1));
    assert_memory_equal(plan, &before, sizeof before);
    /* A block of the plan before is none of this one. */
    assert_false(face_put(&face, 0, WH_PLACE_PLAN_LENGTH, 51, 0, (int64_t)length));
    assert_true(put_bytes(WH_PLACE_PLAN, bytes, WH_PLACE_BLOCK));
    assert_false(face_put(&face, 0, WH_PLACE_PLAN_LENGTH, 51, 0, (int64_t)length));
    assert_memory_equal(plan, &before, sizeof before);
    assert_true(put_plan(bytes, length));
    assert_int_equal(face_number(&face, WH_PLACE_PLAN_LENGTH), length);
    for (size_t b = 0; b * WH_PLACE_BLOCK < length; b++) {
        struct kmp_value value;
        assert_true(face_register(&face, (uint16_t)(WH_PLACE_PLAN + b), &value));
        memcpy(back + b * WH_PLACE_BLOCK, value.bytes, WH_PLACE_BLOCK);
    }
    assert_memory_equal(back, bytes, length);
    assert_int_equal(plan->days[0][WH_DAY_HOLIDAY].switches[1].minute, 420);
}

/* Guessing: each attempt from the third on costs time, for right ones as well, and leaves few entries. */
static void test_guessing_passwords(void **state)
{
    struct wh_event newest;
    (void)state;
    assert_false(face_put(&face, 1, 52, 51, 0, 1));
    assert_false(face_put(&face, 2, 52, 51, 0, 1));
    assert_true(face_put(&face, 0, 52, 51, 0, 1));
    for (uint16_t guess = 1; guess <= 3; guess++) {
        assert_false(face_put(&face, guess, 52, 51, 0, 2));
    }
    assert_false(face_put(&face, 0, 52, 51, 0, 2));
    load(10);
    assert_true(face_put(&face, 0, 52, 51, 0, 2));
    for (uint16_t guess = 1; guess <= 3; guess++) {
        assert_false(face_put(&face, guess, 52, 51, 0, 2));
    }
    load(10);
    assert_false(face_put(&face, 4, 52, 51, 0, 2)); /* the fourth in a row: 20 s */
    load(19);
    assert_false(face_put(&face, 0, 52, 51, 0, 3));
    load(1);
    assert_true(face_put(&face, 0, 52, 51, 0, 3));
    assert_int_equal(rig_count_events(&face.rig, WH_EVENT_PASSWORD_WRONG, &newest), 2 + 2 + 3);
    assert_int_equal(newest.value_a, WH_ORIGIN_OPTICAL);
    assert_int_equal(newest.value_b, 4);
}

static void test_verification_mode(void **state)
{
    (void)state;
    assert_int_equal(face_number(&face, 1032), 1);
    assert_true(face_put(&face, 0, 1032, 51, 0, 4));
    assert_int_equal(face_number(&face, 1032), 4);
    assert_int_equal(wh_legal_led_energy(&face.rig.meter.legal), WH_R_PLUS);
    assert_false(face_put(&face, 0, 1032, 51, 0, 6));
    assert_true(face_put(&face, 0, 1032, 51, 0, 1));
    assert_int_equal(face_number(&face, 1032), 1);
}

/* REG-6: a debiting period ends by remote command. */
static void test_debiting_stop(void **state)
{
    struct kmp_request request;
    bool is_acknowledged;
    (void)state;
    assert_int_equal(kmp_request_plain(&request, KMP_DEBITING_STOP), WH_OK);
    assert_false(face_ask(&face, &request, &is_acknowledged));
    assert_true(is_acknowledged);
    assert_int_equal(face_number(&face, 47), 1);
}

/* ---- Events and breaker ---------------------------------------------------------------------- */

static struct kmp_events events(void)
{
    struct kmp_request request;
    struct kmp_events found;
    bool is_acknowledged;
    assert_int_equal(kmp_request_plain(&request, KMP_GET_EVENTS), WH_OK);
    assert_true(face_ask(&face, &request, &is_acknowledged));
    assert_int_equal(kmp_answer_events(&face.frame, &found), WH_OK);
    return found;
}

static struct kmp_events clear(uint8_t es0)
{
    const struct kmp_events if_gone = {{es0, 0, 0, 0}};
    const struct kmp_events always = {{0}};
    struct kmp_request request;
    struct kmp_events found;
    bool is_acknowledged;
    kmp_request_clear_events(&request, &if_gone, &always);
    assert_true(face_ask(&face, &request, &is_acknowledged));
    assert_int_equal(face.frame.cid, KMP_CLEAR_EVENTS);
    assert_int_equal(face.frame.length, 4);
    memcpy(found.status, face.frame.data, 4);
    return found;
}

/* LOG-6: an open cover is told, and can be acknowledged once it is closed. */
static void test_event_status(void **state)
{
    (void)state;
    assert_int_equal(events().status[0] & KMP_ES0_COVER, 0);
    assert_int_equal(wh_meter_input(&face.rig.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
    assert_int_equal(events().status[0] & KMP_ES0_COVER, KMP_ES0_COVER);
    assert_int_equal(clear(KMP_ES0_COVER).status[0] & KMP_ES0_COVER, KMP_ES0_COVER);
    assert_int_equal(wh_meter_input(&face.rig.meter, WH_INPUT_TERMINAL_COVER, false), WH_OK);
    assert_int_equal(clear(KMP_ES0_COVER).status[0] & KMP_ES0_COVER, 0);
}

static struct kmp_cut_off cut_off(uint8_t command)
{
    struct kmp_request request;
    struct kmp_cut_off found = {.state = UINT8_MAX};
    bool is_acknowledged;
    if (command == 0) {
        assert_int_equal(kmp_request_plain(&request, KMP_GET_CUT_OFF), WH_OK);
    } else {
        assert_int_equal(kmp_request_cut_off(&request, (enum kmp_cut_off_command)command), WH_OK);
    }
    if (face_ask(&face, &request, &is_acknowledged)) {
        assert_int_equal(kmp_answer_cut_off(&face.frame, &found), WH_OK);
    }
    return found;
}

/* BRK-2: remote commands, those that the state allows. */
static void test_breaker(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    (void)state;
    assert_int_equal(cut_off(0).state, KMP_CUT_OFF_NO_BREAKER);
    wh_config_set_breaker(&config);
    face_close(&face);
    face_open_as(&face, "382M", &config);
    assert_string_equal(face_hex(&face, "803F01058A0D"), "403F0169000102F9080D");
    assert_int_equal(cut_off(0).state, KMP_CUT_OFF_CONNECTED);
    assert_int_equal(cut_off(KMP_RELEASE).state, UINT8_MAX); /* no answer */
    assert_int_equal(cut_off(KMP_DISCONNECT).state, KMP_CUT_OFF_BY_COMMAND);
    assert_int_equal(cut_off(KMP_RECONNECT).state, UINT8_MAX);
    assert_int_equal(cut_off(KMP_RELEASE).state, KMP_CUT_OFF_RELEASED);
    assert_int_equal(cut_off(KMP_RECONNECT).state, KMP_CUT_OFF_CONNECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_requests_of_the_vendor, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_every_register_is_its_reading, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_energies_have_the_digits_of_the_display, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_registers_roll_over_with_the_glass, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_energy_type_decides_what_there_is, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_identification, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_clock, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_settings_are_written_and_last, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_values_are_judged, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_meter_number_needs_its_seal_open, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_no_other_register_can_be_written, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_every_parameter, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_logger_list, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_tariff_plan, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_guessing_passwords, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_verification_mode, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_debiting_stop, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_event_status, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_breaker, open_face, close_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
