/* The configuration: its table, its stored form, what it refuses and who may change it (VAR-7, VAR-10 to VAR-15, DSP-3,
 * DSP-5, REG-7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/rig.h"
#include "tests/common/random.h"

enum { KW_MW = 1000000, HEAD_SIZE = 2 };

static const struct wh_variant *model(const char *name)
{
    const struct wh_variant *variant = wh_variant_find(name);
    assert_non_null(variant);
    return variant;
}

/* Writes an element whatever the table says. */
static void poke(struct wh_config *config, const struct wh_parameter *row, uint8_t index,
                 int64_t value)
{
    uint8_t *at = (uint8_t *)config + row->offset + (size_t)index * row->size;
    memcpy(at, &value, row->size); /* little endian, as the machines that run tests */
}

static bool fits(const struct wh_parameter *row, int64_t value)
{
    const int bits = 8 * row->size;
    return row->is_signed ? value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1)
                          : value >= 0 && value < INT64_C(1) << bits;
}

static bool is_listed(const uint8_t *only, int64_t value)
{
    for (;; only++) {
        if (*only == value) {
            return true;
        }
        if (only[0] == only[1]) {
            return false;
        }
    }
}

/* VAR-15: ids and names are given once, members do not overlap, and each row has a text and fits the stored form. */
static void test_table(void **state)
{
    (void)state;
    uint8_t owner[sizeof(struct wh_config)] = {0};
    bool ids[256] = {false};
    const struct wh_parameter *row;
    size_t rows = 0;
    for (; (row = wh_parameter_at(rows)) != NULL; rows++) {
        assert_false(ids[row->id]);
        ids[row->id] = true;
        assert_ptr_equal(wh_parameter_find(row->name), row);
        assert_true(strlen(row->text) > 5);
        assert_true(row->size == 1 || row->size == 2 || row->size == 4);
        assert_true(fits(row, row->least) && fits(row, row->greatest));
        for (size_t b = 0; b < (size_t)row->size * row->count; b++) {
            assert_int_equal(owner[row->offset + b]++, 0);
        }
    }
    assert_true(rows >= 41);
    assert_null(wh_parameter_find("no such parameter"));
    size_t unowned = 0;
    for (size_t b = 0; b < sizeof owner; b++) {
        unowned += owner[b] == 0;
    }
    assert_true(unowned < 16); /* padding only */
    assert_true(wh_config_encode(&(struct wh_config){0}, (uint8_t[WH_CONFIG_STORED_MAX]){0}) <=
                WH_CONFIG_STORED_MAX);
}

/* VAR-15: every value of every small parameter, and the edges of large ones: what the row allows can be set and read, what
 * it does not is refused by wh_parameter_set, and by wh_config_check with its name and element. */
static void test_ranges(void **state)
{
    (void)state;
    const struct wh_variant *variant = model("351C");
    const struct wh_parameter *row;
    for (size_t r = 0; (row = wh_parameter_at(r)) != NULL; r++) {
        for (int64_t n = -2; n <= 65537; n++) {
            const bool small = row->size < 4;
            const int64_t value = small   ? n + row->least
                                  : n < 2 ? row->least + n
                                          : row->greatest - 2 + n - 2;
            if (!fits(row, value) || (!small && n > 6)) {
                continue;
            }
            const uint8_t index = (uint8_t)(row->count - 1);
            struct wh_config config = wh_config_default(variant);
            struct wh_config poked = config;
            struct wh_config_fault fault;
            const bool allowed = value >= row->least && value <= row->greatest &&
                                 (row->only == NULL || is_listed(row->only, value));
            assert_int_equal(wh_parameter_set(row, &config, index, value),
                             allowed ? WH_OK : WH_ERR_ARGUMENT);
            assert_true(!allowed || wh_parameter_get(row, &config, index) == value);
            poke(&poked, row, index, value);
            if (!allowed) {
                assert_int_equal(wh_config_check(&poked, variant, &fault), WH_ERR_ARGUMENT);
                assert_ptr_equal(fault.parameter, row);
                assert_int_equal(fault.index, index);
                assert_non_null(fault.reason);
            }
        }
        struct wh_config config = wh_config_default(variant);
        assert_int_equal(wh_parameter_set(row, &config, row->count, row->least), WH_ERR_ARGUMENT);
    }
}

