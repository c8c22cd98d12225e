/* Settings of alarms and pushes as stored (app/push_record.h). Properties: what is refused changes
 * nothing; what is accepted is sound and comes back the same when stored again; and whatever its
 * windows are, a push is sent or waits for one. */
#include "app/push_record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void push(const struct wh_push_setup *setup, uint32_t random)
{
    enum { WEEK_MIN = 7 * 24 * 60 };
    struct wh_push push = {0};
    wh_push_invoke(&push, setup, random);
    for (int64_t minute = 0; minute < WEEK_MIN; minute += 29) {
        const struct wh_datetime local = wh_calendar_datetime(848000000 + minute * 60);
        if (wh_push_pass(&push, setup, &local, 29 * 60)) {
            require(wh_push_is_open(setup, &local));
            (void)wh_push_done(&push, setup, (minute & 1) != 0);
        }
        require(push.phase != WH_PUSH_SENDS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t stored[WH_PUSH_RECORD_SIZE] = {0};
    uint8_t again[WH_PUSH_RECORD_SIZE];
    memcpy(stored, data, size < sizeof stored ? size : sizeof stored);
    const struct wh_push_settings before = wh_push_default();
    struct wh_push_settings settings = before;
    if (wh_push_record_decode(&settings, stored) != WH_OK) {
        wh_push_record_encode(&before, stored);
        wh_push_record_encode(&settings, again);
        require(memcmp(stored, again, sizeof stored) == 0);
        return 0;
    }
    wh_push_record_encode(&settings, again);
    require(wh_push_check(&settings) == WH_OK && memcmp(stored, again, sizeof stored) == 0);
    for (int s = 0; s < WH_PUSH_SETUPS; s++) {
        push(&settings.setup[s], stored[s]);
    }
    return 0;
}
