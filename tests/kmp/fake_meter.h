/* A meter made of tables, behind the server in tests and fuzz targets. */
#ifndef TEST_KMP_FAKE_METER_H
#define TEST_KMP_FAKE_METER_H

#include "kmp/server.h"

enum { FAKE_REGISTERS = 24, FAKE_RECORDS = 16, FAKE_COLUMNS = 8, FAKE_LOGS = 3 };

struct fake_register {
    uint16_t id;
    struct kmp_value value;
};

struct fake_record {
    struct kmp_rtc time;
    bool is_unreadable;
    struct kmp_value values[FAKE_COLUMNS];
};

struct fake_log {
    uint8_t log;
    struct kmp_log_range range;
    uint16_t columns[FAKE_COLUMNS];           /* register IDs, 0: none */
    struct fake_record records[FAKE_RECORDS]; /* that of an ID is at ID modulo FAKE_RECORDS */
};

struct fake_meter {
    struct kmp_type type;
    uint32_t serial_number;
    size_t register_count;
    struct fake_register registers[FAKE_REGISTERS];
    uint16_t password;
    struct kmp_rtc clock;
    unsigned clock_sets, resets, debiting_stops, displays;
    struct kmp_cut_off cut_off;
    struct kmp_events events;
    struct kmp_events if_gone, always; /* of the last ClearEventStatus */
    struct kmp_load_profile load_profile;
    struct kmp_voltage_quality voltage_quality;
    struct fake_log logs[FAKE_LOGS];
};

extern const struct kmp_meter fake_meter_functions;

/* Adds or replaces a register; aborts when the number does not fit. */
void fake_number(struct fake_meter *meter, uint16_t id, uint8_t unit, uint8_t size, int8_t exponent,
                 int64_t number);
void fake_value(struct fake_meter *meter, uint16_t id, const struct kmp_value *value);

/* The record of an ID. */
struct fake_record *fake_record(struct fake_log *log, uint32_t id);

/* A server on the meter and one exchange with it. */
struct fake_line {
    struct fake_meter meter;
    struct kmp_server server;
    uint32_t now_ms;
    uint8_t answer[700];
    uint8_t out[1400];
    size_t out_length;
    char hex[2049];
};

void fake_line_init(struct fake_line *line, size_t answer_size);

/* Feeds bytes at one time and pulls the answer, in pieces of portion bytes each. Returns the answer
 * as hex. */
const char *fake_line_send(struct fake_line *line, const uint8_t *data, size_t length,
                           size_t portion);
const char *fake_line_ask(struct fake_line *line, const char *hex);

/* Frames a request as a client does and asks it. */
const char *fake_line_request(struct fake_line *line, const struct kmp_request *request);

#endif
