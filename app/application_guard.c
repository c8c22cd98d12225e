/* The guard against trying secrets. Invariant: once closed it opens by time with supply only, or a
 * power-up. */
#include "app/application.h"

struct wait {
    uint8_t free;    /* failures that cost nothing */
    uint8_t first_s; /* after the next */
};

enum { DOUBLINGS = 6 };

static const struct wait of_passwords = {2, 10};
static const struct wait of_keys = {4, 1};

static uint32_t wait_s(enum wh_secret secret, uint32_t failures)
{
    const struct wait *wait = secret >= WH_SECRET_KEYS ? &of_keys : &of_passwords;
    if (failures <= wait->free) {
        return 0;
    }
    const uint32_t doublings = failures - wait->free - 1;
    return (uint32_t)wait->first_s << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
}

bool wh_application_judges(const struct wh_application *app, enum wh_secret secret)
{
    return app->on_seconds >= app->guards[secret].until_s;
}

void wh_application_judged(struct wh_application *app, enum wh_secret secret, bool is_right,
                           enum wh_origin origin)
{
    struct wh_guard *guard = &app->guards[secret];
    if (is_right) {
        guard->failures = 0;
        return;
    }
    guard->failures += guard->failures < UINT32_MAX;
    guard->until_s = app->on_seconds + wait_s(secret, guard->failures);
    if ((guard->failures & (guard->failures - 1)) == 0) {
        wh_application_note_wrong_password(app, origin, guard->failures);
    }
}