/* A configuration with every element drawn from its range. */
static struct wh_config random_config(struct test_random *random)
{
    struct wh_config config = {0};
    const struct wh_parameter *row;
    for (size_t r = 0; (row = wh_parameter_at(r)) != NULL; r++) {
        for (uint8_t e = 0; e < row->count; e++) {
            const uint64_t span = (uint64_t)(row->greatest - row->least) + 1;
            do {
                poke(&config, row, e, row->least + (int64_t)(random_u64(random) % span));
            } while (row->only != NULL && !is_listed(row->only, wh_parameter_get(row, &config, e)));
        }
    }
    return config;
}

/* VAR-15: what is stored comes back; what an earlier version did not store keeps its default; what a later one added is
 * passed over. */
static void test_round_trip(void **state)
{
    (void)state;
    struct test_random random = {41};
    for (int n = 0; n < 2000; n++) {
        const struct wh_config config = random_config(&random);
        uint8_t stored[WH_CONFIG_STORED_MAX + 16];
        const size_t length = wh_config_encode(&config, stored);
        struct wh_config decoded = {0};
        assert_int_equal(wh_config_decode(&decoded, stored, length), WH_OK);
        assert_memory_equal(&decoded, &config, sizeof config);
        static const uint8_t later[] = {250, 3, 1, 2, 3, 251, 0};
        memcpy(stored + length, later, sizeof later);
        memset(&decoded, 0, sizeof decoded);
        assert_int_equal(wh_config_decode(&decoded, stored, length + sizeof later), WH_OK);
        assert_memory_equal(&decoded, &config, sizeof config);
    }
    struct wh_config kept = random_config(&random);
    const struct wh_config before = kept;
    assert_int_equal(wh_config_decode(&kept, NULL, 0), WH_OK);
    assert_memory_equal(&kept, &before, sizeof kept);
}

/* Whether a stored form ends exactly behind a parameter. */
static bool is_whole(const uint8_t *stored, size_t length)
{
    size_t at = 0;
    while (at + HEAD_SIZE <= length) {
        at += HEAD_SIZE + stored[at + 1];
    }
    return at == length;
}

/* VAR-15: cut off anywhere it is corrupt unless a whole number of parameters is left; with any byte changed it is corrupt,
 * or all its values are allowed; corrupt, nothing has changed. */
static void test_corrupt(void **state)
{
    (void)state;
    struct test_random random = {43};
    const struct wh_config config = random_config(&random);
    const struct wh_config other = random_config(&random);
    uint8_t stored[WH_CONFIG_STORED_MAX];
    const size_t length = wh_config_encode(&config, stored);
    for (size_t cut = 0; cut < length; cut++) {
        struct wh_config decoded = other;
        const enum wh_err err = wh_config_decode(&decoded, stored, cut);
        assert_int_equal(err, is_whole(stored, cut) ? WH_OK : WH_ERR_CORRUPT);
        assert_true(err == WH_OK || wh_config_protections(&decoded, &other) == 0);
    }
    unsigned refused = 0;
    for (size_t n = 0; n < 256 * length; n++) {
        struct wh_config decoded = other;
        uint8_t changed[WH_CONFIG_STORED_MAX];
        memcpy(changed, stored, length);
        changed[n / 256] = (uint8_t)(changed[n / 256] ^ n % 256);
        if (wh_config_decode(&decoded, changed, length) != WH_OK) {
            assert_memory_equal(&decoded, &other, sizeof other);
            refused++;
            continue;
        }
        const struct wh_parameter *row;
        for (size_t r = 0; (row = wh_parameter_at(r)) != NULL; r++) {
            for (uint8_t e = 0; e < row->count; e++) {
                struct wh_config same = decoded;
                assert_int_equal(
                    wh_parameter_set(row, &same, e, wh_parameter_get(row, &decoded, e)), WH_OK);
            }
        }
    }
    assert_true(refused > 10000);
}

