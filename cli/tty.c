/* Text drawing. Seven segments fit into 3 x 3 characters: the top line holds a, the middle f g b, the lower
 * e d c. */
#include "cli/tty.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum segment { A = 1, B = 2, C = 4, D = 8, E = 16, F = 32, G = 64 };

/* Characters that seven segments can show. */
static const struct {
    char character;
    unsigned char segments;
} glyphs[] = {
    {'0', A | B | C | D | E | F},
    {'1', B | C},
    {'2', A | B | D | E | G},
    {'3', A | B | C | D | G},
    {'4', B | C | F | G},
    {'5', A | C | D | F | G},
    {'6', A | C | D | E | F | G},
    {'7', A | B | C},
    {'8', A | B | C | D | E | F | G},
    {'9', A | B | C | D | F | G},
    {'-', G},
    {'L', D | E | F},
    {'R', E | G},
    {'A', A | B | C | E | F | G},
};

static unsigned segments_of(char character)
{
    for (size_t g = 0; g < sizeof glyphs / sizeof glyphs[0]; g++) {
        if (glyphs[g].character == character) {
            return glyphs[g].segments;
        }
    }
    return 0;
}

struct canvas {
    char *text;
    size_t length;
};

static void put(struct canvas *canvas, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct canvas *canvas, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const size_t room = CLI_TTY_SIZE - canvas->length;
    const int written = vsnprintf(canvas->text + canvas->length, room, format, list);
    va_end(list);
    if (written > 0) {
        const size_t length = (size_t)written;
        canvas->length += length < room ? length : room - 1;
    }
}

/* One of the three lines of one digit. */
static void put_digit_line(struct canvas *canvas, unsigned s, int line)
{
    const unsigned left = line == 1 ? F : E;
    const unsigned right = line == 1 ? B : C;
    const unsigned middle = line == 0 ? A : line == 1 ? G : D;
    const char l = line > 0 && (s & left) ? '|' : ' ';
    const char r = line > 0 && (s & right) ? '|' : ' ';
    put(canvas, "%c%c%c", l, s & middle ? '_' : ' ', r);
}

static void put_value_line(struct canvas *canvas, const struct wh_lcd *lcd, int line)
{
    for (int d = 0; d < WH_LCD_VALUE_DIGITS; d++) {
        put_digit_line(canvas, segments_of(lcd->value[d]), line);
        const bool point =
            line == 2 && lcd->decimals > 0 && d == WH_LCD_VALUE_DIGITS - 1 - lcd->decimals;
        put(canvas, "%c", point ? '.' : ' ');
    }
}

static const char *current_mark(enum wh_lcd_current current)
{
    static const char *const marks[] = {"·", "→", "←"};
    return marks[current];
}

static const char *const quadrant_marks[] = {"    ", "I   ", "II  ", "III ", "IV  "};
static const char *const sequence_marks[] = {"   ", "123", "132"};

static void put_indicators(struct canvas *canvas, const struct wh_lcd *lcd, bool led)
{
    put(canvas, "│ ");
    for (int p = 0; p < WH_LCD_PHASES; p++) {
        put(canvas, "%s%s ", lcd->voltage_on[p] ? (const char *[]){"L1", "L2", "L3"}[p] : "  ",
            current_mark(lcd->current[p]));
    }
    put(canvas, " Q %s %s %s %-8s   LED %s │\r\n", quadrant_marks[lcd->quadrant % 5],
        sequence_marks[lcd->sequence], lcd->symbols & WH_LCD_ERROR ? "ERR" : "   ", "",
        led ? "●" : "○");
}

void cli_tty_draw(const struct wh_lcd *lcd, bool led, char text[CLI_TTY_SIZE])
{
    struct canvas canvas = {text, 0};
    const bool off = lcd->list == WH_LCD_LIST_OFF;
    put(&canvas, "┌──────────────────────────────────────────────┐\r\n");
    put(&canvas, "│ %-14s                      %-8s │\r\n", lcd->id, lcd->text);
    for (int line = 0; line < 3; line++) {
        put(&canvas, "│ ");
        put_value_line(&canvas, lcd, line);
        put(&canvas, "   %-5s │\r\n", line == 2 ? lcd->unit : "");
    }
    put_indicators(&canvas, lcd, led);
    put(&canvas, "└──────────────────────────────────────────────┘\r\n");
    put(&canvas, "%s\r\n", off ? "no supply  " : "           ");
}
