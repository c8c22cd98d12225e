/* From a catalog row to its value now. What display and protocols read, they read here.
 */
#ifndef WH_APP_READING_H
#define WH_APP_READING_H

#include "app/clock.h"
#include "catalog/catalog.h"
#include "common/err.h"
#include "legal/interface.h"

struct wh_application;

/* Whose values are read; borrowed for the calls. Without an application its quantities are not known, and there is no
 * primary side. */
struct wh_reading_source {
    const struct wh_legal *legal;
    const struct wh_clock *clock;
    const struct wh_application *application;
};

enum wh_reading_kind {
    WH_READING_NUMBER,
    WH_READING_TEXT,
    WH_READING_CLOCK,
    WH_READING_TIME, /* UTC seconds of something past */
};

struct wh_reading {
    enum wh_reading_kind kind;
    int64_t number; /* in 10^exponent of the row's unit */
    int8_t exponent;
    bool counter;  /* a register: shown digits are cut off, never rounded up */
    char text[24]; /* NUL-terminated */
};

/* A reading of 0 as wh_read gives it: kind (of a number or a time), exponent, counter. They depend on the row only. */
struct wh_reading wh_reading_blank(const struct wh_quantity *quantity);

/* Reads a quantity. WH_ERR_STATE while its value is not known (see wh_legal_instant; a clock that
 * was never set is read as what it shows, its validity is in struct wh_clock). */
enum wh_err wh_read(const struct wh_reading_source *source, const struct wh_quantity *quantity,
                    struct wh_reading *reading);

/* Reads the mean power of the running integration period so far (wh_demand_running), as the row of
 * its mean has it. WH_ERR_STATE without an application. */
enum wh_err wh_read_running_mean(const struct wh_reading_source *source,
                                 enum wh_demand_channel channel, struct wh_reading *reading);

/* The number of a reading in 10^exponent of the row's unit: cut off for a counter, else rounded to
 * nearest. */
int64_t wh_reading_scaled(const struct wh_reading *reading, int8_t exponent);

#endif
