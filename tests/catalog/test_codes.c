/* The codes against the data sheets, whose lists are typed in here a second time: every value of
 * every field comes back as it was written, everything else is refused by the name of the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/code.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What the sheets allow: digits between blanks, "001…600" for a range of numbers. */
struct sheet_field {
    const char *name;
    const char *allowed;
    size_t first; /* of the code below, characters from 0 */
    size_t width;
};

static const struct sheet {
    const char *code; /* a good one */
    struct sheet_field field[WH_CODE_FIELDS_MAX];
} sheets[WH_CODE_KINDS] = {
    [WH_CODE_TYPE_382L] = {"382LxB", {{"letter", "2 3 4 5 6 7 8 9 B C D E F G", 5, 1}}},
    [WH_CODE_TYPE_351C] = {"685-351C423010",
                           {{"X1", "2 3 4", 4, 1},
                            {"X2", "5", 5, 1},
                            {"X3", "B C 1 5", 6, 1},
                            {"X4", "C", 7, 1},
                            {"X5", "1 2 3 4", 8, 1},
                            {"X6", "2 5", 9, 1},
                            {"X7", "3", 10, 1},
                            {"X8-X10", "010", 11, 3}}},
    [WH_CODE_CONFIG_1] = {"1-2-053-05",
                          {{"A", "1 2 3", 0, 1},
                           {"B", "1 2", 2, 1},
                           {"CCC", "000 001 008 018 040 053 058 064 068 069 071 072", 4, 3},
                           {"DD", "00 03 04 05 06 16 17", 8, 2}}},
    [WH_CODE_CONFIG_2] = {"2-123-15-13-1",
                          {{"E", "1 2 3 4", 0, 1},
                           {"FFF", "000…999", 2, 3},
                           {"GG", "00…28", 6, 2},
                           {"HH", "00 01 13 14 15 16 17 18 19 20 21 22 23 24", 9, 2},
                           {"I", "1 2 3 4", 12, 1}}},
    [WH_CODE_CONFIG_3] = {"00-0-03-1-02-012-001-02",
                          {{"JJ", "00", 0, 2},
                           {"K", "0", 3, 1},
                           {"LL", "00…23", 5, 2},
                           {"M", "0 1", 8, 1},
                           {"NN", "00 01 02 03", 10, 2},
                           {"OOO", "000…999", 13, 3},
                           {"PPP", "000 001", 17, 3},
                           {"QQ", "01 02", 21, 2}}},
    [WH_CODE_CONFIG_5] = {"319-020-1-3",
                          {{"RRR", "000 319", 0, 3},
                           {"SSS", "001…600", 4, 3},
                           {"T", "1 2", 8, 1},
                           {"U", "1 2 3", 10, 1}}},
};

