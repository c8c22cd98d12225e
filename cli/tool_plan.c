/* Text of a tariff plan. Invariant: what is written is read back as the same plan. */
#include "cli/tool_plan.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTES_PER_HOUR = 60, DAYS_OF_WEEK = 7, CLAUSE = 3072 };

static const char *const day_types[WH_DAY_TYPES] = {"working", "other", "holiday"};

/* ---- Writing ---- */

struct text {
    char *at;
    size_t size, used;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(text->at + text->used, text->size - text->used, format, list);
    va_end(list);
    text->used += length > 0 ? (size_t)length : 0;
    text->used = text->used < text->size ? text->used : text->size - 1;
}

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || strchr("._-", c) != NULL;
}

static void put_name(struct text *text, const char *name)
{
    put(text, "name ");
    for (; *name != '\0'; name++) {
        put(text, is_plain(*name) ? "%c" : "%%%02X", (unsigned char)*name);
    }
}

static void put_day(struct text *text, const struct wh_tariff_plan *plan, int season, int type)
{
    const struct wh_tariff_day *day = &plan->days[season][type];
    if (day->switch_count == 0) {
        return;
    }
    put(text, "; season %d %s", season, day_types[type]);
    for (int s = 0; s < day->switch_count; s++) {
        const struct wh_tariff_switch *at = &day->switches[s];
        put(text, " %02u:%02u T%u", at->minute / MINUTES_PER_HOUR, at->minute % MINUTES_PER_HOUR,
            at->tariff);
    }
}

static void put_exceptions(struct text *text, const struct wh_tariff_plan *plan)
{
    put(text, plan->exception_count > 0 ? "; exceptions" : "");
    for (int e = 0; e < plan->exception_count; e++) {
        const struct wh_datetime date =
            wh_calendar_datetime((int64_t)plan->exceptions[e] * WH_CALENDAR_DAY_S);
        put(text, " %04u-%02u-%02u", date.year, date.month, date.day);
    }
}

void tool_plan_text(const struct wh_tariff_plan *plan, char at[TOOL_PLAN_TEXT])
{
    struct text text = {at, TOOL_PLAN_TEXT, 0};
    put_name(&text, plan->name);
    put(&text, "; working");
    for (unsigned d = 0; d < DAYS_OF_WEEK; d++) {
        if ((plan->working_days >> d & 1) != 0) {
            put(&text, " %u", d + 1);
        }
    }
    for (int c = 0; c < plan->season_change_count; c++) {
        const struct wh_season_change *change = &plan->season_changes[c];
        put(&text, "; season %u from %02u-%02u", change->season, change->month, change->day);
    }
    for (int season = 0; season < WH_PLAN_SEASONS; season++) {
        for (int type = 0; type < WH_DAY_TYPES; type++) {
            put_day(&text, plan, season, type);
        }
    }
    put_exceptions(&text, plan);
}

/* ---- Reading ---- */

/* Words of a clause, one after the other. */
struct words {
    char clause[CLAUSE];
    char *rest;
};

static const char *next_word(struct words *words)
{
    return strtok_r(NULL, " \t\r\n", &words->rest);
}

/* A number of digits alone, up to most. */
static bool read_number(const char *text, const char *end, unsigned most, unsigned *number)
{
    *number = 0;
    for (const char *c = text; c < end; c++) {
        if (!isdigit((unsigned char)*c) || (*number = *number * 10 + (unsigned)(*c - '0')) > most) {
            return false;
        }
    }
    return end > text;
}

static bool read_whole(const char *text, unsigned most, unsigned *number)
{
    return text != NULL && read_number(text, text + strlen(text), most, number);
}

/* "A-B" or "A:B". */
static bool read_pair(const char *text, char separator, unsigned *a, unsigned *b)
{
    const char *mark = text != NULL ? strchr(text, separator) : NULL;
    return mark != NULL && read_number(text, mark, UINT16_MAX, a) &&
           read_whole(mark + 1, UINT16_MAX, b);
}

/* Two hexadecimal digits, but not 00. */
static bool read_escaped(const char *text, unsigned *code)
{
    if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) {
        return false;
    }
    const char digits[] = {text[0], text[1], '\0'};
    *code = (unsigned)strtoul(digits, NULL, 16);
    return *code != 0;
}

static bool read_name(struct words *words, struct wh_tariff_plan *plan)
{
    const char *word = next_word(words);
    size_t used = 0;
    memset(plan->name, 0, sizeof plan->name);
    for (const char *c = word; c != NULL && *c != '\0'; c++) {
        unsigned code = (unsigned char)*c;
        if (used == WH_PLAN_NAME_MAX) {
            return false;
        }
        if (*c == '%') {
            if (!read_escaped(c + 1, &code)) {
                return false;
            }
            c += 2;
        } else if (!is_plain(*c)) {
            return false;
        }
        plan->name[used++] = (char)code;
    }
    return next_word(words) == NULL;
}

static bool read_working(struct words *words, struct wh_tariff_plan *plan)
{
    const char *word;
    plan->working_days = 0;
    while ((word = next_word(words)) != NULL) {
        unsigned day;
        if (!read_whole(word, DAYS_OF_WEEK, &day) || day == 0) {
            return false;
        }
        plan->working_days |= (uint8_t)(1u << (day - 1));
    }
    return true;
}

