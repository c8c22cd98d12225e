/* Lists and their timing. What a reading looks like is in glass.c. Invariant: position is inside
 * the list that is shown, so drawing needs no checks. */
#include "app/display.h"
#include "app/glass.h"
#include <string.h>

enum {
    TICKS_PER_SECOND = 4096,
    CHANGE_TICKS = 10 * TICKS_PER_SECOND,  /* DSP-3 */
    RETURN_TICKS = 120 * TICKS_PER_SECOND, /* DSP-4 */
};

static const struct wh_display_list factory_automatic = {
    .quantity = {WH_QUANTITY_A_PLUS, WH_QUANTITY_A_MINUS, WH_QUANTITY_R_PLUS, WH_QUANTITY_R_MINUS,
                 WH_QUANTITY_P_PLUS},
    .count = 5,
};

/* Legal readings first; they cannot be deselected. */
static const struct wh_display_list factory_manual = {
    .quantity = {WH_QUANTITY_A_PLUS,
                 WH_QUANTITY_A_MINUS,
                 WH_QUANTITY_R_PLUS,
                 WH_QUANTITY_R_MINUS,
                 WH_QUANTITY_R1,
                 WH_QUANTITY_R2,
                 WH_QUANTITY_R3,
                 WH_QUANTITY_R4,
                 WH_QUANTITY_A_PLUS_FINE,
                 WH_QUANTITY_P_PLUS,
                 WH_QUANTITY_P_MINUS,
                 WH_QUANTITY_Q_PLUS,
                 WH_QUANTITY_Q_MINUS,
                 WH_QUANTITY_U_L1,
                 WH_QUANTITY_U_L2,
                 WH_QUANTITY_U_L3,
                 WH_QUANTITY_I_L1,
                 WH_QUANTITY_I_L2,
                 WH_QUANTITY_I_L3,
                 WH_QUANTITY_PF,
                 WH_QUANTITY_FREQUENCY,
                 WH_QUANTITY_CLOCK,
                 WH_QUANTITY_METER_NUMBER_1,
                 WH_QUANTITY_SERIAL_NUMBER,
                 WH_QUANTITY_SOFTWARE,
                 WH_QUANTITY_CHECKSUM,
                 WH_QUANTITY_STATUS},
    .count = 27,
};

static const struct wh_display_list factory_backup = {
    .quantity = {WH_QUANTITY_A_PLUS, WH_QUANTITY_A_MINUS, WH_QUANTITY_METER_NUMBER_1},
    .count = 3,
};

void wh_display_init(struct wh_display *display, uint32_t voltage_on_mv)
{
    *display = (struct wh_display){
        .automatic = factory_automatic,
        .manual = factory_manual,
        .backup = factory_backup,
        .voltage_on_mv = voltage_on_mv,
        .list = WH_LCD_LIST_AUTOMATIC,
    };
}

static struct wh_display_list *list_of(struct wh_display *display, enum wh_lcd_list which)
{
    switch (which) {
    case WH_LCD_LIST_MANUAL:
        return &display->manual;
    case WH_LCD_LIST_BACKUP:
        return &display->backup;
    default:
        return &display->automatic;
    }
}

void wh_display_set_list(struct wh_display *display, enum wh_lcd_list which,
                         const uint8_t *quantities, size_t room)
{
    struct wh_display_list *list = list_of(display, which);
    uint8_t count = 0;
    while (count < room && count < WH_DISPLAY_MANUAL_MAX && quantities[count] != WH_DISPLAY_NONE) {
        count++;
    }
    if (count == 0) {
        return;
    }
    memcpy(list->quantity, quantities, count);
    list->count = count;
    if (display->list == which) {
        display->position = 0;
        display->shown_ticks = 0;
    }
}

static const struct wh_display_list *shown_list(const struct wh_display *display)
{
    switch (display->list) {
    case WH_LCD_LIST_MANUAL:
        return &display->manual;
    case WH_LCD_LIST_BACKUP:
        return &display->backup;
    default:
        return &display->automatic;
    }
}

static void show(struct wh_display *display, enum wh_lcd_list list, uint8_t position)
{
    display->list = list;
    display->position = position;
    display->shown_ticks = 0;
}

static void show_next(struct wh_display *display)
{
    const uint8_t next = (uint8_t)((display->position + 1) % shown_list(display)->count);
    show(display, display->list, next);
}

/* By what is left over of each 10 s, so that steps of any length change it at the same samples. */
static void run_automatic(struct wh_display *display, uint32_t sample_count)
{
    const uint32_t ticks = display->shown_ticks + sample_count % CHANGE_TICKS;
    const uint32_t changes = sample_count / CHANGE_TICKS + ticks / CHANGE_TICKS;
    display->position = (uint8_t)((display->position + changes) % display->automatic.count);
    display->shown_ticks = ticks % CHANGE_TICKS;
}

/* What is left of a step that reaches the two minutes passes in the automatic list. */
static void run_button_list(struct wh_display *display, uint32_t sample_count)
{
    const uint32_t left = RETURN_TICKS - display->untouched_ticks;
    if (sample_count < left) {
        display->untouched_ticks += sample_count;
    } else if (display->list == WH_LCD_LIST_BACKUP) {
        show(display, WH_LCD_LIST_OFF, 0);
    } else {
        show(display, WH_LCD_LIST_AUTOMATIC, 0);
        run_automatic(display, sample_count - left);
    }
}

void wh_display_run(struct wh_display *display, uint32_t sample_count)
{
    switch (display->list) {
    case WH_LCD_LIST_OFF:
        break;
    case WH_LCD_LIST_AUTOMATIC:
        run_automatic(display, sample_count);
        break;
    default:
        run_button_list(display, sample_count);
    }
}

void wh_display_button(struct wh_display *display)
{
    display->untouched_ticks = 0;
    switch (display->list) {
    case WH_LCD_LIST_OFF:
        show(display, WH_LCD_LIST_BACKUP, 0);
        break;
    case WH_LCD_LIST_AUTOMATIC:
        show(display, WH_LCD_LIST_MANUAL, 0);
        break;
    default:
        show_next(display);
    }
}

enum wh_quantity_id wh_display_quantity(const struct wh_display *display)
{
    return (enum wh_quantity_id)shown_list(display)->quantity[display->position];
}

void wh_display_supply(struct wh_display *display, bool mains)
{
    display->untouched_ticks = 0;
    show(display, mains ? WH_LCD_LIST_AUTOMATIC : WH_LCD_LIST_OFF, 0);
}

void wh_display_draw(const struct wh_display *display, const struct wh_reading_source *source,
                     struct wh_lcd *lcd)
{
    *lcd = (struct wh_lcd){.list = display->list};
    if (display->list == WH_LCD_LIST_OFF) {
        return;
    }
    wh_glass_reading(source, wh_catalog_get(wh_display_quantity(display)), lcd);
    wh_glass_indicators(source, display->voltage_on_mv, lcd);
}