static bool is_allowed(const struct sheet_field *field, const char *digits)
{
    const char *dots = strstr(field->allowed, "…");
    if (dots == NULL) {
        char wanted[8], list[128];
        snprintf(wanted, sizeof wanted, " %.*s ", (int)field->width, digits);
        snprintf(list, sizeof list, " %s ", field->allowed);
        return strstr(list, wanted) != NULL;
    }
    for (size_t i = 0; i < field->width; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
    }
    return strncmp(digits, field->allowed, field->width) >= 0 &&
           strncmp(digits, dots + strlen("…"), field->width) <= 0;
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static const struct sheet_field *field_at(const struct sheet *sheet, size_t position)
{
    for (size_t f = 0; f < WH_CODE_FIELDS_MAX && sheet->field[f].name != NULL; f++) {
        const struct sheet_field *field = &sheet->field[f];
        if (position >= field->first && position < field->first + field->width) {
            return field;
        }
    }
    return NULL;
}

static void assert_faultless_line(const struct wh_code_fault *fault)
{
    assert_in_range(strlen(fault->text), 1, WH_CODE_FAULT_SIZE - 1);
    assert_null(strchr(fault->text, '\n'));
}

static void assert_refused(enum wh_code_kind kind, const char *text, const char *field,
                           size_t lowest, size_t highest)
{
    struct wh_code_fault fault = {.field = NULL};
    struct wh_code code, before;
    memset(&code, 0x5A, sizeof code);
    memcpy(&before, &code, sizeof code);
    assert_int_equal(wh_code_parse(&code, kind, text, &fault), WH_ERR_FORMAT);
    assert_memory_equal(&code, &before, sizeof code);
    assert_faultless_line(&fault);
    assert_string_equal(fault.field, field);
    assert_non_null(strstr(fault.text, field));
    assert_in_range(fault.position, lowest, highest);
}

/* -> the code as it is printed again */
static const char *again(enum wh_code_kind kind, const char *text)
{
    static char printed[WH_CODE_TEXT_SIZE];
    struct wh_code code;
    struct wh_code_fault fault = {.text = ""};
    if (wh_code_parse(&code, kind, text, &fault) != WH_OK) {
        fail_msg("%s: %s", text, fault.text);
    }
    assert_int_equal(wh_code_print(&code, printed, &fault), WH_OK);
    return printed;
}

/* A code whose field holds something is accepted and printed back, or refused at that field.
 * -> whether it was accepted */
static bool try_field(enum wh_code_kind kind, const struct sheet_field *field, const char *text)
{
    char digits[4] = "", wanted[32] = "";
    for (size_t i = 0; i < field->width; i++) {
        digits[i] = capital(text[field->first + i]);
    }
    if (!is_allowed(field, digits)) {
        assert_refused(kind, text, field->name, field->first + 1, field->first + field->width);
        return false;
    }
    memcpy(wanted, text, strlen(text));
    memcpy(wanted + field->first, digits, field->width);
    assert_string_equal(again(kind, text), wanted);
    return true;
}

/* Every character but the separators, which have a test of their own. */
static void try_characters(enum wh_code_kind kind, const struct sheet_field *field, size_t at)
{
    char text[32];
    snprintf(text, sizeof text, "%s", sheets[kind].code);
    for (int c = 1; c < 256; c++) {
        text[at] = (char)c;
        if (c != ' ' && c != '-') {
            try_field(kind, field, text);
        }
    }
}

/* VAR-8, VAR-9, VAR-10, VAR-11, VAR-12, VAR-13: at every place of a code every character. It is
 * either what the sheet allows there, and is printed back, or refused at that field. */
static void test_every_character_at_every_place(void **state)
{
    (void)state;
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        for (size_t at = 0; at < strlen(sheets[k].code); at++) {
            const struct sheet_field *field = field_at(&sheets[k], at);
            if (field != NULL) {
                try_characters((enum wh_code_kind)k, field, at);
            }
        }
    }
}

/* -> how many of the numbers that fit a field are accepted */
static unsigned try_numbers(enum wh_code_kind kind, const struct sheet_field *field)
{
    static const int end[] = {0, 10, 100, 1000};
    unsigned accepted = 0;
    for (int number = 0; number < end[field->width]; number++) {
        char digits[16], text[32];
        snprintf(digits, sizeof digits, "%0*d", (int)field->width, number);
        snprintf(text, sizeof text, "%s", sheets[kind].code);
        memcpy(text + field->first, digits, field->width);
        accepted += try_field(kind, field, text) ? 1 : 0;
    }
    return accepted;
}

/* VAR-8, VAR-9, VAR-10, VAR-11, VAR-12, VAR-13: every number in every field. */
static void test_every_value_round_trips(void **state)
{
    (void)state;
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct wh_code_form *form = wh_code_form((enum wh_code_kind)k);
        for (size_t f = 0; f < form->field_count; f++) {
            const struct sheet_field *field = &sheets[k].field[f];
            assert_string_equal(form->field[f].name, field->name);
            const bool only_letters = strcmp(field->name, "X4") == 0;
            assert_int_equal(try_numbers((enum wh_code_kind)k, field) == 0, only_letters);
        }
    }
}

/* A code that ends early is missed at the field that it ends in; what follows the last is too
 * much. */
static void test_length(void **state)
{
    (void)state;
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct sheet *sheet = &sheets[k];
        const size_t length = strlen(sheet->code);
        size_t f = 0;
        for (size_t end = sheet->field[0].first; end < length; end++) {
            if (end >= sheet->field[f].first + sheet->field[f].width) {
                f++;
            }
            char text[32];
            snprintf(text, sizeof text, "%.*s", (int)end, sheet->code);
            assert_refused((enum wh_code_kind)k, text, sheet->field[f].name, end, end + 1);
        }
        char text[40];
        snprintf(text, sizeof text, "%s- 7", sheet->code);
        assert_refused((enum wh_code_kind)k, text, sheet->field[f].name, length + 3, length + 3);
    }
    assert_refused(WH_CODE_TYPE_351C, "", "", 1, 1);
    assert_refused(WH_CODE_TYPE_351C, "351C423010", "", 1, 1);
    assert_refused(WH_CODE_TYPE_351C, "684-351C423010", "", 1, 1);
}

