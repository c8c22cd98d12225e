/* Feeds any octets to what management writes and invokes of schedules, monitors, special days and
 * the token gateway, on a meter with breaker and prepayment: an octet chooses what, the next tells
 * how many octets are its value, and so on; seconds pass in between. Properties: registers stay as
 * they are, payments only add up, the configuration and the plan pass their checks, and a refused
 * write has left both as they were. */
#include <stdlib.h>
#include <string.h>

#include "cosem/modern_objects.h"
#include "meter/meter.h"
#include "ports/linux/board_memory.h"

enum { UTC_S = 830000000, VALUES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static struct board_memory memory;
static struct wh_meter meter;
static struct wh_modern modern;
static struct wh_cosem_face face;

/* The meter as each input finds it. */
static struct wh_meter fresh;
static uint8_t *fresh_eeprom;
static uint8_t *fresh_flash;

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size);
    require(copy != NULL);
    memcpy(copy, bytes, size);
    return copy;
}

static void make_meter(void)
{
    const struct wh_variant *variant = wh_variant_find("382M");
    struct wh_config config = wh_config_default(variant);
    struct wh_meter_start_report report;
    wh_config_set_breaker(&config);
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT;
    const struct wh_order order = {
        .variant = variant, .serial_number = 1, .meter_number = 2, .config = &config};
    require(board_memory_open(&memory) == WH_OK);
    require(wh_meter_manufacture(&memory.board, &order, NULL) == WH_OK);
    memory.board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = UTC_S};
    require(wh_meter_start(&meter, &memory.board, &report) == WH_OK);
    fresh = meter;
    fresh_eeprom = copy_of(memory.eeprom.bytes, memory.eeprom.nvm.size_bytes);
    fresh_flash = copy_of(memory.flash.inverted, FLASH_MEMORY_SIZE);
}

static void refresh(void)
{
    if (fresh_flash == NULL) {
        make_meter();
    }
    meter = fresh;
    memcpy(memory.eeprom.bytes, fresh_eeprom, memory.eeprom.nvm.size_bytes);
    memcpy(memory.flash.inverted, fresh_flash, FLASH_MEMORY_SIZE);
    require(wh_cosem_face_init(&face, &meter.application, &meter.legal, "12345") == WH_OK);
    modern = (struct wh_modern){.face = &face};
    face.modern = &modern;
}

static enum dlms_result write(wh_modern_write *to, size_t index, int8_t attribute,
                              struct dlms_span value)
{
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const struct wh_cosem_write write = {.index = index,
                                         .attribute = attribute,
                                         .origin = WH_ORIGIN_MODULE,
                                         .value = dlms_read_value(&reader),
                                         .data = value};
    return to(&face, &write);
}

static enum dlms_result invoke(wh_modern_invoke *what, int8_t method, struct dlms_span parameters)
{
    uint8_t bytes[VALUES_MAX];
    struct dlms_writer out = dlms_writer(bytes, sizeof bytes);
    const struct wh_cosem_invoke invoke = {
        .method = method, .origin = WH_ORIGIN_MODULE, .parameters = parameters, .returned = &out};
    return what(&face, &invoke);
}

static enum dlms_result act(uint8_t what, struct dlms_span value)
{
    switch (what % 10) {
    case 0:
        return write(wh_modern_action_write, 0, 4, value);
    case 1:
        return write(wh_modern_action_write, 1, 2, value);
    case 2:
        return write(wh_modern_action_write, 1, 4, value);
    case 3:
        return write(wh_modern_threshold_write, 0, 2, value);
    case 4:
        return write(wh_modern_calendar_write, 0, 10, value);
    case 5:
        return invoke(wh_modern_days_invoke, 1, value);
    case 6:
        return invoke(wh_modern_days_invoke, 2, value);
    case 7:
        return invoke(wh_modern_gateway_invoke, 1, value);
    case 8:
        return invoke(wh_modern_stop_invoke, 1, value);
    default:
        return write(wh_modern_days_write, 0, 2, value);
    }
}

static void check(const struct wh_config *config_before, const struct wh_tariff_plan *plan_before,
                  int64_t paid_before, enum dlms_result result)
{
    const struct wh_application *app = &meter.application;
    struct wh_config_fault fault;
    require(wh_config_check(&app->config, app->variant, &fault) == WH_OK);
    require(wh_tariff_plan_check(&app->plan, NULL) == WH_OK);
    require(app->prepayment.paid_mdwh >= paid_before);
    if (result != DLMS_RESULT_SUCCESS) {
        require(wh_config_protections(config_before, &app->config) == 0);
        require(app->plan.exception_count == plan_before->exception_count);
        require(app->prepayment.paid_mdwh == paid_before);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct wh_bus_report second = {.sample_count = WH_SAMPLE_RATE_HZ,
                                         .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    struct wh_energy_value a_plus;
    refresh();
    for (int v = 0; v < VALUES_MAX && size >= 2; v++) {
        const size_t length = data[1] < size - 2 ? data[1] : size - 2;
        const struct wh_config config = meter.application.config;
        const struct wh_tariff_plan plan = meter.application.plan;
        const int64_t paid_mdwh = meter.application.prepayment.paid_mdwh;
        const enum dlms_result result = act(data[0], (struct dlms_span){data + 2, length});
        check(&config, &plan, paid_mdwh, result);
        wh_meter_report(&meter, &second);
        data += 2 + length;
        size -= 2 + length;
    }
    require(wh_legal_energy(&meter.legal, WH_A_PLUS, &a_plus) == WH_OK && a_plus.count_dwh == 0);
    return 0;
}