static bool is_after(const struct wh_season_change *change, unsigned month, unsigned day)
{
    return change->month > month || (change->month == month && change->day > day);
}

static bool read_change(struct words *words, struct wh_tariff_plan *plan, unsigned season)
{
    unsigned month;
    unsigned day;
    if (plan->season_change_count == WH_PLAN_SEASON_CHANGES_MAX ||
        !read_pair(next_word(words), '-', &month, &day) || month > 12 || day > 31 ||
        next_word(words) != NULL) {
        return false;
    }
    /* In the order of the year, whichever comes first. */
    int at = plan->season_change_count++;
    for (; at > 0 && is_after(&plan->season_changes[at - 1], month, day); at--) {
        plan->season_changes[at] = plan->season_changes[at - 1];
    }
    plan->season_changes[at] =
        (struct wh_season_change){(uint8_t)month, (uint8_t)day, (uint8_t)season};
    return true;
}

static bool read_day(struct words *words, struct wh_tariff_day *day)
{
    const char *word;
    *day = (struct wh_tariff_day){0};
    while ((word = next_word(words)) != NULL) {
        unsigned hour;
        unsigned minute;
        unsigned tariff;
        const char *name = next_word(words);
        if (day->switch_count == WH_PLAN_SWITCHES_MAX || !read_pair(word, ':', &hour, &minute) ||
            hour > 23 || minute > 59 || name == NULL || name[0] != 'T' ||
            !read_whole(name + 1, WH_PLAN_TARIFFS, &tariff)) {
            return false;
        }
        day->switches[day->switch_count++] = (struct wh_tariff_switch){
            (uint16_t)(hour * MINUTES_PER_HOUR + minute), (uint8_t)tariff};
    }
    return day->switch_count > 0;
}

/* "season N from MM-DD", or the switches of one of its days. */
static bool read_season(struct words *words, struct wh_tariff_plan *plan)
{
    unsigned season;
    const char *number = next_word(words);
    const char *what = next_word(words);
    if (!read_whole(number, WH_PLAN_SEASONS - 1, &season) || what == NULL) {
        return false;
    }
    if (strcmp(what, "from") == 0) {
        return read_change(words, plan, season);
    }
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        if (strcmp(what, day_types[type]) == 0) {
            return plan->days[season][type].switch_count == 0 &&
                   read_day(words, &plan->days[season][type]);
        }
    }
    return false;
}

static bool read_exceptions(struct words *words, struct wh_tariff_plan *plan)
{
    const char *word;
    while ((word = next_word(words)) != NULL) {
        struct wh_datetime date = {0};
        unsigned year;
        unsigned month;
        unsigned day;
        int64_t seconds;
        const char *mark = strchr(word, '-');
        if (plan->exception_count == WH_PLAN_EXCEPTIONS_MAX || mark == NULL ||
            !read_number(word, mark, UINT16_MAX, &year) ||
            !read_pair(mark + 1, '-', &month, &day) || month > UINT8_MAX || day > UINT8_MAX) {
            return false;
        }
        date.year = (uint16_t)year;
        date.month = (uint8_t)month;
        date.day = (uint8_t)day;
        if (wh_calendar_seconds(&date, &seconds) != WH_OK) {
            return false;
        }
        plan->exceptions[plan->exception_count++] = (uint16_t)(seconds / WH_CALENDAR_DAY_S);
    }
    return true;
}

static bool read_clause(struct words *words, struct wh_tariff_plan *plan)
{
    static const struct {
        const char *word;
        bool (*read)(struct words *words, struct wh_tariff_plan *plan);
    } clauses[] = {{"name", read_name},
                   {"working", read_working},
                   {"season", read_season},
                   {"exceptions", read_exceptions}};
    const char *word = strtok_r(words->clause, " \t\r\n", &words->rest);
    for (size_t c = 0; word != NULL && c < sizeof clauses / sizeof clauses[0]; c++) {
        if (strcmp(word, clauses[c].word) == 0) {
            return clauses[c].read(words, plan);
        }
    }
    return false;
}

bool tool_plan_parse(const char *text, struct wh_tariff_plan *plan, char *error, size_t error_size)
{
    struct wh_tariff_plan made = {0};
    struct wh_plan_fault fault;
    struct words words;
    while (*text != '\0') {
        const size_t length = strcspn(text, ";");
        snprintf(words.clause, sizeof words.clause, "%.*s", (int)length, text);
        if (length >= sizeof words.clause || !read_clause(&words, &made)) {
            snprintf(error, error_size, "\"%.*s\" is no part of a tariff plan; see docs/tool.md",
                     length < 60 ? (int)length : 60, text);
            return false;
        }
        text += length;
        text += *text == ';';
    }
    if (wh_tariff_plan_check(&made, &fault) != WH_OK) {
        snprintf(error, error_size, "the tariff plan: %s: %s", fault.field, fault.reason);
        return false;
    }
    *plan = made;
    return true;
}
