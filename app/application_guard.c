/* The guard against trying passwords. Invariant: once closed it opens by time with supply only, or a
 * power-up. */
#include "app/application.h"

enum { FREE_FAILURES = 2, FIRST_WAIT_S = 10, DOUBLINGS = 6 };

static uint32_t wait_s(uint32_t failures)
{
    if (failures <= FREE_FAILURES) {
        return 0;
    }
    const uint32_t doublings = failures - FREE_FAILURES - 1;
    return (uint32_t)FIRST_WAIT_S << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
}

bool wh_application_judges_passwords(const struct wh_application *app)
{
    return app->on_seconds >= app->guard.until_s;
}

void wh_application_judged_password(struct wh_application *app, bool is_right,
                                    enum wh_origin origin)
{
    struct wh_guard *guard = &app->guard;
    if (is_right) {
        guard->failures = 0;
        return;
    }
    guard->failures += guard->failures < UINT32_MAX;
    guard->until_s = app->on_seconds + wait_s(guard->failures);
    if ((guard->failures & (guard->failures - 1)) == 0) {
        wh_application_note_wrong_password(app, origin, guard->failures);
    }
}
