/* watthour show registers. Invariant: what the meter could tell a reader is shown, except what it
 * only knows while it measures. */
#include "cli/show_view.h"

#include <string.h>

static bool is_of_interest(const struct wh_config *config, enum wh_quantity_id id)
{
    const struct wh_quantity *quantity = wh_catalog_get(id);
    const bool fine = id >= WH_QUANTITY_A_PLUS_FINE && id <= WH_QUANTITY_R_MINUS_FINE;
    const bool instant =
        quantity->source >= WH_SOURCE_INSTANT && quantity->source <= WH_SOURCE_INSTANT_NEGATIVE;
    return !fine && !instant && quantity->source != WH_SOURCE_METER_NUMBER_TEXT &&
           quantity->source != WH_SOURCE_CLOCK && wh_config_has(config, id);
}

struct bit {
    uint32_t bit;
    const char *word;
};

static const struct bit status_a[] = {
    {WH_EVENT_A_RESET, "started"},
    {WH_EVENT_A_EEPROM, "register memory"},
    {WH_EVENT_A_MAGNET, "magnet"},
    {WH_EVENT_A_RAM, "parameters"},
    {WH_EVENT_A_ROM, "program"},
    {WH_EVENT_A_ALARM_INPUT, "alarm input"},
    {WH_EVENT_A_COVER, "cover"},
    {WH_EVENT_A_AUXILIARY_SUPPLY, "auxiliary supply"},
    {WH_EVENT_A_CLOCK_ADJUSTED, "clock set"},
    {WH_EVENT_A_STATUS_B, "see events_b"},
    {WH_EVENT_A_DISCONNECT, "disconnected"},
    {WH_EVENT_A_FLASH, "log memory"},
    {0, NULL},
};

/* Of bits with a phase those of L1; the others follow step bits apart. */
static const struct {
    uint32_t bit;
    unsigned step;
    const char *word;
} status_b[] = {
    {WH_EVENT_B_MISSING_L1, 1, "missing"},         {WH_EVENT_B_OVER_L1, 2, "over-voltage"},
    {WH_EVENT_B_UNDER_L1, 2, "under-voltage"},     {WH_EVENT_B_NO_CURRENT_L1, 1, "no current"},
    {WH_EVENT_B_REVERSE_L1, 1, "reverse current"},
};

static const struct bit status_b_all[] = {
    {WH_EVENT_B_NEUTRAL, "neutral fault"},
    {WH_EVENT_B_ROM, "program"},
    {WH_EVENT_B_POWER_FAIL, "supply lost"},
    {WH_EVENT_B_ALARM_INPUT, "alarm input"},
    {WH_EVENT_B_PHASE_SEQUENCE, "phase sequence"},
    {WH_EVENT_B_MAGNET, "magnet"},
    {WH_EVENT_B_COVER, "cover"},
    {0, NULL},
};

enum { WORDS_SIZE = 256 };

static void add_word(char words[WORDS_SIZE], const char *word, unsigned phase)
{
    const size_t length = strlen(words);
    snprintf(words + length, WORDS_SIZE - length, "%s%s", length > 0 ? ", " : "", word);
    if (phase > 0) {
        const size_t longer = strlen(words);
        snprintf(words + longer, WORDS_SIZE - longer, " L%u", phase);
    }
}

static void add_words(char words[WORDS_SIZE], const struct bit *bit, uint32_t value)
{
    for (; bit->word != NULL; bit++) {
        if ((value & bit->bit) != 0) {
            add_word(words, bit->word, 0);
        }
    }
}

static void add_phases(char words[WORDS_SIZE], uint32_t value)
{
    for (size_t b = 0; b < sizeof status_b / sizeof status_b[0]; b++) {
        for (unsigned phase = 1; phase <= WH_VOLTAGE_PHASES; phase++) {
            if ((value & status_b[b].bit << status_b[b].step * (phase - 1)) != 0) {
                add_word(words, status_b[b].word, phase);
            }
        }
    }
}

/* What a number stands for, where that is not the number itself. */
static struct show_cell meaning_of(struct show_table *table, const struct wh_quantity *quantity,
                                   uint32_t value)
{
    char words[WORDS_SIZE] = "";
    if (quantity->source == WH_SOURCE_STATE && quantity->index == WH_STATE_EVENTS_A) {
        add_words(words, status_a, value);
    } else if (quantity->source == WH_SOURCE_STATE && quantity->index == WH_STATE_EVENTS_B) {
        add_words(words, status_b_all, value);
        add_phases(words, value);
    }
    return words[0] == '\0' ? show_text(NULL) : show_format(table, "%s", words);
}

static void add_quantity(struct show_table *table, const struct wh_quantity *quantity,
                         const struct wh_reading *reading)
{
    char title[SHOW_TITLE_SIZE];
    int8_t shift;
    const char *unit = show_quantity_unit(quantity, &shift);
    const uint8_t *o = quantity->obis;
    struct show_cell *row = show_table_row(table);
    show_quantity_title(quantity, title, sizeof title);
    row[0] = show_format(table, "%s", title);
    row[1] = show_quantity_cell(table, quantity, reading);
    row[2] = unit[0] != '\0' ? show_text(unit) : show_text(NULL);
    row[3] = show_format(table, "%u-%u:%u.%u.%u*%u", o[0], o[1], o[2], o[3], o[4], o[5]);
    row[4] = show_text(quantity->name);
    row[5] = meaning_of(table, quantity, (uint32_t)reading->number);
}

enum wh_err show_registers(struct show_meter *show, const struct show_range *range,
                           struct show_table *table)
{
    (void)range;
    const struct wh_reading_source source = wh_meter_readings(&show->meter);
    show_table_column(table, "register", "Register", "");
    show_table_column(table, "value", "Value", "");
    show_table_column(table, "unit", "Unit", "");
    show_table_column(table, "obis", "OBIS", "");
    show_table_column(table, "name", "Name", "");
    show_table_column(table, "meaning", "Meaning", "");
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)q;
        struct wh_reading reading;
        if (is_of_interest(&show->meter.application.config, id) &&
            wh_read(&source, wh_catalog_get(id), &reading) == WH_OK) {
            add_quantity(table, wh_catalog_get(id), &reading);
        }
    }
    return WH_OK;
}
