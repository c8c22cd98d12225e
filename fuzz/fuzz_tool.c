/* What the tool makes of answers – COSEM data, KMP values, data sets of IEC 62056-21 – and of what is
 * typed: endpoints, names, codes, times. The first octet chooses. A value that was understood is written in
 * every form, and a code that was written is read back as the same. */
#include "cli/endpoint.h"
#include "cli/tool_data.h"
#include "cli/tool_iec_value.h"
#include "cli/tool_kmp_value.h"
#include "cli/tool_plan.h"
#include "cli/tool_target.h"
#include "cli/tool_time.h"
#include "cli/tool_words.h"
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 512 };

static void write_value(const struct tool_value *value)
{
    char text[TOOL_VALUE_SIZE];
    char words[64];
    tool_value_text(value, text);
    tool_value_plain(value, text);
    tool_words("events_b", value->number, words, sizeof words);
    json_decref(tool_value_json(value));
}

static void take_data(const uint8_t *data, size_t size)
{
    const struct dlms_span span = {data, size};
    struct tool_value value;
    if (tool_data_value(span, (size & 1) != 0, &value)) {
        write_value(&value);
        tool_data_scale(span, &value);
    }
    value = tool_number(size > 0 ? data[0] : 0, 0, "");
    if (tool_data_scale(span, &value)) {
        write_value(&value);
    }
    json_decref(tool_data_json(span));
}

static void take_kmp(const uint8_t *data, size_t size)
{
    struct kmp_value raw;
    struct tool_failure failure;
    size_t used;
    if (kmp_value_decode(data, size, &raw, &used) == WH_OK) {
        const struct tool_value value = tool_kmp_value(&raw);
        write_value(&value);
        tool_kmp_put_number(&raw, "x", value.number, &failure);
    }
}

static void take_set(const char *text)
{
    struct iec21_found found;
    size_t at = 0;
    while (iec21_next_data_set(text, strlen(text), &at, &found) == WH_OK) {
        const struct tool_value value =
            tool_iec_value((at & 1) != 0 ? "1.0.0" : "1.8.0", found.value, found.unit);
        write_value(&value);
    }
}

static void take_code(const char *text)
{
    struct tool_obis obis;
    struct tool_obis again;
    char code[TOOL_OBIS_SIZE];
    if (tool_obis_parse(text, &obis)) {
        tool_obis_text(obis.code, code);
        if (!tool_obis_parse(code, &again) || memcmp(again.code, obis.code, 6) != 0) {
            abort();
        }
        tool_obis_name(obis.code);
    }
}

static void take_plan(const char *text)
{
    static struct wh_tariff_plan plan;
    static struct wh_tariff_plan again;
    char error[TEXT_SIZE];
    char written[TOOL_PLAN_TEXT];
    char written_again[TOOL_PLAN_TEXT];
    if (tool_plan_parse(text, &plan, error, sizeof error)) {
        tool_plan_text(&plan, written);
        if (!tool_plan_parse(written, &again, error, sizeof error)) {
            abort();
        }
        tool_plan_text(&again, written_again);
        if (strcmp(written, written_again) != 0) {
            abort();
        }
    }
}

static void take_text(const char *text)
{
    struct endpoint endpoint;
    struct tool_target target;
    char error[TEXT_SIZE];
    char place[ENDPOINT_TEXT_SIZE];
    int64_t number;
    if (endpoint_parse(text, &endpoint, error, sizeof error)) {
        endpoint_text(&endpoint, place);
    }
    tool_target_find(text, &target, error, sizeof error);
    tool_time_parse(text, 0, true, &number, error, sizeof error);
    tool_number_parse(text, -3, &number);
    tool_number_parse(text, 2, &number);
    take_code(text);
    take_plan(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_SIZE] = "";
    if (size == 0) {
        return 0;
    }
    memcpy(text, data + 1, size - 1 < sizeof text - 1 ? size - 1 : sizeof text - 1);
    switch (data[0] % 4) {
    case 0:
        take_data(data + 1, size - 1);
        break;
    case 1:
        take_kmp(data + 1, size - 1);
        break;
    case 2:
        take_set(text);
        break;
    default:
        take_text(text);
        break;
    }
    return 0;
}
