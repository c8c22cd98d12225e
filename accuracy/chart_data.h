/* Data of the charts. Private to chart*.c.
 */
#ifndef WH_ACCURACY_CHART_DATA_H
#define WH_ACCURACY_CHART_DATA_H

#include <stdio.h>

#include "accuracy/json.h"

/* Each writes gnuplot's blocks ("index"): for power factors 1, 0.5 ind and 0.8 cap a curve of x, mean, lowest and
 * highest over the units; then the limits for the first two as x, limit, −limit. */
void acc_chart_load(const struct acc_session *session, FILE *out);
void acc_chart_voltage(const struct acc_session *session, FILE *out);
void acc_chart_frequency(const struct acc_session *session, FILE *out);
void acc_chart_temperature(const struct acc_session *session, FILE *out);

/* A line per temperature band: its name, parts by load, voltage, frequency, temperature, composite, limit:
 * at the load and the unit that come closest to the limit. */
void acc_chart_composite(const struct acc_session *session, FILE *out);

#endif
