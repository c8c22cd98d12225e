/* The guard of the passwords. Invariant: while it is closed nothing depends on whether a password is right. */
#include "face/access.h"
#include <string.h>

enum { FREE_FAILURES = 2, FIRST_WAIT_S = 10, DOUBLINGS = 6 };

void wh_access_init(struct wh_access *access, struct wh_meter *meter, const char *password,
                    uint16_t kmp_password)
{
    *access =
        (struct wh_access){.meter = meter, .password = password, .kmp_password = kmp_password};
}

static uint32_t wait_s(uint32_t failures)
{
    if (failures <= FREE_FAILURES) {
        return 0;
    }
    const uint32_t doublings = failures - FREE_FAILURES - 1;
    return (uint32_t)FIRST_WAIT_S << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
}

static enum wh_err judge(struct wh_access *access, bool is_right, enum wh_origin origin)
{
    struct wh_application *app = &access->meter->application;
    if (app->on_seconds < access->until_s) {
        return WH_ERR_STATE;
    }
    if (is_right) {
        access->failures = 0;
        return WH_OK;
    }
    access->failures += access->failures < UINT32_MAX;
    access->until_s = app->on_seconds + wait_s(access->failures);
    if ((access->failures & (access->failures - 1)) == 0) {
        wh_application_note_wrong_password(app, origin, access->failures);
    }
    return WH_ERR_SEALED;
}

/* Takes as long for every text of the right length, however much of it is right. */
static bool is_same(const char *right, const char *given)
{
    const size_t length = strlen(right);
    unsigned difference = 0;
    if (strlen(given) != length) {
        return false;
    }
    for (size_t c = 0; c < length; c++) {
        difference |= (unsigned)(unsigned char)right[c] ^ (unsigned char)given[c];
    }
    return difference == 0;
}

enum wh_err wh_access_try(struct wh_access *access, const char *given, enum wh_origin origin)
{
    return judge(access, is_same(access->password, given), origin);
}

enum wh_err wh_access_try_kmp(struct wh_access *access, uint16_t given, enum wh_origin origin)
{
    return judge(access, given == access->kmp_password, origin);
}
