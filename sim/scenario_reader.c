/* The checks themselves, and the one place where an error line of a scenario is put together. */
#include "sim/scenario_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum wh_err sim_reader_fail(const struct sim_reader *reader, const char *path, const char *format,
                            ...)
{
    char what[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(reader->error, reader->error_size, "%s: line %u: %s", reader->name,
             sim_yaml_line(reader->text, reader->length, path), what);
    return WH_ERR_ARGUMENT;
}

enum wh_err sim_reader_range(const struct sim_reader *reader, const char *path, double value,
                             double low, double high)
{
    if (value >= low && value <= high) {
        return WH_OK;
    }
    const char *key = strrchr(path, '/');
    return sim_reader_fail(reader, path, "%s is %g, must be %g to %g", key != NULL ? key + 1 : path,
                           value, low, high);
}

/* "HH:MM" or "HH:MM:SS" as seconds since midnight; negative if it is neither. */
static double parse_time_s(const char *text)
{
    unsigned hours, minutes, seconds = 0;
    int used = 0;
    const bool is_long =
        sscanf(text, "%2u:%2u:%2u%n", &hours, &minutes, &seconds, &used) == 3 && text[used] == '\0';
    if (!is_long) {
        seconds = 0;
        used = 0;
        if (sscanf(text, "%2u:%2u%n", &hours, &minutes, &used) != 2 || text[used] != '\0') {
            return -1;
        }
    }
    if (hours >= 24 || minutes >= 60 || seconds >= 60) {
        return -1;
    }
    return hours * 3600 + minutes * 60 + seconds;
}

enum wh_err sim_reader_time(const struct sim_reader *reader, const char *path, const char *text,
                            double *time_s)
{
    *time_s = parse_time_s(text);
    return *time_s >= 0
               ? WH_OK
               : sim_reader_fail(reader, path, "'%s' is no time of day, write \"07:30\"", text);
}

enum wh_err sim_reader_members(const struct sim_reader *reader, const char *stem,
                               const struct sim_reader_member *members, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        char path[SIM_READER_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", stem, members[k].key);
        const enum wh_err err =
            sim_reader_range(reader, path, members[k].value, members[k].low, members[k].high);
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}
