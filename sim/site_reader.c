/* Words to values, by type of key, and the check of a configuration that was made otherwise.
 *
 * Invariant: whatever sim_site_key_read accepts sim_site_key_holds, too. */
#include "sim/site_reader.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EPOCH_S = 946684800 };

/* 2100: what follows of the time of a meter's clock is left for the years that are simulated. */
static const int64_t latest_s = INT64_C(36525) * 86400;

const struct sim_site_key *sim_site_key_find(const char *section, const char *name)
{
    for (size_t k = 0; k < sim_site_key_count; k++) {
        if (strcmp(sim_site_keys[k].section, section) == 0 &&
            strcmp(sim_site_keys[k].key, name) == 0) {
            return &sim_site_keys[k];
        }
    }
    return NULL;
}

static bool fail(char reason[SIM_SITE_REASON_SIZE], const struct sim_site_key *key,
                 const char *word, const char *why)
{
    snprintf(reason, SIM_SITE_REASON_SIZE, "%s is '%.40s', %s", key->key, word, why);
    return false;
}

static bool read_number(const struct sim_site_key *key, const char *word, double *value,
                        char reason[SIM_SITE_REASON_SIZE])
{
    char *end;
    const double number = strtod(word, &end);
    if (end == word || *end != '\0') {
        return fail(reason, key, word, "which is no number");
    }
    if (!(number >= key->low && number <= key->high)) {
        char why[64];
        snprintf(why, sizeof why, "must be %.10g to %.10g", key->low, key->high);
        return fail(reason, key, word, why);
    }
    if (key->type == SIM_SITE_KEY_WHOLE && number != floor(number)) {
        return fail(reason, key, word, "must be a whole number");
    }
    *value = number;
    return true;
}

static bool read_switch(const struct sim_site_key *key, const char *word, bool *value,
                        char reason[SIM_SITE_REASON_SIZE])
{
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true"};
    for (unsigned k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (strcmp(word, words[k]) == 0) {
            *value = k % 2 != 0;
            return true;
        }
    }
    return fail(reason, key, word, "must be on or off");
}

static bool read_word(const struct sim_site_key *key, const char *word, int *value,
                      char reason[SIM_SITE_REASON_SIZE])
{
    for (int k = 0; key->words[k] != NULL; k++) {
        if (strcmp(word, key->words[k]) == 0) {
            *value = k;
            return true;
        }
    }
    if (key->words[2] != NULL) {
        return fail(reason, key, word, "see docs/simulation.md for what there is");
    }
    char why[64];
    snprintf(why, sizeof why, "must be %s or %s", key->words[0], key->words[1]);
    return fail(reason, key, word, why);
}

