/* What LED and S0 output earn from the registers (MET-9, PLS-1). Private to legal/. */
#ifndef WH_LEGAL_OUTPUT_H
#define WH_LEGAL_OUTPUT_H

#include "legal/legal.h"

/* How LED and S0 stood before a report. */
struct wh_output_mark {
    uint64_t count_dwh; /* of the energy they follow */
    int64_t rest_uj;    /* below the count; below zero after a little energy flowed back */
};

struct wh_output_mark wh_output_mark(const struct wh_legal *legal);

/* The outputs begin to follow the register as it is: at the start, and when another energy is selected. */
void wh_output_begin(struct wh_legal *legal);

/* Gives both outputs the pulses that the report has earned since the mark. */
void wh_output_earn(struct wh_legal *legal, const struct wh_output_mark *before,
                    const struct wh_bus_report *report);

/* The register that the LED follows, in pulses. */
uint64_t wh_output_pulses(const struct wh_legal *legal);

#endif
