/* Values of parameters. Invariant: a text that was read from a value gives the same value again. */
#include "cli/tool_setting.h"
#include "catalog/catalog.h"
#include "cli/tool_value.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NONE = 255, NAME_SIZE = 64 };

bool tool_setting_is_same(const struct tool_setting *a, const struct tool_setting *b)
{
    return a->number == b->number && a->length == b->length &&
           memcmp(a->octets, b->octets, a->length) == 0;
}

/* ---- To text ---- */

static void hex_text(const struct tool_setting *setting, char text[TOOL_SETTING_TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < setting->length; i++) {
        used += (size_t)snprintf(text + used, TOOL_SETTING_TEXT - used, "%02x", setting->octets[i]);
    }
}

static void list_text(const struct tool_setting *setting, char text[TOOL_SETTING_TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < setting->length && setting->octets[i] != NONE; i++) {
        if (setting->octets[i] >= WH_QUANTITY_COUNT) {
            hex_text(setting, text);
            return;
        }
        const char *name = wh_catalog_get((enum wh_quantity_id)setting->octets[i])->name;
        used += (size_t)snprintf(text + used, TOOL_SETTING_TEXT - used, "%s%s", used > 0 ? " " : "",
                                 name);
    }
}

void tool_setting_text(const struct tool_item *item, const struct tool_setting *setting,
                       char text[TOOL_SETTING_TEXT])
{
    struct wh_tariff_plan plan;
    switch (item->form) {
    case TOOL_FORM_LIST:
        list_text(setting, text);
        break;
    case TOOL_FORM_PLAN:
        if (wh_tariff_plan_decode(setting->octets, setting->length, &plan, NULL) == WH_OK) {
            tool_plan_text(&plan, text);
        } else {
            hex_text(setting, text);
        }
        break;
    default:
        snprintf(text, TOOL_SETTING_TEXT, "%" PRId64, setting->number);
    }
}

/* ---- From text ---- */

static bool parse_list(const struct tool_item *item, const char *text, struct tool_setting *setting,
                       char *error, size_t error_size)
{
    static const char between[] = " ,\t\r\n";
    size_t count = 0;
    setting->length = (size_t)item->greatest;
    memset(setting->octets, NONE, setting->length);
    for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
        const size_t length = strcspn(text, between);
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        const struct wh_quantity *quantity = wh_catalog_find_name(name);
        if (quantity == NULL) {
            snprintf(error, error_size, "\"%s\" is no quantity of the catalog", name);
            return false;
        }
        if (count == setting->length) {
            snprintf(error, error_size, "has room for %zu quantities", setting->length);
            return false;
        }
        setting->octets[count++] = (uint8_t)(quantity - wh_catalog_get((enum wh_quantity_id)0));
        text += length;
    }
    return true;
}

static bool parse_number(const struct tool_item *item, const char *text,
                         struct tool_setting *setting, char *error, size_t error_size)
{
    if (tool_number_parse(text, 0, &setting->number) && setting->number >= item->least &&
        setting->number <= item->greatest) {
        return true;
    }
    snprintf(error, error_size, "is not in %" PRId64 " ... %" PRId64 " (%s)", item->least,
             item->greatest, item->text);
    return false;
}

bool tool_setting_parse(const struct tool_item *item, const char *text,
                        struct tool_setting *setting, char *error, size_t error_size)
{
    struct wh_tariff_plan plan;
    *setting = (struct tool_setting){0};
    switch (item->form) {
    case TOOL_FORM_LIST:
        return parse_list(item, text, setting, error, error_size);
    case TOOL_FORM_PLAN:
        if (!tool_plan_parse(text, &plan, error, error_size)) {
            return false;
        }
        setting->length = wh_tariff_plan_encode(&plan, setting->octets);
        return true;
    default:
        return parse_number(item, text, setting, error, error_size);
    }
}
