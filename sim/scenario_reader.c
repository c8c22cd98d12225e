/* The checks themselves, and the one place where an error line of a scenario is put together. */
#include "sim/scenario_reader.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wh_err sim_reader_fail(const struct sim_reader *reader, const char *path, const char *format,
                            ...)
{
    char what[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    for (char *c = what; *c != '\0'; c++) {
        *c = iscntrl((unsigned char)*c) ? '?' : *c; /* what is quoted may hold newlines */
    }
    snprintf(reader->error, reader->error_size, "%s: line %u: %s", reader->name,
             sim_yaml_line(reader->text, reader->length, path), what);
    return WH_ERR_ARGUMENT;
}

static enum wh_err read_number(const struct sim_reader *reader, const char *path,
                               const struct sim_reader_number *number)
{
    char *end;
    const double value = strtod(number->word, &end);
    if (*end != '\0') {
        return sim_reader_fail(reader, path, "%s is '%s', which is no number", number->key,
                               number->word);
    }
    if (!(value >= number->low && value <= number->high)) {
        return sim_reader_fail(reader, path, "%s is %s, must be %.10g to %.10g", number->key,
                               number->word, number->low, number->high);
    }
    *number->value = value;
    return WH_OK;
}

static void join(char path[SIM_READER_PATH_SIZE], const char *stem, const char *key)
{
    snprintf(path, SIM_READER_PATH_SIZE, "%s%s%s", stem, stem[0] != '\0' ? "/" : "", key);
}

enum wh_err sim_reader_numbers(const struct sim_reader *reader, const char *stem,
                               const struct sim_reader_number *numbers, size_t count)
{
    enum wh_err err = WH_OK;
    for (size_t k = 0; k < count && err == WH_OK; k++) {
        char path[SIM_READER_PATH_SIZE];
        join(path, stem, numbers[k].key);
        err = numbers[k].word[0] != '\0' ? read_number(reader, path, &numbers[k]) : WH_OK;
    }
    return err;
}

enum wh_err sim_reader_phase(const struct sim_reader *reader, const char *stem, const char *word,
                             int *phase)
{
    if (word[0] >= '1' && word[0] < '1' + SIM_PHASES && word[1] == '\0') {
        *phase = word[0] - '1';
        return WH_OK;
    }
    char path[SIM_READER_PATH_SIZE];
    join(path, stem, "phase");
    return sim_reader_fail(reader, path, "phase is '%s', must be 1, 2 or 3", word);
}

/* One or two digits; moves *text behind them. Negative if there are none. */
static int read_digits(const char **text)
{
    int value = -1;
    for (int digits = 0; digits < 2 && isdigit((unsigned char)**text); digits++) {
        value = (value < 0 ? 0 : value * 10) + (*(*text)++ - '0');
    }
    return value;
}

/* "HH:MM" or "HH:MM:SS" as seconds since midnight; negative if it is neither. */
static int parse_time_s(const char *text)
{
    static const int units_s[] = {3600, 60, 1};
    static const int limits[] = {24, 60, 60};
    int time_s = 0;
    for (int part = 0; part < 3; part++) {
        const int value = read_digits(&text);
        if (value < 0 || value >= limits[part]) {
            return -1;
        }
        time_s += value * units_s[part];
        if (*text == '\0') {
            return part > 0 ? time_s : -1;
        }
        if (*text++ != ':') {
            return -1;
        }
    }
    return -1;
}

enum wh_err sim_reader_time(const struct sim_reader *reader, const char *path, const char *text,
                            double *time_s)
{
    *time_s = parse_time_s(text);
    return *time_s >= 0
               ? WH_OK
               : sim_reader_fail(reader, path, "'%s' is no time of day, write \"07:30\"", text);
}
