/* The display (DSP-1…6): which reading is shown when, and how it is written on the glass.
 *
 * Three lists (DSP-3): automatic, changing every 10 s; manual, by the left button; backup, by the
 * button without mains. Two minutes after the last press the automatic list comes back (DSP-4).
 */
#ifndef WH_APP_DISPLAY_H
#define WH_APP_DISPLAY_H

#include "app/lcd.h"
#include "app/reading.h"
#include <stddef.h>

enum {
    WH_DISPLAY_AUTOMATIC_MAX = 16, /* readings in a list, DSP-3 */
    WH_DISPLAY_MANUAL_MAX = 30,
    WH_DISPLAY_BACKUP_MAX = 8,
};

/* A list of readings: numbers of enum wh_quantity_id. */
struct wh_display_list {
    uint8_t quantity[WH_DISPLAY_MANUAL_MAX];
    uint8_t count;
};

struct wh_display {
    struct wh_display_list automatic;
    struct wh_display_list manual;
    struct wh_display_list backup;
    uint32_t shown_ticks;     /* automatic list: samples since the reading changed */
    uint32_t untouched_ticks; /* lists of the button: samples since it was pressed */
    uint32_t voltage_on_mv;   /* threshold of the voltage indicators */
    enum wh_lcd_list list;
    uint8_t position; /* in the list */
};

/* The factory lists of a model with four quadrants; automatic list, first reading. */
void wh_display_init(struct wh_display *display, uint32_t voltage_on_mv);

/* Another list (DSP-5): numbers of enum wh_quantity_id, ending at WH_DISPLAY_NONE or room. The caller has checked that it is
 * not empty, not too long and only of quantities that have a place on the display (wh_config_check); an empty one
 * is not taken. The list that is shown begins anew. */
enum { WH_DISPLAY_NONE = 255 };
void wh_display_set_list(struct wh_display *display, enum wh_lcd_list which,
                         const uint8_t *quantities, size_t room);

/* Lets samples pass (4096 are a second). One long step does what many short ones do. */
void wh_display_run(struct wh_display *display, uint32_t sample_count);

/* The left button was pressed: into the manual list, or its next reading. */
void wh_display_button(struct wh_display *display);

/* The quantity that is shown; of the automatic list while the display is dark. */
enum wh_quantity_id wh_display_quantity(const struct wh_display *display);

/* Mains is gone (the display runs on backup: dark until the button is pressed) or back. */
void wh_display_supply(struct wh_display *display, bool mains);

/* What the glass shows now. */
void wh_display_draw(const struct wh_display *display, const struct wh_reading_source *source,
                     struct wh_lcd *lcd);

#endif