/* VAR-1, VAR-7: the default of every model, and of each of its energy types, passes. */
static void test_defaults_pass(void **state)
{
    (void)state;
    for (size_t m = 0; m < WH_MODELS; m++) {
        const struct wh_variant *variant = wh_variant_at(m);
        for (int type = 0; type < WH_ENERGY_TYPES; type++) {
            struct wh_config config = wh_config_default(variant);
            struct wh_config_fault fault;
            wh_config_set_energy_type(&config, (enum wh_energy_type)type);
            const bool made = wh_variant_has_energy_type(variant, (enum wh_energy_type)type);
            assert_int_equal(wh_config_check(&config, variant, &fault),
                             made ? WH_OK : WH_ERR_ARGUMENT);
            assert_true(made || strcmp(fault.parameter->name, "energy_type") == 0);
        }
    }
}

struct contradiction {
    const char *model;
    const char *set;
    int64_t value;
    const char *named; /* NULL: accepted */
};

/* What does not go together or the model does not have is refused with the parameter named (LOG-3, LOG-4, LOG-7, VAR-11,
 * VAR-14). */
static void test_contradictions(void **state)
{
    (void)state;
    static const struct contradiction rows[] = {
        {"382M", "display_side", 1, "display_side"},
        {"351C", "display_side", 1, NULL},
        {"382L", "profile_side", 1, "profile_side"},
        {"351C", "profile_side", 1, NULL},
        {"382M", "module_pulse_side", 1, "module_pulse_side"},
        {"351C", "module_pulse_side", 1, NULL},
        {"382M", "profile_of_power", 1, "profile_of_power"},
        {"382L", "profile_of_power", 1, NULL},
        {"382M", "logger_min", 7, "logger_min"},
        {"382M", "logger_min", 1440, NULL},
        {"382M", "logger_min", 0, NULL},
        {"382M", "debiting_day", 0, "debiting_interval"},
        {"382M", "debiting_interval", 0, "debiting_interval"},
        {"382M", "lost_mv", 202400, "lost_mv"},
        {"382M", "lost_mv", 202399, NULL},
        {"382M", "under_mv", 243800, "over_mv"},
        {"382M", "under_mv", 243799, NULL},
        {"382M", "over_mv", 216200, "over_mv"},
        {"382M", "over_mv", 353553, NULL},
        {"382M", "over_mv", 353554, "over_mv"}, /* peak above what the converter carries */
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct wh_config config = wh_config_default(model(rows[r].model));
        struct wh_config_fault fault;
        const struct wh_parameter *row = wh_parameter_find(rows[r].set);
        assert_int_equal(wh_parameter_set(row, &config, 0, rows[r].value), WH_OK);
        const enum wh_err err = wh_config_check(&config, model(rows[r].model), &fault);
        assert_int_equal(err, rows[r].named == NULL ? WH_OK : WH_ERR_ARGUMENT);
        if (rows[r].named != NULL) {
            assert_string_equal(fault.parameter->name, rows[r].named);
        }
    }
}

/* LOG-7: what the check lets pass never keeps a meter from starting: limits at the edges are those of the elements too. */
static void test_what_passes_starts(void **state)
{
    (void)state;
    struct test_random random = {47};
    unsigned accepted = 0;
    for (int n = 0; n < 3000; n++) {
        struct wh_config config = wh_config_default(model("382M"));
        struct wh_config_fault fault;
        struct rig rig;
        config.over_mv = 50000 + (uint32_t)(random_u64(&random) % 450001);
        config.under_mv = 50000 + (uint32_t)(random_u64(&random) % 450001);
        config.lost_mv = 1000 + (uint32_t)(random_u64(&random) % 100000);
        config.hysteresis_mv = (uint32_t)(random_u64(&random) % 20000);
        if (wh_config_check(&config, model("382M"), &fault) != WH_OK) {
            continue;
        }
        if (accepted++ < 40) {
            rig_open_as(&rig, "382M", &config, 0); /* asserts that it starts */
            rig_close(&rig);
        }
    }
    assert_true(accepted > 40);
}

