/* Two dialogues with a 351C over HDLC, as its maker published them: requests at even, answers at odd
 * places, flags included. */
#ifndef TEST_DLMS_HDLC_RECORDED_H
#define TEST_DLMS_HDLC_RECORDED_H

#include <stddef.h>
#include <stdint.h>

enum {
    RECORDED_SHORT = 8, /* client 16 reads the meter number of logical device 1, no security */
    RECORDED_PROFILE =
        12, /* client 18, device 16, password: a load profile; blocks 3 to 6 omitted */
};

extern const char *const recorded_short[RECORDED_SHORT];
extern const char *const recorded_profile[RECORDED_PROFILE];

#endif
