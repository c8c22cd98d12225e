/* Words for bits and codes. Source: the public interface description of the meter family. */
#include "cli/tool_words.h"
#include "app/alarm.h"
#include "app/events.h"
#include <stdio.h>
#include <string.h>

#define WORDS 32

struct words {
    const char *name;
    int is_code; /* the number itself is the index, not its bits */
    const char *word[WORDS];
};

static const struct words tables[] = {
    {"data_quality",
     0,
     {"clock set by 7-15 s", "clock set by 15-30 s", "clock set by 30-60 s",
      "clock set by more than 60 s", "forwards", "backwards", "parameter error", "over-voltage",
      "under-voltage", "neutral error", "outage"}},
    {"logger_status",
     0,
     {[3] = "bad CRC",
      [6] = "discontinuity",
      [7] = "registers changed",
      [8] = "interval changed",
      [9] = "numbers used up"}},
    {"status",
     0,
     {"reset", "memory", "magnetic field", "RAM", "ROM", "alarm input", "cover",
      "auxiliary supply"}},
    {"events_a",
     0,
     {"reset",
      "EEPROM",
      "magnetic field",
      "RAM",
      "ROM",
      "alarm input",
      "cover",
      "auxiliary supply",
      "radio data ready",
      "forced call",
      "clock adjusted",
      "event status B",
      "disconnect",
      "flash",
      NULL,
      NULL,
      "new in debiting log",
      "new in clock log",
      "new in status log",
      "new in quality log",
      "new in breaker log",
      "new in load profile",
      "new in debiting log 2",
      "new in ratio log",
      "sign-on",
      NULL,
      NULL,
      "upload succeeded",
      "upload failed",
      "new in neutral fault log",
      "new in analysis log",
      "new in load profile events"}},
    {"events_b",
     0,
     {"upload succeeded",
      "upload failed",
      NULL,
      "neutral fault",
      "program checksum",
      "power fail",
      "missing L1",
      "missing L2",
      "missing L3",
      "over-voltage L1",
      "under-voltage L1",
      "over-voltage L2",
      "under-voltage L2",
      "over-voltage L3",
      "under-voltage L3",
      "alarm input",
      "no current L1",
      "no current L2",
      "no current L3",
      "phase sequence",
      "earth fault",
      "magnetic field",
      "cover",
      "auxiliary supply",
      "reverse current L1",
      "reverse current L2",
      "reverse current L3",
      "voltage asymmetry",
      "prepayment alarm",
      "opened by hand",
      "opened by itself",
      "opened remotely"}},
    {"breaker_state",
     1,
     {"no breaker", "opened by command", NULL, NULL, "closed", "warning before opening",
      "opened by Smart Disconnect", "opened by prepayment", "released, may be closed",
      "prepayment: days of low load over", NULL, "opened by button", "opened by neutral fault",
      "log only", "opened by over-voltage"}},
    {"breaker_feedback",
     0,
     {"voltage behind L1", "voltage behind L2", "voltage behind L3", "voltage known",
      "breaker answers", "high threshold", "pending", "switch error"}},
    {"profile_event",
     1,
     {[2] = "deleted: other registers",
      [4] = "deleted by hand",
      [5] = "deleted: other interval",
      [6] = "off",
      [7] = "on"}},
    {"quality_event",
     1,
     {"under-voltage", "over-voltage", "lowest", "highest", "outage", "restored", "lowest began",
      "lowest ended", "highest began", "highest ended"}},
    {"neutral_fault", 1, {"over", "begun"}},
    {"tariff_source", 1, {"nothing", "module", "command", "internal plan"}},
};

static void add(const char *word, char *text, size_t size)
{
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", word);
}

static bool is_of_alarms(const char *name)
{
    static const char *const beginnings[] = {"alarms_", "alarm_descriptor_", "alarm_filter_"};
    bool is_one = false;
    for (size_t b = 0; b < sizeof beginnings / sizeof beginnings[0]; b++) {
        is_one = is_one || strncmp(name, beginnings[b], strlen(beginnings[b])) == 0;
    }
    return is_one;
}

static void alarm_words(bool is_second, uint32_t bits, char *text, size_t size)
{
    for (unsigned b = 0; b < WH_ALARM_BITS; b++) {
        const char *word = wh_alarm_text(is_second ? WH_ALARM_BITS + b : b);
        if ((bits >> b & 1) != 0 && word != NULL) {
            add(word, text, size);
        }
    }
}

void tool_words(const char *name, int64_t number, char *text, size_t size)
{
    text[0] = '\0';
    if (strcmp(name, "event") == 0 && number > WH_EVENT_NONE && number < WH_EVENT_CODES) {
        add(wh_event_row((enum wh_event_code)number)->text, text, size);
        return;
    }
    if (is_of_alarms(name)) {
        alarm_words(name[strlen(name) - 1] == '2', (uint32_t)number, text, size);
        return;
    }
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        if (strcmp(tables[t].name, name) != 0) {
            continue;
        }
        for (int w = 0; w < WORDS; w++) {
            const int is_set = tables[t].is_code ? number == w : (int)(number >> w & 1);
            if (is_set && tables[t].word[w] != NULL) {
                add(tables[t].word[w], text, size);
            }
        }
    }
}