/* With dashes, with blanks, with nothing, in small letters. Not inside a field, where the sheet
 * has none. */
static void test_ways_of_writing(void **state)
{
    (void)state;
    static const struct {
        enum wh_code_kind kind;
        const char *text;
    } same[] = {
        {WH_CODE_TYPE_382L, "382lxb"},
        {WH_CODE_TYPE_382L, "382LB"},
        {WH_CODE_TYPE_382L, "382L-B"},
        {WH_CODE_TYPE_382L, "382L x B"},
        {WH_CODE_TYPE_382L, "b"},
        {WH_CODE_TYPE_351C, "685351C423010"},
        {WH_CODE_TYPE_351C, "685-351c423010"},
        {WH_CODE_TYPE_351C, "685- 3 5 1 C 4 2 3 0 1 0"},
        {WH_CODE_TYPE_351C, " 685-35-1-C-4-2-3-010 "},
        {WH_CODE_CONFIG_1, "1205305"},
        {WH_CODE_CONFIG_1, "1 2 053 05"},
        {WH_CODE_CONFIG_1, "  1 - 2 - 053 - 05 -"},
        {WH_CODE_CONFIG_2, "212315131"},
        {WH_CODE_CONFIG_3, "0000310201200102"},
        {WH_CODE_CONFIG_5, "31902013"},
    };
    for (size_t s = 0; s < COUNT(same); s++) {
        assert_string_equal(again(same[s].kind, same[s].text), sheets[same[s].kind].code);
    }
    assert_refused(WH_CODE_CONFIG_1, "1-2-05-305", "CCC", 7, 7);
    assert_refused(WH_CODE_CONFIG_1, "1-2-0 53-05", "CCC", 6, 6);
    assert_refused(WH_CODE_CONFIG_1, "1-2-053-0 5", "DD", 10, 10);
    assert_refused(WH_CODE_CONFIG_5, "319.020-1-3", "SSS", 4, 4);
}

/* The first character that is wrong, and all that would be right. */
static void test_what_a_fault_says(void **state)
{
    (void)state;
    static const struct {
        enum wh_code_kind kind;
        const char *code;
        size_t position;
        const char *text;
    } faults[] = {
        {WH_CODE_CONFIG_1, "1-2-047-05", 7,
         "CCC (communication module) is \"047\"; allowed: 000, 001, 008, 018, 040, 053, 058, 064, "
         "068, 069, 071, 072"},
        {WH_CODE_CONFIG_1, "1-2-04", 7,
         "CCC (communication module) is \"04\", but takes 3 characters; allowed: 000, 001, 008, "
         "018, "
         "040, 053, 058, 064, 068, 069, 071, 072"},
        {WH_CODE_CONFIG_2, "2-123-29-01-1", 8, "GG (auto-reading day) is \"29\"; allowed: 00–28"},
        {WH_CODE_CONFIG_2, "2-123-28-02-1", 11,
         "HH (auto-reading interval) is \"02\"; allowed: 00, 01, 13–24"},
        {WH_CODE_CONFIG_2, "2-123-28", 9,
         "HH (auto-reading interval) is missing; allowed: 00, 01, 13–24"},
        {WH_CODE_CONFIG_5, "000-601-1-1", 7,
         "SSS (current transformers) is \"601\"; allowed: 001–600"},
        {WH_CODE_TYPE_351C, "685-351C423011", 14, "X8-X10 (country) is \"011\"; allowed: 010"},
        {WH_CODE_TYPE_351C, "685-357C423010", 7,
         "X3 (accuracy class) is \"7\"; allowed: B, C, 1, 5"},
        {WH_CODE_TYPE_382L, "382LxA", 6,
         "letter (variant) is \"A\"; allowed: 2–9, B, C, D, E, F, G"},
        {WH_CODE_CONFIG_5, "000-001-1-\n", 11,
         "U (auto-reading register 2) is \"?\"; allowed: 1–3"},
        {WH_CODE_CONFIG_5, "000-001-1-1\xFF", 12,
         "U (auto-reading register 2) is the last; \"?\" is too much"},
        {WH_CODE_TYPE_351C, "68-351C423010", 1, "a type number of the 351C begins with 685-"},
    };
    for (size_t f = 0; f < COUNT(faults); f++) {
        struct wh_code code;
        struct wh_code_fault fault;
        assert_int_equal(wh_code_parse(&code, faults[f].kind, faults[f].code, &fault),
                         WH_ERR_FORMAT);
        assert_string_equal(fault.text, faults[f].text);
        assert_int_equal(fault.position, faults[f].position);
    }
}