/* DSP-3, DSP-5: lists: no gap, nothing twice, nothing that is not there or has no place on the display or is not
 * registered, not empty; and the legal readings stay in the list of the button. */
static void test_lists(void **state)
{
    (void)state;
    const struct wh_variant *variant = model("382M");
    const struct wh_config good = wh_config_default(variant);
    struct wh_config_fault fault;
    static const char *const names[] = {"automatic_list", "manual_list", "backup_list"};
    for (int n = 0; n < 3; n++) {
        const struct wh_parameter *row = wh_parameter_find(names[n]);
        static const struct {
            uint8_t index, value;
        } wrong[] = {{0, WH_QUANTITY_NONE}, /* empty, and a gap */
                     {1, WH_QUANTITY_COUNT},
                     {1, WH_QUANTITY_A_PLUS}, /* twice */
                     {1, WH_QUANTITY_TYPE}};  /* not for the display */
        for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
            struct wh_config config = good;
            poke(&config, row, wrong[w].index, wrong[w].value);
            assert_int_equal(wh_config_check(&config, variant, &fault), WH_ERR_ARGUMENT);
            assert_ptr_equal(fault.parameter, row);
            assert_int_equal(fault.index, wrong[w].index);
        }
    }
    for (size_t at = 0; at < sizeof good.manual_list; at++) {
        const uint8_t id = good.manual_list[at];
        struct wh_config config = good;
        memmove(config.manual_list + at, config.manual_list + at + 1,
                sizeof config.manual_list - at - 1);
        config.manual_list[sizeof config.manual_list - 1] = WH_QUANTITY_NONE;
        const bool legal =
            id <= WH_QUANTITY_R_MINUS || id == WH_QUANTITY_SOFTWARE || id == WH_QUANTITY_CHECKSUM;
        assert_int_equal(wh_config_check(&config, variant, &fault),
                         legal ? WH_ERR_ARGUMENT : WH_OK);
    }
    struct wh_config config = good;
    config.logger[0] = WH_QUANTITY_NONE;
    assert_int_equal(wh_config_check(&config, variant, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.parameter->name, "logger");
}