/* Digits and separators exactly as in the pattern, where 0 stands for a digit. */
static bool has_form(const char *word, const char *pattern)
{
    for (; *pattern != '\0'; word++, pattern++) {
        const bool digit = isdigit((unsigned char)*word) != 0;
        if (*pattern == '0' ? !digit : *word != *pattern) {
            return false;
        }
    }
    return *word == '\0';
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool read_daytime(const struct sim_site_key *key, const char *word, double *value,
                         char reason[SIM_SITE_REASON_SIZE])
{
    if (!has_form(word, "00:00") || two_digits(word) > 23 || two_digits(word + 3) > 59) {
        return fail(reason, key, word, "must be a time of day, as \"07:30\"");
    }
    *value = two_digits(word) * 3600 + two_digits(word + 3) * 60;
    return true;
}

static bool read_time(const struct sim_site_key *key, const char *word, uint32_t *value,
                      char reason[SIM_SITE_REASON_SIZE])
{
    if (!has_form(word, "0000-00-00 00:00:00")) {
        return fail(reason, key, word, "must be as \"2025-01-31 07:30:00\"");
    }
    struct tm date = {.tm_year = two_digits(word) * 100 + two_digits(word + 2) - 1900,
                      .tm_mon = two_digits(word + 5) - 1,
                      .tm_mday = two_digits(word + 8),
                      .tm_hour = two_digits(word + 11),
                      .tm_min = two_digits(word + 14),
                      .tm_sec = two_digits(word + 17)};
    const struct tm asked = date;
    const int64_t time_s = timegm(&date) - EPOCH_S; /* makes 31 April the 1st of May */
    if (date.tm_mon != asked.tm_mon || date.tm_mday != asked.tm_mday ||
        date.tm_hour != asked.tm_hour || date.tm_min != asked.tm_min ||
        date.tm_sec != asked.tm_sec) {
        return fail(reason, key, word, "which is no date and time");
    }
    if (time_s < 0 || time_s >= latest_s) {
        return fail(reason, key, word, "must be in the years 2000 to 2099");
    }
    *value = (uint32_t)time_s;
    return true;
}

static bool is_outage(const struct sim_site_key *key)
{
    return strcmp(key->section, "outages") == 0;
}

static bool phases_hold(const struct sim_site_key *key, unsigned phases)
{
    const bool one_or_all =
        phases == 1 || phases == 2 || phases == 4 || phases == SIM_SITE_ALL_PHASES;
    return one_or_all || (is_outage(key) && phases > 0 && phases < SIM_SITE_ALL_PHASES);
}

static bool read_phases(const struct sim_site_key *key, const char *word, unsigned *value,
                        char reason[SIM_SITE_REASON_SIZE])
{
    unsigned phases = 0;
    for (const char *c = word; *c != '\0'; c++) {
        const unsigned bit = *c >= '1' && *c <= '3' ? 1u << (*c - '1') : 0;
        if (bit <= phases) { /* no phase, or not in order */
            phases = 0;
            break;
        }
        phases |= bit;
    }
    if (!phases_hold(key, phases)) {
        return fail(reason, key, word,
                    is_outage(key) ? "must be 1, 2, 3, 12, 13, 23 or 123"
                                   : "must be 1, 2, 3 or 123");
    }
    *value = phases;
    return true;
}

bool sim_site_key_read(const struct sim_site_key *key, const char *word, void *base,
                       char reason[SIM_SITE_REASON_SIZE])
{
    void *field = (char *)base + key->offset;
    switch (key->type) {
    case SIM_SITE_KEY_NUMBER:
    case SIM_SITE_KEY_WHOLE:
        return read_number(key, word, field, reason);
    case SIM_SITE_KEY_SWITCH:
        return read_switch(key, word, field, reason);
    case SIM_SITE_KEY_WORD:
        return read_word(key, word, field, reason);
    case SIM_SITE_KEY_TIME:
        return read_time(key, word, field, reason);
    case SIM_SITE_KEY_DAYTIME:
        return read_daytime(key, word, field, reason);
    case SIM_SITE_KEY_PHASES:
        return read_phases(key, word, field, reason);
    }
    return false;
}

static bool number_holds(const struct sim_site_key *key, double number)
{
    return number >= key->low && number <= key->high &&
           (key->type != SIM_SITE_KEY_WHOLE || number == floor(number));
}

static bool word_holds(const struct sim_site_key *key, int word)
{
    int count = 0;
    while (key->words[count] != NULL) {
        count++;
    }
    return word >= 0 && word < count;
}

bool sim_site_key_holds(const struct sim_site_key *key, const void *base)
{
    const void *field = (const char *)base + key->offset;
    const double day_s = 86400;
    switch (key->type) {
    case SIM_SITE_KEY_NUMBER:
    case SIM_SITE_KEY_WHOLE:
        return number_holds(key, *(const double *)field);
    case SIM_SITE_KEY_SWITCH:
        return true;
    case SIM_SITE_KEY_WORD:
        return word_holds(key, *(const int *)field);
    case SIM_SITE_KEY_TIME:
        return *(const uint32_t *)field < latest_s;
    case SIM_SITE_KEY_DAYTIME:
        return *(const double *)field >= 0 && *(const double *)field < day_s;
    case SIM_SITE_KEY_PHASES:
        return phases_hold(key, *(const unsigned *)field);
    }
    return false;
}

void sim_site_section_default(const char *section, void *base)
{
    char reason[SIM_SITE_REASON_SIZE];
    for (size_t k = 0; k < sim_site_key_count; k++) {
        const struct sim_site_key *key = &sim_site_keys[k];
        if (strcmp(key->section, section) == 0 && key->fallback != NULL &&
            !sim_site_key_read(key, key->fallback, base, reason)) {
            abort(); /* a mistake in the table, which every test would meet */
        }
    }
}

static const struct {
    bool value, on;
    double low, high;
} actions[SIM_SITE_ACTIONS] = {
    [SIM_SITE_CLOCK_SHIFT] = {.value = true, .low = -1e6, .high = 1e6},
    [SIM_SITE_TARIFF] = {.value = true, .low = 0, .high = 4},
    [SIM_SITE_COVER] = {.on = true},
    [SIM_SITE_MAGNET] = {.on = true},
    [SIM_SITE_SEAL] = {.on = true},
    [SIM_SITE_PULSES] = {.value = true, .low = 1, .high = 10000},
    [SIM_SITE_VACATION] = {.value = true, .low = 1, .high = 366},
};

bool sim_site_action_takes_value(int action)
{
    return actions[action].value;
}

bool sim_site_action_takes_on(int action)
{
    return actions[action].on;
}

bool sim_site_event_holds(const struct sim_site_event *event, char reason[SIM_SITE_REASON_SIZE])
{
    const double low = actions[event->action].low;
    const double high = actions[event->action].high;
    if (event->value >= low && event->value <= high && event->value == floor(event->value)) {
        return true;
    }
    snprintf(reason, SIM_SITE_REASON_SIZE,
             "value of '%s' is %.10g, must be a whole number, %.10g to %.10g",
             sim_site_action_names[event->action], event->value, low, high);
    return false;
}

static uint32_t time_of(const void *entry)
{
    uint32_t time_s;
    memcpy(&time_s, entry, sizeof time_s);
    return time_s;
}

void sim_site_insert(void *entries, unsigned count, size_t entry_size, const void *entry)
{
    char *place = (char *)entries + count * entry_size;
    while (place > (char *)entries && time_of(place - entry_size) > time_of(entry)) {
        memcpy(place, place - entry_size, entry_size);
        place -= entry_size;
    }
    memcpy(place, entry, entry_size);
}
