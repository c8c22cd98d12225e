/* Stored form of the settings of alarms and pushes: one record, so that a change is atomic
 * (docs/store.md). One set of settings has one encoding. */
#ifndef WH_APP_PUSH_RECORD_H
#define WH_APP_PUSH_RECORD_H

#include "app/push.h"

enum {
    WH_PUSH_MOMENT_SIZE = 8,
    WH_PUSH_OBJECT_SIZE = 9,
    WH_PUSH_SETUP_SIZE = 8 + WH_PUSH_OBJECTS * WH_PUSH_OBJECT_SIZE + WH_PUSH_DESTINATION +
                         2 * WH_PUSH_WINDOWS * WH_PUSH_MOMENT_SIZE,
    WH_PUSH_RECORD_SIZE =
        8 + 1 + WH_PUSH_TIMES * WH_PUSH_MOMENT_SIZE + WH_PUSH_SETUPS * WH_PUSH_SETUP_SIZE,
};

/* settings have passed wh_push_check; what lies behind their counts is stored as 0. */
void wh_push_record_encode(const struct wh_push_settings *settings,
                           uint8_t stored[WH_PUSH_RECORD_SIZE]);

/* WH_ERR_CORRUPT for anything that encoding cannot have made; then *settings is unchanged. */
enum wh_err wh_push_record_decode(struct wh_push_settings *settings,
                                  const uint8_t stored[WH_PUSH_RECORD_SIZE]);

#endif