/* VAR-8: the letters that the sheet lists, and no others. */
static void test_type_382l(void **state)
{
    (void)state;
    static const char letters[] = "23456789BCDEFG";
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const char written[] = {'3', '8', '2', 'L', 'x', *letter, '\0'};
        char printed[WH_CODE_TEXT_SIZE];
        struct wh_code_type_382l type;
        struct wh_code_fault fault;
        assert_int_equal(wh_code_type_382l_parse(&type, written, &fault), WH_OK);
        assert_int_equal(type.letter, *letter);
        assert_int_equal(type.breaker, strchr("BCDEFG", *letter) != NULL);
        assert_int_equal(type.radio, strchr("4567DEFG", *letter) != NULL);
        assert_int_equal(wh_code_type_382l_print(&type, printed, &fault), WH_OK);
        assert_string_equal(printed, written);
        type.breaker = !type.breaker;
        assert_int_equal(wh_code_type_382l_print(&type, printed, &fault), WH_ERR_ARGUMENT);
        assert_string_equal(printed, "");
        assert_string_equal(fault.field, "letter");
    }
}

/* VAR-9 */
static void test_type_351c(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        struct wh_code_type_351c type;
    } types[] = {
        {"685-25BC123010",
         {WH_CONNECTION_ARON, 50000, WH_CLASS_351C_MID_B, WH_ENERGY_TYPE_A_PLUS, false, 10}},
        {"685-35CC253010",
         {WH_CONNECTION_4_WIRE, 50000, WH_CLASS_351C_MID_C, WH_ENERGY_TYPE_A_PLUS_MINUS, true, 10}},
        {"685-451C323010",
         {WH_CONNECTION_4_WIRE, 60000, WH_CLASS_351C_1, WH_ENERGY_TYPE_A_R_PLUS, false, 10}},
        {"685-355C453010",
         {WH_CONNECTION_4_WIRE, 50000, WH_CLASS_351C_05, WH_ENERGY_TYPE_FOUR_QUADRANTS, true, 10}},
    };
    struct wh_code_fault fault;
    char printed[WH_CODE_TEXT_SIZE];
    for (size_t t = 0; t < COUNT(types); t++) {
        struct wh_code_type_351c type;
        assert_int_equal(wh_code_type_351c_parse(&type, types[t].code, &fault), WH_OK);
        assert_int_equal(type.connection, types[t].type.connection);
        assert_int_equal(type.nominal_mhz, types[t].type.nominal_mhz);
        assert_int_equal(type.class, types[t].type.class);
        assert_int_equal(type.energy_type, types[t].type.energy_type);
        assert_int_equal(type.radio, types[t].type.radio);
        assert_int_equal(type.country, 10);
        assert_int_equal(wh_code_type_351c_print(&types[t].type, printed, &fault), WH_OK);
        assert_string_equal(printed, types[t].code);
    }
    struct wh_code_type_351c aron_60_hz = types[0].type;
    aron_60_hz.nominal_mhz = 60000;
    assert_int_equal(wh_code_type_351c_print(&aron_60_hz, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "X1");
}