/* VAR-7: a meter of A+ shows and logs nothing of other energies. */
static void test_energy_type_decides(void **state)
{
    (void)state;
    struct wh_config config = wh_config_default(model("382M"));
    struct wh_config_fault fault;
    wh_config_set_energy_type(&config, WH_ENERGY_TYPE_A_PLUS);
    assert_null(memchr(config.manual_list, WH_QUANTITY_A_MINUS, sizeof config.manual_list));
    for (size_t at = 0; config.automatic_list[at] != WH_QUANTITY_NONE; at++) {
        if (config.automatic_list[at + 1] == WH_QUANTITY_NONE) {
            config.automatic_list[at + 1] = WH_QUANTITY_R_PLUS;
            break;
        }
    }
    assert_int_equal(wh_config_check(&config, model("382M"), &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.parameter->name, "automatic_list");
}

static enum wh_err configure(struct rig *rig, const struct wh_config *config,
                             struct wh_config_fault *fault)
{
    return wh_meter_configure(&rig->meter, config, WH_ORIGIN_OPTICAL, fault);
}

/* REG-7, VAR-10: each parameter of the factory is refused while the verification seal is closed, with nothing changed; open
 * it is taken and an entry of the legal audit log tells where from and what it is now. Others need no seal. */
static void test_protection(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    rig_open_as(&rig, "351C", NULL, 0);
    const struct wh_parameter *row;
    unsigned protected = 0;
    for (size_t r = 0; (row = wh_parameter_at(r)) != NULL; r++) {
        struct wh_config config = rig.meter.application.config;
        const int64_t value = wh_parameter_get(row, &config, 0);
        const bool by_seal = row->protection == WH_PROTECTED_BY_VERIFICATION_SEAL;
        if (wh_parameter_set(row, &config, 0, value == row->least ? value + 1 : row->least) !=
                WH_OK ||
            wh_config_check(&config, rig.meter.variant, &fault) != WH_OK) {
            continue;
        }
        const struct wh_config before = rig.meter.application.config;
        const uint32_t entries = wh_legal_audit_count(&rig.meter.legal);
        assert_int_equal(wh_config_protections(&before, &config), 1u << row->protection);
        assert_int_equal(configure(&rig, &config, &fault),
                         by_seal || row->is_of_module ? WH_ERR_SEALED : WH_OK);
        if (row->is_of_module) { /* BRK: not through the optical port */
            assert_ptr_equal(fault.parameter, row);
            assert_memory_equal(&rig.meter.application.config, &before, sizeof before);
            assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_MODULE, &fault),
                             WH_OK);
            assert_memory_equal(&rig.meter.application.config, &config, sizeof config);
            continue;
        }
        if (!by_seal) {
            assert_int_equal(wh_legal_audit_count(&rig.meter.legal), entries);
            continue;
        }
        protected++;
        assert_ptr_equal(fault.parameter, row);
        assert_memory_equal(&rig.meter.application.config, &before, sizeof before);
        assert_int_equal(wh_meter_set_seal(&rig.meter, true), WH_OK);
        assert_int_equal(configure(&rig, &config, &fault), WH_OK);
        struct wh_audit_entry entry;
        assert_int_equal(wh_legal_audit(&rig.meter.legal, 0, &entry), WH_OK);
        assert_int_equal(entry.event, WH_AUDIT_FACTORY_SETUP);
        assert_int_equal(entry.origin, WH_ORIGIN_OPTICAL);
        assert_int_equal(entry.new_value, wh_config_factory_checksum(&config));
        assert_int_equal(wh_meter_set_seal(&rig.meter, false), WH_OK);
        rig_outage(&rig, RIG_HARD, 1, true);
        assert_int_equal(wh_parameter_get(row, &rig.meter.application.config, 0),
                         wh_parameter_get(row, &config, 0));
    }
    assert_int_equal(protected, 4); /* all but energy_type, whose lists do not fit */
    rig_close(&rig);
}

/* REG-7: an audit log without room refuses a change of the factory's parameters, and takes one of the others. */
static void test_full_audit_log(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    rig_open_as(&rig, "382M", NULL, 0);
    struct wh_config config = rig.meter.application.config;
    assert_int_equal(wh_meter_set_seal(&rig.meter, true), WH_OK);
    enum wh_err err;
    uint32_t changes = 0;
    do {
        config.code[0]++;
        err = configure(&rig, &config, &fault);
        changes += err == WH_OK;
        assert_true(changes < 1000);
    } while (err == WH_OK);
    assert_int_equal(err, WH_ERR_SPACE);
    assert_int_equal(rig.meter.application.config.code[0], changes);
    config = rig.meter.application.config;
    config.special_1 = 7;
    assert_int_equal(configure(&rig, &config, &fault), WH_OK);
    rig_close(&rig);
}

/* VAR-15: a change is told and counted, the same again is neither. */
static void test_changes_are_told(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_event event;
    rig_open_as(&rig, "382M", NULL, 0);
    struct wh_config config = rig.meter.application.config;
    config.special_1 = 4711;
    config.number_2 = 4712;
    for (int n = 0; n < 2; n++) {
        assert_int_equal(configure(&rig, &config, &fault), WH_OK);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_CONFIGURED, &event), 1);
        assert_int_equal(event.value_a, 2);
        assert_int_equal(event.value_b, wh_parameter_find("number_2")->id);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_CONFIGURATION_COUNT), 1);
    }
    rig_outage(&rig, RIG_HARD, 1, true);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_SPECIAL_1), 4711);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_METER_NUMBER_2), 4712);
    assert_false(rig.found.config_default);
    rig_close(&rig);
}

