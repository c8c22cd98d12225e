/* What the liquid crystal display shows at one moment: every field of DSP-1, as data.
 *
 * The display logic fills it, drivers (segment glass, SVG page, terminal) only draw it. A change of
 * this struct is a change of the glass.
 */
#ifndef WH_APP_LCD_H
#define WH_APP_LCD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WH_LCD_VALUE_DIGITS = 9, /* DSP-1: 7-segment digits, 7 mm high (DSP-6) */
    WH_LCD_ID_DIGITS = 7,    /* identification (OBIS), 5 mm high */
    WH_LCD_TEXT_CHARS = 8,   /* text field beside the value */
    WH_LCD_UNIT_CHARS = 5,
    WH_LCD_PHASES = 3,
};

/* Symbols that are simply on or off; a set of them is a bit mask. */
enum wh_lcd_symbol {
    WH_LCD_ERROR = 1 << 0,          /* internal error, magnetic influence, cover open */
    WH_LCD_BREAKER_CLOSED = 1 << 1, /* both breaker symbols are off on a meter without breaker */
    WH_LCD_BREAKER_OPEN = 1 << 2,
    WH_LCD_MODULE = 1 << 3,
    WH_LCD_RADIO = 1 << 4,
    WH_LCD_PREPAYMENT = 1 << 5,
    WH_LCD_TAMPER = 1 << 6,
};

enum wh_lcd_current {
    WH_LCD_CURRENT_NONE, /* below the start of registration, 2.3 W (DSP-2) */
    WH_LCD_CURRENT_IMPORT,
    WH_LCD_CURRENT_EXPORT,
};

enum wh_lcd_sequence {
    WH_LCD_SEQUENCE_NONE, /* fewer than three phases present */
    WH_LCD_SEQUENCE_RIGHT,
    WH_LCD_SEQUENCE_REVERSED,
};

enum wh_lcd_list {
    WH_LCD_LIST_OFF, /* display dark: no supply and no button pressed */
    WH_LCD_LIST_AUTOMATIC,
    WH_LCD_LIST_MANUAL,
    WH_LCD_LIST_BACKUP,
};

struct wh_lcd {
    /* Right-aligned, blank-padded digits, '-' and letters as 7 segments show them; NUL-terminated.
     * The decimal point is not a character: decimals counts the digits behind it, 0 for none. */
    char value[WH_LCD_VALUE_DIGITS + 1];
    uint8_t decimals;
    char unit[WH_LCD_UNIT_CHARS + 1];  /* "kWh", "kvarh", "W" …, empty for none */
    char id[2 * WH_LCD_ID_DIGITS + 1]; /* "1.8.0"; dots stand between digits and use none */
    char text[WH_LCD_TEXT_CHARS + 1];  /* "A+", "U-L1" …, empty for none */
    uint8_t quadrant;                  /* 1 … 4, 0 while no load is registered */
    uint8_t tariff;                    /* 1 … 4, 0 when tariffs are not configured */
    bool voltage_on[WH_LCD_PHASES];    /* above 160 V (DSP-2) */
    enum wh_lcd_current current[WH_LCD_PHASES];
    enum wh_lcd_sequence sequence;
    enum wh_lcd_list list; /* which of the three lists of DSP-3 is shown */
    uint8_t symbols;       /* set of enum wh_lcd_symbol */
};

#endif
