/* What the ordering and configuration codes say (VAR-8…13), as structures with real values.
 *
 * Every parse function takes a code as written (catalog/code_form.h) and either fills its
 * structure or leaves it as it was and returns WH_ERR_FORMAT with the fault: a field that is
 * wrong, or two that contradict each other. Every print function is its inverse; WH_ERR_ARGUMENT
 * means that a member of the structure has no code, WH_ERR_FORMAT that two contradict each other,
 * and text is empty then.
 *
 * Source: ordering data of the 351C's sheet, breaker and radio variants in the 382L's. The sheet
 * prints no digits for E of configuration 2: 2, 3, 4 are those of the maker's later family, 1 is
 * concluded from them. The letters 2 … 9 of the 382L without breaker are those that its KMP type
 * code covers.
 */
#ifndef WH_CATALOG_CODE_H
#define WH_CATALOG_CODE_H

#include "catalog/code_form.h"
#include "catalog/variant.h"
#include "legal/interface.h" /* enum wh_side */

/* Type letter of the 382L, "382LxB" (VAR-8). */
struct wh_code_type_382l {
    char letter;         /* '2' … '9', 'B' … 'G' */
    bool breaker, radio; /* what the letter says; printing refuses others */
};

/* Classes of the 351C's type number (VAR-6). */
enum wh_class_351c {
    WH_CLASS_351C_MID_B,
    WH_CLASS_351C_MID_C,
    WH_CLASS_351C_1,
    WH_CLASS_351C_05,
};

/* Type number of the 351C, "685-X1…X10" (VAR-9). X2 (5(6) A), X4 (model C) and X7 (tariffs by
 * program) have one value each. */
struct wh_code_type_351c {
    enum wh_connection connection; /* with nominal_mhz: X1. Aron is for 50 Hz only */
    uint32_t nominal_mhz;
    enum wh_class_351c class;
    enum wh_energy_type energy_type;
    bool radio;
    uint16_t country; /* 10: Russia */
};

/* Ports of a communication module as DD of configuration 1 sets them. */
enum wh_io {
    WH_IO_NONE = 0,
    WH_IO_PULSE_ALARM = 3,
    WH_IO_PULSE_ALARM_INVERTED = 4,
    WH_IO_PULSE_A_PLUS = 5,
    WH_IO_R_PLUS_A_PLUS = 6,
    WH_IO_A_MINUS_A_PLUS = 16,
    WH_IO_LOAD_CONTROL_ERROR = 17,
};

/* Configuration 1 "A-B-CCC-DD" (VAR-10). */
struct wh_code_config_1 {
    uint8_t decimals;  /* of energies on the display, behind 7 digits: 0, 1 or 2 */
    bool led_lit_idle; /* the pulse LED is lit while nothing is consumed */
    uint16_t module;   /* 68 50 nnn; 0: none */
    enum wh_io io;
};

enum wh_auto_reading {
    WH_AUTO_READING_NONE,
    WH_AUTO_READING_MONTHLY,
    WH_AUTO_READING_YEARLY,
};

/* Configuration 2 "E-FFF-GG-HH-I" (VAR-11). */
struct wh_code_config_2 {
    uint8_t integration_min; /* 5, 15, 30 or 60 */
    uint16_t display_list;   /* 0 … 999, the maker's number */
    uint8_t debiting_day;    /* 1 … 28; 0: none */
    enum wh_auto_reading debiting;
    uint8_t debiting_month; /* 1 … 12 if yearly, else 0 */
    uint8_t pulse_ms;       /* 30 or 80, of the module's pulses */
    bool alarm_input;
};

enum wh_pulse_unit {
    WH_PULSE_UNIT_NONE,
    WH_PULSE_UNIT_KWH,
    WH_PULSE_UNIT_M3,
    WH_PULSE_UNIT_L,
};

/* Configuration 3 "JJ-K-LL-M-NN-OOO-PPP-QQ" (VAR-12). JJ and K are unused. */
struct wh_code_config_3 {
    int16_t zone_min; /* to add to UTC: -660 … 720, whole hours */
    enum wh_side pulse_side;
    enum wh_pulse_unit pulse_unit;
    uint16_t tariff_schedule; /* with its holiday table: 0 … 999, the maker's number */
    bool daylight_saving;     /* European */
    enum wh_side profile_side;
};

enum wh_debiting_2 {
    WH_DEBITING_2_DAILY,
    WH_DEBITING_2_WEEKLY,
    WH_DEBITING_2_MONTHLY,
};

/* Configuration 5 "RRR-SSS-T-U" (VAR-13). */
struct wh_code_config_5 {
    uint16_t radio_code;        /* 0: none, 319: EU */
    uint16_t transformer_ratio; /* 1 … 600: the primary current is that many times 5 A */
    bool ratio_unlocked;        /* may be programmed again */
    enum wh_debiting_2 debiting_2;
};

enum wh_err wh_code_type_382l_parse(struct wh_code_type_382l *type, const char *text,
                                    struct wh_code_fault *fault);
enum wh_err wh_code_type_351c_parse(struct wh_code_type_351c *type, const char *text,
                                    struct wh_code_fault *fault);
enum wh_err wh_code_config_1_parse(struct wh_code_config_1 *config, const char *text,
                                   struct wh_code_fault *fault);
enum wh_err wh_code_config_2_parse(struct wh_code_config_2 *config, const char *text,
                                   struct wh_code_fault *fault);
enum wh_err wh_code_config_3_parse(struct wh_code_config_3 *config, const char *text,
                                   struct wh_code_fault *fault);
enum wh_err wh_code_config_5_parse(struct wh_code_config_5 *config, const char *text,
                                   struct wh_code_fault *fault);

enum wh_err wh_code_type_382l_print(const struct wh_code_type_382l *type,
                                    char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);
enum wh_err wh_code_type_351c_print(const struct wh_code_type_351c *type,
                                    char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);
enum wh_err wh_code_config_1_print(const struct wh_code_config_1 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);
enum wh_err wh_code_config_2_print(const struct wh_code_config_2 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);
enum wh_err wh_code_config_3_print(const struct wh_code_config_3 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);
enum wh_err wh_code_config_5_print(const struct wh_code_config_5 *config,
                                   char text[WH_CODE_TEXT_SIZE], struct wh_code_fault *fault);

/* The codes of one meter, as far as they are known. Zero has none. */
struct wh_code_set {
    bool has[WH_CODE_KINDS];
    struct wh_code_type_382l type_382l;
    struct wh_code_type_351c type_351c;
    struct wh_code_config_1 config_1;
    struct wh_code_config_2 config_2;
    struct wh_code_config_3 config_3;
    struct wh_code_config_5 config_5;
};

/* Adds a code that wh_code_parse gave. */
void wh_code_set_add(struct wh_code_set *set, const struct wh_code *code);

/* Whether the codes fit each other. WH_ERR_FORMAT: two fields contradict each other; then fault
 * names them.
 *
 * DD    needs a module, and ports of it that work in the direction asked for
 *       and, for pulses of R+ or A−, an energy type (X5) that has them
 * HH    needs a day (GG)
 * I     an alarm input needs one among the ports (DD)
 * NN    a unit of pulses needs a pulse input among the ports (DD)
 * RRR   a radio code needs the integrated radio (X6) or a module with one (CCC)
 * 382L  and configuration codes of the 351C are not of one meter */
enum wh_err wh_code_check(const struct wh_code_set *set, struct wh_code_fault *fault);

#endif
