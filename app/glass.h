/* Writing on the glass: one reading into value, unit, identification and text field, and the
 * indicators around them (DSP-1, DSP-2). Private to app/.
 */
#ifndef WH_APP_GLASS_H
#define WH_APP_GLASS_H

#include "app/lcd.h"
#include "app/reading.h"

/* The fields of one reading. A value that is not known shows dashes, one too long for nine digits
 * the lowest nine, as a counter that has rolled over; eight of them behind a minus. */
void wh_glass_reading(const struct wh_reading_source *source, const struct wh_quantity *quantity,
                      struct wh_lcd *lcd);

/* Voltage, current, quadrant, phase sequence and the error symbol. */
void wh_glass_indicators(const struct wh_reading_source *source, uint32_t voltage_on_mv,
                         struct wh_lcd *lcd);

/* The sequence of the phases; none unless all three have voltage. */
enum wh_lcd_sequence wh_glass_sequence(const struct wh_legal *legal);

#endif