/* DSP-5: another list is on the glass at once, and after a restart. */
static void test_list_reaches_the_glass(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_lcd lcd;
    rig_open_as(&rig, "382M", NULL, 0);
    struct wh_config config = rig.meter.application.config;
    memset(config.automatic_list, WH_QUANTITY_NONE, sizeof config.automatic_list);
    config.automatic_list[0] = WH_QUANTITY_SERIAL_NUMBER;
    config.automatic_list[1] = WH_QUANTITY_HOURS;
    assert_int_equal(configure(&rig, &config, &fault), WH_OK);
    for (int n = 0; n < 2; n++) {
        wh_meter_lcd(&rig.meter, &lcd);
        assert_string_equal(lcd.id, "96.1.0");
        assert_int_equal(rig.meter.display.automatic.count, 2);
        rig_outage(&rig, RIG_HARD, 1, true);
    }
    rig_close(&rig);
}

/* VAR-10: the digits behind the point, on the glass and cut off, not rounded. */
static void test_energy_decimals(void **state)
{
    (void)state;
    static const char *const shown[] = {"  0123456", " 01234567", "012345678"};
    for (uint8_t decimals = 0; decimals <= 2; decimals++) {
        struct rig rig;
        struct wh_lcd lcd;
        struct wh_config config = wh_config_default(model("382M"));
        config.energy_decimals = decimals;
        config.automatic_list[0] = WH_QUANTITY_A_PLUS;
        memset(config.automatic_list + 1, WH_QUANTITY_NONE, sizeof config.automatic_list - 1);
        rig_open_as(&rig, "382M", &config, 0);
        rig_set_energy(&rig, WH_A_PLUS, 1234567899);
        wh_meter_lcd(&rig.meter, &lcd);
        assert_int_equal(lcd.decimals, decimals);
        const char *digits = shown[decimals];
        while (*digits == ' ' || *digits == '0') {
            digits++;
        }
        const char *value = lcd.value;
        while (*value == ' ' || *value == '0') {
            value++;
        }
        assert_string_equal(value, digits);
        rig_close(&rig);
    }
}

/* VAR-14: registers are shown of the configured side: primary is what was counted times the ratio in force then; powers
 * times the ratio now, voltages never. The secondary registers stay readable. */
static void test_display_side(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config config = wh_config_default(model("351C"));
    config.display_side = WH_SIDE_PRIMARY;
    rig_open_as(&rig, "351C", &config, 0);
    struct wh_application *app = &rig.meter.application;
    assert_int_equal(wh_application_set_ratio(app, &rig.meter.legal, 20, WH_ORIGIN_OPTICAL),
                     WH_ERR_SEALED);
    assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
    rig_load(&rig, 3 * KW_MW, 0, 3600);
    assert_int_equal(wh_application_set_ratio(app, &rig.meter.legal, 20, WH_ORIGIN_OPTICAL), WH_OK);
    rig_load(&rig, 3 * KW_MW, 0, 3600);
    rig_outage(&rig, RIG_HARD, 1, true); /* kept, and the cover is closed again */
    assert_int_equal(wh_application_set_ratio(app, &rig.meter.legal, 1, WH_ORIGIN_OPTICAL),
                     WH_ERR_SEALED);
    rig_load(&rig, 3 * KW_MW, 0, 3600);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_A_PLUS), 30000 * (1 + 20 + 20));
    assert_int_equal(rig_read(&rig, WH_QUANTITY_A_PLUS_SECONDARY), 90000);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_P_PLUS), INT64_C(3) * KW_MW * 20);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_U_L1), 230000);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_RATIO), 20);
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(wh_application_set_ratio(app, &rig.meter.legal, 20, WH_ORIGIN_OPTICAL),
                     WH_ERR_UNSUPPORTED);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_corrupt),
        cmocka_unit_test(test_defaults_pass),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_what_passes_starts),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_energy_type_decides),
        cmocka_unit_test(test_protection),
        cmocka_unit_test(test_full_audit_log),
        cmocka_unit_test(test_changes_are_told),
        cmocka_unit_test(test_list_reaches_the_glass),
        cmocka_unit_test(test_energy_decimals),
        cmocka_unit_test(test_display_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
