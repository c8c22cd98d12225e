/* Judging passwords. Invariant: while the guard is closed nothing depends on whether one is right. */
#include "face/access.h"
#include <string.h>

void wh_access_init(struct wh_access *access, struct wh_meter *meter, const char *password,
                    uint16_t kmp_password)
{
    *access =
        (struct wh_access){.meter = meter, .password = password, .kmp_password = kmp_password};
}

static enum wh_err judge(struct wh_access *access, enum wh_secret secret, bool is_right,
                         enum wh_origin origin)
{
    struct wh_application *app = &access->meter->application;
    if (!wh_application_judges(app, secret)) {
        return WH_ERR_STATE;
    }
    wh_application_judged(app, secret, is_right, origin);
    return is_right ? WH_OK : WH_ERR_SEALED;
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
    return judge(access, WH_SECRET_PASSWORD, is_same(access->password, given), origin);
}

enum wh_err wh_access_try_kmp(struct wh_access *access, uint16_t given, enum wh_origin origin)
{
    return judge(access, WH_SECRET_KMP, given == access->kmp_password, origin);
}
