/* A meter at an endpoint, whichever language it speaks: one table of functions a language.
 */
#ifndef CLI_TOOL_METER_H
#define CLI_TOOL_METER_H

#include "cli/endpoint.h"
#include "cli/tool_secret.h"
#include "cli/tool_setting.h"
#include "cli/tool_target.h"
#include "cli/tool_value.h"

/* ---- Logs ---- */

enum tool_log {
    TOOL_LOG_PROFILE,
    TOOL_LOG_LOGGER,
    TOOL_LOG_DEBITING,
    TOOL_LOG_DEBITING_2,
    TOOL_LOG_STATUS, /* from here: events */
    TOOL_LOG_CLOCK,
    TOOL_LOG_QUALITY,
    TOOL_LOG_BREAKER,
    TOOL_LOG_RATIO,
    TOOL_LOG_PROFILE_EVENTS,
    TOOL_LOG_NEUTRAL,
    TOOL_LOGS,
};

struct tool_log_row {
    const char *name; /* on the command line */
    uint8_t obis[6];
    uint8_t kmp;     /* enum kmp_log */
    const char *iec; /* of command R6 */
    const char *text;
};

/* Static storage. */
const struct tool_log_row *tool_log_row(enum tool_log log);

enum { TOOL_COLUMNS_MAX = 64 };

struct tool_column {
    char name[TOOL_NAME_SIZE];
    char unit[TOOL_UNIT_SIZE]; /* without prefix */
};

/* Seconds since 2000-01-01 in the meter's normal time, as its logs are stamped; both ends belong
 * to it. */
struct tool_log_query {
    enum tool_log log;
    int64_t from_s, to_s;
};

/* A day behind the beginning, since some count UTC from there. */
enum { TOOL_LOG_START_S = 86400 };
#define TOOL_LOG_END_S                                                                             \
    INT64_C(3155759999) /* 2099-12-31 23:59:59, the last that all languages can say */

/* Takes what a log brings. columns comes first, and again after every new beginning; then the
 * rows, oldest first; the first value that is a TOOL_TIME is when. False ends the reading;
 * *failure is filled then. */
struct tool_log_sink {
    void *context;
    bool (*columns)(void *context, const struct tool_column *columns, size_t count,
                    struct tool_failure *failure);
    bool (*row)(void *context, const struct tool_value *values, size_t count,
                struct tool_failure *failure);
    void (*gap)(void *context); /* the meter says that rows before the next one are gone */
};

/* ---- Languages ---- */

enum tool_command {
    TOOL_COMMAND_DEBITING_STOP,
    TOOL_COMMAND_OPEN,    /* breaker */
    TOOL_COMMAND_RELEASE, /* breaker: may be closed */
    TOOL_COMMAND_CLOSE,
    TOOL_COMMANDS,
};

struct tool_meter;

/* Every function gives false with a failure: TOOL_NO_ANSWER, TOOL_REFUSED, TOOL_ABSENT – the
 * meter or the language has no such thing –, CLI_BAD_INPUT. */
struct tool_language {
    bool (*open)(struct tool_meter *meter, struct tool_failure *failure);
    void (*close)(struct tool_meter *meter);
    /* Calls take for each quantity that is read when nothing is named. */
    bool (*read_default)(struct tool_meter *meter, struct tool_failure *failure,
                         bool (*take)(void *context, const struct tool_target *target,
                                      const struct tool_value *value),
                         void *context);
    bool (*read)(struct tool_meter *meter, const struct tool_target *target,
                 struct tool_value *value, struct tool_failure *failure);
    /* number: in whole units of the item; it is in its range. */
    bool (*write)(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                  struct tool_failure *failure);
    /* Lists and plans, as octets; NULL: the language has none. length at most WH_PLAN_BYTES_MAX. */
    bool (*read_octets)(struct tool_meter *meter, const struct tool_item *item,
                        struct tool_setting *setting, struct tool_failure *failure);
    bool (*write_octets)(struct tool_meter *meter, const struct tool_item *item,
                         const struct tool_setting *setting, struct tool_failure *failure);
    bool (*set_clock)(struct tool_meter *meter, const struct wh_datetime *time, bool is_summer,
                      struct tool_failure *failure);
    bool (*log)(struct tool_meter *meter, const struct tool_log_query *query,
                const struct tool_log_sink *sink, struct tool_failure *failure);
    bool (*command)(struct tool_meter *meter, enum tool_command command,
                    struct tool_failure *failure);
};

extern const struct tool_language tool_language_dlms; /* over the wrapper and HDLC */
extern const struct tool_language tool_language_kmp;
extern const struct tool_language tool_language_iec;

struct tool_meter {
    struct endpoint endpoint; /* with a language */
    const struct tool_secrets *secrets;
    const struct tool_language *language;
    void *session; /* of the language; NULL: closed */
    bool is_probe; /* only to see whether somebody answers */
};

/* Finds out which language an endpoint without one speaks, and opens the session. secrets stay the
 * caller's and in place. */
bool tool_meter_open(struct tool_meter *meter, const struct endpoint *endpoint,
                     const struct tool_secrets *secrets, struct tool_failure *failure);

/* After TOOL_NO_ANSWER: the same session anew. */
bool tool_meter_reopen(struct tool_meter *meter, struct tool_failure *failure);

/* As read_default, for languages in which a meter has no list of its own: the usual quantities, as
 * far as the meter has them. */
bool tool_meter_read_usual(struct tool_meter *meter, struct tool_failure *failure,
                           bool (*take)(void *context, const struct tool_target *target,
                                        const struct tool_value *value),
                           void *context);

/* Reads the meter's clock. *value is of kind TOOL_TIME. */
bool tool_meter_clock(struct tool_meter *meter, struct tool_value *value,
                      struct tool_failure *failure);

/* The clock's normal time, in seconds since 2000-01-01. */
bool tool_meter_normal_time(struct tool_meter *meter, int64_t *seconds,
                            struct tool_failure *failure);

/* As language->read; a parameter that is not where the family has it, where this project's meters
 * have all. */
bool tool_meter_read(struct tool_meter *meter, const struct tool_target *target,
                     struct tool_value *value, struct tool_failure *failure);

/* A parameter, likewise: a number in whole units, a list or a plan. */
bool tool_meter_get(struct tool_meter *meter, const struct tool_item *item,
                    struct tool_setting *setting, struct tool_failure *failure);
bool tool_meter_set(struct tool_meter *meter, const struct tool_item *item,
                    const struct tool_setting *setting, struct tool_failure *failure);

/* Reads a parameter that is a number. */
bool tool_meter_read_item(struct tool_meter *meter, const struct tool_item *item, int64_t *number,
                          struct tool_failure *failure);

/* The meter is read without a password by a client that sees a part of it only. */
bool tool_meter_is_public(const struct tool_meter *meter);

/* The meter has refused the password in this session: nothing that needs one will be done. */
bool tool_meter_is_locked(const struct tool_meter *meter);

void tool_meter_close(struct tool_meter *meter);

#endif
