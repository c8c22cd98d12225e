/* The clock chip: time and charge, both in whole numbers.
 *
 * Invariant: charge changes at whole seconds of the clock's own count only, so that portions do not
 * matter; the clock counts while there is mains or charge. */
#include "sim/rtc.h"

enum { CHARGE_SHARE = 7200, SECOND_MS = 1000 };

void sim_rtc_init(struct sim_rtc *rtc, enum sim_rtc_backup backup)
{
    *rtc = (struct sim_rtc){
        .backup = backup,
        .charge_ms = backup == SIM_RTC_BATTERY ? SIM_RTC_BATTERY_MS : 0,
    };
}

/* Ticks that pass before charge is reckoned next: many seconds where nothing can change on the
 * way. */
static uint64_t charge_step(const struct sim_rtc *rtc, bool supply)
{
    const bool full = rtc->backup != SIM_RTC_SUPERCAP || rtc->charge_ms >= SIM_RTC_SUPERCAP_MS;
    const uint64_t seconds = !supply ? rtc->charge_ms / SECOND_MS : full ? UINT32_MAX : 1;
    return (seconds > 0 ? seconds : 1) * SIM_RTC_TICKS_PER_S - rtc->part;
}

static void reckon(struct sim_rtc *rtc, uint64_t seconds, bool supply)
{
    if (!supply) {
        const uint64_t used_ms = seconds * SECOND_MS;
        rtc->charge_ms -= used_ms < rtc->charge_ms ? used_ms : rtc->charge_ms;
    } else if (rtc->backup == SIM_RTC_SUPERCAP && rtc->charge_ms < SIM_RTC_SUPERCAP_MS) {
        /* Rounded up, so that the last bit comes, too. A full one stays full however many. */
        rtc->charge_ms += (SIM_RTC_SUPERCAP_MS - rtc->charge_ms + CHARGE_SHARE - 1) / CHARGE_SHARE;
    }
}

static void count(struct sim_rtc *rtc, uint64_t ticks)
{
    const uint64_t sum = rtc->ticks + ticks;
    rtc->utc_s += (uint32_t)(sum / SIM_RTC_TICKS_PER_S);
    rtc->ticks = (uint16_t)(sum % SIM_RTC_TICKS_PER_S);
}

static void stop(struct sim_rtc *rtc)
{
    rtc->valid = false;
    rtc->utc_s = 0;
    rtc->ticks = 0;
    rtc->part = 0;
}

void sim_rtc_run(struct sim_rtc *rtc, uint64_t ticks, bool supply)
{
    while (ticks > 0) {
        if (!supply && rtc->charge_ms == 0) {
            stop(rtc);
            return;
        }
        const uint64_t room = charge_step(rtc, supply);
        const uint64_t step = ticks < room ? ticks : room;
        count(rtc, step);
        const uint64_t part = rtc->part + step;
        if (part >= SIM_RTC_TICKS_PER_S) {
            reckon(rtc, part / SIM_RTC_TICKS_PER_S, supply);
        }
        rtc->part = (uint16_t)(part % SIM_RTC_TICKS_PER_S);
        ticks -= step;
    }
    if (!supply && rtc->charge_ms == 0) {
        stop(rtc);
    }
}

struct sim_rtc_time sim_rtc_read(const struct sim_rtc *rtc)
{
    return (struct sim_rtc_time){.valid = rtc->valid, .utc_s = rtc->utc_s, .ticks = rtc->ticks};
}

void sim_rtc_set(struct sim_rtc *rtc, uint32_t utc_s, uint16_t ticks)
{
    rtc->utc_s = utc_s;
    rtc->ticks = ticks < SIM_RTC_TICKS_PER_S ? ticks : SIM_RTC_TICKS_PER_S - 1;
    rtc->valid = true;
}
