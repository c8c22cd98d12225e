/* Quantities of the catalog in tables. Invariant: no digit that the meter keeps is lost; energies
 * are moved from Wh to kWh by the power of ten alone. */
#include "cli/show_view.h"

#include <ctype.h>
#include <string.h>

enum { KILO = 3, TOKEN_SIZE = 24 };

const char *show_quantity_unit(const struct wh_quantity *quantity, int8_t *shift)
{
    const bool energy = quantity->unit == WH_UNIT_WH || quantity->unit == WH_UNIT_VARH;
    *shift = energy ? -KILO : 0;
    return quantity->unit == WH_UNIT_WH     ? "kWh"
           : quantity->unit == WH_UNIT_VARH ? "kvarh"
                                            : wh_unit_text(quantity->unit);
}

/* "l1", "t4": a phase or tariff */
static bool is_numbered(const char *token)
{
    return (token[0] == 'l' || token[0] == 't' || token[0] == 'r') &&
           isdigit((unsigned char)token[1]);
}

static bool is(const char *token, const char *word)
{
    return strcmp(token, word) == 0;
}

static char upper(char c)
{
    return (char)toupper((unsigned char)c);
}

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

static void add(char *title, size_t size, const char *token, bool first)
{
    const size_t length = strlen(title);
    const bool letter = token[1] == '\0' || is_numbered(token) || is(token, "pf");
    if (is(token, "plus") || is(token, "minus")) {
        snprintf(title + length, size - length, "%s", token[0] == 'p' ? "+" : "−");
        return;
    }
    snprintf(title + length, size - length, "%s%s", first ? "" : " ", token);
    for (char *c = title + length; letter && *c != '\0'; c++) {
        *c = upper(*c);
    }
}

void show_quantity_title(const struct wh_quantity *quantity, char *title, size_t size)
{
    char token[TOKEN_SIZE];
    title[0] = '\0';
    for (const char *at = quantity->name; *at != '\0';) {
        const size_t length = strcspn(at, "_");
        snprintf(token, sizeof token, "%.*s", (int)length, at);
        add(title, size, token, at == quantity->name);
        at += length + (at[length] == '_');
    }
}

struct show_column *show_quantity_column(struct show_table *table, enum wh_quantity_id id)
{
    const struct wh_quantity *quantity = wh_catalog_get(id);
    char title[SHOW_TITLE_SIZE];
    char key[SHOW_KEY_SIZE];
    int8_t shift;
    const char *unit = show_quantity_unit(quantity, &shift);
    show_quantity_title(quantity, title, sizeof title);
    const int length =
        snprintf(key, sizeof key, "%s%s%s", quantity->name, unit[0] != '\0' ? "_" : "", unit);
    for (int c = 0; c < length && key[c] != '\0'; c++) {
        key[c] = lower(key[c]);
    }
    return show_table_column(table, key, title, unit);
}

struct show_cell show_quantity_cell(struct show_table *table, const struct wh_quantity *quantity,
                                    const struct wh_reading *reading)
{
    int8_t shift;
    (void)show_quantity_unit(quantity, &shift);
    switch (reading->kind) {
    case WH_READING_TEXT:
        return show_format(table, "%s", reading->text);
    case WH_READING_TIME:
        return reading->number != 0 ? show_time((uint32_t)reading->number) : show_text(NULL);
    default:
        return show_number(reading->number, (int8_t)(reading->exponent + shift));
    }
}
