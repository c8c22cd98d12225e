/* A 382L behind IEC 62056-21, made of tables, and a line to it: for tests and fuzz targets. */
#ifndef TEST_IEC21_DEVICE_H
#define TEST_IEC21_DEVICE_H

#include "iec62056_21/server.h"

enum { DEVICE_SETS = 48, DEVICE_RECORDS = 9 };

struct device {
    struct iec21_times times;
    const char *type;
    const char *address;
    size_t set_count;
    struct iec21_data_set sets[DEVICE_SETS];
    const char *password;
    char user_data_list[2]; /* 131.0.3 */
    char clock[14];         /* as written by W5 1.0.0 */
    char list[400];         /* the argument of W5 131.0.17 */
    size_t record_count;
    unsigned reads, writes, executes, logins;
    struct iec21_access access; /* of the last access */
};

extern const struct iec21_meter device_functions;

/* The read-out of the 351C in the reference, seven data sets; password 12345; nine hourly
 * records. */
void device_init(struct device *device);

void device_add(struct device *device, const char *address, const char *value, const char *unit,
                const char *second);

/* A server on it. */
struct line {
    struct device device;
    struct iec21_server server;
    uint32_t now_ms;
    char input[512];
    char output[256];
    uint8_t sent[4096];
    size_t length;
    char hex[2 * 4096 + 1];
    char text[4096 + 1]; /* 7 bits */
};

void line_init(struct line *line, enum iec21_mode mode, enum iec21_coding coding);

/* Feeds bytes (hex, spaces skipped), then pulls what is sent within the next wait_ms, in steps
 * of a few milliseconds. Returns it as hex. */
const char *line_ask(struct line *line, const char *hex, uint32_t wait_ms);

/* The same with text; what is sent is returned as text of 7 bits. A block is given by its
 * characters with \1 \2 \3 in place; its check is added behind \3 or \4. */
const char *line_say(struct line *line, const char *text, uint32_t wait_ms);

#endif
