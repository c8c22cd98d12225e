/* A client that reads the logs of a meter in memory, and fills its load profile. */
#ifndef TESTS_COSEM_LOG_CLIENT_H
#define TESTS_COSEM_LOG_CLIENT_H

#include "client.h"

enum { LOG_INTERVAL_S = 900, LOG_ROWS_MAX = 4000 };

/* 2013-10-24 23:00:00 UTC: midnight of 2013-10-25 in Central Europe, normal time. */
static const uint32_t log_base_s = 435970800;

extern struct client client; /* of a new 382M, on the module port */
int log_start(void **state);
int log_stop(void **state);

struct wh_application *log_application(void);

/* Record number i of the load profile, at the boundary log_base_s + i * LOG_INTERVAL_S, with
 * registers that tell its number. */
void log_store_row(uint32_t i);
void log_store_rows(uint32_t count);

/* Attribute 2 of the load profile and of the clock. */
extern const struct client_attribute log_profile, log_stamp;

/* A writer for parameters of selective access, and parts of them. */
struct dlms_writer log_request(void);
void log_put_place(struct dlms_writer *out, const struct client_attribute *place);
void log_put_moment(struct dlms_writer *out, uint32_t utc_s); /* in normal time */

/* GET by range of the load profile, and by entry of any. Returns as client_get. */
int log_get_range(uint32_t from_s, uint32_t to_s);
int log_get_entries(const struct client_attribute *of, uint32_t from, uint32_t to, uint16_t first,
                    uint16_t last);

/* The answer, and a container that must come next in it: its count. */
struct dlms_reader log_answer(void);
size_t log_container(struct dlms_reader *reader, uint8_t tag);

/* Reads rows of the load profile: puts into log_rows which records they are, having checked that
 * each row belongs together. Returns how many. */
extern uint32_t log_rows[LOG_ROWS_MAX];
size_t log_read_rows(void);
void log_assert_rows(const uint32_t *expected, size_t count);

/* An attribute that is a number of that type. */
int64_t log_get_number(struct client_attribute of, int8_t attribute, uint8_t tag);

#endif