/* VAR-10 */
static void test_config_1(void **state)
{
    (void)state;
    struct wh_code_config_1 config;
    struct wh_code_fault fault;
    char printed[WH_CODE_TEXT_SIZE];
    assert_int_equal(wh_code_config_1_parse(&config, "3-2-072-05", &fault), WH_OK);
    assert_int_equal(config.decimals, 2);
    assert_true(config.led_lit_idle);
    assert_int_equal(config.module, 72);
    assert_int_equal(config.io, WH_IO_PULSE_A_PLUS);
    assert_int_equal(wh_code_config_1_print(&config, printed, &fault), WH_OK);
    assert_string_equal(printed, "3-2-072-05");
    config.decimals = 3;
    assert_int_equal(wh_code_config_1_print(&config, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "A");
    assert_int_equal(wh_code_config_1_parse(&config, "1-1-000-00", &fault), WH_OK);
    assert_int_equal(config.decimals, 0);
    assert_false(config.led_lit_idle);
    assert_int_equal(config.module, 0);
    assert_int_equal(config.io, WH_IO_NONE);
}

/* VAR-11 */
static void test_config_2(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        struct wh_code_config_2 config;
    } configs[] = {
        {"1-000-00-00-1", {5, 0, 0, WH_AUTO_READING_NONE, 0, 30, false}},
        {"2-123-01-01-2", {15, 123, 1, WH_AUTO_READING_MONTHLY, 0, 30, true}},
        {"3-999-28-13-3", {30, 999, 28, WH_AUTO_READING_YEARLY, 1, 80, false}},
        {"4-007-15-24-4", {60, 7, 15, WH_AUTO_READING_YEARLY, 12, 80, true}},
    };
    struct wh_code_fault fault;
    char printed[WH_CODE_TEXT_SIZE];
    for (size_t c = 0; c < COUNT(configs); c++) {
        struct wh_code_config_2 config;
        assert_int_equal(wh_code_config_2_parse(&config, configs[c].code, &fault), WH_OK);
        assert_int_equal(config.integration_min, configs[c].config.integration_min);
        assert_int_equal(config.display_list, configs[c].config.display_list);
        assert_int_equal(config.debiting_day, configs[c].config.debiting_day);
        assert_int_equal(config.debiting, configs[c].config.debiting);
        assert_int_equal(config.debiting_month, configs[c].config.debiting_month);
        assert_int_equal(config.pulse_ms, configs[c].config.pulse_ms);
        assert_int_equal(config.alarm_input, configs[c].config.alarm_input);
        assert_int_equal(wh_code_config_2_print(&configs[c].config, printed, &fault), WH_OK);
        assert_string_equal(printed, configs[c].code);
    }
    struct wh_code_config_2 bad = configs[3].config;
    bad.debiting_month = 13;
    assert_int_equal(wh_code_config_2_print(&bad, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "HH");
    bad = configs[1].config;
    bad.integration_min = 10;
    assert_int_equal(wh_code_config_2_print(&bad, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.text,
                        "E (integration period) has no code for this value; allowed: 1–4");
    bad = configs[1].config;
    bad.debiting_day = 0;
    assert_int_equal(wh_code_config_2_print(&bad, printed, &fault), WH_ERR_FORMAT);
    assert_string_equal(printed, "");
}

/* VAR-12: the zones are those of the sheet, one by one. */
static void test_config_3(void **state)
{
    (void)state;
    struct wh_code_config_3 config;
    struct wh_code_fault fault;
    char printed[WH_CODE_TEXT_SIZE], code[32];
    for (int zone = 0; zone <= 23; zone++) {
        snprintf(code, sizeof code, "00-0-%02d-1-03-042-001-02", zone);
        assert_int_equal(wh_code_config_3_parse(&config, code, &fault), WH_OK);
        assert_int_equal(config.zone_min, (zone <= 12 ? zone : zone - 24) * 60);
        assert_int_equal(config.pulse_side, WH_SIDE_SECONDARY);
        assert_int_equal(config.pulse_unit, WH_PULSE_UNIT_L);
        assert_int_equal(config.tariff_schedule, 42);
        assert_true(config.daylight_saving);
        assert_int_equal(config.profile_side, WH_SIDE_SECONDARY);
        assert_int_equal(wh_code_config_3_print(&config, printed, &fault), WH_OK);
        assert_string_equal(printed, code);
    }
    config.zone_min = 330;
    assert_int_equal(wh_code_config_3_print(&config, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "LL");
    assert_int_equal(wh_code_config_3_parse(&config, "00-0-00-0-01-000-000-01", &fault), WH_OK);
    assert_int_equal(config.pulse_side, WH_SIDE_PRIMARY);
    assert_int_equal(config.pulse_unit, WH_PULSE_UNIT_KWH);
    assert_false(config.daylight_saving);
    assert_int_equal(config.profile_side, WH_SIDE_PRIMARY);
}

/* VAR-13: the ratios that the sheet prints are among all from 5/5 to 3000/5. */
static void test_config_5(void **state)
{
    (void)state;
    struct wh_code_config_5 config;
    struct wh_code_fault fault;
    char printed[WH_CODE_TEXT_SIZE], code[32], meaning[WH_CODE_MEANING_SIZE], wanted[32];
    const struct wh_code_field *ratio_field = &wh_code_form(WH_CODE_CONFIG_5)->field[1];
    for (int ratio = 1; ratio <= 600; ratio++) {
        snprintf(code, sizeof code, "319-%03d-2-3", ratio);
        assert_int_equal(wh_code_config_5_parse(&config, code, &fault), WH_OK);
        assert_int_equal(config.transformer_ratio, ratio);
        assert_int_equal(config.radio_code, 319);
        assert_false(config.ratio_unlocked);
        assert_int_equal(config.debiting_2, WH_DEBITING_2_MONTHLY);
        assert_int_equal(wh_code_config_5_print(&config, printed, &fault), WH_OK);
        assert_string_equal(printed, code);
        assert_true(wh_code_meaning(ratio_field, (int16_t)ratio, meaning));
        snprintf(wanted, sizeof wanted, "%d/5 A", 5 * ratio);
        assert_string_equal(meaning, wanted);
    }
    config.transformer_ratio = 601;
    assert_int_equal(wh_code_config_5_print(&config, printed, &fault), WH_ERR_ARGUMENT);
    config.transformer_ratio = UINT16_MAX;
    assert_int_equal(wh_code_config_5_print(&config, printed, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "SSS");
}

/* 7 digits before the point hold 4000 h of the highest primary power, as the MID asks of a
 * display: so no number of decimals contradicts a ratio. */
static void test_the_display_holds_every_ratio(void **state)
{
    (void)state;
    const uint64_t highest_wh = UINT64_C(3) * 230 * 6 * 600 * 4000;
    assert_true(highest_wh < UINT64_C(10000000) * 1000);
}

/* The codes of one meter, then the field at which they contradict each other, if they do. */
static const struct {
    const char *codes[5];
    const char *field;
} meters[] = {
    {{"685-351C423010", "1-1-072-05", "2-123-01-01-1", "00-0-03-0-01-000-000-01", "000-020-1-1"},
     NULL},
    {{"382LxB", "1-1-000-00"}, "letter"},
    {{"382LxB", "685-351C423010"}, "letter"},
    {{"1-1-000-03"}, "DD"},
    {{"1-1-071-16"}, NULL},
    {{"1-1-053-06"}, NULL},
    {{"1-1-068-03"}, NULL},
    {{"1-1-068-05"}, "DD"},
    {{"1-1-069-06"}, NULL},
    {{"1-1-069-05"}, "DD"},
    {{"1-1-072-03"}, "DD"},
    {{"1-1-040-03"}, NULL},
    {{"1-1-040-06"}, "DD"},
    {{"685-351C123010", "1-1-069-06"}, "DD"},
    {{"685-351C223010", "1-1-069-06"}, "DD"},
    {{"685-351C323010", "1-1-069-06"}, NULL},
    {{"685-351C423010", "1-1-069-06"}, NULL},
    {{"685-351C123010", "1-1-069-16"}, "DD"},
    {{"685-351C223010", "1-1-069-16"}, NULL},
    {{"685-351C323010", "1-1-069-16"}, "DD"},
    {{"685-351C423010", "1-1-069-16"}, NULL},
    {{"1-000-00-01-1"}, "HH"},
    {{"1-000-00-24-1"}, "HH"},
    {{"1-000-15-00-1"}, NULL},
    {{"1-1-068-03", "1-000-00-00-2"}, NULL},
    {{"1-1-068-04", "1-000-00-00-4"}, NULL},
    {{"1-1-072-05", "1-000-00-00-2"}, "I"},
    {{"1-1-068-03", "00-0-03-0-01-000-000-01"}, NULL},
    {{"1-1-069-06", "00-0-03-0-01-000-000-01"}, "NN"},
    {{"1-1-069-06", "00-0-03-0-00-000-000-01"}, NULL},
    {{"685-351C423010", "1-1-072-00", "319-001-1-1"}, "RRR"},
    {{"685-351C453010", "1-1-072-00", "319-001-1-1"}, NULL},
    {{"685-351C423010", "1-1-053-00", "319-001-1-1"}, NULL},
    {{"685-351C423010", "319-001-1-1"}, NULL}, /* the module is not known */
};

/* VAR-10, VAR-11, VAR-13: what the sheet's own columns exclude together */
static void test_contradictions(void **state)
{
    (void)state;
    for (size_t m = 0; m < COUNT(meters); m++) {
        struct wh_code_set set = {.has = {false}};
        struct wh_code_fault fault = {.field = NULL};
        for (size_t c = 0; c < 5 && meters[m].codes[c] != NULL; c++) {
            enum wh_code_kind kind;
            const char *text;
            struct wh_code code;
            assert_int_equal(wh_code_recognise(meters[m].codes[c], &kind, &text, &fault), WH_OK);
            assert_int_equal(wh_code_parse(&code, kind, text, &fault), WH_OK);
            wh_code_set_add(&set, &code);
            assert_true(set.has[kind]);
        }
        const enum wh_err err = wh_code_check(&set, &fault);
        if (meters[m].field == NULL) {
            assert_int_equal(err, WH_OK);
            continue;
        }
        assert_int_equal(err, WH_ERR_FORMAT);
        assert_string_equal(fault.field, meters[m].field);
        assert_int_equal(fault.position, 0);
        assert_faultless_line(&fault);
        assert_non_null(strstr(fault.text, meters[m].field));
    }
    struct wh_code_config_1 config = {.decimals = 9};
    struct wh_code_fault fault;
    assert_int_equal(wh_code_config_1_parse(&config, "1-1-000-03", &fault), WH_ERR_FORMAT);
    assert_int_equal(config.decimals, 9); /* as it was */
}

/* By name, by head, by length; anything else is told what there is. */
static void test_recognition(void **state)
{
    (void)state;
    enum wh_code_kind kind;
    const char *code;
    struct wh_code_fault fault;
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        char named[64];
        assert_int_equal(wh_code_recognise(sheets[k].code, &kind, &code, &fault), WH_OK);
        assert_int_equal(kind, k);
        assert_ptr_equal(code, sheets[k].code);
        snprintf(named, sizeof named, "%s=%s", wh_code_form((enum wh_code_kind)k)->name, "what");
        assert_int_equal(wh_code_recognise(named, &kind, &code, &fault), WH_OK);
        assert_int_equal(kind, k);
        assert_string_equal(code, "what");
    }
    static const char *const none[] = {"",        "B",         "382M",           "config4=1",
                                       "config1", "123456",    "1-1-072-05-123", "68-53",
                                       "=",       "config1 =1"};
    for (size_t n = 0; n < COUNT(none); n++) {
        assert_int_equal(wh_code_recognise(none[n], &kind, &code, &fault), WH_ERR_NOT_FOUND);
        assert_non_null(strstr(fault.text, "config3=JJ-K-LL-M-NN-OOO-PPP-QQ"));
    }
}

/* Whatever is asked of a field that it does not have leaves an empty text. */
static void test_values_without_a_code(void **state)
{
    (void)state;
    assert_null(wh_code_form(WH_CODE_KINDS));
    for (unsigned k = 0; k < WH_CODE_KINDS; k++) {
        const struct wh_code_form *form = wh_code_form((enum wh_code_kind)k);
        for (size_t f = 0; f < form->field_count; f++) {
            char digits[WH_CODE_DIGITS_SIZE] = "#";
            char meaning[WH_CODE_MEANING_SIZE] = "#";
            assert_false(wh_code_digits(&form->field[f], INT16_MIN, digits));
            assert_false(wh_code_meaning(&form->field[f], INT16_MIN, meaning));
            assert_string_equal(digits, "");
            assert_string_equal(meaning, "");
        }
    }
    struct wh_code code = {.kind = WH_CODE_KINDS};
    struct wh_code_fault fault;
    char text[WH_CODE_TEXT_SIZE];
    assert_int_equal(wh_code_print(&code, text, &fault), WH_ERR_ARGUMENT);
    assert_int_equal(wh_code_parse(&code, WH_CODE_KINDS, "", &fault), WH_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_character_at_every_place),
        cmocka_unit_test(test_every_value_round_trips),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_ways_of_writing),
        cmocka_unit_test(test_what_a_fault_says),
        cmocka_unit_test(test_type_382l),
        cmocka_unit_test(test_type_351c),
        cmocka_unit_test(test_config_1),
        cmocka_unit_test(test_config_2),
        cmocka_unit_test(test_config_3),
        cmocka_unit_test(test_config_5),
        cmocka_unit_test(test_the_display_holds_every_ratio),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_recognition),
        cmocka_unit_test(test_values_without_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
