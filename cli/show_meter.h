/* A meter to look at: started from copies of its memories, so that everything is read as the meter
 * itself reads it, and nothing that the start of a meter does reaches its files or what is shown.
 */
#ifndef CLI_SHOW_METER_H
#define CLI_SHOW_METER_H

#include "cli/state.h"

struct show_meter {
    struct cli_state state;
    struct wh_meter meter; /* its clock stands at the last moment that the memories know of */
    uint32_t newest
        [WH_LOG_COUNT];   /* sequences that were newest in the event logs before the start; others
                                      are not touched by a start */
    uint32_t audit_count; /* entries of the audit log before the start: the first so many of all */
};

/* On an error everything is closed and error has one line. Errors as cli_state_read and
 * wh_meter_start. show must stay where it is until it is closed. */
enum wh_err show_meter_open(struct show_meter *show, const char *folder, char *error,
                            size_t error_size);

void show_meter_close(struct show_meter *show);

/* The next event that was there before the start. Errors as wh_event_next. */
enum wh_err show_meter_next_event(const struct show_meter *show, enum wh_log_name log,
                                  struct wh_log_range *range, struct wh_event *event);

#endif
