/* Speed behind the internal bus: a whole meter, fed with the reports of one second each, everything on, as the simulator
 * and fleets feed it. Aim: a meter-year in 5 s, that is 158 ns a report. Prints ratios; it is no test. */
#include "ports/linux/board_memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SECONDS_PER_DAY = 86400, DAYS = 30, START_UTC_S = 842000000 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A home: half a kilowatt unevenly on three phases, a little of everything changing. */
static void fill(struct wh_bus_report *report, uint32_t second,
                 const struct wh_voltage_limits *limits)
{
    *report = (struct wh_bus_report){.sample_count = WH_SAMPLE_RATE_HZ,
                                     .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    for (int p = 0; p < WH_PHASES; p++) {
        struct wh_element_report *phase = &report->phase[p];
        const int32_t active_mw = 120000 + p * 60000 + (int32_t)(second * 7919u % 50000u);
        phase->active_mw = active_mw;
        phase->active_uj = (int64_t)active_mw * 1000;
        phase->reactive_mvar = active_mw / 4;
        phase->reactive_uj = (int64_t)phase->reactive_mvar * 1000;
        phase->u_rms_mv = 230000 + second % 1000;
        phase->i_rms_ua = (uint32_t)active_mw * 4;
        phase->apparent_mva = (uint32_t)active_mw;
        phase->frequency_uhz = 50000000;
        phase->u_angle = (uint32_t)p * 0x55555555u;
        phase->locked = true;
        phase->registering = true;
        wh_report_steady_voltage(phase, limits, phase->u_rms_mv, 100, WH_VOLTAGE_NORMAL);
    }
}

int main(void)
{
    static struct board_memory memory;
    static struct wh_meter meter;
    struct wh_meter_start_report found;
    const struct wh_voltage_limits limits = wh_voltage_limits_of(230000);
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 1, .meter_number = 1};
    if (board_memory_open(&memory) != WH_OK ||
        wh_meter_manufacture(&memory.board, &order, NULL) != WH_OK ||
        wh_meter_start(&meter, &memory.board, &found) != WH_OK ||
        wh_meter_set_clock(&meter, START_UTC_S) != WH_OK) {
        printf("the meter does not start\n");
        return 1;
    }
    double filling_s = cpu_s();
    struct wh_bus_report report;
    volatile int64_t sink = 0;
    for (uint32_t second = 0; second < DAYS * SECONDS_PER_DAY; second++) {
        fill(&report, second, &limits);
        sink = sink + report.phase[1].active_uj;
    }
    filling_s = cpu_s() - filling_s;
    double all_s = cpu_s();
    for (uint32_t second = 0; second < DAYS * SECONDS_PER_DAY; second++) {
        fill(&report, second, &limits);
        wh_meter_report(&meter, &report);
    }
    all_s = cpu_s() - all_s - filling_s;
    printf("sizeof(struct wh_meter) %zu bytes\n", sizeof(struct wh_meter));
    printf("%-52s %7.0f times real time (%.0f ns a report, a year in %.1f s)\n",
           "meter behind the bus, a report a second", DAYS * SECONDS_PER_DAY / all_s,
           all_s / (DAYS * SECONDS_PER_DAY) * 1e9, all_s / DAYS * 365);
    board_memory_close(&memory);
    return 0;
}
