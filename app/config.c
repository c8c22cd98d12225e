/* The configuration as a value: factory values and stored form. Invariant: what wh_config_check has passed comes back
 * the same from the memory. */
#include "app/config.h"
#include "app/breaker.h"
#include "common/bytes.h"
#include "common/crc32.h"
#include <string.h>

enum {
    HEAD_SIZE = 2, /* id, length */
    RADIX_BITS = 8,
};

/* Takes over what the energy type registers. */
static void fill_list(const struct wh_config *config, uint8_t *list, size_t room,
                      const uint8_t *from, size_t count)
{
    memset(list, WH_QUANTITY_NONE, room);
    for (size_t i = 0; i < count; i++) {
        if (wh_config_has(config, (enum wh_quantity_id)from[i])) {
            *list++ = from[i];
        }
    }
}

static void add_breaker_reading(struct wh_config *config)
{
    uint8_t *const list = config->manual_list;
    uint8_t *const end = memchr(list, WH_QUANTITY_NONE, sizeof config->manual_list);
    if (config->breaker != 0 && end != NULL &&
        memchr(list, WH_QUANTITY_BREAKER_STATE, sizeof config->manual_list) == NULL) {
        *end = WH_QUANTITY_BREAKER_STATE;
    }
}

static void set_lists(struct wh_config *config)
{
    struct wh_display display;
    wh_display_init(&display, 0);
    fill_list(config, config->automatic_list, sizeof config->automatic_list,
              display.automatic.quantity, display.automatic.count);
    fill_list(config, config->manual_list, sizeof config->manual_list, display.manual.quantity,
              display.manual.count);
    fill_list(config, config->backup_list, sizeof config->backup_list, display.backup.quantity,
              display.backup.count);
    add_breaker_reading(config);
}

/* The reference's default of the analysis logger: mean powers of the energy type, voltages and currents. */
static void set_logger(struct wh_config *config)
{
    static const uint8_t quantities[] = {
        WH_QUANTITY_P_PLUS_MEAN,  WH_QUANTITY_P_MINUS_MEAN, WH_QUANTITY_Q_PLUS_MEAN,
        WH_QUANTITY_Q_MINUS_MEAN, WH_QUANTITY_U_L1,         WH_QUANTITY_U_L2,
        WH_QUANTITY_U_L3,         WH_QUANTITY_I_L1,         WH_QUANTITY_I_L2,
        WH_QUANTITY_I_L3,
    };
    config->logger_min = 15;
    fill_list(config, config->logger, sizeof config->logger, quantities, sizeof quantities);
}

bool wh_config_has(const struct wh_config *config, enum wh_quantity_id id)
{
    const struct wh_quantity *row = wh_catalog_get(id);
    const uint32_t energies = wh_energy_type_energies((enum wh_energy_type)config->energy_type);
    const bool of_breaker = id >= WH_QUANTITY_BREAKER_STATE && id <= WH_QUANTITY_PREPAYMENT_CREDIT;
    return row != NULL && (wh_quantity_energies(row) & ~energies) == 0 &&
           (!of_breaker || config->breaker != 0);
}

void wh_config_set_energy_type(struct wh_config *config, enum wh_energy_type type)
{
    config->energy_type = (uint8_t)type;
    set_lists(config);
    set_logger(config);
}

void wh_config_set_breaker(struct wh_config *config)
{
    config->breaker = 1;
    add_breaker_reading(config);
}

/* Nothing disconnects by itself; figures as the interface description has them. */
static void set_breaker_figures(struct wh_config *config)
{
    enum { K_TENTHS = 10, T_S = 30, FACTOR_MILLI = 1000, MONDAY_TO_SATURDAY = 63 };
    for (int step = 0; step < WH_DISCONNECT_STEPS; step++) {
        config->disconnect_k_tenths[step] = K_TENTHS;
        config->disconnect_t_s[step] = T_S;
    }
    for (int tariff = 0; tariff < WH_CONFIG_TARIFFS; tariff++) {
        config->prepayment_factor_milli[tariff] = FACTOR_MILLI;
    }
    config->disconnect_high = 80;
    config->reconnect_wait_s = 60;
    config->button_opens = 1;
    config->button_connects = WH_BUTTON_CONNECTS;
    config->over_disconnect_v = 285;
    config->over_disconnect_s = 1;
    config->over_reconnect_v = 265;
    config->over_reconnect_s = 60;
    config->neutral_shift_v = 40;
    config->neutral_high_v = 253;
    config->neutral_s = 60;
    config->prepayment_days = MONDAY_TO_SATURDAY;
}

struct wh_config wh_config_default(const struct wh_variant *variant)
{
    const uint32_t nominal_mv = variant->nominal_mv;
    struct wh_config config = {
        .energy_decimals = 1,
        .zone_min = 60,
        .daylight = 1,
        .clock_log_s = 7,
        .integration_min = 15,
        .debiting_day = 1,
        .debiting_interval = 1,
        .profile_min = 15,
        .tariff_inputs = 4,
        .power_threshold_w = 99000,
        .pulse_factor_milli = 1000,
        .pulse_ms = 30,
        .tamper_on_display = 1,
        .under_mv = nominal_mv / 100 * 90,
        .over_mv = nominal_mv / 100 * 110,
        .lost_mv = 50000,
        .hysteresis_mv = nominal_mv / 100 * 2,
    };
    set_breaker_figures(&config);
    wh_config_set_energy_type(&config, variant->energy_type);
    return config;
}

static bool differs(const struct wh_parameter *parameter, const struct wh_config *a,
                    const struct wh_config *b)
{
    return memcmp((const uint8_t *)a + parameter->offset, (const uint8_t *)b + parameter->offset,
                  (size_t)parameter->size * parameter->count) != 0;
}

uint8_t wh_config_protections(const struct wh_config *from, const struct wh_config *to)
{
    uint8_t touched = 0;
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (differs(parameter, from, to)) {
            touched = (uint8_t)(touched | 1u << parameter->protection);
        }
    }
    return touched;
}

static void put_element(uint8_t *to, int64_t value, uint8_t size)
{
    for (uint8_t b = 0; b < size; b++) {
        to[b] = (uint8_t)((uint64_t)value >> RADIX_BITS * b);
    }
}

static int64_t get_element(const uint8_t *from, uint8_t size, bool is_signed)
{
    uint64_t value = 0;
    for (uint8_t b = 0; b < size; b++) {
        value |= (uint64_t)from[b] << RADIX_BITS * b;
    }
    const uint64_t sign = (UINT64_C(1) << RADIX_BITS * size) >> 1;
    return is_signed && (value & sign) != 0 ? (int64_t)value - (int64_t)(sign << 1)
                                            : (int64_t)value;
}

size_t wh_config_encode(const struct wh_config *config, uint8_t stored[WH_CONFIG_STORED_MAX])
{
    uint8_t *to = stored;
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        to[0] = parameter->id;
        to[1] = (uint8_t)(parameter->size * parameter->count);
        to += HEAD_SIZE;
        for (uint8_t e = 0; e < parameter->count; e++, to += parameter->size) {
            put_element(to, wh_parameter_get(parameter, config, e), parameter->size);
        }
    }
    return (size_t)(to - stored);
}

static const struct wh_parameter *find_id(uint8_t id)
{
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (parameter->id == id) {
            return parameter;
        }
    }
    return NULL;
}

static enum wh_err decode_row(struct wh_config *config, const struct wh_parameter *parameter,
                              const uint8_t *from, uint8_t length)
{
    if (length != parameter->size * parameter->count) {
        return WH_ERR_CORRUPT;
    }
    for (uint8_t e = 0; e < parameter->count; e++, from += parameter->size) {
        const int64_t value = get_element(from, parameter->size, parameter->is_signed);
        if (wh_parameter_set(parameter, config, e, value) != WH_OK) {
            return WH_ERR_CORRUPT;
        }
    }
    return WH_OK;
}

enum wh_err wh_config_decode(struct wh_config *config, const uint8_t *stored, size_t length)
{
    struct wh_config decoded = *config;
    while (length > 0) {
        if (length < HEAD_SIZE || length - HEAD_SIZE < stored[1]) {
            return WH_ERR_CORRUPT;
        }
        const struct wh_parameter *parameter = find_id(stored[0]);
        if (parameter != NULL &&
            decode_row(&decoded, parameter, stored + HEAD_SIZE, stored[1]) != WH_OK) {
            return WH_ERR_CORRUPT;
        }
        length -= HEAD_SIZE + stored[1];
        stored += HEAD_SIZE + stored[1];
    }
    *config = decoded;
    return WH_OK;
}

uint32_t wh_config_factory_checksum(const struct wh_config *config)
{
    uint32_t crc = 0;
    const struct wh_parameter *parameter;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        for (uint8_t e = 0; e < parameter->count; e++) {
            uint8_t element[4];
            put_element(element, wh_parameter_get(parameter, config, e), parameter->size);
            crc = parameter->protection == WH_PROTECTED_BY_VERIFICATION_SEAL
                      ? wh_crc32(crc, element, parameter->size)
                      : crc;
        }
    }
    return crc;
}
